"""Why a card is replaced has to be proven: a published notice of loss, or the old card handed in; as the rules say."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.apps.applications.conftest import DECLARED, STATEMENT, Case
from tests.apps.applications.test_papers import words
from tests.apps.training.people import PDF
from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application, GroundsProof
from warrant.apps.applications.selectors import filing_content
from warrant.apps.applications.selectors.batches import sort_out
from warrant.apps.applications.selectors.grounds import missing_proof
from warrant.apps.applications.services import keep_grounds_proof, submit
from warrant.apps.applications.services.deciding import _require_proof
from warrant.apps.applications.services.printing import print_paper
from warrant.apps.applications.services.proving import ProofEntry
from warrant.apps.applications.types import LossStanding
from warrant.apps.audit.models import AuditRow
from warrant.apps.officers.models import Document
from warrant.apps.officers.services.documents import store_document
from warrant.core.access.decision import NATION
from warrant.core.errors import Conflict, InvalidInput, NotPermitted
from warrant.core.lifecycle import application_steps
from warrant.core.lifecycle.application_steps import NATIONAL, parse

DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("vault")


@pytest.fixture
def replacement(case: Case, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Application]:
    """A draft of a replacement by its cause; its conditions are tested elsewhere and hold here."""

    def make(cause: str) -> Application:
        draft = case.draft()
        Application.system.filter(pk=draft.pk).update(
            kind="replacement",
            certificate_number="32000000011",
            grounds={"cause": cause, "account": "执勤途中遗失"},
        )
        for module in ("preparing", "deciding"):
            monkeypatch.setattr(f"warrant.apps.applications.services.{module}.missing_of", lambda found: [])
        return Application.system.get(pk=draft.pk)

    return make


LOSS: list[LossStanding] = []
"""How the loss of the case's certificate stands, as the app above would say."""


def loss_standing(number: str) -> LossStanding | None:
    return LOSS[-1] if LOSS else None


@pytest.fixture(autouse=True)
def losses(settings: Any) -> None:
    LOSS.clear()
    settings.WARRANT_LOSS_STANDING = "tests.apps.applications.test_grounds.loss_standing"


def reported(case: Case, happened_on: date | None = None, *, is_reported: bool = True) -> None:
    """Let the certificate be lost, with a notice of that day."""
    kept = None
    if happened_on is not None:
        officer = case.people.registrar
        document = Document.system.filter(file_name="notice.pdf").first() or store_document(
            officer, PDF, "notice.pdf", NATION, now=case.now
        )
        kept = SimpleNamespace(
            where="新华日报",
            happened_on=happened_on,
            document=document,
            document_id=document.pk,
            recorded_by_id=officer.account_id,
            recorded_at=case.now,
        )
    LOSS.append(LossStanding("32000000011", is_reported, kept, "/certificates/32000000011/loss-notice/"))


def entry(day: date, **changes: Any) -> ProofEntry:
    return ProofEntry(
        **{"where": "新华日报", "happened_on": day, "raw": PDF, "file_name": "notice.pdf", **changes}
    )


def test_a_replacement_is_not_submitted_before_its_ground_is_proven(
    case: Case, replacement: Callable[[str], Application]
) -> None:
    number = replacement("damaged").number
    with pytest.raises(InvalidInput) as refused:
        submit(case.people.registrar, number, STATEMENT, DECLARED, now=case.now)
    assert refused.value.code == "proof-missing"
    assert "旧证交回" in str(refused.value)
    keep_grounds_proof(case.people.registrar, number, entry(case.now.date()), now=case.now)
    assert submit(case.people.registrar, number, STATEMENT, DECLARED, now=case.now).state == "review"
    kept = GroundsProof.objects.get()
    assert (kept.kind, kept.where, kept.happened_on) == ("old-card", "新华日报", case.now.date())
    assert AuditRow.objects.filter(action="application.proof-kept").count() == 1


