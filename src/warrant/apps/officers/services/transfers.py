"""Transfers: one side proposes, the other decides, and on its day the record and all that hangs on it go over.

Source: 2009 notice, 三(一); the table stands in ``core.lifecycle.transfer``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.accounts.services import move_officer_account
from warrant.apps.audit.services import record
from warrant.apps.officers.models import Document, Officer, Transfer, TransferStep
from warrant.apps.officers.selectors.following import obstacles_of, say_obstacles
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.selectors.sealing import id_number_index
from warrant.apps.officers.selectors.transfers import (
    deciding_place,
    open_transfer_of,
    proposing_place,
    unit_named,
)
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.following import follow_transfer
from warrant.apps.officers.services.locking import lock_officers
from warrant.apps.officers.services.reasons import checked_reason
from warrant.apps.officers.services.register import locked_officer, subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission, Place, is_permitted, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted, WarrantError
from warrant.core.lifecycle import TRANSFER, ChangeKind, OfficerState, TransferSide, TransferState
from warrant.core.standards import id_number as id_numbers
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY

EARLIEST = timedelta(days=366)
LATEST = timedelta(days=183)
DUE_BATCH = 100


@dataclass(frozen=True)
class TransferWish:
    """What the side that proposes fills in. ``unit_name``: the unit at the other end; ``categories``: afterwards."""

    unit_name: str
    kind: str
    categories: Sequence[str]
    effective_on: date
    reason: str
    document_number: str
    withdraws_application: bool = False


def subject_of_transfer(transfer: Transfer) -> str:
    """Return how the audit ledger names a transfer."""
    return f"transfer:{transfer.pk}"


@transaction.atomic
def propose_transfer(
    actor: Actor, officer_pk: int, wish: TransferWish, proof: tuple[bytes, str], *, on: date, now: datetime
) -> Transfer:
    """Propose to let an officer go to another unit of the province, which decides. ``proof``: bytes and file name.

    Raises:
        NotFound, NotPermitted: the officer is out of reach, or the actor may not.
        Conflict: the officer has left, is on the way already, or a case waits for the ministry.
        InvalidInput: unit, day, categories, reason, number or proof.
    """
    officer = locked_officer(actor, Permission.OFFICER_TRANSFER, officer_pk)
    _refuse_own(actor, officer)
    _require_movable(officer)
    target = _unit_at_other_end(wish.unit_name, officer.province_unit, on)
    if target.pk == officer.agency_id:
        raise InvalidInput(
            "same-unit", N_("%(name)s已在“%(unit)s”"), place="unit_name", name=officer.name, unit=target.name
        )
    _check_obstacles(officer, withdraws=wish.withdraws_application)
    return _new_transfer(actor, officer, target, TransferSide.SENDING, wish, proof=proof, on=on, now=now)


@transaction.atomic
def request_transfer(
    actor: Actor,
    name: str,
    id_number: str,
    wish: TransferWish,
    proof: tuple[bytes, str],
    *,
    on: date,
    now: datetime,
) -> Transfer:
    """Ask for somebody whom another unit has, named by name and whole ID number; that unit decides.

    ``wish.unit_name`` is the own unit. Nothing of the record is shown before the other side agrees.

    Raises:
        NotPermitted, Conflict, InvalidInput: as for :func:`propose_transfer`; nobody fits name and number.
    """
    number = id_numbers.check(id_number.strip().upper()).text
    found = Officer.system.filter(id_number_index=id_number_index(number), owner_node="").first()
    if found is None or found.name != name.strip() or found.state != OfficerState.ACTIVE:
        raise InvalidInput(
            "nobody-fits",
            N_("没有姓名与身份证号码都相符的在册人员；请逐字核对，未登记过的人员请直接登记"),
            place="id_number",
        )
    officer = lock_officers([found.pk])[found.pk]
    target = _unit_at_other_end(wish.unit_name, officer.province_unit, on)
    try:
        require(actor, Permission.OFFICER_TRANSFER, target.place)
    except (NotFound, NotPermitted) as error:
        raise InvalidInput(
            "out-of-scope-unit",
            N_("“%(unit)s”不在您的管辖范围内；请填写本辖区的单位"),
            place="unit_name",
            unit=target.name,
        ) from error
    _refuse_own(actor, officer)
    if target.pk == officer.agency_id:
        raise InvalidInput(
            "same-unit", N_("%(name)s已在“%(unit)s”"), place="unit_name", name=officer.name, unit=target.name
        )
    _require_movable(officer)
    return _new_transfer(actor, officer, target, TransferSide.RECEIVING, wish, proof=proof, on=on, now=now)


@transaction.atomic
def accept_transfer(
    actor: Actor, pk: int, *, withdraws_application: bool = False, on: date, now: datetime
) -> Transfer:
    """Agree: the record goes over at once, or on its day. ``withdraws_application`` counts for the sending side only.

    Raises:
        NotFound, NotPermitted: not the side that decides, or the person who proposed it.
        Conflict: no longer proposed; the officer has left; something stands in the way.
    """
    officer, transfer = _locked(pk)
    _require_decision(actor, officer, transfer, "accept")
    if transfer.side == TransferSide.RECEIVING:
        transfer.withdraws_application = withdraws_application
    _require_movable(officer, known=transfer)
    _check_obstacles(officer, withdraws=transfer.withdraws_application)
    is_later = transfer.effective_on > on
    target = TransferState.DUE if is_later else TransferState.ACCEPTED
    _move(transfer, "accept", actor, "", target=target, now=now)
    if not is_later:
        _take_effect(officer, transfer, actor, now=now)
    return transfer


@transaction.atomic
def refuse_transfer(actor: Actor, pk: int, reason: str, *, now: datetime) -> Transfer:
    """Decline, with the reason. Raises as :func:`accept_transfer`; InvalidInput ``reason-missing``."""
    officer, transfer = _locked(pk)
    _require_decision(actor, officer, transfer, "refuse")
    _move(transfer, "refuse", actor, checked_reason(reason), now=now)
    return transfer


@transaction.atomic
def withdraw_transfer(actor: Actor, pk: int, reason: str, *, now: datetime) -> Transfer:
    """Take back what the own side proposed, as long as it has had no effect. Raises as :func:`refuse_transfer`."""
    officer, transfer = _locked(pk)
    _require_visible(actor, transfer)
    if not is_permitted(actor, Permission.OFFICER_TRANSFER, proposing_place(transfer)):
        raise NotPermitted("other-side", N_("这一步由提出调动的单位办理"))
    _refuse_own(actor, officer)
    _move(transfer, "withdraw", actor, checked_reason(reason), now=now)
    return transfer


def apply_due_transfers(*, now: datetime) -> int:
    """Let accepted transfers whose day has come take effect; returns how many. Called again and again by a loop.

    One that cannot take effect says why on its page and is tried again; it stops no other.
    """
    today = timezone.localdate(now)
    due = Transfer.system.filter(state=TransferState.DUE.value, effective_on__lte=today).order_by(
        "effective_on"
    )
    applied = 0
    for pk in list(due.values_list("pk", flat=True)[:DUE_BATCH]):
        try:
            applied += _apply_due(pk, now=now)
        except WarrantError as error:
            text = _(error.message) % error.fields if error.fields else _(error.message)
            Transfer.system.filter(pk=pk, state=TransferState.DUE.value).update(trouble=text[:300])
    return applied


@transaction.atomic
def _apply_due(pk: int, *, now: datetime) -> int:
    officer, transfer = _locked(pk)
    if transfer.state != TransferState.DUE:
        return 0
    _require_movable(officer, known=transfer)
    _check_obstacles(officer, withdraws=transfer.withdraws_application)
    _move(transfer, "take-effect", None, "", now=now)
    _take_effect(officer, transfer, None, now=now)
    return 1


def _take_effect(officer: Officer, transfer: Transfer, actor: Actor | None, *, now: datetime) -> None:
    """Move a locked officer and everything that hangs on the record."""
    old_place, target = officer.place, transfer.to_agency
    if target.closed_on is not None and target.closed_on <= transfer.effective_on:
        raise Conflict("unit-closed", N_("“%(unit)s”已撤销，不能调入；请撤回后另行办理"), unit=target.name)
    why = f"调往{target.name}（{transfer.document_number}）"
    for obstacle in obstacles_of(officer):
        if obstacle.bars_moving and obstacle.clear is not None:
            obstacle.clear(actor, why, now=now)
    place = target.place
    officer.agency = target
    write_change(
        officer,
        {
            "agency_id": target.pk,
            "province_unit": place.province_id,
            "city_unit": place.city_id,
            "county_unit": place.county_id,
            "agency_unit": place.agency_id,
            "categories": transfer.categories,
            "arrived_on": transfer.effective_on,
        },
        ChangeKind.TRANSFERRED,
        actor,
        now=now,
        effective_on=transfer.effective_on,
        reason=why,
    )
    Document.system.filter(officer_uid=officer.uid).update(
        province_unit=place.province_id,
        city_unit=place.city_id,
        county_unit=place.county_id,
        agency_unit=place.agency_id,
    )
    move_officer_account(actor, officer.uid, target, now=now)
    follow_transfer(officer, old_place, place, effective_on=transfer.effective_on, actor=actor, now=now)
    record(
        actor,
        "officer.transferred",
        subject_of(officer),
        f"{officer.name}：{transfer.from_agency.name} → {target.name}",
        now=now,
        detail={"transfer": transfer.pk, "effective_on": transfer.effective_on.isoformat()},
    )


def _locked(pk: int) -> tuple[Officer, Transfer]:
    """Lock the officer, then the transfer."""
    officer_id = Transfer.system.filter(pk=pk).values_list("officer_id", flat=True).first()
    if officer_id is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    officer = lock_officers([officer_id])[officer_id]
    rows = Transfer.system.select_for_update(of=("self",))
    transfer = rows.select_related(
        "from_agency", "to_agency__province", "to_agency__city", "to_agency__county"
    ).get(pk=pk)
    if transfer.officer_id != officer_id:
        raise Conflict("changed-meanwhile", N_("这件调动刚被他人处理过；请刷新页面查看最新状态"))
    transfer.officer = officer
    return officer, transfer


def _refuse_own(actor: Actor, officer: Officer) -> None:
    if is_own(actor, officer):
        raise NotPermitted("own-case", N_("这是您本人的记录，不能由您办理"))


def _require_decision(actor: Actor, officer: Officer, transfer: Transfer, action: str) -> None:
    _require_visible(actor, transfer)
    if not is_permitted(actor, Permission.OFFICER_TRANSFER, deciding_place(transfer)):
        raise NotPermitted("other-side", N_("这一步由对方单位办理"))
    TRANSFER.next_state(action, transfer.state, TransferState(TRANSFER.transition(action).targets[0]))
    _refuse_own(actor, officer)
    if transfer.proposed_by_id == actor.account_id:
        raise NotPermitted("second-person", N_("调动由您提出，须由另一人办理"))


def _require_visible(actor: Actor, transfer: Transfer) -> None:
    """Whoever belongs to the other side gets 403 for this side's act, not 404: the page is in reach."""
    try:
        require(actor, Permission.OFFICER_VIEW, transfer.place)
    except NotFound:
        require(actor, Permission.OFFICER_VIEW, transfer.target_place)


