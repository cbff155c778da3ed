"""Printing the record sheet of one officer."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warrant.apps.exports.forms import DayForm
from warrant.apps.exports.types import PDF
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.officers.selectors.register import officer_for, own_officer
from warrant.apps.officers.services.printing import print_own_record_sheet, print_record_sheet
from warrant.core.access import Permission, is_permitted, require
from warrant.core.errors import N_, InvalidInput


@permission_for_view(Permission.OFFICER_EXPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def officer_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask as of which day and what for, and make the sheet."""
    actor = actor_of(request)
    officer = officer_for(actor, pk)
    require(actor, Permission.OFFICER_EXPORT, officer.place)
    is_sent = request.method == "POST"
    form = DayForm(
        request.POST if is_sent else None,
        initial={"on": request.GET.get("on") or clock.today()},
        may_unmask=is_permitted(actor, Permission.OFFICER_UNMASK, officer.place),
    )
    if is_sent and form.is_valid():
        try:
            made = print_record_sheet(
                actor, officer, form.cleaned_data["on"], form.wanted_as(PDF), now=clock.now()
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("登记表已生成，下载即将开始"))
            return redirect(f"{reverse('export-detail', args=[made.pk])}?fresh=1")
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("打印登记表"),
            "breadcrumbs": [
                {"label": _("执法人员"), "url": reverse("officer-list")},
                {"label": officer.name, "url": reverse("officer-detail", args=[pk])},
            ],
            "form": form,
            "wide_fields": list(form.fields),
            "submit_label": _("生成登记表"),
            "cancel_url": reverse("officer-detail", args=[pk]),
        },
        status=400 if is_sent else 200,
    )


@permission_for_view(Permission.OWN_RECORD)
@require_POST
def own_sheet(request: HttpRequest) -> HttpResponse:
    """Hand out the sheet of the viewer's own record, as of a day; the ID number stays masked."""
    actor = actor_of(request)
    officer = own_officer(actor)
    try:
        on = date.fromisoformat(request.POST.get("on", "") or clock.today().isoformat())
    except ValueError as error:
        raise InvalidInput(
            "not-a-day", N_("“%(value)s”不是日期；请按 2024-05-01 的样子填写"), value=request.POST["on"][:20]
        ) from error
    response = HttpResponse(
        print_own_record_sheet(actor, officer, on, now=clock.now()), content_type="application/pdf"
    )
    name = f"{_('%(name)s登记表') % {'name': officer.name}}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
