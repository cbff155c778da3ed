"""Leaving the force and coming back: the state of the person, and what ends with it.

Source: 2009 notice, 三(一) (changes of the force); the table stands in ``core.lifecycle.officer``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from warrant.apps.accounts.services import set_officer_account_open
from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.selectors.transfers import open_transfer_of
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.following import follow_leaving
from warrant.apps.officers.services.reasons import checked_reason
from warrant.apps.officers.services.register import locked_officer, subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.lifecycle import OFFICER, ChangeKind, LeavingKind


@dataclass(frozen=True)
class LeavingWish:
    """What the registrar fills in. ``left_on``: the first day out of the force; ``is_for_cause``: for a dismissal."""

    kind: LeavingKind
    left_on: date
    reason: str
    document_number: str
    is_for_cause: bool = False


@transaction.atomic
def record_leaving(
    actor: Actor,
    pk: int,
    wish: LeavingWish,
    proof: tuple[bytes, str] | None,
    *,
    on: date,
    now: datetime,
) -> Officer:
    """Record that an officer has left: the certificate ends by rule, open cases and the own account with it.

    ``proof``: bytes and file name, or nothing. The old unit goes on seeing the record.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own record.
        Conflict: not in post; a transfer is open.
        InvalidInput: day, reason, document or proof.
    """
    officer = locked_officer(actor, Permission.OFFICER_EDIT, pk)
    _refuse_own(actor, officer)
    state = OFFICER.next_state("leave", officer.state)
    transfer = open_transfer_of(officer)
    if transfer is not None:
        raise Conflict(
            "transfer-open",
            N_("%(name)s已有未办结的调动（调往%(unit)s）；请先办结或撤回"),
            name=officer.name,
            unit=transfer.to_agency.name,
        )
    reason = checked_reason(wish.reason)
    number = wish.document_number.strip()[:80]
    if not number and wish.kind is not LeavingKind.DEATH:
        raise InvalidInput("number-missing", N_("请填写批准文件的文号"), place="document_number")
    _check_day(officer, wish, on)
    kept = _kept_proof(actor, officer, proof, now)
    write_change(
        officer,
        {"state": state.value, "left_on": wish.left_on, "left_kind": wish.kind.value},
        ChangeKind.LEFT,
        actor,
        now=now,
        effective_on=wish.left_on,
        reason=f"{reason}（{number}）" if number else reason,
    )
    set_officer_account_open(actor, officer.uid, is_open=False, now=now)
    follow_leaving(officer, wish.kind, is_for_cause=wish.is_for_cause, reason=reason, actor=actor, now=now)
    record(
        actor,
        "officer.left",
        subject_of(officer),
        f"{officer.name} {wish.left_on.isoformat()}：{reason}",
        now=now,
        detail={
            "kind": wish.kind.value,
            "for_cause": wish.is_for_cause,
            "document": number,
            "proof": kept or "",
        },
    )
    return officer


@transaction.atomic
def record_return(
    actor: Actor, pk: int, back_on: date, reason: str, document_number: str, *, on: date, now: datetime
) -> Officer:
    """Record that somebody who left is in post again; a certificate is applied for anew.

    Raises: as :func:`record_leaving`; Conflict for somebody who died.
    """
    officer = locked_officer(actor, Permission.OFFICER_EDIT, pk)
    _refuse_own(actor, officer)
    state = OFFICER.next_state("come-back", officer.state)
    if officer.left_kind == LeavingKind.DEATH:
        raise Conflict("is-dead", N_("%(name)s登记为去世；登记有误的，请更正离职登记"), name=officer.name)
    text = checked_reason(reason)
    number = document_number.strip()[:80]
    if not number:
        raise InvalidInput("number-missing", N_("请填写批准文件的文号"), place="document_number")
    if back_on > on or (officer.left_on is not None and back_on < officer.left_on):
        raise InvalidInput(
            "day-out-of-bounds",
            N_("日期应在离职日期之后，且不晚于今天"),
            place="back_on",
        )
    write_change(
        officer,
        {"state": state.value, "left_on": None, "left_kind": "", "arrived_on": back_on},
        ChangeKind.CAME_BACK,
        actor,
        now=now,
        effective_on=back_on,
        reason=f"{text}（{number}）",
    )
    set_officer_account_open(actor, officer.uid, is_open=True, now=now)
    record(
        actor,
        "officer.came-back",
        subject_of(officer),
        f"{officer.name} {back_on.isoformat()}：{text}",
        now=now,
        detail={"document": number},
    )
    return officer


def _refuse_own(actor: Actor, officer: Officer) -> None:
    if is_own(actor, officer):
        raise NotPermitted("own-case", N_("这是您本人的记录，不能由您办理"))


def _check_day(officer: Officer, wish: LeavingWish, on: date) -> None:
    if wish.left_on > on:
        raise InvalidInput("future-date", N_("离职日期晚于今天；请在当日或之后登记"), place="left_on")
    first = officer.arrived_on or officer.enforcement_started_on or officer.work_started_on
    if first is not None and wish.left_on < first:
        raise InvalidInput(
            "date-order",
            N_("离职日期早于到本单位的日期 %(day)s；请核对"),
            place="left_on",
            day=first.isoformat(),
        )


def _kept_proof(actor: Actor, officer: Officer, proof: tuple[bytes, str] | None, now: datetime) -> int | None:
    if proof is None:
        return None
    try:
        return store_document(actor, *proof, officer.place, now=now, officer_uid=officer.uid).pk
    except InvalidInput as error:
        error.place = "proof"
        raise
