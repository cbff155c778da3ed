"""Reading transfers: both sides' lists, one transfer, what may be done with it, and where somebody could go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.officers.models import Officer, Transfer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.types import Panel
from warrant.apps.organisations.models import Agency
from warrant.apps.organisations.selectors import versions_on
from warrant.core.access import Actor, Level, Permission, Place, is_permitted
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import TRANSFER, TransferKind, TransferSide, TransferState
from warrant.core.lifecycle.transfer import OPEN_STATES
from warrant.core.standards.agency_names import name_key

MOST_UNITS = 20

STATE_FACES = {
    TransferState.PROPOSED: (N_("待接受"), "waiting"),
    TransferState.DUE: (N_("已接受，待生效"), "current"),
    TransferState.ACCEPTED: (N_("已调动"), "valid"),
    TransferState.REFUSED: (N_("对方不接受"), "broken"),
    TransferState.WITHDRAWN: (N_("已撤回"), "ended"),
}
KIND_NAMES = {
    TransferKind.APPOINTMENT: N_("工作调动"),
    TransferKind.ROTATION: N_("交流轮岗"),
    TransferKind.REFORM: N_("机构改革划转"),
    TransferKind.OTHER: N_("其他"),
}
STEP_NAMES = {
    "propose": (N_("提出调动"), "waiting"),
    "accept": (N_("接受调动"), "valid"),
    "refuse": (N_("不接受调动"), "broken"),
    "withdraw": (N_("撤回调动"), "ended"),
    "take-effect": (N_("调动生效"), "valid"),
}


def state_face(transfer: Transfer) -> dict[str, str]:
    """Return how the state is called and coloured."""
    word, tone = STATE_FACES[TransferState(transfer.state)]
    if transfer.state == TransferState.PROPOSED and transfer.side == TransferSide.RECEIVING:
        word = N_("待原单位确认")
    return {"word": _(word), "tone": "waiting" if tone == "current" else tone}


def transfers_for(viewer: Actor, part: str = "") -> QuerySet[Transfer]:
    """Return the transfers out of and into the viewer's units; ``part``: ``waiting``, ``open``, or empty for all."""
    rows = Transfer.objects.visible_to(viewer, Permission.OFFICER_VIEW)
    rows = rows.select_related("officer", "from_agency", "to_agency")
    if part == "waiting":
        return rows.filter(waiting_for(viewer))
    if part == "open":
        return rows.filter(state__in=OPEN_STATES)
    return rows


def _columns(viewer: Actor, permission: Permission, prefix: str) -> Q:
    condition = Q(pk__in=[])
    for grant in viewer.grants_for(permission):
        if grant.level is Level.MINISTRY or grant.is_node_wide:
            return Q()
        condition |= Q(**{f"{prefix}{grant.level.value}_unit": grant.unit_id})
    return condition


def waiting_for(viewer: Actor) -> Q:
    """Return the condition of the transfers on which this very person may decide now."""
    incoming = _columns(viewer, Permission.OFFICER_TRANSFER, "to_")
    outgoing = _columns(viewer, Permission.OFFICER_TRANSFER, "")
    mine = Q(side=TransferSide.SENDING.value) & incoming | Q(side=TransferSide.RECEIVING.value) & outgoing
    condition = Q(state=TransferState.PROPOSED.value) & mine & ~Q(proposed_by_id=viewer.account_id)
    if viewer.officer_uid:
        condition &= ~Q(officer__uid=viewer.officer_uid)
    return condition


def transfer_for(viewer: Actor, pk: int) -> Transfer:
    """Return a transfer out of or into a unit of the viewer, or the viewer's own.

    Raises:
        NotFound: there is none, or it lies out of scope.
    """
    rows = Transfer.objects.visible_to(viewer, Permission.OFFICER_VIEW).filter(pk=pk)
    if viewer.officer_uid and viewer.has_anywhere(Permission.OWN_RECORD):
        rows |= Transfer.system.filter(pk=pk, officer__uid=viewer.officer_uid)
    found = rows.select_related(
        "officer__agency__province",
        "officer__agency__city",
        "officer__agency__county",
        "from_agency",
        "to_agency__province",
        "to_agency__city",
        "to_agency__county",
        "proof",
        "proposed_by",
    ).first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found


