"""Pages on which a sitting is planned, its list made, and it is cancelled."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warrant.apps.examinations.forms import CancelForm, EnrolForm, SittingForm
from warrant.apps.examinations.selectors.results import paper_name
from warrant.apps.examinations.selectors.sittings import open_lists, organisers_for, sitting_for
from warrant.apps.examinations.services import (
    Enrolled,
    add_candidates,
    cancel_sitting,
    plan_sitting,
    remove_candidate,
)
from warrant.apps.examinations.services.planning import MOST_CANDIDATES
from warrant.apps.examinations.views.frames import crumbs, sitting_title
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.officers.selectors.listing import choice_from, rows_of_choice
from warrant.core.access import Permission, require
from warrant.core.errors import InvalidInput


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def sitting_new(request: HttpRequest) -> HttpResponse:
    """Plan a sitting."""
    actor = actor_of(request)
    form = SittingForm(request.POST or None, organisers=organisers_for(actor))
    if request.method == "POST" and form.is_valid():
        try:
            sitting = plan_sitting(actor, form.plan(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request,
                _("已安排考试，合格分数 %(mark)s，成绩须在 %(day)s 前登记")
                % {"mark": sitting.pass_mark, "day": sitting.scores_due_on},
            )
            return redirect("sitting-detail", pk=sitting.pk)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("安排考试"),
            "form": form,
            "wide_fields": ["venue"],
            "submit_label": _("安排考试"),
            "cancel_url": reverse("sitting-list"),
            "breadcrumbs": crumbs(),
        },
        status=400 if form.errors else 200,
    )


def _enrol_page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render_page(
        request,
        "examinations/enrol.jinja",
        {
            "page_title": _("安排考试"),
            "breadcrumbs": [{"label": _("执法人员"), "url": reverse("officer-list")}],
            "most": MOST_CANDIDATES,
            **context,
        },
        status=status,
    )


def _enrolled_rows(done: list[Enrolled]) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("officer-detail", args=[one.officer.pk]),
            "name": one.officer.name,
            "agency": one.officer.agency.name,
            "result": {"word": _("未安排"), "tone": "attention"}
            if one.problem
            else {"word": _("已安排"), "tone": "valid"},
            "says": error_text(one.problem) if one.problem else "",
        }
        for one in done
    ]


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def sitting_enrol(request: HttpRequest) -> HttpResponse:
    """Put the officers chosen in the list on a sitting: asks which, then says what became of each."""
    actor = actor_of(request)
    found = (
        rows_of_choice(actor, choice_from(request.POST)).select_related("agency").order_by("sort_key", "pk")
    )
    officers = list(found[: MOST_CANDIDATES + 1])
    choices = [
        (row.pk, f"{row.sat_on} {paper_name(row.paper)} {row.venue}（{row.organiser.name}）")
        for row in open_lists(actor)[:200]
    ]
    form = EnrolForm(request.POST if request.POST.get("confirmed") else None, sittings=choices)
    context: dict[str, Any] = {"officers": officers, "form": form, "has_sittings": bool(choices), "done": []}
    if form.is_bound and form.is_valid():
        try:
            done = add_candidates(actor, form.cleaned_data["sitting"], officers, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            context["done"] = _enrolled_rows(done)
            context["made"] = sum(1 for one in done if one.problem is None)
            context["sitting_url"] = reverse("sitting-detail", args=[form.cleaned_data["sitting"]])
    return _enrol_page(request, context, status=400 if form.errors else 200)


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def candidate_remove(request: HttpRequest, pk: int, candidate: int) -> HttpResponse:
    """Take somebody off the list."""
    sitting_for(actor_of(request), pk)
    row = remove_candidate(actor_of(request), pk, candidate, now=clock.now())
    messages.success(request, _("已从名单中移出%(name)s") % {"name": row.officer.name})
    return redirect("sitting-detail", pk=pk)


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def sitting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a sitting, with a reason."""
    actor = actor_of(request)
    sitting = sitting_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, sitting.place)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_sitting(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已取消考试"))
            return redirect("sitting-detail", pk=pk)
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("取消考试"),
            "breadcrumbs": crumbs(sitting),
            "question": _("取消 %(title)s 的考试？") % {"title": sitting_title(sitting)},
            "form": form,
            "confirm_label": _("取消考试"),
            "cancel_url": reverse("sitting-detail", args=[pk]),
            "danger": True,
        },
        status=400 if form.errors else 200,
    )
