"""What the ministry sees of training, examinations and assessments in the provinces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.organisations.models import Agency
from warrant.apps.supervision.forms import FiguresFilter
from warrant.apps.supervision.models import OrganiserYear
from warrant.apps.supervision.selectors.organisers import (
    organisers_of_year,
    provinces_of_year,
    years_told,
)
from warrant.core.access import Actor, Permission
from warrant.core.qualification.year_figures import ODD_WORDS, FigureKind


@dataclass(frozen=True)
class _Asked:
    kind: FigureKind
    year: int
    form: FiguresFilter

    def address(self, name: str, *args: str, **more: str) -> str:
        """Return the address of a page with the same question."""
        return f"{reverse(name, args=args)}?{urlencode({'kind': self.kind.value, 'year': self.year, **more})}"


def _asked(request: HttpRequest, actor: Actor) -> _Asked:
    """Return what is asked; what cannot be understood gives the examinations of the latest year."""
    text = request.GET.get("kind", "")
    kind = FigureKind(text) if text in set(FigureKind) else FigureKind.EXAMINATION
    years = years_told(actor, kind) or [clock.today().year]
    wanted = request.GET.get("year", "")
    year = int(wanted) if wanted in {str(one) for one in years} else years[0]
    form = FiguresFilter({"kind": kind.value, "year": year})
    form.offer_years(years)
    return _Asked(kind, year, form)


def _words(kind: FigureKind) -> tuple[str, str, str]:
    """Return what is counted, who takes part, and the rate."""
    return {
        FigureKind.EXAMINATION: (_("场次"), _("实考"), _("合格率")),
        FigureKind.TRAINING: (_("班次"), _("学员"), _("出勤率")),
        FigureKind.ASSESSMENT: (_("考核"), _("参加考核"), _("优秀比例")),
    }[kind]


def _columns(kind: FigureKind, first: list[dict[str, str]]) -> list[dict[str, str]]:
    held, people, rate = _words(kind)
    return [
        *first,
        {"key": "held", "label": held, "kind": "number"},
        {"key": "people", "label": people, "kind": "number"},
        {"key": "rate", "label": rate, "kind": "number"},
        {"key": "late", "label": _("逾期"), "kind": "number"},
        {"key": "corrected", "label": _("更正"), "kind": "number"},
        {"key": "odd", "label": _("值得注意"), "kind": "state"},
    ]


def _percent(rate: int | None) -> str:
    return "" if rate is None else f"{rate}%"


@permission_for_view(Permission.STATISTICS_VIEW)
@require_GET
def year_figures(request: HttpRequest) -> HttpResponse:
    """Show each province's year in figures, those with something odd first."""
    actor = actor_of(request)
    asked = _asked(request, actor)
    rows = [
        {
            "url": asked.address("year-figures-province", one.node),
            "name": one.name,
            "organisers": one.organisers,
            "held": one.held,
            "people": one.people,
            "rate": _percent(one.rate),
            "late": one.late or "",
            "corrected": one.corrected or "",
            "odd": {"word": _("%(count)s 个单位") % {"count": one.odd}, "tone": "attention"}
            if one.odd
            else "",
        }
        for one in provinces_of_year(actor, asked.kind, asked.year)
    ]
    first = [
        {"key": "name", "label": _("省份")},
        {"key": "organisers", "label": _("单位"), "kind": "number"},
    ]
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("各省培训考试考核"),
            "list_url": reverse("year-figures"),
            "filters": asked.form,
            "table_name": f"year-figures-{asked.kind.value}",
            "columns": _columns(asked.kind, first),
            "rows": rows,
            "count_text": _("共 %(count)s 个省份") % {"count": len(rows)},
            "empty_title": _("还没有省份报来这一项"),
            "empty_step": _("成绩入册、培训班确认、考核确认后，这里随时显示各省的数字"),
        },
    )


@permission_for_view(Permission.STATISTICS_VIEW)
@require_GET
def year_figures_province(request: HttpRequest, node: str) -> HttpResponse:
    """Show the organisers of one province, by code."""
    actor = actor_of(request)
    asked = _asked(request, actor)
    found = organisers_of_year(actor, asked.kind, asked.year, node)
    page = keyset_page(found, "organiser", request.GET.get("after", ""))
    province = Agency.objects.filter(code=node).values_list("name", flat=True).first() or node

    def page_url(key: str) -> str:
        return asked.address("year-figures-province", node, after=key) if key else ""

    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("%(province)s：培训考试考核") % {"province": province},
            "breadcrumbs": [{"label": _("各省培训考试考核"), "url": asked.address("year-figures")}],
            "list_url": reverse("year-figures-province", args=[node]),
            "filters": asked.form,
            "table_name": f"year-figures-{asked.kind.value}",
            "columns": [
                *_columns(asked.kind, [{"key": "name", "label": _("单位"), "kind": "clip"}]),
                {"key": "told_at", "label": _("截至"), "kind": "instant"},
            ],
            "rows": [_organiser_row(row) for row in page.rows],
            "count_text": _("共 %(count)s 个单位") % {"count": page.count_text},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
            "empty_title": _("该省还没有报来这一项"),
            "empty_url": asked.address("year-figures"),
            "empty_step": _("看其他省份"),
        },
    )


def _organiser_row(row: OrganiserYear) -> dict[str, Any]:
    words = ODD_WORDS[FigureKind(row.kind)]
    odd = "；".join(_(words[name]) % {} for name in row.odd.split(",") if name in words)
    return {
        "name": row.organiser_name,
        "told_at": row.told_at,
        "held": row.held,
        "people": row.people,
        "rate": _percent(row.reached * 100 // row.base if row.base else None),
        "late": row.late or "",
        "corrected": row.corrected or "",
        "odd": {"word": odd, "tone": "attention"} if odd else "",
    }
