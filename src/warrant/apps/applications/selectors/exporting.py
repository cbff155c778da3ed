"""The list of applications as a source of files."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.cases import OPEN_STATES, applications_for_list
from warrant.apps.applications.types import STATE_FACES
from warrant.apps.exports.selectors import Readers, local_moment, rows_piece_by_piece, text_and_state
from warrant.apps.exports.types import ExportKind, ExportSource, Parameters
from warrant.apps.officers.selectors.register import code_name
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle import ApplicationState
from warrant.core.ports import CellKind, TableColumn
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY

OPEN = "open"
LONGEST_TEXT = 60

READERS: Readers = {
    "number": lambda row: row.number,
    "name": lambda row: row.officer.name,
    "state": lambda row: _(STATE_FACES[ApplicationState(row.state)].word),
    "agency": lambda row: row.officer.agency.name,
    "categories": lambda row: "、".join(code_name(ENFORCEMENT_CATEGORY, code) for code in row.category_codes),
    "created_at": lambda row: local_moment(row.created_at),
    "submitted_at": lambda row: local_moment(row.submitted_at),
    "waiting_since": lambda row: local_moment(row.waiting_since),
}


def read_filter(fields: QueryDict) -> Parameters:
    """Return the part of an address that narrows the list.

    Raises:
        InvalidInput: an ID number stands in it, or a state that there is not.
    """
    return text_and_state(fields, {OPEN, *(one.value for one in ApplicationState)}, LONGEST_TEXT)


def _rows(actor: Actor, text: str, state: str) -> QuerySet[Application]:
    rows = applications_for_list(actor, state="" if state == OPEN else state, text=text)
    if state == OPEN:
        rows = rows.filter(state__in=OPEN_STATES)
    taken_along = Application.objects.visible_to(actor, Permission.OFFICER_EXPORT)
    return rows.filter(pk__in=taken_along.values("pk"))


def open_applications(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the applications that the parameters mean, for ``actor``."""
    chosen = {name: values[0] for name, values in parameters.items()}
    state = chosen.get("state", "")
    rows = _rows(actor, chosen.get("text", ""), state)
    word = _("在办") if state == OPEN else state and _(STATE_FACES[ApplicationState(state)].word)
    described = [(_("编号或姓名"), chosen.get("text", "")), (_("状态"), word)]
    address = reverse("application-list")
    return ExportSource(
        title=_("资格申请清单"),
        count=rows.order_by().count(),
        columns={
            "number": TableColumn(_("申请编号"), width=18),
            "name": TableColumn(_("姓名"), width=12),
            "state": TableColumn(_("状态"), width=12),
            "agency": TableColumn(_("执法单位"), width=36),
            "categories": TableColumn(_("执法门类"), width=28),
            "created_at": TableColumn(_("建立时间"), CellKind.INSTANT, 17),
            "submitted_at": TableColumn(_("提交时间"), CellKind.INSTANT, 17),
            "waiting_since": TableColumn(_("等待起"), CellKind.INSTANT, 17),
        },
        chosen=tuple(READERS),
        described=[pair for pair in described if pair[1]] or [(_("范围"), _("管辖范围内全部申请"))],
        rows=rows_piece_by_piece(rows, "number", READERS),
        back_url=f"{address}?{urlencode(chosen)}" if chosen else address,
        paper_columns=("number", "name", "state", "agency", "categories", "submitted_at"),
        paper_title=_("交通运输行政执法资格申请清单"),
        signatures=(_("填表人（签字）："), _("审核人（签字）："), _("单位（盖章）：")),
    )


APPLICATIONS = ExportKind(Permission.OFFICER_EXPORT, read_filter, open_applications)
