"""Handing out the ministry's decision on paper, on either side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from warrant.apps.filing.selectors.register import filing_for
from warrant.apps.filing.selectors.requests import application_for, request_for
from warrant.apps.filing.services import print_decision, print_receipt
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view
from warrant.core.access import Permission


def _pdf(printed: bytes, number: str) -> HttpResponse:
    response = HttpResponse(printed, content_type="application/pdf")
    name = f"{_('备案决定回执')}-{number}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@permission_for_view(Permission.FILING_VIEW)
@require_POST
def filing_paper(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Print the ministry's decision on a filing."""
    actor = actor_of(request)
    filing = filing_for(actor, filing_id)
    return _pdf(print_decision(actor, filing, now=clock.now()), filing.application_number)


@permission_for_view(Permission.APPLICATION_VIEW)
@require_POST
def filing_receipt_paper(request: HttpRequest, number: str, request_id: int) -> HttpResponse:
    """Print the receipt of a request."""
    actor = actor_of(request)
    found = request_for(application_for(actor, number), request_id)
    return _pdf(print_receipt(actor, found, now=clock.now()), number)
