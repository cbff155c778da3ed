"""Additional data: adding an entry with its proofs, reading it, correcting and withdrawing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import (
    actor_of,
    add_error,
    error_text,
    permission_for_view,
    render_page,
)
from warrant.apps.foundation.views import signed_in
from warrant.apps.officers.forms import EntryForm, ReasonForm
from warrant.apps.officers.models import AdditionalEntry, Officer
from warrant.apps.officers.selectors.entries import can_edit, entries_of, entry_for, faces_of
from warrant.apps.officers.selectors.register import is_own, officer_for
from warrant.apps.officers.services.drafts import discard_draft
from warrant.apps.officers.services.entries import add_entry, correct_entry, kind_of, withdraw_entry
from warrant.apps.officers.views.drafts import draft_context, offered_draft, take_up
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import InvalidInput
from warrant.core.record import EntryRejected, FieldType, Kind

EDIT = Permission.OFFICER_EDIT


def crumbs_of(officer: Officer) -> list[dict[str, str]]:
    """Return the way back from a page about an officer."""
    return [
        {"label": _("执法人员"), "url": reverse("officer-list")},
        {"label": officer.name, "url": reverse("officer-detail", args=[officer.pk])},
    ]


def entries_url(officer: Officer) -> str:
    """Return where the additional data of an officer stand."""
    return f"{reverse('officer-detail', args=[officer.pk])}?part=additional#entries"


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _add_problems(form: forms.Form, error: InvalidInput) -> None:
    problems = error.problems if isinstance(error, EntryRejected) else (error,)
    for problem in problems:
        if "file_name" in problem.fields:
            text = _("“%(file_name)s”：%(problem)s") % {
                "file_name": problem.fields["file_name"],
                "problem": error_text(problem),
            }
            form.add_error("proofs", text)
        else:
            add_error(form, problem)


def _wide(kind: Kind) -> list[str]:
    long = [field.name for field in kind.fields if field.type is FieldType.TEXT and field.longest > 100]
    return [*long, "reason", "proofs"]


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def officer_entry_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Record one entry."""
    actor = actor_of(request)
    officer, entry_kind = officer_for(actor, pk), kind_of(kind)
    require(actor, EDIT, officer.place)
    draft_form = f"entry-{kind}"
    form = EntryForm(*_sent(request), kind=entry_kind)
    draft = offered_draft(request, actor, draft_form, pk)
    take_up(request, form, draft)
    if request.method == "POST" and form.is_valid():
        try:
            entry = add_entry(
                actor, pk, kind, form.typed(), form.uploads(), on=clock.today(), now=clock.now()
            )
        except InvalidInput as error:
            _add_problems(form, error)
        else:
            discard_draft(actor, draft_form, pk)
            messages.success(
                request,
                _("已为%(name)s登记%(kind)s：%(summary)s")
                % {"name": officer.name, "kind": _(entry_kind.title), "summary": _summary(actor, entry)},
            )
            return redirect(entries_url(officer))
    return render_page(
        request,
        "officers/entry_form.jinja",
        {
            "page_title": _("登记%(kind)s") % {"kind": _(entry_kind.title)},
            "breadcrumbs": crumbs_of(officer),
            "form": form,
            "wide_fields": _wide(entry_kind),
            "submit_label": _("登记"),
            "cancel_url": entries_url(officer),
            **draft_context(request, draft_form, pk, draft),
        },
        status=400 if form.errors else 200,
    )


def _summary(actor: Actor, entry: AdditionalEntry) -> str:
    return faces_of([entry_for(actor, entry.pk)])[0].summary


@signed_in
@require_safe
def officer_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry with its proofs, who recorded it, and what became of it."""
    actor = actor_of(request)
    entry = entry_for(actor, pk)
    officer = entry.officer
    faces = {face.entry.pk: face for face in faces_of(entries_of(officer))}
    face = faces[pk]
    return render_page(
        request,
        "officers/entry.jinja",
        {
            "page_title": _(face.kind.title),
            "breadcrumbs": [] if is_own(actor, officer) else crumbs_of(officer),
            "face": face,
            "pairs": [(_(field.label), face.cells[field.name]) for field in face.kind.fields],
            "corrected": faces.get(entry.corrects_id or 0),
            "corrections": [other for other in faces.values() if other.entry.corrects_id == pk],
            "officer": officer,
            "may_edit": can_edit(actor, officer) and face.is_valid,
        },
    )


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def officer_entry_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a corrected entry in the place of one that is wrong."""
    actor = actor_of(request)
    entry = entry_for(actor, pk)
    officer, kind = entry.officer, kind_of(entry.kind)
    require(actor, EDIT, officer.place)
    form = EntryForm(*_sent(request), kind=kind, is_correction=True, initial=dict(entry.content))
    draft = offered_draft(request, actor, "entry-correct", pk)
    take_up(request, form, draft)
    if request.method == "POST" and form.is_valid():
        try:
            correct_entry(
                actor,
                pk,
                form.typed(),
                form.uploads(),
                form.cleaned_data["reason"],
                on=clock.today(),
                now=clock.now(),
            )
        except InvalidInput as error:
            _add_problems(form, error)
        else:
            discard_draft(actor, "entry-correct", pk)
            messages.success(request, _("已更正；原条目仍可查阅"))
            return redirect(entries_url(officer))
    return render_page(
        request,
        "officers/entry_form.jinja",
        {
            "page_title": _("更正%(kind)s") % {"kind": _(kind.title)},
            "breadcrumbs": crumbs_of(officer),
            "form": form,
            "wide_fields": _wide(kind),
            "submit_label": _("更正"),
            "cancel_url": reverse("officer-entry", args=[pk]),
            "hint": _("原条目和原有证明材料保留；新的证明材料按需补充。"),
            **draft_context(request, "entry-correct", pk, draft),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def officer_entry_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an entry that should never have been recorded."""
    actor = actor_of(request)
    entry = entry_for(actor, pk)
    officer = entry.officer
    require(actor, EDIT, officer.place)
    face = faces_of([entry])[0]
    form = ReasonForm(_sent(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_entry(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已撤销%(summary)s") % {"summary": face.summary})
            return redirect(entries_url(officer))
    consequences = [_("条目不再计入，但仍可查阅；您的姓名、时间和理由一并保留")]
    if entry.corrects_id:
        consequences.append(_("它所更正的原条目恢复有效"))
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("撤销%(kind)s") % {"kind": _(face.kind.title)},
            "breadcrumbs": crumbs_of(officer),
            "question": _("撤销%(name)s的“%(summary)s”？") % {"name": officer.name, "summary": face.summary},
            "consequences": consequences,
            "form": form,
            "confirm_label": _("撤销"),
            "cancel_url": reverse("officer-entry", args=[pk]),
            "danger": True,
        },
        status=400 if form.errors else 200,
    )
