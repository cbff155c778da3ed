"""The states of a key version: every change is an act of two custodians, for a reason that is kept.

The first version of a suite becomes active as it is taken in; a later one waits until custodians activate it, which
retires the one before. A province's sub-key that the ministry revokes makes no card from the moment the province
knows; one master control key that is revoked revokes every sub-key below it.

Source: NIST SP 800-57 part 1, 7 (states); GB/T 39786-2021 (a key's life is logged).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, KeyAct, KeySet
from warrant.apps.cardcentre.types import KEY_ACT_LABELS, KEY_CHANGES, SUITE_LABELS, KeyActKind
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.keys.hierarchy import check_suite, check_version
from warrant.core.lifecycle import CardState
from warrant.core.lifecycle.key import KEY, KeyState

MASTER = "master"
SUB = "sub"
MINISTRY = "ministry"
SUB_KEY_REVOKED = "subkey.revoked"
_LIVE_CARDS = (CardState.RESERVED, CardState.PERSONALISED, CardState.HANDED_OVER)
_GONE = (KeyState.COMPROMISED, KeyState.DESTROYED)


@contextmanager
def one_waits() -> Iterator[None]:
    """Turn the database's refusal of a second act of the same into ours. Raises: Conflict ``key-act-pending``."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Conflict("key-act-pending", N_("同样的密钥操作已有人提出，正等待另一名保管员确认")) from error


def propose_key_change(
    actor: Actor, key_set: KeySet, kind: KeyActKind, reason: str, *, now: datetime
) -> KeyAct:
    """Propose a change of state as the first custodian.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``, ``act-not-here``, ``keys-on-cards``,
    ``keys-in-provinces``, ``key-act-pending``.
    """
    require(actor, Permission.KEY_CUSTODY, NATION)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    parameters = {
        "suite": key_set.suite,
        "version": key_set.version,
        "kind": key_set.kind,
        "province_code": key_set.province_code,
    }
    with transaction.atomic():
        # Custodians are few: whoever proposes for this version waits for the other.
        key_set = KeySet.objects.select_for_update().get(pk=key_set.pk)
        _check(key_set, kind)
        waiting = KeyAct.objects.filter(kind__in=KEY_CHANGES, state="proposed")
        if any(parameters.items() <= act.parameters.items() for act in waiting):
            raise Conflict("key-act-pending", N_("同样的密钥操作已有人提出，正等待另一名保管员确认"))
        act = KeyAct.objects.create(
            kind=kind,
            parameters={**parameters, "reason": reason.strip()},
            proposed_by_id=actor.account_id,
            proposed_at=now,
        )
        record_key_act(actor, "key-act.proposed", act, now=now)
    return act


def changes_of(key_set: KeySet) -> tuple[KeyActKind, ...]:
    """Return the changes that the table allows for a version here; of a province's sub-keys a ministry revokes only."""
    allowed = [KeyActKind(row.action) for row in KEY.actions_from(KeyState(key_set.state))]
    return tuple(kind for kind in allowed if kind is KeyActKind.REVOKE or not _is_elsewhere(key_set))


def check_key_change(act: KeyAct) -> KeySet:
    """Return the version that an act changes, if it still may. Raises: as :func:`propose_key_change`."""
    key_set = KeySet.objects.get(**_named(act))
    _check(key_set, KeyActKind(act.kind))
    return key_set


def follow_key_change(act: KeyAct, *, now: datetime) -> None:
    """Bring the register to what an act decided, in the caller's transaction; revoking tells the provinces."""
    key_set = KeySet.objects.select_for_update().get(**_named(act))
    kind = KeyActKind(act.kind)
    _check(key_set, kind)
    if kind is KeyActKind.ACTIVATE:
        siblings = KeySet.objects.select_for_update().filter(
            suite=key_set.suite, kind=key_set.kind, province_code=key_set.province_code, state=KeyState.ACTIVE
        )
        for sibling in siblings:
            _move(sibling, KeyActKind.RETIRE, now)
    _move(key_set, kind, now)
    if kind is KeyActKind.REVOKE and settings.WARRANT_NODE.kind == MINISTRY:
        _revoke_below(key_set, act.parameters["reason"], now)


def register_key_set(
    act: KeyAct, kind: str, province_code: str, check_values: dict[str, str], *, now: datetime
) -> None:
    """Enter a version that was generated, handed over or taken in; active at once if no other is."""
    suite, version = act.parameters["suite"], act.parameters["version"]
    key_set, is_new = KeySet.objects.get_or_create(
        suite=suite,
        version=version,
        kind=kind,
        province_code=province_code,
        defaults={"check_values": check_values, "created_at": now, "changed_at": now},
    )
    others = KeySet.objects.filter(suite=suite, kind=kind, province_code=province_code, state=KeyState.ACTIVE)
    if is_new and not others.exists():
        _move(key_set, KeyActKind.ACTIVATE, now)


def active_version(suite: str) -> int:
    """Return the version of the sub-keys that goes onto new cards. Raises: Conflict ``card-keys-missing``."""
    active = KeySet.objects.filter(kind=SUB, suite=suite, state=KeyState.ACTIVE).first()
    if active is None:
        raise Conflict(
            "card-keys-missing",
            N_("本节点没有在用的 %(suite)s 分密钥，请先由密钥保管员导入或启用"),
            suite=suite,
        )
    return active.version


