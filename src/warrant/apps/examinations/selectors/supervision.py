"""Pass rates by organiser and year, and by class, with what is odd about them pointed out. Source: 2009 notice, 五(一)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from warrant.apps.examinations.models import ExaminationRecord, Sitting
from warrant.apps.examinations.selectors.sittings import passed_condition
from warrant.apps.foundation.paging import Page, keyset_page
from warrant.apps.officers.models import COUNTING
from warrant.apps.organisations.models import Agency
from warrant.apps.training.models import Enrolment, TrainingClass
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle import ClassState, SittingState
from warrant.core.qualification.class_results import ClassResults, SatPaper, results_after
from warrant.core.qualification.examination import PAPERS
from warrant.core.qualification.year_figures import ODD_WORDS, FigureKind, YearFigures, odd_figures

KIND = FigureKind.EXAMINATION
_PLACES = tuple(enumerate(PAPERS))
CLASSES_ON_A_PAGE = 40


@dataclass(frozen=True)
class OrganiserRow:
    """One organiser with its years, newest first, and what is odd in words."""

    name: str
    code: str
    years: list[YearFigures]
    odd: list[str]
    by_paper: dict[int, dict[str, int]] = field(default_factory=dict)
    """For each year the pass rate of each paper that was sat, in whole percent."""


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
            **{
                f"sat_{place}": Count("candidates__result", filter=Q(paper=paper)) for place, paper in _PLACES
            },
            **{
                f"passed_{place}": Count("candidates", filter=Q(paper=paper) & passed_condition())
                for place, paper in _PLACES
            },
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
        organiser.by_paper[row["sat_on__year"]] = {
            paper: row[f"passed_{place}"] * 100 // row[f"sat_{place}"]
            for place, paper in _PLACES
            if row[f"sat_{place}"]
        }
    for organiser in found.values():
        odd = odd_figures(KIND, organiser.years, this_year)
        organiser.odd.extend(_(ODD_WORDS[KIND][name]) % {} for name in odd)
    return sorted(found.values(), key=lambda one: (not one.odd, one.code))


@dataclass(frozen=True)
class ClassRow:
    """One confirmed class, how many took part, and how they did in the examinations after it."""

    training_class: TrainingClass
    people: int
    results: ClassResults


def class_results(viewer: Actor, key: str) -> Page[ClassRow]:
    """Return a page of the confirmed classes in the viewer's scope, the latest first; a fixed number of queries.

    Raises: InvalidInput: the key is none of ours.
    """
    rows = TrainingClass.objects.visible_to(viewer, Permission.STATISTICS_VIEW)
    rows = rows.filter(state=ClassState.CONFIRMED.value).select_related("programme", "organiser")
    page = keyset_page(rows, "-ends_on", key, size=CLASSES_ON_A_PAGE)
    people: dict[int, set[int]] = defaultdict(set)
    enrolments = Enrolment.objects.filter(training_class__in=[one.pk for one in page.rows])
    for class_pk, officer_pk in enrolments.values_list("training_class_id", "officer_id"):
        people[class_pk].add(officer_pk)
    records = ExaminationRecord.objects.filter(COUNTING, officer__in=enrolments.values("officer_id"))
    if page.rows:
        records = records.filter(sat_on__gte=page.rows[-1].ends_on)
    papers: dict[int, list[SatPaper]] = defaultdict(list)
    for officer_pk, paper, sat_on, score, mark in records.values_list(
        "officer_id", "paper", "sat_on", "score", "pass_mark"
    ):
        papers[officer_pk].append(SatPaper(officer_pk, paper, sat_on, score >= mark))
    found = [
        ClassRow(
            one,
            len(people[one.pk]),
            results_after(
                one.ends_on,
                people[one.pk],
                [paper for officer_pk in people[one.pk] for paper in papers[officer_pk]],
            ),
        )
        for one in page.rows
    ]
    return Page(found, page.next_key, page.previous_key, page.count, page.count_is_capped)


def figures_of(organiser: Agency, year: int) -> YearFigures:
    """Return what an organiser's sittings of a year came to, for the ministry."""
    row = _counted(Sitting.system.filter(organiser=organiser, sat_on__year=year)).first()
    return _figures(row) if row else YearFigures(year, 0, 0, 0, 0)
