"""One card goes out of two hands at the same moment: once."""

from __future__ import annotations

import pytest

from tests.support.at_once import at_once, shared_database
from warrant.apps.cardcentre.models import Card, CardJob
from warrant.apps.cardcentre.services import jobs
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.certificates.models import CertificateEntry
from warrant.core.access import Role

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_hand_overs_one_counts(operator, actor, tree, certificate, put_blank, now, tmp_path):
    put_blank()
    jobs.pass_check(operator, jobs.start_card_job(operator, certificate, "virtual-1", now=now), now=now)
    registrars = [actor(name, tree.kunshan, Role.REGISTRAR) for name in ("wu", "ma")]
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda person=person: record_hand_over(person, certificate, "林书白", now=now)
                for person in registrars
            )
        )
        assert sorted(ends) == ["done", "wrong-state"]
        assert CertificateEntry.objects.filter(action="hand-over").count() == 1
        assert Card.objects.get(certificate=certificate).state == "handed-over"


def test_of_two_operators_one_makes_the_card(operator, actor, tree, certificate, put_blank, now, tmp_path):
    put_blank()
    other = actor("fan", tree.jiangsu, Role.CARD_OPERATOR)
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda person=person: jobs.start_card_job(person, certificate, "virtual-1", now=now)
                for person in (operator, other)
            )
        )
        assert ends.count("done") == 1
        assert CardJob.objects.get().state == "made"
        assert Card.objects.filter(state="reserved").count() == 1
