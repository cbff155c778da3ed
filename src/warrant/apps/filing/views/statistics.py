"""Statistics on filings, and the list behind each of their figures; the same pages at the ministry and in a province."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.applications.types import KIND_FACES
from warrant.apps.filing.forms import StatisticsForm
from warrant.apps.filing.models import Filing, FilingRequest
from warrant.apps.filing.selectors.faces import reason_class
from warrant.apps.filing.selectors.figures import Figures
from warrant.apps.filing.selectors.listing import (
    Wanted,
    filing_of,
    read_wanted,
    rows_of,
    took_shown,
    wanted_in_words,
)
from warrant.apps.filing.selectors.statistics import (
    AGES,
    STAGE_WORDS,
    Statistics,
    Waiting,
    group_names,
    keeps_register,
    reason_words,
    statistics_of,
    took_of,
)
from warrant.apps.filing.types import FILING_FACES, REQUEST_FACES
from warrant.apps.filing.views.shown import state_shown
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import FilingRequestState, FilingState
from warrant.core.qualification.lead_times import Period, Stage, month_of

_DECISIONS = (FilingState.GRANTED, FilingState.RETURNED, FilingState.REFUSED)


def _figures(figures: Figures) -> dict[str, Any]:
    """Return the figures of one group as JSON holds them."""
    return {
        "decided": figures.total,
        **{state.value: figures.decided.get(state, 0) for state in _DECISIONS},
        "stages": {
            stage: {
                "count": spread.total,
                "workdays": {"median": spread.within(50), "ninety_percent": spread.within(90)},
                "days": {
                    "median": figures.days[stage].within(50),
                    "ninety_percent": figures.days[stage].within(90),
                },
            }
            for stage, spread in figures.workdays.items()
        },
    }


def _period(period: Period) -> dict[str, str]:
    return {"from": period.from_on.isoformat(), "until": period.until_on.isoformat()}


def _reasons(found: Statistics) -> list[dict[str, Any]]:
    is_english = (get_language() or "").startswith("en")
    codes = {code for _state, code in (*found.whole.reasons, *found.whole_before.reasons)}
    rows = []
    for code in codes:
        counts = {
            state.value: found.whole.reasons.get((state.value, code), 0)
            for state in (FilingState.RETURNED, FilingState.REFUSED)
        }
        before = sum(count for (_s, one), count in found.whole_before.reasons.items() if one == code)
        name = reason_words(code, is_english=is_english)
        rows.append(
            {"code": code, "name": name, **counts, "together": sum(counts.values()), "before": before}
        )
    return sorted(rows, key=lambda row: (-row["together"], -row["before"], row["code"]))


def _waiting(waiting: Waiting) -> dict[str, Any]:
    return {
        "together": sum(waiting.by_age),
        "by_age": [
            {"least": least, "most": most, "count": count}
            for (least, most), count in zip(AGES, waiting.by_age, strict=True)
        ],
        "overdue": waiting.overdue,
    }


def statistics_document(found: Statistics) -> dict[str, Any]:
    """Return the figures as JSON; working days and days side by side, ages in working days."""
    nothing, none_waits = Figures(), Waiting()
    together = Waiting(
        [sum(each) for each in zip(*(row.by_age for row in found.waiting.values()), strict=True)]
        or [0] * len(AGES),
        sum(row.overdue for row in found.waiting.values()),
    )
    return {
        "period": _period(found.period),
        "before": _period(found.before),
        "limit_workdays": found.limit,
        "whole": _figures(found.whole),
        "whole_before": _figures(found.whole_before),
        "groups": [
            {
                "code": code,
                "name": name,
                **_figures(found.groups.get(code, nothing)),
                "before": _figures(found.groups_before.get(code, nothing)),
                "waiting": _waiting(found.waiting.get(code, none_waits)),
            }
            for code, name in found.names.items()
            if code in found.groups or code in found.groups_before or code in found.waiting
        ],
        "reasons": _reasons(found),
        "waiting": _waiting(together),
    }


def _wants_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")


def _json(content: object, status: int = 200) -> JsonResponse:
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


def _shortcuts(measure: str) -> list[dict[str, str]]:
    """Return the periods that are asked for most."""
    today = clock.today()
    month = month_of(today)
    periods = (
        (_("本月"), month),
        (_("上月"), month.before()),
        (_("今年"), Period(today.replace(month=1, day=1), today.replace(month=12, day=31))),
    )
    address = reverse("filing-statistics")
    return [{"label": label, "url": f"{address}?{_query(period, measure)}"} for label, period in periods]


def _query(period: Period, measure: str) -> str:
    return urlencode(Wanted(period, measure).as_parameters())


def _asked(request: HttpRequest) -> tuple[StatisticsForm, Wanted]:
    """Return what was asked for, and the form as it was typed; of what is not understood the form says so."""
    today = clock.today()
    try:
        wanted = read_wanted(request.GET.dict(), today)
    except InvalidInput as error:
        form = StatisticsForm(request.GET)
        form.is_valid()
        if error.place not in form.errors:
            add_error(form, error)
        return form, read_wanted({}, today)
    days = {"from_on": wanted.period.from_on, "until_on": wanted.period.until_on}
    return StatisticsForm(initial={**days, "measure": wanted.measure}), wanted


@permission_for_view(Permission.FILING_VIEW)
@require_GET
def filing_statistics(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period, as a page or (Accept: application/json) as JSON."""
    form, wanted = _asked(request)
    if form.errors and _wants_json(request):
        return _json({"errors": form.errors}, 400)
    period, measure = wanted.period, wanted.measure
    document = statistics_document(statistics_of(actor_of(request), period, clock.today()))
    if _wants_json(request):
        return _json(document)
    listed = urlencode(Wanted(period, measure).as_parameters())

    def link(*parts: str) -> str:
        """Return the address of a list, relative to this page: there are hundreds of them on it."""
        return "&".join((f"list/?{listed}", *parts))

    def waiting(*parts: str) -> str:
        """Return the address of a list of what waits: it has no period."""
        return "list/?" + "&".join(parts)

    stages = [stage for stage in STAGE_WORDS if stage in document["whole"]["stages"]]
    return render_page(
        request,
        "filing/statistics.jinja",
        {
            "page_title": _("备案统计"),
            "breadcrumbs": _breadcrumbs(),
            "form": form,
            "form_url": reverse("filing-statistics"),
            "shortcuts": _shortcuts(measure),
            "document": document,
            "measure": measure,
            "stages": [(stage, _(STAGE_WORDS[stage])) for stage in stages],
            "group_word": _("报送省份") if keeps_register() else _("市"),
            "ages": [
                (_age_word(least, most), f"{least}-{'' if most is None else most}") for least, most in AGES
            ],
            "link": link,
            "waiting": waiting,
            "export_url": f"{reverse('filing-statistics-export')}?{_query(period, measure)}",
        },
        status=400 if form.errors else 200,
    )


