"""Pass rates by organiser and year, with what is odd about them pointed out. Source: 2009 notice, 五(一)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from warrant.apps.examinations.models import Sitting
from warrant.apps.examinations.selectors.sittings import passed_condition
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle import SittingState
from warrant.core.qualification.scores import ODD_WORDS, OrganiserYear, odd_ones


@dataclass(frozen=True)
class OrganiserRow:
    """One organiser with its years, newest first, and what is odd in words."""

    name: str
    code: str
    years: list[OrganiserYear]
    odd: list[str]


def organisers(viewer: Actor, this_year: int) -> list[OrganiserRow]:
    """Return the organisers in the viewer's scope: those with something odd first, then by code."""
    sat = Sitting.objects.visible_to(viewer, Permission.STATISTICS_VIEW).filter(
        state=SittingState.RECORDED.value
    )
    rows = (
        sat.values("organiser_id", "organiser__name", "organiser__code", "sat_on__year")
        .annotate(
            sittings=Count("pk", distinct=True),
            late=Count("pk", distinct=True, filter=Q(is_late=True)),
            sat=Count("candidates__result"),
            passed=Count("candidates", filter=passed_condition()),
            corrected=Count("candidates", filter=Q(candidates__result__corrects__isnull=False)),
        )
        .order_by("organiser__code", "-sat_on__year")
    )
    found: dict[int, OrganiserRow] = {}
    for row in rows:
        organiser = found.setdefault(
            row["organiser_id"], OrganiserRow(row["organiser__name"], row["organiser__code"], [], [])
        )
        counts = {key: row[key] for key in ("sittings", "sat", "passed", "late", "corrected")}
        organiser.years.append(OrganiserYear(row["organiser_id"], row["sat_on__year"], **counts))
    for organiser in found.values():
        organiser.odd.extend(_(ODD_WORDS[name]) % {} for name in odd_ones(organiser.years, this_year))
    return sorted(found.values(), key=lambda one: (not one.odd, one.code))
