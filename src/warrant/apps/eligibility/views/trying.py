"""Pages of the what-if: which drafts were tried, what one would change by unit, and whom."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.eligibility.forms import TryForm
from warrant.apps.eligibility.selectors.reports import (
    drafts_to_try,
    people_of,
    report_for,
    reports,
    rule_titles,
    unit_lines,
)
from warrant.apps.eligibility.services.trying import MOST_LISTED, start_what_if
from warrant.apps.eligibility.types import KIND_NAMES
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import InvalidInput


def _kind_words(kind: str) -> str:
    return _(KIND_NAMES[kind]) if kind in KIND_NAMES else _("按现状")


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("条件试算"), "url": reverse("what-if-list")}]


@permission_for_view(Permission.REGULATION_VIEW)
@require_http_methods(["GET", "POST"])
def what_if_list(request: HttpRequest) -> HttpResponse:
    """List what was tried, newest first; whoever drafts regulations starts another one."""
    actor = actor_of(request)
    may_start = actor.has_anywhere(Permission.REGULATION_DRAFT)
    drafts = drafts_to_try() if may_start or request.method == "POST" else []
    form = TryForm(drafts, clock.today(), request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(actor, Permission.REGULATION_DRAFT, NATION)
        if form.is_valid():
            chosen = form.cleaned_data
            try:
                start_what_if(actor, int(chosen["version"]), chosen["on"], chosen["kind"], now=clock.now())
            except InvalidInput as error:
                add_error(form, error)
            else:
                messages.success(request, _("已开始试算，完成后在后台任务中查看结果"))
                return redirect("what-if-list")
    page = keyset_page(reports(), "-started_at", request.GET.get("after", ""))
    url = reverse("what-if-list")
    return render_page(
        request,
        "eligibility/what_ifs.jinja",
        {
            "page_title": _("条件试算"),
            "form": form if may_start and drafts else None,
            "may_start": may_start,
            "list_url": url,
            "table_name": "what-ifs",
            "columns": [
                {"key": "title", "label": _("草案"), "kind": "clip"},
                {"key": "on", "label": _("按何日"), "kind": "date"},
                {"key": "kind", "label": _("申请种类")},
                {"key": "looked_at", "label": _("看过人数"), "kind": "number"},
                {"key": "gain", "label": _("新增符合"), "kind": "number"},
                {"key": "lose", "label": _("不再符合"), "kind": "number"},
                {"key": "started_at", "label": _("试算日期"), "kind": "date"},
            ],
            "rows": [
                {
                    "url": reverse("what-if-report", args=[row.pk]),
                    "title": row.title,
                    "on": row.on,
                    "kind": _kind_words(row.kind),
                    "looked_at": row.looked_at,
                    "gain": row.gain,
                    "lose": row.lose,
                    "started_at": row.started_at,
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 次") % {"count": page.count_text},
            "next_url": f"{url}?after={page.next_key}" if page.next_key else "",
            "previous_url": f"{url}?after={page.previous_key}" if page.previous_key else "",
            "empty_title": _("还没有试算过"),
            "empty_step": _("先在规则中起草资格条件，再在这里试算"),
            "empty_url": reverse("regulation-list"),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.REGULATION_VIEW)
@require_GET
def what_if_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what one draft would change: by condition and by unit."""
    actor = actor_of(request)
    report = report_for(actor, pk)
    titles = rule_titles(report)
    return render_page(
        request,
        "eligibility/what_if.jinja",
        {
            "page_title": _("试算：%(title)s") % {"title": report.title},
            "breadcrumbs": _crumbs(),
            "report": report,
            "kind": _kind_words(report.kind),
            "changed": [titles.get(rule, rule) for rule in report.changed_rules],
            "left_out": [titles.get(rule, rule) for rule in report.left_out],
            "by_rule": [(titles.get(rule, rule), gain, lose) for rule, gain, lose in report.by_rule],
            "units": unit_lines(report),
            "seconds": f"{report.milliseconds / 1000:.1f}",
            "people_url": reverse("what-if-people", args=[report.pk])
            if actor.has_anywhere(Permission.OFFICER_VIEW)
            else "",
        },
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def what_if_people(request: HttpRequest, pk: int) -> HttpResponse:
    """List the people of the viewer's scope who would gain or lose."""
    actor = actor_of(request)
    report = report_for(actor, pk)
    titles = rule_titles(report)
    page = keyset_page(people_of(actor, report), "id", request.GET.get("after", ""))
    url = reverse("what-if-people", args=[report.pk])
    return render_page(
        request,
        "eligibility/what_if_people.jinja",
        {
            "page_title": _("试算涉及的人员"),
            "breadcrumbs": [
                *_crumbs(),
                {"label": report.title, "url": reverse("what-if-report", args=[report.pk])},
            ],
            "most": MOST_LISTED if report.gain + report.lose > MOST_LISTED else 0,
            "list_url": url,
            "table_name": "what-if-people",
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "change", "label": _("变化"), "kind": "state"},
                {"key": "rules", "label": _("因哪些条件"), "kind": "clip"},
                {"key": "agency", "label": _("执法单位"), "kind": "clip"},
            ],
            "rows": [
                {
                    "url": reverse("officer-detail", args=[row.officer_id]),
                    "name": row.officer.name,
                    "change": {"word": _("新增符合"), "tone": "valid"}
                    if row.gains
                    else {"word": _("不再符合"), "tone": "broken"},
                    "rules": _("、").join(titles.get(rule, rule) for rule in row.rules.split(",")),
                    "agency": row.officer.agency.name,
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 人") % {"count": page.count_text},
            "next_url": f"{url}?after={page.next_key}" if page.next_key else "",
            "previous_url": f"{url}?after={page.previous_key}" if page.previous_key else "",
            "export_url": f"{reverse('what-if-export')}?report={report.pk}"
            if actor.has_anywhere(Permission.OFFICER_EXPORT)
            else "",
            "empty_title": _("您的管辖范围内没有受影响的人员"),
            "empty_step": _("回到试算结果"),
            "empty_url": reverse("what-if-report", args=[report.pk]),
        },
    )
