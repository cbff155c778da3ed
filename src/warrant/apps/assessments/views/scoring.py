"""Pages on which sheets are scored: a grid for many, one sheet alone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.assessments.models import Sheet
from warrant.apps.assessments.selectors.objections import may_object, objection_face, objection_of
from warrant.apps.assessments.selectors.rounds import (
    assessment_for,
    form_of,
    hint_words,
    hints_for,
    sheets_of,
    title_of,
    words,
)
from warrant.apps.assessments.services import SheetsRefusedError, score_sheets
from warrant.apps.assessments.types import CORRECTION_FACES, Scores
from warrant.apps.assessments.views.frames import crumbs, outcome_of, sheet_at
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, error_text, permission_for_view, render_page
from warrant.apps.officers.selectors.register import is_own
from warrant.core.access import Permission, is_permitted, require
from warrant.core.lifecycle import AssessmentState, OutcomeCorrectionState
from warrant.core.qualification.assessment import (
    FOUND_REASONS,
    GIVEN_REASONS,
    JUDGINGS,
    ScoreSheet,
    SheetKind,
)

ROWS_A_PAGE = 25
_LARGEST_SEEN = 9


def seen_in(request: HttpRequest, name: str, present: int) -> int:
    """Return the revision that a form was made from; the present one before anything is sent."""
    text = request.POST.get(name, "")
    if request.method != "POST":
        return present
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LARGEST_SEEN else -1


def items_of(form: ScoreSheet) -> list[dict[str, Any]]:
    """Return the items of a sheet as pages show them."""
    return [
        {
            "code": item.code,
            "title": words(item.title),
            "points": item.points,
            "judging": _(JUDGINGS[item.judging]),
        }
        for item in form.items
    ]


def sheet_frame(form: ScoreSheet, sheet: Sheet, typed: Scores, problems: dict[str, str]) -> dict[str, Any]:
    """Return what the form of one sheet shows: items and vetoes with what was typed and what is wrong."""
    return {
        "items": [
            {**one, "value": typed.points.get(one["code"], ""), "problem": problems.get(one["code"], "")}
            for one in items_of(form)
        ],
        "vetoes": [
            {"code": code, "title": words(title), "is_set": code in typed.vetoes}
            for code, title in form.vetoes.items()
        ],
        "sheet": sheet,
        "typed": typed,
        "problems": problems,
    }


def typed_in(request: HttpRequest, form: ScoreSheet, sheet: Sheet) -> Scores:
    """Return what was typed on the form of one sheet, or what stands there."""
    if request.method != "POST":
        return Scores(sheet.points, tuple(sheet.vetoes), sheet.remark, sheet.not_assessed, sheet.revision)
    return Scores(
        {item.code: request.POST.get(f"points-{item.code}", "") for item in form.items},
        tuple(request.POST.getlist("veto")),
        request.POST.get("remark", ""),
        request.POST.get("not_assessed", ""),
        seen_in(request, "seen", sheet.revision),
    )


@permission_for_view(Permission.OFFICER_EDIT)
@require_http_methods(["GET", "POST"])
def assessment_scores(request: HttpRequest, pk: int) -> HttpResponse:
    """Score many in a grid: sheets down, items across; rows without anything typed stay as they are."""
    actor = actor_of(request)
    assessment = assessment_for(actor, pk)
    require(actor, Permission.OFFICER_EDIT, assessment.place)
    form = form_of(assessment)
    every = sheets_of(assessment).exclude(not_assessed__in=list(FOUND_REASONS))
    keys = list(every.values_list("pk", flat=True))
    pages = max(1, -(-len(keys) // ROWS_A_PAGE))
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    number = min(max(number, 1), pages)
    sheets = list(every.filter(pk__in=keys[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]))
    rows: list[tuple[Sheet, dict[str, str], int]] = []
    typed: dict[int, Scores] = {}
    for sheet in sheets:
        given = {
            item.code: request.POST.get(f"p-{sheet.pk}-{item.code}", "").strip()
            if request.method == "POST"
            else sheet.points.get(item.code, "")
            for item in form.items
        }
        seen = seen_in(request, f"seen-{sheet.pk}", sheet.revision)
        rows.append((sheet, given, seen))
        if any(given.values()) and given != {
            item.code: sheet.points.get(item.code, "") for item in form.items
        }:
            typed[sheet.pk] = Scores(given, tuple(sheet.vetoes), sheet.remark, "", seen)
    problems: dict[tuple[int, str], str] = {}
    summary = ""
    if request.method == "POST":
        try:
            count = score_sheets(actor, pk, typed, now=clock.now())
        except SheetsRefusedError as error:
            problems = {key: error_text(one) for key, one in error.problems.items()}
            summary = error_text(error)
        else:
            messages.success(request, _("已保存 %(count)s 张考核表") % {"count": count})
            target = reverse("assessment-scores", args=[pk])
            return redirect(f"{target}?page={min(number + 1, pages) if count else number}")
    hints = hints_for([one.officer_id for one in sheets if one.officer_id], assessment.year)
    return render_page(
        request,
        "assessments/scores.jinja",
        {
            "page_title": _("评分：%(title)s") % {"title": title_of(assessment)},
            "breadcrumbs": crumbs(assessment),
            "assessment": assessment,
            "items": items_of(form),
            "rows": [
                {
                    "sheet": sheet,
                    "given": given,
                    "seen": seen,
                    "outcome": outcome_of(sheet),
                    "hint": hint_words(hints[sheet.officer_id]) if sheet.officer_id in hints else "",
                    "is_own": sheet.officer is not None and is_own(actor, sheet.officer),
                }
                for sheet, given, seen in rows
            ],
            "problems": problems,
            "summary": summary,
            "is_scoring": assessment.state == AssessmentState.SCORING,
            "pages": [
                {
                    "label": str(one),
                    "url": f"{reverse('assessment-scores', args=[pk])}?page={one}",
                    "is_current": one == number,
                }
                for one in range(1, pages + 1)
            ],
        },
        status=400 if problems else 200,
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def sheet_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sheet: points, vetoes, hints, corrections, and what the viewer may do."""
    actor = actor_of(request)
    return sheet_page(request, sheet_at(actor, pk), is_mine=False)


