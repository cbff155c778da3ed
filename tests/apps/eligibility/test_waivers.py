"""A waiver takes two people, a reason, a basis and a last day; it counts for one condition of one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.apps.applications.conftest import Case
from warrant.apps.audit.models import AuditRow
from warrant.apps.eligibility.models import Waiver
from warrant.apps.eligibility.selectors import explain
from warrant.apps.eligibility.selectors.waivers import work_queues
from warrant.apps.eligibility.services import ask_waiver, grant_waiver, refuse_waiver
from warrant.apps.eligibility.services.waiving import WaiverRequest
from warrant.apps.foundation.work import waiting
from warrant.core.access import Actor
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

TODAY = date(2026, 11, 22)
REQUEST = WaiverRequest("由省级引进的专门人才", "苏交人〔2026〕9号", date(2027, 6, 30))
OPINION = "情况属实，同意"


def outcome(case: Case, on: date = TODAY) -> str:
    results = explain(case.people.registrar, case.officer, on, "first-issue").results
    return next(one.outcome.value for one in results if one.rule_id == "training")


def asked(case: Case, rule: str = "training") -> Waiver:
    return ask_waiver(case.people.registrar, case.officer.pk, rule, REQUEST, now=case.now)


def test_a_granted_waiver_lets_the_condition_pass_until_its_last_day(case: Case) -> None:
    case.officer.trainings.all().delete()
    waiver = asked(case)
    assert outcome(case) == "not-met"
    grant_waiver(case.people.approver, waiver.pk, OPINION, now=case.now)
    assert [outcome(case, day) for day in (TODAY, date(2027, 6, 30), date(2027, 7, 1))] == [
        "waived",
        "waived",
        "not-met",
    ]
    assert list(AuditRow.objects.filter(action__startswith="waiver.").values_list("action", flat=True)) == [
        "waiver.asked",
        "waiver.grant",
    ]


def test_a_refused_waiver_changes_nothing_and_is_final(case: Case) -> None:
    case.officer.trainings.all().delete()
    waiver = refuse_waiver(case.people.approver, asked(case).pk, "理由不成立，请补训", now=case.now)
    assert (waiver.state, outcome(case)) == ("refused", "not-met")
    with pytest.raises(Conflict):
        grant_waiver(case.people.approver_b, waiver.pk, OPINION, now=case.now)


def test_what_may_not_be_waived_is_not_asked_for(case: Case) -> None:
    with pytest.raises(Conflict, match="rule-not-waivable"):
        asked(case, "age")
    with pytest.raises(NotFound):
        asked(case, "horoscope")


def test_a_condition_is_asked_for_once_at_a_time(case: Case) -> None:
    asked(case)
    with pytest.raises(Conflict, match="waiver-asked"):
        asked(case)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"reason": " 同意 "}, "reason"),
        ({"basis": "无"}, "basis"),
        ({"until_on": TODAY}, "until_on"),
        ({"until_on": TODAY + timedelta(days=367)}, "until_on"),
        ({"proof": (b"nothing", "a.txt")}, "proof"),
    ],
)
def test_what_will_not_do_is_said_beside_its_field(case: Case, changes: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask_waiver(
            case.people.registrar, case.officer.pk, "training", replace(REQUEST, **changes), now=case.now
        )
    assert refused.value.place == place


def test_who_asked_does_not_decide_nor_does_the_officer(case: Case) -> None:
    waiver = asked(case)
    asker = replace(case.people.approver, account_id=waiver.asked_by_id)
    myself = replace(case.people.approver, officer_uid=str(case.officer.uid))
    for person in (asker, myself):
        with pytest.raises(NotPermitted, match="four-eyes"):
            grant_waiver(person, waiver.pk, OPINION, now=case.now)
    with pytest.raises(NotPermitted):
        grant_waiver(case.people.reviewer, waiver.pk, OPINION, now=case.now)
    with pytest.raises(NotPermitted):
        ask_waiver(case.people.reviewer, case.officer.pk, "training", REQUEST, now=case.now)


def test_not_even_the_database_takes_one_person_twice(case: Case) -> None:
    waiver = asked(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.system.filter(pk=waiver.pk).update(decided_by=waiver.asked_by_id)


def test_a_waiver_waits_for_the_approver_of_the_province_and_for_nobody_else(
    case: Case, tree: SimpleNamespace, actor: Callable[..., Actor]
) -> None:
    asked(case)
    titles = {
        name: [item.title for item in waiting(work_queues(getattr(case.people, name)), 9)]
        for name in ("registrar", "verifier", "approver")
    }
    assert titles == {"registrar": [], "verifier": [], "approver": ["决定条件豁免：林书白"]}