def _require_movable(officer: Officer, known: Transfer | None = None) -> None:
    if officer.state != OfficerState.ACTIVE:
        raise Conflict("not-in-post", N_("%(name)s已不在职，不能办理调动"), name=officer.name)
    if officer.owner_node:
        raise Conflict("other-node", N_("%(name)s的记录由其他节点维护，请在该节点办理"), name=officer.name)
    current = open_transfer_of(officer)
    if current is not None and (known is None or current.pk != known.pk):
        raise Conflict(
            "transfer-open",
            N_("%(name)s已有未办结的调动（调往%(unit)s）；请先办结或撤回"),
            name=officer.name,
            unit=current.to_agency.name,
        )
    if known is not None and known.from_agency_id != officer.agency_id:
        raise Conflict("moved-meanwhile", N_("%(name)s已不在原单位；请撤回后另行办理"), name=officer.name)


def _check_obstacles(officer: Officer, *, withdraws: bool) -> None:
    obstacles = [obstacle for obstacle in obstacles_of(officer) if obstacle.bars_moving]
    blocking = [obstacle for obstacle in obstacles if not withdraws or obstacle.clear is None]
    if blocking:
        raise Conflict(
            "in-the-way",
            N_("%(name)s%(obstacles)s"),
            name=officer.name,
            obstacles=say_obstacles(blocking),
        )


