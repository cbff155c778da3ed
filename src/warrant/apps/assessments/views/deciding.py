"""Pages on which an assessment is opened, brought up to date, handed in, returned, confirmed or cancelled."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warrant.apps.assessments.forms import AssessmentForm, ReasonForm
from warrant.apps.assessments.selectors.rounds import assessment_for, title_of, units_for
from warrant.apps.assessments.services import (
    cancel_assessment,
    confirm_assessment,
    hand_in_assessment,
    open_assessment,
    refresh_sheets,
    return_assessment,
)
from warrant.apps.assessments.views.frames import crumbs
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.core.access import Permission, require
from warrant.core.errors import Conflict, InvalidInput
from warrant.core.qualification.assessment import SHEET_KINDS, SheetKind


@permission_for_view(Permission.OFFICER_EDIT)
@require_http_methods(["GET", "POST"])
def assessment_new(request: HttpRequest) -> HttpResponse:
    """Open an assessment of people, or of units (``?kind=agency``)."""
    actor = actor_of(request)
    kind = SheetKind.AGENCY.value if request.GET.get("kind") == SheetKind.AGENCY else SheetKind.PERSON.value
    this_year = clock.today().year
    form = AssessmentForm(
        request.POST or None, years=[this_year, this_year - 1], units=units_for(actor, kind)
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = open_assessment(
                actor, kind, form.cleaned_data["year"], form.cleaned_data["unit"], now=clock.now()
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已开始考核，请在 %(day)s 前上报") % {"day": made.due_on})
            return redirect("assessment-detail", pk=made.pk)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("开始%(kind)s") % {"kind": _(SHEET_KINDS[kind])},
            "form": form,
            "wide_fields": ["unit"],
            "submit_label": _("开始考核"),
            "cancel_url": reverse("assessment-list"),
            "breadcrumbs": crumbs(),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.OFFICER_EDIT)
@require_POST
def assessment_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring the list up to date."""
    assessment_for(actor_of(request), pk)
    count = refresh_sheets(actor_of(request), pk, now=clock.now())
    said = _("名单已更新，%(count)s 张考核表有变化") % {"count": count} if count else _("名单没有变化")
    messages.success(request, said)
    return redirect("assessment-detail", pk=pk)


def _decision(
    request: HttpRequest,
    pk: int,
    permission: Permission,
    *,
    act: Callable[[str], object],
    label: str,
    question: str,
    done: str,
    consequences: list[str],
    asks_reason: bool = False,
    danger: bool = False,
) -> HttpResponse:
    actor = actor_of(request)
    assessment = assessment_for(actor, pk)
    require(actor, permission, assessment.place)
    form: forms.Form = (ReasonForm if asks_reason else forms.Form)(
        request.POST if request.method == "POST" else None
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data.get("reason", ""))
        except InvalidInput as error:
            add_error(form, error)
        except Conflict as conflict:
            form.add_error(None, error_text(conflict))
            status = 409
        else:
            messages.success(request, done)
            return redirect("assessment-detail", pk=pk)
    if form.errors and status == 200:
        status = 400
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": label,
            "breadcrumbs": crumbs(assessment),
            "question": question % {"title": title_of(assessment)},
            "consequences": consequences,
            "form": form,
            "confirm_label": label,
            "cancel_url": reverse("assessment-detail", args=[pk]),
            "danger": danger,
        },
        status=status,
    )


@permission_for_view(Permission.OFFICER_EDIT)
@require_http_methods(["GET", "POST"])
def assessment_hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in what is scored."""
    return _decision(
        request,
        pk,
        Permission.OFFICER_EDIT,
        act=lambda _reason: hand_in_assessment(actor_of(request), pk, now=clock.now()),
        label=_("上报考核"),
        question=_("上报“%(title)s”？"),
        done=_("已上报，等待另一人确认"),
        consequences=[_("评分不能再改，除非被退回"), _("须由没有评分的另一人确认")],
    )


@permission_for_view(Permission.OFFICER_CONFIRM)
@require_http_methods(["GET", "POST"])
def assessment_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what was handed in, with a reason."""
    return _decision(
        request,
        pk,
        Permission.OFFICER_CONFIRM,
        act=lambda reason: return_assessment(actor_of(request), pk, reason, now=clock.now()),
        label=_("退回考核"),
        question=_("退回“%(title)s”？"),
        done=_("已退回"),
        consequences=[],
        asks_reason=True,
        danger=True,
    )


@permission_for_view(Permission.OFFICER_CONFIRM)
@require_http_methods(["GET", "POST"])
def assessment_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm what another person handed in."""
    return _decision(
        request,
        pk,
        Permission.OFFICER_CONFIRM,
        act=lambda _reason: confirm_assessment(actor_of(request), pk, now=clock.now()),
        label=_("确认考核"),
        question=_("确认“%(title)s”？"),
        done=_("已确认，考核结果已生效"),
        consequences=[
            _("个人的结果记入本人档案，作为资格条件和年审的依据"),
            _("此后只能申请更正，由另一人决定"),
        ],
    )


@permission_for_view(Permission.OFFICER_EDIT)
@require_http_methods(["GET", "POST"])
def assessment_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel an assessment that was not handed in."""
    return _decision(
        request,
        pk,
        Permission.OFFICER_EDIT,
        act=lambda reason: cancel_assessment(actor_of(request), pk, reason, now=clock.now()),
        label=_("取消考核"),
        question=_("取消“%(title)s”？"),
        done=_("已取消考核"),
        consequences=[_("已填的评分不再生效；可以重新开始这一年度的考核")],
        asks_reason=True,
        danger=True,
    )
