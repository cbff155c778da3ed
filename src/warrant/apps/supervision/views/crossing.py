"""Two statistics crossed: who is both, with totals, shares and what the shares are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from warrant.apps.foundation.pages import permission_for_view, render_page
from warrant.apps.supervision.forms import USUAL_CROSSING, CrossForm
from warrant.apps.supervision.selectors.counting import Counted, Target, count_on
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
from warrant.core.indicators import (
    CATEGORY,
    EDUCATION,
    EVERYBODY,
    Band,
    Dimension,
    dimension_by_key,
)

HEATS = (0.02, 0.10, 0.25, 0.45, 0.70)
"""Shares of the row from which a cell is shaded one step darker."""


@dataclass(frozen=True)
class Crossing:
    """What is crossed, counted here and, where asked, where it is compared with."""

    rows: Dimension
    columns: Dimension
    here: Counted
    other: Counted | None

    def bands(self, dimension: Dimension) -> list[Band]:
        """Return the bands into which anybody falls."""
        counts = self.here.by_band(dimension)
        return [band for band in dimension.bands(self.here.day.year) if counts[band.number]]


def chosen_dimensions(form: CrossForm) -> tuple[Dimension, Dimension]:
    """Return rows and columns as chosen; the usual ones where the choice cannot be used."""
    if not {"rows", "columns"} <= form.cleaned_data.keys():
        return EDUCATION, CATEGORY
    return dimension_by_key(form.cleaned_data["rows"]), dimension_by_key(form.cleaned_data["columns"])


def count_crossing(asked: Asked, rows: Dimension, columns: Dimension, against: str = "") -> Crossing:
    """Count the two dimensions crossed and alone, for the unit and what it is compared with."""
    targets = [Target(asked.unit, asked.day)]
    if against == "above" and asked.above:
        targets.append(Target(asked.above, asked.day))
    elif against == "before":
        targets.append(Target(asked.unit, year_before(asked.day)))
    counted = count_on(targets, [(rows, columns), (EVERYBODY, rows), (EVERYBODY, columns)])
    return Crossing(rows, columns, counted[0], counted[1] if len(counted) > 1 else None)


def _heat(share: float | None) -> int:
    return sum(share is not None and share >= step for step in HEATS)


def _table(asked: Asked, crossing: Crossing) -> list[dict[str, Any]]:
    here, other = crossing.here, crossing.other
    rows, columns = crossing.rows, crossing.columns
    cells, row_totals = here.crossed(rows, columns), here.by_band(rows)
    other_cells = other.crossed(rows, columns) if other else {}
    other_totals = other.by_band(rows) if other else {}
    lines = []
    for row in crossing.bands(rows):
        total, other_total = row_totals[row.number], other_totals.get(row.number, 0)
        line: list[dict[str, Any]] = []
        for column in crossing.bands(columns):
            pair = (row.number, column.number)
            share = share_of(cells.get(pair, 0), total)
            elsewhere = share_of(other_cells.get(pair, 0), other_total)
            line.append(
                {
                    "count": cells.get(pair, 0),
                    "url": asked.address(
                        "statistics-people", **{rows.key: row.number, columns.key: column.number}
                    ),
                    "heat": _heat(share),
                    "small": points_text(points(share, elsewhere)) if other else percent_text(share),
                }
            )
        lines.append(
            {
                "label": band_label(row),
                "cells": line,
                "total": total,
                "share": percent_text(share_of(total, here.total)),
                "url": asked.address("statistics-people", **{rows.key: row.number}),
            }
        )
    return lines


@permission_for_view(VIEW)
@require_safe
def statistics_cross(request: HttpRequest) -> HttpResponse:
    """Two statistics crossed, each figure leading to the people behind it."""
    asked, form = asked_of(request, CrossForm, USUAL_CROSSING)
    rows, columns = chosen_dimensions(form)
    if rows == columns:
        columns = CATEGORY if rows is not CATEGORY else EDUCATION
    against = form.cleaned_data.get("against", "")
    crossing = count_crossing(asked, rows, columns, against)
    column_totals = crossing.here.by_band(columns)
    question = {"rows": rows.key, "columns": columns.key}
    return render_page(
        request,
        "supervision/cross.jinja",
        {
            "page_title": _("队伍统计"),
            "form": form,
            "form_url": asked.address("statistics-cross").partition("?")[0],
            "hidden": {},
            "asked": asked,
            "tabs_of_page": page_tabs(asked.unit, asked.day, "cross"),
            "row_label": _(rows.label),
            "column_label": _(columns.label),
            "columns": [
                {
                    "label": band_label(band),
                    "total": column_totals[band.number],
                    "share": percent_text(share_of(column_totals[band.number], crossing.here.total)),
                    "url": asked.address("statistics-people", **{columns.key: band.number}),
                }
                for band in crossing.bands(columns)
            ],
            "lines": _table(asked, crossing),
            "total": crossing.here.total,
            "total_url": asked.address("statistics-people"),
            "notes": [_(dimension.note) for dimension in (rows, columns) if dimension.note],
            "against": against if crossing.other else "",
            "against_nobody": crossing.other is not None and not crossing.other.total,
            "has_no_above": against == "above" and asked.above is None,
            "turned_url": asked.address(
                "statistics-cross", rows=columns.key, columns=rows.key, against=against
            ),
            "exports": [
                (label, asked.address("statistics-export", what="cross", format=key, **question))
                for key, label in (("xlsx", _("导出 xlsx")), ("csv", _("导出 CSV")))
            ],
        },
        status=400 if asked.is_refused else 200,
    )
