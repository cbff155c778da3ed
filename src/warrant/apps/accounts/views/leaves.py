"""Pages of leave: noting the days of it, and ending it; the list stands with the substitutes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warrant.apps.accounts.forms import LeaveForm
from warrant.apps.accounts.selectors.leaves import people_who_take_leave
from warrant.apps.accounts.services import end_leave, note_leave
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, render_page
from warrant.apps.foundation.views import signed_in
from warrant.core.errors import Conflict, InvalidInput


@signed_in
@require_http_methods(["GET", "POST"])
def leave_new(request: HttpRequest) -> HttpResponse:
    """Note the days of a leave."""
    actor = actor_of(request)
    people = people_who_take_leave(actor)
    form = LeaveForm(people, actor.account_id, request.POST if request.method == "POST" else None)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            row = note_leave(
                actor, values["person"].pk, values["from_on"], values["until_on"], now=clock.now()
            )
        except InvalidInput as error:
            add_error(form, error)
            status = 400
        except Conflict as error:
            form.add_error(None, error_text(error))
            status = 409
        else:
            words = _("已登记%(name)s休假；期间没有代理的，指定由其承办的申请退回单位")
            messages.success(request, words % {"name": row.account.display_name})
            return redirect("delegation-list")
    return render_page(
        request,
        "page_form.jinja",
        {
            "title": _("登记休假"),
            "form": form,
            "submit_label": _("登记"),
            "cancel_url": reverse("delegation-list"),
            "breadcrumbs": [{"label": _("代理"), "url": reverse("delegation-list")}],
        },
        status=status,
    )


@signed_in
@require_POST
def leave_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one leave before its last day."""
    row = end_leave(actor_of(request), pk, now=clock.now())
    messages.success(request, _("已结束%(name)s的休假") % {"name": row.account.display_name})
    return redirect("delegation-list")
