"""Assessments seen from above: by unit and year how many, which bands, what is missing and what is odd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.assessments.models import Assessment, Sheet
from warrant.apps.exports.selectors import Readers, rows_piece_by_piece
from warrant.apps.exports.types import ExportKind, ExportSource, Parameters
from warrant.apps.officers.models import Officer
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import AssessmentState, OfficerState
from warrant.core.ports import TableColumn
from warrant.core.qualification.assessment import (
    BAND_NAMES,
    BANDS,
    ODD_WORDS,
    REASONS,
    RoundFigures,
    SheetKind,
    odd_ones,
)
from warrant.core.qualification.year_figures import YearFigures

UNSCORED, NOT_ASSESSED, ALL = "unscored", "not-assessed", "all"
SHOWN: Mapping[str, str] = {
    ALL: N_("全部"),
    UNSCORED: N_("未评分"),
    NOT_ASSESSED: N_("不考核"),
    **BAND_NAMES,
}
"""What of the sheets is looked at; bands of the two kinds have one name where they are called the same."""
COLUMNS = ("name", "agency", "total", "band", "state", "reason")


@dataclass(frozen=True)
class UnitFigures:
    """One assessment in figures; ``bands`` counts by band."""

    assessment: Assessment
    people: int
    unscored: int
    not_assessed: int
    bands: Mapping[str, int]
    odd: tuple[str, ...]


def figures(viewer: Actor, kind: str, year: int) -> list[UnitFigures]:
    """Return the assessments of a year in the viewer's scope in figures, the odd ones first, then by unit."""
    reach = Assessment.objects.visible_to(viewer, Permission.STATISTICS_VIEW)
    reach = reach.filter(kind=kind, year=year).exclude(state=AssessmentState.CANCELLED.value)
    rows: dict[int, list[tuple[str, str, Decimal | None, int]]] = {}
    sheets = Sheet.objects.filter(assessment__in=reach.order_by().values("pk"))
    for key, band, reason, total, corrected in sheets.values_list(
        "assessment_id", "band", "not_assessed", "total", "corrections_made"
    ):
        rows.setdefault(key, []).append((band, reason, total, corrected))
    found = []
    best = next(iter(BANDS[kind]))
    for assessment in reach.select_related("unit").order_by("unit__code"):
        own = rows.get(assessment.pk, [])
        bands = {band: sum(1 for row in own if row[0] == band) for band in BANDS[kind]}
        assessed = sum(bands.values())
        totals = frozenset(row[2] for row in own if row[2] is not None)
        changes = assessment.returns + sum(row[3] for row in own)
        odd = odd_ones(RoundFigures(assessed, bands[best], totals, assessment.is_late, changes))
        excused = sum(1 for row in own if row[1])
        found.append(
            UnitFigures(
                assessment, len(own), len(own) - assessed - excused, excused, bands, tuple(map(str, odd))
            )
        )
    return sorted(found, key=lambda one: (not one.odd, one.assessment.unit.code))


def figures_of(unit: Agency, year: int) -> YearFigures:
    """Return what the confirmed assessments of a unit's people of a year came to, for the ministry."""
    rounds = Assessment.system.filter(
        unit=unit, year=year, kind=SheetKind.PERSON.value, state=AssessmentState.CONFIRMED.value
    )
    sheets = list(
        Sheet.objects.filter(assessment__in=rounds.order_by().values("pk"))
        .exclude(band="")
        .values_list("band", "total", "corrections_made")
    )
    best = next(iter(BANDS[SheetKind.PERSON]))
    reached = sum(1 for band, _total, _mended in sheets if band == best)
    held = list(rounds.values_list("is_late", "returns"))
    totals = frozenset(total for _band, total, _mended in sheets if total is not None)
    late = sum(1 for is_late, _returns in held if is_late)
    changes = sum(returns for _is_late, returns in held) + sum(mended for _band, _total, mended in sheets)
    odd = odd_ones(RoundFigures(len(sheets), reached, totals, bool(late), changes))
    return YearFigures(
        year=year,
        held=len(held),
        people=len(sheets),
        reached=reached,
        base=len(sheets),
        late=late,
        corrected=changes,
        uniform=int("same" in odd),
    )


def odd_words(found: UnitFigures) -> str:
    """Return what is odd in words."""
    return "；".join(_(ODD_WORDS[name]) for name in found.odd)


