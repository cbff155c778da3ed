"""Pages of the people in a class: who joins, and who was there."""

from __future__ import annotations

from collections.abc import Mapping
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
from warrant.apps.training.forms.classes import EnrolForm, KeysForm
from warrant.apps.training.models import ClassSession, Enrolment
from warrant.apps.training.selectors.classes import (
    class_for,
    class_title,
    enrolments_of,
    marks_of,
    open_classes,
    places_left,
    rules_of,
    sessions_of,
    subject_name,
    unmarked_by_day,
)
from warrant.apps.training.selectors.typed import typed_officers
from warrant.apps.training.services.enrolling import (
    Cell,
    Enrolled,
    add_participants,
    check_enrolling,
    mark_attendance,
    remove_participant,
)
from warrant.apps.training.services.planning import MOST_PEOPLE, require_open
from warrant.apps.training.types import Typed
from warrant.apps.training.views.frames import crumbs, enrolled_rows
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, InvalidInput
from warrant.core.qualification.training import MARKS, Mark

MOST_CELLS = 110
LEAST_ROWS = 10


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def class_enrol(request: HttpRequest) -> HttpResponse:
    """Put the officers chosen in the list into a class: asks which, then says what became of each."""
    actor = actor_of(request)
    found = (
        rows_of_choice(actor, choice_from(request.POST)).select_related("agency").order_by("sort_key", "pk")
    )
    officers = list(found[: MOST_PEOPLE + 1])
    choices = [
        (row.pk, f"{row.starts_on} {class_title(row)} {row.organiser.name} {places_left(row)}")
        for row in open_classes(actor, clock.today())[:200]
    ]
    form = EnrolForm(request.POST if request.POST.get("confirmed") else None, classes=choices)
    context: dict[str, Any] = {
        "page_title": _("编入培训班"),
        "breadcrumbs": [{"label": _("执法人员"), "url": reverse("officer-list")}],
        "officers": officers,
        "most": MOST_PEOPLE,
        "form": form,
        "has_classes": bool(choices),
        "done": [],
    }
    if form.is_bound and form.is_valid():
        pk = form.cleaned_data["training_class"]
        try:
            done = add_participants(actor, pk, officers, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            context["done"] = enrolled_rows(done)
            context["made"] = sum(1 for one in done if one.problem is None)
            context["class_url"] = reverse("class-detail", args=[pk])
    return render_page(request, "training/enrol.jinja", context, status=400 if form.errors else 200)


def _not_found_rows(typed: list[Typed]) -> list[dict[str, Any]]:
    return [
        {
            "url": "",
            "name": _("第 %(number)s 行 %(text)s") % {"number": one.number, "text": one.shown},
            "agency": "",
            "result": {"word": _("未编入"), "tone": "attention"},
            "says": error_text(one.problem) if one.problem else "",
        }
        for one in typed
        if one.officer_pk is None
    ]


def _join(actor: Actor, pk: int, typed: list[Typed]) -> list[Enrolled]:
    wanted = [one.officer_pk for one in typed if one.officer_pk is not None]
    rows = Officer.objects.visible_to(actor, Permission.TRAINING_RECORD).filter(pk__in=wanted)
    officers = rows.select_related("agency").in_bulk()
    chosen = [officers[key] for key in dict.fromkeys(wanted) if key in officers]
    return add_participants(actor, pk, chosen, now=clock.now()) if chosen else []


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def class_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the people of a pasted list into a class; whoever cannot join is named with the reason."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    check_enrolling(actor, found, clock.today())
    form = KeysForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "page_title": _("添加学员"),
        "breadcrumbs": crumbs(found),
        "form": form,
        "wide_fields": ["keys"],
        "submit_label": _("编入"),
        "cancel_url": reverse("class-detail", args=[pk]),
        "list_url": reverse("officer-list"),
        "done": [],
    }
    if request.method == "POST" and form.is_valid():
        try:
            typed = typed_officers(actor, form.cleaned_data["keys"])
            done = _join(actor, pk, typed)
        except InvalidInput as error:
            add_error(form, error)
        else:
            made = sum(1 for one in done if one.problem is None)
            if made == len(typed):
                messages.success(request, _("已编入 %(made)s 人") % {"made": made})
                return redirect("class-detail", pk=pk)
            context["made"] = made
            context["done"] = [
                *_not_found_rows(typed),
                *(row for row in enrolled_rows(done) if row["says"]),
            ]
            lacking = [one.shown for one in typed if one.officer_pk is None]
            context["form"] = KeysForm(initial={"keys": "\n".join(lacking)})
    return render_page(request, "training/people.jinja", context, status=400 if form.errors else 200)


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def participant_remove(request: HttpRequest, pk: int, enrolment: int) -> HttpResponse:
    """Take somebody out of a class."""
    class_for(actor_of(request), pk)
    gone = remove_participant(actor_of(request), pk, enrolment, now=clock.now())
    messages.success(request, _("已从名单中移出%(name)s") % {"name": gone.officer.name})
    return redirect("class-detail", pk=pk)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _cells(request: HttpRequest, people: list[int], sessions: list[ClassSession]) -> dict[Cell, str]:
    """Return the marks that were sent; with ``fill`` an empty cell means present."""
    if request.POST.get("fill", "1") != "1":
        raise InvalidInput("unknown-mark", N_("考勤表已变动，请刷新页面后再登记"), place="fill")
    empty = Mark.PRESENT.value if "fill" in request.POST else ""
    return {
        (session.pk, person): request.POST.get(f"m-{session.pk}-{person}", "") or empty
        for session in sessions
        for person in people
        if f"m-{session.pk}-{person}" in request.POST
    }


