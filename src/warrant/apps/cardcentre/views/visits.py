"""A card in use at the station: what it is, and what waits to be written to it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warrant.apps.cardcentre.services.readers import reader_states
from warrant.apps.cardcentre.services.visits import Visit, read_visitor, write_results
from warrant.apps.cardcentre.types import SUITE_LABELS, TROUBLE_CURES
from warrant.apps.certificates.types import STATE_FACES
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, error_text, permission_for_view, render_page
from warrant.apps.reviews.types import RESULT_WORDS
from warrant.core.access import Permission
from warrant.core.chip.inspection import CheckOutcome
from warrant.core.chip.reviews import ReviewRecord, ReviewResult
from warrant.core.chip.titles import CHECK_TITLES, OUTCOME_TITLES
from warrant.core.errors import Conflict, InvalidInput, NotFound, Unavailable, WarrantError
from warrant.core.lifecycle import CertificateState

_RESULTS = {ReviewResult.PASSED: "passed", ReviewResult.NOT_PASSED: "not-passed"}


@permission_for_view(Permission.CARD_PRODUCE)
@require_http_methods(["GET", "POST"])
def card_visit(request: HttpRequest) -> HttpResponse:
    """Read the card in a reader, and write what waits for it: both on a press of a button, never by itself."""
    reader = (request.POST if request.method == "POST" else request.GET).get("reader", "")
    if request.method == "GET":
        return _page(request, reader, None)
    try:
        if request.POST.get("act") == "write":
            serial = request.POST.get("serial", "").replace("\x00", "")
            visit = write_results(actor_of(request), reader, serial, now=clock.now())
            return _page(request, reader, visit, is_written=True)
        return _page(request, reader, read_visitor(actor_of(request), reader))
    except (Conflict, InvalidInput, NotFound, Unavailable) as error:
        return _page(request, reader, None, problem=error)


def _page(
    request: HttpRequest,
    reader: str,
    visit: Visit | None,
    *,
    is_written: bool = False,
    problem: WarrantError | None = None,
) -> HttpResponse:
    states = reader_states()
    ready = [state.name for state in states if state.state == "card"]
    return render_page(
        request,
        "cardcentre/visit.jinja",
        {
            "page_title": _("到访的卡"),
            "breadcrumbs": [{"url": reverse("card-centre"), "label": _("制卡中心")}],
            "readers": states,
            "reader": reader if reader in ready else (ready[0] if ready else reader),
            "visit": visit,
            "state": _state(visit),
            "kept_back": _(visit.kept_back) if visit and visit.kept_back else "",
            "checks": _checks(visit),
            "reviews": [_review(record) for record in visit.reviews] if visit else [],
            "waiting": [_review(record) for _key, record in visit.waiting] if visit else [],
            "is_written": is_written,
            "suite": SUITE_LABELS.get(visit.card.key_suite, visit.card.key_suite) if visit else "",
            "problem": error_text(problem) if problem else "",
            "cure": _(TROUBLE_CURES[problem.code]) if problem and problem.code in VISIT_CURES else "",
        },
        status=problem.status if problem else 200,
    )


VISIT_CURES = frozenset({"card-in-use", "card-unresponsive", "reader-absent", "pcsc-unavailable"})
"""Cures that hold for a visit as they do for a blank."""


def _state(visit: Visit | None) -> dict[str, str] | None:
    if visit is None:
        return None
    face = STATE_FACES[CertificateState(visit.certificate.state)]
    return {"word": _(face.word), "tone": face.tone}


def _checks(visit: Visit | None) -> list[dict[str, object]]:
    if visit is None:
        return []
    return [
        {
            "name": _(CHECK_TITLES[check.name]),
            "outcome": {
                "word": _(OUTCOME_TITLES[check.outcome]),
                "tone": "valid" if check.outcome is CheckOutcome.PASSED else "broken",
            },
        }
        for check in visit.report.checks
    ]


def _review(record: ReviewRecord) -> dict[str, object]:
    return {
        "year": record.year,
        "result": _(RESULT_WORDS[_RESULTS[record.result]]),
        "reviewed_on": record.reviewed_on,
        "division": record.division_code,
    }
