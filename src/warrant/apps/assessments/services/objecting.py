"""Objecting to the own outcome, once and in time; others than those who scored and confirmed reconsider it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.assessments.models import Assessment, Objection, Sheet
from warrant.apps.assessments.selectors.objections import had_part, own_sheets
from warrant.apps.assessments.services.correcting import put_correction
from warrant.apps.assessments.services.opening import locked_assessment, said, subject_of
from warrant.apps.assessments.types import Scores
from warrant.apps.audit.services import record
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.reasons import checked_reason
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, NotFound, NotPermitted
from warrant.core.lifecycle import OBJECTION
from warrant.core.qualification.assessment import BAND_NAMES
from warrant.core.standards.id_number import without_id_numbers


@transaction.atomic
def raise_objection(
    actor: Actor, sheet_pk: int, reason: str, proof: tuple[bytes, str] | None, *, now: datetime
) -> Objection:
    """Object to the own confirmed outcome; ``proof`` is a file's bytes and name.

    Raises:
        NotFound: it is not the actor's own, or not confirmed.
        Conflict: the time is over, or there was an objection already.
        InvalidInput: no reason, or the proof cannot be taken; ``place`` names the field.
    """
    mine = own_sheets(actor).order_by().values("pk")
    rows = Sheet.objects.select_for_update(of=("self",)).select_related("assessment__unit", "officer")
    sheet = rows.filter(pk=sheet_pk, pk__in=mine).first()
    if sheet is None or sheet.officer is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if Objection.system.filter(sheet=sheet).exists():
        raise Conflict("objected-already", N_("您已对这项结果申请过复核；每项结果可申请一次"))
    if sheet.objection_due_on is None or timezone.localtime(now).date() > sheet.objection_due_on:
        raise Conflict("objection-late", N_("申请复核的期限已过；请直接联系考核单位"))
    assessment = sheet.assessment
    text = without_id_numbers(checked_reason(reason))
    objection = Objection(sheet=sheet, reason=text, raised_by_id=actor.account_id, raised_at=now)
    if proof is not None:
        objection.proof = store_document(
            actor, *proof, assessment.place, now=now, officer_uid=sheet.officer.uid
        )
    objection.put_at(assessment.place)
    objection.save()
    record(
        actor,
        "assessment.objection-raised",
        subject_of(assessment),
        f"{BAND_NAMES[sheet.band]}：{objection.reason}",
        now=now,
        detail={"sheet": sheet.pk, "objection": objection.pk},
    )
    return objection


def _locked(actor: Actor, pk: int) -> tuple[Objection, Assessment, Sheet]:
    """Return an objection that the actor may reconsider, locked after its assessment."""
    known = Objection.system.filter(pk=pk).values_list("sheet__assessment_id", flat=True).first()
    assessment = locked_assessment(actor, known or 0, Permission.OFFICER_CONFIRM)
    objection = Objection.system.select_for_update(of=("self",)).get(pk=pk)
    sheet = Sheet.objects.select_related("assessment", "officer").get(pk=objection.sheet_id)
    if had_part(actor, sheet) or objection.raised_by_id == actor.account_id:
        raise NotPermitted("had-part", N_("您参加过这次考核的评分、上报或确认，复核须由其他人办理"))
    if sheet.officer is not None and is_own(actor, sheet.officer):
        raise NotPermitted("own-record", N_("不能复核本人的考核结果，请由他人办理"))
    return objection, assessment, sheet


def _answered(actor: Actor, objection: Objection, action: str, answer: str, now: datetime) -> None:
    objection.state = OBJECTION.next_state(action, objection.state).value
    objection.answer = answer
    objection.decided_by_id, objection.decided_by_name = actor.account_id, actor.name
    objection.decided_at = now
    objection.save()


@transaction.atomic
def uphold_outcome(actor: Actor, pk: int, answer: str, *, now: datetime) -> Objection:
    """Let the outcome stand after reconsidering it, with an answer to the officer.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, had part in the assessment, or the officer.
        Conflict: it was answered already. InvalidInput: no answer.
    """
    objection, assessment, sheet = _locked(actor, pk)
    OBJECTION.next_state("uphold", objection.state)
    text = said(answer, N_("请写明维持的理由，至少四个字"))
    _answered(actor, objection, "uphold", text, now)
    record(
        actor,
        "assessment.objection-upheld",
        subject_of(assessment),
        f"{BAND_NAMES[sheet.band]}：{text}",
        now=now,
        detail={"sheet": sheet.pk, "objection": objection.pk},
    )
    return objection


@transaction.atomic
def correct_on_objection(actor: Actor, pk: int, typed: Scores, answer: str, *, now: datetime) -> Objection:
    """Ask, after reconsidering, that the outcome be put right; somebody else again decides on the correction.

    Raises:
        NotFound, NotPermitted: as for :func:`uphold_outcome`.
        Conflict: it was answered already, or another correction waits.
        SheetsRefusedError: points are wrong. InvalidInput: no answer, or nothing is different.
    """
    objection, assessment, sheet = _locked(actor, pk)
    OBJECTION.next_state("propose", objection.state)
    row = put_correction(actor, assessment, sheet, typed, answer, now=now, objection=objection)
    _answered(actor, objection, "propose", row.reason, now)
    return objection
