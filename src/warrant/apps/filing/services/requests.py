"""The province's side: the request leaves with the approval, the decision comes back with its proof.

Source: 2009 notice, 四(三).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors import filing_content
from warrant.apps.applications.services import apply_filing_decision
from warrant.apps.applications.types import MARKABLE_FIELDS
from warrant.apps.audit.services import record
from warrant.apps.filing.models import FilingRequest
from warrant.apps.filing.selectors.requests import filed_hash, ministry_log
from warrant.apps.filing.services.documents import drop_documents, stood_still
from warrant.apps.filing.services.timing import keep_stretches, times_of
from warrant.apps.filing.types import filed_case
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.ledger.event import parse_event
from warrant.core.ledger.receipt import GRANTED, Receipt, verify_receipt
from warrant.core.lifecycle import FILING_REQUEST, FilingRequestState
from warrant.core.qualification.filing_reasons import FILING_REASON

MINISTRY = "ministry"

_ACTIONS = {GRANTED: "receive-grant", "returned": "receive-return", "refused": "receive-refusal"}
_AUDIT_WORDS = {GRANTED: "部级准予备案", "returned": "部级退回补正", "refused": "部级不予备案"}


def request_filing(application: Application, actor: Actor, *, now: datetime) -> FilingRequest:
    """File an approved case with the ministry; runs inside the approving transaction, last.

    The request is known by the hash of its event: the decision must name it.
    Raises: TransactionManagementError: there is no transaction.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("request_filing needs the approving transaction")
    subject = f"application:{application.number}"
    record(actor, "filing.requested", subject, f"报部备案 {application.number}", now=now)
    entry = publish(MINISTRY, "filing.requested", subject, filing_content(application, now=now), now=now)
    return FilingRequest.objects.create(
        application=application, entry=entry, request_hash=entry.leaf_hash, requested_at=now
    )


def receive_filing_decision(received: ReceivedEvent, *, now: datetime) -> None:
    """Take the ministry's decision: the inbox handler of ``filing.decided``.

    Believed is only what the receipt proves: that the ministry logged this decision for exactly this request, under
    the key that this node was told to expect. The receipt is kept: without it no card is made.

    Raises: Conflict ``filing-request-unknown``, or if the request is decided already; InvalidInput if the receipt
    does not hold (``receipt-…``, ``checkpoint-…``, ``inclusion-proof-invalid``) or the decision is incomplete.
    """
    request = _request_of(received)
    origin, key = ministry_log()
    decided = verify_receipt(Receipt.parse(received.receipt), key, origin, filed_hash(request))
    subject = f"application:{request.application.number}"
    if decided.raw != received.event.raw or decided.subject != subject:
        raise InvalidInput("receipt-other-event", N_("回执证明的不是收到的这一事件。"), place="receipt")
    decision = str(decided.data["decision"])
    request.state = FILING_REQUEST.next_state(_ACTIONS[decision], request.state).value
    request.filing_number = _text(decided.data, "filing_number", is_needed=decision == GRANTED, longest=32)
    request.reason = _text(decided.data, "reason", is_needed=decision != GRANTED, longest=2000)
    request.reason_code, request.marked_fields = _class_and_marks(decided.data, decision)
    request.receipt = received.receipt
    request.decided_at = decided.occurred_at
    drop_documents(request, now=now)
    request.save(
        update_fields=[
            "state",
            "filing_number",
            "reason",
            "reason_code",
            "marked_fields",
            "receipt",
            "decided_at",
            "waits_for_documents",
        ]
    )
    _keep_times(request)
    record(
        None,
        "filing.decision-received",
        subject,
        f"{_AUDIT_WORDS[decision]} {request.application.number} {request.filing_number}".rstrip(),
        now=now,
    )
    apply_filing_decision(
        request.application.number,
        decision,
        request.reason,
        marked_fields=request.marked_fields,
        now=now,
    )


def _keep_times(request: FilingRequest) -> None:
    """Keep how long the steps took, from what was filed, as the ministry counts it."""
    event = parse_event(bytes(request.entry.body))
    decided_on = timezone.localdate(request.decided_at)
    times = times_of(
        filed_case(event.data),
        request.state,
        timezone.localdate(request.requested_at),
        decided_on,
        stood_still=stood_still(request),
    )
    keep_stretches(request, settings.WARRANT_NODE.code, decided_on, times)


def _request_of(received: ReceivedEvent) -> FilingRequest:
    try:
        request_hash = bytes.fromhex(str(received.event.data.get("request_hash")))
    except ValueError:
        request_hash = b""
    request = (
        FilingRequest.objects.select_for_update(of=("self",))
        .select_related("application", "entry")
        .filter(request_hash=request_hash)
        .first()
    )
    if request is None:
        raise Conflict("filing-request-unknown", N_("本节点没有报送过这件备案申请。"), place="request_hash")
    if request.state != FilingRequestState.REQUESTED:
        raise Conflict(
            "filing-request-decided",
            N_("申请 %(number)s 的备案已有决定，不能更改。"),
            number=request.application.number,
        )
    return request


def _class_and_marks(content: Mapping[str, object], decision: str) -> tuple[str, list[str]]:
    """Return the class of the reason and what is marked.

    A ministry that does not send them yet leaves both empty; a class or a mark that is not known here is left out,
    since the reason says in words what is meant and a decision that was signed is not to be lost.
    """
    code, marks = content.get("reason_code", ""), content.get("marked_fields", [])
    known = [mark for mark in MARKABLE_FIELDS if isinstance(marks, list) and mark in marks]
    is_class = decision != GRANTED and isinstance(code, str) and code in FILING_REASON
    return (str(code) if is_class else ""), (known if decision == "returned" else [])


def _text(content: Mapping[str, object], name: str, *, is_needed: bool, longest: int) -> str:
    value = content.get(name)
    if not isinstance(value, str) or len(value) > longest or (is_needed and not value.strip()):
        raise InvalidInput(
            "filing-decision-incomplete",
            N_("备案决定的内容不完整（%(field)s），已拒收。"),
            place=name,
            field=name,
        )
    return value