def deciding_place(transfer: Transfer) -> Place:
    """Return where the right to decide must be held: with the side that did not propose."""
    return transfer.target_place if transfer.side == TransferSide.SENDING else transfer.place


def proposing_place(transfer: Transfer) -> Place:
    """Return where the right to withdraw must be held: with the side that proposed."""
    return transfer.place if transfer.side == TransferSide.SENDING else transfer.target_place


def allowed_acts(viewer: Actor, transfer: Transfer) -> dict[str, bool]:
    """Tell for each act of the table whether the viewer may do it now."""
    allowed = {row.action: False for row in TRANSFER.transitions}
    for row in TRANSFER.actions_from(TransferState(transfer.state)):
        if row.permission is None:
            continue
        place = proposing_place(transfer) if row.action == "withdraw" else deciding_place(transfer)
        is_second = transfer.proposed_by_id != viewer.account_id or not row.needs_second_person
        allowed[row.action] = (
            is_second and not is_own(viewer, transfer.officer) and is_permitted(viewer, row.permission, place)
        )
    return allowed


def open_transfer_of(officer: Officer) -> Transfer | None:
    """Return the officer's transfer that is on its way, if there is one."""
    return Transfer.system.filter(officer=officer, state__in=OPEN_STATES).select_related("to_agency").first()


def units_named_like(text: str, province_id: int | None, on: date) -> list[Agency]:
    """Return units of the province whose name contains ``text``: names are no secret, whatever the viewer's scope."""
    key = name_key(text)
    if not key or province_id is None:
        return []
    rows = versions_on(on).filter(name_key__contains=key, agency__province_id=province_id)
    return [row.agency for row in rows.filter(agency__closed_on=None)[:MOST_UNITS]]


def unit_named(text: str, province_id: int | None, on: date) -> Agency | None:
    """Return the one open unit of the province that bears this name."""
    rows = versions_on(on).filter(name_key=name_key(text), agency__province_id=province_id)
    found = [row.agency for row in rows[:2]]
    return found[0] if len(found) == 1 else None


def work_queues(viewer: Actor) -> list[Queue]:
    """Return the transfers on which the viewer decides, and own ones that could not take effect."""
    if not viewer.has_anywhere(Permission.OFFICER_TRANSFER):
        return []
    stuck = Q(state=TransferState.DUE.value, proposed_by_id=viewer.account_id) & ~Q(trouble="")
    rows = Transfer.objects.visible_to(viewer, Permission.OFFICER_TRANSFER).filter(
        waiting_for(viewer) | stuck
    )
    fields = ("pk", "state", "side", "trouble", "changed_at")
    related = ("officer__name", "from_agency__name", "to_agency__name")
    return [Queue(rows.order_by("proposed_at"), (*fields, *related), _item)]


def _item(row: Transfer) -> WorkItem:
    names = {"name": row.officer.name}
    if row.state == TransferState.DUE:
        title = _("%(name)s的调动未能生效") % names
    elif row.side == TransferSide.SENDING:
        title = _("%(name)s拟调入，待接受") % names
    else:
        title = _("%(name)s拟调出，待确认") % names
    return WorkItem(
        kind="transfer",
        title=title,
        detail=f"{row.from_agency.name} → {row.to_agency.name}",
        url=reverse("transfer-detail", args=[row.pk]),
        waiting_since=row.changed_at,
        tone="attention" if row.trouble else "waiting",
    )


def transfers_of(officer: Officer) -> Sequence[Transfer]:
    """Return an officer's transfers, newest first; the caller has checked that the viewer may see them."""
    return list(
        Transfer.system.filter(officer=officer)
        .select_related("from_agency", "to_agency")
        .order_by("-pk")[:20]
    )


def officer_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Return the box on the officer's page: where the officer came from and goes."""
    if not (is_own(viewer, officer) or is_permitted(viewer, Permission.OFFICER_VIEW, officer.place)):
        return None
    rows = transfers_of(officer)
    if not rows:
        return None
    return Panel(
        title=_("调动"),
        template="officers/transfer_panel.jinja",
        context={"transfers": [(row, state_face(row)) for row in rows]},
        order=60,
        count=len(rows),
        anchor="transfers",
    )