def test_a_replacement_for_loss_rests_on_the_notice_recorded_with_the_certificate(
    case: Case, replacement: Callable[[str], Application]
) -> None:
    number = replacement("lost").number

    def refused() -> str:
        with pytest.raises(InvalidInput) as error:
            submit(case.people.registrar, number, STATEMENT, DECLARED, now=case.now)
        return str(error.value)

    assert "没有登记遗失声明" in refused()
    reported(case, is_reported=False)
    assert "不在挂失状态" in refused()
    reported(case)
    assert "没有登记遗失声明" in refused()
    with pytest.raises(Conflict, match="proof-of-certificate"):
        keep_grounds_proof(case.people.registrar, number, entry(case.now.date()), now=case.now)
    reported(case, case.now.date())
    submitted = submit(case.people.registrar, number, STATEMENT, DECLARED, now=case.now)
    assert submitted.state == "review"
    kept = GroundsProof.objects.select_related("document").get()
    assert (kept.kind, kept.where, kept.document.file_name) == ("loss-notice", "新华日报", "notice.pdf")
    _require_proof(submitted, case.now.date())
    reported(case, is_reported=False)
    with pytest.raises(Conflict, match="proof-missing"):
        _require_proof(submitted, case.now.date())


def test_a_case_without_the_proof_is_neither_approved_nor_passed_with_others(
    case: Case, replacement: Callable[[str], Application]
) -> None:
    application = replacement("lost")
    with pytest.raises(Conflict):
        _require_proof(application, case.now.date())
    Application.system.filter(pk=application.pk).update(
        state="review", decides_as="review", waiting_unit_id=application.county_unit
    )
    (found,) = sort_out(case.people.reviewer, [application.number], case.now.date())
    assert any("没有登记遗失声明" in reason for reason in found.reasons)


def test_the_page_leads_to_the_certificate_where_the_loss_is_dealt_with(
    case: Case,
    replacement: Callable[[str], Application],
    people: SimpleNamespace,
    sign_in: Callable[[Account], Client],
) -> None:
    number = replacement("lost").number
    reported(case)
    browser = sign_in(people.accounts.registrar)
    page = browser.get(f"/applications/{number}/").content.decode()
    assert 'href="/certificates/32000000011/loss-notice/"' in page
    assert browser.post(f"/applications/{number}/proof/", {"where": "新华日报"}).status_code == 409


def test_the_rules_of_the_day_say_what_is_asked(
    case: Case, replacement: Callable[[str], Application], monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = replacement("lost")
    today = case.now.date()
    reported(case, today)
    assert missing_proof(lost, today) == ""
    content = copy.deepcopy(dict(NATIONAL))
    content["replacement"] = {"loss_notice": True, "notice_days": 3, "old_card": False}
    monkeypatch.setattr(
        "warrant.apps.applications.selectors.grounds.steps_document", lambda *_place: parse(content)
    )
    assert "刊登满 3 日" in missing_proof(lost, today + 2 * DAY)
    assert missing_proof(lost, today + 3 * DAY) == "", "the third day after it counts"
    Application.system.filter(pk=lost.pk).update(grounds={"cause": "damaged"})
    assert missing_proof(Application.system.get(pk=lost.pk), today) == ""


def test_a_regulation_from_before_asks_for_no_proof() -> None:
    content = {name: value for name, value in NATIONAL.items() if name != "replacement"}
    assert parse(content).replacement == application_steps.ReplacementProofs(frozenset(), 0)
    assert parse(NATIONAL).replacement.asked == {"loss-notice", "old-card"}


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ({"loss_notice": "yes", "notice_days": 0, "old_card": True}, "replacement.loss_notice"),
        ({"loss_notice": True, "notice_days": -1, "old_card": True}, "replacement.notice_days"),
        ({"loss_notice": True, "notice_days": 0}, "replacement.old_card"),
        ([], "replacement"),
    ],
)
def test_a_wrong_line_is_refused_where_it_stands(line: Any, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse({**NATIONAL, "replacement": line})
    assert refused.value.place == place


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"where": " 报 "}, "where"),
        ({"where": "报" * 121}, "where"),
        ({"happened_on": date(2026, 11, 23)}, "happened_on"),
        ({"raw": b""}, "proof"),
        ({"raw": b"MZ not a document"}, "proof"),
    ],
)
def test_what_is_wrong_with_a_proof_is_said_beside_its_field(
    case: Case, replacement: Callable[[str], Application], changes: dict[str, Any], place: str
) -> None:
    number = replacement("damaged").number
    with pytest.raises(InvalidInput) as refused:
        keep_grounds_proof(case.people.registrar, number, entry(case.now.date(), **changes), now=case.now)
    assert refused.value.place == place
    assert not GroundsProof.objects.exists()


