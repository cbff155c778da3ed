"""Pages on which applications are opened: one for an officer, or drafts for many chosen in a list."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warrant.apps.applications.forms import StartForm
from warrant.apps.applications.selectors.kinds import possible_kinds
from warrant.apps.applications.services import (
    create_application,
)
from warrant.apps.applications.services.starting import MOST_AT_ONCE, start_applications
from warrant.apps.applications.types import (
    KIND_FACES,
)
from warrant.apps.applications.views.frames import case_address, page_of
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import (
    actor_of,
    add_error,
    error_text,
    permission_for_view,
    render_page,
)
from warrant.apps.officers.selectors.listing import choice_from, rows_of_choice
from warrant.apps.officers.selectors.register import officer_for
from warrant.core.access import Permission, require
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import ApplicationKind


@permission_for_view(Permission.APPLICATION_PREPARE)
@require_POST
def application_start(request: HttpRequest) -> HttpResponse:
    """Open drafts for the officers chosen in the list: first shows for whom, then what became of each."""
    actor = actor_of(request)
    choice = choice_from(request.POST)
    officers = list(
        rows_of_choice(actor, choice).select_related("agency").order_by("sort_key", "pk")[: MOST_AT_ONCE + 1]
    )
    is_done = bool(request.POST.get("confirmed"))
    started = start_applications(actor, officers, now=clock.now()) if is_done else []
    rows = [
        {
            "url": page_of(one.number) if one.number else reverse("officer-detail", args=[one.officer.pk]),
            "name": one.officer.name,
            "agency": one.officer.agency.name,
            "result": {"word": _("已建立草稿"), "tone": "valid"}
            if one.number
            else {"word": _("未建立"), "tone": "attention"},
            "says": error_text(one.problem) if one.problem else one.number,
        }
        for one in started
    ]
    return render_page(
        request,
        "applications/start.jinja",
        {
            "page_title": _("发起资格申请"),
            "breadcrumbs": [{"label": _("执法人员"), "url": reverse("officer-list")}],
            "officers": officers,
            "most": MOST_AT_ONCE,
            "is_done": is_done,
            "made": sum(1 for one in started if one.number),
            "rows": rows,
        },
    )


@permission_for_view(Permission.APPLICATION_PREPARE)
@require_http_methods(["GET", "POST"])
def application_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an application for an officer."""
    actor = actor_of(request)
    officer = officer_for(actor, pk)
    require(actor, Permission.APPLICATION_PREPARE, officer.place)
    kinds = possible_kinds(officer)
    form = StartForm(officer, kinds, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            application = create_application(
                actor,
                officer.pk,
                form.cleaned_data["categories"],
                kind=ApplicationKind(form.cleaned_data["kind"]),
                grounds=form.cleaned_data,
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request,
                _("已建立%(name)s的资格申请 %(number)s，请补齐条件后提交")
                % {"name": officer.name, "number": application.number},
            )
            return redirect(case_address(application))
    officer_page = reverse("officer-detail", kwargs={"pk": officer.pk})
    return render_page(
        request,
        "applications/new.jinja",
        {
            "title": _("申请执法资格：%(name)s") % {"name": officer.name},
            "bars": [
                {"word": _(KIND_FACES[kind].word), "why": error_text(bar)}
                for kind, bar in kinds.items()
                if bar is not None
            ],
            "form": form,
            "submit_label": _("建立申请"),
            "cancel_url": officer_page,
            "breadcrumbs": [{"label": officer.name, "url": officer_page}],
        },
        status=400 if form.errors else 200,
    )
