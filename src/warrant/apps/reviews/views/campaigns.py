"""Campaigns: opening one, how it stands by unit, its certificates."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.reviews.forms import OpenForm
from warrant.apps.reviews.models import ReviewCampaign, ReviewLine
from warrant.apps.reviews.selectors.campaigns import (
    campaign_of,
    campaigns,
    finding_texts,
    is_late,
    lines_for,
    progress_by_unit,
    province_reviews,
    waiting_batches,
)
from warrant.apps.reviews.services import look_again, open_campaign, propose_clean
from warrant.apps.reviews.services.proposing import MOST_AT_ONCE
from warrant.apps.reviews.types import RESULT_WORDS, SHOWN, STATE_FACES
from warrant.core.access import Actor, Permission
from warrant.core.access.decision import NATION, is_permitted
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import ReviewState


def crumbs(campaign: ReviewCampaign | None = None) -> list[dict[str, str]]:
    """Return the way back to the list, and to one campaign."""
    found = [{"label": _("证件年审"), "url": reverse("review-list")}]
    if campaign is not None:
        found.append(
            {
                "label": _("%(year)s 年度") % {"year": campaign.year},
                "url": reverse("review-campaign", args=[campaign.year]),
            }
        )
    return found


def may_decide(actor: Actor) -> bool:
    """Tell whether the person may open campaigns and propose results over the whole province."""
    return is_permitted(actor, Permission.REVIEW_DECIDE, NATION)


def _standing(campaign: ReviewCampaign) -> dict[str, str]:
    if is_late(campaign):
        return {"word": _("已截止"), "tone": "ended"}
    if campaign.warned_from <= clock.today():
        return {"word": _("即将截止"), "tone": "attention"}
    return {"word": _("进行中"), "tone": "waiting"}


@permission_for_view(Permission.CERTIFICATE_VIEW)
@require_http_methods(["GET", "POST"])
def review_list(request: HttpRequest) -> HttpResponse:
    """List the campaigns, and open one."""
    actor = actor_of(request)
    found = list(campaigns()[:20])
    this = clock.today().year
    years = [year for year in (this, this - 1) if year not in {one.year for one in found}]
    form = OpenForm(request.POST or None, years=years) if may_decide(actor) and years else None
    if request.method == "POST":
        if form is None:
            form = OpenForm(request.POST, years=[this, this - 1])
        if form.is_valid():
            try:
                campaign = open_campaign(actor, form.cleaned_data["year"], now=clock.now())
            except InvalidInput as error:
                add_error(form, error)
            else:
                messages.success(
                    request,
                    _("已开始 %(year)s 年度的年审，截止 %(day)s；正在后台核对每本证件")
                    % {"year": campaign.year, "day": campaign.due_on},
                )
                return redirect("review-campaign", year=campaign.year)
    return render_page(
        request,
        "reviews/list.jinja",
        {
            "page_title": _("证件年审"),
            "form": form,
            "list_url": reverse("review-list"),
            "table_name": "reviews",
            "columns": [
                {"key": "year", "label": _("年审年度")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "due_on", "label": _("截止日"), "kind": "date"},
                {"key": "opened_at", "label": _("开始时间"), "kind": "instant"},
                {"key": "opened_by", "label": _("开始人")},
            ],
            "rows": [
                {
                    "url": reverse("review-campaign", args=[one.year]),
                    "year": str(one.year),
                    "state": _standing(one),
                    "due_on": one.due_on,
                    "opened_at": one.opened_at,
                    "opened_by": one.opened_by_name,
                }
                for one in found
            ],
            "count_text": _("共 %(count)s 个年度") % {"count": len(found)},
            "empty_title": _("还没有开展年审"),
            "empty_step": _("由省级审批员选择年度开始"),
        },
        status=400 if form is not None and form.errors else 200,
    )


def _line_row(line: ReviewLine) -> dict[str, Any]:
    word, tone = STATE_FACES[ReviewState(line.state)]
    texts = finding_texts(line)
    return {
        "url": reverse("review-line", args=[line.pk]),
        "name": line.officer.name,
        "number": line.certificate.number,
        "agency": line.officer.agency.name,
        "state": {"word": _(word), "tone": tone},
        "findings": "；".join(texts) if texts else _("各项符合"),
        "valid_until": line.certificate.valid_until,
    }


def _asked(request: HttpRequest) -> tuple[str, int]:
    """Return which lines are asked for; anything unknown asks for the exceptions, of all units."""
    shown, unit = request.GET.get("show", ""), request.GET.get("unit", "")
    is_unit = unit.isascii() and unit.isdigit() and len(unit) < 12
    return (shown if shown in SHOWN else "exceptions"), (int(unit) if is_unit else 0)


@permission_for_view(Permission.CERTIFICATE_VIEW)
@require_GET
def review_campaign(request: HttpRequest, year: int) -> HttpResponse:
    """Show how a campaign stands by unit, and the certificates that a person has to look at."""
    actor, campaign = actor_of(request), campaign_of(year)
    shown, unit = _asked(request)
    page = keyset_page(lines_for(actor, campaign, shown, unit), "id", request.GET.get("after", ""))
    url = reverse("review-campaign", args=[year])
    kept = {"show": shown, **({"unit": str(unit)} if unit else {})}
    query = "&".join(f"{name}={value}" for name, value in kept.items())
    may = may_decide(actor)
    progress, units = progress_by_unit(actor, campaign)
    return render_page(
        request,
        "reviews/campaign.jinja",
        {
            "page_title": _("%(year)s 年度年审") % {"year": year},
            "breadcrumbs": crumbs(),
            "campaign": campaign,
            "standing": _standing(campaign),
            "progress": progress,
            "units": units,
            "unit": unit,
            "shown": shown,
            "showing": [
                (code, _(word), getattr(progress, code.replace("-", "_"))) for code, word in SHOWN.items()
            ],
            "list_url": url,
            "table_name": "review-lines",
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "number", "label": _("证件编号")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "findings", "label": _("核对结果"), "kind": "clip"},
                {"key": "agency", "label": _("执法单位"), "kind": "clip"},
                {"key": "valid_until", "label": _("有效期至"), "kind": "date"},
            ],
            "rows": [_line_row(line) for line in page.rows],
            "count_text": _("共 %(count)s 本") % {"count": page.count_text},
            **page.addresses(f"{url}?{query}"),
            "may_decide": may,
            "most": MOST_AT_ONCE,
            "batches": [
                {"batch": one, "word": _(RESULT_WORDS[one.result])}
                for one in (waiting_batches(actor, campaign) if may else [])
            ],
        },
    )


@permission_for_view(Permission.REVIEW_DECIDE)
@require_POST
def review_propose(request: HttpRequest, year: int) -> HttpResponse:
    """Propose that the clean certificates of all units, or of one, pass."""
    unit = request.POST.get("unit", "")
    batch = propose_clean(
        actor_of(request),
        campaign_of(year),
        unit=int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 12 else 0,
        now=clock.now(),
    )
    messages.success(request, _("已提出 %(count)s 本证件年审合格，等待另一人确认") % {"count": batch.count})
    return redirect("review-batch", pk=batch.pk)


@permission_for_view(Permission.REVIEW_DECIDE)
@require_POST
def review_look_again(request: HttpRequest, year: int) -> HttpResponse:
    """Read the record again in the background."""
    job = look_again(actor_of(request), campaign_of(year), now=clock.now())
    messages.success(request, _("正在后台重新核对；完成后在“后台任务”可见"))
    return redirect("job-detail", pk=job.pk)


@permission_for_view(Permission.CERTIFICATE_VIEW)
@require_GET
def review_provinces(request: HttpRequest) -> HttpResponse:
    """Show the ministry how each province's campaign stands."""
    found = province_reviews()
    rows = [
        {
            "name": one.name,
            "year": str(one.year),
            "due_on": one.due_on,
            "total": one.total,
            "passed": one.passed,
            "not_passed": one.not_passed,
            "open": one.open,
            "told_at": one.told_at,
        }
        for one in found
    ]
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("各省年审"),
            "list_url": reverse("review-provinces"),
            "table_name": "province-reviews",
            "columns": [
                {"key": "name", "label": _("省份")},
                {"key": "year", "label": _("年审年度")},
                {"key": "total", "label": _("应审"), "kind": "number"},
                {"key": "passed", "label": _("合格"), "kind": "number"},
                {"key": "not_passed", "label": _("不合格"), "kind": "number"},
                {"key": "open", "label": _("未审"), "kind": "number"},
                {"key": "due_on", "label": _("截止日"), "kind": "date"},
                {"key": "told_at", "label": _("截至"), "kind": "instant"},
            ],
            "rows": rows,
            "count_text": _("共 %(count)s 条") % {"count": len(rows)},
            "empty_title": _("还没有省份开展年审"),
            "empty_step": _("省级开始年审后，这里随时显示进展"),
        },
    )
