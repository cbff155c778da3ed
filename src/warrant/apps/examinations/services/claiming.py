"""A single result takes two people: one claims it with its proof, another confirms.

A result from elsewhere (another province, before the system) stands on the record only then; a corrected one takes the
place of the wrong one, which stays readable.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.examinations.models import Candidate, ExaminationRecord, ResultClaim, Sitting
from warrant.apps.examinations.services.results import checked_result, correct_examination, record_sat
from warrant.apps.examinations.services.telling import tell_year
from warrant.apps.examinations.types import ExaminationEntry
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.services.correcting import correction_reason, lock_to_correct, refuse_no_difference
from warrant.apps.officers.services.locking import lock_officers
from warrant.apps.officers.services.register import subject_of
from warrant.apps.training.services import officer_to_record, store_proof
from warrant.apps.training.types import Proof
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import RESULT_CLAIM, ClaimState
from warrant.core.qualification.examination import PAPERS


def _claim(actor: Actor, officer: Officer, fields: dict[str, Any], now: datetime, **more: Any) -> ResultClaim:
    row = ResultClaim(
        officer=officer,
        **fields,
        **more,
        asked_by_id=actor.account_id,
        asked_by_name=actor.name,
        asked_at=now,
    )
    row.put_at(officer.place)
    row.save()
    return row


@transaction.atomic
def claim_result(
    actor: Actor, officer_pk: int, entry: ExaminationEntry, proof: Proof, *, now: datetime
) -> ResultClaim:
    """Claim one result that an officer has from elsewhere, passed or not; it counts once somebody else confirms.

    Raises:
        NotFound: the officer is out of reach.
        NotPermitted: the actor may not record here, or is the officer.
        InvalidInput: an entry is wrong, known or claimed already, or the proof cannot be taken; ``place`` names the
            field.
    """
    officer = officer_to_record(actor, officer_pk)
    fields = checked_result(officer, entry, timezone.localtime(now).date())
    del fields["pass_mark"]
    waiting = officer.result_claims.filter(state=ClaimState.ASKED.value, result=None)
    if waiting.filter(paper=entry.paper, sat_on=entry.sat_on).exists():
        raise InvalidInput(
            "already-claimed", N_("这项成绩已有人登记，正在等待他人确认，请核对日期"), place="sat_on"
        )
    row = _claim(actor, officer, fields, now, proof=store_proof(actor, officer, proof, now))
    record(
        actor,
        "examination.claimed",
        subject_of(officer),
        f"{PAPERS[row.paper]} {row.score} {row.sat_on}",
        now=now,
        detail={"claim": row.pk, "proof": row.proof.digest if row.proof else ""},
    )
    return row


@transaction.atomic
def ask_correction(
    actor: Actor, pk: int, entry: ExaminationEntry, proof: Proof | None, reason: str, *, now: datetime
) -> ResultClaim:
    """Ask that a result be put right; it counts as it stands until somebody else confirms.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own result.
        Conflict: it was corrected already, or a correction waits.
        InvalidInput: an entry is wrong, no reason, or nothing is different; ``place`` names the field.
    """
    officer, wrong = lock_to_correct(actor, ExaminationRecord, pk, Permission.TRAINING_RECORD)
    if wrong.claims.filter(state=ClaimState.ASKED.value).exists():
        raise Conflict("correction-asked", N_("这项成绩已有人申请更正，正在等待他人确认"))
    fields = checked_result(officer, entry, timezone.localtime(now).date(), wrong.pk)
    del fields["pass_mark"]
    said = correction_reason(reason)
    document = None if proof is None else store_proof(actor, officer, proof, now)
    refuse_no_difference(wrong, fields, document)
    row = _claim(actor, officer, fields, now, result=wrong, reason=said, proof=document)
    record(
        actor,
        "examination.correction-asked",
        subject_of(officer),
        f"{wrong.score} → {row.score}：{said}",
        now=now,
        detail={"examination": wrong.pk, "claim": row.pk},
    )
    return row


@transaction.atomic
def decide_claim(actor: Actor, pk: int, action: str, *, now: datetime) -> ResultClaim:
    """Confirm or refuse (``action``) a result that somebody else claims.

    Raises:
        NotFound: there is none in reach.
        NotPermitted: without the right, the person who claims, or the officer.
        Conflict: it was decided, or the result was corrected meanwhile.
        InvalidInput: what is claimed no longer goes with the other results.
    """
    row = ResultClaim.system.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(actor, Permission.TRAINING_RECORD, row.place)
    if row.asked_by_id == actor.account_id or is_own(actor, row.officer):
        raise NotPermitted("four-eyes", N_("登记或申请的人和本人不能确认这项成绩，请由他人办理"))
    row.state = RESULT_CLAIM.next_state(action, row.state).value
    row.decided_by_id, row.decided_by_name, row.decided_at = actor.account_id, actor.name, now
    if row.state == ClaimState.CONFIRMED:
        row.made = _make(actor, row, now)
    row.save()
    if row.state == ClaimState.REFUSED:
        record(
            actor,
            "examination.claim-refused",
            subject_of(row.officer),
            f"{PAPERS[row.paper]} {row.score} {row.sat_on}",
            now=now,
            detail={"claim": row.pk},
        )
    return row


def _make(actor: Actor, row: ResultClaim, now: datetime) -> ExaminationRecord:
    """Put on the record what was claimed."""
    wrong = row.result
    if wrong is not None:
        entry = ExaminationEntry(row.paper, row.sat_on, row.organiser, row.score, wrong.pass_mark)
        made = correct_examination(actor, wrong.pk, entry, row.proof, row.reason, now=now)
        candidates = Candidate.objects.filter(result=wrong)
        sitting = Sitting.system.select_related("organiser").filter(candidates__in=candidates).first()
        candidates.update(result=made)
        if sitting is not None:
            tell_year(sitting.organiser, sitting.sat_on.year, now=now)
        return made
    if row.proof is None:
        raise Conflict("proof-missing", N_("没有证明文件，不能确认"))
    officer = lock_officers([row.officer_id])[row.officer_id]
    entry = ExaminationEntry(row.paper, row.sat_on, row.organiser, row.score)
    return record_sat(actor, officer, entry, row.proof, now=now)
