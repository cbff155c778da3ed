"""Pages of eligibility: the explanation of a person and day, what was kept, and waivers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.eligibility.forms import ExplainForm, OpinionForm, WaiverForm
from warrant.apps.eligibility.models import Waiver
from warrant.apps.eligibility.selectors import conditions_shown, explain
from warrant.apps.eligibility.selectors.documents import explanation_document
from warrant.apps.eligibility.selectors.records import fingerprint, recompute, record_for
from warrant.apps.eligibility.selectors.waivers import (
    STATE_FACES,
    can_decide,
    title_of,
    waiver_for,
    waivers_for_list,
)
from warrant.apps.eligibility.selectors.wording import condition_of
from warrant.apps.eligibility.services import ask_waiver, grant_waiver, refuse_waiver
from warrant.apps.eligibility.services.waiving import waivable_line
from warrant.apps.eligibility.types import KIND_NAMES
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.foundation.views import signed_in
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own, officer_for
from warrant.core.access import Actor, Permission, is_permitted, require
from warrant.core.errors import InvalidInput, WarrantError


def _crumbs(officer: Officer) -> list[dict[str, str]]:
    return [
        {"label": _("执法人员"), "url": reverse("officer-list")},
        {"label": officer.name, "url": reverse("officer-detail", args=[officer.pk])},
    ]


def _may_ask(viewer: Actor, officer: Officer) -> bool:
    return is_permitted(viewer, Permission.APPLICATION_PREPARE, officer.place) and not is_own(viewer, officer)


@signed_in
@require_GET
def officer_eligibility(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain every condition of one officer on a day, as a page or (Accept: application/json) as JSON.

    Needs no certain permission, because officers may see their own; the selector decides.
    """
    actor = actor_of(request)
    officer = officer_for(actor, pk)
    form = ExplainForm({"on": clock.today().isoformat(), **request.GET.dict()})
    is_valid = form.is_valid()
    on = (form.cleaned_data.get("on") if is_valid else None) or clock.today()
    kind = form.cleaned_data.get("kind", "") if is_valid else ""
    explanation = explain(actor, officer, on, kind)
    if request.accepts("application/json") and not request.accepts("text/html"):
        status = 200 if is_valid else 400
        answer = explanation_document(officer, explanation) if is_valid else {"errors": form.errors}
        return JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
    may_ask = _may_ask(actor, officer)
    conditions = sorted(conditions_shown(actor, officer, explanation), key=lambda row: row.is_met)
    waivable = {result.rule_id for result in explanation.missing if result.is_waivable} if may_ask else set()
    counts = {
        outcome: sum(row.outcome == outcome for row in conditions)
        for outcome in ("met", "waived", "not-met", "unknown")
    }
    return render_page(
        request,
        "eligibility/officer.jinja",
        {
            "page_title": _("%(name)s的资格条件") % {"name": officer.name},
            "breadcrumbs": _crumbs(officer),
            "officer": officer,
            "form": form,
            "on": on,
            "kind": _(KIND_NAMES[explanation.kind]),
            "conditions": [
                replace(row, waive_url=reverse("waiver-ask", args=[officer.pk, row.rule_id]))
                if row.rule_id in waivable
                else row
                for row in conditions
            ],
            "counts": counts,
            "is_met": explanation.is_met,
            "digest": explanation.rules.digest,
            "layers": explanation.rules.layers,
            "page_url": reverse("officer-eligibility", args=[officer.pk]),
        },
        status=200 if is_valid else 400,
    )


