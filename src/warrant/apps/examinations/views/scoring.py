"""Pages on which scores are entered or imported."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from warrant.apps.examinations.forms import ImportForm, SheetForm, upload_of
from warrant.apps.examinations.models import Sitting
from warrant.apps.examinations.selectors.sittings import candidate_rows, held_sitting_for, may_enter
from warrant.apps.examinations.services import enter_scores, import_scores
from warrant.apps.examinations.services.scoring import ScoresRefusedError
from warrant.apps.examinations.views.frames import crumbs, sitting_title
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.training.types import Proof
from warrant.core.access import Permission, require
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import SittingState


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def sitting_scores(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the scores of a sitting, without seeing what the other person entered."""
    actor = actor_of(request)
    sitting = held_sitting_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, sitting.place)
    rows = candidate_rows(actor, sitting)
    if sitting.entries.count() >= 2:
        rows = [row for row in rows if row.differs]
    form = SheetForm(request.POST or None, request.FILES or None)
    typed = {row.candidate.pk: request.POST.get(f"score-{row.candidate.pk}", "") for row in rows}
    problems: dict[int, str] = {}
    if request.method == "POST" and form.is_valid():
        try:
            sitting = enter_scores(actor, pk, typed, upload_of(form, "sheet"), now=clock.now())
        except ScoresRefusedError as error:
            problems = {key: _(text) for key, text in error.problems.items()}
            form.add_error(None, error_text(error))
        except InvalidInput as error:
            add_error(form, error)
        else:
            _say(request, sitting)
            return redirect("sitting-detail", pk=pk)
    return render_page(
        request,
        "examinations/scores.jinja",
        {
            "page_title": _("登记成绩：%(title)s") % {"title": sitting_title(sitting)},
            "breadcrumbs": crumbs(sitting),
            "sitting": sitting,
            "rows": [(row, typed[row.candidate.pk], problems.get(row.candidate.pk, "")) for row in rows],
            "form": form,
            "needs_sheet": sitting.proof_id is None,
            "is_second_look": sitting.entries.count() >= 2,
            "may_enter": may_enter(actor, sitting),
        },
        status=400 if form.errors else 200,
    )


def _say(request: HttpRequest, sitting: Sitting) -> None:
    """Tell the person who entered scores how the sitting stands now."""
    if sitting.state == SittingState.RECORDED:
        messages.success(request, _("两人登记一致，成绩已入册"))
    elif sitting.entries.count() == 1:
        messages.success(request, _("已登记，须由另一人再登记一遍；两人一致后成绩入册"))
    else:
        messages.warning(request, _("两人登记不一致，请查看标出的考生，由第三人或登记人重新登记"))


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def sitting_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a spreadsheet as one person's entry, or name what is wrong in it row by row."""
    actor = actor_of(request)
    sitting = held_sitting_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, sitting.place)
    form = ImportForm(request.POST or None, request.FILES or None)
    findings: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        table = upload_of(form, "table") or Proof(b"", "")
        try:
            sitting, reading = import_scores(actor, pk, table, upload_of(form, "sheet"), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            if not reading.findings:
                _say(request, sitting)
                return redirect("sitting-detail", pk=pk)
            findings = [(one.row, _(one.message) % one.fields) for one in reading.findings[:50]]
            form.add_error(
                "table", _("表中有 %(count)s 处问题，没有登记任何成绩") % {"count": len(reading.findings)}
            )
    return render_page(
        request,
        "examinations/import.jinja",
        {
            "page_title": _("导入成绩：%(title)s") % {"title": sitting_title(sitting)},
            "breadcrumbs": crumbs(sitting),
            "form": form,
            "wide_fields": ["table", "sheet"],
            "findings": findings,
            "sheet_url": reverse("sitting-sheet", args=[pk]),
            "submit_label": _("导入成绩"),
            "cancel_url": reverse("sitting-detail", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_GET
def sitting_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the empty score sheet as a CSV file that spreadsheet programs open."""
    sitting = held_sitting_for(actor_of(request), pk)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="scores-{sitting.pk}.csv"'
    writer = csv.writer(response)
    writer.writerow(["考号", "姓名", "单位", "成绩"])
    for row in candidate_rows(actor_of(request), sitting):
        officer = row.candidate.officer
        writer.writerow([row.candidate.number, officer.name, officer.agency.name, ""])
    return response
