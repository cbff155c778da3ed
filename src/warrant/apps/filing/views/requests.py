"""Pages of a province: what became of an application at the ministry, with its receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.applications.selectors import case_links
from warrant.apps.applications.selectors.cases import opinions_of
from warrant.apps.filing.models import FilingRequest
from warrant.apps.filing.selectors import requests as own
from warrant.apps.filing.selectors.documents import named_documents, requests_shown
from warrant.apps.filing.selectors.faces import marks_in_words, reason_class
from warrant.apps.filing.types import filed_case
from warrant.apps.filing.views.shown import state_shown
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.core.access import Permission, is_permitted
from warrant.core.errors import N_, NotFound
from warrant.core.ledger.event import parse_event


def _named(row: FilingRequest) -> dict[str, str]:
    """Return the documents that a request names; asked only where the ministry wished to have some seen."""
    if not row.document_requests.all():
        return {}
    return named_documents(filed_case(parse_event(bytes(row.entry.body)).data))


def _answer_url(pk: int) -> str:
    return reverse("filing-documents", args=[pk])


@permission_for_view(Permission.APPLICATION_VIEW)
@require_GET
def filing_request(request: HttpRequest, number: str) -> HttpResponse:
    """Show the filing of an application: what was requested, what was decided, and what the receipt proves."""
    actor = actor_of(request)
    application = own.application_for(actor, number)
    shown = [
        {
            "row": row,
            "state": state_shown(own.face_of(row)),
            "hash": own.filed_hash(row).hex(),
            "reading": own.read_receipt(row),
            "reason_class": reason_class(row.reason_code),
            "marks": marks_in_words(row.marked_fields),
            "wishes": requests_shown(row, _named(row)),
        }
        for row in own.requests_of(application)
    ]
    if not shown:
        raise NotFound("filing-not-requested", N_("该申请尚未报部备案"))
    return render_page(
        request,
        "filing/request.jinja",
        {
            "page_title": _("部级备案：%(name)s") % {"name": application.officer.name},
            "breadcrumbs": [{"url": reverse("application-detail", args=[number]), "label": number}],
            "application": application,
            "state": shown[0]["state"],
            "requests": shown,
            "answer_url": _answer_url
            if is_permitted(actor, Permission.APPLICATION_APPROVE, application.place)
            else None,
            "links": case_links(application, opinions_of(application)),
        },
    )


@permission_for_view(Permission.APPLICATION_VIEW)
@require_GET
def filing_receipt(request: HttpRequest, number: str, request_id: int) -> HttpResponse:
    """Hand out a receipt as it was received, for whoever wants to check it with the ministry's key alone."""
    application = own.application_for(actor_of(request), number)
    response = HttpResponse(own.receipt_of(application, request_id), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{number}-{request_id}.tlog-proof"'
    return response
