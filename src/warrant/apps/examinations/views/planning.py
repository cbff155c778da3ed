"""Pages on which a sitting is planned, its places are set, and it is cancelled."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warrant.apps.examinations.forms import CancelForm, PlacesForm, SittingForm
from warrant.apps.examinations.selectors.sittings import held_sitting_for, organisers_for
from warrant.apps.examinations.services import cancel_sitting, plan_sitting, set_places
from warrant.apps.examinations.services.planning import open_list
from warrant.apps.examinations.views.frames import crumbs, sitting_title
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.core.access import Permission, require
from warrant.core.errors import InvalidInput

DEFAULT_CAPACITY = 100


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def sitting_new(request: HttpRequest) -> HttpResponse:
    """Plan a sitting."""
    actor = actor_of(request)
    form = SittingForm(
        request.POST or None,
        organisers=organisers_for(actor),
        initial={"capacity": DEFAULT_CAPACITY},
    )
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


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def sitting_places(request: HttpRequest, pk: int) -> HttpResponse:
    """Set when it begins, how many may sit, and until when units below enrol their own people."""
    actor = actor_of(request)
    sitting = held_sitting_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, sitting.place)
    open_list(sitting)
    start = {name: getattr(sitting, name) for name in PlacesForm.base_fields}
    form = PlacesForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            set_places(actor, pk, **form.cleaned_data, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已保存时间、名额和报名"))
            return redirect("sitting-detail", pk=pk)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("时间、名额和报名"),
            "form": form,
            "submit_label": _("保存"),
            "cancel_url": reverse("sitting-detail", args=[pk]),
            "breadcrumbs": crumbs(sitting),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def sitting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a sitting, with a reason."""
    actor = actor_of(request)
    sitting = held_sitting_for(actor, pk)
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
