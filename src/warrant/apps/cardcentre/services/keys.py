"""Acts on keys: proposed by one custodian, carried out when a second one confirms.

The vault is asked outside the database's transaction. Whatever dies in between, confirming again finishes: a vault
that already holds the version answers with its check values, a package that is already in changes nothing.

Source: 2009 notice, 三(二), 四(四); GB/T 39786-2021 (several persons for a key's life).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import KeyAct, KeySet, PeerTransportKey
from warrant.apps.cardcentre.services.ceremonies import (
    check_ready,
    finish_ceremony,
    forget_seal,
    wipe_parts,
    work_of_ceremony,
)
from warrant.apps.cardcentre.services.comparison import (
    Heard,
    check_nothing_stopped,
    compare_by_voice,
    fingerprint,
    transport_key_of,
    transport_key_proposed,
)
from warrant.apps.cardcentre.services.key_outcomes import Outcome, plain
from warrant.apps.cardcentre.services.key_states import (
    MASTER,
    MINISTRY,
    SUB,
    check_key_change,
    follow_key_change,
    one_waits,
    record_key_act,
    register_key_set,
    revoked_set,
)
from warrant.apps.cardcentre.types import CEREMONIES, KEY_CHANGES, KeyActKind
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish
from warrant.apps.foundation.ports import key_vault
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.keys.hierarchy import check_suite, check_version, normal_province_code
from warrant.core.keys.package import PackageHeader, read_header, transport_key
from warrant.core.lifecycle import KEY_ACT
from warrant.core.lifecycle.key import KeyState


def propose_key_act(
    actor: Actor, kind: KeyActKind, parameters: Mapping[str, Any], *, now: datetime
) -> KeyAct:
    """Propose an act: ``suite`` and ``version``, for a hand-over also ``province_code`` (the node's code).

    Raises: InvalidInput for a wrong parameter; Conflict ``act-not-here``, ``key-version-exists``,
    ``transport-key-missing``, ``key-act-pending``, ``comparison-unsettled``.
    """
    require(actor, Permission.KEY_CUSTODY, NATION)
    suite, version = check_suite(str(parameters["suite"])), check_version(int(parameters["version"]))
    if (
        kind in {KeyActKind.IMPORT_SUB_KEYS, *KEY_CHANGES, *CEREMONIES}
        or settings.WARRANT_NODE.kind != MINISTRY
    ):
        raise Conflict("act-not-here", N_("这项密钥操作只能由部级节点发起"))
    stored: dict[str, Any] = {"suite": suite, "version": version}
    if kind is KeyActKind.GENERATE_MASTER:
        if KeySet.objects.filter(suite=suite, version=version, kind=MASTER).exists():
            raise _version_exists(suite, version)
    else:
        stored |= _hand_over_parameters(suite, version, str(parameters["province_code"]))
    with transaction.atomic(), one_waits():
        act = KeyAct.objects.create(
            kind=kind,
            parameters=stored,
            waits_for=f"{kind} {suite} {version} {stored.get('province_code', '')}",
            proposed_by_id=actor.account_id,
            proposed_at=now,
        )
        record_key_act(actor, "key-act.proposed", act, now=now)
    return act


def _hand_over_parameters(suite: str, version: int, node_code: str) -> dict[str, str]:
    """Name the province, and the transport key that both custodians shall have seen."""
    normal_province_code(node_code)
    master = KeySet.objects.filter(suite=suite, version=version, kind=MASTER).first()
    if master is not None and master.state not in {KeyState.PRE_ACTIVE, KeyState.ACTIVE}:
        raise Conflict("key-not-usable", N_("这一版总控密钥已退役、泄露或销毁，不能再下发分密钥"))
    if master is None:
        raise InvalidInput(
            "key-version-unknown",
            N_("没有 %(suite)s 第 %(version)s 版总控密钥，请先生成"),
            place="version",
            suite=suite,
            version=version,
        )
    if KeySet.objects.filter(suite=suite, version=version, kind=SUB, province_code=node_code).exists():
        raise Conflict("key-version-exists", N_("这一版分密钥已经下发给该省"))
    check_nothing_stopped(node_code)
    return {"province_code": node_code, "recipient": fingerprint(transport_key_of(node_code))}


@transaction.atomic
def acknowledge_key_act(actor: Actor, act: KeyAct, *, now: datetime) -> None:
    """Stand as the first custodian for an act that the system proposed.

    Raises: Conflict ``wrong-state``, ``key-act-acknowledged``.
    """
    require(actor, Permission.KEY_CUSTODY, NATION)
    act = KeyAct.objects.select_for_update().get(pk=act.pk)
    KEY_ACT.next_state("confirm", act.state)
    if act.proposed_by_id is not None:
        raise Conflict("key-act-acknowledged", N_("已有一名保管员核对过，请由另一名保管员确认"))
    act.proposed_by_id = actor.account_id
    act.save(update_fields=["proposed_by"])
    record_key_act(actor, "key-act.acknowledged", act, now=now)


def confirm_key_act(actor: Actor, act: KeyAct, *, heard: Heard | None = None, now: datetime) -> KeyAct:
    """Carry out an act as its second custodian; safe to repeat after a crash.

    ``heard`` is what the other end read aloud, for the acts that are compared by voice.
    Raises: Conflict ``wrong-state``, ``same-custodian``, ``first-custodian-missing``, ``transport-key-changed``;
    as :func:`compare_by_voice`; everything that the vault raises.
    """
    act = KeyAct.objects.get(pk=act.pk)
    _check_second_custodian(actor, act)
    check_ready(act, now=now)
    comparison = compare_by_voice(actor, act, heard, now=now)
    outcome = _work(act)
    with transaction.atomic(durable=True):
        act = KeyAct.objects.select_for_update().get(pk=act.pk)
        _check_second_custodian(actor, act)
        act.state = KEY_ACT.next_state("confirm", act.state)
        act.confirmed_by_id, act.confirmed_at, act.result = actor.account_id, now, outcome.result
        act.comparison = comparison
        act.save(update_fields=["state", "confirmed_by", "confirmed_at", "result", "comparison"])
        if act.kind in CEREMONIES:
            finish_ceremony(act, outcome, now=now)
        if act.kind in KEY_CHANGES:
            follow_key_change(act, now=now)
        elif act.kind != KeyActKind.BACK_UP:
            register_key_set(act, outcome.key_set_kind, outcome.province_code, outcome.check_values, now=now)
        record_key_act(actor, "key-act.confirmed", act, now=now)
        if outcome.package is not None:
            publish(
                act.parameters["province_code"],
                "subkey.package",
                f"node:{act.parameters['province_code']}",
                {
                    "suite": act.parameters["suite"],
                    "version": act.parameters["version"],
                    "check_values": outcome.check_values,
                    "package": base64.b64encode(outcome.package).decode("ascii"),
                },
                now=now,
            )
    forget_seal(act)
    return act


def _work(act: KeyAct) -> Outcome:
    """Let the vault do its part."""
    if act.kind in KEY_CHANGES:
        return _change_keys(act)
    return work_of_ceremony(act) if act.kind in CEREMONIES else _OUTCOMES[KeyActKind(act.kind)](act)


def _check_second_custodian(actor: Actor, act: KeyAct) -> None:
    require(actor, Permission.KEY_CUSTODY, NATION)
    KEY_ACT.next_state("confirm", act.state)
    if act.proposed_by_id is None:
        raise Conflict("first-custodian-missing", N_("请先由一名保管员核对，再由另一名保管员确认"))
    if act.proposed_by_id == actor.account_id:
        raise Conflict("same-custodian", N_("提出人不能自己确认，须由另一名密钥保管员确认"))


def reject_key_act(actor: Actor, act: KeyAct, reason: str, *, now: datetime) -> None:
    """End an act without carrying it out; its proposer may take it back this way too.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``.
    """
    require(actor, Permission.KEY_CUSTODY, NATION)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    with transaction.atomic():
        act = KeyAct.objects.select_for_update().get(pk=act.pk)
        act.state = KEY_ACT.next_state("reject", act.state)
        act.confirmed_by_id, act.confirmed_at, act.reason = actor.account_id, now, reason.strip()
        act.save(update_fields=["state", "confirmed_by", "confirmed_at", "reason"])
        wipe_parts(act)
        record_key_act(actor, "key-act.rejected", act, now=now)
    forget_seal(act)


def _generate_master(act: KeyAct) -> Outcome:
    suite, version = act.parameters["suite"], act.parameters["version"]
    vault = key_vault()
    if KeySet.objects.filter(suite=suite, version=version, kind=MASTER).exists():
        raise _version_exists(suite, version)
    try:
        values = vault.check_values(suite, version)  # a crash left it between vault and register
    except NotFound:
        values = vault.create_master(suite, version)
    return Outcome(MASTER, plain(values))


def _hand_over_sub_keys(act: KeyAct) -> Outcome:
    suite, version, code = (act.parameters[name] for name in ("suite", "version", "province_code"))
    recipient = transport_key_proposed(act)
    vault = key_vault()
    package = vault.wrap_sub_keys(suite, version, code, recipient)
    return Outcome(SUB, plain(vault.sub_key_check_values(suite, version, code)), code, package)


def _change_keys(act: KeyAct) -> Outcome:
    """Do the vault's part of a change of state: destroying. Only the register knows the others."""
    key_set = check_key_change(act)
    if act.kind == KeyActKind.DESTROY:
        key_vault().destroy_keys(key_set.suite, key_set.version)
    return Outcome(key_set.kind, key_set.check_values, key_set.province_code)


def _import_sub_keys(act: KeyAct) -> Outcome:
    vault = key_vault()
    if revoked_set(act.parameters["suite"], act.parameters["version"]):
        raise Conflict("key-not-usable", N_("这一版分密钥已被吊销或销毁，不能导入，请否决"))
    package = bytes(act.package or b"")
    taken = vault.import_sub_keys(package)
    # Computed from what now lies in the vault, so that the two columns of the page are two sources.
    computed = vault.sub_key_check_values(taken.suite, taken.version, taken.province_code)
    return Outcome(
        SUB,
        plain(computed),
        act.parameters["province_code"],
        announced=plain(read_header(package).check_values),
    )


_OUTCOMES = {
    KeyActKind.GENERATE_MASTER: _generate_master,
    KeyActKind.HAND_OVER_SUB_KEYS: _hand_over_sub_keys,
    KeyActKind.IMPORT_SUB_KEYS: _import_sub_keys,
}


@transaction.atomic
def publish_transport_key(*, now: datetime) -> None:
    """Send this province's transport key up; done when the node is prepared."""
    public_key = key_vault().transport_public_key()
    record(None, "transport-key.published", _node_subject(), fingerprint(public_key), now=now)
    publish(MINISTRY, "transport-key.published", _node_subject(), {"public_key": public_key.hex()}, now=now)


def receive_transport_key(received: ReceivedEvent, *, now: datetime) -> None:
    """Take in a province's transport key; a hand-over that was proposed for an older one is refused later.

    Raises: InvalidInput ``transport-key-invalid``.
    """
    try:
        public_key = bytes.fromhex(str(received.event.data.get("public_key", "")))
    except ValueError:
        public_key = b""
    transport_key(public_key)
    PeerTransportKey.objects.update_or_create(
        node_code=received.node, defaults={"public_key": public_key, "received_at": now}
    )
    record(None, "transport-key.received", f"node:{received.node}", f"{fingerprint(public_key)}", now=now)


def receive_sub_key_package(received: ReceivedEvent, *, now: datetime) -> None:
    """Keep a package and open the act by which two custodians take it in.

    Raises: InvalidInput ``key-package-damaged``, ``key-package-misaddressed``; Conflict ``act-not-here``.
    """
    if received.node != MINISTRY or settings.WARRANT_NODE.kind == MINISTRY:
        raise Conflict("act-not-here", N_("分密钥只能由部级节点下发给省级节点"))
    try:
        package = base64.b64decode(str(received.event.data.get("package", "")), validate=True)
    except (binascii.Error, ValueError):
        package = b""
    header = read_header(package)
    if header.province_code != normal_province_code(settings.WARRANT_NODE.code):
        raise InvalidInput("key-package-misaddressed", N_("密钥包属于另一个省份"))
    act = KeyAct.objects.create(
        kind=KeyActKind.IMPORT_SUB_KEYS,
        parameters=_import_parameters(header),
        package=package,
        proposed_at=now,
    )
    record_key_act(None, "key-act.proposed", act, now=now)


def _import_parameters(header: PackageHeader) -> dict[str, Any]:
    return {
        "suite": header.suite,
        "version": header.version,
        "province_code": settings.WARRANT_NODE.code,
        "issuer": fingerprint(header.issuer.raw),
        "announced": plain(header.check_values),
    }


def _node_subject() -> str:
    return f"node:{settings.WARRANT_NODE.code}"


def _version_exists(suite: str, version: int) -> Conflict:
    return Conflict(
        "key-version-exists", N_("%(suite)s 第 %(version)s 版密钥已存在。"), suite=suite, version=version
    )


__all__ = [
    "Heard",
    "acknowledge_key_act",
    "confirm_key_act",
    "fingerprint",
    "propose_key_act",
    "publish_transport_key",
    "receive_sub_key_package",
    "receive_transport_key",
    "reject_key_act",
]
