"""The people of a what-if as a source of files."""

from __future__ import annotations

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.eligibility.selectors.reports import people_of, report_for, rule_titles
from warrant.apps.exports.selectors import Readers, rows_piece_by_piece
from warrant.apps.exports.types import ExportKind, ExportSource, Parameters
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.ports import TableColumn

COLUMNS = ("name", "agency", "change", "rules")


def read_report(fields: QueryDict) -> Parameters:
    """Return which report is meant.

    Raises:
        InvalidInput: that is no number.
    """
    number = fields.get("report", "")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise InvalidInput("bad-choice", N_("无法识别要导出的范围；请返回列表重新选择"), place="report")
    return {"report": [number]}


def open_people(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the people of a report whom the actor may take along.

    Raises:
        NotFound: there is no such report.
    """
    report = report_for(actor, int(parameters["report"][0]))
    titles = rule_titles(report)
    rows = people_of(actor, report, Permission.OFFICER_EXPORT)
    readers: Readers = {
        "name": lambda row: row.officer.name,
        "agency": lambda row: row.officer.agency.name,
        "change": lambda row: _("新增符合") if row.gains else _("不再符合"),
        "rules": lambda row: _("、").join(titles.get(rule, rule) for rule in row.rules.split(",")),
    }
    return ExportSource(
        title=_("试算涉及的人员"),
        count=rows.order_by().count(),
        columns={
            "name": TableColumn(_("姓名"), width=12),
            "agency": TableColumn(_("执法单位"), width=36),
            "change": TableColumn(_("变化"), width=12),
            "rules": TableColumn(_("因哪些条件"), width=40),
        },
        chosen=COLUMNS,
        described=[(_("草案"), report.title), (_("按何日"), report.on.isoformat())],
        rows=rows_piece_by_piece(rows, "id", readers),
        back_url=reverse("what-if-people", args=[report.pk]),
        paper_columns=COLUMNS,
        paper_title=_("资格条件试算涉及人员名单"),
        signatures=(_("填表人（签字）："), _("审核人（签字）："), _("单位（盖章）：")),
    )


WHAT_IF_PEOPLE = ExportKind(Permission.OFFICER_EXPORT, read_report, open_people)