def sheet_page(request: HttpRequest, sheet: Sheet, *, is_mine: bool) -> HttpResponse:
    """Return the page of one sheet: as staff see it, or as the officer sees the own one (``is_mine``)."""
    actor = actor_of(request)
    assessment = sheet.assessment
    form = form_of(assessment)
    objection = objection_of(sheet)
    may_edit = is_permitted(actor, Permission.OFFICER_EDIT, assessment.place) and not (
        sheet.officer is not None and is_own(actor, sheet.officer)
    )
    corrections = list(sheet.corrections.order_by("-asked_at"))
    is_waiting = any(one.state == OutcomeCorrectionState.ASKED for one in corrections)
    hints = hints_for([sheet.officer_id], assessment.year) if sheet.officer_id else {}
    return render_page(
        request,
        "assessments/sheet.jinja",
        {
            "page_title": _("%(name)s %(year)s 年度考核") % {"name": sheet.name, "year": assessment.year},
            "state": outcome_of(sheet),
            "breadcrumbs": [{"label": _("我的档案"), "url": f"{reverse('own-record')}?part=additional"}]
            if is_mine
            else crumbs(assessment),
            "is_mine": is_mine,
            "objection": objection,
            "objection_state": objection_face(objection) if objection else None,
            "may_object": is_mine and may_object(sheet, clock.today()),
            "sheet": sheet,
            "assessment": assessment,
            "is_person": assessment.kind == SheetKind.PERSON,
            "form_title": words(form.title),
            "basis": words(form.basis),
            "items": items_of(form),
            "vetoes": [words(form.vetoes[code]) for code in sheet.vetoes if code in form.vetoes],
            "hint": hint_words(hints[sheet.officer_id]) if sheet.officer_id in hints else "",
            "corrections": [
                {
                    "url": "" if is_mine else reverse("outcome-correction", args=[one.pk]),
                    "asked_at": one.asked_at,
                    "reason": one.reason,
                    "state": {
                        "word": _(CORRECTION_FACES[one.state][0]),
                        "tone": CORRECTION_FACES[one.state][1],
                    },
                }
                for one in corrections
            ],
            "may_score": may_edit
            and assessment.state == AssessmentState.SCORING
            and sheet.not_assessed not in FOUND_REASONS,
            "may_correct": may_edit
            and assessment.state == AssessmentState.CONFIRMED
            and bool(sheet.band)
            and not is_waiting,
        },
    )


@permission_for_view(Permission.OFFICER_EDIT)
@require_http_methods(["GET", "POST"])
def sheet_score(request: HttpRequest, pk: int) -> HttpResponse:
    """Score one sheet with vetoes, a remark, or why nobody is scored."""
    actor = actor_of(request)
    sheet = sheet_at(actor, pk)
    require(actor, Permission.OFFICER_EDIT, sheet.assessment.place)
    form = form_of(sheet.assessment)
    typed = typed_in(request, form, sheet)
    problems: dict[str, str] = {}
    summary = ""
    if request.method == "POST":
        try:
            score_sheets(actor, sheet.assessment_id, {sheet.pk: typed}, now=clock.now())
        except SheetsRefusedError as error:
            problems = {name: error_text(one) for (_key, name), one in error.problems.items()}
            summary = problems.get("") or error_text(error)
        else:
            messages.success(request, _("已保存%(name)s的考核表") % {"name": sheet.name})
            return redirect("assessment-sheet", pk=pk)
    hints = hints_for([sheet.officer_id], sheet.assessment.year) if sheet.officer_id else {}
    return render_page(
        request,
        "assessments/sheet_form.jinja",
        {
            **sheet_frame(form, sheet, typed, problems),
            "page_title": _("考核评分：%(name)s") % {"name": sheet.name},
            "breadcrumbs": crumbs(sheet.assessment, sheet),
            "summary": summary,
            "hint": hint_words(hints[sheet.officer_id]) if sheet.officer_id in hints else "",
            "reasons": [(code, _(name)) for code, name in GIVEN_REASONS.items()],
            "submit_label": _("保存评分"),
            "asks_reason": False,
            "reason": "",
        },
        status=400 if summary else 200,
    )