def _unit_at_other_end(name: str, province_id: int | None, on: date) -> Agency:
    unit = unit_named(name, province_id, on)
    if unit is None:
        raise InvalidInput(
            "unknown-unit",
            N_("本省没有名为“%(name)s”的单位；请输入几个字后从列表中选择"),
            place="unit_name",
            name=name.strip(),
        )
    return Agency.objects.select_related("province", "city", "county").get(pk=unit.pk)


def _checked_categories(categories: Sequence[str]) -> str:
    chosen = list(dict.fromkeys(categories))
    if not chosen or any(code not in ENFORCEMENT_CATEGORY for code in chosen):
        raise InvalidInput(
            "no-category",
            N_("请选择调动后的执法门类；不再从事执法的，请办理离职登记"),
            place="categories",
        )
    return ",".join(chosen)


def _checked_day(officer: Officer, wish: TransferWish, on: date) -> date:
    first = max(on - EARLIEST, officer.arrived_on or date.min)
    last = on + LATEST
    if not first <= wish.effective_on <= last:
        raise InvalidInput(
            "day-out-of-bounds",
            N_("生效日期应在 %(first)s 至 %(last)s 之间"),
            place="effective_on",
            first=first.isoformat(),
            last=last.isoformat(),
        )
    return wish.effective_on


