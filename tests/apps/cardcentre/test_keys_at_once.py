"""Custodians at the same moment: one outcome each time, nothing half-done."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.apps.cardcentre.test_ceremonies import COMPONENTS, by_components, people
from tests.support.at_once import at_once, shared_database
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import KeyAct, KeyPart, KeySet
from warrant.apps.cardcentre.services import keys
from warrant.apps.cardcentre.services.ceremonies import enter_part
from warrant.apps.cardcentre.types import KeyActKind
from warrant.core.keys import parts as key_parts
from warrant.core.keys.package import check_values_of

__all__ = ["people"]

pytestmark = pytest.mark.django_db(transaction=True)

MASTER_2 = {"suite": "sm4", "version": 2}


@pytest.fixture
def proposed(people, now) -> KeyAct:
    return keys.propose_key_act(people.actors[0], KeyActKind.GENERATE_MASTER, MASTER_2, now=now)


def test_of_two_confirmations_one_counts(proposed, people, ministry_vault, now, tmp_path):
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda person=person: keys.confirm_key_act(person, proposed, now=now)
                for person in people.actors[1:]
            )
        )
        assert ends.count("done") == 1
        act = KeyAct.objects.get()
        held = KeySet.objects.get()
        values = ministry_vault.check_values("sm4", 2)
        assert held.check_values == act.result["check_values"] == {u.value: v for u, v in values.items()}
        assert AuditRow.objects.filter(action="key-act.confirmed").count() == 1
        connection.close()


def test_of_confirming_and_rejecting_one_counts(proposed, people, now, tmp_path):
    with shared_database(tmp_path):
        ends = at_once(
            lambda: keys.confirm_key_act(people.actors[1], proposed, now=now),
            lambda: keys.reject_key_act(people.actors[2], proposed, "版本号有误", now=now),
        )
        assert sorted(ends) == ["done", "wrong-state"]
        act = KeyAct.objects.get()
        assert KeySet.objects.count() == (1 if act.state == "done" else 0)
        ended = AuditRow.objects.filter(action__in=("key-act.confirmed", "key-act.rejected"))
        assert ended.count() == 1


def test_two_parts_typed_at_once_both_arrive(people, ministry_vault, now, tmp_path):
    act = by_components(people, now)
    with shared_database(tmp_path):
        ends = at_once(
            *(lambda at=at: enter_part(people.actors[at], act, COMPONENTS[at], now=now) for at in (0, 1))
        )
        assert ends == ["done", "done"]
        assert KeyPart.objects.exclude(sealed=None).count() == 2
        keys.confirm_key_act(people.actors[1], act, now=now)
        expected = key_parts.add_components(
            "sm4", [key_parts.KeyPart(at + 1, COMPONENTS[at]) for at in (0, 1)]
        )
        assert ministry_vault.check_values("sm4", 2) == check_values_of("sm4", expected)


def test_one_part_typed_twice_at_once_counts_once(people, now, tmp_path):
    act = by_components(people, now)
    with shared_database(tmp_path):
        ends = at_once(
            *(lambda at=at: enter_part(people.actors[0], act, COMPONENTS[at], now=now) for at in (0, 1))
        )
        assert sorted(ends) == ["done", "part-entered"]
        assert AuditRow.objects.filter(action="key-part.entered").count() == 1


@pytest.mark.parametrize("is_ceremony", [False, True])
def test_of_two_proposals_of_the_same_act_one_waits(people, now, tmp_path, is_ceremony):
    def propose(person):
        if is_ceremony:
            return by_components(people, now)
        return keys.propose_key_act(person, KeyActKind.GENERATE_MASTER, MASTER_2, now=now)

    with shared_database(tmp_path):
        ends = at_once(*(lambda person=person: propose(person) for person in people.actors[:2]))
        assert sorted(ends) == ["done", "key-act-pending"]
        assert KeyAct.objects.filter(state="proposed").count() == 1
