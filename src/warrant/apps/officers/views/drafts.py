"""What somebody typed and did not save: kept every second while typing, offered when the form opens again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, local_path, permission_for_view
from warrant.apps.officers.selectors.drafts import Draft, draft_of
from warrant.apps.officers.selectors.entries import entry_for
from warrant.apps.officers.selectors.register import officer_for
from warrant.apps.officers.services.drafts import discard_draft, keep_draft
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, NotFound
from warrant.core.record import EntryKind

FORMS = frozenset(
    {"officer-enter", "officer-change", "entry-correct", *(f"entry-{kind}" for kind in EntryKind)}
)
_NOT_KEPT = frozenset({"csrfmiddlewaretoken", "next"})


def _check_form(actor: Actor, form: str, subject: int) -> None:
    """Return if the actor may fill in this form about this subject.

    Raises:
        NotFound: there is no such form, or its subject is out of reach.
        NotPermitted: in reach, without the right to change it.
    """
    if form not in FORMS or (form == "officer-enter" and subject != 0):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if form == "officer-enter":
        return
    officer = entry_for(actor, subject).officer if form == "entry-correct" else officer_for(actor, subject)
    require(actor, Permission.OFFICER_EDIT, officer.place)


def offered_draft(request: HttpRequest, actor: Actor, form: str, subject: int) -> Draft | None:
    """Return the draft that an opened form offers; a form that was sent has its own fields."""
    return draft_of(actor, form, subject) if request.method == "GET" else None


def take_up(request: HttpRequest, form: forms.Form, draft: Draft | None) -> bool:
    """Put the draft into the form if the person asked for it; tells whether that happened."""
    if draft is None or "draft" not in request.GET:
        return False
    for name, values in draft.fields.items():
        field = form.fields.get(name)
        if field is None or isinstance(field, forms.FileField):
            continue
        form.initial[name] = values if isinstance(field, forms.MultipleChoiceField) else "".join(values[:1])
    return True


def draft_context(request: HttpRequest, form: str, subject: int, draft: Draft | None) -> dict[str, Any]:
    """Return what the page of a form needs to keep and to offer a draft."""
    is_taken_up = draft is not None and "draft" in request.GET
    return {
        "autosave_url": reverse("draft-save", args=[form, subject]),
        "draft": draft,
        "is_draft_taken_up": is_taken_up,
        "draft_url": f"{request.path}?draft=1",
        "draft_discard_url": reverse("draft-discard", args=[form, subject]),
        "draft_back_url": request.path,
    }


@permission_for_view(Permission.OFFICER_EDIT)
@sensitive_post_parameters()
@require_POST
def draft_save(request: HttpRequest, form: str, subject: int) -> HttpResponse:
    """Keep what stands in a form; answers nothing."""
    fields = {name: values for name, values in request.POST.lists() if name not in _NOT_KEPT}
    actor = actor_of(request)
    _check_form(actor, form, subject)
    keep_draft(actor, form, subject, fields, now=clock.now())
    return HttpResponse()


@permission_for_view(Permission.OFFICER_EDIT)
@require_POST
def draft_discard(request: HttpRequest, form: str, subject: int) -> HttpResponse:
    """Forget a draft and open the form anew."""
    actor = actor_of(request)
    _check_form(actor, form, subject)
    discard_draft(actor, form, subject)
    return redirect(local_path(request, request.POST.get("next", "/")))
