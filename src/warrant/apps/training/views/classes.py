"""Pages of classes: the list, planning, and one class."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.training.forms.classes import ClassForm
from warrant.apps.training.selectors.classes import (
    OPEN,
    class_for,
    class_title,
    classes_for,
    earned_in,
    enrolling,
    enrolments_of,
    enrols_from_below,
    has_begun,
    is_open_below,
    lateness,
    open_classes,
    organisers_for,
    rules_of,
    sees_all,
    sessions_of,
    state_of,
    subject_name,
    usable_programmes,
)
from warrant.apps.training.selectors.correcting import (
    can_ask,
    corrected_lines,
    correction_state,
    corrections_of,
)
from warrant.apps.training.services.planning import (
    plan_class,
)
from warrant.apps.training.views.frames import crumbs
from warrant.core.access import Permission, is_permitted
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import ClassState, HoursCorrectionState
from warrant.core.qualification.training import PROGRAMME_KINDS

PEOPLE_A_PAGE = 60


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def class_list(request: HttpRequest) -> HttpResponse:
    """List the classes in the viewer's scope, newest first."""
    actor, url, today = actor_of(request), reverse("class-list"), clock.today()
    only_open = request.GET.get("open") == "1"
    rows = open_classes(actor, today) if only_open else classes_for(actor)
    page = keyset_page(rows, "starts_on" if only_open else "-starts_on", request.GET.get("after", ""))
    return render_page(
        request,
        "training/classes.jinja",
        {
            "page_title": _("培训班"),
            "list_url": url,
            "table_name": "classes",
            "may_plan": actor.has_anywhere(Permission.TRAINING_RECORD),
            "may_supervise": actor.has_anywhere(Permission.STATISTICS_VIEW),
            "only_open": only_open,
            "columns": [
                {"key": "title", "label": _("培训班")},
                {"key": "kind", "label": _("类别")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "starts_on", "label": _("开始日期"), "kind": "date"},
                {"key": "ends_on", "label": _("结束日期"), "kind": "date"},
                {"key": "people", "label": _("学员 / 名额"), "kind": "number"},
                {"key": "enrolling", "label": _("下级报名"), "kind": "state"},
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
                    "people": f"{getattr(row, 'people', 0)} / {row.capacity}",
                    "enrolling": enrolling(row, today),
                    "hours": row.planned_hours,
                    "organiser": row.organiser.name,
                    "due_on": row.hand_in_due_on,
                    "late": lateness(row, today),
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 个") % {"count": page.count_text},
            "export_url": reverse("class-list-export")
            if actor.has_anywhere(Permission.OFFICER_EXPORT)
            else "",
            **page.addresses(url, {"open": "1"} if only_open else {}),
            "empty_title": _("没有可以编入学员的培训班") if only_open else _("还没有培训班"),
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
    is_whole = sees_all(actor, found)
    people = earned_in(found, sessions, enrolments_of(found, None if is_whole else actor))
    first = _first(request, len(people))
    url = reverse("class-detail", args=[pk])
    is_below = not is_whole and enrols_from_below(actor, found)
    may_record = is_permitted(actor, Permission.TRAINING_RECORD, found.place) and found.state in OPEN
    may_decide = (
        found.state == ClassState.HANDED_IN
        and found.handed_in_by_id != actor.account_id
        and is_permitted(actor, Permission.TRAINING_CONFIRM, found.place)
    )
    is_confirmed = found.state == ClassState.CONFIRMED
    corrections = corrections_of(found) if is_confirmed and is_whole else []
    is_asked = any(row.state == HoursCorrectionState.ASKED for row in corrections)
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
            "is_whole": is_whole,
            "enrolling": enrolling(found, today),
            "may_enrol": may_record or (is_below and is_open_below(found, today)),
            "may_take_out": may_record
            or (is_below and found.state == ClassState.PLANNED and not has_begun(found, today)),
            "next_url": f"{url}?from={first + PEOPLE_A_PAGE}" if first + PEOPLE_A_PAGE < len(people) else "",
            "previous_url": f"{url}?from={max(first - PEOPLE_A_PAGE, 0)}" if first else "",
            "total_hours": sum(one.hours for one in people),
            "unmarked": unmarked,
            "may_export": actor.has_anywhere(Permission.OFFICER_EXPORT) and bool(people),
            "is_confirmed": is_confirmed,
            "may_print": bool(people) and is_permitted(actor, Permission.TRAINING_RECORD, found.place),
            "may_cancel": may_record
            and found.state == ClassState.PLANNED
            and not any(one.marks for one in people),
            "is_over": found.ends_on <= today,
            "may_record": may_record,
            "may_mark": may_record and people and any(session.held_on <= today for session in sessions),
            "may_hand_in": may_record and found.ends_on <= today and people and sessions and not unmarked,
            "may_decide": may_decide,
            "corrections": [(row, correction_state(row)) for row in corrections],
            "corrected": corrected_lines([one.enrolment for one in people[first : first + PEOPLE_A_PAGE]])
            if is_confirmed
            else {},
            "may_correct": is_confirmed and bool(people) and not is_asked and can_ask(actor, found),
            "waits_for_other": found.state == ClassState.HANDED_IN and not may_decide,
        },
    )
