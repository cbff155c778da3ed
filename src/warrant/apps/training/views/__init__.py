"""Pages on which training is recorded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.listing import choice_from, rows_of_choice
from warrant.apps.officers.views.correcting import correction_page, record_to_correct
from warrant.apps.officers.views.recording import record_page
from warrant.apps.training.forms import AssignmentForm, TrainingForm
from warrant.apps.training.models import TrainingRecord
from warrant.apps.training.services import (
    MOST_ASSIGNED,
    Assigned,
    assign_training,
    correct_training,
    record_training,
    refuse_class_course,
    withdraw_assignment,
)
from warrant.apps.training.types import Proof
from warrant.core.access import Permission, require
from warrant.core.errors import InvalidInput


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def new_training(request: HttpRequest, pk: int) -> HttpResponse:
    """Record one finished course."""

    def save(officer: Officer, form: TrainingForm) -> str:
        row = record_training(
            actor_of(request), officer.pk, form.entry(), form.uploaded_proof(), now=clock.now()
        )
        return _("已登记%(name)s的培训“%(course)s”，%(hours)s 学时") % {
            "name": officer.name,
            "course": row.course,
            "hours": row.hours,
        }

    return record_page(
        request,
        pk,
        Permission.TRAINING_RECORD,
        make_form=TrainingForm,
        save=save,
        title=_("登记培训"),
        submit=_("登记"),
        part="qualification#training",
        wide_fields=("course", "organiser"),
    )


def _proof(proof: tuple[bytes, str] | None) -> Proof | None:
    return Proof(*proof) if proof else None


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def training_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a corrected course in the place of one that is wrong."""
    row = record_to_correct(TrainingRecord, pk)
    require(actor_of(request), Permission.TRAINING_RECORD, row.officer.place)
    refuse_class_course(row)

    def save(form: Any, proof: tuple[bytes, str] | None, reason: str) -> object:
        return correct_training(actor_of(request), pk, form.entry(), _proof(proof), reason, now=clock.now())

    return correction_page(
        request,
        row,
        row.officer_id,
        Permission.TRAINING_RECORD,
        make_form=TrainingForm,
        fields=("course", "organiser", "started_on", "finished_on", "hours"),
        save=save,
        title=_("更正培训"),
        part="qualification#training",
        wide_fields=("course", "organiser"),
    )


def _assigned_rows(assigned: list[Assigned]) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("officer-detail", args=[one.officer.pk]),
            "name": one.officer.name,
            "agency": one.officer.agency.name,
            "result": {"word": _("未指派"), "tone": "attention"}
            if one.problem
            else {"word": _("已指派"), "tone": "valid"},
            "says": error_text(one.problem) if one.problem else "",
        }
        for one in assigned
    ]


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Have the officers chosen in the list take a course: asks which and until when, then says what became of each."""
    actor = actor_of(request)
    choice = choice_from(request.POST)
    found = rows_of_choice(actor, choice).select_related("agency").order_by("sort_key", "pk")
    officers = list(found[: MOST_ASSIGNED + 1])
    form = AssignmentForm(request.POST if request.POST.get("confirmed") else None)
    context: dict[str, Any] = {
        "page_title": _("指派培训"),
        "breadcrumbs": [{"label": _("执法人员"), "url": reverse("officer-list")}],
        "officers": officers,
        "most": MOST_ASSIGNED,
        "form": form,
        "assigned": [],
    }
    if form.is_bound and form.is_valid():
        try:
            assigned = assign_training(actor, officers, **form.cleaned_data, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            context["assigned"] = _assigned_rows(assigned)
            context["made"] = sum(1 for one in assigned if one.problem is None)
    return render_page(request, "training/assign.jinja", context, status=400 if form.errors else 200)


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def assignment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an assignment."""
    row = withdraw_assignment(actor_of(request), pk, now=clock.now())
    messages.success(request, _("已撤回培训“%(course)s”") % {"course": row.course})
    return redirect(f"{reverse('officer-detail', args=[row.officer_id])}?part=qualification#training")
