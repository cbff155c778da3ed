"""Pages on which officers are put on the list of a sitting and taken off, by its organiser or by units below."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warrant.apps.examinations.forms import EnrolForm, PeopleForm
from warrant.apps.examinations.selectors.below import open_lists, places_left, sitting_for
from warrant.apps.examinations.services import Enrolled, add_candidates, remove_candidate
from warrant.apps.examinations.services.enrolling import check_enrolling
from warrant.apps.examinations.types import MOST_CANDIDATES
from warrant.apps.examinations.views.frames import crumbs, sitting_title
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.listing import choice_from, rows_of_choice
from warrant.apps.training.selectors.classes import class_title, confirmed_classes, finished_officers
from warrant.apps.training.selectors.typed import typed_officers
from warrant.apps.training.types import Typed
from warrant.core.access import Actor, Permission
from warrant.core.errors import InvalidInput

MOST_CLASSES = 50


def _enrol_page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render_page(
        request,
        "examinations/enrol.jinja",
        {
            "page_title": _("安排考试"),
            "breadcrumbs": [{"label": _("执法人员"), "url": reverse("officer-list")}],
            "most": MOST_CANDIDATES,
            **context,
        },
        status=status,
    )


def enrolled_rows(done: list[Enrolled]) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("officer-detail", args=[one.officer.pk]),
            "name": one.officer.name,
            "agency": one.officer.agency.name,
            "result": {"word": _("未安排"), "tone": "attention"}
            if one.problem
            else {"word": _("已安排"), "tone": "valid"},
            "says": error_text(one.problem) if one.problem else "",
        }
        for one in done
    ]


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def sitting_enrol(request: HttpRequest) -> HttpResponse:
    """Put the officers chosen in the list on a sitting: asks which, then says what became of each."""
    actor = actor_of(request)
    found = (
        rows_of_choice(actor, choice_from(request.POST)).select_related("agency").order_by("sort_key", "pk")
    )
    officers = list(found[: MOST_CANDIDATES + 1])
    choices = [
        (row.pk, f"{sitting_title(row)} {row.venue}（{row.organiser.name}） {places_left(row)}")
        for row in open_lists(actor, clock.today())[:200]
    ]
    form = EnrolForm(request.POST if request.POST.get("confirmed") else None, sittings=choices)
    context: dict[str, Any] = {"officers": officers, "form": form, "has_sittings": bool(choices), "done": []}
    if form.is_bound and form.is_valid():
        try:
            done = add_candidates(actor, form.cleaned_data["sitting"], officers, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            context["done"] = enrolled_rows(done)
            context["made"] = sum(1 for one in done if one.problem is None)
            context["sitting_url"] = reverse("sitting-detail", args=[form.cleaned_data["sitting"]])
    return _enrol_page(request, context, status=400 if form.errors else 200)


def _unknown_rows(typed: list[Typed]) -> list[dict[str, Any]]:
    return [
        {
            "url": "",
            "name": _("第 %(number)s 行 %(text)s") % {"number": one.number, "text": one.shown},
            "agency": "",
            "result": {"word": _("未安排"), "tone": "attention"},
            "says": error_text(one.problem) if one.problem else "",
        }
        for one in typed
        if one.officer_pk is None
    ]


def _people(actor: Actor, form: PeopleForm) -> tuple[list[Officer], list[Typed]]:
    """Return whom the form names, each once, and the lines of the pasted list."""
    keys, class_pk = form.cleaned_data["keys"], form.cleaned_data["training_class"]
    found = list(finished_officers(actor, class_pk).select_related("agency")) if class_pk else []
    typed = typed_officers(actor, keys) if keys else []
    wanted = [one.officer_pk for one in typed if one.officer_pk is not None]
    rows = Officer.objects.visible_to(actor, Permission.TRAINING_RECORD).filter(pk__in=wanted)
    named = rows.select_related("agency").in_bulk()
    chosen = {officer.pk: officer for officer in found}
    chosen |= {key: named[key] for key in wanted if key in named}
    return list(chosen.values()), typed


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def sitting_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the people of a pasted list, or of a finished class, on the list; who may not sit is named with the reason."""
    actor = actor_of(request)
    sitting = sitting_for(actor, pk)
    check_enrolling(actor, sitting, clock.today())
    classes = [
        (row.pk, f"{row.ends_on} {class_title(row)} {row.organiser.name}")
        for row in confirmed_classes(actor)[:MOST_CLASSES]
    ]
    form = PeopleForm(request.POST if request.method == "POST" else None, classes=classes)
    context: dict[str, Any] = {
        "page_title": _("添加考生"),
        "breadcrumbs": crumbs(sitting),
        "form": form,
        "wide_fields": ["training_class", "keys"],
        "submit_label": _("报名"),
        "cancel_url": reverse("sitting-detail", args=[pk]),
        "list_url": reverse("officer-list"),
        "places": places_left(sitting),
        "done": [],
    }
    if request.method == "POST" and form.is_valid():
        try:
            officers, typed = _people(actor, form)
            done = add_candidates(actor, pk, officers, now=clock.now()) if officers or not typed else []
        except InvalidInput as error:
            if error.place not in form.fields:
                error.place = "keys"
            add_error(form, error)
        else:
            made = sum(1 for one in done if one.problem is None)
            unknown = _unknown_rows(typed)
            if made == len(done) and not unknown:
                messages.success(request, _("已安排 %(made)s 人") % {"made": made})
                return redirect("sitting-detail", pk=pk)
            refused = [row for row in enrolled_rows(done) if row["says"]]
            context |= {"made": made, "done": [*unknown, *refused]}
            lacking = "\n".join(one.shown for one in typed if one.officer_pk is None)
            context["form"] = PeopleForm(initial={"keys": lacking}, classes=classes)
    return render_page(request, "examinations/people.jinja", context, status=400 if form.errors else 200)


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def candidate_remove(request: HttpRequest, pk: int, candidate: int) -> HttpResponse:
    """Take somebody off the list."""
    sitting_for(actor_of(request), pk)
    row = remove_candidate(actor_of(request), pk, candidate, now=clock.now())
    messages.success(request, _("已从名单中移出%(name)s") % {"name": row.officer.name})
    return redirect("sitting-detail", pk=pk)
