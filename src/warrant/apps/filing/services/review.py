"""The ministry's side: requests come into the register of filings, a reviewer decides, the decision goes back signed.

Source: 2009 notice, 四(三), 五(一)1.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.applications.types import MARKABLE_FIELDS
from warrant.apps.audit.services import record
from warrant.apps.filing.models import Filing, FilingCounter
from warrant.apps.filing.selectors.checking import is_clean
from warrant.apps.filing.selectors.conditions import named_rules
from warrant.apps.filing.selectors.register import asks_reason
from warrant.apps.filing.selectors.sampling import reasons_for, rules_on
from warrant.apps.filing.services.documents import drop_documents, stood_still
from warrant.apps.filing.services.timing import keep_stretches, times_of
from warrant.apps.filing.types import filed_case
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish
from warrant.apps.regulations.services import keep_snapshot
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.lifecycle import FILING, FilingState
from warrant.core.qualification.filing_reasons import checked_reason_code

MAX_BATCH = 200
SHORTEST_REASON = 5
LONGEST_REASON = 500

_AUDIT_WORDS = {"grant": "准予备案", "return": "退回补正", "refuse": "不予备案"}


def receive_filing_request(received: ReceivedEvent, *, now: datetime) -> None:
    """Enter a province's request into the register: the inbox handler of ``filing.requested``.

    The same request is entered once, however often it comes.
    Raises: InvalidInput ``filing-content-invalid``; Conflict ``filing-open`` if the case already has one that was not
    returned.
    """
    event = received.event
    if Filing.objects.filter(request_hash=event.digest).exists():
        return
    case = filed_case(event.data)
    if event.subject != f"application:{case.application}":
        raise InvalidInput(
            "filing-subject-wrong", N_("备案申请的内容与其事件主题不是同一件申请。"), place="application"
        )
    earlier = Filing.objects.filter(node_code=received.node, application_number=case.application)
    if earlier.exclude(state=FilingState.RETURNED).exists():
        raise Conflict(
            "filing-open", N_("申请 %(number)s 已在备案登记册中，不能重复报送。"), number=case.application
        )
    sampling = rules_on(now)
    filing = Filing.objects.create(
        sample_reasons=list(reasons_for(case, received.node, event.digest, sampling, now=now)),
        sampling_digest=keep_snapshot(sampling),
        node_code=received.node,
        application_number=case.application,
        request_hash=event.digest,
        event_raw=event.raw,
        officer_uid=case.officer.uid,
        kind=case.kind,
        officer_name=case.officer.name,
        agency_name=case.officer.agency_name,
        content=dict(event.data),
        received_at=now,
    )
    rules = named_rules(case, received.node)
    if rules is not None:
        keep_snapshot(rules)  # so that it can still be worked out when other rules count
    record(
        None,
        "filing.received",
        f"filing:{filing.pk}",
        f"收到 {received.node} 的备案申请 {case.application} {case.officer.name}",
        now=now,
    )


@transaction.atomic
def decide_filing(
    actor: Actor,
    filing: Filing,
    action: str,
    reason: str,
    *,
    reason_code: str = "",
    marked_fields: Sequence[str] = (),
    now: datetime,
) -> Filing:
    """Grant, return or refuse a filing and leave the decision for the province. ``action`` is one of the table's.

    Granting one that was drawn for a closer look asks for a reason: how it was checked. ``reason_code`` (of
    ``FILING_REASON``) is asked for at a return and a refusal, ``marked_fields`` (of ``MARKABLE_FIELDS``) says at a
    return what is to be mended.

    Raises: NotFound, NotPermitted; Conflict if it is decided already; InvalidInput ``reason-too-short``,
    ``reason-too-long`` with place ``reason``, ``reason-class-missing``, ``unknown-code`` with place
    ``reason_code``, ``unknown-mark`` with place ``marked_fields``.
    """
    require(actor, Permission.FILING_REVIEW, NATION)
    locked = Filing.objects.select_for_update().get(pk=filing.pk)
    FILING.next_state(action, locked.state)
    locked.reason_code = checked_reason_code(reason_code, is_needed=FILING.transition(action).needs_reason)
    locked.marked_fields = _checked_marks(marked_fields) if action == "return" else []
    if action == "grant":
        _require_documents(locked)
    return _decide(actor, locked, action, reason, now=now)


def _require_documents(filing: Filing) -> None:
    if filing.waits_for_documents:
        raise Conflict(
            "documents-awaited",
            N_("申请 %(number)s 正在等待该省报送材料核对结果，收到后才能准予备案。"),
            number=filing.application_number,
        )


def _checked_marks(marked_fields: Sequence[str]) -> list[str]:
    if not set(marked_fields) <= set(MARKABLE_FIELDS):
        raise InvalidInput("unknown-mark", N_("标记了不存在的项目，请重新勾选"), place="marked_fields")
    return [mark for mark in MARKABLE_FIELDS if mark in marked_fields]


@transaction.atomic
def accept_filings(actor: Actor, filing_ids: Sequence[int], reason: str, *, now: datetime) -> list[Filing]:
    """Grant several filings in one transaction and for one reason: all of them or none.

    At most 200, and only what raises no question and was not drawn for a closer look.

    Raises: NotFound, NotPermitted; InvalidInput ``batch-empty``, ``batch-too-large``, ``reason-too-short``,
    ``reason-too-long``; Conflict ``filing-sampled``, ``filing-not-clean``, or if one is decided already.
    """
    require(actor, Permission.FILING_REVIEW, NATION)
    wanted = set(filing_ids)
    if not wanted:
        raise InvalidInput("batch-empty", N_("请先勾选要准予备案的申请。"), place="selected")
    if len(wanted) > MAX_BATCH:
        raise InvalidInput(
            "batch-too-large", N_("一次最多准予 %(most)s 件，请分批办理。"), place="selected", most=MAX_BATCH
        )
    checked_reason(reason, is_needed=True)
    # By province: every transaction takes the logs' locks in the same order.
    filings = list(Filing.objects.select_for_update().filter(pk__in=wanted).order_by("node_code", "id"))
    if len(filings) != len(wanted):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    today = timezone.localdate(now)
    for filing in filings:
        _require_documents(filing)
        if filing.sample_reasons:
            raise Conflict(
                "filing-sampled",
                N_("申请 %(number)s（%(name)s）已被抽查，请打开逐件审查。"),
                number=filing.application_number,
                name=filing.officer_name,
            )
        if not is_clean(filed_case(filing.content), today, filing.node_code):
            raise Conflict(
                "filing-not-clean",
                N_("申请 %(number)s（%(name)s）有需要核对的事项，请打开逐件审查。"),
                number=filing.application_number,
                name=filing.officer_name,
            )
    return [_decide(actor, filing, "grant", reason, now=now) for filing in filings]


def _decide(actor: Actor, filing: Filing, action: str, reason: str, *, now: datetime) -> Filing:
    filing.state = FILING.next_state(action, filing.state).value
    filing.reason = checked_reason(reason, is_needed=asks_reason(filing, action))
    filing.decided_by_id = actor.account_id
    filing.decided_at = now
    today = timezone.localdate(now)
    if filing.state == FilingState.GRANTED:
        filing.filing_number = _next_number(today.year)
    drop_documents(filing, now=now)
    filing.save(
        update_fields=[
            "waits_for_documents",
            "state",
            "reason",
            "reason_code",
            "marked_fields",
            "decided_by",
            "decided_at",
            "filing_number",
        ]
    )
    received_on = timezone.localdate(filing.received_at)
    times = times_of(
        filed_case(filing.content), filing.state, received_on, today, stood_still=stood_still(filing)
    )
    keep_stretches(filing, filing.node_code, today, times)
    record(
        actor,
        "filing.decided",
        f"filing:{filing.pk}",
        f"{_AUDIT_WORDS[action]} {filing.application_number} {filing.officer_name} {filing.filing_number}".rstrip(),
        now=now,
        detail=_detail(filing),
    )
    publish(
        filing.node_code,
        "filing.decided",
        f"application:{filing.application_number}",
        {
            "application": filing.application_number,
            "request_hash": bytes(filing.request_hash).hex(),
            "decision": filing.state,
            "filing_number": filing.filing_number,
            "reason": filing.reason,
            "reason_code": filing.reason_code,
            "marked_fields": filing.marked_fields,
            "decided_on": today.isoformat(),
        },
        now=now,
    )
    return filing


def _detail(filing: Filing) -> dict[str, object] | None:
    """Return what the audit ledger keeps of a decision besides its line; nothing for a plain grant."""
    said = {
        "reason": filing.reason,
        "reason_code": filing.reason_code,
        "marked_fields": filing.marked_fields,
    }
    return {name: value for name, value in said.items() if value} or None


def checked_reason(reason: str, *, is_needed: bool) -> str:
    """Return the reason trimmed.

    Raises: InvalidInput ``reason-too-short``, ``reason-too-long`` with place ``reason``.
    """
    text = reason.strip()
    if is_needed and len(text) < SHORTEST_REASON:
        raise InvalidInput(
            "reason-too-short",
            N_("请写明理由，至少 %(least)s 个字；理由随回执送达该省。"),
            place="reason",
            least=SHORTEST_REASON,
        )
    if len(text) > LONGEST_REASON:
        raise InvalidInput(
            "reason-too-long", N_("理由最多 %(most)s 个字。"), place="reason", most=LONGEST_REASON
        )
    return text


def _next_number(year: int) -> str:
    FilingCounter.objects.get_or_create(year=year)
    counter = FilingCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"BA{year}{counter.last:08d}"
