"""Leaving the force and coming back: the state of the person, and what ends with it.

Source: 2009 notice, 三(一) (changes of the force); the table stands in ``core.lifecycle.officer``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.accounts.services import set_officer_account_open
from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer, PlannedLeaving
from warrant.apps.officers.selectors.planned import planned_leaving_for, planned_leaving_of
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.selectors.transfers import open_transfer_of
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.following import follow_leaving
from warrant.apps.officers.services.locking import lock_officers
from warrant.apps.officers.services.reasons import checked_reason
from warrant.apps.officers.services.register import locked_officer, subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted, WarrantError
from warrant.core.lifecycle import OFFICER, ChangeKind, LeavingKind, OfficerState
from warrant.core.lifecycle.planned_leaving import (
    LONGEST_AHEAD_DAYS,
    PLANNABLE,
    PLANNED_LEAVING,
    PlannedLeavingState,
)

_AT_ONCE = 50


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

    ``proof``: bytes and file name, or nothing. The old unit goes on seeing the record. A day in the future makes a
    plan, which takes effect on that day by :func:`apply_planned_leavings`; until then nothing changes.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own record.
        Conflict: not in post; a transfer is open; a leaving is planned already.
        InvalidInput: day, reason, document or proof.
    """
    officer = locked_officer(actor, Permission.OFFICER_EDIT, pk)
    _refuse_own(actor, officer)
    _state_after(officer)
    checked = replace(
        wish,
        reason=checked_reason(wish.reason),
        document_number=wish.document_number.strip()[:80],
    )
    if not checked.document_number and wish.kind is not LeavingKind.DEATH:
        raise InvalidInput("number-missing", N_("请填写批准文件的文号"), place="document_number")
    _check_day(officer, wish, on)
    known = planned_leaving_of(officer)
    if known is not None:
        raise Conflict(
            "leaving-planned",
            N_("已登记%(name)s自 %(day)s 起离职；有变化的，请先取消该计划再登记"),
            name=officer.name,
            day=known.left_on.isoformat(),
        )
    kept = _kept_proof(actor, officer, proof, now)
    if wish.left_on > on:
        _plan(actor, officer, checked, kept, now=now)
    else:
        _leave(actor, officer, checked, kept, now=now)
    return officer


def _state_after(officer: Officer) -> OfficerState:
    """Return the state of somebody who leaves. Raises: Conflict: not in post, or a transfer is open."""
    state = OfficerState(OFFICER.next_state("leave", officer.state))
    transfer = open_transfer_of(officer)
    if transfer is not None:
        raise Conflict(
            "transfer-open",
            N_("%(name)s已有未办结的调动（调往%(unit)s）；请先办结或撤回"),
            name=officer.name,
            unit=transfer.to_agency.name,
        )
    return state


def _leave(
    actor: Actor | None, officer: Officer, wish: LeavingWish, proof: int | None, *, now: datetime
) -> None:
    """Let a locked officer leave now; without an actor a plan takes effect."""
    state = _state_after(officer)
    said = f"{wish.reason}（{wish.document_number}）" if wish.document_number else wish.reason
    write_change(
        officer,
        {"state": state.value, "left_on": wish.left_on, "left_kind": wish.kind.value},
        ChangeKind.LEFT,
        actor,
        now=now,
        effective_on=wish.left_on,
        reason=said[:300],
    )
    set_officer_account_open(actor, officer.uid, is_open=False, now=now)
    follow_leaving(
        officer, wish.kind, is_for_cause=wish.is_for_cause, reason=wish.reason, actor=actor, now=now
    )
    record(
        actor,
        "officer.left",
        subject_of(officer),
        f"{officer.name} {wish.left_on.isoformat()}：{wish.reason}",
        now=now,
        detail={
            "kind": wish.kind.value,
            "for_cause": wish.is_for_cause,
            "document": wish.document_number,
            "proof": proof or "",
        },
    )


