"""The force at a glance: each statistic of a unit as a chart and as a table, beside the unit above and last year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from warrant.apps.foundation.pages import permission_for_view, render_page
from warrant.apps.supervision.forms import StatisticsForm
from warrant.apps.supervision.selectors.counting import Counted, count_on
from warrant.apps.supervision.selectors.units import VIEW
from warrant.apps.supervision.views.asking import (
    Asked,
    asked_of,
    band_label,
    page_tabs,
    percent_text,
    points,
    points_text,
    share_of,
    year_before,
)
from warrant.apps.supervision.views.charts import Bar, Stack, bar_chart, stack_chart
from warrant.core.indicators import (
    AGE,
    ARRIVAL,
    CATEGORY,
    CERTIFICATE,
    EDUCATION,
    EVERYBODY,
    EXAMINATION,
    POST,
    PROFESSION,
    REVIEW,
    SEX,
    STAFFING,
    TRAINING,
    Dimension,
)

GROUPS: dict[str, tuple[Dimension, ...]] = {
    "composition": (AGE, EDUCATION, PROFESSION, SEX),
    "standing": (TRAINING, EXAMINATION, REVIEW, ARRIVAL),
    "work": (CATEGORY, POST, STAFFING, CERTIFICATE),
}
STACKED = (TRAINING, EXAMINATION, REVIEW, ARRIVAL, SEX)

NOTABLE_POINTS = 5.0
"""From how many percentage points on a difference is said in words (assumption)."""


@dataclass(frozen=True)
class Line:
    """One band of a statistic, as figures."""

    number: int
    label: str
    count: int
    share: float | None
    above_share: float | None
    before_count: int | None
    before_share: float | None

    @property
    def above_points(self) -> float | None:
        """By how many percentage points the unit differs from the unit above."""
        return points(self.share, self.above_share)

    @property
    def before_points(self) -> float | None:
        """By how many percentage points the unit differs from a year ago."""
        return points(self.share, self.before_share)


def lines_of(asked: Asked, counted: list[Counted], dimension: Dimension) -> list[Line]:
    """Return the bands of a statistic, in the order of reading."""
    here, before = counted[0], counted[1]
    above = counted[2] if asked.above else None
    counts, before_counts = here.by_band(dimension), before.by_band(dimension)
    above_counts = above.by_band(dimension) if above else {}
    total, before_total = here.total, before.total
    above_total = above.total if above else 0
    return [
        Line(
            band.number,
            band_label(band),
            counts[band.number],
            share_of(counts[band.number], total),
            share_of(above_counts.get(band.number, 0), above_total),
            before_counts[band.number] if before_total else None,
            share_of(before_counts[band.number], before_total),
        )
        for band in dimension.bands(here.day.year)
    ]


def count_overview(asked: Asked, dimensions: tuple[Dimension, ...]) -> list[Counted]:
    """Count the unit, the unit a year ago and the unit above."""
    return count_on(asked.targets, [(EVERYBODY, dimension) for dimension in dimensions])


def _chart(dimension: Dimension, lines: list[Line], asked: Asked, counted: list[Counted]) -> Any:
    title = _(dimension.label)
    if dimension not in STACKED:
        bars = [Bar(line.label, line.share or 0.0, line.above_share, line.before_share) for line in lines]
        return bar_chart(dimension.key, title, bars)
    stacks = [Stack(_("本单位"), tuple(line.share or 0.0 for line in lines))]
    if asked.above and counted[2].total:
        stacks.append(Stack(_("上级"), tuple(line.above_share or 0.0 for line in lines)))
    if counted[1].total:
        stacks.append(Stack(_("去年同日"), tuple(line.before_share or 0.0 for line in lines)))
    return stack_chart(dimension.key, title, [line.label for line in lines], stacks)


def _remarks(lines: list[Line]) -> list[str]:
    """Say in words where the unit stands out from the unit above, the largest difference first."""
    marked = [(line, line.above_points or 0.0) for line in lines]
    said = []
    for line, value in sorted(marked, key=lambda each: -abs(each[1])):
        if abs(value) < NOTABLE_POINTS:
            break
        words = (
            _("%(band)s占 %(share)s，高于上级 %(points)s 个百分点")
            if value > 0
            else _("%(band)s占 %(share)s，低于上级 %(points)s 个百分点")
        )
        said.append(
            words % {"band": line.label, "share": percent_text(line.share), "points": f"{abs(value):.1f}"}
        )
    return said


def _statistic(asked: Asked, counted: list[Counted], dimension: Dimension) -> dict[str, Any]:
    lines = lines_of(asked, counted, dimension)
    shown = [line for line in lines if line.count or line.before_count or line.above_share] or lines
    return {
        "key": dimension.key,
        "label": _(dimension.label),
        "note": _(dimension.note) if dimension.note else "",
        "chart": _chart(dimension, shown, asked, counted),
        "is_stacked": dimension in STACKED,
        "remarks": _remarks(shown),
        "cross_url": asked.address(
            "statistics-cross",
            rows=dimension.key,
            columns=CATEGORY.key if dimension is not CATEGORY else EDUCATION.key,
        ),
        "lines": [
            {
                "label": line.label,
                "count": line.count,
                "url": asked.address("statistics-people", **{dimension.key: line.number}),
                "share": percent_text(line.share),
                "above": percent_text(line.above_share),
                "above_points": points_text(line.above_points),
                "is_notable": abs(line.above_points or 0.0) >= NOTABLE_POINTS,
                "before": line.before_count,
                "before_points": points_text(line.before_points),
            }
            for line in shown
        ],
    }


@permission_for_view(VIEW)
@require_safe
def statistics_overview(request: HttpRequest) -> HttpResponse:
    """One group of statistics of a unit as of a day."""
    asked, form = asked_of(request, StatisticsForm)
    group = request.GET.get("group", "")
    group = group if group in GROUPS else "composition"
    counted = count_overview(asked, GROUPS[group])
    total, before_total = counted[0].total, counted[1].total
    return render_page(
        request,
        "supervision/overview.jinja",
        {
            "page_title": _("队伍统计"),
            "form": form,
            "form_url": asked.address("statistics-overview").partition("?")[0],
            "hidden": {"group": group},
            "asked": asked,
            "tabs_of_page": page_tabs(asked.unit, asked.day, group),
            "total": total,
            "total_url": asked.address("statistics-people"),
            "before_day": year_before(asked.day),
            "before_total": before_total,
            "change": total - before_total,
            "above": asked.above,
            "statistics": [_statistic(asked, counted, dimension) for dimension in GROUPS[group]],
            "exports": [
                (label, asked.address("statistics-export", what="overview", format=key))
                for key, label in (("xlsx", _("导出 xlsx")), ("csv", _("导出 CSV")))
            ],
        },
        status=400 if asked.is_refused else 200,
    )
