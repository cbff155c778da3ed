"""Passes about to lapse: the latest pass of each paper and officer, as far as it counts for ninety days more at most."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from warrant.apps.examinations.models import ExaminationRecord
from warrant.apps.examinations.selectors.results import DAYS_OF_WARNING, paper_name, years_of_validity
from warrant.apps.exports.selectors import Readers, rows_piece_by_piece
from warrant.apps.exports.types import ExportKind, ExportSource, Parameters
from warrant.apps.foundation import clock
from warrant.apps.officers.models import COUNTING, Officer
from warrant.apps.officers.selectors.listing_filters import of_unit
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import OfficerState
from warrant.core.ports import CellKind, TableColumn
from warrant.core.qualification.examination import counts_until, same_day_before

MOST_UNITS = 300


def read_unit(fields: QueryDict) -> Parameters:
    """Return the unit of an address (its code) that narrows the list. Raises: InvalidInput, it is none."""
    code = fields.get("unit", "").strip()
    if not code:
        return {}
    if "\x00" in code or not Agency.objects.filter(code=code).exists():
        raise InvalidInput("unknown-agency", N_("没有这个单位，请重新选择"), place="unit")
    return {"unit": [code]}


def passes_about_to_lapse(
    viewer: Actor, on: date, unit: str = "", permission: Permission = Permission.OFFICER_VIEW
) -> QuerySet[ExaminationRecord]:
    """Return the passes of active officers in the viewer's scope that lapse within the days of warning.

    A pass that a later one of the same paper follows is left out. ``unit`` is the code of a unit, itself and below.
    """
    officers = Officer.objects.visible_to(viewer, permission).filter(state=OfficerState.ACTIVE.value)
    agency = Agency.objects.filter(code=unit).first() if unit else None
    if agency is not None:
        officers = of_unit(officers, agency)
    due = Q(pk__in=[])
    for paper, years in years_of_validity(on).items():
        last = counts_until(on + timedelta(days=DAYS_OF_WARNING - 1), -years)
        due |= Q(paper=paper, sat_on__gte=same_day_before(on, years), sat_on__lte=last)
    later = ExaminationRecord.objects.filter(
        COUNTING,
        officer=OuterRef("officer"),
        paper=OuterRef("paper"),
        sat_on__gt=OuterRef("sat_on"),
        score__gte=F("pass_mark"),
    )
    rows = ExaminationRecord.objects.filter(COUNTING, due, score__gte=F("pass_mark"))
    rows = rows.filter(~Exists(later), officer__in=officers.values("pk"))
    return rows.select_related("officer__agency")


def units_with_passes(viewer: Actor, on: date) -> list[tuple[str, str]]:
    """Return code and name of the units that have somebody on the list."""
    pks = passes_about_to_lapse(viewer, on).order_by().values("officer__agency_id")
    return list(Agency.objects.filter(pk__in=pks).order_by("code").values_list("code", "name")[:MOST_UNITS])


def lapses_on(row: ExaminationRecord, years: dict[str, int]) -> date:
    """Return the last day on which a pass counts."""
    return counts_until(row.sat_on, years[row.paper])


def open_lapsing(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the passes about to lapse, for ``actor``."""
    on = clock.today()
    unit = "".join(parameters.get("unit", []))
    rows = passes_about_to_lapse(actor, on, unit, Permission.OFFICER_EXPORT)
    years = years_of_validity(on)
    readers: Readers = {
        "name": lambda row: row.officer.name,
        "agency": lambda row: row.officer.agency.name,
        "paper": lambda row: paper_name(row.paper),
        "score": lambda row: str(row.score),
        "sat_on": lambda row: row.sat_on,
        "until": lambda row: lapses_on(row, years),
    }
    name = Agency.objects.filter(code=unit).values_list("name", flat=True).first() if unit else ""
    address = reverse("passes-lapsing")
    return ExportSource(
        title=_("即将到期的考试成绩"),
        count=rows.order_by().count(),
        columns={
            "name": TableColumn(_("姓名"), width=12),
            "agency": TableColumn(_("执法单位"), width=36),
            "paper": TableColumn(_("科目"), width=18),
            "score": TableColumn(_("成绩"), width=8),
            "sat_on": TableColumn(_("考试日期"), CellKind.DATE, 12),
            "until": TableColumn(_("成绩有效至"), CellKind.DATE, 12),
        },
        chosen=tuple(readers),
        described=[(_("单位"), name or _("管辖范围内全部单位")), (_("核对日期"), on.isoformat())],
        rows=rows_piece_by_piece(rows, "sat_on", readers),
        back_url=f"{address}?{urlencode({'unit': unit})}" if unit else address,
        paper_columns=tuple(readers),
        paper_title=_("即将到期的考试成绩"),
        signatures=(_("填表人（签字）："), _("审核人（签字）："), _("单位（盖章）：")),
    )


LAPSING = ExportKind(Permission.OFFICER_EXPORT, read_unit, open_lapsing)
