"""Pages on which assessments and their figures are read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.assessments.models import Assessment
from warrant.apps.assessments.selectors.objections import objection_face, objection_of
from warrant.apps.assessments.selectors.rounds import (
    assessment_for,
    assessments_for,
    form_of,
    sheets_of,
    state_of,
    title_of,
)
from warrant.apps.assessments.selectors.supervision import (
    NOT_ASSESSED,
    SHOWN,
    UNSCORED,
    figures,
    odd_words,
    query_of,
    read_behind,
    sheets_behind,
    unit_of,
    units_without,
)
from warrant.apps.assessments.views.frames import crumbs, outcome_of
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission, is_permitted
from warrant.core.lifecycle import AssessmentState
from warrant.core.qualification.assessment import BAND_NAMES, BANDS, SHEET_KINDS, SheetKind

SHEETS_A_PAGE = 100


def _late(row: Assessment) -> dict[str, str] | str:
    if row.is_late:
        return {"word": _("逾期上报"), "tone": "attention"}
    if row.state == AssessmentState.SCORING and row.due_on < clock.today():
        return {"word": _("已逾期"), "tone": "broken"}
    return ""


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def assessment_list(request: HttpRequest) -> HttpResponse:
    """List the assessments in the viewer's scope, the latest year first."""
    actor = actor_of(request)
    page = keyset_page(assessments_for(actor), "-year", request.GET.get("after", ""))
    url = reverse("assessment-list")
    return render_page(
        request,
        "assessments/list.jinja",
        {
            "page_title": _("年度考核"),
            "list_url": url,
            "table_name": "assessments",
            "may_open": actor.has_anywhere(Permission.OFFICER_EDIT),
            "may_see_figures": actor.has_anywhere(Permission.STATISTICS_VIEW),
            "columns": [
                {"key": "unit", "label": _("单位"), "kind": "clip"},
                {"key": "year", "label": _("年度"), "kind": "number"},
                {"key": "kind", "label": _("种类")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "done", "label": _("已评 / 全部"), "kind": "number"},
                {"key": "due_on", "label": _("上报期限"), "kind": "date"},
                {"key": "late", "label": _("逾期"), "kind": "state"},
            ],
            "rows": [
                {
                    "url": reverse("assessment-detail", args=[row.pk]),
                    "unit": row.unit.name,
                    "year": str(row.year),
                    "kind": _(SHEET_KINDS[row.kind]),
                    "state": state_of(row),
                    "done": f"{getattr(row, 'done', 0)} / {getattr(row, 'people', 0)}",
                    "due_on": row.due_on,
                    "late": _late(row),
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 次考核") % {"count": page.count_text},
            "next_url": f"{url}?after={page.next_key}" if page.next_key else "",
            "previous_url": f"{url}?after={page.previous_key}" if page.previous_key else "",
            "empty_title": _("还没有年度考核"),
            "empty_step": _("登记员可以为一个单位开始考核"),
        },
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def assessment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one assessment with its sheets and what the viewer may do."""
    actor = actor_of(request)
    assessment = assessment_for(actor, pk)
    form = form_of(assessment)
    page = keyset_page(sheets_of(assessment), "id", request.GET.get("after", ""), size=SHEETS_A_PAGE)
    counts = list(assessment.sheets.values_list("band", "not_assessed"))
    assessed = sum(1 for band, _reason in counts if band)
    is_scoring = assessment.state == AssessmentState.SCORING
    is_confirmed = assessment.state == AssessmentState.CONFIRMED
    may_edit = is_permitted(actor, Permission.OFFICER_EDIT, assessment.place)
    url = reverse("assessment-detail", args=[pk])
    return render_page(
        request,
        "assessments/detail.jinja",
        {
            "page_title": title_of(assessment),
            "state": state_of(assessment),
            "breadcrumbs": crumbs(),
            "assessment": assessment,
            "late": _late(assessment),
            "bands": [
                (_(BAND_NAMES[band]), sum(1 for found, _reason in counts if found == band))
                for band in BANDS[assessment.kind]
            ],
            "excused": sum(1 for _band, reason in counts if reason),
            "left": sum(1 for band, reason in counts if not band and not reason),
            "assessed": assessed,
            "most_best": form.most_best(assessed),
            "best_share": form.best_share_percent,
            "may_score": may_edit and is_scoring,
            "may_decide": assessment.state == AssessmentState.HANDED_IN
            and assessment.handed_in_by_id != actor.account_id
            and is_permitted(actor, Permission.OFFICER_CONFIRM, assessment.place),
            "waits_for_other": assessment.state == AssessmentState.HANDED_IN,
            "rows": [
                {
                    "url": reverse("assessment-sheet", args=[row.pk]),
                    "name": row.name,
                    "outcome": outcome_of(row),
                    "total": row.total if row.band else "",
                    "by": row.scored_by_name,
                    "objection": objection_face(found) if (found := objection_of(row)) else "",
                }
                for row in page.rows
            ],
            "columns": [
                {"key": "name", "label": _("考核对象")},
                {"key": "outcome", "label": _("等次"), "kind": "state"},
                {"key": "total", "label": _("总分"), "kind": "number"},
                {"key": "by", "label": _("评分人")},
                *([{"key": "objection", "label": _("复核"), "kind": "state"}] if is_confirmed else []),
            ],
            "count_text": page.count_text,
            "next_url": f"{url}?after={page.next_key}" if page.next_key else "",
            "previous_url": f"{url}?after={page.previous_key}" if page.previous_key else "",
        },
    )


def _asked_year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else clock.today().year


@permission_for_view(Permission.STATISTICS_VIEW)
@require_GET
def assessment_figures(request: HttpRequest) -> HttpResponse:
    """Show by unit how many were assessed, the bands, what is missing and what is odd."""
    actor, year = actor_of(request), _asked_year(request)
    kind = SheetKind.AGENCY.value if request.GET.get("kind") == SheetKind.AGENCY else SheetKind.PERSON.value
    people_url, own_url = reverse("assessment-people"), reverse("assessment-figures")

    def behind(unit: str, show: str, count: int) -> dict[str, Any] | str:
        query = query_of({"kind": [kind], "year": [str(year)], "unit": [unit], "show": [show]})
        return {"url": f"{people_url}?{query}", "label": str(count)} if count else ""

    found = figures(actor, kind, year)
    return render_page(
        request,
        "assessments/figures.jinja",
        {
            "page_title": _("考核统计"),
            "breadcrumbs": crumbs(),
            "year": year,
            "years": [
                {"label": str(one), "url": f"{own_url}?kind={kind}&year={one}", "is_current": one == year}
                for one in range(clock.today().year, clock.today().year - 4, -1)
            ],
            "kinds": [
                {"label": _(name), "url": f"{own_url}?kind={key}&year={year}", "is_current": key == kind}
                for key, name in SHEET_KINDS.items()
            ],
            "columns": [
                {"key": "unit", "label": _("单位"), "kind": "clip"},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "odd", "label": _("异常"), "kind": "state"},
                *({"key": band, "label": _(name), "kind": "link"} for band, name in BANDS[kind].items()),
                {"key": "unscored", "label": _("未评分"), "kind": "link"},
                {"key": "excused", "label": _("不考核"), "kind": "link"},
                {"key": "best", "label": _("最高等次占比"), "kind": "number"},
            ],
            "rows": [
                {
                    "url": reverse("assessment-detail", args=[one.assessment.pk]),
                    "unit": one.assessment.unit.name,
                    "state": state_of(one.assessment),
                    "odd": {"word": odd_words(one), "tone": "attention"} if one.odd else "",
                    **{
                        band: behind(one.assessment.unit.code, band, count)
                        for band, count in one.bands.items()
                    },
                    "unscored": behind(one.assessment.unit.code, UNSCORED, one.unscored),
                    "excused": behind(one.assessment.unit.code, NOT_ASSESSED, one.not_assessed),
                    "best": _share(one.bands),
                }
                for one in found
            ],
            "without": units_without(actor, kind, year),
            "all_url": f"{people_url}?kind={kind}&year={year}",
        },
    )


def _share(bands: Any) -> str:
    counts = list(bands.values())
    return f"{counts[0] * 100 // sum(counts)}%" if sum(counts) else ""


@permission_for_view(Permission.STATISTICS_VIEW)
@require_GET
def assessment_people(request: HttpRequest) -> HttpResponse:
    """List the people or units behind a figure."""
    actor = actor_of(request)
    asked = read_behind(request.GET)
    kind, year, unit, show = (asked[name][0] for name in ("kind", "year", "unit", "show"))
    rows = sheets_behind(actor, Permission.STATISTICS_VIEW, kind, int(year), unit=unit, show=show)
    page = keyset_page(rows, "id", request.GET.get("after", ""))
    url = f"{reverse('assessment-people')}?{query_of(asked)}"
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("%(year)s 年考核名单：%(show)s") % {"year": year, "show": _(SHOWN[show])},
            "breadcrumbs": [
                *crumbs(),
                {"label": _("考核统计"), "url": f"{reverse('assessment-figures')}?kind={kind}&year={year}"},
            ],
            "list_url": reverse("assessment-people"),
            "table_name": "assessed",
            "columns": [
                {"key": "name", "label": _("考核对象")},
                {"key": "outcome", "label": _("等次"), "kind": "state"},
                {"key": "total", "label": _("总分"), "kind": "number"},
                {"key": "agency", "label": _("考核单位"), "kind": "clip"},
            ],
            "rows": [
                {
                    "url": reverse("assessment-sheet", args=[row.pk]),
                    "name": row.name,
                    "outcome": outcome_of(row),
                    "total": row.total if row.band else "",
                    "agency": unit_of(row),
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 张考核表") % {"count": page.count_text},
            "next_url": f"{url}&after={page.next_key}" if page.next_key else "",
            "previous_url": f"{url}&after={page.previous_key}" if page.previous_key else "",
            "export_url": f"{reverse('assessment-people-export')}?{query_of(asked)}"
            if actor.has_anywhere(Permission.OFFICER_EXPORT)
            else "",
            "empty_title": _("没有符合条件的考核表"),
            "empty_step": _("回到考核统计"),
            "empty_url": f"{reverse('assessment-figures')}?kind={kind}&year={year}",
        },
    )
