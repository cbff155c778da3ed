"""Reading requests that two people decide: what waits, what was deleted and can still come back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.officers.models import Proposal, RecordRequest, Transfer
from warrant.apps.officers.selectors.sealing import field_key
from warrant.apps.officers.selectors.uses import counted
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.crypto.sealing import open_sealed
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import UNDO_DAYS, UNDO_TIME, RecordRequestKind, RecordRequestState

KIND_NAMES: Mapping[str, str] = {
    RecordRequestKind.DELETION.value: N_("删除人员"),
    RecordRequestKind.ID_NUMBER.value: N_("更正身份证号码"),
}
"""How each kind of request is called."""

STATE_FACES: Mapping[str, tuple[str, str]] = {
    RecordRequestState.WAITING.value: (N_("待第二人确认"), "waiting"),
    RecordRequestState.APPLIED.value: (N_("已执行"), "valid"),
    RecordRequestState.REFUSED.value: (N_("已驳回"), "ended"),
    RecordRequestState.WITHDRAWN.value: (N_("已撤回"), "ended"),
    RecordRequestState.UNDONE.value: (N_("已恢复"), "valid"),
    RecordRequestState.ERASED.value: (N_("已清除"), "ended"),
}
"""Word and tone of each state of a request."""

_RELATED = ("officer__agency", "requested_by__agency", "decided_by__agency", "proof")


@dataclass(frozen=True)
class RequestRights:
    """What the viewer may do with a request now."""

    may_decide: bool
    may_withdraw: bool
    may_undo: bool
    is_own_request: bool


def new_number_of(request: RecordRequest) -> str:
    """Return the ID number that a request asks for: for comparing and applying, never for a page."""
    place = f"officer:{request.officer.uid}".encode()
    return open_sealed(field_key(), bytes(request.number_sealed), place).decode()


def requests_for(viewer: Actor, *, state: str = "", kind: str = "") -> QuerySet[RecordRequest]:
    """Return the requests about officers in the viewer's reach."""
    rows = RecordRequest.objects.visible_to(viewer, Permission.OFFICER_VIEW).select_related(*_RELATED)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    return rows


def request_for(viewer: Actor, pk: int) -> RecordRequest:
    """Return one request in the viewer's reach.

    Raises:
        NotFound: there is none, or it lies out of scope.
    """
    found = requests_for(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found


def days_left(request: RecordRequest, now: datetime) -> int:
    """Return how many whole days a deletion can still be undone; 0 when it cannot."""
    if request.decided_at is None:
        return 0
    return max(0, UNDO_DAYS - (now - request.decided_at).days)


def rights_on(viewer: Actor, request: RecordRequest, now: datetime) -> RequestRights:
    """Return what the viewer may do with the request: the second person is never the first, nor the officer."""
    is_own_request = request.requested_by_id == viewer.account_id
    is_concerned = viewer.officer_uid == str(request.officer.uid)
    may_confirm = is_permitted(viewer, Permission.OFFICER_CONFIRM, request.place) and not is_concerned
    is_waiting = request.state == RecordRequestState.WAITING
    is_undoable = (
        request.kind == RecordRequestKind.DELETION
        and request.state == RecordRequestState.APPLIED
        and request.decided_at is not None
        and now - request.decided_at < UNDO_TIME
    )
    return RequestRights(
        may_decide=is_waiting and may_confirm and not is_own_request,
        may_withdraw=is_waiting and is_own_request,
        may_undo=is_undoable and may_confirm,
        is_own_request=is_own_request,
    )


def waiting_request_of(officer_pk: int, kind: str) -> RecordRequest | None:
    """Return the request of that kind about an officer that waits for the second person."""
    rows = RecordRequest.system.filter(officer_id=officer_pk, kind=kind)
    return rows.filter(state=RecordRequestState.WAITING.value).first()


def request_work_queues(actor: Actor) -> list[Queue]:
    """Return the requests that wait for this person as the second one, oldest first."""
    if not actor.has_anywhere(Permission.OFFICER_CONFIRM):
        return []
    rows = RecordRequest.objects.visible_to(actor, Permission.OFFICER_CONFIRM)
    rows = rows.filter(state=RecordRequestState.WAITING.value).exclude(requested_by_id=actor.account_id)
    if actor.officer_uid:
        rows = rows.exclude(officer__uid=actor.officer_uid)
    people = ("officer__name", "officer__agency__name", "requested_by__display_name")
    return [Queue(rows.order_by("requested_at"), ("pk", "kind", "requested_at", *people), _work_item)]


def _work_item(request: RecordRequest) -> WorkItem:
    return WorkItem(
        kind="record-request",
        title=_("%(what)s：%(name)s") % {"what": _(KIND_NAMES[request.kind]), "name": request.officer.name},
        detail=_("%(unit)s，%(person)s提出")
        % {"unit": request.officer.agency.name, "person": request.requested_by.display_name},
        url=reverse("record-request", args=[request.pk]),
        waiting_since=request.requested_at,
    )


def officer_uses(pks: Collection[int]) -> list[QuerySet[Any, Any]]:
    """Ask which officers were transferred or proposed something themselves: such a record is no slip of the pen."""
    return [
        counted(Transfer.system.filter(officer_id__in=pks), N_("办理过调动")),
        counted(Proposal.system.filter(officer_id__in=pks), N_("本人提出过更正")),
    ]
