"""Two stations exchange the keys of one card at the same moment: once in the register, and the card is whole."""

from __future__ import annotations

import pytest

from tests.apps.cardcentre.conftest import FIRST_SERIAL
from tests.apps.cardcentre.test_rekeying import rotated, versions
from tests.support.at_once import at_once, shared_database
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import Card
from warrant.apps.cardcentre.services import rekeying, visits
from warrant.core.access import Role

__all__ = ["rotated"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_card_exchanged_at_two_stations_is_recorded_once_and_reads_well(
    operator, actor, tree, rotated, now, tmp_path
):
    other = actor("fan", tree.jiangsu, Role.CARD_OPERATOR)
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda person=person: visits.write_results(person, "virtual-1", FIRST_SERIAL, now=now)
                for person in (operator, other)
            )
        )
        assert "done" in ends
        assert versions() == (2, None)
        seen = visits.read_visitor(operator, "virtual-1")
        assert (seen.report.content.key_version, seen.next_version) == (2, None)
        told = AuditRow.objects.filter(action__startswith="card.rekey").values_list("action", flat=True)
        assert sorted(told) == ["card.rekeyed", "card.rekeying-begun"]


def test_of_two_stations_that_saw_the_card_under_way_one_records(
    operator, actor, tree, rotated, now, tmp_path
):
    """The card is pulled after its last command and shown elsewhere before the first station has recorded it."""
    people = (operator, actor("fan", tree.jiangsu, Role.CARD_OPERATOR))
    card = Card.objects.get(serial=FIRST_SERIAL)
    with shared_database(tmp_path):
        for step in (
            lambda person: rekeying._begin(person, card, now),
            lambda person: rekeying._finish(person, card, 2, now),
        ):
            assert at_once(*(lambda person=person, step=step: step(person) for person in people)) == [
                "done",
                "done",
            ]
        assert versions() == (2, None)
        told = AuditRow.objects.filter(action__startswith="card.rekey").values_list("action", flat=True)
        assert sorted(told) == ["card.rekeyed", "card.rekeying-begun"]