@signed_in
@require_GET
def eligibility_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the explanation under which something was decided, and whether it still comes out the same."""
    actor = actor_of(request)
    record = record_for(actor, pk)
    may_read = actor.has_anywhere(Permission.REGULATION_VIEW)
    try:
        is_same = recompute(record) == record.results and fingerprint(record) == record.sha256
        trouble = ""
    except WarrantError as error:
        is_same, trouble = False, error.message % error.fields if error.fields else error.message
    return render_page(
        request,
        "eligibility/record.jinja",
        {
            "page_title": _("决定时的资格条件"),
            "breadcrumbs": _crumbs(record.officer),
            "record": record,
            "kind": _(KIND_NAMES.get(record.kind, record.kind)),
            "conditions": [condition_of(kept) for kept in record.results],
            "regulation_url": reverse("regulation-kept", args=["eligibility", record.ruleset_digest])
            if may_read
            else "",
            "is_same": is_same,
            "trouble": _(trouble) if trouble else "",
        },
    )


def _state(waiver: Waiver) -> dict[str, str]:
    word, tone = STATE_FACES[waiver.state]
    return {"word": _(word), "tone": tone}


@permission_for_view(Permission.APPLICATION_VIEW)
@require_GET
def waiver_list(request: HttpRequest) -> HttpResponse:
    """List the waivers in the viewer's scope, newest first."""
    page = keyset_page(waivers_for_list(actor_of(request)), "-asked_at", request.GET.get("after", ""))
    url = reverse("waiver-list")
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("条件豁免"),
            "list_url": url,
            "table_name": "waivers",
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "title", "label": _("条件"), "kind": "clip"},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "agency", "label": _("执法单位"), "kind": "clip"},
                {"key": "until_on", "label": _("豁免截止日期"), "kind": "date"},
                {"key": "asked_at", "label": _("申请日期"), "kind": "date"},
                {"key": "asked_by", "label": _("申请人")},
                {"key": "decided_by", "label": _("决定人")},
            ],
            "rows": [
                {
                    "url": reverse("waiver-detail", args=[row.pk]),
                    "name": row.officer.name,
                    "title": title_of(row),
                    "state": _state(row),
                    "agency": row.officer.agency.name,
                    "until_on": row.until_on,
                    "asked_at": row.asked_at,
                    "asked_by": row.asked_by_name,
                    "decided_by": row.decided_by_name,
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 项") % {"count": page.count_text},
            "next_url": f"{url}?after={page.next_key}" if page.next_key else "",
            "previous_url": f"{url}?after={page.previous_key}" if page.previous_key else "",
            "empty_title": _("没有条件豁免"),
            "empty_step": _("在人员的资格条件页面上，对可以豁免的条件申请"),
            "empty_url": reverse("officer-list"),
        },
    )


@permission_for_view(Permission.APPLICATION_PREPARE)
@require_http_methods(["GET", "POST"])
def waiver_ask(request: HttpRequest, pk: int, rule: str) -> HttpResponse:
    """Ask the province to waive one condition for one officer."""
    actor = actor_of(request)
    officer = officer_for(actor, pk)
    require(actor, Permission.APPLICATION_PREPARE, officer.place)
    line = waivable_line(officer, rule, clock.today())
    form = WaiverForm(request.POST or None, request.FILES or None)
    back = reverse("officer-eligibility", args=[officer.pk])
    if request.method == "POST" and form.is_valid():
        try:
            waiver = ask_waiver(actor, officer.pk, rule, form.request(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已为%(name)s申请豁免，等待省级决定") % {"name": officer.name})
            return redirect("waiver-detail", pk=waiver.pk)
    language = request.LANGUAGE_CODE if hasattr(request, "LANGUAGE_CODE") else ""
    return render_page(
        request,
        "page_form.jinja",
        {
            "title": _("申请豁免：%(title)s") % {"title": line.title.in_language(language)},
            "form": form,
            "wide_fields": ["reason", "basis", "proof"],
            "submit_label": _("提交申请"),
            "cancel_url": back,
            "breadcrumbs": [*_crumbs(officer), {"label": _("资格条件"), "url": back}],
        },
        status=400 if form.errors else 200,
    )


def _waiver_page(request: HttpRequest, waiver: Waiver, form: OpinionForm) -> HttpResponse:
    actor = actor_of(request)
    context: dict[str, Any] = {
        "page_title": _("%(name)s的条件豁免") % {"name": waiver.officer.name},
        "breadcrumbs": [{"label": _("条件豁免"), "url": reverse("waiver-list")}],
        "waiver": waiver,
        "title_text": title_of(waiver),
        "state": _state(waiver),
        "officer_url": reverse("officer-eligibility", args=[waiver.officer_id]),
        "can_decide": can_decide(actor, waiver),
        "form": form,
        "decide_url": reverse("waiver-decide", args=[waiver.pk]),
    }
    return render_page(request, "eligibility/waiver.jinja", context, status=400 if form.errors else 200)


@permission_for_view(Permission.APPLICATION_VIEW)
@require_GET
def waiver_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one waiver, with what the viewer may decide."""
    return _waiver_page(request, waiver_for(actor_of(request), pk), OpinionForm())


@permission_for_view(Permission.WAIVER_GRANT)
@require_POST
def waiver_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant the waiver (``then=grant``) or refuse it."""
    actor = actor_of(request)
    waiver = waiver_for(actor, pk)
    form = OpinionForm(request.POST)
    is_granted = request.POST.get("then") == "grant"
    if request.POST.get("then") not in ("grant", "refuse"):
        form.add_error(None, _("请选择“同意豁免”或“不同意豁免”"))
    if form.is_valid():
        try:
            decide = grant_waiver if is_granted else refuse_waiver
            waiver = decide(actor, pk, form.cleaned_data["opinion"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
    if form.errors:
        return _waiver_page(request, waiver, form)
    names = {"name": waiver.officer.name, "title": title_of(waiver)}
    done = _("已同意%(name)s豁免“%(title)s”") if is_granted else _("不同意%(name)s豁免“%(title)s”")
    messages.success(request, done % names)
    return redirect("waiver-detail", pk=pk)
