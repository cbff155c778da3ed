"""Pass rates by organiser and year, with what is odd about them pointed out. Source: 2009 notice, 五(一)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from warrant.apps.examinations.models import Sitting
from warrant.apps.examinations.selectors.sittings import passed_condition
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle import SittingState
from warrant.core.qualification.year_figures import ODD_WORDS, FigureKind, YearFigures, odd_figures

KIND = FigureKind.EXAMINATION


@dataclass(frozen=True)
class OrganiserRow:
    """One organiser with its years, newest first, and what is odd in words."""

    name: str
    code: str
    years: list[YearFigures]
    odd: list[str]


def _counted(sat: QuerySet[Sitting]) -> QuerySet[Sitting, Any]:
    """Count recorded sittings by organiser and year."""
    return (
        sat.filter(state=SittingState.RECORDED.value)
        .values("organiser_id", "organiser__name", "organiser__code", "sat_on__year")
        .annotate(
            sittings=Count("pk", distinct=True),
            late=Count("pk", distinct=True, filter=Q(is_late=True)),
            sat=Count("candidates__result"),
            passed=Count("candidates", filter=passed_condition()),
            corrected=Count("candidates", filter=Q(candidates__result__corrects__isnull=False)),
        )
        .order_by("organiser__code", "-sat_on__year")
    )


def _figures(row: Mapping[str, Any]) -> YearFigures:
    return YearFigures(
        year=row["sat_on__year"],
        held=row["sittings"],
        people=row["sat"],
        reached=row["passed"],
        base=row["sat"],
        late=row["late"],
        corrected=row["corrected"],
    )


def organisers(viewer: Actor, this_year: int) -> list[OrganiserRow]:
    """Return the organisers in the viewer's scope: those with something odd first, then by code."""
    rows = _counted(Sitting.objects.visible_to(viewer, Permission.STATISTICS_VIEW))
    found: dict[int, OrganiserRow] = {}
    for row in rows:
        organiser = found.setdefault(
            row["organiser_id"], OrganiserRow(row["organiser__name"], row["organiser__code"], [], [])
        )
        organiser.years.append(_figures(row))
    for organiser in found.values():
        odd = odd_figures(KIND, organiser.years, this_year)
        organiser.odd.extend(_(ODD_WORDS[KIND][name]) % {} for name in odd)
    return sorted(found.values(), key=lambda one: (not one.odd, one.code))


def figures_of(organiser: Agency, year: int) -> YearFigures:
    """Return what an organiser's sittings of a year came to, for the ministry."""
    row = _counted(Sitting.system.filter(organiser=organiser, sat_on__year=year)).first()
    return _figures(row) if row else YearFigures(year, 0, 0, 0, 0)
