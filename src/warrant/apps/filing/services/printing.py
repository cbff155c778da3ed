"""The ministry's decision on paper, for either side: it names the hash of what was filed and the place of the decision in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from warrant.apps.applications.types import KIND_FACES
from warrant.apps.audit.services import record
from warrant.apps.exports.services import paper_printer, unit_name
from warrant.apps.filing.models import Filing, FilingRequest
from warrant.apps.filing.selectors.faces import marks_in_words, reason_class
from warrant.apps.filing.selectors.register import decision_entry, province_names
from warrant.apps.filing.selectors.requests import MINISTRY_NAME, filed_hash, read_receipt
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict
from warrant.core.ledger.event import origin_of
from warrant.core.lifecycle import FilingState
from warrant.core.ports import PaperLetter, PaperSection

_DECISIONS = {
    FilingState.GRANTED.value: N_("经审查，准予备案，备案号 %(number)s。"),
    FilingState.RETURNED.value: N_("经审查，退回补正。"),
    FilingState.REFUSED.value: N_("经审查，不予备案。"),
}


@dataclass(frozen=True)
class _Decided:
    """What the paper says, wherever it is printed; ``proof`` are pairs of what and value."""

    application: str
    name: str
    agency: str
    kind: str
    province: str
    state: str
    number: str
    reason: str
    reason_code: str
    marks: Sequence[str]
    filed_on: datetime
    decided_at: datetime
    proof: Sequence[tuple[str, str]]


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at).date(), _("Y年n月j日"))


def _letter(decided: _Decided, foot: str) -> PaperLetter:
    said = _DECISIONS[decided.state]
    paragraphs = [
        _(
            "你单位于%(day)s报送的%(name)s（%(agency)s）行政执法资格申请 %(application)s（%(kind)s）的备案，已于%(decided)s审查完毕。"
        )
        % {
            "day": _day(decided.filed_on),
            "name": decided.name,
            "agency": decided.agency,
            "application": decided.application,
            "kind": _(KIND_FACES[decided.kind].word),
            "decided": _day(decided.decided_at),
        },
        _(said) % {"number": decided.number} if decided.number else _(said),
    ]
    if decided.reason_code:
        paragraphs.append(_("原因分类：%(name)s") % {"name": reason_class(decided.reason_code)})
    if decided.reason:
        paragraphs.append(_("理由：%(reason)s") % {"reason": decided.reason})
    if decided.marks:
        paragraphs.append(_("需要补正：%(marks)s") % {"marks": marks_in_words(decided.marks)})
    return PaperLetter(
        title=_("行政执法资格备案决定回执"),
        subtitle=decided.number or _("申请编号 %(number)s") % {"number": decided.application},
        addressee=_("%(unit)s：") % {"unit": decided.province},
        paragraphs=paragraphs,
        sections=[PaperSection(_("电子回执"), (_("项目"), _("内容")), (3, 9), list(decided.proof))],
        signed=[_(MINISTRY_NAME), _day(decided.decided_at)],
        foot=foot,
        page_label=_("第 %(page)s 页，共 %(pages)s 页"),
        nothing=_("无"),
    )


def _printed(decided: _Decided, actor: Actor, subject: str, *, now: datetime) -> bytes:
    at = timezone.localtime(now).strftime("%Y-%m-%d %H:%M")
    foot = _("%(unit)s%(person)s打印于 %(at)s") % {"unit": unit_name(actor), "person": actor.name, "at": at}
    target = BytesIO()
    paper_printer().print_letter(_letter(decided, foot), target)
    record(
        actor, "filing.printed", subject, f"打印备案决定回执 {decided.application} {decided.name}", now=now
    )
    return target.getvalue()


def _undecided(number: str) -> Conflict:
    return Conflict(
        "filing-undecided", N_("申请 %(number)s 的备案尚无决定，没有回执可以打印。"), number=number
    )


@transaction.atomic
def print_decision(actor: Actor, filing: Filing, *, now: datetime) -> bytes:
    """Return the ministry's decision on a filing as PDF.

    Raises: NotFound, NotPermitted; Conflict ``filing-undecided``.
    """
    require(actor, Permission.FILING_VIEW, NATION)
    entry = decision_entry(filing)
    if filing.decided_at is None or entry is None:
        raise _undecided(filing.application_number)
    province = province_names().get(filing.node_code, filing.node_code)
    decided = _Decided(
        application=filing.application_number,
        name=filing.officer_name,
        agency=filing.agency_name,
        kind=filing.kind,
        province=province,
        state=filing.state,
        number=filing.filing_number,
        reason=filing.reason,
        reason_code=filing.reason_code,
        marks=filing.marked_fields,
        filed_on=filing.received_at,
        decided_at=filing.decided_at,
        proof=[
            (_("报送内容的摘要（SHA-256）"), bytes(filing.request_hash).hex()),
            (_("部级日志"), origin_of(f"{settings.WARRANT_NODE.code}-{filing.node_code}")),
            (_("在日志中的位置"), _("第 %(position)s 条") % {"position": entry.seq + 1}),
            (_("决定事件的摘要（SHA-256）"), bytes(entry.leaf_hash).hex()),
        ],
    )
    return _printed(decided, actor, f"filing:{filing.pk}", now=now)


@transaction.atomic
def print_receipt(actor: Actor, request: FilingRequest, *, now: datetime) -> bytes:
    """Return the receipt of a decided request as PDF, verified anew; one that does not hold is not printed.

    Raises: NotFound, NotPermitted; Conflict ``filing-undecided``, ``receipt-broken``.
    """
    application = request.application
    require(actor, Permission.APPLICATION_VIEW, application.place)
    reading = read_receipt(request)
    if reading is None or request.decided_at is None:
        raise _undecided(application.number)
    if reading.problem:
        raise Conflict(
            "receipt-broken",
            N_("申请 %(number)s 的备案回执未通过验证，不能打印；请立即报告系统管理员。"),
            number=application.number,
        )
    decided = _Decided(
        application=application.number,
        name=application.officer.name,
        agency=application.officer.agency.name,
        kind=application.kind,
        province=settings.WARRANT_NODE.name,
        state=request.state,
        number=request.filing_number,
        reason=request.reason,
        reason_code=request.reason_code,
        marks=request.marked_fields,
        filed_on=request.requested_at,
        decided_at=request.decided_at,
        proof=[
            (_("报送内容的摘要（SHA-256）"), filed_hash(request).hex()),
            (_("部级日志"), reading.origin),
            (
                _("在日志中的位置"),
                _("第 %(position)s 条，共 %(size)s 条")
                % {"position": reading.position, "size": reading.size},
            ),
            (_("事件编号"), reading.event_id),
            (_("日志根哈希"), reading.root),
            (_("签名公钥"), reading.key_id),
            (_("验证"), _("打印时已用部级公钥验证：决定在部级日志之中，且针对的正是上述报送内容")),
        ],
    )
    return _printed(decided, actor, f"application:{application.number}", now=now)
