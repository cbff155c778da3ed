"""Pages of who is short of hours, by person and by unit, and of classes as they were held."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.training.forms.classes import YearForm
from warrant.apps.training.selectors.hours import training_rules
from warrant.apps.training.selectors.shortage import short_officers, shortages, weeks_left
from warrant.apps.training.selectors.supervision import classes_of_year
from warrant.core.access import Permission

UNITS_A_PAGE = 60
MOST_ODD = 60


def _number(request: HttpRequest, name: str, most: int = 18) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most else None


def _year(request: HttpRequest) -> int:
    """Return the year of the address: this one or one of the two before; this one for anything else."""
    this_year = clock.today().year
    wanted = _number(request, "year", 4)
    return wanted if wanted is not None and this_year - 2 <= wanted <= this_year else this_year


def _crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("培训班"), "url": reverse("class-list")},
        {"label": _("培训监督"), "url": reverse("training-supervision")},
    ]


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def training_short(request: HttpRequest) -> HttpResponse:
    """List who has not the hours of a year yet: how many, how many are missing, how many weeks are left."""
    actor, today = actor_of(request), clock.today()
    year, unit = _year(request), _number(request, "unit")
    asked, weeks = training_rules(today).hours_asked(year), weeks_left(year, today)
    page = keyset_page(short_officers(actor, year, asked, unit), "sort_key", request.GET.get("after", ""))
    url = reverse("training-short")
    chosen = {"year": str(year), **({"unit": str(unit)} if unit is not None else {})}

    def page_url(key: str) -> str:
        return f"{url}?{urlencode({**chosen, 'after': key})}" if key else ""

    says = (
        _("%(year)s 年要求 %(asked)s 学时，还剩 %(weeks)s 周")
        if weeks
        else _("%(year)s 年要求 %(asked)s 学时，已结束")
    )
    return render_page(
        request,
        "training/short.jinja",
        {
            "page_title": _("学时未满人员"),
            "breadcrumbs": _crumbs(),
            "filters": YearForm(initial=chosen, this_year=today.year),
            "list_url": url,
            "units_url": reverse("training-short-units")
            if actor.has_anywhere(Permission.STATISTICS_VIEW)
            else "",
            "table_name": "training-short",
            "unit_name": page.rows[0].agency.name if unit is not None and page.rows else "",
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "hours", "label": _("已完成学时"), "kind": "number"},
                {"key": "missing", "label": _("还差学时"), "kind": "number"},
                {"key": "weeks", "label": _("剩余周数"), "kind": "number"},
                {"key": "agency", "label": _("执法单位"), "kind": "clip"},
                {"key": "state", "label": _("状态"), "kind": "state"},
            ],
            "rows": [
                {
                    "url": f"{reverse('officer-detail', args=[row.pk])}?part=qualification#training",
                    "name": row.name,
                    "hours": getattr(row, "hours", 0),
                    "missing": asked - getattr(row, "hours", 0),
                    "weeks": weeks,
                    "agency": row.agency.name,
                    "state": _face(asked - getattr(row, "hours", 0), weeks),
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 人") % {"count": page.count_text}
            + " · "
            + says % {"year": year, "asked": asked, "weeks": weeks},
            "export_url": f"{reverse('training-short-export')}?{urlencode(chosen)}"
            if actor.has_anywhere(Permission.OFFICER_EXPORT)
            else "",
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
            "empty_title": _("没有学时未满的人"),
            "empty_step": _("在岗人员本年度学时都已满"),
        },
    )


def _face(missing: int, weeks: int) -> dict[str, str]:
    """Return how pressing it is: more than eight hours for each week that is left can hardly be caught up."""
    if not weeks:
        return {"word": _("年度已结束，未满"), "tone": "broken"}
    if missing > weeks * 8:
        return {"word": _("难以按期完成"), "tone": "attention"}
    return {"word": _("待完成"), "tone": "waiting"}


@permission_for_view(Permission.STATISTICS_VIEW)
@require_GET
def training_short_units(request: HttpRequest) -> HttpResponse:
    """Show how many people of each unit are short of hours."""
    year, today = _year(request), clock.today()
    asked = training_rules(today).hours_asked(year)
    found = shortages(actor_of(request), year, asked)
    first = _number(request, "from", 6) or 0
    first = first if first < len(found) else 0
    url, people_url = reverse("training-short-units"), reverse("training-short")
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("各单位学时未满情况"),
            "breadcrumbs": _crumbs(),
            "filters": YearForm(initial={"year": str(year)}, this_year=today.year),
            "list_url": url,
            "table_name": "training-short-units",
            "columns": [
                {"key": "name", "label": _("执法单位")},
                {"key": "people", "label": _("在岗人数"), "kind": "number"},
                {"key": "short", "label": _("未满人数"), "kind": "number"},
                {"key": "share", "label": _("占比"), "kind": "number"},
                {"key": "missing", "label": _("共差学时"), "kind": "number"},
            ],
            "rows": [
                {
                    "url": f"{people_url}?{urlencode({'year': year, 'unit': one.pk})}",
                    "name": one.name,
                    "people": one.people,
                    "short": one.short,
                    "share": f"{one.short * 100 // one.people}%",
                    "missing": one.missing_hours,
                }
                for one in found[first : first + UNITS_A_PAGE]
            ],
            "count_text": _("共 %(count)s 个单位，未满 %(short)s 人")
            % {"count": len(found), "short": sum(one.short for one in found)},
            "next_url": f"{url}?year={year}&from={first + UNITS_A_PAGE}"
            if first + UNITS_A_PAGE < len(found)
            else "",
            "previous_url": f"{url}?year={year}&from={max(first - UNITS_A_PAGE, 0)}" if first else "",
            "empty_title": _("没有在岗人员"),
            "empty_step": _("登记人员后，这里按单位列出学时情况"),
        },
    )


@permission_for_view(Permission.STATISTICS_VIEW)
@require_GET
def training_supervision(request: HttpRequest) -> HttpResponse:
    """Show the classes of a year by organiser, with the odd ones pointed out."""
    year, today = _year(request), clock.today()
    found = classes_of_year(actor_of(request), year, today)
    return render_page(
        request,
        "training/supervision.jinja",
        {
            "page_title": _("培训监督"),
            "breadcrumbs": _crumbs()[:1],
            "filters": YearForm(initial={"year": str(year)}, this_year=today.year),
            "list_url": reverse("training-supervision"),
            "short_url": reverse("training-short-units"),
            "odd": found.odd[:MOST_ODD],
            "odd_count": len(found.odd),
            "columns": [
                {"key": "name", "label": _("主办单位")},
                {"key": "classes", "label": _("培训班"), "kind": "number"},
                {"key": "confirmed", "label": _("已确认"), "kind": "number"},
                {"key": "late", "label": _("逾期"), "kind": "number"},
                {"key": "people", "label": _("学员人次"), "kind": "number"},
                {"key": "planned", "label": _("大纲学时"), "kind": "number"},
                {"key": "held", "label": _("已上学时"), "kind": "number"},
                {"key": "rate", "label": _("出勤率"), "kind": "number"},
            ],
            "rows": [
                {
                    "name": one.name,
                    "classes": one.classes,
                    "confirmed": one.confirmed,
                    "late": one.late or "",
                    "people": one.people,
                    "planned": one.planned_hours,
                    "held": one.held_hours,
                    "rate": "" if one.rate is None else f"{one.rate}%",
                }
                for one in found.organisers
            ],
        },
    )
