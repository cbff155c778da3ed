"""Those who are short of hours as a source of files."""

from __future__ import annotations

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from warrant.apps.exports.selectors import Readers, rows_piece_by_piece
from warrant.apps.exports.types import ExportKind, ExportSource, Parameters
from warrant.apps.foundation import clock
from warrant.apps.training.selectors.hours import training_rules
from warrant.apps.training.selectors.shortage import short_officers
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.ports import CellKind, TableColumn

COLUMNS = ("name", "agency", "hours", "missing")


def read_choice(fields: QueryDict) -> Parameters:
    """Return which year and which agency are meant.

    Raises:
        InvalidInput: one of them is no number.
    """
    found: Parameters = {}
    for name, most in (("year", 4), ("unit", 18)):
        text = fields.get(name, "")
        if text and not (text.isascii() and text.isdigit() and len(text) <= most):
            raise InvalidInput("bad-choice", N_("无法识别要导出的范围；请返回列表重新选择"), place=name)
        if text:
            found[name] = [text]
    return found


def open_short(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the officers short of hours whom the actor may take along."""
    today = clock.today()
    chosen = {name: values[0] for name, values in parameters.items()}
    year = int(chosen.get("year") or today.year)
    unit = int(chosen["unit"]) if chosen.get("unit") else None
    asked = training_rules(today).hours_asked(year)
    rows = short_officers(actor, year, asked, unit, Permission.OFFICER_EXPORT)
    readers: Readers = {
        "name": lambda row: row.name,
        "agency": lambda row: row.agency.name,
        "hours": lambda row: row.hours,
        "missing": lambda row: asked - row.hours,
    }
    address = reverse("training-short")
    return ExportSource(
        title=_("学时未满人员"),
        count=rows.order_by().count(),
        columns={
            "name": TableColumn(_("姓名"), width=12),
            "agency": TableColumn(_("执法单位"), width=36),
            "hours": TableColumn(_("已完成学时"), CellKind.NUMBER, 12),
            "missing": TableColumn(_("还差学时"), CellKind.NUMBER, 12),
        },
        chosen=COLUMNS,
        described=[(_("年度"), str(year)), (_("要求学时"), str(asked))],
        rows=rows_piece_by_piece(rows, "sort_key", readers),
        back_url=f"{address}?{urlencode(chosen)}" if chosen else address,
        paper_columns=COLUMNS,
        paper_title=_("在岗培训学时未满人员名单"),
        signatures=(_("填表人（签字）："), _("审核人（签字）："), _("单位（盖章）：")),
    )


SHORT = ExportKind(Permission.OFFICER_EXPORT, read_choice, open_short)
