"""One way to put a record in the place of a wrong one, for everything about an officer that is never overwritten.

The earlier record keeps its content, its proof and who recorded it; a record is corrected once, a correction may be
corrected again. Source: ADR-0010.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from warrant.apps.audit.services import record
from warrant.apps.officers.models import Correctable, Document, Officer
from warrant.apps.officers.models.correctable import LONGEST_CORRECTION_REASON
from warrant.apps.officers.selectors.entries import Standing, standings
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.services.register import locked_officer, subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import ChangeKind
from warrant.core.standards.id_number import without_id_numbers

Row = TypeVar("Row", bound=Correctable)


def lock_to_correct(actor: Actor, model: type[Row], pk: int, permission: Permission) -> tuple[Officer, Row]:
    """Return a record that counts, and its officer locked.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own record.
        Conflict: it was corrected or withdrawn in the meantime.
    """
    rows = model._default_manager
    officer_id = rows.filter(pk=pk).values_list("officer_id", flat=True).first()
    if officer_id is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    officer = locked_officer(actor, permission, officer_id)
    if is_own(actor, officer):
        raise NotPermitted("own-record", N_("不能更正本人的记录，请由其他登记员办理"))
    siblings = list(rows.filter(officer_id=officer.pk))
    if standings(siblings).get(pk) is not Standing.VALID:
        raise Conflict("entry-not-valid", N_("该条目已被更正或撤销；请刷新页面，在有效的条目上办理"))
    return officer, next(row for row in siblings if row.pk == pk)


def correction_reason(text: str) -> str:
    """Return why a record is corrected. Raises: InvalidInput ``reason-missing`` at ``reason``."""
    reason = without_id_numbers(" ".join(text.split()))
    if not reason:
        raise InvalidInput("reason-missing", N_("请写明更正的理由"), place="reason")
    return reason[:LONGEST_CORRECTION_REASON]


def refuse_no_difference(row: Correctable, values: dict[str, object], proof: Document | None) -> None:
    """Refuse a correction that says what stands there already. Raises: InvalidInput ``nothing-different``."""
    if proof is None and all(getattr(row, field) == value for field, value in values.items()):
        raise InvalidInput("nothing-different", N_("与原条目没有差别；请改正有误的项目"))


def derived(present: int, before: int, after: int) -> int:
    """Return a year that follows from records, after one of them was corrected.

    ``before`` and ``after``: what the records said and say. A later year that came from elsewhere stays.
    """
    return after if present == before else max(present, after)


def put_in_place(
    actor: Actor,
    officer: Officer,
    wrong: Row,
    fields: Mapping[str, Any],
    *,
    proof: Document | None,
    reason: str,
    now: datetime,
) -> Row:
    """Write the record that stands in the place of ``wrong``; without a new proof the old one counts.

    Raises:
        InvalidInput: no reason, or nothing is different.
    """
    said = correction_reason(reason)
    refuse_no_difference(wrong, dict(fields), proof)
    kept: Any = wrong
    row: Row = type(wrong)._default_manager.create(
        officer=officer,
        **fields,
        proof=proof or kept.proof,
        corrects=wrong,
        correction_reason=said,
        recorded_by_id=actor.account_id,
        recorded_at=now,
    )
    return row


def tell_correction(
    actor: Actor,
    officer: Officer,
    row: Correctable,
    *,
    years: Mapping[str, tuple[int, int]],
    area: str,
    lines: tuple[str, str],
    words: str,
    effective_on: date,
    now: datetime,
) -> None:
    """Let the officer's record and the ledger follow a correction.

    ``years``: columns that follow from such records, with what the records said before and say after. ``area``: of the
    ledger's action. ``lines``: the record before and after, in one line each. ``words``: of the officer's version.
    """
    said, kept = row.correction_reason, row
    proof: Document = kept.proof  # type: ignore[attr-defined]  # every record of an officer has its proof
    write_change(
        officer,
        {name: derived(getattr(officer, name), before, after) for name, (before, after) in years.items()},
        ChangeKind.ENTRY_ADDED,
        actor,
        now=now,
        effective_on=effective_on,
        reason=f"{words}（更正：{said}）"[:300],
        is_always_kept=True,
    )
    record(
        actor,
        f"{area}.corrected",
        subject_of(officer),
        f"{lines[0]} → {lines[1]}：{said}"[:300],
        now=now,
        detail={area: row.pk, "corrects": row.corrects_id, "reason": said, "proof": proof.digest},
    )