def _pages(enrolments: list[Enrolment], lessons: int) -> list[list[Enrolment]]:
    """Return the people in pieces that make a page of a bearable size."""
    piece = max(MOST_CELLS // max(lessons, 1), LEAST_ROWS)
    return [enrolments[start : start + piece] for start in range(0, len(enrolments), piece)]


def _first_open(
    pages: list[list[Enrolment]], lessons: list[ClassSession], marks: Mapping[int, Mapping[int, str]]
) -> int:
    """Return the number of the first page on which a mark is missing; the first where none is."""
    for number, people in enumerate(pages, start=1):
        if any(lesson.pk not in marks.get(one.pk, {}) for one in people for lesson in lessons):
            return number
    return 1


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def class_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark who was there, a day at a time: people down, lessons across."""
    actor = actor_of(request)
    found = class_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, found.place)
    require_open(found)
    sessions, enrolments = sessions_of(found), enrolments_of(found)
    url = reverse("class-attendance", args=[pk])
    if request.method == "POST":
        cells = _cells(request, [one.pk for one in enrolments], sessions)
        mark_attendance(actor, pk, cells, now=clock.now())
        messages.success(request, _("已登记考勤"))
        is_whole = not any(unmarked_by_day(sessions, enrolments, marks_of(found), clock.today()).values())
        return redirect("class-detail", pk=pk) if is_whole else redirect(url)
    marks = marks_of(found)
    unmarked = unmarked_by_day(sessions, enrolments, marks, clock.today())
    wanted = [day for day in unmarked if day.isoformat() == request.GET.get("day", "")]
    day = next(iter(wanted or [day for day, count in unmarked.items() if count] or list(unmarked)), None)
    shown = [session for session in sessions if session.held_on == day]
    pages = _pages(enrolments, len(shown))
    number = _number(request, "page")
    if not 1 <= number <= len(pages):
        number = _first_open(pages, shown, marks)
    rules = rules_of(found)
    return render_page(
        request,
        "training/attendance.jinja",
        {
            "page_title": _("登记考勤：%(title)s") % {"title": class_title(found)},
            "breadcrumbs": crumbs(found),
            "days": [
                {
                    "label": one.isoformat(),
                    "url": f"{url}?day={one.isoformat()}",
                    "is_current": one == day,
                    "count": count or "",
                }
                for one, count in unmarked.items()
            ],
            "lessons": [(session, subject_name(rules, session.subject)) for session in shown],
            "people": [(one, marks.get(one.pk, {})) for one in (pages[number - 1] if pages else [])],
            "marks": [
                (key, f"{place} {_(word)}") for place, (key, word) in enumerate(MARKS.items(), start=1)
            ],
            "pages": [
                {
                    "label": _("学号 %(first)s 至 %(last)s")
                    % {"first": one[0].number, "last": one[-1].number},
                    "url": f"{url}?day={day}&page={count}",
                    "is_current": count == number,
                }
                for count, one in enumerate(pages, start=1)
            ],
            "cancel_url": reverse("class-detail", args=[pk]),
        },
    )
