"""One finding: the evidence, who deals with it by when, and what happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from warrant.apps.detectors.forms import AssignForm, CloseForm
from warrant.apps.detectors.models import Finding
from warrant.apps.detectors.selectors.findings import (
    deadline_of,
    detector_word,
    fact_texts,
    finding_for,
    possible_owners,
    state_face,
)
from warrant.apps.detectors.services import assign_finding, close_finding, put_finding_back
from warrant.apps.detectors.types import ENTRY_LABELS
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.regulations.selectors import by_digest
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import InvalidInput
from warrant.core.qualification.detection import CURES, Detector
from warrant.core.regulation import RegulationKind

_TONES = {"assign": "waiting", "close": "ended", "resolve": "valid", "reopen": "broken", "raise": "attention"}
MOST_PEOPLE = 200


def _entries(finding: Finding) -> list[dict[str, Any]]:
    opened = {
        "at": finding.opened_at,
        "title": _("列出")
        if finding.times_opened == 1
        else _("第 %(count)s 次列出") % {"count": finding.times_opened},
        "tone": "attention",
    }
    happened = [
        {
            "at": one.happened_at,
            "title": _(ENTRY_LABELS[one.action]),
            "person": one.account_name,
            "text": one.text,
            "tone": _TONES.get(one.action, "ended"),
        }
        for one in finding.entries.order_by("-happened_at", "-pk")[:50]
    ]
    return sorted([*happened, opened], key=lambda one: one["at"], reverse=True)


def _page(
    request: HttpRequest, finding: Finding, assign: AssignForm | None = None, close: CloseForm | None = None
) -> HttpResponse:
    actor = actor_of(request)
    may = finding.is_pending and is_permitted(actor, Permission.FINDING_HANDLE, finding.place)
    if may and assign is None:
        people = possible_owners(finding)[:MOST_PEOPLE]
        assign = AssignForm(people=people, initial={"owner": finding.assigned_to_id or actor.account_id})
    rules = by_digest(RegulationKind.DETECTION, finding.regulation_digest).document
    line = rules.lines[Detector(finding.detector)]
    language = "en" if translation.get_language() == "en" else "zh"
    forms = (assign, close)
    return render_page(
        request,
        "detectors/finding.jinja",
        {
            "page_title": _("%(word)s：%(name)s")
            % {"word": detector_word(finding.detector), "name": finding.officer.name},
            "breadcrumbs": [
                {"label": _("监督发现"), "url": reverse("finding-overview")},
                {"label": _("清单"), "url": reverse("finding-list")},
            ],
            "state": state_face(finding),
            "finding": finding,
            "title": line.title[language],
            "basis": line.basis[language],
            "cure": _(CURES[Detector(finding.detector)]),
            "facts": fact_texts(finding),
            "due": deadline_of(finding.due_on, is_pending=finding.is_pending, today=clock.today()),
            "entries": _entries(finding),
            "may_see_officer": is_permitted(actor, Permission.OFFICER_VIEW, finding.officer.place),
            "may_see_certificate": finding.certificate is not None
            and is_permitted(actor, Permission.CERTIFICATE_VIEW, finding.certificate.place),
            "may_handle": may,
            "assign_form": assign if may else None,
            "close_form": (close or CloseForm()) if may else None,
        },
        status=400 if any(form is not None and form.is_bound and form.errors for form in forms) else 200,
    )


@permission_for_view(Permission.FINDING_VIEW)
@require_GET
def finding_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one finding."""
    return _page(request, finding_for(actor_of(request), pk))


def _seen(actor: Actor, pk: int) -> Finding:
    return finding_for(actor, pk)


@permission_for_view(Permission.FINDING_HANDLE)
@require_POST
def finding_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the finding to a person."""
    actor = actor_of(request)
    finding = _seen(actor, pk)
    form = AssignForm(request.POST, people=possible_owners(finding)[:MOST_PEOPLE])
    if form.is_valid():
        try:
            done = assign_finding(actor, pk, form.cleaned_data["owner"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            owner = done.assigned_to.display_name if done.assigned_to else ""
            messages.success(
                request, _("已交%(owner)s办理，期限 %(day)s") % {"owner": owner, "day": done.due_on}
            )
            return redirect("finding-detail", pk=pk)
    return _page(request, finding, assign=form)


@permission_for_view(Permission.FINDING_HANDLE)
@require_POST
def finding_put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the finding lie with nobody."""
    put_finding_back(actor_of(request), pk, now=clock.now())
    messages.success(request, _("已退回待分派"))
    return redirect("finding-detail", pk=pk)


@permission_for_view(Permission.FINDING_HANDLE)
@require_POST
def finding_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the finding with a reason."""
    actor = actor_of(request)
    finding = _seen(actor, pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            done = close_finding(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request,
                _("已说明情况并办结；%(day)s 之后情况仍在的，会重新列出") % {"day": done.looks_again_on},
            )
            return redirect("finding-detail", pk=pk)
    return _page(request, finding, close=form)
