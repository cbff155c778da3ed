"""Pages of classes: the list, planning, one class, its lessons, and its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.training.forms.classes import ClassForm, HandInForm, ReasonForm, SessionForm
from warrant.apps.training.models import TrainingClass
from warrant.apps.training.selectors.classes import (
    OPEN,
    class_for,
    class_title,
    classes_for,
    earned_in,
    enrolments_of,
    lateness,
    organisers_for,
    rules_of,
    sessions_of,
    state_of,
    subject_name,
    usable_programmes,
)
from warrant.apps.training.services.closing import confirm_class, hand_in_class, return_class
from warrant.apps.training.services.planning import add_session, cancel_class, plan_class, remove_session
from warrant.apps.training.views.frames import crumbs
from warrant.core.access import Permission, is_permitted, require
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import ClassState
from warrant.core.qualification.training import PROGRAMME_KINDS

PEOPLE_A_PAGE = 60


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def class_list(request: HttpRequest) -> HttpResponse:
    """List the classes in the viewer's scope, newest first."""
    page = keyset_page(classes_for(actor_of(request)), "-starts_on", request.GET.get("after", ""))
    url, today = reverse("class-list"), clock.today()
    return render_page(
        request,
        "training/classes.jinja",
        {
            "page_title": _("培训班"),
            "list_url": url,
            "table_name": "classes",
            "may_plan": actor_of(request).has_anywhere(Permission.TRAINING_RECORD),
            "may_supervise": actor_of(request).has_anywhere(Permission.STATISTICS_VIEW),
            "columns": [
                {"key": "title", "label": _("培训班")},
                {"key": "kind", "label": _("类别")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "starts_on", "label": _("开始日期"), "kind": "date"},
                {"key": "ends_on", "label": _("结束日期"), "kind": "date"},
                {"key": "people", "label": _("学员"), "kind": "number"},
                {"key": "hours", "label": _("大纲学时"), "kind": "number"},
                {"key": "organiser", "label": _("主办单位"), "kind": "clip"},
                {"key": "due_on", "label": _("报送期限"), "kind": "date"},
                {"key": "late", "label": _("逾期"), "kind": "state"},
            ],
            "rows": [
                {
                    "url": reverse("class-detail", args=[row.pk]),
                    "title": class_title(row),
                    "kind": _(PROGRAMME_KINDS[row.programme.kind]),
                    "state": state_of(row, today),
                    "starts_on": row.starts_on,
                    "ends_on": row.ends_on,
                    "people": getattr(row, "people", 0),
                    "hours": row.planned_hours,
                    "organiser": row.organiser.name,
                    "due_on": row.hand_in_due_on,
                    "late": lateness(row, today),
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 个") % {"count": page.count_text},
            "next_url": f"{url}?after={page.next_key}" if page.next_key else "",
            "previous_url": f"{url}?after={page.previous_key}" if page.previous_key else "",
            "empty_title": _("还没有培训班"),
            "empty_step": _("登记员或培训考试管理员可以按大纲开班"),
        },
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def class_new(request: HttpRequest) -> HttpResponse:
    """Plan a class."""
    actor = actor_of(request)
    programmes = [(row.pk, f"{row.name}（{row.organiser.name}）") for row in usable_programmes(actor)[:500]]
    if not programmes:
        messages.warning(request, _("还没有可用的培训大纲，请先制定大纲"))
        return redirect("programme-new")
    form = ClassForm(
        request.POST if request.method == "POST" else None,
        programmes=programmes,
        organisers=organisers_for(actor),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = plan_class(actor, form.plan(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request,
                _("已开班，请安排课程和学员；结束后在 %(day)s 前报送") % {"day": made.hand_in_due_on},
            )
            return redirect("class-detail", pk=made.pk)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("开班"),
            "form": form,
            "wide_fields": ["venue"],
            "submit_label": _("开班"),
            "cancel_url": reverse("class-list"),
            "breadcrumbs": crumbs(),
        },
        status=400 if form.errors else 200,
    )


def _first(request: HttpRequest, count: int) -> int:
    """Return the place of the first person on the page, from the address."""
    text = request.GET.get("from", "")
    first = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return first if first < count else 0


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def class_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one class: its lessons, its people with what they earned, and what the viewer may do."""
    actor, today = actor_of(request), clock.today()
    found = class_for(actor, pk)
    rules, sessions = rules_of(found), sessions_of(found)
    people = earned_in(found, sessions, enrolments_of(found))
    first = _first(request, len(people))
    url = reverse("class-detail", args=[pk])
    may_record = is_permitted(actor, Permission.TRAINING_RECORD, found.place) and found.state in OPEN
    may_decide = (
        found.state == ClassState.HANDED_IN
        and found.handed_in_by_id != actor.account_id
        and is_permitted(actor, Permission.TRAINING_CONFIRM, found.place)
    )
    unmarked = sum(one.unmarked for one in people)
    held = sum(session.hours for session in sessions)
    return render_page(
        request,
        "training/class.jinja",
        {
            "page_title": class_title(found),
            "state": state_of(found, today),
            "late": lateness(found, today),
            "breadcrumbs": crumbs(),
            "training_class": found,
            "kind": _(PROGRAMME_KINDS[found.programme.kind]),
            "sessions": [(session, subject_name(rules, session.subject)) for session in sessions],
            "held_hours": held,
            "people": people[first : first + PEOPLE_A_PAGE],
            "people_count": len(people),
            "next_url": f"{url}?from={first + PEOPLE_A_PAGE}" if first + PEOPLE_A_PAGE < len(people) else "",
            "previous_url": f"{url}?from={max(first - PEOPLE_A_PAGE, 0)}" if first else "",
            "total_hours": sum(one.hours for one in people),
            "unmarked": unmarked,
            "is_over": found.ends_on <= today,
            "may_record": may_record,
            "may_mark": may_record and people and any(session.held_on <= today for session in sessions),
            "may_hand_in": may_record and found.ends_on <= today and people and sessions and not unmarked,
            "may_decide": may_decide,
            "waits_for_other": found.state == ClassState.HANDED_IN and not may_decide,
        },
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def session_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a lesson into a class."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, found.place)
    rules = rules_of(found)
    subjects = [
        (one.subject, subject_name(rules, one.subject)) for one in found.programme.subjects.order_by("pk")
    ]
    sessions = sessions_of(found)
    offered = {"held_on": sessions[-1].held_on if sessions else found.starts_on}
    form = SessionForm(request.POST if request.method == "POST" else None, subjects=subjects, initial=offered)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_session(actor, pk, form.plan(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request,
                _("已安排 %(day)s 的课，%(hours)s 学时") % {"day": made.held_on, "hours": made.hours},
            )
            return redirect("class-detail" if request.POST.get("then") != "next" else "session-new", pk=pk)
    return render_page(
        request,
        "training/session.jinja",
        {
            "page_title": _("安排课程"),
            "form": form,
            "wide_fields": ["venue"],
            "submit_label": _("安排"),
            "cancel_url": reverse("class-detail", args=[pk]),
            "breadcrumbs": crumbs(found),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def session_remove(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """Take a lesson out of a class."""
    class_for(actor_of(request), pk)
    gone = remove_session(actor_of(request), pk, session, now=clock.now())
    messages.success(request, _("已删除 %(day)s 的课") % {"day": gone.held_on})
    return redirect("class-detail", pk=pk)


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def class_hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a class in to the province, with the signed attendance."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, found.place)
    form = HandInForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = hand_in_class(actor, pk, form.uploaded(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已报送%(title)s，等待省级确认") % {"title": class_title(found)})
            return redirect("class-detail", pk=pk)
    people = earned_in(found, sessions_of(found), enrolments_of(found))
    return _confirm_page(
        request,
        found,
        form,
        {
            "page_title": _("报送培训班"),
            "question": _("报送%(title)s：学员 %(people)s 人，共 %(hours)s 学时。")
            % {
                "title": class_title(found),
                "people": len(people),
                "hours": sum(one.hours for one in people),
            },
            "consequences": [
                _("课程、学员和考勤不能再改，除非省级退回"),
                _("省级确认后，学时记入每人的培训记录"),
            ],
            "confirm_label": _("报送"),
        },
    )


def _confirm_page(
    request: HttpRequest, training_class: TrainingClass, form: Any, context: dict[str, Any]
) -> HttpResponse:
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "breadcrumbs": crumbs(training_class),
            "form": form,
            "cancel_url": reverse("class-detail", args=[training_class.pk]),
            **context,
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.TRAINING_CONFIRM)
@require_POST
def class_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a class that was handed in."""
    class_for(actor_of(request), pk)
    found = confirm_class(actor_of(request), pk, now=clock.now())
    messages.success(request, _("已确认%(title)s，学时已记入培训记录") % {"title": class_title(found)})
    return redirect("class-detail", pk=pk)


@permission_for_view(Permission.TRAINING_CONFIRM)
@require_http_methods(["GET", "POST"])
def class_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a class back with a reason."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    require(actor, Permission.TRAINING_CONFIRM, found.place)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return_class(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已退回%(unit)s") % {"unit": found.organiser.name})
            return redirect("class-detail", pk=pk)
    return _confirm_page(
        request,
        found,
        form,
        {
            "page_title": _("退回培训班"),
            "question": _("退回%(title)s？") % {"title": class_title(found)},
            "consequences": [_("主办单位可以改正后再次报送")],
            "confirm_label": _("退回"),
        },
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def class_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a class, with a reason."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, found.place)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_class(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已取消培训班"))
            return redirect("class-detail", pk=pk)
    return _confirm_page(
        request,
        found,
        form,
        {
            "page_title": _("取消培训班"),
            "question": _("取消%(title)s？") % {"title": class_title(found)},
            "confirm_label": _("取消培训班"),
            "danger": True,
        },
    )
