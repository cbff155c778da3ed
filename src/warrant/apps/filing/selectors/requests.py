"""The province's own requests: where each stands, and what its receipt proves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application
from warrant.apps.filing.models import FilingRequest
from warrant.apps.filing.types import REQUEST_FACES, StateFace
from warrant.apps.officers.models import Officer
from warrant.apps.officers.types import ChainLink, Panel
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.crypto.signing import PublicKey
from warrant.core.errors import N_, InvalidInput, NotFound, Unavailable
from warrant.core.ledger.event import origin_of
from warrant.core.ledger.merkle import leaf_hash
from warrant.core.ledger.receipt import Receipt, verify_receipt
from warrant.core.lifecycle import ApplicationState, FilingRequestState

MINISTRY = "ministry"
MINISTRY_NAME = N_("交通运输部")
CHAIN_ORDER = 60


@dataclass(frozen=True)
class ReceiptReading:
    """What a stored receipt says, checked anew when it is read. ``problem`` is empty if all of it holds.

    ``position`` counts the ministry's entries for this node from 1; ``root`` and ``key_id`` are hexadecimal.
    """

    origin: str
    event_id: str
    position: int
    size: int
    root: str
    key_id: str
    logged_at: datetime | None
    problem: str = ""


def ministry_log() -> tuple[str, PublicKey]:
    """Return the origin of the ministry's log to this node, and the key pinned for it.

    Raises: Unavailable ``ministry-key-missing``: the node was never told the key, so nothing can be believed.
    """
    peer = settings.WARRANT_NODE.peers.get(MINISTRY)
    if peer is None or not peer.log_key:
        raise Unavailable("ministry-key-missing", N_("本节点尚未登记部级节点的日志公钥，无法验证备案回执。"))
    return origin_of(f"{MINISTRY}-{settings.WARRANT_NODE.code}"), PublicKey.from_text(peer.log_key)


def filed_hash(request: FilingRequest) -> bytes:
    """Return the hash of the event that was filed, computed from its bytes and not taken from a column."""
    return leaf_hash(bytes(request.entry.body))


def read_receipt(request: FilingRequest) -> ReceiptReading | None:
    """Return what the request's receipt proves, verified anew; None while there is none."""
    if request.receipt is None:
        return None
    try:
        receipt = Receipt.parse(bytes(request.receipt))
        origin, key = ministry_log()
    except (InvalidInput, Unavailable) as error:
        return ReceiptReading("", "", 0, 0, "", "", None, problem=_(error.message))
    checkpoint = receipt.checkpoint.checkpoint
    problem, event_id, logged_at = "", "", None
    try:
        event = verify_receipt(receipt, key, origin, filed_hash(request))
        event_id, logged_at = event.id, event.occurred_at
    except InvalidInput as error:
        problem = _(error.message) % error.fields if error.fields else _(error.message)
    return ReceiptReading(
        origin=checkpoint.origin,
        event_id=event_id,
        position=receipt.index + 1,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        key_id=key.key_id.hex(),
        logged_at=logged_at,
        problem=problem,
    )


def application_for(viewer: Actor, number: str) -> Application:
    """Return the application if the viewer may see it. Raises: NotFound."""
    rows = Application.objects.visible_to(viewer, Permission.APPLICATION_VIEW)
    found = rows.select_related("officer__agency", "prepared_by").filter(number=number).first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found


def requests_of(application: Application) -> list[FilingRequest]:
    """Return the filing requests of a case, newest first: a returned case is filed again."""
    rows = FilingRequest.objects.filter(application=application).select_related("entry")
    return list(rows.prefetch_related("document_requests__asked_by").order_by("-id"))


def request_for(application: Application, request_id: int) -> FilingRequest:
    """Return one request of the case. Raises: NotFound."""
    rows = FilingRequest.objects.select_related("entry", "application__officer__agency")
    request = rows.filter(application=application, pk=request_id).first()
    if request is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return request


def receipt_of(application: Application, request_id: int) -> bytes:
    """Return the stored receipt of one request of the case. Raises: NotFound."""
    request = request_for(application, request_id)
    if request.receipt is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return bytes(request.receipt)


def face_of(request: FilingRequest) -> StateFace:
    """Return how the request's state is called and coloured."""
    return REQUEST_FACES[FilingRequestState(request.state)]


def chain_links(officer: Officer) -> list[ChainLink]:
    """Return the link "filed" of the officer's chain, from the newest application that was not withdrawn."""
    newest = (
        Application.system.filter(officer=OuterRef("application__officer"))
        .exclude(state=ApplicationState.WITHDRAWN)
        .order_by("-id")
        .values("pk")[:1]
    )
    request = (
        FilingRequest.objects.filter(application__officer=officer, application_id=Subquery(newest))
        .select_related("application")
        .defer("receipt")
        .order_by("-id")
        .first()
    )
    if request is None:
        return [ChainLink(title=_("备案"), order=CHAIN_ORDER)]
    return [link_of(request)]


def link_of(request: FilingRequest) -> ChainLink:
    """Return the link "filed" for one request."""
    url = reverse("filing-request", args=[request.application.number])
    unit = _(MINISTRY_NAME)
    if request.state == FilingRequestState.REQUESTED:
        return ChainLink(
            title=_("备案"),
            tone="current",
            at=request.requested_at,
            unit=unit,
            order=CHAIN_ORDER,
            cure_url=url,
        )
    if request.state == FilingRequestState.GRANTED:
        return ChainLink(
            title=_("备案"),
            tone="whole",
            at=request.decided_at,
            unit=unit,
            person=request.filing_number,
            order=CHAIN_ORDER,
        )
    return ChainLink(
        title=_("备案"),
        tone="broken",
        at=request.decided_at,
        unit=unit,
        note=_("%(word)s：%(reason)s") % {"word": _(face_of(request).word), "reason": request.reason},
        cure=_("查看备案决定"),
        cure_url=url,
        order=CHAIN_ORDER,
    )


def application_panel(viewer: Actor, application: Application) -> Panel | None:
    """Show on the application's page where its filing stands; nothing before the first request."""
    if not is_permitted(viewer, Permission.APPLICATION_VIEW, application.place):
        return None
    if application.state == ApplicationState.DRAFT and application.submitted_at is None:
        return None  # what was never handed in has not been filed
    request = FilingRequest.objects.filter(application=application).defer("receipt").order_by("-id").first()
    if request is None:
        return None
    return Panel(
        title=_("部级备案"),
        template="filing/panel.jinja",
        context={
            "request_shown": request,
            "face": face_of(request),
            "address": reverse("filing-request", args=[application.number]),
        },
        order=60,
        anchor="filing",
    )
