"""Keeping results, each with its proof, and putting one in the place of a wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.examinations.models import ExaminationRecord
from warrant.apps.examinations.selectors.results import examinations_of, passed_year
from warrant.apps.examinations.types import ExaminationEntry
from warrant.apps.officers.models import COUNTING, Document, Officer
from warrant.apps.officers.services.correcting import lock_to_correct, put_in_place, tell_correction
from warrant.apps.officers.services.register import subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.training.services import check_day, plain_name
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import ChangeKind
from warrant.core.qualification.examination import HUNDRED, PAPERS, ExaminationRules
from warrant.core.regulation import RegulationKind


def rules_on(on: date) -> ExaminationRules:
    """Return the rules of examinations that count at this node on a day."""
    rules: ExaminationRules = in_force(RegulationKind.EXAMINATION, own_jurisdiction(), on).document
    return rules


def checked_result(officer: Officer, entry: ExaminationEntry, today: date, pk: int = 0) -> dict[str, Any]:
    """Return the columns of a result that may stand beside the others; ``pk``: the one it takes the place of.

    Raises:
        InvalidInput: an entry is wrong or known already; ``place`` names the field.
    """
    if entry.paper not in PAPERS:
        raise InvalidInput("unknown-paper", N_("请选择考试科目"), place="paper")
    organiser = plain_name(entry.organiser, "organiser")
    check_day(entry.sat_on, officer, "sat_on", today)
    pass_mark = entry.pass_mark
    if pass_mark is None:
        pass_mark = rules_on(entry.sat_on).of(entry.paper).pass_mark
    for place, value in (("score", entry.score), ("pass_mark", pass_mark)):
        if not value.is_finite() or not 0 <= value <= HUNDRED or value != round(value, 1):
            raise InvalidInput("score-out-of-range", N_("分数应为 0 至 100，最多一位小数"), place=place)
    same = officer.examinations.filter(COUNTING, paper=entry.paper, sat_on=entry.sat_on)
    if same.exclude(pk=pk).exists():
        raise InvalidInput("already-recorded", N_("该科目当天的成绩已经登记过，请核对日期"), place="sat_on")
    return {
        "paper": entry.paper,
        "sat_on": entry.sat_on,
        "organiser": organiser,
        "score": entry.score,
        "pass_mark": pass_mark,
    }


def _result_line(row: ExaminationRecord) -> str:
    return f"{PAPERS[row.paper]} {row.score} / {row.pass_mark} {row.sat_on}"


def _words(row: ExaminationRecord) -> str:
    return f"考试 {PAPERS[row.paper]} {row.score} 分"


def record_sat(
    actor: Actor, officer: Officer, entry: ExaminationEntry, proof: Document, *, now: datetime
) -> ExaminationRecord:
    """Record what an officer scored and two people say; the caller has locked the officer and checked the right.

    Raises:
        InvalidInput: as :func:`checked_result`.
    """
    fields = checked_result(officer, entry, timezone.localtime(now).date())
    return keep_result(actor, officer, fields, proof, now=now)


def keep_result(
    actor: Actor, officer: Officer, fields: Mapping[str, Any], proof: Document, *, now: datetime
) -> ExaminationRecord:
    """Write one checked result, and the year in which the officer last passed."""
    row = ExaminationRecord.objects.create(
        officer=officer, **fields, proof=proof, recorded_by_id=actor.account_id, recorded_at=now
    )
    write_change(
        officer,
        {"examined_year": max(officer.examined_year, row.sat_on.year)} if row.is_passed else {},
        ChangeKind.ENTRY_ADDED,
        actor,
        now=now,
        effective_on=row.sat_on,
        reason=_words(row),
        is_always_kept=True,
    )
    record(
        actor,
        "examination.recorded",
        subject_of(officer),
        _result_line(row),
        now=now,
        detail={"examination": row.pk, "proof": row.proof.digest},
    )
    return row


@transaction.atomic
def correct_examination(
    actor: Actor, pk: int, entry: ExaminationEntry, kept: Document | None, reason: str, *, now: datetime
) -> ExaminationRecord:
    """Put a result in the place of a wrong one, which stays readable; without a new proof the old one counts.

    Two people correct a result: ``services.claiming`` calls this when the second one confirms.

    Raises:
        InvalidInput: as :func:`checked_result`; no reason; nothing is different.
        Conflict: it was corrected in the meantime.
    """
    officer, wrong = lock_to_correct(actor, ExaminationRecord, pk, Permission.TRAINING_RECORD)
    fields = checked_result(officer, entry, timezone.localtime(now).date(), wrong.pk)
    before = passed_year(examinations_of(officer))
    row = put_in_place(actor, officer, wrong, fields, proof=kept, reason=reason, now=now)
    tell_correction(
        actor,
        officer,
        row,
        years={"examined_year": (before, passed_year(examinations_of(officer)))},
        area="examination",
        lines=(_result_line(wrong), _result_line(row)),
        words=_words(row),
        effective_on=row.sat_on,
        now=now,
    )
    return row
