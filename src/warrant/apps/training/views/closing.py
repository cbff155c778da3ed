"""Pages on which a class ends: handed in, confirmed, returned or cancelled."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.training.forms.classes import HandInForm, ReasonForm
from warrant.apps.training.models import TrainingClass
from warrant.apps.training.selectors.classes import (
    class_for,
    class_title,
    earned_in,
    enrolments_of,
    sessions_of,
)
from warrant.apps.training.services.closing import confirm_class, hand_in_class, return_class
from warrant.apps.training.services.planning import cancel_class
from warrant.apps.training.views.frames import crumbs
from warrant.core.access import Permission, require
from warrant.core.errors import InvalidInput


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def class_hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a class in to the province, with the signed attendance."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, found.place)
    form = HandInForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = hand_in_class(actor, pk, form.uploaded(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已报送%(title)s，等待省级确认") % {"title": class_title(found)})
            return redirect("class-detail", pk=pk)
    people = earned_in(found, sessions_of(found), enrolments_of(found))
    return _confirm_page(
        request,
        found,
        form,
        {
            "page_title": _("报送培训班"),
            "question": _("报送%(title)s：学员 %(people)s 人，共 %(hours)s 学时。")
            % {
                "title": class_title(found),
                "people": len(people),
                "hours": sum(one.hours for one in people),
            },
            "consequences": [
                _("课程、学员和考勤不能再改，除非省级退回"),
                _("省级确认后，学时记入每人的培训记录"),
            ],
            "confirm_label": _("报送"),
        },
    )


def _confirm_page(
    request: HttpRequest, training_class: TrainingClass, form: Any, context: dict[str, Any]
) -> HttpResponse:
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "breadcrumbs": crumbs(training_class),
            "form": form,
            "cancel_url": reverse("class-detail", args=[training_class.pk]),
            **context,
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.TRAINING_CONFIRM)
@require_POST
def class_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a class that was handed in."""
    class_for(actor_of(request), pk)
    found = confirm_class(actor_of(request), pk, now=clock.now())
    messages.success(request, _("已确认%(title)s，学时已记入培训记录") % {"title": class_title(found)})
    return redirect("class-detail", pk=pk)


@permission_for_view(Permission.TRAINING_CONFIRM)
@require_http_methods(["GET", "POST"])
def class_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a class back with a reason."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    require(actor, Permission.TRAINING_CONFIRM, found.place)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return_class(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已退回%(unit)s") % {"unit": found.organiser.name})
            return redirect("class-detail", pk=pk)
    return _confirm_page(
        request,
        found,
        form,
        {
            "page_title": _("退回培训班"),
            "question": _("退回%(title)s？") % {"title": class_title(found)},
            "consequences": [_("主办单位可以改正后再次报送")],
            "confirm_label": _("退回"),
        },
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def class_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a class, with a reason."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, found.place)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_class(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已取消培训班"))
            return redirect("class-detail", pk=pk)
    return _confirm_page(
        request,
        found,
        form,
        {
            "page_title": _("取消培训班"),
            "question": _("取消%(title)s？") % {"title": class_title(found)},
            "confirm_label": _("取消培训班"),
            "danger": True,
        },
    )