def _new_transfer(
    actor: Actor,
    officer: Officer,
    target: Agency,
    side: TransferSide,
    wish: TransferWish,
    *,
    proof: tuple[bytes, str],
    on: date,
    now: datetime,
) -> Transfer:
    number = wish.document_number.strip()
    if not number:
        raise InvalidInput("number-missing", N_("请填写调令或批准文件的文号"), place="document_number")
    transfer = Transfer(
        officer=officer,
        from_agency_id=officer.agency_id,
        to_agency=target,
        side=side.value,
        kind=wish.kind,
        categories=_checked_categories(wish.categories),
        effective_on=_checked_day(officer, wish, on),
        reason=checked_reason(wish.reason),
        document_number=number[:80],
        withdraws_application=wish.withdraws_application and side is TransferSide.SENDING,
        proposed_by_id=actor.account_id,
        proposed_at=now,
        changed_at=now,
    )
    transfer.proof = _kept_proof(
        actor, proof, target.place if side is TransferSide.RECEIVING else officer.place, now
    )
    transfer.put_at(officer.place)
    transfer.aim_at(target.place)
    transfer.save()
    _add_step(transfer, actor, "propose", wish.reason.strip(), now)
    record(
        actor,
        "transfer.proposed",
        subject_of_transfer(transfer),
        f"{officer.name}：{officer.agency.name} → {target.name}",
        now=now,
        detail={"officer": officer.pk, "side": side.value, "effective_on": wish.effective_on.isoformat()},
    )
    return transfer


def _kept_proof(actor: Actor, proof: tuple[bytes, str], place: Place, now: datetime) -> Document:
    """Keep the order; it opens for both sides through the transfer's page."""
    try:
        return store_document(actor, *proof, place, now=now)
    except InvalidInput as error:
        error.place = "proof"
        raise


def _move(
    transfer: Transfer,
    action: str,
    actor: Actor | None,
    reason: str,
    *,
    now: datetime,
    target: TransferState | None = None,
) -> None:
    transfer.state = TRANSFER.next_state(action, transfer.state, target).value
    transfer.trouble = ""
    transfer.changed_at = now
    transfer.save(update_fields=["state", "trouble", "changed_at", "withdraws_application"])
    _add_step(transfer, actor, action, reason, now)
    record(
        actor,
        f"transfer.{action}",
        subject_of_transfer(transfer),
        f"{transfer.officer.name}：{transfer.from_agency.name} → {transfer.to_agency.name}",
        now=now,
        detail={"reason": reason, "state": transfer.state},
    )


def _add_step(transfer: Transfer, actor: Actor | None, action: str, reason: str, now: datetime) -> None:
    unit_id = actor.agency_id if actor else None
    unit = Agency.objects.filter(pk=unit_id).values_list("name", flat=True).first() if unit_id else ""
    TransferStep.objects.create(
        transfer=transfer,
        action=action,
        reason=reason,
        account_id=actor.account_id if actor else None,
        account_name=actor.name if actor else "",
        unit_name=unit or "",
        happened_at=now,
    )
