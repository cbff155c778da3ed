"""The papers of a case: which there are when, what stands on them, who may print them, and that it is noted."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
from django.test import Client

from tests.apps.applications.conftest import Case, say
from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.papers import papers_of
from warrant.apps.applications.services.printing import print_paper
from warrant.apps.audit.models import AuditRow
from warrant.apps.officers.models import Officer
from warrant.core.access import Role
from warrant.core.errors import Conflict, NotFound

REASON = "培训证明缺少第三页"


@pytest.fixture(autouse=True)
def masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The officers of these tests have no sealed number; photos have no file."""
    path = "warrant.apps.applications.selectors.papers"
    monkeypatch.setattr(f"{path}.masked_id_number", lambda officer: "329901********0012")
    monkeypatch.setattr(f"{path}._photo", lambda application: None)


def words(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_bounded() for page in pages).replace("\r\n", "")


def printed(case: Case, application: Application, paper: str) -> str:
    return words(print_paper(case.people.reviewer, application, paper, now=case.now))


def refused(case: Case) -> Application:
    return say(case.people.reviewer, case.review().number, "refuse", REASON, now=case.now)


def test_there_are_the_papers_of_where_the_case_stands(case: Case) -> None:
    draft = case.draft()
    assert papers_of(draft) == ["form"]
    with pytest.raises(Conflict):
        print_paper(case.people.registrar, draft, "receipt", now=case.now)
    with pytest.raises(NotFound):
        print_paper(case.people.registrar, draft, "poem", now=case.now)
    assert AuditRow.objects.filter(action="application.printed").count() == 0


def test_a_refused_case_has_all_papers(case: Case) -> None:
    assert papers_of(refused(case)) == ["form", "receipt", "opinions", "refusal"]


def test_the_form_says_who_asks_for_what_and_how_the_conditions_stand(case: Case) -> None:
    said = printed(case, case.verification(), "form")
    for text in (
        "交通运输行政执法资格申领表",
        "林书白",
        "329901********0012",
        "苏州大学",
        "60 学时",
        "82.5 分",
    ):
        assert text in said
    assert "身体健康，适合从事执法工作" in said
    assert "核审意见（盖章）" in said


def test_the_sheet_of_opinions_has_every_opinion_with_name_and_unit(case: Case) -> None:
    said = printed(case, refused(case), "opinions")
    for text in ("提交", "registrar", "reviewer", "昆山市交通运输局", REASON, "十个工作日内可以申请复核"):
        assert text in said


def test_the_notice_says_why_and_until_when_reconsideration_can_be_asked(case: Case) -> None:
    application = refused(case)
    said = printed(case, application, "refusal")
    assert "行政执法资格申请不予通过通知书" in said
    assert f"理由：{REASON}" in said
    assert "救济途径：十个工作日内可以申请复核" in said
    assert "以前（含当日）" in said
    assert "苏州市交通运输局申请复核一次" in said


def test_the_receipt_lists_material_steps_and_limits(case: Case) -> None:
    said = printed(case, case.review(), "receipt")
    assert "行政执法资格申请受理回执" in said
    for unit in ("昆山市交通运输局", "苏州市交通运输局", "江苏省交通运输厅"):
        assert unit in said
    assert "5 个工作日" in said


def test_printing_is_noted_without_the_number(case: Case) -> None:
    printed(case, case.review(), "form")
    row = AuditRow.objects.get(action="application.printed")
    assert row.subject == "application:A322026000001"
    assert "329901" not in row.summary


def test_the_page_hands_the_paper_out_and_hides_it_from_others(
    case: Case, sign_in: Callable[[Account], Client], account_for: Callable[..., Account], officer: Officer
) -> None:
    case.review()
    address = "/applications/A322026000001/papers/receipt/"
    answer = sign_in(case.people.accounts.reviewer).post(address)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer.headers["Cache-Control"]
    province = officer.agency.province
    city = officer.agency.city
    assert province is not None
    assert city is not None
    other = account_for(
        "elsewhere", type(city).objects.exclude(pk=city.pk).filter(level="city")[0], Role.VERIFIER
    )
    assert sign_in(other).post(address).status_code == 404
    assert sign_in(case.people.accounts.reviewer).get(address).status_code == 405