def units_without(viewer: Actor, kind: str, year: int) -> list[Agency]:
    """Return the units in the viewer's scope that should have an assessment of a year and have none, by code."""
    has_one = Assessment.system.filter(kind=kind, year=year).exclude(state=AssessmentState.CANCELLED.value)
    officers = Officer.objects.visible_to(viewer, Permission.STATISTICS_VIEW)
    officers = officers.filter(state=OfficerState.ACTIVE.value)
    units = Agency.objects.filter(closed_on=None).exclude(pk__in=has_one.values("unit"))
    if kind == SheetKind.PERSON:
        units = units.filter(pk__in=officers.order_by().values("agency"))
    else:
        manned = Agency.objects.filter(pk__in=officers.order_by().values("agency"), closed_on=None)
        units = units.filter(pk__in=manned.values("parent")).exclude(parent=None)
    return list(units.order_by("code")[:200])


def sheets_behind(
    viewer: Actor, permission: Permission, kind: str, year: int, *, unit: str, show: str
) -> QuerySet[Sheet]:
    """Return the sheets behind a figure: of a year, of one unit by its code or of all in reach, of one band and so on."""
    reach = Assessment.objects.visible_to(viewer, permission).filter(kind=kind, year=year)
    reach = reach.exclude(state=AssessmentState.CANCELLED.value)
    if unit:
        reach = reach.filter(unit__code=unit)
    rows = Sheet.objects.filter(assessment__in=reach.order_by().values("pk"))
    if show == UNSCORED:
        rows = rows.filter(band="", not_assessed="")
    elif show == NOT_ASSESSED:
        rows = rows.exclude(not_assessed="")
    elif show != ALL:
        rows = rows.filter(band=show)
    return rows.select_related("assessment__unit", "officer__agency", "agency")


def read_behind(fields: QueryDict) -> Parameters:
    """Return which figure is meant, from an address.

    Raises:
        InvalidInput: it cannot be understood.
    """
    kind, year = fields.get("kind", SheetKind.PERSON.value), fields.get("year", "")
    unit, show = fields.get("unit", ""), fields.get("show", ALL)
    if kind not in BANDS or show not in SHOWN or not (year.isascii() and year.isdigit() and len(year) == 4):
        raise InvalidInput("bad-choice", N_("无法识别要查看的范围；请返回统计页重新选择"), place="year")
    if len(unit) > 24 or "\x00" in unit:
        raise InvalidInput("bad-choice", N_("无法识别要查看的范围；请返回统计页重新选择"), place="unit")
    return {"kind": [kind], "year": [year], "unit": [unit], "show": [show]}


def query_of(parameters: Parameters) -> str:
    """Return the parameters as an address holds them."""
    query = QueryDict(mutable=True)
    for name, values in parameters.items():
        query[name] = values[0]
    return query.urlencode()


def unit_of(sheet: Sheet) -> str:
    """Return the unit whose people, or whose units, were assessed."""
    return sheet.assessment.unit.name


def open_behind(actor: Actor, parameters: Parameters) -> ExportSource:
    """Return the people (or units) behind a figure that the actor may take along."""
    kind, year, unit, show = (parameters[name][0] for name in ("kind", "year", "unit", "show"))
    rows = sheets_behind(actor, Permission.OFFICER_EXPORT, kind, int(year), unit=unit, show=show)
    readers: Readers = {
        "name": lambda row: row.name,
        "agency": unit_of,
        "total": lambda row: row.total,
        "band": lambda row: _(BAND_NAMES[row.band]) if row.band else "",
        "state": lambda row: _("已确认") if row.assessment.confirmed_at else _("未确认"),
        "reason": lambda row: _(REASONS[row.not_assessed]) if row.not_assessed else "",
    }
    return ExportSource(
        title=_("年度考核名单"),
        count=rows.order_by().count(),
        columns={
            "name": TableColumn(_("考核对象"), width=24),
            "agency": TableColumn(_("考核单位"), width=36),
            "total": TableColumn(_("总分"), width=8),
            "band": TableColumn(_("等次"), width=12),
            "state": TableColumn(_("状态"), width=10),
            "reason": TableColumn(_("不考核的原因"), width=28),
        },
        chosen=COLUMNS,
        described=[(_("考核年度"), year), (_("范围"), _(SHOWN[show])), (_("单位代码"), unit)],
        rows=rows_piece_by_piece(rows, "id", readers),
        back_url=f"{reverse('assessment-people')}?{query_of(parameters)}",
        paper_columns=COLUMNS,
        paper_title=_("年度考核名单"),
        signatures=(_("填表人（签字）："), _("审核人（签字）："), _("单位（盖章）：")),
    )


ASSESSED = ExportKind(Permission.OFFICER_EXPORT, read_behind, open_behind)
