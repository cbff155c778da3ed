"""How many findings there are, by detector and unit, and the queue."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from warrant.apps.detectors.forms import FindingFilter
from warrant.apps.detectors.models import Finding
from warrant.apps.detectors.selectors.figures import (
    chosen_unit,
    counted,
    province_findings,
    standings,
    units_below,
)
from warrant.apps.detectors.selectors.findings import (
    deadline_of,
    detector_word,
    evidence_line,
    findings_for,
    state_face,
)
from warrant.apps.detectors.services import start_look
from warrant.apps.detectors.services.looking import rules_today
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission, is_permitted
from warrant.core.access.decision import NATION
from warrant.core.qualification.detection import CURES, Detector

ROWS_A_PAGE = 30
"""Each with its evidence in words: more would be too heavy a page."""


def _language() -> str:
    return "en" if translation.get_language() == "en" else "zh"


@permission_for_view(Permission.FINDING_VIEW)
@require_GET
def finding_overview(request: HttpRequest) -> HttpResponse:
    """Show each detector with its figures, and the same by unit."""
    actor, today = actor_of(request), clock.today()
    unit = chosen_unit(actor, request.GET.get("unit", ""))
    below = units_below(unit)
    by_detector, by_unit = counted(actor, unit, below, today)
    looked, rules = standings(), rules_today(today)[0]
    url = reverse("finding-list")
    at = {"unit": unit.code} if unit is not None else {}
    rows = []
    for one in Detector:
        line = rules.lines[one]
        rows.append(
            {
                "word": detector_word(one.value),
                "title": line.title[_language()],
                "cure": _(CURES[one]),
                "limit": line.limit_workdays,
                "is_asked": line.is_asked,
                "lacks_source": looked[one].lacks_source,
                "ended_at": looked[one].ended_at,
                "counts": by_detector[one],
                "url": f"{url}?{urlencode({**at, 'detector': one.value})}",
                "overdue_url": f"{url}?{urlencode({**at, 'detector': one.value, 'shown': 'overdue'})}",
            }
        )
    return render_page(
        request,
        "detectors/overview.jinja",
        {
            "page_title": _("监督发现"),
            "unit": unit,
            "detectors": rows,
            "units": [
                {
                    "name": one.unit.name,
                    "closed_on": one.unit.closed_on,
                    "counts": one.counts,
                    "url": f"{reverse('finding-overview')}?{urlencode({'unit': one.unit.code})}",
                    "list_url": f"{url}?{urlencode({'unit': one.unit.code})}",
                    "overdue_url": f"{url}?{urlencode({'unit': one.unit.code, 'shown': 'overdue'})}",
                }
                for one in by_unit
            ],
            "up_url": reverse("finding-overview") if request.GET.get("unit") else "",
            "list_url": f"{url}?{urlencode(at)}",
            "may_look": is_permitted(actor, Permission.FINDING_HANDLE, NATION),
        },
    )


def _row(finding: Finding) -> dict[str, Any]:
    due = deadline_of(finding.due_on, is_pending=finding.is_pending, today=clock.today())
    return {
        "url": reverse("finding-detail", args=[finding.pk]),
        "name": finding.officer.name,
        "detector": detector_word(finding.detector),
        "state": state_face(finding),
        "due": {"word": due.word, "tone": due.tone},
        "owner": finding.assigned_to.display_name if finding.assigned_to else "",
        "evidence": evidence_line(finding),
        "agency": finding.officer.agency.name,
        "held_by": finding.held_by.name if finding.held_by else "",
        "opened_at": finding.opened_at,
    }


@permission_for_view(Permission.FINDING_VIEW)
@require_GET
def finding_list(request: HttpRequest) -> HttpResponse:
    """List findings, the most urgent first."""
    actor = actor_of(request)
    form = FindingFilter({**request.GET.dict(), "shown": request.GET.get("shown") or "pending"})
    form.is_valid()
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    unit = chosen_unit(actor, chosen["unit"]) if "unit" in chosen else None
    rows = findings_for(
        actor, shown=chosen.get("shown", "pending"), detector=chosen.get("detector", ""), unit=unit
    )
    page = keyset_page(rows, "due_on", request.GET.get("after", ""), ROWS_A_PAGE)
    url = reverse("finding-list")
    crumbs = [{"label": _("监督发现"), "url": reverse("finding-overview")}]
    if unit is not None:
        crumbs.append(
            {
                "label": unit.name,
                "url": f"{reverse('finding-overview')}?{urlencode({'unit': unit.code})}",
            }
        )
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("监督发现清单"),
            "breadcrumbs": crumbs,
            "filters": form,
            "list_url": url,
            "table_name": "findings",
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "detector", "label": _("发现")},
                {"key": "due", "label": _("办结期限"), "kind": "state"},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "evidence", "label": _("事实"), "kind": "clip"},
                {"key": "agency", "label": _("执法单位"), "kind": "clip"},
                {"key": "owner", "label": _("承办人")},
                {"key": "held_by", "label": _("督办单位"), "kind": "clip"},
                {"key": "opened_at", "label": _("发现日期"), "kind": "date"},
            ],
            "rows": [_row(one) for one in page.rows],
            "count_text": _("共 %(count)s 项") % {"count": page.count_text},
            "export_url": f"{reverse('finding-export')}?{urlencode(chosen)}"
            if actor.has_anywhere(Permission.OFFICER_EXPORT)
            else "",
            "empty_title": _("没有这样的监督发现"),
            "empty_step": _("换一种情况、发现或单位再看"),
            "empty_url": reverse("finding-overview"),
            **page.addresses(url, chosen),
        },
    )


@permission_for_view(Permission.FINDING_HANDLE)
@require_POST
def finding_look(request: HttpRequest) -> HttpResponse:
    """Start looking through the whole register in the background."""
    job = start_look(actor_of(request), now=clock.now())
    messages.success(request, _("正在后台检查全部档案；完成后在“后台任务”可见"))
    return redirect("job-detail", pk=job.pk)


@permission_for_view(Permission.FINDING_VIEW)
@require_GET
def finding_provinces(request: HttpRequest) -> HttpResponse:
    """Show the ministry what waits in each province."""
    found = province_findings()
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("各省监督发现"),
            "list_url": reverse("finding-provinces"),
            "table_name": "province-findings",
            "columns": [
                {"key": "name", "label": _("省份")},
                {"key": "pending", "label": _("未办结"), "kind": "number"},
                {"key": "overdue", "label": _("已逾期"), "kind": "number"},
                *(
                    {"key": one.value, "label": detector_word(one.value), "kind": "number"}
                    for one in Detector
                ),
                {"key": "told_at", "label": _("截至"), "kind": "date"},
            ],
            "rows": [
                {
                    "name": one.name,
                    "pending": sum(one.pending.values()),
                    "overdue": one.overdue,
                    **{each.value: one.pending.get(each, _("没有数据")) for each in Detector},
                    "told_at": one.told_at,
                }
                for one in found
            ],
            "count_text": _("共 %(count)s 个省份") % {"count": len(found)},
            "empty_title": _("还没有省份报来监督发现"),
            "empty_step": _("省级每天检查后，数字自动报来；只有数字，没有姓名"),
        },
    )
