"""What follows when two records of one person become one."""

from __future__ import annotations

from datetime import datetime

from warrant.apps.audit.services import record
from warrant.apps.examinations.models import Candidate, ExaminationRecord, ResultClaim
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.register import subject_of
from warrant.core.access import Actor


def follow_merge(kept: Officer, gone: Officer, *, actor: Actor, now: datetime) -> None:
    """Let results and sittings of the record that goes belong to the one that stays.

    Where both sat, each list stays as it was.
    """
    ResultClaim.system.filter(officer=gone).update(officer=kept)
    results = ExaminationRecord.objects.filter(officer=gone).update(officer=kept)
    if results:
        record(
            actor, "examination.re-pointed", subject_of(kept), f"{kept.name}：考试 {results} 项归并", now=now
        )
    both = Candidate.objects.filter(officer=kept).values("sitting_id")
    Candidate.objects.filter(officer=gone).exclude(sitting_id__in=both).update(officer=kept)
