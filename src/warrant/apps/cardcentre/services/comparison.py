"""The comparison by voice at the hand-over of sub-keys, without which nothing is wrapped and nothing is taken in.

Ministry, before it wraps: the province reads the number of its receiving key. Province, before it takes in: the ministry
reads the number of the package. Each end shows only what it reads aloud itself; its second custodian types what the
other end read. A number that is well-formed and differs ends the act.

Source: ADR 0028.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import transaction

from warrant.apps.cardcentre.models import KeyAct, PeerTransportKey
from warrant.apps.cardcentre.services.key_states import record_key_act
from warrant.apps.cardcentre.types import COMPARED_BY_VOICE, KeyActKind
from warrant.apps.foundation.ports import key_vault
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.crypto.digest import sha256
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.keys.spoken import Spoken, read_spoken, spoken_fingerprint
from warrant.core.lifecycle import KEY_ACT, KeyActState

PARTNER_MAX: Final = 60
_BLANKS: Final = re.compile(r"\s+")


class Heard(NamedTuple):
    """What the second custodian typed: who spoke at the other end, and the number that was read aloud."""

    partner: str
    digits: str


def fingerprint(public_key: bytes) -> str:
    """Return what two people compare of a public key: 16 hex digits of its SHA-256, in groups of four."""
    digits = sha256(public_key).hex()[:16].upper()
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


def transport_key_of(node_code: str) -> bytes:
    """Return the key that a province sent up. Raises: InvalidInput ``transport-key-missing``."""
    row = PeerTransportKey.objects.filter(node_code=node_code).first()
    if row is None:
        raise InvalidInput(
            "transport-key-missing", N_("尚未收到该省的传输公钥，收到后才能下发分密钥"), place="province_code"
        )
    return bytes(row.public_key)


def transport_key_proposed(act: KeyAct) -> bytes:
    """Return the key for which a hand-over was proposed. Raises: Conflict ``transport-key-changed``."""
    recipient = transport_key_of(act.parameters["province_code"])
    if fingerprint(recipient) != act.parameters["recipient"]:
        raise Conflict("transport-key-changed", N_("该省的传输公钥在提出之后变更，请否决后重新提出"))
    return recipient


def own_receiving_key_spoken() -> str:
    """Return what this province reads aloud of the key under which it receives sub-keys."""
    return spoken_fingerprint(Spoken.RECEIVING_KEY, sha256(key_vault().transport_public_key()))


def package_spoken(act: KeyAct) -> str:
    """Return what the ministry reads aloud of the package of a hand-over that is done; else nothing."""
    digest = act.result.get("package_digest", "") if act.kind == KeyActKind.HAND_OVER_SUB_KEYS else ""
    return spoken_fingerprint(Spoken.PACKAGE, bytes.fromhex(digest)) if digest else ""


def compare_by_voice(actor: Actor, act: KeyAct, heard: Heard | None, *, now: datetime) -> dict[str, Any]:
    """Return what the record keeps of the comparison; an act that needs none gives an empty one.

    A number that differs stops the act for good, in a transaction of its own, before this raises.
    Raises: InvalidInput ``partner-missing``, ``partner-own-side``, ``spoken-malformed``, ``spoken-slip``;
    Conflict ``comparison-missing``, ``comparison-differs``, ``comparison-unsettled``.
    """
    if act.kind not in COMPARED_BY_VOICE:
        return {}
    if heard is None:
        raise Conflict("comparison-missing", N_("须先通过电话比对：由第二名保管员输入对方读出的数字"))
    check_nothing_stopped(act.parameters["province_code"])
    partner = _partner(act, actor, heard.partner)
    digits = read_spoken(heard.digits, "digits")
    subject, expected = _expected(act)
    kept = {"of": subject.value, "with": partner, "heard": digits, "matches": digits == expected}
    if digits != expected:
        _stop(actor, act, kept, now=now)
        raise Conflict(
            "comparison-differs",
            N_("比对不符，操作已停止，密钥没有变动：不要重试，请双方安全管理员和密钥保管员当面查明原因"),
        )
    return kept


def settle_stopped_act(actor: Actor, act: KeyAct, finding: str, *, now: datetime) -> None:
    """Write down what came of an act that stopped; only then may sub-keys go this way again.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``, ``same-custodian``.
    """
    require(actor, Permission.KEY_CUSTODY, NATION)
    if not finding.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    with transaction.atomic():
        act = KeyAct.objects.select_for_update().get(pk=act.pk)
        if act.state != KeyActState.STOPPED or act.reason:
            raise Conflict("wrong-state", N_("这项密钥操作没有等待查明的比对不符"))
        if act.confirmed_by_id == actor.account_id:
            raise Conflict("same-custodian", N_("比对的人不能自己结案，须由另一名密钥保管员查明"))
        act.reason = finding.strip()
        act.save(update_fields=["reason"])
        record_key_act(actor, "key-act.settled", act, now=now)


def check_nothing_stopped(province_code: str) -> None:
    """Refuse to hand over while nobody knows why a comparison differed. Raises: Conflict ``comparison-unsettled``."""
    stopped = KeyAct.objects.filter(
        kind__in=COMPARED_BY_VOICE,
        state=KeyActState.STOPPED,
        reason="",
        parameters__province_code=province_code,
    )
    if stopped.exists():
        raise Conflict(
            "comparison-unsettled", N_("该省上次电话比对不符，尚未查明结案，查明前不能下发或导入分密钥")
        )


def _partner(act: KeyAct, actor: Actor, text: str) -> str:
    partner = _BLANKS.sub(" ", text).strip()[:PARTNER_MAX]
    if not partner:
        raise InvalidInput("partner-missing", N_("请写明对方通话人的姓名"), place="partner")
    own_side = {actor.name, act.proposed_by.display_name if act.proposed_by else ""}
    if partner in own_side:
        raise InvalidInput(
            "partner-own-side", N_("这里写对方节点的通话人，不是本节点的保管员"), place="partner"
        )
    return partner


def _expected(act: KeyAct) -> tuple[Spoken, str]:
    if act.kind == KeyActKind.IMPORT_SUB_KEYS:
        return Spoken.PACKAGE, spoken_fingerprint(Spoken.PACKAGE, sha256(bytes(act.package or b"")))
    received = transport_key_proposed(act)
    return Spoken.RECEIVING_KEY, spoken_fingerprint(Spoken.RECEIVING_KEY, sha256(received))


def _stop(actor: Actor, act: KeyAct, kept: dict[str, Any], *, now: datetime) -> None:
    with transaction.atomic(durable=True):
        locked = KeyAct.objects.select_for_update().get(pk=act.pk)
        locked.state = KEY_ACT.next_state("stop", locked.state)
        locked.confirmed_by_id, locked.confirmed_at, locked.comparison = actor.account_id, now, kept
        locked.save(update_fields=["state", "confirmed_by", "confirmed_at", "comparison"])
        record_key_act(actor, "key-act.stopped", locked, now=now)
