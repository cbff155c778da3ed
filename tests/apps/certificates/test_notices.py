"""Notices about acts: numbered by unit and year, drawn once, and the same bytes whenever they are opened again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from tests.support.at_once import at_once, shared_database

from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate, CertificateNotice
from warrant.apps.certificates.selectors import history_of, papers_of
from warrant.apps.certificates.selectors.notices import kind_of_act
from warrant.apps.certificates.services.notices import issue_notice
from warrant.apps.certificates.types import NOTICES
from warrant.apps.officers.selectors.documents import document_content
from warrant.core.access import Actor, Role
from warrant.core.errors import NotFound, NotPermitted
from warrant.core.lifecycle.certificate_grounds import DECLARATIONS

UNTIL = date(2026, 12, 20)


def words(raw: bytes) -> str:
    pages = pypdfium2.PdfDocument(raw)
    return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in pages)


@pytest.fixture
def withheld(active_certificate: Certificate, approver: Actor, now: datetime) -> Certificate:
    return services.withhold(
        approver, active_certificate, "年度考核不合格", ground="assessment-failed", until=UNTIL, now=now
    )


def latest(certificate: Certificate) -> int:
    return certificate.entries.latest("id").pk


def test_withholding_decision_says_ground_term_training_and_remedy(
    withheld: Certificate, approver: Actor, now: datetime
) -> None:
    notice = issue_notice(approver, withheld, latest(withheld), "withholding", now=now)
    said = words(document_content(notice.document))
    for part in (
        "执法证件暂扣决定书",
        "江苏省交通运输厅证字〔2026〕第1号",
        "事由：年度考核不合格。",
        "2026年11月22日起暂扣",
        "暂扣至2026年12月20日",
        "离岗培训",
        "陈述和申辩",
        withheld.number,
    ):
        assert part in said, part
    assert AuditRow.objects.filter(action="certificate.notice").count() == 1


def test_issued_again_it_is_the_same_paper_byte_for_byte(
    withheld: Certificate, approver: Actor, now: datetime
) -> None:
    first = issue_notice(approver, withheld, latest(withheld), "withholding", now=now)
    again = issue_notice(approver, withheld, latest(withheld), "withholding", now=now)
    assert (again.pk, again.document_id) == (first.pk, first.document_id)
    assert document_content(again.document) == document_content(first.document)
    assert CertificateNotice.objects.count() == 1


def test_numbers_count_by_unit_and_year(
    withheld: Certificate, approver: Actor, registrar: Actor, now: datetime
) -> None:
    entry = latest(withheld)
    decision = issue_notice(approver, withheld, entry, "withholding", now=now)
    receipt = issue_notice(registrar, withheld, entry, "receipt", now=now)
    cancelled = services.cancel(approver, withheld, "退休", ground="retired", now=now)
    other = issue_notice(approver, cancelled, latest(cancelled), "cancellation", now=now)
    next_year = issue_notice(registrar, cancelled, latest(cancelled), "receipt", now=now.replace(year=2027))
    found = [(row.unit.code, row.year, row.seq) for row in (decision, receipt, other, next_year)]
    assert found == [("320000", 2026, 1), ("320583", 2026, 1), ("320000", 2026, 2), ("320583", 2027, 1)]
    assert "编号不再使用" in words(document_content(other.document))
    assert "收证人签字" in words(document_content(receipt.document))


def test_holder_takes_the_declaration_to_the_paper(
    active_certificate: Certificate, registrar: Actor, approver: Actor, now: datetime
) -> None:
    lost = services.report_lost(registrar, active_certificate, "遗失", ground="lost", now=now)
    with pytest.raises(NotPermitted):
        issue_notice(approver, lost, latest(lost), "declaration", now=now)
    notice = issue_notice(registrar, lost, latest(lost), "declaration", now=now)
    assert f"证件编号{lost.number}，声明作废。" in words(document_content(notice.document))
    cancelled = services.cancel(approver, lost, "补发", ground="card-replaced", now=now)
    with pytest.raises(NotFound):
        issue_notice(registrar, cancelled, latest(cancelled), "receipt", now=now)


@pytest.mark.parametrize("kind", ["revocation", "nothing", "return", "declaration"])
def test_an_act_has_its_own_notice_only(
    withheld: Certificate, approver: Actor, now: datetime, kind: str
) -> None:
    with pytest.raises(NotFound):
        issue_notice(approver, withheld, latest(withheld), kind, now=now)


def test_page_offers_issues_and_shows_them_to_whoever_sees_the_certificate(
    withheld: Certificate,
    registrar: Actor,
    approver: Actor,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
) -> None:
    def titles(viewer: Actor) -> list[tuple[str, str]]:
        return [(paper.title, paper.number) for paper in papers_of(viewer, withheld, history_of(withheld))]

    assert titles(registrar) == [("执法证件收回回执", "")]
    assert titles(approver) == [("执法证件暂扣决定书", "")]
    client = sign_in(account_for("xu2", tree.jiangsu, Role.APPROVER))
    address = f"/certificates/{withheld.number}/notices/{latest(withheld)}/withholding/"
    assert address in client.get(f"/certificates/{withheld.number}/").content.decode()
    opened = client.post(address, follow=True)
    assert opened["Content-Type"] == "application/pdf"
    year = CertificateNotice.objects.get().year
    assert titles(registrar)[0] == ("执法证件暂扣决定书", f"江苏省交通运输厅 证字〔{year}〕第 1 号")
    stranger = sign_in(account_for("sun", tree.nanjing, Role.REGISTRAR))
    assert stranger.post(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_people_issuing_at_once_end_with_one_paper(
    withheld: Certificate,
    approver: Actor,
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
    now: datetime,
    tmp_path: Path,
) -> None:
    entry: Any = latest(withheld)
    other = actor("wei", tree.jiangsu, Role.APPROVER)
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda who=who: issue_notice(who, withheld, entry, "withholding", now=now)
                for who in (approver, other)
            )
        )
        assert ends == ["done", "done"]
        assert CertificateNotice.objects.count() == 1


ACTS = {  # the act, the state in which it begins, who does it, a ground, a word that its notice says
    "report-lost": ("active", "registrar", "stolen", "声明作废"),
    "cancel-loss-report": ("lost", "registrar", "found", "解除挂失，恢复有效"),
    "withhold": ("active", "approver", "under-investigation", "起暂扣你的"),
    "return": ("withheld", "approver", "cleared", "起发还你的"),
    "cancel": ("active", "approver", "retired", "起注销"),
    "revoke": ("active", "approver", "detained", "起吊销你的"),
}


def test_every_act_that_people_declare_has_one_notice_of_its_own() -> None:
    assert set(ACTS) == set(DECLARATIONS)
    for action in DECLARATIONS:
        own = [code for code, kind in NOTICES.items() if action in kind.actions and code != "receipt"]
        assert own == [kind_of_act(action)]


@pytest.mark.parametrize("action", ACTS)
def test_page_of_an_act_shows_its_notice_before_and_offers_it_right_after(
    active_certificate: Certificate,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
    action: str,
) -> None:
    state, who, ground, said = ACTS[action]
    Certificate.system.update(state=state, state_before="active" if state == "withheld" else "")
    unit, role = (tree.jiangsu, Role.APPROVER) if who == "approver" else (tree.kunshan, Role.REGISTRAR)
    client = sign_in(account_for("doer", unit, role))
    address = f"/certificates/{active_certificate.number}/{action}/"
    asked = client.get(address).content.decode()
    assert 'formtarget="_blank"' in asked
    assert ("期限：" in asked) is (action in {"report-lost", "withhold"})
    typed = {"ground": ground, "reason": "写明事实", "until": "2027-01-10"}
    missing = client.post(address, {**typed, "ground": "", "preview": "1"})
    assert missing.status_code == 400
    assert "写明事实" in missing.content.decode()
    shown = client.post(address, {**typed, "preview": "1"})
    assert shown["Content-Type"] == "application/pdf"
    assert said in words(shown.content)
    assert "预览，未编号，不生效" in words(shown.content)
    assert Certificate.system.get().state == state
    assert not CertificateNotice.objects.exists()
    done = client.post(address, typed, follow=True)
    assert done.redirect_chain[-1][0].endswith(f"?done={latest(active_certificate)}")
    title = NOTICES[kind_of_act(action)].title
    offered = done.content.decode()
    assert f"开具{title}" in offered
    issue = f"/certificates/{active_certificate.number}/notices/{latest(active_certificate)}/{kind_of_act(action)}/"
    opened = client.post(issue, follow=True)
    assert said in words(b"".join(opened.streaming_content) if opened.streaming else opened.content)


def test_what_was_typed_stays_when_somebody_else_was_faster(
    active_certificate: Certificate,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
) -> None:
    client = sign_in(account_for("doer", tree.jiangsu, Role.APPROVER))
    Certificate.system.update(state="revoked")
    answer = client.post(
        f"/certificates/{active_certificate.number}/withhold/",
        {"ground": "under-investigation", "reason": "很长的事实经过", "until": "2027-01-10"},
    )
    assert answer.status_code == 409
    assert "很长的事实经过" in answer.content.decode()
    assert "2027-01-10" in answer.content.decode()
    assert "请刷新页面查看最新状态" in answer.content.decode()
