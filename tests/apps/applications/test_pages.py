"""The pages of a case as people use them: what is shown, what is typed stays, who is let in, how heavy they are."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.apps.applications.conftest import STATEMENT, Case
from tests.apps.training.people import make_officer
from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.services import create_application, submit
from warrant.apps.applications.types import DECLARATIONS
from warrant.core.access import Role

MOST_QUERIES = 12
MOST_BYTES = 60_000
PAGE = "/applications/A322026000001/"


@pytest.fixture
def as_(people: SimpleNamespace, sign_in: Callable[[Account], Client]) -> Callable[[str], Client]:
    """A signed-in client by the person's name."""
    return lambda name: sign_in(getattr(people.accounts, name))


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_application_is_opened_from_the_officer(case: Case, as_: Callable[[str], Client]) -> None:
    address = f"/officers/{case.officer.pk}/application/new/"
    page = as_("registrar").get(address)
    assert "交通综合行政执法" in text(page)
    answer = as_("registrar").post(address, {"kind": "first-issue", "categories": ["08"]}, follow=True)
    assert answer.redirect_chain[-1][0] == PAGE
    assert "已建立林书白的资格申请 A322026000001" in text(answer)


def test_opening_without_a_category_says_so_beside_the_field(
    case: Case, as_: Callable[[str], Client]
) -> None:
    answer = as_("registrar").post(f"/officers/{case.officer.pk}/application/new/", {})
    assert answer.status_code == 400
    assert "请至少选择一个执法门类" in text(answer)


def test_a_second_application_is_a_conflict_that_names_the_first(
    case: Case, as_: Callable[[str], Client]
) -> None:
    case.draft()
    wanted = {"kind": "first-issue", "categories": ["08"]}
    answer = as_("registrar").post(f"/officers/{case.officer.pk}/application/new/", wanted)
    assert answer.status_code == 409
    assert "A322026000001" in text(answer)


def test_what_is_missing_is_listed_with_the_page_that_cures_it(
    case: Case, as_: Callable[[str], Client]
) -> None:
    case.officer.trainings.all().delete()
    case.draft()
    page = text(as_("registrar").get(PAGE))
    assert "已完成 0 学时，还差 60 学时" in page
    assert f'href="/officers/{case.officer.pk}/training/new/"' in page
    assert "提交前还有 2 项条件需要处理" in page


def test_the_statement_saves_itself_while_it_is_typed(case: Case, as_: Callable[[str], Client]) -> None:
    case.draft()
    answer = as_("registrar").post(f"{PAGE}statement/", {"statement": "品行"}, headers={"X-Autosave": "1"})
    assert answer.status_code == 204
    assert Application.system.get().statement == "品行"


def test_submitting_too_early_keeps_what_was_typed(case: Case, as_: Callable[[str], Client]) -> None:
    case.draft()
    typed = {"statement": "只有几个字", "then": "submit", **dict.fromkeys(DECLARATIONS, "yes")}
    answer = as_("registrar").post(f"{PAGE}statement/", typed)
    assert answer.status_code == 400
    assert "还有 1 项条件没有满足" in text(answer)
    assert "只有几个字</textarea>" in text(answer)
    assert Application.system.get().state == "draft"


def test_the_case_is_submitted_with_its_statement(case: Case, as_: Callable[[str], Client]) -> None:
    case.draft()
    answer = as_("registrar").post(
        f"{PAGE}statement/",
        {"statement": STATEMENT, "then": "submit", **dict.fromkeys(DECLARATIONS, "yes")},
        follow=True,
    )
    assert "已提交林书白的资格申请 A322026000001" in text(answer)
    assert Application.system.get().statement == STATEMENT


def test_a_reviewer_sees_the_acts_and_passes_the_case_on(case: Case, as_: Callable[[str], Client]) -> None:
    case.review()
    page = text(as_("reviewer").get(PAGE))
    assert all(
        f'action="{PAGE}{action}/"' in page for action in ("pass-review", "return-for-correction", "refuse")
    )
    assert f'action="{PAGE}withdraw/"' not in page
    answer = as_("reviewer").post(f"{PAGE}pass-review/", {"reason": "材料齐全"}, follow=True)
    assert "已审查通过，送下一级办理" in text(answer)
    assert Opinion.objects.get(action="pass-review").reason == "材料齐全"


def test_a_return_without_reason_asks_again_with_what_was_typed(
    case: Case, as_: Callable[[str], Client]
) -> None:
    case.review()
    answer = as_("reviewer").post(f"{PAGE}return-for-correction/", {"reason": "缺材料"})
    assert answer.status_code == 400
    assert "至少 5 个字" in text(answer)
    assert "缺材料</textarea>" in text(answer)
    answer = as_("reviewer").post(f"{PAGE}return-for-correction/", {"reason": ""})
    assert (answer.status_code, Application.system.get().state) == (400, "review")


def test_after_a_return_the_registrar_reads_why_and_what_to_do(
    case: Case, as_: Callable[[str], Client]
) -> None:
    case.review()
    as_("reviewer").post(f"{PAGE}return-for-correction/", {"reason": "培训证明缺少第三页"})
    page = text(as_("registrar").get(PAGE))
    assert "培训证明缺少第三页" in page
    assert "补正后重新提交" in page
    assert 'name="statement"' in page


