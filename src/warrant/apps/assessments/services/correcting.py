"""Correcting a confirmed outcome: one person asks with a reason, another decides; the wrong one stays readable."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.assessments.models import Assessment, Objection, OutcomeCorrection, Sheet
from warrant.apps.assessments.selectors.objections import had_part, objection_due_on
from warrant.apps.assessments.selectors.rounds import form_of
from warrant.apps.assessments.services.opening import locked_assessment, said, subject_of
from warrant.apps.assessments.services.scoring import SheetsRefusedError, read_sheet
from warrant.apps.assessments.services.telling import tell_year
from warrant.apps.assessments.types import Scores
from warrant.apps.audit.services import record
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.services.entries import record_assessment
from warrant.apps.officers.services.locking import lock_officers
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import OBJECTION, OUTCOME_CORRECTION, AssessmentState, OutcomeCorrectionState
from warrant.core.qualification.assessment import BAND_NAMES


@transaction.atomic
def ask_correction(
    actor: Actor, sheet_pk: int, typed: Scores, reason: str, *, now: datetime
) -> OutcomeCorrection:
    """Ask that a confirmed outcome be put right; it counts as it stands until somebody else agrees.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own sheet.
        Conflict: not confirmed, nobody was scored, or a correction waits.
        SheetsRefusedError: points are wrong. InvalidInput: no reason, or nothing is different.
    """
    known = Sheet.objects.filter(pk=sheet_pk).values_list("assessment_id", flat=True).first()
    assessment = locked_assessment(actor, known or 0, Permission.OFFICER_EDIT)
    sheet = assessment.sheets.select_related("officer").get(pk=sheet_pk)
    if sheet.officer is not None and is_own(actor, sheet.officer):
        raise NotPermitted("own-record", N_("不能更正本人的考核结果，请由他人办理"))
    return put_correction(actor, assessment, sheet, typed, reason, now=now)


def put_correction(
    actor: Actor,
    assessment: Assessment,
    sheet: Sheet,
    typed: Scores,
    reason: str,
    *,
    now: datetime,
    objection: Objection | None = None,
) -> OutcomeCorrection:
    """Put down what is to be put right on a sheet of a locked assessment; the caller has checked the right.

    Raises:
        Conflict: not confirmed, nobody was scored, or a correction waits.
        SheetsRefusedError: points are wrong. InvalidInput: no reason, or nothing is different.
    """
    if assessment.state != AssessmentState.CONFIRMED or not sheet.band:
        raise Conflict("not-confirmed", N_("只有已确认的考核结果才能申请更正"))
    if sheet.corrections.filter(state=OutcomeCorrectionState.ASKED.value).exists():
        raise Conflict("correction-asked", N_("这项结果已有人申请更正，正在等待他人确认"))
    form = form_of(assessment)
    points, problems = read_sheet(form, typed)
    if problems:
        raise SheetsRefusedError({(sheet.pk, name): error for name, error in problems.items()})
    vetoes = [code for code in form.vetoes if code in typed.vetoes]
    if points == sheet.points and vetoes == sheet.vetoes:
        raise InvalidInput("nothing-different", N_("与原考核表没有差别；请改正有误的项目"))
    total = form.total(points)
    row = OutcomeCorrection(
        sheet=sheet,
        points=points,
        vetoes=vetoes,
        total=total,
        band=form.band_of(total, vetoes),
        reason=said(reason, N_("请写明更正的理由，至少四个字")),
        objection=objection,
        asked_by_id=actor.account_id,
        asked_by_name=actor.name,
        asked_at=now,
    )
    row.put_at(assessment.place)
    row.save()
    record(
        actor,
        "assessment.correction-asked",
        subject_of(assessment),
        f"{BAND_NAMES[sheet.band]} → {BAND_NAMES[row.band]}：{row.reason}",
        now=now,
        detail={"sheet": sheet.pk, "correction": row.pk},
    )
    return row


@transaction.atomic
def decide_correction(actor: Actor, pk: int, action: str, *, now: datetime) -> OutcomeCorrection:
    """Agree to or refuse (``action``) the correction that somebody else asked for.

    Raises:
        NotFound: there is none in reach.
        NotPermitted: without the right, the person who asked, or the officer; after an objection also whoever scored,
            handed in or confirmed.
        Conflict: it was decided, or the entry in the register was changed meanwhile.
    """
    known = OutcomeCorrection.system.filter(pk=pk).values_list("sheet__officer_id", flat=True).first()
    officers = lock_officers([known] if known else [])
    rows = OutcomeCorrection.system.select_related(
        "sheet__assessment__unit", "sheet__entry", "sheet__officer", "objection"
    )
    row = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(actor, Permission.OFFICER_CONFIRM, row.place)
    sheet = row.sheet
    if row.asked_by_id == actor.account_id or (sheet.officer is not None and is_own(actor, sheet.officer)):
        raise NotPermitted("four-eyes", N_("申请人和本人不能决定这项更正，请由他人办理"))
    if row.objection is not None and had_part(actor, sheet):
        raise NotPermitted("had-part", N_("您参加过这次考核的评分、上报或确认，复核须由其他人办理"))
    row.state = OUTCOME_CORRECTION.next_state(action, row.state).value
    row.decided_by_id, row.decided_by_name, row.decided_at = actor.account_id, actor.name, now
    today = timezone.localtime(now).date()
    if row.state == OutcomeCorrectionState.CONFIRMED:
        if sheet.entry is not None and sheet.entry.content["band"] != row.band:
            sheet.entry = record_assessment(
                actor,
                officers[sheet.officer_id or 0],
                {**sheet.entry.content, "band": row.band},
                corrected=sheet.entry,
                reason=row.reason,
                on=today,
                now=now,
            )
        sheet.points, sheet.vetoes, sheet.total, sheet.band = row.points, row.vetoes, row.total, row.band
        sheet.corrections_made += 1
        sheet.revision += 1
        if sheet.officer is not None and not Objection.system.filter(sheet=sheet).exists():
            sheet.objection_due_on = objection_due_on(form_of(sheet.assessment), today)
        sheet.save()
    row.save()
    if row.objection is not None:
        _close_objection(actor, row, row.objection.pk, now)
    is_agreed = row.state == OutcomeCorrectionState.CONFIRMED
    record(
        actor,
        "assessment.corrected" if is_agreed else "assessment.correction-refused",
        subject_of(sheet.assessment),
        BAND_NAMES[row.band],
        now=now,
        detail={"sheet": sheet.pk, "correction": row.pk},
    )
    if is_agreed:
        tell_year(sheet.assessment, now=now)
    return row


def _close_objection(actor: Actor, row: OutcomeCorrection, pk: int, now: datetime) -> None:
    """Let the objection that a correction answers to end with it, or be reconsidered again."""
    objection = Objection.system.select_for_update(of=("self",)).get(pk=pk)
    is_agreed = row.state == OutcomeCorrectionState.CONFIRMED
    objection.state = OBJECTION.next_state("correct" if is_agreed else "send-back", objection.state).value
    if not is_agreed:
        objection.answer, objection.decided_by, objection.decided_by_name = "", None, ""
        objection.decided_at = None
    objection.save()
    record(
        actor,
        "assessment.objection-corrected" if is_agreed else "assessment.objection-sent-back",
        subject_of(row.sheet.assessment),
        BAND_NAMES[row.band],
        now=now,
        detail={"sheet": row.sheet_id, "objection": objection.pk, "correction": row.pk},
    )
