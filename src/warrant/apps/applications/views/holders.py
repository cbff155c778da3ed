"""The page on which a case is taken on, given to a colleague, or put back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warrant.apps.applications.forms import HolderForm
from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors import application_for
from warrant.apps.applications.selectors.assigning import holder_line, possible_holders
from warrant.apps.applications.selectors.cases import decision_bar, holds_step, opinions_of
from warrant.apps.applications.services import assign_case
from warrant.apps.applications.services.moving import require_awaited
from warrant.apps.applications.views.frames import case_address, crumbs, state_cell
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, render_page
from warrant.apps.foundation.views import signed_in
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput, NotPermitted


def _people(actor: Actor, application: Application) -> list[tuple[int, str]]:
    """Return id and name of everybody to whom the case can go, the actor first; not with whom it lies now."""
    opinions = opinions_of(application)
    found = dict(possible_holders(application, opinions).values_list("pk", "display_name"))
    if decision_bar(actor, application, opinions) is None:
        found = {actor.account_id: _("由我承办（%(name)s）") % {"name": actor.name}} | {
            pk: name for pk, name in found.items() if pk != actor.account_id
        }
    found.pop(application.assigned_to_id or 0, None)
    return list(found.items())


def _done(application: Application) -> str:
    names = {"name": application.officer.name, "number": application.number}
    if application.assigned_to is None:
        return _("%(name)s的资格申请 %(number)s 已退回单位，暂无承办人") % names
    return _("%(name)s的资格申请 %(number)s 现由%(holder)s承办") % {
        **names,
        "holder": application.assigned_to.display_name,
    }


@signed_in
@require_http_methods(["GET", "POST"])
def application_holder(request: HttpRequest, number: str) -> HttpResponse:
    """Ask with whom the case is to lie, and write it down."""
    actor = actor_of(request)
    if not actor.has_anywhere(Permission.APPLICATION_VIEW):
        raise NotPermitted("no-decider", N_("您没有审查、核审或审批权限，请与本单位系统管理员联系"))
    application = application_for(actor, number)
    require_awaited(application)
    if not holds_step(actor, application):
        raise NotPermitted("other-unit", N_("本环节由其他单位办理"))
    form = HolderForm(
        _people(actor, application),
        request.POST if request.method == "POST" else None,
        can_put_back=application.assigned_to_id is not None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = assign_case(
                actor, number, form.account_id, form.cleaned_data["reason"], now=clock.now()
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _done(changed))
            return redirect("application-detail", number=number)
    return render_page(
        request,
        "applications/holder.jinja",
        {
            "title": _("指定承办人"),
            "breadcrumbs": crumbs(application),
            "application": application,
            "state": state_cell(application),
            "holder": holder_line(application),
            "question": _("承办人只表明由谁跟进；有办理权限的同事仍然可以办理。"),
            "form": form,
            "confirm_label": _("指定"),
            "cancel_url": case_address(application),
        },
        status=400 if form.errors else 200,
    )
