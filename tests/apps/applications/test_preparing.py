"""Opening, writing, submitting, withdrawing: the unit's side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.applications.conftest import DECLARED, STATEMENT, Case, qualify
from tests.apps.training.people import make_officer
from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.services import create_application, save_statement, submit, withdraw
from warrant.apps.audit.models import AuditRow
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted


def test_a_new_application_is_a_draft_with_a_number_and_an_audit_row(case: Case) -> None:
    application = case.draft()
    assert (application.number, application.state, application.categories) == ("A322026000001", "draft", "08")
    assert AuditRow.objects.get(action="application.created").subject == "application:A322026000001"


def test_numbers_have_no_holes_even_after_a_refused_attempt(case: Case, tree: SimpleNamespace) -> None:
    case.draft()
    with pytest.raises(Conflict):
        case.draft()
    second = make_officer(tree.kunshan_brigade, "陈予安")
    assert (
        create_application(case.people.registrar, second.pk, ["08"], now=case.now).number == "A322026000002"
    )


def test_numbers_start_again_with_the_year_in_the_local_zone(case: Case) -> None:
    new_year_in_beijing = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    application = create_application(case.people.registrar, case.officer.pk, ["08"], now=new_year_in_beijing)
    assert application.number == "A322027000001"


def test_a_second_open_application_is_refused_with_the_number_of_the_first(case: Case) -> None:
    case.review()
    with pytest.raises(Conflict) as refused:
        case.draft()
    assert (refused.value.code, refused.value.fields["number"]) == ("application-open", "A322026000001")


@pytest.mark.parametrize("categories", [[], ["01"], ["99"]])
def test_only_registered_categories_can_be_asked_for(case: Case, categories: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_application(case.people.registrar, case.officer.pk, categories, now=case.now)
    assert refused.value.place == "categories"


def test_maritime_certificates_are_not_asked_for_here(case: Case, tree: SimpleNamespace) -> None:
    sailor = make_officer(tree.kunshan_brigade, "何知远", categories="06")
    with pytest.raises(InvalidInput, match="maritime-category"):
        create_application(case.people.registrar, sailor.pk, ["06"], now=case.now)


def test_the_statement_is_kept_and_bounded(case: Case) -> None:
    number = case.draft().number
    save_statement(case.people.registrar, number, "  品行良好 ")
    assert Application.system.get().statement == "品行良好"
    with pytest.raises(InvalidInput) as refused:
        save_statement(case.people.registrar, number, "好" * 2001)
    assert refused.value.place == "statement"


def test_submitting_fixes_the_chain_and_says_who_waits_since_when(case: Case, tree: SimpleNamespace) -> None:
    application = case.review()
    assert application.steps == [
        {"state": "review", "level": "county", "unit_id": tree.kunshan.pk, "limit": 5, "warning": 1},
        {"state": "verification", "level": "city", "unit_id": tree.suzhou.pk, "limit": 5, "warning": 1},
        {"state": "approval", "level": "province", "unit_id": tree.jiangsu.pk, "limit": 10, "warning": 2},
    ]
    assert (application.state, application.waiting_unit_id) == ("review", tree.kunshan.pk)
    assert application.waiting_since == application.submitted_at == case.now
    opinion = Opinion.objects.get()
    assert (opinion.seq, opinion.action, opinion.account_name, opinion.unit_name) == (
        1,
        "submit",
        "registrar",
        "昆山市交通运输局",
    )
    assert AuditRow.objects.filter(action="application.submit").count() == 1


@pytest.mark.parametrize(
    ("unit", "states"),
    [
        ("kunshan_brigade", ["review", "verification", "approval"]),
        ("suzhou_brigade", ["review", "approval"]),
        ("jiangsu_brigade", ["approval"]),
        ("pudong", ["review", "approval"]),
    ],
)
def test_the_chain_follows_from_the_tree(
    actor: Callable[..., Actor],
    people: SimpleNamespace,
    tree: SimpleNamespace,
    now: datetime,
    unit: str,
    states: list[str],
) -> None:
    agency = getattr(tree, unit)
    officer = make_officer(agency, "沈以宁")
    qualify(officer, people.accounts.enterer)
    registrar = actor("local", agency, Role.REGISTRAR)
    number = create_application(registrar, officer.pk, ["08"], now=now).number
    application = submit(registrar, number, STATEMENT, DECLARED, now=now)
    assert [step["state"] for step in application.steps] == states
    assert application.state == states[0]


def test_nothing_is_submitted_while_a_condition_is_missing(case: Case) -> None:
    number = case.draft().number
    case.officer.trainings.all().delete()
    with pytest.raises(InvalidInput) as refused:
        submit(case.people.registrar, number, "同意", now=case.now)
    assert (refused.value.code, refused.value.fields["count"]) == ("conditions-missing", 2)
    assert refused.value.fields["titles"] == "岗前培训满六十学时；品行和健康状况的单位意见"
    assert Application.system.get().state == "draft"


def test_nothing_is_submitted_while_certificates_cannot_be_asked_about(case: Case, settings: Any) -> None:
    settings.WARRANT_ELIGIBILITY_FACTS = [
        path for path in settings.WARRANT_ELIGIBILITY_FACTS if not path.endswith("CERTIFICATES")
    ]
    with pytest.raises(InvalidInput, match="没有在用证件"):
        case.review()


def test_withdrawing_needs_a_reason_and_ends_the_case(case: Case) -> None:
    number = case.review().number
    with pytest.raises(InvalidInput) as refused:
        withdraw(case.people.registrar, number, " 撤回 ", now=case.now)
    assert refused.value.place == "reason"
    application = withdraw(case.people.registrar, number, "本人已调离执法岗位", now=case.now)
    assert (application.state, application.waiting_since, application.waiting_unit_id) == (
        "withdrawn",
        None,
        None,
    )
    assert Opinion.objects.get(action="withdraw").reason == "本人已调离执法岗位"
    assert case.draft().number == "A322026000002"


def test_a_registrar_elsewhere_does_not_find_the_case(
    case: Case, actor: Callable[..., Actor], tree: SimpleNamespace
) -> None:
    stranger = actor("he", tree.nanjing, Role.REGISTRAR)
    number = case.draft().number
    with pytest.raises(NotFound):
        create_application(stranger, case.officer.pk, ["08"], now=case.now)
    with pytest.raises(NotFound):
        save_statement(stranger, number, STATEMENT)
    with pytest.raises(NotFound):
        submit(stranger, number, now=case.now)


def test_a_reviewer_may_not_prepare(case: Case) -> None:
    with pytest.raises(NotPermitted):
        create_application(case.people.reviewer, case.officer.pk, ["08"], now=case.now)


def test_nobody_prepares_the_own_case(case: Case) -> None:
    number = case.draft().number
    myself = replace(case.people.registrar, officer_uid=str(case.officer.uid))
    acts: list[Callable[[], object]] = [
        lambda: submit(myself, number, STATEMENT, now=case.now),
        lambda: withdraw(myself, number, "理由很充分", now=case.now),
        lambda: create_application(myself, case.officer.pk, ["08"], now=case.now),
    ]
    for act in acts:
        with pytest.raises(NotPermitted, match="own-case"):
            act()
