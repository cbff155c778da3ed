"""Leaving, coming back, and who is due to retire."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.following import leaving_forecast, obstacles_of
from warrant.apps.officers.selectors.moving import LEAVING_NAMES
from warrant.apps.officers.selectors.planned import planned_days, planned_leaving_for, planned_leavings
from warrant.apps.officers.selectors.register import age_on, code_name, officer_for
from warrant.apps.officers.selectors.retiring import officers_retiring
from warrant.apps.officers.services import leaving as services
from warrant.apps.officers.views.move_forms import CancelForm, LeavingForm, ReturnForm
from warrant.apps.officers.views.transfers import outcome_of
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import LeavingKind
from warrant.core.standards import codes
from warrant.core.standards.retirement import statutory_on

EDIT = Permission.OFFICER_EDIT


def _officer(actor: Actor, pk: int) -> Officer:
    officer = officer_for(actor, pk)
    require(actor, EDIT, officer.place)
    return officer


def _crumbs(officer: Officer) -> list[dict[str, str]]:
    return [
        {"label": _("执法人员"), "url": reverse("officer-list")},
        {"label": officer.name, "url": reverse("officer-detail", args=[officer.pk])},
    ]


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def officer_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that somebody has left; what becomes of certificate and cases is said before."""
    actor = actor_of(request)
    officer = _officer(actor, pk)
    is_sent = request.method == "POST"
    form = LeavingForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"left_on": clock.today()},
    )
    if is_sent and form.is_valid():
        wish = services.LeavingWish(
            kind=LeavingKind(form.cleaned_data["kind"]),
            left_on=form.cleaned_data["left_on"],
            reason=form.cleaned_data["reason"],
            document_number=form.cleaned_data["document_number"],
            is_for_cause=form.cleaned_data["is_for_cause"],
        )
        file: Any = form.cleaned_data["proof"]
        proof = (file.read(), file.name) if file else None
        try:
            services.record_leaving(actor, pk, wish, proof, on=clock.today(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            text = _("已登记%(name)s离职（%(kind)s，%(day)s）")
            if wish.left_on > clock.today():
                text = _("已登记：%(name)s自 %(day)s 起离职（%(kind)s），到日自动生效；此前可以取消")
            told = {
                "name": officer.name,
                "kind": _(LEAVING_NAMES[wish.kind]),
                "day": wish.left_on.isoformat(),
            }
            messages.success(request, text % told)
            return redirect("officer-detail", pk=pk)
    usual = outcome_of(leaving_forecast(officer, LeavingKind.RETIREMENT, is_for_cause=False))
    return render_page(
        request,
        "officers/leaving_form.jinja",
        {
            "page_title": _("离职登记：%(name)s") % {"name": officer.name},
            "breadcrumbs": _crumbs(officer),
            "form": form,
            "wide_fields": ("reason", "is_for_cause"),
            "outcome": usual,
            "obstacles": [o for o in obstacles_of(officer) if o.bars_moving],
            "submit_label": _("登记离职"),
            "cancel_url": reverse("officer-detail", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def leaving_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a leaving whose day has not come."""
    actor = actor_of(request)
    plan = planned_leaving_for(actor, pk)
    officer = plan.officer
    require(actor, EDIT, officer.place)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_planned_leaving(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已取消%(name)s的离职计划，记录不变") % {"name": officer.name})
            return redirect("officer-detail", pk=officer.pk)
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("取消离职计划：%(name)s") % {"name": officer.name},
            "breadcrumbs": _crumbs(officer),
            "question": _("取消%(name)s自 %(day)s 起离职（%(kind)s）的计划？")
            % {
                "name": officer.name,
                "day": plan.left_on.isoformat(),
                "kind": _(LEAVING_NAMES[LeavingKind(plan.kind)]),
            },
            "consequences": [_("人员继续在职，证件和账号不变"), _("计划和取消的理由写入审计记录")],
            "form": form,
            "confirm_label": _("取消计划"),
            "cancel_label": _("返回"),
            "cancel_url": reverse("officer-detail", args=[officer.pk]),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(EDIT)
@require_safe
def planned_leaving_list(request: HttpRequest) -> HttpResponse:
    """Who will leave on a day that has been entered already."""
    actor = actor_of(request)
    page = keyset_page(planned_leavings(actor), "left_on", request.GET.get("after", ""))
    url = reverse("planned-leavings")

    def page_url(key: str) -> str:
        return f"{url}?after={key}" if key else ""

    return render_page(
        request,
        "officers/retiring.jinja",
        {
            "page_title": _("已登记的离职计划"),
            "breadcrumbs": [{"label": _("执法人员"), "url": reverse("officer-list")}],
            "is_planned": True,
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "unit", "label": _("单位"), "kind": "clip"},
                {"key": "left_on", "label": _("离职日期"), "kind": "date"},
                {"key": "kind", "label": _("离职原因")},
                {"key": "person", "label": _("登记人")},
                {"key": "trouble", "label": _("未能生效的原因"), "kind": "clip"},
                {"key": "act", "label": _("办理"), "kind": "link"},
            ],
            "rows": [
                {
                    "url": reverse("officer-detail", args=[row.officer_id]),
                    "name": row.officer.name,
                    "unit": row.officer.agency.name,
                    "left_on": row.left_on,
                    "kind": _(LEAVING_NAMES[LeavingKind(row.kind)]),
                    "person": row.planned_by.display_name,
                    "trouble": row.trouble,
                    "act": {"label": _("取消计划"), "url": reverse("leaving-cancel", args=[row.pk])},
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 人") % {"count": page.count_text},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
        },
    )


@permission_for_view(EDIT)
@require_http_methods(["GET", "POST"])
def officer_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that somebody who left is in post again."""
    actor = actor_of(request)
    officer = _officer(actor, pk)
    form = ReturnForm(request.POST if request.method == "POST" else None, initial={"back_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            services.record_return(
                actor,
                pk,
                cleaned["back_on"],
                cleaned["reason"],
                cleaned["document_number"],
                on=clock.today(),
                now=clock.now(),
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已恢复%(name)s在职") % {"name": officer.name})
            return redirect("officer-detail", pk=pk)
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("恢复在职：%(name)s") % {"name": officer.name},
            "breadcrumbs": _crumbs(officer),
            "question": _("登记%(name)s在“%(unit)s”恢复在职？")
            % {"name": officer.name, "unit": officer.agency.name},
            "consequences": [
                _("已注销的证件不恢复，须重新申领"),
                _("本人账号重新启用"),
            ],
            "form": form,
            "confirm_label": _("恢复在职"),
            "cancel_url": reverse("officer-detail", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(EDIT)
@require_safe
def officer_retiring(request: HttpRequest) -> HttpResponse:
    """Who has reached the statutory age of retirement, or reaches it within 90 days."""
    actor = actor_of(request)
    today = clock.today()
    rows = officers_retiring(actor, today).select_related("agency").defer("id_number_sealed")
    page = keyset_page(rows, "birth_on", request.GET.get("after", ""))
    plans = planned_days([row.pk for row in page.rows])
    url = reverse("officer-retiring")

    def page_url(key: str) -> str:
        return f"{url}?after={key}" if key else ""

    return render_page(
        request,
        "officers/retiring.jinja",
        {
            "page_title": _("到龄人员"),
            "is_planned": False,
            "breadcrumbs": [{"label": _("执法人员"), "url": reverse("officer-list")}],
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "unit", "label": _("单位"), "kind": "clip"},
                {"key": "sex", "label": _("性别")},
                {"key": "birth_on", "label": _("出生日期"), "kind": "date"},
                {"key": "age", "label": _("年龄"), "kind": "number"},
                {"key": "statutory_on", "label": _("法定退休日期"), "kind": "date"},
                {"key": "planned_on", "label": _("计划离职"), "kind": "date"},
                {"key": "act", "label": _("办理"), "kind": "link"},
            ],
            "rows": [
                {
                    "url": reverse("officer-detail", args=[row.pk]),
                    "name": row.name,
                    "unit": row.agency.name,
                    "sex": code_name(codes.SEX, row.sex),
                    "birth_on": row.birth_on,
                    "age": age_on(row.birth_on, today),
                    "statutory_on": statutory_on(row.birth_on, row.sex),
                    "planned_on": plans[row.pk].left_on if row.pk in plans else None,
                    "act": {
                        "label": _("取消计划"),
                        "url": reverse("leaving-cancel", args=[plans[row.pk].pk]),
                    }
                    if row.pk in plans
                    else {"label": _("离职登记"), "url": reverse("officer-leave", args=[row.pk])},
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 人") % {"count": page.count_text},
            "next_url": page_url(page.next_key),
            "previous_url": page_url(page.previous_key),
        },
    )
