"""Pages on which sittings and pass rates are read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.examinations.selectors.below import (
    enrolling,
    enrols_from_below,
    is_open_below,
    open_lists,
    sees_all,
    sitting_for,
    sittings_for,
)
from warrant.apps.examinations.selectors.results import paper_name
from warrant.apps.examinations.selectors.sittings import candidate_rows, entries_of, may_enter, state_of
from warrant.apps.examinations.selectors.supervision import class_results, organisers
from warrant.apps.examinations.services.printing import PAPERS_OF_A_SITTING
from warrant.apps.examinations.views.frames import crumbs, lateness, sitting_title
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.training.selectors.classes import class_title
from warrant.core.access import Permission, is_permitted
from warrant.core.lifecycle import SittingState
from warrant.core.qualification.examination import PAPERS


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def sitting_list(request: HttpRequest) -> HttpResponse:
    """List the sittings in the viewer's scope and those of units above, newest first, or (``open=1``) those to enrol for."""
    actor, url, today = actor_of(request), reverse("sitting-list"), clock.today()
    only_open = request.GET.get("open") == "1"
    found = open_lists(actor, today) if only_open else sittings_for(actor)
    page = keyset_page(found, "sat_on" if only_open else "-sat_on", request.GET.get("after", ""))
    return render_page(
        request,
        "examinations/list.jinja",
        {
            "page_title": _("考试"),
            "list_url": url,
            "table_name": "sittings",
            "may_plan": actor.has_anywhere(Permission.TRAINING_RECORD),
            "only_open": only_open,
            "columns": [
                {"key": "sat_on", "label": _("考试日期"), "kind": "date"},
                {"key": "paper", "label": _("科目")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "people", "label": _("考生 / 名额"), "kind": "number"},
                {"key": "enrolling", "label": _("下级报名"), "kind": "state"},
                {"key": "enrol_until", "label": _("报名截止"), "kind": "date"},
                {"key": "organiser", "label": _("主考单位"), "kind": "clip"},
                {"key": "venue", "label": _("地点"), "kind": "clip"},
                {"key": "due_on", "label": _("成绩登记期限"), "kind": "date"},
                {"key": "late", "label": _("逾期"), "kind": "state"},
            ],
            "rows": [
                {
                    "url": reverse("sitting-detail", args=[row.pk]),
                    "sat_on": row.sat_on,
                    "paper": paper_name(row.paper),
                    "state": state_of(row),
                    "people": f"{getattr(row, 'people', 0)} / {row.capacity}",
                    "enrolling": enrolling(row, today),
                    "enrol_until": row.enrol_until,
                    "organiser": row.organiser.name,
                    "venue": row.venue,
                    "due_on": row.scores_due_on,
                    "late": lateness(row),
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 场") % {"count": page.count_text},
            **page.addresses(url, {"open": "1"} if only_open else {}),
            "empty_title": _("没有可以报名的考试") if only_open else _("还没有考试"),
            "empty_step": _("培训考试管理员或登记员可以安排一场考试"),
        },
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def sitting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sitting with its candidates; scores stay blind until two people agree."""
    actor = actor_of(request)
    sitting = sitting_for(actor, pk)
    rows = candidate_rows(actor, sitting)
    entries = entries_of(sitting)
    is_whole, today = sees_all(actor, sitting), clock.today()
    is_below = not is_whole and enrols_from_below(actor, sitting)
    may_record = is_permitted(actor, Permission.TRAINING_RECORD, sitting.place)
    is_planned = sitting.state == SittingState.PLANNED
    is_list_open = is_planned and not entries
    is_candidate = any(is_own(actor, row.candidate.officer) for row in rows)
    sat = sum(1 for row in rows if row.candidate.result is not None)
    passed = sum(1 for row in rows if row.candidate.result is not None and row.candidate.result.is_passed)
    return render_page(
        request,
        "examinations/detail.jinja",
        {
            "page_title": sitting_title(sitting),
            "state": state_of(sitting),
            "breadcrumbs": crumbs(),
            "sitting": sitting,
            "late": lateness(sitting),
            "rows": rows,
            "entries": entries,
            "seats": [entry.seat for entry in entries],
            "differing": sum(1 for row in rows if row.differs),
            "is_whole": is_whole,
            "people": getattr(sitting, "people", 0),
            "enrolling": enrolling(sitting, today),
            "papers": [(key, _(name)) for key, name in PAPERS_OF_A_SITTING.items()]
            if may_record and rows and sitting.state != SittingState.CANCELLED
            else [],
            "may_plan": may_record and is_list_open,
            "may_add": is_list_open and (may_record or (is_below and is_open_below(sitting, today))),
            "may_take_out": is_list_open and (may_record or (is_below and today < sitting.sat_on)),
            "may_enter": may_enter(actor, sitting) and not is_candidate and bool(rows),
            "waits_for_other": is_planned and len(entries) == 1 and entries[0].account_id == actor.account_id,
            "is_over": sitting.state == SittingState.RECORDED,
            "sat": sat,
            "passed": passed,
            "rate": passed * 100 // sat if sat else None,
        },
    )


def _rate_tabs(current: str) -> list[dict[str, Any]]:
    """Return the two ways in which pass rates are shown."""
    ways = (("pass-rates", _("按主考单位")), ("pass-rates-by-class", _("按培训班")))
    return [{"label": label, "url": reverse(name), "is_current": name == current} for name, label in ways]


def _percent(rate: int | None) -> str:
    return "" if rate is None else f"{rate}%"


@permission_for_view(Permission.STATISTICS_VIEW)
@require_GET
def pass_rates(request: HttpRequest) -> HttpResponse:
    """Show pass rates by organiser and year, the odd ones first."""
    found = organisers(actor_of(request), clock.today().year)
    rows = [
        {
            "name": one.name,
            "year": str(year.year),
            "sittings": year.held,
            "sat": year.people,
            "passed": year.reached,
            "rate": _percent(year.rate),
            **{paper: _percent(one.by_paper[year.year].get(paper)) for paper in PAPERS},
            "late": year.late or "",
            "corrected": year.corrected or "",
            "odd": {"word": "；".join(one.odd), "tone": "attention"}
            if one.odd and year is one.years[0]
            else "",
        }
        for one in found
        for year in one.years
    ]
    return render_page(
        request,
        "examinations/pass_rates.jinja",
        {
            "page_title": _("考试合格率"),
            "breadcrumbs": crumbs(),
            "ways": _rate_tabs("pass-rates"),
            "hint": "",
            "table_name": "pass-rates",
            "list_url": reverse("pass-rates"),
            "columns": [
                {"key": "name", "label": _("主考单位")},
                {"key": "year", "label": _("年度")},
                {"key": "sittings", "label": _("场次"), "kind": "number"},
                {"key": "sat", "label": _("实考"), "kind": "number"},
                {"key": "passed", "label": _("合格"), "kind": "number"},
                {"key": "rate", "label": _("合格率"), "kind": "number"},
                *({"key": paper, "label": paper_name(paper), "kind": "number"} for paper in PAPERS),
                {"key": "late", "label": _("逾期场次"), "kind": "number"},
                {"key": "corrected", "label": _("更正人次"), "kind": "number"},
                {"key": "odd", "label": _("值得注意"), "kind": "state"},
            ],
            "rows": rows,
            "count_text": _("共 %(count)s 个主考单位") % {"count": len(found)},
            "empty_title": _("还没有入册的考试"),
            "empty_step": _("成绩入册后，这里按主考单位和年度列出合格率"),
            "empty_url": reverse("sitting-list"),
        },
    )


@permission_for_view(Permission.STATISTICS_VIEW)
@require_GET
def pass_rates_by_class(request: HttpRequest) -> HttpResponse:
    """Show how those who were in a class did in the examinations after it, the latest class first."""
    page = class_results(actor_of(request), request.GET.get("after", ""))
    url = reverse("pass-rates-by-class")
    return render_page(
        request,
        "examinations/pass_rates.jinja",
        {
            "page_title": _("考试合格率"),
            "breadcrumbs": crumbs(),
            "ways": _rate_tabs("pass-rates-by-class"),
            "hint": _("每名学员结业后一年内每科第一次考试的成绩"),
            "table_name": "pass-rates-by-class",
            "list_url": url,
            "columns": [
                {"key": "name", "label": _("培训班")},
                {"key": "organiser", "label": _("主办单位"), "kind": "clip"},
                {"key": "ends_on", "label": _("结束日期"), "kind": "date"},
                {"key": "people", "label": _("学员"), "kind": "number"},
                {"key": "sat", "label": _("考试科次"), "kind": "number"},
                {"key": "passed", "label": _("合格"), "kind": "number"},
                {"key": "rate", "label": _("合格率"), "kind": "number"},
                {"key": "odd", "label": _("值得注意"), "kind": "state"},
            ],
            "rows": [
                {
                    "url": reverse("class-detail", args=[row.training_class.pk]),
                    "name": class_title(row.training_class),
                    "organiser": row.training_class.organiser.name,
                    "ends_on": row.training_class.ends_on,
                    "people": row.people,
                    "sat": row.results.sat,
                    "passed": row.results.passed,
                    "rate": _percent(row.results.rate),
                    "odd": {"word": _("合格率偏低"), "tone": "attention"} if row.results.is_low else "",
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 个培训班") % {"count": page.count_text},
            **page.addresses(url),
            "empty_title": _("还没有确认的培训班"),
            "empty_step": _("培训班确认后，这里列出学员结业后的考试情况"),
            "empty_url": reverse("class-list"),
        },
    )
