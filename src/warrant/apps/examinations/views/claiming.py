"""Pages on which one person claims a result, new or corrected, and another confirms it."""

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
from warrant.apps.examinations.selectors.claims import can_decide, claim_for, claim_state, claims_for
from warrant.apps.examinations.selectors.results import paper_name
from warrant.apps.examinations.services import ask_correction, claim_result, decide_claim
from warrant.apps.examinations.views.frames import crumbs
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.apps.officers.models import Officer
from warrant.apps.officers.views.correcting import correction_page, record_to_correct
from warrant.apps.officers.views.recording import record_page
from warrant.apps.training.types import Proof
from warrant.core.access import Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import ClaimState


@permission_for_view(Permission.TRAINING_RECORD)
@require_http_methods(["GET", "POST"])
def new_examination(request: HttpRequest, pk: int) -> HttpResponse:
    """Claim a result that an officer has from elsewhere; another person confirms."""

    def save(officer: Officer, form: ExaminationForm) -> str:
        row = claim_result(
            actor_of(request), officer.pk, form.entry(), form.uploaded_proof(), now=clock.now()
        )
        return _("已登记%(name)s的%(paper)s成绩 %(score)s 分，由他人对照证明确认后生效") % {
            "name": officer.name,
            "paper": paper_name(row.paper),
            "score": row.score,
        }

    return record_page(
        request,
        pk,
        Permission.TRAINING_RECORD,
        make_form=ExaminationForm,
        save=save,
        title=_("登记外来考试成绩（须他人确认）"),
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
        upload = Proof(*proof) if proof else None
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
def result_claims(request: HttpRequest) -> HttpResponse:
    """List the results that one person claimed, those that wait and those decided, newest first."""
    actor = actor_of(request)
    rows = claims_for(actor)
    if request.GET.get("state") == ClaimState.ASKED:
        rows = rows.filter(state=ClaimState.ASKED.value)
    page = keyset_page(rows, "-asked_at", request.GET.get("after", ""))
    url = reverse("result-claims")
    return render_page(
        request,
        "examinations/claims.jinja",
        {
            "page_title": _("须确认的成绩"),
            "breadcrumbs": crumbs(),
            "list_url": url,
            "only_waiting": request.GET.get("state") == ClaimState.ASKED,
            "table_name": "result-claims",
            "columns": [
                {"key": "name", "label": _("姓名")},
                {"key": "state", "label": _("状态"), "kind": "state"},
                {"key": "what", "label": _("事项")},
                {"key": "paper", "label": _("科目")},
                {"key": "score", "label": _("成绩"), "kind": "number"},
                {"key": "sat_on", "label": _("考试日期"), "kind": "date"},
                {"key": "agency", "label": _("执法单位"), "kind": "clip"},
                {"key": "asked_by", "label": _("登记人")},
                {"key": "decided_by", "label": _("确认人")},
            ],
            "rows": [
                {
                    "url": reverse("result-claim", args=[row.pk]),
                    "name": row.officer.name,
                    "state": claim_state(row),
                    "what": _("更正成绩") if row.result_id else _("外来成绩"),
                    "paper": paper_name(row.paper),
                    "score": row.score,
                    "sat_on": row.sat_on,
                    "agency": row.officer.agency.name,
                    "asked_by": row.asked_by_name,
                    "decided_by": row.decided_by_name,
                }
                for row in page.rows
            ],
            "count_text": _("共 %(count)s 项") % {"count": page.count_text},
            **page.addresses(url),
            "empty_title": _("没有须确认的成绩"),
            "empty_step": _("外省、系统启用前的成绩和更正，由一人登记、另一人在这里确认"),
        },
    )


@permission_for_view(Permission.OFFICER_VIEW)
@require_GET
def result_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one claim, with what the viewer may decide."""
    actor = actor_of(request)
    row = claim_for(actor, pk)
    officer = row.officer
    title = _("%(name)s的成绩更正") if row.result_id else _("%(name)s的外来成绩")
    return render_page(
        request,
        "examinations/claim.jinja",
        {
            "page_title": title % {"name": officer.name},
            "breadcrumbs": [
                *crumbs(),
                {"label": _("须确认的成绩"), "url": reverse("result-claims")},
                {"label": officer.name, "url": reverse("officer-detail", args=[officer.pk])},
            ],
            "state": claim_state(row),
            "row": row,
            "papers": (paper_name(row.result.paper) if row.result else "", paper_name(row.paper)),
            "can_decide": can_decide(actor, row),
        },
    )


@permission_for_view(Permission.TRAINING_RECORD)
@require_POST
def result_claim_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the claim (``then=confirm``) or refuse it."""
    claim_for(actor_of(request), pk)
    action = request.POST.get("then", "")
    if action not in ("confirm", "refuse"):
        raise InvalidInput("unknown-decision", N_("请选择“确认成绩”或“不同意”"))
    row = decide_claim(actor_of(request), pk, action, now=clock.now())
    done = (
        _("已确认%(name)s的成绩，已记入本人记录")
        if action == "confirm"
        else _("不同意%(name)s的成绩，没有记入")
    )
    messages.success(request, done % {"name": row.officer.name})
    return redirect("result-claim", pk=pk)
