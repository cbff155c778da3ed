"""Pages on which credited hours of a confirmed class are put right by two people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.training.forms.classes import AnswerForm, HoursCorrectionForm
from warrant.apps.training.models import TrainingClass
from warrant.apps.training.selectors.classes import (
    class_for,
    class_title,
    rules_of,
    sessions_of,
    subject_name,
)
from warrant.apps.training.selectors.correcting import (
    Counted,
    can_decide,
    correction_for,
    correction_state,
    counted_hours,
    lines_of,
)
from warrant.apps.training.services.correcting import (
    MOST_CORRECTED,
    ask_hours_correction,
    decide_hours_correction,
    withdraw_hours_correction,
)
from warrant.apps.training.types import HoursChange
from warrant.apps.training.views.frames import crumbs
from warrant.core.access import Permission, is_permitted, require
from warrant.core.errors import N_, Conflict, InvalidInput, WarrantError
from warrant.core.lifecycle import ClassState, HoursCorrectionState


def _chosen(request: HttpRequest, counted: Sequence[Counted]) -> list[Counted]:
    """Return the people that the address names; all of a class that is small enough where it names nobody."""
    wanted = set(request.GET.getlist("person"))
    people = [one for one in counted if str(one.enrolment.pk) in wanted] if wanted else list(counted)
    if not people or len(people) > MOST_CORRECTED:
        raise InvalidInput(
            "too-many-at-once",
            N_("请在培训班页面勾选要更正的学员，一次 1 至 %(most)s 人"),
            most=MOST_CORRECTED,
        )
    return people


def _typed_hours(text: str) -> int:
    plain = text.strip() or "0"
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 5 else -1


def _changes(typed: Mapping[str, str], people: Sequence[Counted]) -> list[HoursChange]:
    """Return what was typed; nobody whose cells were not sent, or are empty where the subjects are not known."""
    found = []
    for one in people:
        cells = {code: f"h-{one.enrolment.pk}-{code}" for code in one.subjects}
        sent = {code: typed[name] for code, name in cells.items() if name in typed}
        if not sent or (one.hours and not one.by_subject and not any(text.strip() for text in sent.values())):
            continue
        found.append(HoursChange(one.enrolment.pk, {code: _typed_hours(text) for code, text in sent.items()}))
    return found


def _rows(
    people: Sequence[Counted], subjects: Sequence[str], typed: Mapping[str, str], wrong: str
) -> list[dict[str, Any]]:
    """Return the people with their cells: what stands on the record, or what was typed; ``wrong`` names a cell."""
    rows = []
    for one in people:
        cells = []
        for code in subjects:
            name = f"h-{one.enrolment.pk}-{code}"
            is_blank = bool(one.hours) and not one.by_subject
            value = typed.get(name, "" if is_blank else str(one.by_subject.get(code, 0)))
            cells.append(
                {
                    "name": name,
                    "subject": code,
                    "value": value.replace("\x00", ""),
                    "wrong": name == wrong,
                }
            )
        rows.append({"enrolment": one.enrolment, "hours": one.hours, "cells": cells})
    return rows


def _named(training_class: TrainingClass, codes: Sequence[str]) -> list[tuple[str, str, int]]:
    """Return subjects with their names and how many hours of each were held."""
    rules = rules_of(training_class)
    held = dict.fromkeys(codes, 0)
    for session in sessions_of(training_class):
        held[session.subject] = held.get(session.subject, 0) + session.hours
    return [(code, subject_name(rules, code), held[code]) for code in codes]


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def class_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that the hours of one person or of several be put right; another person of the province decides."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, found.place)
    if found.state != ClassState.CONFIRMED:
        raise Conflict("class-not-confirmed", N_("只有已确认的培训班才能更正学时"))
    if found.corrections.filter(state=HoursCorrectionState.ASKED.value).exists():
        raise Conflict("correction-asked", N_("这个培训班已有一项学时更正等待决定，请先等待决定或撤回"))
    people = _chosen(request, counted_hours(found))
    is_sent = request.method == "POST"
    form = HoursCorrectionForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    wrong: WarrantError | None = None
    if is_sent and form.is_valid():
        try:
            made = ask_hours_correction(
                actor,
                pk,
                _changes(request.POST, people),
                form.uploaded(),
                form.cleaned_data["reason"],
                now=clock.now(),
            )
        except InvalidInput as error:
            if error.place in form.fields:
                add_error(form, error)
            else:
                wrong = error
        else:
            messages.success(request, _("已申请更正学时，由省级另一人决定；在此之前原学时有效"))
            return redirect("hours-correction", pk=made.pk)
    codes = list(dict.fromkeys(code for one in people for code in one.subjects))
    place = wrong.place if isinstance(wrong, InvalidInput) else ""
    return render_page(
        request,
        "training/correct.jinja",
        {
            "page_title": _("申请更正学时：%(title)s") % {"title": class_title(found)},
            "breadcrumbs": crumbs(found),
            "form": form,
            "wide_fields": ["reason", "proof"],
            "subjects": _named(found, codes),
            "rows": _rows(people, codes, request.POST if is_sent else {}, place),
            "problem": error_text(wrong) if wrong else "",
            "submit_label": _("申请更正"),
            "cancel_url": reverse("class-detail", args=[pk]),
        },
        status=400 if form.errors or wrong else 200,
    )


def _correction_page(request: HttpRequest, pk: int, answer: str = "", problem: str = "") -> HttpResponse:
    actor = actor_of(request)
    row = correction_for(actor, pk)
    found = class_for(actor, row.training_class_id)
    row.training_class = found
    lines = lines_of(row)
    codes = list(dict.fromkeys(code for line in lines for code in (*line.before, *line.after)))
    return render_page(
        request,
        "training/correction.jinja",
        {
            "page_title": _("学时更正：%(title)s") % {"title": class_title(found)},
            "breadcrumbs": crumbs(found),
            "state": correction_state(row),
            "row": row,
            "training_class": found,
            "subjects": _named(found, codes),
            "lines": lines,
            "is_open": row.state == HoursCorrectionState.ASKED,
            "may_decide": can_decide(actor, row),
            "may_withdraw": row.state == HoursCorrectionState.ASKED
            and not can_decide(actor, row)
            and is_permitted(actor, Permission.TRAINING_RECORD, row.place),
            "answer": answer,
            "problem": problem,
        },
        status=400 if problem else 200,
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def hours_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one correction: before and after, reason and proof, and what the viewer may do."""
    return _correction_page(request, pk)


