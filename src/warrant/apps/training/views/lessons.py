"""Pages of a class before it is over: its places and its lessons."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.training.forms.classes import PlacesForm, SessionForm
from warrant.apps.training.selectors.classes import (
    class_for,
    rules_of,
    sessions_of,
    subject_name,
)
from warrant.apps.training.services.planning import add_session, remove_session, require_open, set_places
from warrant.apps.training.services.printing import print_sign_in_list
from warrant.apps.training.views.frames import crumbs
from warrant.core.access import Permission, require
from warrant.core.errors import InvalidInput


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def class_places(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how many people a class takes, and until when units below enrol theirs."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, found.place)
    require_open(found)
    form = PlacesForm(
        request.POST if request.method == "POST" else None,
        initial={"capacity": found.capacity, "enrol_until": found.enrol_until},
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_places(actor, pk, **form.cleaned_data, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已修改名额和报名截止日"))
            return redirect("class-detail", pk=pk)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("名额和报名"),
            "form": form,
            "submit_label": _("保存"),
            "cancel_url": reverse("class-detail", args=[pk]),
            "breadcrumbs": crumbs(found),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def session_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a lesson into a class."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, found.place)
    rules = rules_of(found)
    subjects = [
        (one.subject, subject_name(rules, one.subject)) for one in found.programme.subjects.order_by("pk")
    ]
    sessions = sessions_of(found)
    offered = {"held_on": sessions[-1].held_on if sessions else found.starts_on}
    form = SessionForm(request.POST if request.method == "POST" else None, subjects=subjects, initial=offered)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_session(actor, pk, form.plan(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request,
                _("已安排 %(day)s 的课，%(hours)s 学时") % {"day": made.held_on, "hours": made.hours},
            )
            return redirect("class-detail" if request.POST.get("then") != "next" else "session-new", pk=pk)
    return render_page(
        request,
        "training/session.jinja",
        {
            "page_title": _("安排课程"),
            "form": form,
            "wide_fields": ["venue"],
            "submit_label": _("安排"),
            "cancel_url": reverse("class-detail", args=[pk]),
            "breadcrumbs": crumbs(found),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_GET
def session_sheet(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """Print the sign-in list of a lesson."""
    actor = actor_of(request)
    printed = print_sign_in_list(actor, class_for(actor, pk), session, now=clock.now())
    response = HttpResponse(printed, content_type="application/pdf")
    name = _("签到表-%(number)s.pdf") % {"number": session}
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def session_remove(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """Take a lesson out of a class."""
    class_for(actor_of(request), pk)
    gone = remove_session(actor_of(request), pk, session, now=clock.now())
    messages.success(request, _("已删除 %(day)s 的课") % {"day": gone.held_on})
    return redirect("class-detail", pk=pk)
