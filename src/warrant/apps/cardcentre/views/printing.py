"""What goes to the card printer: one card, or everything made that waits for its check."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from warrant.apps.cardcentre.forms import PrintForm
from warrant.apps.cardcentre.selectors import at_station, certificate_with_card
from warrant.apps.cardcentre.services.faces import PrintLayout, draw_face, draw_faces
from warrant.apps.foundation.pages import actor_of, permission_for_view
from warrant.core.access import Permission
from warrant.core.errors import N_, InvalidInput

KEPT = "card-print"
"""Where the session keeps how this person prints: a printer is adjusted once and used all day."""


def print_form(request: HttpRequest) -> PrintForm:
    """Return the form as it was filled in last at this work place."""
    return PrintForm(request.session.get(KEPT) or {"part": "", "right": 0, "up": 0})


def _layout(request: HttpRequest) -> PrintLayout:
    """Return what the address asks for (``?part=personal&right=0.4&up=-0.2``), or what was asked for last.

    Raises: InvalidInput ``bad-layout``.
    """
    form = PrintForm(request.GET) if request.GET else print_form(request)
    if not form.is_valid():
        raise InvalidInput(
            "bad-layout", N_("打印范围或偏移无法识别；偏移以毫米计，在 ±3 之间"), place="shift"
        )
    layout = form.layout()
    kept = {"part": layout.part.value if layout.part else "", "right": layout.shift[0], "up": layout.shift[1]}
    if request.GET and request.session.get(KEPT) != kept:
        request.session[KEPT] = kept
    return layout


def _pdf(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@permission_for_view(Permission.CARD_VIEW)
@require_GET
def card_face(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the printed face of a made card, front and back, as a PDF."""
    certificate = certificate_with_card(actor_of(request), Permission.CARD_VIEW, number)
    return _pdf(draw_face(certificate, _layout(request)), certificate.number)


@permission_for_view(Permission.CARD_PRODUCE)
@require_GET
def card_faces_made(request: HttpRequest) -> HttpResponse:
    """Answer the faces of every made card that waits for its check at the viewer's station, oldest first, as one PDF."""
    made = [job.certificate for job in at_station(actor_of(request)).made]
    return _pdf(draw_faces(made, _layout(request)), "card-faces")
