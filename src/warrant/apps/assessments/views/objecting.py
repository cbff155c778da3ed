"""Pages on which an officer sees the own outcome and objects to it, and on which others reconsider it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.assessments.forms import ObjectionForm, ReasonForm
from warrant.apps.assessments.models import Objection, Sheet
from warrant.apps.assessments.selectors.objections import (
    had_part,
    may_object,
    objection_face,
    objection_for,
    own_sheet,
)
from warrant.apps.assessments.selectors.rounds import form_of
from warrant.apps.assessments.services import (
    SheetsRefusedError,
    correct_on_objection,
    raise_objection,
    uphold_outcome,
)
from warrant.apps.assessments.views.frames import crumbs, sheet_at
from warrant.apps.assessments.views.scoring import sheet_frame, sheet_page, typed_in
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.officers.selectors.register import is_own
from warrant.core.access import Actor, Permission, is_permitted, require
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle import ObjectionState
from warrant.core.qualification.assessment import BAND_NAMES


@permission_for_view(Permission.OWN_RECORD)
@require_GET
def own_assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the viewer's own confirmed sheet."""
    return sheet_page(request, own_sheet(actor_of(request), pk), is_mine=True)


@permission_for_view(Permission.OWN_RECORD)
@require_http_methods(["GET", "POST"])
def own_assessment_object(request: HttpRequest, pk: int) -> HttpResponse:
    """Object to the own outcome."""
    actor = actor_of(request)
    sheet = own_sheet(actor, pk)
    is_sent = request.method == "POST"
    if not is_sent and not may_object(sheet, clock.today()):
        raise Conflict("objection-late", N_("申请复核的期限已过，或者已经申请过；请直接联系考核单位"))
    form = ObjectionForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        file: Any = form.cleaned_data["proof"]
        try:
            raise_objection(
                actor,
                pk,
                form.cleaned_data["reason"],
                (file.read(), file.name) if file else None,
                now=clock.now(),
            )
        except InvalidInput as error:
            error.place = error.place or "proof"
            add_error(form, error)
        else:
            messages.success(request, _("已申请复核，由没有参加评分和确认的人员办理；在此之前原结果有效"))
            return redirect("own-assessment", pk=pk)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("申请复核：%(year)s 年度考核") % {"year": sheet.assessment.year},
            "breadcrumbs": [
                {"label": _("我的档案"), "url": f"{reverse('own-record')}?part=additional"},
                {
                    "label": _("%(name)s %(year)s 年度考核")
                    % {"name": sheet.name, "year": sheet.assessment.year},
                    "url": reverse("own-assessment", args=[pk]),
                },
            ],
            "form": form,
            "wide_fields": ["reason", "proof"],
            "submit_label": _("申请复核"),
            "cancel_url": reverse("own-assessment", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


def _may_decide(actor: Actor, objection: Objection, sheet: Sheet) -> bool:
    return (
        objection.state == ObjectionState.RAISED
        and objection.raised_by_id != actor.account_id
        and not had_part(actor, sheet)
        and not (sheet.officer is not None and is_own(actor, sheet.officer))
        and is_permitted(actor, Permission.OFFICER_CONFIRM, objection.place)
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def assessment_objection(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one objection, with what the viewer may decide."""
    actor = actor_of(request)
    objection = objection_for(actor, pk)
    sheet = sheet_at(actor, objection.sheet_id)
    return render_page(
        request,
        "assessments/objection.jinja",
        {
            "page_title": _("%(name)s的考核复核") % {"name": sheet.name},
            "breadcrumbs": crumbs(sheet.assessment, sheet),
            "state": objection_face(objection),
            "objection": objection,
            "sheet": sheet,
            "band": _(BAND_NAMES[sheet.band]),
            "correction": objection.corrections.order_by("-pk").first(),
            "is_open": objection.state == ObjectionState.RAISED,
            "may_decide": _may_decide(actor, objection, sheet),
        },
    )


@permission_for_view(Permission.OFFICER_CONFIRM)
@require_http_methods(["GET", "POST"])
def assessment_objection_uphold(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the outcome stand, with an answer to the officer."""
    actor = actor_of(request)
    objection = objection_for(actor, pk)
    require(actor, Permission.OFFICER_CONFIRM, objection.place)
    sheet = sheet_at(actor, objection.sheet_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            uphold_outcome(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as conflict:
            form.add_error(None, error_text(conflict))
            status = 409
        else:
            messages.success(request, _("已答复，维持原结果；本人登录后即可看到"))
            return redirect("assessment-objection", pk=pk)
    if form.errors and status == 200:
        status = 400
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("维持结果"),
            "breadcrumbs": crumbs(sheet.assessment, sheet),
            "question": _("复核后维持%(name)s的考核结果“%(band)s”？")
            % {"name": sheet.name, "band": _(BAND_NAMES[sheet.band])},
            "consequences": [_("理由将答复本人"), _("本人不能再就这项结果申请复核")],
            "form": form,
            "confirm_label": _("维持结果"),
            "cancel_url": reverse("assessment-objection", args=[pk]),
        },
        status=status,
    )


@permission_for_view(Permission.OFFICER_CONFIRM)
@require_http_methods(["GET", "POST"])
def assessment_objection_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that the outcome be put right; another person decides on the correction."""
    actor = actor_of(request)
    objection = objection_for(actor, pk)
    require(actor, Permission.OFFICER_CONFIRM, objection.place)
    sheet = sheet_at(actor, objection.sheet_id)
    form = form_of(sheet.assessment)
    typed = typed_in(request, form, sheet)
    reason = request.POST.get("reason", "")
    problems: dict[str, str] = {}
    summary = ""
    status = 200
    if request.method == "POST":
        status = 400
        try:
            correct_on_objection(actor, pk, typed, reason, now=clock.now())
        except SheetsRefusedError as error:
            problems = {name: error_text(one) for (_key, name), one in error.problems.items()}
            summary = error_text(error)
        except InvalidInput as error:
            problems = {error.place: error_text(error)}
            summary = error_text(error)
        except Conflict as conflict:
            summary, status = error_text(conflict), 409
        else:
            messages.success(request, _("已提出更正，须由另一人确认；在此之前原结果有效"))
            return redirect("assessment-objection", pk=pk)
    return render_page(
        request,
        "assessments/sheet_form.jinja",
        {
            **sheet_frame(form, sheet, typed, problems),
            "page_title": _("复核更正：%(name)s") % {"name": sheet.name},
            "breadcrumbs": crumbs(sheet.assessment, sheet),
            "summary": summary,
            "hint": _("申请复核的理由：%(text)s") % {"text": objection.reason},
            "reasons": [],
            "submit_label": _("提出更正"),
            "asks_reason": True,
            "reason": reason,
            "reason_label": _("更正的理由（将答复本人）"),
            "cancel_url": reverse("assessment-objection", args=[pk]),
        },
        status=status,
    )
