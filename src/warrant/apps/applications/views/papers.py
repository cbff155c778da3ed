"""Handing out the papers of a case as PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from warrant.apps.applications.selectors import application_for
from warrant.apps.applications.selectors.papers import PAPER_NAMES
from warrant.apps.applications.services.printing import print_paper
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of
from warrant.apps.foundation.views import signed_in


@signed_in
@require_POST
def application_paper(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """Print one paper of a case that the viewer may see; the selector and the service decide."""
    actor = actor_of(request)
    application = application_for(actor, number)
    printed = print_paper(actor, application, paper, now=clock.now())
    response = HttpResponse(printed, content_type="application/pdf")
    name = f"{_(PAPER_NAMES[paper])}-{application.number}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
