"""Pages of examinations: sittings, their candidates and scores, corrections, and pass rates."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.examinations.forms import (
    CancelForm,
    EnrolForm,
    ImportForm,
    SheetForm,
    SittingForm,
    upload_of,
)
from warrant.apps.examinations.models import Sitting
from warrant.apps.examinations.selectors.sittings import (
    candidate_rows,
    correction_for,
    entries_of,
    may_enter,
    open_lists,
    organisers_for,
    sitting_for,
    sittings_for,
    state_of,
)
from warrant.apps.examinations.selectors.supervision import organisers
from warrant.apps.examinations.services import (
    Enrolled,
    add_candidates,
    ask_correction,
    cancel_sitting,
    decide_correction,
    enter_scores,
    import_scores,
    plan_sitting,
    remove_candidate,
)
from warrant.apps.examinations.services.planning import MOST_CANDIDATES
from warrant.apps.examinations.services.scoring import ScoresRefusedError
from warrant.apps.examinations.types import CORRECTION_FACES, Upload
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, error_text, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.officers.selectors.listing import choice_from, rows_of_choice
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.views.correcting import correction_page, record_to_correct
from warrant.apps.training.forms import ExaminationForm
from warrant.apps.training.models import ExaminationRecord
from warrant.apps.training.selectors import paper_name
from warrant.core.access import Permission, is_permitted, require
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import CorrectionState, SittingState


def _crumbs(sitting: Sitting | None = None) -> list[dict[str, str]]:
    found = [{"label": _("考试"), "url": reverse("sitting-list")}]
    if sitting is not None:
        found.append({"label": _title(sitting), "url": reverse("sitting-detail", args=[sitting.pk])})
    return found


def _title(sitting: Sitting) -> str:
    return f"{paper_name(sitting.paper)} {sitting.sat_on}"


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def sitting_list(request: HttpRequest) -> HttpResponse:
    """List the sittings in the viewer's scope, newest first."""
    page = keyset_page(sittings_for(actor_of(request)), "-sat_on", request.GET.get("after", ""))
    url = reverse("sitting-list")
    return render_page(
        request,
        "examinations/list.jinja",
        {
            "page_title": _("考试"),
            "list_url": url,
            "table_name": "sittings",
            "may_plan": actor_of(request).has_anywhere(Permission.TRAINING_RECORD),
            "columns": [
                {"key": "sat_on", "label": _("考试日期"), "kind": "date"},
                {"key": "paper", "label": _("科目")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "people", "label": _("考生"), "kind": "number"},
                {"key": "organiser", "label": _("主考单位"), "kind": "clip"},
                {"key": "venue", "label": _("地点"), "kind": "clip"},
                {"key": "due_on", "label": _("成绩登记期限"), "kind": "date"},
                {"key": "late", "label": _("逾期"), "kind": "state"},
            ],
            "rows": [
                {
                    "url": reverse("sitting-detail", args=[row.pk]),
                    "sat_on": row.sat_on,
                    "paper": paper_name(row.paper),
                    "state": state_of(row),
                    "people": getattr(row, "people", 0),
                    "organiser": row.organiser.name,
                    "venue": row.venue,
                    "due_on": row.scores_due_on,
                    "late": _late(row),
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 场") % {"count": page.count_text},
            "next_url": f"{url}?after={page.next_key}" if page.next_key else "",
            "previous_url": f"{url}?after={page.previous_key}" if page.previous_key else "",
            "empty_title": _("还没有考试"),
            "empty_step": _("培训考试管理员或登记员可以安排一场考试"),
        },
    )


def _late(sitting: Sitting) -> dict[str, str] | str:
    if sitting.is_late:
        return {"word": _("逾期登记"), "tone": "attention"}
    if sitting.state == SittingState.PLANNED and sitting.scores_due_on < clock.today():
        return {"word": _("已逾期"), "tone": "broken"}
    return ""


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def sitting_new(request: HttpRequest) -> HttpResponse:
    """Plan a sitting."""
    actor = actor_of(request)
    form = SittingForm(request.POST or None, organisers=organisers_for(actor))
    if request.method == "POST" and form.is_valid():
        try:
            sitting = plan_sitting(actor, form.plan(), now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(
                request,
                _("已安排考试，合格分数 %(mark)s，成绩须在 %(day)s 前登记")
                % {"mark": sitting.pass_mark, "day": sitting.scores_due_on},
            )
            return redirect("sitting-detail", pk=sitting.pk)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": _("安排考试"),
            "form": form,
            "wide_fields": ["venue"],
            "submit_label": _("安排考试"),
            "cancel_url": reverse("sitting-list"),
            "breadcrumbs": _crumbs(),
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def sitting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sitting with its candidates; scores stay blind until two people agree."""
    actor = actor_of(request)
    sitting = sitting_for(actor, pk)
    rows = candidate_rows(actor, sitting)
    entries = entries_of(sitting)
    may_record = is_permitted(actor, Permission.TRAINING_RECORD, sitting.place)
    is_planned = sitting.state == SittingState.PLANNED
    is_candidate = any(is_own(actor, row.candidate.officer) for row in rows)
    sat = sum(1 for row in rows if row.candidate.result is not None)
    passed = sum(1 for row in rows if row.candidate.result is not None and row.candidate.result.is_passed)
    return render_page(
        request,
        "examinations/detail.jinja",
        {
            "page_title": _title(sitting),
            "state": state_of(sitting),
            "breadcrumbs": _crumbs(),
            "sitting": sitting,
            "late": _late(sitting),
            "rows": rows,
            "entries": entries,
            "seats": [entry.seat for entry in entries],
            "differing": sum(1 for row in rows if row.differs),
            "may_change_list": may_record and is_planned and not entries,
            "may_enter": may_enter(actor, sitting) and not is_candidate and bool(rows),
            "waits_for_other": is_planned and len(entries) == 1 and entries[0].account_id == actor.account_id,
            "is_over": sitting.state == SittingState.RECORDED,
            "sat": sat,
            "passed": passed,
            "rate": passed * 100 // sat if sat else None,
        },
    )


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


def _enrolled_rows(done: list[Enrolled]) -> list[dict[str, Any]]:
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
        (row.pk, f"{row.sat_on} {paper_name(row.paper)} {row.venue}（{row.organiser.name}）")
        for row in open_lists(actor)[:200]
    ]
    form = EnrolForm(request.POST if request.POST.get("confirmed") else None, sittings=choices)
    context: dict[str, Any] = {"officers": officers, "form": form, "has_sittings": bool(choices), "done": []}
    if form.is_bound and form.is_valid():
        try:
            done = add_candidates(actor, form.cleaned_data["sitting"], officers, now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            context["done"] = _enrolled_rows(done)
            context["made"] = sum(1 for one in done if one.problem is None)
            context["sitting_url"] = reverse("sitting-detail", args=[form.cleaned_data["sitting"]])
    return _enrol_page(request, context, status=400 if form.errors else 200)


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def candidate_remove(request: HttpRequest, pk: int, candidate: int) -> HttpResponse:
    """Take somebody off the list."""
    sitting_for(actor_of(request), pk)
    row = remove_candidate(actor_of(request), pk, candidate, now=clock.now())
    messages.success(request, _("已从名单中移出%(name)s") % {"name": row.officer.name})
    return redirect("sitting-detail", pk=pk)


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def sitting_scores(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the scores of a sitting, without seeing what the other person entered."""
    actor = actor_of(request)
    sitting = sitting_for(actor, pk)
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
            "page_title": _("登记成绩：%(title)s") % {"title": _title(sitting)},
            "breadcrumbs": _crumbs(sitting),
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
    sitting = sitting_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, sitting.place)
    form = ImportForm(request.POST or None, request.FILES or None)
    findings: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        table = upload_of(form, "table") or Upload(b"", "")
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
            "page_title": _("导入成绩：%(title)s") % {"title": _title(sitting)},
            "breadcrumbs": _crumbs(sitting),
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
    sitting = sitting_for(actor_of(request), pk)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="scores-{sitting.pk}.csv"'
    writer = csv.writer(response)
    writer.writerow(["考号", "姓名", "单位", "成绩"])
    for row in candidate_rows(actor_of(request), sitting):
        officer = row.candidate.officer
        writer.writerow([row.candidate.number, officer.name, officer.agency.name, ""])
    return response


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def sitting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a sitting, with a reason."""
    actor = actor_of(request)
    sitting = sitting_for(actor, pk)
    require(actor, Permission.TRAINING_RECORD, sitting.place)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_sitting(actor, pk, form.cleaned_data["reason"], now=clock.now())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("已取消考试"))
            return redirect("sitting-detail", pk=pk)
    return render_page(
        request,
        "page_confirm.jinja",
        {
            "page_title": _("取消考试"),
            "breadcrumbs": _crumbs(sitting),
            "question": _("取消 %(title)s 的考试？") % {"title": _title(sitting)},
            "form": form,
            "confirm_label": _("取消考试"),
            "cancel_url": reverse("sitting-detail", args=[pk]),
            "danger": True,
        },
        status=400 if form.errors else 200,
    )


@permission_for_view(Permission.STATISTICS_VIEW)
@require_GET
def pass_rates(request: HttpRequest) -> HttpResponse:
    """Show pass rates by organiser and year, the odd ones first."""
    found = organisers(actor_of(request), clock.today().year)
    rows = [
        {
            "name": one.name,
            "year": str(year.year),
            "sittings": year.sittings,
            "sat": year.sat,
            "passed": year.passed,
            "rate": "" if year.rate is None else f"{year.rate}%",
            "late": year.late or "",
            "corrected": year.corrected or "",
            "odd": {"word": "；".join(one.odd), "tone": "attention"}
            if one.odd and year is one.years[0]
            else "",
        }
        for one in found
        for year in one.years
    ]
    return render_page(
        request,
        "page_list.jinja",
        {
            "page_title": _("考试合格率"),
            "breadcrumbs": _crumbs(),
            "table_name": "pass-rates",
            "list_url": reverse("pass-rates"),
            "columns": [
                {"key": "name", "label": _("主考单位")},
                {"key": "year", "label": _("年度")},
                {"key": "sittings", "label": _("场次"), "kind": "number"},
                {"key": "sat", "label": _("实考"), "kind": "number"},
                {"key": "passed", "label": _("合格"), "kind": "number"},
                {"key": "rate", "label": _("合格率"), "kind": "number"},
                {"key": "late", "label": _("逾期场次"), "kind": "number"},
                {"key": "corrected", "label": _("更正人次"), "kind": "number"},
                {"key": "odd", "label": _("值得注意"), "kind": "state"},
            ],
            "rows": rows,
            "count_text": _("共 %(count)s 个主考单位") % {"count": len(found)},
            "empty_title": _("还没有入册的考试"),
            "empty_step": _("成绩入册后，这里按主考单位和年度列出合格率"),
            "empty_url": reverse("sitting-list"),
        },
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def examination_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that a result be put right; another person confirms."""
    row = record_to_correct(ExaminationRecord, pk)

    def save(form: Any, proof: tuple[bytes, str] | None, reason: str) -> object:
        upload = Upload(*proof) if proof else None
        return ask_correction(actor_of(request), pk, form.entry(), upload, reason, now=clock.now())

    return correction_page(
        request,
        row,
        row.officer_id,
        Permission.TRAINING_RECORD,
        make_form=ExaminationForm,
        fields=("paper", "sat_on", "score", "organiser"),
        save=save,
        title=_("申请更正考试成绩（须他人确认）"),
        part="qualification#training",
        wide_fields=("organiser",),
        done=_("已申请更正，须由他人确认；在此之前原成绩有效"),
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def score_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one correction, with what the viewer may decide."""
    actor = actor_of(request)
    row = correction_for(actor, pk)
    officer = row.result.officer
    word, tone = CORRECTION_FACES[row.state]
    return render_page(
        request,
        "examinations/correction.jinja",
        {
            "page_title": _("%(name)s的成绩更正") % {"name": officer.name},
            "breadcrumbs": [
                {"label": officer.name, "url": reverse("officer-detail", args=[officer.pk])},
            ],
            "state": {"word": _(word), "tone": tone},
            "row": row,
            "papers": (paper_name(row.result.paper), paper_name(row.paper)),
            "can_decide": row.state == CorrectionState.ASKED
            and row.asked_by_id != actor.account_id
            and not is_own(actor, officer)
            and is_permitted(actor, Permission.TRAINING_RECORD, row.place),
        },
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def score_correction_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the correction (``then=confirm``) or refuse it."""
    correction_for(actor_of(request), pk)
    action = request.POST.get("then", "")
    if action not in ("confirm", "refuse"):
        raise InvalidInput("unknown-decision", N_("请选择“确认更正”或“不同意更正”"))
    row = decide_correction(actor_of(request), pk, action, now=clock.now())
    done = _("已更正%(name)s的成绩") if action == "confirm" else _("不同意更正%(name)s的成绩")
    messages.success(request, done % {"name": row.result.officer.name})
    return redirect("score-correction", pk=pk)
