"""Educations with their proofs: recorded, and corrected by a later record; the officer's own columns follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.officers.models import COUNTING, Document, EducationRecord, Officer
from warrant.apps.officers.services.correcting import (
    correction_reason,
    lock_to_correct,
    refuse_no_difference,
)
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.register import locked_officer, subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import ChangeKind
from warrant.core.standards import codes

YOUNGEST_GRADUATE = 12
COLUMNS = ("education", "degree", "school", "major")
"""What the officer's own columns say of the highest education."""

Upload = tuple[bytes, str]


def _check(officer: Officer, values: Mapping[str, Any], on: date) -> None:
    graduated_on: date = values["graduated_on"]
    if graduated_on > on:
        raise InvalidInput("future-date", N_("毕业日期晚于今天；请核对"), place="graduated_on")
    if graduated_on.year - officer.birth_on.year < YOUNGEST_GRADUATE:
        raise InvalidInput("date-order", N_("毕业日期早于 12 周岁；请核对"), place="graduated_on")
    codes.EDUCATION.by_code(values["education"])


def _kept(actor: Actor, officer: Officer, proof: Upload, now: datetime) -> Document:
    try:
        return store_document(actor, *proof, officer.place, now=now, officer_uid=officer.uid)
    except InvalidInput as error:
        error.place = "proof"
        raise


def _summary(row: EducationRecord) -> str:
    return f"{row.school} {codes.EDUCATION.by_code(row.education).name} {row.graduated_on}"


@transaction.atomic
def add_education_record(
    actor: Actor, pk: int, values: Mapping[str, Any], raw: bytes, file_name: str, *, on: date, now: datetime
) -> EducationRecord:
    """Record one education with its proof; the highest becomes the officer's education.

    ``values``: education, degree, school, major, graduated_on.

    Raises:
        InvalidInput: the day lies in the future or before the birth; the proof cannot be taken.
    """
    officer = locked_officer(actor, Permission.OFFICER_EDIT, pk)
    _check(officer, values, on)
    row = EducationRecord.objects.create(
        officer=officer,
        **{field: values[field] for field in COLUMNS},
        graduated_on=values["graduated_on"],
        proof=_kept(actor, officer, (raw, file_name), now),
        recorded_by_id=actor.account_id,
        recorded_at=now,
    )
    is_highest = not officer.education or row.education <= officer.education  # GB/T 4658 counts from the top
    highest = {field: getattr(row, field) for field in COLUMNS} if is_highest else {}
    write_change(officer, highest, ChangeKind.EDUCATION_ADDED, actor, now=now, is_always_kept=True)
    record(
        actor,
        "officer.education-added",
        subject_of(officer),
        _summary(row),
        now=now,
        detail={"proof": row.proof.digest},
    )
    return row


@transaction.atomic
def correct_education_record(
    actor: Actor,
    pk: int,
    values: Mapping[str, Any],
    proof: Upload | None,
    reason: str,
    *,
    on: date,
    now: datetime,
) -> EducationRecord:
    """Put an education in the place of a wrong one, which stays readable; without a new proof the old one counts.

    Where the wrong one was the officer's education, the highest of those that count takes its place.

    Raises:
        InvalidInput: as :func:`add_education_record`; no reason; nothing is different.
        Conflict: it was corrected in the meantime.
    """
    officer, wrong = lock_to_correct(actor, EducationRecord, pk, Permission.OFFICER_EDIT)
    _check(officer, values, on)
    said = correction_reason(reason)
    kept = _kept(actor, officer, proof, now) if proof else None
    fields = {field: values[field] for field in (*COLUMNS, "graduated_on")}
    refuse_no_difference(wrong, fields, kept)
    row = EducationRecord.objects.create(
        officer=officer,
        **fields,
        proof=kept or wrong.proof,
        corrects=wrong,
        correction_reason=said,
        recorded_by_id=actor.account_id,
        recorded_at=now,
    )
    write_change(
        officer,
        _columns_after(officer, wrong, row),
        ChangeKind.EDUCATION_ADDED,
        actor,
        now=now,
        reason=f"{_summary(row)}（更正：{said}）"[:300],
        is_always_kept=True,
    )
    record(
        actor,
        "officer.education-corrected",
        subject_of(officer),
        f"{_summary(wrong)} → {_summary(row)}：{said}"[:300],
        now=now,
        detail={"education": row.pk, "corrects": wrong.pk, "reason": said, "proof": row.proof.digest},
    )
    return row


def _columns_after(officer: Officer, wrong: EducationRecord, row: EducationRecord) -> dict[str, str]:
    """Return the officer's columns after a correction; nothing where they came from elsewhere and are higher."""
    was_own = all(getattr(officer, field) == getattr(wrong, field) for field in COLUMNS)
    if was_own:
        counting = officer.educations.filter(COUNTING)
        highest = counting.order_by("education", "-graduated_on", "-id").first() or row
    elif not officer.education or row.education <= officer.education:
        highest = row
    else:
        return {}
    return {field: getattr(highest, field) for field in COLUMNS}
