"""SAMs of inspection devices: received, checked by a second custodian, issued, taken back, lost, blocked, destroyed.

They come loaded from the key centre. What they hold is checked by its check values: the second custodian types what the
SAM itself shows, and the system compares with the province's own sub-keys. Blocking is one person's act, because it
must not wait; coming into use and being destroyed need two. Source: 2009 notice, 三(二), 四(四); ADR-0031.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import KeySet, Sam, SamCount, SamEntry
from warrant.apps.cardcentre.services.key_states import SUB
from warrant.apps.cardcentre.services.sam_list import reissue_block_list
from warrant.apps.cardcentre.types import SAM_USAGES
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.lifecycle import SAM, SAM_COUNT, SamState
from warrant.core.lifecycle.key import KeyState
from warrant.core.lifecycle.sam import COUNTED, DISTRUSTED
from warrant.core.standards.card_serial import parse_serials

MOST = 2000
USABLE = (KeyState.PRE_ACTIVE, KeyState.ACTIVE, KeyState.RETIRED)
"""Versions that cards may carry: new, old, or both while keys are exchanged."""


@transaction.atomic
def receive_sams(
    actor: Actor, serials: str, suite: str, versions: Sequence[int], supplier: str, *, now: datetime
) -> list[Sam]:
    """Enter SAMs as they come from the key centre; nobody may use them before another custodian has checked them.

    Raises: InvalidInput ``supplier-missing``, ``sam-versions-missing``, ``sam-version-unknown`` and what lists of
    serials raise; Conflict ``sam-known``.
    """
    require(actor, Permission.KEY_CUSTODY, NATION)
    if not supplier.strip():
        raise InvalidInput("supplier-missing", N_("请填写送来的单位"), place="supplier")
    held = sorted(set(versions))
    if not held:
        raise InvalidInput("sam-versions-missing", N_("请选择卡内的密钥版本"), place="versions")
    for version in held:
        _key_set(suite, version)
    listed = parse_serials(serials, "serials", MOST)
    known = Sam.objects.filter(serial__in=listed).order_by("serial").first()
    if known is not None:
        raise Conflict("sam-known", N_("SAM 卡 %(serial)s 已经登记过"), serial=known.serial)
    made = Sam.objects.bulk_create(
        Sam(
            serial=serial,
            key_suite=suite,
            key_versions=held,
            supplier=supplier.strip(),
            received_by_id=actor.account_id,
            received_at=now,
            changed_at=now,
        )
        for serial in listed
    )
    _enter(made, "receive", dict.fromkeys(listed, ""), actor=actor, remark=supplier.strip(), now=now)
    record(
        actor, "sam.received", f"sam:{listed[0]}", f"{len(made)} {suite} {held} {supplier.strip()}", now=now
    )
    return made


@transaction.atomic
def accept_sam(actor: Actor, sam: Sam, shown: Mapping[KeyUsage, str], *, now: datetime) -> Sam:
    """Take a SAM into the store as its second custodian; ``shown`` are the check values that the SAM itself shows.

    Raises: Conflict ``wrong-state``, ``same-custodian``; InvalidInput ``sam-keys-different``: it holds other keys.
    """
    sam = _locked(actor, sam)
    SAM.next_state("accept", sam.state)
    if sam.received_by_id == actor.account_id:
        raise Conflict("same-custodian", N_("登记人不能自己核对，须由另一名密钥保管员核对"))
    newest = _key_set(sam.key_suite, sam.key_versions[-1])
    for usage in SAM_USAGES:
        expected = str(newest.check_values.get(usage.value, "")).upper()
        if not expected or not hmac.compare_digest(expected, "".join(shown.get(usage, "").split()).upper()):
            raise InvalidInput(
                "sam-keys-different",
                N_(
                    "与本省第 %(version)s 版密钥的校验值不符：卡内不是本省的密钥，或抄写有误；核实后仍不符的请停用"
                ),
                place=usage.value,
                version=newest.version,
            )
    sam.accepted_by_id = actor.account_id
    return _move(actor, sam, "accept", "", now)


@transaction.atomic
def issue_sam(actor: Actor, sam: Sam, agency: Agency, device: str, keeper: str, *, now: datetime) -> Sam:
    """Give a SAM to a unit for one inspection device; ``keeper`` signs for it.

    Raises: InvalidInput ``device-missing``, ``keeper-missing``; Conflict ``wrong-state``, ``device-has-sam``,
    ``sam-keys-gone``.
    """
    sam = _locked(actor, sam)
    SAM.next_state("issue", sam.state)
    if not device.strip():
        raise InvalidInput("device-missing", N_("请填写稽查终端编号"), place="device")
    if not keeper.strip():
        raise InvalidInput("keeper-missing", N_("请填写领用人"), place="keeper")
    for version in sam.key_versions:
        _key_set(sam.key_suite, version, gone=Conflict)
    other = Sam.objects.filter(state=SamState.ISSUED, device=device.strip()).exclude(pk=sam.pk).first()
    if other is not None:
        raise Conflict(
            "device-has-sam",
            N_("终端 %(device)s 里已有 SAM 卡 %(serial)s，请先收回"),
            device=device.strip(),
            serial=other.serial,
        )
    sam.agency, sam.device, sam.keeper = agency, device.strip(), keeper.strip()
    return _move(actor, sam, "issue", f"{sam.device} {sam.keeper}", now)


@transaction.atomic
def take_sam_back(actor: Actor, sam: Sam, *, now: datetime) -> Sam:
    """Take a SAM back from a unit. Raises: Conflict ``wrong-state``."""
    sam = _locked(actor, sam)
    return _move(actor, sam, "take-back", "", now)


@transaction.atomic
def declare_sam(actor: Actor, sam: Sam, action: str, reason: str, *, now: datetime) -> Sam:
    """Report a SAM lost, block it, enter that a lost one turned up, propose its destruction or take that back.

    ``action`` is ``report-lost``, ``block``, ``find``, ``condemn`` or ``spare``. A lost or blocked one is on the
    block list at once, and never leaves it. Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``.
    """
    sam = _locked(actor, sam)
    SAM.next_state(action, sam.state)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    if action == "condemn":
        sam.condemned_by_id = actor.account_id
    return _move(actor, sam, action, reason.strip(), now)


@transaction.atomic
def witness_sam_destruction(actor: Actor, sam: Sam, *, now: datetime) -> Sam:
    """Say as the second custodian that one saw it destroyed. Raises: Conflict ``wrong-state``, ``same-custodian``."""
    sam = _locked(actor, sam)
    SAM.next_state("witness", sam.state)
    if sam.condemned_by_id == actor.account_id:
        raise Conflict("same-custodian", N_("提出销毁的人不能自己见证，须由另一名密钥保管员见证"))
    sam.destroyed_by_id = actor.account_id
    return _move(actor, sam, "witness", "", now)


@transaction.atomic
def count_sams(actor: Actor, found: str, explanation: str, *, now: datetime) -> SamCount:
    """Enter which SAMs are there; what is missing has to be explained, and counts as lost once another confirms.

    Raises: InvalidInput ``sam-unknown``, ``sam-not-expected``, ``explanation-missing`` and what lists of serials
    raise; Conflict ``count-pending``, ``nothing-to-count``.
    """
    require(actor, Permission.KEY_CUSTODY, NATION)
    there = set(parse_serials(found, "found", MOST)) if found.strip() else set()
    states = dict(Sam.objects.order_by("serial").values_list("serial", "state"))
    expected = [serial for serial, state in states.items() if state in COUNTED]
    if not expected:
        raise Conflict("nothing-to-count", N_("没有在库或已发放的 SAM 卡，不需要盘点"))
    for serial in sorted(there):
        if serial not in states:
            raise InvalidInput(
                "sam-unknown", N_("SAM 卡 %(serial)s 没有登记过"), place="found", serial=serial
            )
        if states[serial] not in COUNTED:
            raise InvalidInput(
                "sam-not-expected",
                N_("SAM 卡 %(serial)s 账上不应在用：已遗失的请先登记“找到”，其余查明来历"),
                place="found",
                serial=serial,
            )
    missing = [serial for serial in expected if serial not in there]
    if missing and not explanation.strip():
        raise InvalidInput(
            "explanation-missing",
            N_("有 %(count)s 张没有盘到，请写明查找经过"),
            place="explanation",
            count=len(missing),
        )
    try:
        with transaction.atomic():
            count = SamCount.objects.create(
                expected=expected,
                missing=missing,
                explanation=explanation.strip(),
                counted_by_id=actor.account_id,
                counted_at=now,
            )
    except IntegrityError as error:
        raise Conflict("count-pending", N_("上一次盘点还没有确认")) from error
    record(actor, "sam-count.counted", f"sam-count:{count.pk}", f"{len(expected)} -{len(missing)}", now=now)
    return count


@transaction.atomic
def confirm_sam_count(actor: Actor, count: SamCount, *, now: datetime) -> SamCount:
    """Confirm a count as another custodian: what was missing is lost, and on the block list, from now on.

    Raises: Conflict ``wrong-state``, ``same-custodian``.
    """
    count = _locked_count(actor, count)
    count.state = SAM_COUNT.next_state("confirm", count.state)
    if count.counted_by_id == actor.account_id:
        raise Conflict("same-custodian", N_("盘点的人不能自己确认，须由另一名密钥保管员确认"))
    for serial in count.missing:
        sam = Sam.objects.select_for_update(of=("self",)).get(serial=serial)
        if sam.state in COUNTED:
            _move(actor, sam, "report-lost", count.explanation, now)
    there = set(count.expected) - set(count.missing)
    Sam.objects.filter(serial__in=there).update(counted_at=count.counted_at)
    return _end_count(actor, count, "sam-count.confirmed", now)


@transaction.atomic
def reject_sam_count(actor: Actor, count: SamCount, reason: str, *, now: datetime) -> SamCount:
    """Send a count back, to be made again. Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``."""
    count = _locked_count(actor, count)
    count.state = SAM_COUNT.next_state("reject", count.state)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    count.reason = reason.strip()
    return _end_count(actor, count, "sam-count.rejected", now)


def _end_count(actor: Actor, count: SamCount, action: str, now: datetime) -> SamCount:
    count.ended_by_id, count.ended_at = actor.account_id, now
    count.save()
    record(actor, action, f"sam-count:{count.pk}", f"{len(count.expected)} -{len(count.missing)}", now=now)
    return count


def _key_set(suite: str, version: int, *, gone: type[Conflict | InvalidInput] = InvalidInput) -> KeySet:
    key_set = KeySet.objects.filter(suite=suite, version=version, kind=SUB).first()
    if key_set is None or key_set.state not in USABLE:
        raise gone(
            "sam-keys-gone" if gone is Conflict else "sam-version-unknown",
            N_("本省没有可用的 %(suite)s 第 %(version)s 版分密钥：未导入，或已吊销、销毁"),
            place="versions",
            suite=suite,
            version=version,
        )
    return key_set


def _locked(actor: Actor, sam: Sam) -> Sam:
    require(actor, Permission.KEY_CUSTODY, NATION)
    return Sam.objects.select_for_update(of=("self",)).get(pk=sam.pk)


def _locked_count(actor: Actor, count: SamCount) -> SamCount:
    require(actor, Permission.KEY_CUSTODY, NATION)
    return SamCount.objects.select_for_update(of=("self",)).get(pk=count.pk)


def _move(actor: Actor, sam: Sam, action: str, remark: str, now: datetime) -> Sam:
    """Bring a locked SAM into its next state, with its line, the audit, and the block list where that changes."""
    before = sam.state
    sam.state, sam.changed_at = SAM.next_state(action, before), now
    at = sam.agency.name if sam.agency else ""
    if action == "take-back":
        sam.agency, sam.device, sam.keeper = None, "", ""
    sam.save()
    _enter([sam], action, {sam.serial: before}, actor=actor, remark=remark, now=now, agency_name=at)
    record(actor, f"sam.{action}", f"sam:{sam.serial}", " ".join(filter(None, (at, remark))), now=now)
    if (before in DISTRUSTED) != (sam.state in DISTRUSTED):
        reissue_block_list(now=now)
    return sam


def _enter(
    sams: Iterable[Sam],
    action: str,
    before: Mapping[str, str],
    *,
    actor: Actor,
    remark: str,
    now: datetime,
    agency_name: str = "",
) -> None:
    SamEntry.objects.bulk_create(
        SamEntry(
            sam=sam,
            action=action,
            from_state=before[sam.serial],
            to_state=sam.state,
            agency_name=agency_name[:120],
            remark=remark[:300],
            account_id=actor.account_id,
            at=now,
        )
        for sam in sams
    )
