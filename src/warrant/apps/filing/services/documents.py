"""Documents of a filing held against their originals: the ministry asks by digest, the province answers by statement.

Files do not travel: a proof may be larger than an event can be, and the original is with the province. The statement
goes up in the province's signed log, so it can be held against the paper later. While it is awaited the ministry's
clock stands still, and the filing cannot be granted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.filing.models import DocumentRequest, Filing, FilingRequest
from warrant.apps.filing.selectors.documents import is_file_kept, named_documents
from warrant.apps.filing.types import Statement, filed_case, read_statements
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish
from warrant.apps.regulations.selectors import in_force
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.ledger.event import parse_event
from warrant.core.lifecycle import FilingRequestState, FilingState
from warrant.core.lifecycle.filing import DOCUMENT_REQUEST, DocumentRequestState, OriginalState
from warrant.core.regulation import RegulationKind, WorkCalendar

MINISTRY = "ministry"
SHORTEST_REASON = 5
LONGEST_REASON = 500
SHORTEST_NOTE = 2


@transaction.atomic
def ask_for_documents(
    actor: Actor, filing: Filing, digests: Sequence[str], reason: str, *, now: datetime
) -> DocumentRequest:
    """Ask the province to hold documents of a filing against their originals; its clock stands still meanwhile.

    Raises: NotFound, NotPermitted; Conflict ``filing-not-waiting`` if it is decided, ``documents-awaited`` if an answer
    is awaited already; InvalidInput ``no-document``, ``unknown-document`` with place ``digests``,
    ``reason-too-short``, ``reason-too-long`` with place ``reason``.
    """
    require(actor, Permission.FILING_REVIEW, NATION)
    locked = Filing.objects.select_for_update().get(pk=filing.pk)
    if locked.state != FilingState.RECEIVED:
        raise Conflict(
            "filing-not-waiting",
            N_("申请 %(number)s 的备案已有决定，不能再调阅材料。"),
            number=locked.application_number,
        )
    if locked.waits_for_documents:
        raise Conflict(
            "documents-awaited",
            N_("申请 %(number)s 正在等待该省报送材料核对结果。"),
            number=locked.application_number,
        )
    known = named_documents(filed_case(locked.content))
    wanted = [digest for digest in known if digest in set(digests)]
    if not digests:
        raise InvalidInput("no-document", N_("请勾选要核对的材料"), place="digests")
    if len(wanted) != len(set(digests)):
        raise InvalidInput("unknown-document", N_("所选材料不在报送的材料之中，请重新勾选"), place="digests")
    asked = DocumentRequest.objects.create(
        filing=locked,
        number=locked.document_requests.count() + 1,
        reason=_checked_reason(reason),
        digests=wanted,
        asked_by_id=actor.account_id,
        asked_at=now,
    )
    locked.waits_for_documents = True
    locked.save(update_fields=["waits_for_documents"])
    subject = f"application:{locked.application_number}"
    record(
        actor,
        "filing.documents-requested",
        f"filing:{locked.pk}",
        f"调阅 {locked.application_number} {locked.officer_name} 的 {len(wanted)} 份材料",
        now=now,
        detail={"reason": asked.reason, "digests": wanted},
    )
    content = {
        "application": locked.application_number,
        "request_hash": bytes(locked.request_hash).hex(),
        "number": asked.number,
        "digests": wanted,
        "reason": asked.reason,
    }
    publish(locked.node_code, "filing.documents-requested", subject, content, now=now)
    return asked


def _checked_reason(reason: str) -> str:
    text = reason.strip()
    if len(text) < SHORTEST_REASON:
        raise InvalidInput(
            "reason-too-short",
            N_("请写明要核对什么，至少 %(least)s 个字；送达该省。"),
            place="reason",
            least=SHORTEST_REASON,
        )
    if len(text) > LONGEST_REASON:
        raise InvalidInput(
            "reason-too-long", N_("理由最多 %(most)s 个字。"), place="reason", most=LONGEST_REASON
        )
    return text


def receive_documents_requested(received: ReceivedEvent, *, now: datetime) -> None:
    """Take the ministry's wish: the province's inbox handler of ``filing.documents-requested``.

    A filing that was decided meanwhile needs no answer: the wish is kept as dropped.

    Raises: Conflict ``filing-request-unknown``; InvalidInput ``documents-request-invalid``.
    """
    content = received.event.data
    request = _request_of(content)
    known = named_documents(filed_case(parse_event(bytes(request.entry.body)).data))
    digests, reason, number = content.get("digests"), content.get("reason"), content.get("number")
    if (
        not isinstance(digests, list)
        or not digests
        or not set(digests) <= set(known)
        or not isinstance(reason, str)
        or len(reason) > LONGEST_REASON
        or not isinstance(number, int)
        or number < 1
    ):
        raise InvalidInput(
            "documents-request-invalid",
            N_("部级调阅材料的内容不完整，或所列材料不在报送之中，已拒收。"),
            place="digests",
        )
    if request.document_requests.filter(number=number).exists():
        return
    is_open = request.state == FilingRequestState.REQUESTED
    DocumentRequest.objects.create(
        request=request,
        number=number,
        reason=reason,
        digests=digests,
        asked_at=received.event.occurred_at,
        state=(DocumentRequestState.ASKED if is_open else DocumentRequestState.DROPPED).value,
        ended_at=None if is_open else now,
    )
    if is_open:
        request.waits_for_documents = True
        request.save(update_fields=["waits_for_documents"])
    record(
        None,
        "filing.documents-requested",
        f"application:{request.application.number}",
        f"部级调阅 {request.application.number} 的 {len(digests)} 份材料",
        now=now,
    )


def _request_of(content: Mapping[str, object]) -> FilingRequest:
    rows = FilingRequest.objects.select_for_update(of=("self",)).select_related("application", "entry")
    request = rows.filter(request_hash=_hash(content.get("request_hash"))).first()
    if request is None:
        raise Conflict("filing-request-unknown", N_("本节点没有报送过这件备案申请。"), place="request_hash")
    return request


@transaction.atomic
def answer_documents(
    actor: Actor, asked: DocumentRequest, said: Sequence[Statement], *, now: datetime
) -> DocumentRequest:
    """Send the province's statement on each document; whether its file is still kept whole is found out here.

    Raises: NotFound, NotPermitted; Conflict ``wrong-state`` if it is answered or dropped already; InvalidInput with
    place ``original-N``, ``seen_by-N``, ``seen_on-N``, ``place-N`` or ``note-N`` for the document that is not said of.
    """
    locked = (
        DocumentRequest.objects.select_for_update(of=("self",))
        .select_related("request__application")
        .get(pk=asked.pk)
    )
    request = locked.request
    if request is None:
        raise ValueError("only a province answers")
    require(actor, Permission.APPLICATION_APPROVE, request.application.place)
    locked.state = DOCUMENT_REQUEST.next_state("answer", locked.state).value
    today = timezone.localdate(now)
    by_digest = {statement.digest: statement for statement in said}
    statements = []
    for number, digest in enumerate(locked.digests):
        statement = _checked(by_digest.get(digest), digest, number, today)
        statements.append({**statement.as_json(), "is_kept": is_file_kept(digest)})
    locked.answer = statements
    locked.answered_by_id, locked.answered_by_name = actor.account_id, actor.name
    locked.ended_at = now
    locked.save(update_fields=["state", "answer", "answered_by", "answered_by_name", "ended_at"])
    request.waits_for_documents = False
    request.save(update_fields=["waits_for_documents"])
    subject = f"application:{request.application.number}"
    record(
        actor,
        "filing.documents-answered",
        subject,
        f"报送 {request.application.number} 的材料核对结果",
        now=now,
        detail={"documents": statements},
    )
    content = {
        "application": request.application.number,
        "request_hash": bytes(request.request_hash).hex(),
        "number": locked.number,
        "answered_by": actor.name,
        "documents": statements,
    }
    publish(MINISTRY, "filing.documents-answered", subject, content, now=now)
    return locked


def _checked(statement: Statement | None, digest: str, number: int, today: date) -> Statement:
    if statement is None or statement.original not in set(OriginalState):
        raise InvalidInput("original-missing", N_("请选择原件核对结果"), place=f"original-{number}")
    if statement.original == OriginalState.MISSING:
        if len(statement.note.strip()) < SHORTEST_NOTE:
            raise InvalidInput("note-missing", N_("没有原件的，请在说明中写明原因"), place=f"note-{number}")
        return statement
    if not statement.seen_by.strip():
        raise InvalidInput("seen-by-missing", N_("请填写核对原件的人"), place=f"seen_by-{number}")
    if not statement.place.strip():
        raise InvalidInput("seen-where-missing", N_("请填写核对原件的地点"), place=f"place-{number}")
    try:
        seen_on = date.fromisoformat(statement.seen_on)
    except ValueError as error:
        raise InvalidInput("not-a-day", N_("请填写核对原件的日期"), place=f"seen_on-{number}") from error
    if seen_on > today:
        raise InvalidInput("day-to-come", N_("核对日期不能晚于今天"), place=f"seen_on-{number}")
    if statement.original == OriginalState.DIFFERS and len(statement.note.strip()) < SHORTEST_NOTE:
        raise InvalidInput("note-missing", N_("原件不一致的，请在说明中写明哪里不同"), place=f"note-{number}")
    return statement


def receive_documents_answered(received: ReceivedEvent, *, now: datetime) -> None:
    """Take a province's answer: the ministry's inbox handler of ``filing.documents-answered``.

    An answer that crossed the decision is kept beside the dropped wish.

    Raises: Conflict ``documents-not-asked``; InvalidInput ``document-answer-invalid``.
    """
    content = received.event.data
    number = content.get("number")
    rows = DocumentRequest.objects.select_for_update(of=("self",)).select_related("filing")
    asked = rows.filter(
        filing__node_code=received.node,
        filing__application_number=str(content.get("application")),
        filing__request_hash=_hash(content.get("request_hash")),
        number=number if isinstance(number, int) else 0,
    ).first()
    if asked is None or asked.filing is None:
        raise Conflict("documents-not-asked", N_("本节点没有调阅过这些材料。"), place="number")
    if asked.answer:
        return
    statements = read_statements(content.get("documents"), asked.digests)
    asked.answer = [statement.as_json() for statement in statements]
    asked.answered_by_name = str(content.get("answered_by", ""))[:80]
    if asked.state == DocumentRequestState.ASKED:
        asked.state = DOCUMENT_REQUEST.next_state("receive-answer", asked.state).value
        asked.ended_at = now
        asked.filing.waits_for_documents = False
        asked.filing.save(update_fields=["waits_for_documents"])
    asked.save(update_fields=["answer", "answered_by_name", "state", "ended_at"])
    record(
        None,
        "filing.documents-answered",
        f"filing:{asked.filing.pk}",
        f"收到 {asked.filing.application_number} 的材料核对结果",
        now=now,
    )


def _hash(value: object) -> bytes:
    try:
        return bytes.fromhex(str(value))
    except ValueError:
        return b""


def drop_documents(decided: Filing | FilingRequest, *, now: datetime) -> None:
    """End the wish for documents of a filing that is decided; the caller saves the filing, whose mark is taken off."""
    if not decided.waits_for_documents:
        return
    for asked in decided.document_requests.filter(state=DocumentRequestState.ASKED):
        asked.state = DOCUMENT_REQUEST.next_state("drop", asked.state).value
        asked.ended_at = now
        asked.save(update_fields=["state", "ended_at"])
    decided.waits_for_documents = False


def stood_still(decided: Filing | FilingRequest) -> tuple[int, int]:
    """Return the working days and days for which the ministry waited for documents."""
    workdays = days = 0
    for asked in decided.document_requests.filter(ended_at__isnull=False):
        if asked.ended_at is None:
            continue
        begun_on, ended_on = timezone.localdate(asked.asked_at), timezone.localdate(asked.ended_at)
        calendar: WorkCalendar = in_force(RegulationKind.CALENDAR, "", ended_on).document
        workdays += max(calendar.workdays_between(begun_on, ended_on), 0)
        days += max((ended_on - begun_on).days, 0)
    return workdays, days
