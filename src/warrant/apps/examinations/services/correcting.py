"""Correcting a result: one person asks with a reason, another decides; the wrong one stays readable."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.examinations.models import Candidate, ExaminationRecord, ScoreCorrection
from warrant.apps.examinations.services.results import checked_result, correct_examination
from warrant.apps.examinations.types import ExaminationEntry, Upload
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.services.correcting import correction_reason, lock_to_correct, refuse_no_difference
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.register import subject_of
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import SCORE_CORRECTION, CorrectionState


@transaction.atomic
def ask_correction(
    actor: Actor, pk: int, entry: ExaminationEntry, proof: Upload | None, reason: str, *, now: datetime
) -> ScoreCorrection:
    """Ask that a result be put right; it counts as it stands until somebody else confirms.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own result.
        Conflict: it was corrected already, or a correction waits.
        InvalidInput: an entry is wrong, no reason, or nothing is different; ``place`` names the field.
    """
    officer, wrong = lock_to_correct(actor, ExaminationRecord, pk, Permission.TRAINING_RECORD)
    if wrong.asked_corrections.filter(state=CorrectionState.ASKED.value).exists():
        raise Conflict("correction-asked", N_("这项成绩已有人申请更正，正在等待他人确认"))
    fields = checked_result(officer, entry, timezone.localtime(now).date(), wrong.pk)
    del fields["pass_mark"]
    said = correction_reason(reason)
    document = None
    if proof is not None:
        try:
            document = store_document(
                actor, proof.raw, proof.file_name, officer.place, now=now, officer_uid=officer.uid
            )
        except InvalidInput as error:
            error.place = "proof"
            raise
    refuse_no_difference(wrong, fields, document)
    row = ScoreCorrection(
        result=wrong,
        **fields,
        reason=said,
        proof=document,
        asked_by_id=actor.account_id,
        asked_by_name=actor.name,
        asked_at=now,
    )
    row.put_at(officer.place)
    row.save()
    record(
        actor,
        "examination.correction-asked",
        subject_of(officer),
        f"{wrong.score} → {row.score}：{said}",
        now=now,
        detail={"examination": wrong.pk, "correction": row.pk},
    )
    return row


@transaction.atomic
def decide_correction(actor: Actor, pk: int, action: str, *, now: datetime) -> ScoreCorrection:
    """Confirm or refuse (``action``) the correction that somebody else asked for.

    Raises:
        NotFound: there is none in reach.
        NotPermitted: without the right, the person who asked, or the officer.
        Conflict: it was decided, or the result was corrected meanwhile.
        InvalidInput: what is asked for no longer goes with the other results.
    """
    row = ScoreCorrection.system.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(actor, Permission.TRAINING_RECORD, row.place)
    if row.asked_by_id == actor.account_id or is_own(actor, row.result.officer):
        raise NotPermitted("four-eyes", N_("申请人和本人不能决定这项更正，请由他人办理"))
    row.state = SCORE_CORRECTION.next_state(action, row.state).value
    row.decided_by_id, row.decided_by_name, row.decided_at = actor.account_id, actor.name, now
    if row.state == CorrectionState.CONFIRMED:
        wrong = row.result
        entry = ExaminationEntry(row.paper, row.sat_on, row.organiser, row.score, wrong.pass_mark)
        made = correct_examination(actor, wrong.pk, entry, row.proof, row.reason, now=now)
        Candidate.objects.filter(result=wrong).update(result=made)
    row.save()
    if row.state == CorrectionState.REFUSED:
        record(
            actor,
            "examination.correction-refused",
            subject_of(row.result.officer),
            f"{row.result.score} → {row.score}",
            now=now,
            detail={"correction": row.pk},
        )
    return row