def _age_word(least: int, most: int | None) -> str:
    if most is None:
        return _("%(least)s 个工作日以上") % {"least": least}
    return _("%(least)s—%(most)s 个工作日") % {"least": least, "most": most}


def _breadcrumbs() -> list[dict[str, str]]:
    if keeps_register():
        return [{"url": reverse("filing-list"), "label": _("备案登记册")}]
    return [{"url": reverse("application-list"), "label": _("资格申请")}]


@permission_for_view(Permission.FILING_VIEW)
@require_GET
def filing_statistics_list(request: HttpRequest) -> HttpResponse:
    """List the filings behind one figure."""
    wanted = read_wanted(request.GET.dict(), clock.today())
    rows, order = rows_of(actor_of(request), wanted, clock.today())
    page = keyset_page(rows, order, request.GET.get("after", ""))
    address, parameters = reverse("filing-statistics-list"), wanted.as_parameters()

    def page_url(key: str) -> str:
        return f"{address}?{urlencode({**parameters, 'after': key})}" if key else ""

    count = page.count_text
    stages = (wanted.stage,) if wanted.stage else (Stage.WHOLE, Stage.FILING)
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("备案统计名单"),
            "breadcrumbs": [
                *_breadcrumbs(),
                {
                    "url": f"{reverse('filing-statistics')}?{_query(wanted.period, wanted.measure)}",
                    "label": _("备案统计"),
                },
            ],
            "list_url": address,
            "columns": _columns(wanted, stages),
            "rows": _shown(page.rows, wanted, stages),
            "count_text": f"{wanted_in_words(wanted)}　" + _("共 %(count)s 件") % {"count": count},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
            "export_url": f"{reverse('filing-statistics-list-export')}?{urlencode(parameters)}",
            "table_name": "filing-figures",
            "empty_title": _("没有这样的备案"),
            "empty_step": _("返回统计页，换一个时段或数字再看。"),
            "empty_url": f"{reverse('filing-statistics')}?{_query(wanted.period, wanted.measure)}",
        },
    )


def _columns(wanted: Wanted, stages: Sequence[str]) -> list[dict[str, str]]:
    columns = [
        {"key": "name", "label": _("姓名")},
        {"key": "state", "label": _("状态"), "kind": "state"},
        {"key": "group", "label": _("报送省份") if keeps_register() else _("市"), "kind": "clip"},
        {"key": "kind", "label": _("申请种类")},
        {"key": "application", "label": _("申请号")},
        {"key": "begun_at", "label": _("报送时间"), "kind": "instant"},
    ]
    if wanted.is_waiting:
        return columns
    unit = _("工作日") if wanted.measure == "workdays" else _("天")
    return [
        *columns,
        {"key": "decided_at", "label": _("决定时间"), "kind": "instant"},
        {"key": "reason", "label": _("原因分类")},
        *(
            {"key": stage, "label": f"{_(STAGE_WORDS[stage])}（{unit}）", "kind": "number"}
            for stage in stages
        ),
    ]


def _shown(rows: Sequence[Any], wanted: Wanted, stages: Sequence[str]) -> list[dict[str, Any]]:
    filings = [filing_of(row) for row in rows]
    took = {} if wanted.is_waiting else took_of(filings)
    names = group_names()
    return [_row(row, names, took_shown(took.get(row.pk, {}), wanted.measure, stages)) for row in filings]


def _row(row: Filing | FilingRequest, names: Mapping[str, str], took: Mapping[str, Any]) -> dict[str, Any]:
    common = {"id": row.pk, "decided_at": row.decided_at, "reason": reason_class(row.reason_code), **took}
    if isinstance(row, Filing):
        return common | {
            "url": reverse("filing-detail", args=[row.pk]),
            "name": row.officer_name,
            "state": state_shown(FILING_FACES[FilingState(row.state)]),
            "group": names.get(row.node_code, row.node_code),
            "kind": _(KIND_FACES[row.kind].word),
            "application": row.application_number,
            "begun_at": row.received_at,
        }
    application = row.application
    return common | {
        "url": reverse("filing-request", args=[application.number]),
        "name": application.officer.name,
        "state": state_shown(REQUEST_FACES[FilingRequestState(row.state)]),
        "group": names.get(str(application.city_unit or "0"), ""),
        "kind": _(KIND_FACES[application.kind].word),
        "application": application.number,
        "begun_at": row.requested_at,
    }