def _plan(actor: Actor, officer: Officer, wish: LeavingWish, proof: int | None, *, now: datetime) -> None:
    plan = PlannedLeaving.objects.create(
        officer=officer,
        kind=wish.kind.value,
        left_on=wish.left_on,
        reason=wish.reason,
        document_number=wish.document_number,
        is_for_cause=wish.is_for_cause,
        proof_id=proof,
        planned_by_id=actor.account_id,
        planned_at=now,
    )
    record(
        actor,
        "officer.leaving-planned",
        subject_of(officer),
        f"{officer.name} {wish.left_on.isoformat()}：{wish.reason}",
        now=now,
        detail={"plan": plan.pk, "kind": wish.kind.value, "document": wish.document_number},
    )


def _end(plan: PlannedLeaving, action: str, actor: Actor | None, why: str, *, now: datetime) -> None:
    plan.state = PLANNED_LEAVING.next_state(action, plan.state).value
    plan.ended_by_id = actor.account_id if actor else None
    plan.ended_at, plan.end_reason, plan.trouble = now, why, ""
    plan.save(update_fields=["state", "ended_by", "ended_at", "end_reason", "trouble"])


@transaction.atomic
def cancel_planned_leaving(actor: Actor, pk: int, reason: str, *, now: datetime) -> PlannedLeaving:
    """Take back a leaving whose day has not come; nothing had changed.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own record.
        InvalidInput: no reason.
        Conflict: it took effect or was taken back meanwhile.
    """
    known = planned_leaving_for(actor, pk)
    officer = locked_officer(actor, Permission.OFFICER_EDIT, known.officer_id)
    _refuse_own(actor, officer)
    plan = PlannedLeaving.objects.select_for_update(of=("self",)).get(pk=pk)
    why = checked_reason(reason)
    _end(plan, "cancel", actor, why, now=now)
    record(
        actor,
        "officer.leaving-cancelled",
        subject_of(officer),
        f"{officer.name} {plan.left_on.isoformat()}：{why}"[:300],
        now=now,
        detail={"plan": plan.pk},
    )
    return plan


def apply_planned_leavings(*, now: datetime) -> int:
    """Let planned leavings whose day has come take effect; returns how many. Called again and again by a loop.

    One that cannot take effect says why on the officer's page and is tried again; it stops no other.
    """
    due = PlannedLeaving.objects.filter(
        state=PlannedLeavingState.PLANNED.value, left_on__lte=timezone.localdate(now)
    )
    applied = 0
    for pk in list(due.order_by("left_on", "pk").values_list("pk", flat=True)[:_AT_ONCE]):
        try:
            applied += _apply(pk, now=now)
        except WarrantError as error:
            text = _(error.message) % error.fields if error.fields else _(error.message)
            PlannedLeaving.objects.filter(pk=pk).update(trouble=text[:300])
    return applied


@transaction.atomic
def _apply(pk: int, *, now: datetime) -> int:
    officer_id = PlannedLeaving.objects.values_list("officer_id", flat=True).get(pk=pk)
    officer = lock_officers([officer_id])[officer_id]
    plan = PlannedLeaving.objects.select_for_update(of=("self",)).get(pk=pk)
    if plan.state != PlannedLeavingState.PLANNED:
        return 0
    if officer.state != OfficerState.ACTIVE:
        _end(plan, "lapse", None, "人员已不在职", now=now)
        return 0
    wish = LeavingWish(
        LeavingKind(plan.kind), plan.left_on, plan.reason, plan.document_number, plan.is_for_cause
    )
    _leave(None, officer, wish, plan.proof_id, now=now)
    _end(plan, "take-effect", None, "", now=now)
    return 1


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
    if wish.left_on > on and wish.kind not in PLANNABLE:
        raise InvalidInput("future-date", N_("离职日期晚于今天；请核对"), place="left_on")
    if wish.left_on > on + timedelta(days=LONGEST_AHEAD_DAYS):
        raise InvalidInput("too-far-ahead", N_("离职日期最多提前一年登记；请核对"), place="left_on")
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