def test_only_the_unit_keeps_a_proof_and_only_of_a_replacement(
    case: Case, replacement: Callable[[str], Application]
) -> None:
    number = replacement("damaged").number
    with pytest.raises(NotPermitted):
        keep_grounds_proof(case.people.reviewer, number, entry(case.now.date()), now=case.now)
    Application.system.filter(number=number).update(kind="first-issue", grounds={})
    with pytest.raises(Conflict):
        keep_grounds_proof(case.people.registrar, number, entry(case.now.date()), now=case.now)


def test_the_proof_stands_in_what_is_filed_and_on_the_papers(
    case: Case, replacement: Callable[[str], Application], monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = "warrant.apps.applications.selectors.papers"
    monkeypatch.setattr(f"{papers}.masked_id_number", lambda officer: "329901********0012")
    monkeypatch.setattr(f"{papers}._photo", lambda application: None)
    number = replacement("damaged").number
    keep_grounds_proof(case.people.registrar, number, entry(case.now.date()), now=case.now)
    submitted = submit(case.people.registrar, number, STATEMENT, DECLARED, now=case.now)
    digest = GroundsProof.objects.select_related("document").get().document.digest
    sheet = words(print_paper(case.people.reviewer, submitted, "opinions", now=case.now))
    for said in ("补发凭证", "旧证交回", "新华日报", "2026-11-22", "notice.pdf", digest):
        assert said in sheet
    last = submitted.opinions.get(action="submit")
    submitted.opinions.create(
        seq=9,
        round=1,
        state="approval",
        action="approve",
        eligibility=last.eligibility,
        unit_name="江苏省交通运输厅",
        given_at=case.now,
    )
    documents: Any = filing_content(submitted, now=case.now)["documents"]
    assert {"kind": "old-card", "digest": digest} in documents


def test_the_page_asks_for_the_proof_keeps_what_was_typed_and_shows_what_was_kept(
    case: Case,
    replacement: Callable[[str], Application],
    people: SimpleNamespace,
    sign_in: Callable[[Account], Client],
) -> None:
    number = replacement("damaged").number
    page, address = f"/applications/{number}/", f"/applications/{number}/proof/"
    browser = sign_in(people.accounts.registrar)
    assert "缺少旧证交回" in browser.get(page).content.decode()
    refused = browser.post(address, {"where": "新华日报", "happened_on": "2026-11-20"})
    assert refused.status_code == 400
    shown = refused.content.decode()
    assert "请上传证明文件" in shown
    assert 'value="新华日报"' in shown
    upload = SimpleUploadedFile("notice.pdf", PDF, "application/pdf")
    form = {"where": "新华日报", "happened_on": "2026-11-20", "proof": upload}
    done = browser.post(address, form, follow=True).content.decode()
    assert "旧证交回已保存" in done
    assert "已有 notice.pdf" in done
    assert "缺少旧证交回" not in done
    again = browser.post(address, {"where": "扬子晚报", "happened_on": "2026-11-21"}, follow=True)
    assert "扬子晚报" in again.content.decode()
    reviewer = sign_in(people.accounts.reviewer)
    assert reviewer.post(address, form).status_code == 403
    assert "扬子晚报" in reviewer.get(page).content.decode()