def test_a_barred_person_reads_why_and_finds_no_button(case: Case, as_: Callable[[str], Client]) -> None:
    case.review()
    case.people.accounts.registrar.assignments.create(
        role=Role.REVIEWER.value, unit=case.people.accounts.registrar.agency, assigned_at=case.now
    )
    page = text(as_("registrar").get(PAGE))
    assert "本申请由您填报，须由其他人员办理" in page
    assert f'action="{PAGE}pass-review/"' not in page
    assert as_("registrar").post(f"{PAGE}pass-review/", {}).status_code == 403


def test_the_wrong_state_is_409_and_the_wrong_right_403(case: Case, as_: Callable[[str], Client]) -> None:
    case.review()
    assert as_("reviewer").get(f"{PAGE}approve/").status_code == 409
    assert as_("approver").post(f"{PAGE}approve/", {}).status_code == 409
    assert as_("verifier").post(f"{PAGE}pass-review/", {}).status_code == 403
    assert as_("reviewer").post(f"{PAGE}statement/", {"statement": "x"}).status_code == 403
    assert as_("reviewer").get(f"{PAGE}celebrate/").status_code == 404


def test_a_stranger_does_not_find_case_or_list_row(
    case: Case,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
) -> None:
    case.review()
    stranger = sign_in(account_for("yu", tree.nanjing, Role.REVIEWER))
    assert stranger.get(PAGE).status_code == 404
    assert stranger.post(f"{PAGE}pass-review/", {}).status_code == 404
    assert "A322026000001" not in text(stranger.get("/applications/"))


def test_the_officer_follows_the_own_case_and_nothing_else(
    case: Case,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
) -> None:
    case.verification()
    account = account_for("lin", tree.kunshan_brigade, Role.OFFICER)
    account.officer_uid = case.officer.uid
    account.save()
    client = sign_in(account)
    assert "核审中" in text(client.get(PAGE))
    assert client.get("/applications/").status_code == 403
    assert client.post(f"{PAGE}withdraw/", {"reason": "不想申请了吧"}).status_code == 403


def test_nobody_enters_without_signing_in(case: Case) -> None:
    case.draft()
    assert Client().get(PAGE).status_code == 302


def test_the_list_finds_by_number_name_and_state(
    case: Case, tree: SimpleNamespace, as_: Callable[[str], Client]
) -> None:
    case.review()
    other = make_officer(tree.kunshan_brigade, "陈予安")
    create_application(case.people.registrar, other.pk, ["08"], now=case.now)
    client = as_("approver")

    def found(query: str) -> list[str]:
        page = text(client.get(f"/applications/{query}"))
        return [number for number in ("A322026000001", "A322026000002") if f">{number}<" in page]

    assert found("") == ["A322026000001", "A322026000002"]
    assert found("?state=review") == ["A322026000001"]
    assert found("?state=open&text=陈予安") == ["A322026000002"]
    assert found("?text=a322026000001") == ["A322026000001"]
    assert found("?state=filed") == []
    assert found("?state=nonsense") == ["A322026000001", "A322026000002"]


def test_the_list_is_light(
    case: Case, tree: SimpleNamespace, as_: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    for index in range(60):
        officer = make_officer(tree.kunshan_brigade, f"陈予安{index}")
        create_application(case.people.registrar, officer.pk, ["08"], now=case.now)
    client = as_("approver")
    with django_assert_max_num_queries(MOST_QUERIES):
        page = client.get("/applications/")
    assert len(page.content) < MOST_BYTES
    assert "A322026000060" in text(page)
    assert "A322026000010" not in text(page)


@pytest.mark.parametrize(
    ("state", "who"),
    [
        ("draft", "registrar"),
        ("review", "reviewer"),
        ("verification", "verifier"),
        ("approval", "approver"),
        ("filing", "approver"),
    ],
)
def test_the_page_of_a_case_is_light_in_every_state(
    case: Case,
    as_: Callable[[str], Client],
    django_assert_max_num_queries: Any,
    settings: Any,
    state: str,
    who: str,
) -> None:
    settings.WARRANT_APPROVAL_HOOK = "warrant.apps.filing.services.request_filing"
    getattr(case, state)()
    client = as_(who)
    client.get(PAGE)  # the first request of a session also writes when it began
    with django_assert_max_num_queries(MOST_QUERIES):
        page = client.get(PAGE)
    assert (page.status_code, len(page.content) < MOST_BYTES) == (200, True)


def test_the_first_page_of_a_reviewer_shows_the_queue(case: Case, as_: Callable[[str], Client]) -> None:
    submit(case.people.registrar, case.draft().number, STATEMENT, now=case.now)
    assert "审查资格申请：林书白" in text(as_("reviewer").get("/"))


def test_deciding_a_case_asks_few_questions(
    case: Case, as_: Callable[[str], Client], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        case.review()
    as_("reviewer").post(f"{PAGE}pass-review/", {"reason": "同意上报"})
    browser = as_("verifier")
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as asked:
        browser.post(f"{PAGE}pass-verification/", {"reason": "同意上报"})
    statements = [row["sql"].split(None, 1)[0] for row in asked.captured_queries]
    assert statements.count("SELECT") <= 9
    assert sum(word in ("INSERT", "UPDATE") for word in statements) <= 10, "of which the ledger takes five"