def check_not_revoked(suite: str, version: int) -> None:
    """Refuse to go on making a card with a revoked version. Raises: Conflict ``card-keys-revoked``."""
    if revoked_set(suite, version):
        raise Conflict(
            "card-keys-revoked",
            N_("%(suite)s 第 %(version)s 版密钥已泄露或销毁：请作废此卡，用在用的版本重新制作"),
            suite=suite,
            version=version,
        )


def revoked_set(suite: str, version: int) -> bool:
    """Tell whether this node's sub-keys of a version are compromised or destroyed."""
    return KeySet.objects.filter(kind=SUB, suite=suite, version=version, state__in=_GONE).exists()


def receive_sub_key_revoked(received: ReceivedEvent, *, now: datetime) -> None:
    """Stop using a sub-key that the ministry's custodians revoked: handler of ``subkey.revoked``.

    Also before its package was taken in: the version is then known as compromised and never imported.
    Raises: Conflict ``act-not-here``; InvalidInput for a suite or version that is none.
    """
    if received.node != MINISTRY or settings.WARRANT_NODE.kind == MINISTRY:
        raise Conflict("act-not-here", N_("分密钥只能由部级节点吊销"))
    told: Mapping[str, Any] = received.event.data
    suite, version = check_suite(str(told.get("suite", ""))), check_version(int(told.get("version", 0)))
    key_set, _ = KeySet.objects.select_for_update().get_or_create(
        suite=suite,
        version=version,
        kind=SUB,
        province_code=settings.WARRANT_NODE.code,
        defaults={"check_values": told.get("check_values", {}), "created_at": now},
    )
    if key_set.state not in _GONE:
        _move(key_set, KeyActKind.REVOKE, now)
    record(
        None,
        "sub-key.revoked",
        f"node:{settings.WARRANT_NODE.code}",
        f"{SUITE_LABELS[suite]} 第 {version} 版",
        now=now,
        detail={"reason": str(told.get("reason", ""))[:300]},
    )


def _revoke_below(key_set: KeySet, reason: str, now: datetime) -> None:
    below = [key_set]
    if key_set.kind == MASTER:
        below = list(
            KeySet.objects.select_for_update()
            .filter(suite=key_set.suite, version=key_set.version, kind=SUB)
            .exclude(state__in=_GONE)
        )
        for sub_set in below:
            _move(sub_set, KeyActKind.REVOKE, now)
    for sub_set in below:
        publish(
            sub_set.province_code,
            SUB_KEY_REVOKED,
            f"sub-key:{sub_set.suite}:{sub_set.version}",
            {
                "suite": sub_set.suite,
                "version": sub_set.version,
                "check_values": sub_set.check_values,
                "reason": reason,
            },
            now=now,
        )


def _move(key_set: KeySet, kind: KeyActKind, now: datetime) -> None:
    was_active = key_set.state == KeyState.ACTIVE
    key_set.state = KEY.next_state(kind.value, key_set.state)
    key_set.changed_at = now
    if key_set.state == KeyState.ACTIVE:
        key_set.active_from = now
    elif was_active:
        key_set.active_until = now
    key_set.save(update_fields=["state", "changed_at", "active_from", "active_until"])


def _check(key_set: KeySet, kind: KeyActKind) -> None:
    KEY.next_state(kind.value, key_set.state)
    if kind not in changes_of(key_set):
        raise Conflict("act-not-here", N_("下发给省的分密钥在部级只能吊销，其他操作由该省办理"))
    if kind is not KeyActKind.DESTROY:
        return
    if key_set.kind == SUB:
        version = key_set.version
        on_it = Q(key_version=version) | Q(
            next_key_version=version
        )  # begun to be exchanged, it may have either
        count = Card.objects.filter(on_it, key_suite=key_set.suite, state__in=_LIVE_CARDS).count()
        if count:
            raise Conflict(
                "keys-on-cards", N_("还有 %(count)s 张卡使用这一版密钥，全部更换后才能销毁"), count=count
            )
    else:
        below = KeySet.objects.filter(suite=key_set.suite, version=key_set.version, kind=SUB)
        count = below.exclude(state__in=_GONE).count()
        if count:
            raise Conflict(
                "keys-in-provinces",
                N_("还有 %(count)s 个省使用这一版分密钥，全部吊销后才能销毁"),
                count=count,
            )


def _is_elsewhere(key_set: KeySet) -> bool:
    return bool(key_set.kind == SUB and settings.WARRANT_NODE.kind == MINISTRY)


def _named(act: KeyAct) -> dict[str, Any]:
    return {name: act.parameters[name] for name in ("suite", "version", "kind", "province_code")}


def record_key_act(actor: Actor | None, action: str, act: KeyAct, *, now: datetime) -> None:
    """Write the audit row of a key act."""
    label = KEY_ACT_LABELS[KeyActKind(act.kind)]
    suite = SUITE_LABELS.get(act.parameters["suite"], act.parameters["suite"])
    what = f"{label} {suite} 第 {act.parameters['version']} 版"
    record(
        actor,
        action,
        f"key-act:{act.pk}",
        f"{what} {act.parameters.get('province_code', '')}".strip(),
        now=now,
        detail={"result": act.result, "reason": act.reason, "comparison": act.comparison},
    )
