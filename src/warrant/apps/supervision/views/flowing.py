"""Who came and who went, month by month, and the people behind each figure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.organisations.models import Agency
from warrant.apps.supervision.forms import FIRST_DAY, FlowForm
from warrant.apps.supervision.models import OfficerFlow
from warrant.apps.supervision.selectors.flows import COMING, GOING, IN, OUT, Flows, flows_behind, flows_of
from warrant.apps.supervision.selectors.people import may_see, unit_names_on, with_officers
from warrant.apps.supervision.selectors.units import VIEW, unit_for, units_to_choose
from warrant.apps.supervision.views.asking import page_address, page_tabs
from warrant.apps.supervision.views.charts import Column, column_chart
from warrant.apps.supervision.views.words import FLOW_WORDS
from warrant.core.errors import N_, InvalidInput


def _people_url(unit: Agency, direction: str, year: int, month: int, kind: str = "") -> str:
    return page_address(
        "statistics-flow-people", unit=unit.code, direction=direction, year=year, month=month, kind=kind
    )


def kinds_shown(flows: Flows) -> list[tuple[str, str]]:
    """Return direction and kind of the columns: those by which anybody moved, entry and retirement always."""
    every = [(IN, kind.value) for kind in COMING] + [(OUT, kind.value) for kind in GOING]
    always = {(IN, "registered"), (OUT, "retirement")}
    return [pair for pair in every if pair in always or flows.of(pair[0], kind=pair[1])]


def _figure(unit: Agency, flows: Flows, direction: str, month: int, kind: str = "") -> dict[str, Any]:
    count = flows.of(direction, month, kind)
    return {"count": count, "url": _people_url(unit, direction, flows.year, month, kind) if count else ""}


def _line(unit: Agency, flows: Flows, kinds: list[tuple[str, str]], month: int) -> dict[str, Any]:
    net = flows.of(IN, month) - flows.of(OUT, month)
    return {
        "label": _("%(month)s 月") % {"month": month} if month else _("全年"),
        "figures": [_figure(unit, flows, direction, month, kind) for direction, kind in kinds],
        "coming": _figure(unit, flows, IN, month),
        "going": _figure(unit, flows, OUT, month),
        "net": f"+{net}" if net > 0 else f"−{-net}" if net < 0 else "0",
    }


def flow_question(request: HttpRequest) -> tuple[Agency, int, FlowForm]:
    """Read unit and year from the address; a year that is none is this one, with the error beside it."""
    viewer, today = actor_of(request), clock.today()
    unit = unit_for(viewer, request.GET.get("unit", ""))
    question = request.GET.copy()
    question["unit"] = unit.code
    question.setdefault("year", str(today.year))
    form = FlowForm(question, today=today, chosen=unit, units=units_to_choose(viewer, unit, today))
    year = int(form.cleaned_data["year"] or 0) if form.is_valid() else 0
    return unit, year or today.year, form


@permission_for_view(VIEW)
@require_safe
def statistics_flows(request: HttpRequest) -> HttpResponse:
    """Those who came into a unit and went out of it in a year, beside the year before."""
    unit, year, form = flow_question(request)
    today = clock.today()
    found = flows_of(actor_of(request), unit, (year, year - 1), today)
    flows, before = found[year], found[year - 1]
    kinds = kinds_shown(flows)
    months = range(1, (today.month if year == today.year else 12) + 1)
    day = today if year == today.year else date(year, 12, 31)
    return render_page(
        request,
        "supervision/flows.jinja",
        {
            "page_title": _("队伍统计"),
            "form": form,
            "form_url": reverse("statistics-flows"),
            "hidden": {},
            "unit": unit,
            "year": year,
            "tabs_of_page": page_tabs(unit, day, "flows"),
            "chart": column_chart(
                "flows",
                _("%(year)s 年逐月进出") % {"year": year},
                [Column(str(month), flows.of(IN, month), flows.of(OUT, month)) for month in range(1, 13)],
            ),
            "columns": [
                _("%(kind)s（进）") % {"kind": _(FLOW_WORDS[kind])}
                if direction == IN
                else _("%(kind)s（出）") % {"kind": _(FLOW_WORDS[kind])}
                for direction, kind in kinds
            ],
            "lines": [_line(unit, flows, kinds, month) for month in months],
            "whole": _line(unit, flows, kinds, 0),
            "before": _line(unit, before, kinds, 0),
            "exports": [
                (
                    label,
                    page_address("statistics-export", what="flows", unit=unit.code, year=year, format=key),
                )
                for key, label in (("xlsx", _("导出 xlsx")), ("csv", _("导出 CSV")))
            ],
        },
        status=400 if form.errors else 200,
    )


def _number(text: str, first: int, last: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
    if not first <= number <= last:
        raise InvalidInput("flow-period", N_("年份、月份或进出方向有误；请从“人员流动”重新进入"))
    return number


def _flow_rows(request: HttpRequest, flows: list[OfficerFlow]) -> list[dict[str, Any]]:
    viewer = actor_of(request)
    ends = [(_near(flow, "from"), _near(flow, "to")) for flow in flows]
    names = {}
    for flow, pair in zip(flows, ends, strict=True):
        names[flow.pk] = pair
    known = unit_names_on([unit for pair in ends for unit in pair if unit], clock.today())
    rows = []
    for flow in flows:
        officer = flow.officer if may_see(viewer, flow.officer) else None
        before, after = names[flow.pk]
        rows.append(
            {
                "url": reverse("officer-detail", args=[flow.officer_id]) if officer else "",
                "name": officer.name if officer else _("已不在您的管辖范围"),
                "happened_on": flow.happened_on,
                "kind": _(FLOW_WORDS[flow.kind]),
                "before": known.get(before or 0, ""),
                "after": known.get(after or 0, ""),
            }
        )
    return rows


def _near(flow: OfficerFlow, end: str) -> int | None:
    units = (getattr(flow, f"{end}_{level}") for level in ("agency", "county", "city", "province"))
    return next((unit for unit in units if unit), None)


@permission_for_view(VIEW)
@require_safe
def statistics_flow_people(request: HttpRequest) -> HttpResponse:
    """The people behind a figure of the flows."""
    today = clock.today()
    unit = unit_for(actor_of(request), request.GET.get("unit", ""))
    year = _number(request.GET.get("year", ""), FIRST_DAY.year - 1, today.year)
    month = _number(request.GET.get("month", "0"), 0, 12)
    direction, kind = request.GET.get("direction", ""), request.GET.get("kind", "")
    if direction not in (IN, OUT) or (kind and kind not in FLOW_WORDS):
        raise InvalidInput("flow-period", N_("年份、月份或进出方向有误；请从“人员流动”重新进入"))
    first = date(year, month or 1, 1)
    last = min(date(year, month or 12, monthrange(year, month or 12)[1]), today)
    rows = flows_behind(actor_of(request), unit, direction, first, last, kind=kind)
    page = keyset_page(with_officers(rows), "happened_on", request.GET.get("after", ""))

    def page_url(key: str) -> str:
        address = _people_url(unit, direction, year, month, kind)
        return f"{address}&after={key}" if key else ""

    back = page_address("statistics-flows", unit=unit.code, year=year)
    way = _("进") if direction == IN else _("出")
    return render_page(
        request,
        "supervision/people.jinja",
        {
            "page_title": _("流动名单"),
            "breadcrumbs": [{"label": _("人员流动"), "url": back}],
            "asked": {"unit": unit, "day": f"{first.isoformat()} – {last.isoformat()}"},
            "bands": [(_("方向"), way), *([(_("原因"), _(FLOW_WORDS[kind]))] if kind else [])],
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "happened_on", "label": _("日期"), "kind": "date"},
                {"key": "kind", "label": _("原因")},
                {"key": "before", "label": _("原单位"), "kind": "clip"},
                {"key": "after", "label": _("新单位"), "kind": "clip"},
            ],
            "rows": _flow_rows(request, page.rows),
            "caption": _("流动名单"),
            "table_name": "statistics-flow-people",
            "list_url": back,
            "count_text": _("共 %(count)s 人次") % {"count": page.count_text},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
            "empty_title": _("这一期间没有人员流动"),
            "empty_step": _("返回人员流动"),
            "empty_url": back,
        },
    )
