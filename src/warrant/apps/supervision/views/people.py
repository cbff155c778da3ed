"""The people behind a figure, as they counted on that day."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from warrant.apps.foundation.pages import permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.supervision.models import OfficerFact
from warrant.apps.supervision.selectors.people import (
    Figure,
    facts_behind,
    may_see,
    unit_names_on,
    unit_of_fact,
    with_officers,
)
from warrant.apps.supervision.selectors.units import VIEW
from warrant.apps.supervision.views.asking import Asked, asked_plainly, band_label
from warrant.core.errors import N_, InvalidInput
from warrant.core.indicators import (
    CATEGORY,
    CERTIFICATE,
    DIMENSIONS,
    EDUCATION,
    POST,
    PROFESSION,
    SEX,
    STAFFING,
    Band,
    Dimension,
    categories_in,
)

MOST_BANDS = 2
_SHOWN = (SEX, EDUCATION, PROFESSION, POST, STAFFING, CERTIFICATE)


def bands_asked(request: HttpRequest, year: int) -> tuple[tuple[Dimension, Band], ...]:
    """Return the bands named in the address: ``?education=2&category=1``.

    Raises:
        InvalidInput: "unknown-band" for a band that is none, "too-many-bands" for more than two.
    """
    chosen = []
    for dimension in DIMENSIONS:
        text = request.GET.get(dimension.key, "")
        if text:
            number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
            chosen.append((dimension, dimension.band(number, year)))
    if len(chosen) > MOST_BANDS:
        raise InvalidInput("too-many-bands", N_("最多按两项统计查看名单；请从交叉分析表进入"))
    return tuple(chosen)


def _word(dimension: Dimension, raw: int, year: int) -> str:
    return band_label(dimension.band(dimension.band_of(raw, year), year))


def _categories(mask: int, year: int) -> str:
    is_english = (translation.get_language() or "").startswith("en")
    return (", " if is_english else "、").join(
        _word(CATEGORY, number, year) for number in categories_in(mask)
    )


def _columns() -> list[dict[str, str]]:
    return [
        {"key": "name", "label": _("姓名")},
        {"key": "unit", "label": _("当日单位"), "kind": "clip"},
        {"key": "age", "label": _("年龄"), "kind": "number"},
        *({"key": dimension.key, "label": _(dimension.label)} for dimension in _SHOWN),
        {"key": "category", "label": _("执法门类"), "kind": "clip"},
    ]


def _rows(asked: Asked, facts: list[OfficerFact]) -> list[dict[str, Any]]:
    units = [unit for fact in facts if (unit := unit_of_fact(fact)) is not None]
    names = unit_names_on(units, asked.day)
    year = asked.day.year
    rows = []
    for fact in facts:
        officer = fact.officer if may_see(asked.viewer, fact.officer) else None
        row: dict[str, Any] = {
            "url": reverse("officer-detail", args=[fact.officer_id]) if officer else "",
            "name": officer.name if officer else _("已不在您的管辖范围"),
            "unit": names.get(unit_of_fact(fact) or 0, ""),
            "age": year - fact.birth_year,
            "category": _categories(fact.category_mask, year),
        }
        for dimension in _SHOWN:
            row[dimension.key] = _word(dimension, getattr(fact, dimension.key), year)
        rows.append(row)
    return rows


@permission_for_view(VIEW)
@require_safe
def statistics_people(request: HttpRequest) -> HttpResponse:
    """The list behind a figure; as many people as the figure says."""
    asked = asked_plainly(request)
    bands = bands_asked(request, asked.day.year)
    figure = Figure(asked.unit, asked.day, bands)
    page = keyset_page(
        with_officers(facts_behind(asked.viewer, figure)), "sort_key", request.GET.get("after", "")
    )
    values = {dimension.key: band.number for dimension, band in bands}
    overview = asked.address("statistics-overview")

    def page_url(key: str) -> str:
        return asked.address("statistics-people", **values, after=key) if key else ""

    return render_page(
        request,
        "supervision/people.jinja",
        {
            "page_title": _("统计名单"),
            "breadcrumbs": [{"label": _("队伍统计"), "url": overview}],
            "asked": asked,
            "bands": [(_(dimension.label), band_label(band)) for dimension, band in bands],
            "columns": _columns(),
            "rows": _rows(asked, page.rows),
            "caption": _("统计名单"),
            "table_name": "statistics-people",
            "list_url": overview,
            "count_text": _("共 %(count)s 人") % {"count": figure.count},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
            "empty_title": _("没有人员属于这一统计数"),
            "empty_step": _("返回统计页"),
            "empty_url": overview,
        },
    )
