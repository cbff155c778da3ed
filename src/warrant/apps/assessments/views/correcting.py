"""Pages on which a confirmed outcome is put right by two people."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.assessments.selectors.rounds import correction_for, form_of
from warrant.apps.assessments.services import SheetsRefusedError, ask_correction, decide_correction
from warrant.apps.assessments.types import CORRECTION_FACES
from warrant.apps.assessments.views.frames import crumbs, sheet_at
from warrant.apps.assessments.views.scoring import items_of, sheet_frame, typed_in
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, error_text, permission_for_view, render_page
from warrant.apps.officers.selectors.register import is_own
from warrant.core.access import Permission, is_permitted, require
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import OutcomeCorrectionState
from warrant.core.qualification.assessment import BAND_NAMES


@permission_for_view(Permission.OFFICER_EDIT)
@require_http_methods(["GET", "POST"])
def sheet_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that a confirmed outcome be put right; another person decides."""
    actor = actor_of(request)
    sheet = sheet_at(actor, pk)
    require(actor, Permission.OFFICER_EDIT, sheet.assessment.place)
    form = form_of(sheet.assessment)
    typed = typed_in(request, form, sheet)
    reason = request.POST.get("reason", "")
    problems: dict[str, str] = {}
    summary = ""
    if request.method == "POST":
        try:
            row = ask_correction(actor, pk, typed, reason, now=clock.now())
        except SheetsRefusedError as error:
            problems = {name: error_text(one) for (_key, name), one in error.problems.items()}
            summary = error_text(error)
        except InvalidInput as error:
            problems = {error.place: error_text(error)}
            summary = error_text(error)
        else:
            messages.success(request, _("已申请更正，须由他人确认；在此之前原结果有效"))
            return redirect("outcome-correction", pk=row.pk)
    return render_page(
        request,
        "assessments/sheet_form.jinja",
        {
            **sheet_frame(form, sheet, typed, problems),
            "page_title": _("申请更正考核结果：%(name)s") % {"name": sheet.name},
            "breadcrumbs": crumbs(sheet.assessment, sheet),
            "summary": summary,
            "hint": "",
            "reasons": [],
            "submit_label": _("申请更正"),
            "asks_reason": True,
            "reason": reason,
        },
        status=400 if summary else 200,
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def outcome_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one correction, with what the viewer may decide."""
    actor = actor_of(request)
    row = correction_for(actor, pk)
    sheet = sheet_at(actor, row.sheet_id)
    form = form_of(sheet.assessment)
    word, tone = CORRECTION_FACES[row.state]
    is_about_self = sheet.officer is not None and is_own(actor, sheet.officer)
    return render_page(
        request,
        "assessments/correction.jinja",
        {
            "page_title": _("%(name)s的考核结果更正") % {"name": sheet.name},
            "breadcrumbs": crumbs(sheet.assessment, sheet),
            "state": {"word": _(word), "tone": tone},
            "row": row,
            "items": [
                {**one, "now": sheet.points.get(one["code"], ""), "then": row.points.get(one["code"], "")}
                for one in items_of(form)
            ],
            "bands": (_(BAND_NAMES[sheet.band]), _(BAND_NAMES[row.band])),
            "totals": (sheet.total, row.total),
            "is_open": row.state == OutcomeCorrectionState.ASKED,
            "can_decide": row.state == OutcomeCorrectionState.ASKED
            and row.asked_by_id != actor.account_id
            and not is_about_self
            and is_permitted(actor, Permission.OFFICER_CONFIRM, row.place),
        },
    )


@permission_for_view(Permission.OFFICER_CONFIRM)
@require_POST
def outcome_correction_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to the correction (``then=confirm``) or refuse it."""
    correction_for(actor_of(request), pk)
    action = request.POST.get("then", "")
    if action not in ("confirm", "refuse"):
        raise InvalidInput("unknown-decision", N_("请选择“同意更正”或“不同意更正”"))
    decide_correction(actor_of(request), pk, action, now=clock.now())
    messages.success(request, _("已更正") if action == "confirm" else _("不同意更正，原结果有效"))
    return redirect("outcome-correction", pk=pk)
