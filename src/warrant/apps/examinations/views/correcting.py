"""Pages on which a result is put right by two people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warrant.apps.examinations.forms import ExaminationForm
from warrant.apps.examinations.models import ExaminationRecord
from warrant.apps.examinations.selectors.results import paper_name
from warrant.apps.examinations.selectors.sittings import correction_for
from warrant.apps.examinations.services import ask_correction, decide_correction, record_examination
from warrant.apps.examinations.types import CORRECTION_FACES, Upload
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.views.correcting import correction_page, record_to_correct
from warrant.apps.officers.views.recording import record_page
from warrant.core.access import Permission, is_permitted
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import CorrectionState


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def new_examination(request: HttpRequest, pk: int) -> HttpResponse:
    """Record one examination result."""

    def save(officer: Officer, form: ExaminationForm) -> str:
        row = record_examination(
            actor_of(request), officer.pk, form.entry(), form.uploaded_proof(), now=clock.now()
        )
        told = {"name": officer.name, "paper": paper_name(row.paper), "score": row.score}
        if row.is_passed:
            return _("已登记%(name)s的%(paper)s考试成绩 %(score)s 分，合格") % told
        return _("已登记%(name)s的%(paper)s考试成绩 %(score)s 分，不合格") % told

    return record_page(
        request,
        pk,
        Permission.TRAINING_RECORD,
        make_form=ExaminationForm,
        save=save,
        title=_("登记考试成绩"),
        submit=_("登记"),
        part="qualification#examinations",
        wide_fields=("organiser",),
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
        part="qualification#examinations",
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