@permission_for_view(Permission.TRAINING_CONFIRM)
@require_POST
def hours_correction_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to the correction (``then=confirm``) or refuse it."""
    correction_for(actor_of(request), pk)
    action, form = request.POST.get("then", ""), AnswerForm(request.POST)
    answer = request.POST.get("answer", "").replace("\x00", "")
    try:
        if action not in ("confirm", "refuse"):
            raise InvalidInput("unknown-decision", N_("请选择“同意更正”或“不同意”"))
        if not form.is_valid():
            raise InvalidInput("answer-unusable", N_("理由最多 200 个字，且不能有控制字符"), place="answer")
        decide_hours_correction(actor_of(request), pk, action, form.cleaned_data["answer"], now=clock.now())
    except InvalidInput as error:
        return _correction_page(request, pk, answer, error_text(error))
    done = (
        _("已更正学时，已记入各人的培训记录；原学时仍可查阅")
        if action == "confirm"
        else _("不同意更正，原学时有效")
    )
    messages.success(request, done)
    return redirect("hours-correction", pk=pk)


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def hours_correction_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a correction that waits."""
    correction_for(actor_of(request), pk)
    row = withdraw_hours_correction(actor_of(request), pk, now=clock.now())
    messages.success(request, _("已撤回学时更正，原学时有效"))
    return redirect("class-detail", pk=row.training_class_id)
