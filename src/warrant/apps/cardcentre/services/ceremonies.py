"""Ceremonies: key acts in which several custodians each carry a part, a component or a share.

Typed before the act is confirmed (components of new keys, shares that restore), or shown after it (shares of a backup).
A part belongs to one person: typed or seen in that person's own session only, and nobody holds two. Until it is used
or shown it lies sealed under a secret of the vault that is drawn for this act and forgotten with it, so that what old
copies of the database still hold stays closed. A ceremony that is broken off expires and is wiped.

Source: ISO 11568 and PCI PIN requirement 6 (split knowledge, dual control); ADR 0028.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models import KeyAct, KeyPart, KeySet
from warrant.apps.cardcentre.selectors.ceremonies import custodians
from warrant.apps.cardcentre.services.key_outcomes import Outcome, plain
from warrant.apps.cardcentre.services.key_states import MASTER, MINISTRY, SUB, one_waits, record_key_act
from warrant.apps.cardcentre.types import CEREMONIES, CEREMONIES_SHOWN, CEREMONIES_TYPED, KeyActKind
from warrant.apps.foundation.ports import key_vault
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.crypto.sealing import KEY_LENGTH, open_sealed, seal
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.keys import parts as key_parts
from warrant.core.keys.hierarchy import KeyUsage, check_suite, check_version
from warrant.core.keys.package import check_values_of
from warrant.core.keys.sharing import SHARES_MAX, check_plan
from warrant.core.keys.vault import CEREMONY
from warrant.core.lifecycle import KEY_ACT, KeyActState
from warrant.core.lifecycle.key import KeyState

TYPING_HOURS: Final = 8
"""How long a ceremony may take from the proposal to the second custodian's confirmation."""
SHOWING_HOURS: Final = 24
"""How long shares wait to be seen."""


def propose_ceremony(
    actor: Actor,
    kind: KeyActKind,
    parameters: Mapping[str, Any],
    holders: Sequence[Account],
    *,
    now: datetime,
) -> KeyAct:
    """Propose a ceremony: ``suite``, ``version``, ``threshold`` (not for components), ``check_values`` (to restore).

    Raises: InvalidInput ``components-count``, ``share-plan-invalid``, ``holder-repeated``, ``holder-no-custodian``,
    ``check-values-missing``, ``cipher-suite-not-in-vault``; Conflict ``act-not-here``, ``key-version-exists``,
    ``key-version-unknown``, ``keys-not-extractable``, ``key-not-usable``, ``key-act-pending``.
    """
    require(actor, Permission.KEY_CUSTODY, NATION)
    if kind not in CEREMONIES or (_is_generation(kind) and settings.WARRANT_NODE.kind != MINISTRY):
        raise Conflict("act-not-here", N_("这项密钥操作只能由部级节点发起"))
    suite, version = check_suite(str(parameters["suite"])), check_version(int(parameters["version"]))
    stored: dict[str, Any] = {"suite": suite, "version": version, **_own_kind()}
    _check_holders(holders)
    if kind is KeyActKind.GENERATE_BY_COMPONENTS:
        _check_component_count(len(holders))
    else:
        stored["threshold"] = int(parameters["threshold"])
        check_plan(stored["threshold"], len(holders))
    _check_vault(kind, suite)
    stored |= _about_version(kind, suite, version, parameters)
    with transaction.atomic(), one_waits():
        act = KeyAct.objects.create(
            kind=kind,
            parameters=stored,
            waits_for=f"ceremony {suite} {version}",
            proposed_by_id=actor.account_id,
            proposed_at=now,
            expires_at=now + timedelta(hours=TYPING_HOURS),
        )
        KeyPart.objects.bulk_create(
            KeyPart(act=act, holder=holder, number=None if kind is KeyActKind.RESTORE else number)
            for number, holder in enumerate(holders, 1)
        )
        record_key_act(actor, "key-act.proposed", act, now=now)
    return act


def enter_part(
    actor: Actor, act: KeyAct, keys: key_parts.Keys, *, number: int | None = None, now: datetime
) -> None:
    """Take what the actor typed as the own part; ``number`` is the share's, for a restore.

    Raises: NotPermitted ``part-of-another``; Conflict ``wrong-state``, ``ceremony-expired``, ``part-entered``;
    InvalidInput ``share-number-invalid``, ``share-repeated``.
    """
    require(actor, Permission.KEY_CUSTODY, NATION)
    try:
        with transaction.atomic():
            act = KeyAct.objects.select_for_update().get(pk=act.pk)
            _check_open(act, now=now)
            part = _own_part(actor, act)
            if act.kind not in CEREMONIES_TYPED or part.entered_at is not None:
                raise Conflict("part-entered", N_("您的一份已经收到，不能再次输入"))
            if act.kind == KeyActKind.RESTORE:
                part.number = _share_number(number)
            part.sealed, part.entered_at = _sealed(act, part, keys), now
            part.save(update_fields=["sealed", "entered_at", "number"])
            record_key_act(actor, "key-part.entered", act, now=now)
    except IntegrityError as error:
        raise InvalidInput("share-repeated", N_("同一份份额输入了两次"), place="number") from error


def show_part(actor: Actor, act: KeyAct, *, now: datetime) -> key_parts.KeyPart:
    """Return the actor's share, this once; it is wiped before it is shown.

    Raises: NotPermitted ``part-of-another``; Conflict ``wrong-state``, ``part-shown``, ``part-wiped``.
    """
    require(actor, Permission.KEY_CUSTODY, NATION)
    with transaction.atomic(durable=True):
        act = KeyAct.objects.select_for_update().get(pk=act.pk)
        part = _own_part(actor, act)
        if act.state != KeyActState.DONE or act.kind not in CEREMONIES_SHOWN:
            raise Conflict("wrong-state", N_("执行之后才能领取份额"))
        if part.shown_at is not None:
            raise Conflict("part-shown", N_("您的份额已经显示过，不能再次显示；遗失的请重新备份"))
        if part.sealed is None:
            raise Conflict("part-wiped", N_("份额在期限内没有领取，已经清除：请重新备份"))
        opened = _opened(act, part)
        part.sealed, part.shown_at = None, now
        part.save(update_fields=["sealed", "shown_at"])
        record_key_act(actor, "key-part.shown", act, now=now)
    forget_seal(act)
    return opened


def check_ready(act: KeyAct, *, now: datetime) -> None:
    """Refuse to confirm a ceremony too late or too early. Raises: Conflict ``ceremony-expired``, ``parts-missing``."""
    if act.kind not in CEREMONIES:
        return
    _check_open(act, now=now)
    missing = act.parts.filter(entered_at=None).count() if act.kind in CEREMONIES_TYPED else 0
    if missing:
        raise Conflict("parts-missing", N_("还有 %(count)s 名保管员没有输入自己的一份"), count=missing)


def work_of_ceremony(act: KeyAct) -> Outcome:
    """Do the vault's part of a ceremony; doing it again after a crash ends in the same keys.

    Raises: InvalidInput ``shares-too-few``, ``share-repeated``, ``shares-differ``, ``check-values-differ``,
    ``component-repeated``, ``key-weak``; Conflict ``key-version-exists``; everything that the vault raises.
    """
    suite, version = act.parameters["suite"], act.parameters["version"]
    kind, vault = KeyActKind(act.kind), key_vault()
    key_set_kind, code = act.parameters["kind"], act.parameters["province_code"]
    if kind is KeyActKind.GENERATE_BY_COMPONENTS:
        _check_new(suite, version)
        keys = key_parts.add_components(suite, _all_opened(act))
        return Outcome(MASTER, plain(vault.take_in_keys(suite, version, keys)))
    if kind is KeyActKind.RESTORE:
        keys = key_parts.put_together(_all_opened(act), act.parameters["threshold"])
        if plain(check_values_of(suite, keys)) != act.parameters["announced"]:
            raise InvalidInput(
                "check-values-differ",
                N_("恢复出的密钥与登记的校验值不符，没有存入：份额不足、有误，或属于另一次备份"),
            )
        return Outcome(
            key_set_kind,
            plain(vault.take_in_keys(suite, version, keys, code)),
            code,
            announced=act.parameters["announced"],
        )
    if kind is KeyActKind.GENERATE_BY_SHARES:
        _check_new(suite, version)
        try:
            vault.check_values(suite, version)  # a crash left it between vault and register
        except NotFound:
            vault.create_master(suite, version)
    shares = vault.share_keys(suite, version, act.parameters["threshold"], act.parts.count())
    return Outcome(key_set_kind, _held_values(suite, version, code), code, shares=shares)


def finish_ceremony(act: KeyAct, outcome: Outcome, *, now: datetime) -> None:
    """Wipe what was typed, or lay the shares out for their holders, in the caller's transaction."""
    if not outcome.shares:
        wipe_parts(act)
        return
    for part, share in zip(act.parts.order_by("number"), outcome.shares, strict=True):
        part.sealed = _sealed(act, part, share.keys)
        part.save(update_fields=["sealed"])
    act.expires_at = now + timedelta(hours=SHOWING_HOURS)
    act.save(update_fields=["expires_at"])


def wipe_parts(act: KeyAct) -> None:
    """Forget every part of an act; who typed or saw one stays known."""
    act.parts.update(sealed=None)


def forget_seal(act: KeyAct) -> None:
    """Let the vault forget the secret of a ceremony none of whose parts is needed any more; after the transaction."""
    if act.kind in CEREMONIES and not act.parts.exclude(sealed=None).exists():
        key_vault().forget_secret(_seal_label(act))


def expire_ceremonies(*, now: datetime) -> int:
    """End ceremonies that were broken off and wipe shares that nobody came for; return how many acts."""
    due = KeyAct.objects.filter(
        Q(state=KeyActState.PROPOSED) | Q(parts__sealed__isnull=False),
        kind__in=CEREMONIES,
        expires_at__lte=now,
    )
    ended = 0
    for act in due.distinct():
        with transaction.atomic():
            locked = KeyAct.objects.select_for_update().get(pk=act.pk)
            if locked.state == KeyActState.PROPOSED:
                locked.state = KEY_ACT.next_state("expire", locked.state)
                locked.confirmed_at = now
                locked.save(update_fields=["state", "confirmed_at"])
            wipe_parts(locked)
            record_key_act(None, "key-act.expired", locked, now=now)
        forget_seal(locked)
        ended += 1
    return ended


def _is_generation(kind: KeyActKind) -> bool:
    return kind in {KeyActKind.GENERATE_BY_COMPONENTS, KeyActKind.GENERATE_BY_SHARES}


def _own_kind() -> dict[str, str]:
    """Name the keys that this node keeps itself: master control keys, or the province's sub-keys."""
    if settings.WARRANT_NODE.kind == MINISTRY:
        return {"kind": MASTER, "province_code": ""}
    return {"kind": SUB, "province_code": settings.WARRANT_NODE.code}


def _check_holders(holders: Sequence[Account]) -> None:
    numbers = {holder.pk for holder in holders}
    if len(numbers) != len(holders):
        raise InvalidInput("holder-repeated", N_("同一人不能保管两份"), place="holders")
    if numbers - set(custodians().values_list("pk", flat=True)):
        raise InvalidInput("holder-no-custodian", N_("每一份须由一名在任的密钥保管员保管"), place="holders")
    if len(holders) > SHARES_MAX:
        check_plan(len(holders), len(holders))


def _check_component_count(count: int) -> None:
    if not key_parts.COMPONENTS_MIN <= count <= key_parts.COMPONENTS_MAX:
        raise InvalidInput("components-count", N_("分量须有 2 到 3 份"), place="holders")


def _check_vault(kind: KeyActKind, suite: str) -> None:
    vault = key_vault()
    if kind in CEREMONIES_SHOWN and not vault.shares_keys():
        vault.share_keys(suite, 1, 2, 2)  # says why not, and what to do instead
    if suite not in vault.suites():
        raise InvalidInput(
            "cipher-suite-not-in-vault",
            N_("本密钥库不支持加密算法“%(suite)s”，请另选算法，或换用支持它的密钥库。"),
            place="suite",
            suite=suite,
        )


def _about_version(
    kind: KeyActKind, suite: str, version: int, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Check that the version may have this ceremony; for a restore return the check values that must come out."""
    known = KeySet.objects.filter(suite=suite, version=version, **_own_kind()).first()
    if _is_generation(kind):
        _check_new(suite, version)
        return {}
    if known is not None and known.state == KeyState.DESTROYED:
        raise Conflict("key-not-usable", N_("这一版密钥已销毁，不能再备份或恢复"))
    if kind is KeyActKind.BACK_UP:
        if known is None:
            raise InvalidInput(
                "key-version-unknown", N_("本节点没有这一版密钥，先生成或导入"), place="version"
            )
        return {}
    if known is not None and known.check_values:
        return {"announced": known.check_values}
    typed = parameters.get("check_values") or {}
    for usage in KeyUsage:
        if not typed.get(usage.value):
            raise InvalidInput(
                "check-values-missing",
                N_("登记册中没有这一版密钥：请照份额纸填写校验值"),
                place=f"check_{usage.value}",
            )
    return {"announced": {usage.value: str(typed[usage.value]).strip().upper() for usage in KeyUsage}}


def _check_new(suite: str, version: int) -> None:
    if KeySet.objects.filter(suite=suite, version=version, kind=MASTER).exists():
        raise Conflict(
            "key-version-exists",
            N_("%(suite)s 第 %(version)s 版密钥已存在。"),
            suite=suite,
            version=version,
        )


def _held_values(suite: str, version: int, province_code: str) -> dict[str, str]:
    vault = key_vault()
    if province_code:
        return plain(vault.sub_key_check_values(suite, version, province_code))
    return plain(vault.check_values(suite, version))


def _check_open(act: KeyAct, *, now: datetime) -> None:
    KEY_ACT.next_state("confirm", act.state)
    if act.expires_at is not None and act.expires_at <= now:
        raise Conflict("ceremony-expired", N_("这次仪式已超过时限，输入的内容不再使用：请重新提出"))


def _own_part(actor: Actor, act: KeyAct) -> KeyPart:
    part = KeyPart.objects.select_for_update().filter(act=act, holder_id=actor.account_id).first()
    if part is None:
        raise NotPermitted("part-of-another", N_("这次仪式中没有由您保管的一份"))
    return part


def _share_number(number: int | None) -> int:
    if number is None or not 1 <= number <= SHARES_MAX:
        raise InvalidInput(
            "share-number-invalid", N_("份额编号是 1 到 %(most)s 的整数"), place="number", most=SHARES_MAX
        )
    return number


def _all_opened(act: KeyAct) -> list[key_parts.KeyPart]:
    return [_opened(act, part) for part in act.parts.order_by("number")]


def _seal_label(act: KeyAct) -> str:
    return f"{CEREMONY}{act.pk}"


def _seal_key(act: KeyAct) -> Secret:
    return key_vault().secret(_seal_label(act), KEY_LENGTH)


def _sealed(act: KeyAct, part: KeyPart, keys: key_parts.Keys) -> bytes:
    return seal(_seal_key(act), key_parts.to_secret(keys).reveal(), _place(part))


def _opened(act: KeyAct, part: KeyPart) -> key_parts.KeyPart:
    whole = Secret(open_sealed(_seal_key(act), bytes(part.sealed or b""), _place(part)))
    return key_parts.KeyPart(part.number or 0, key_parts.from_secret(whole))


def _place(part: KeyPart) -> bytes:
    return f"key-part:{part.act_id}:{part.holder_id}".encode()


__all__ = [
    "check_ready",
    "enter_part",
    "expire_ceremonies",
    "finish_ceremony",
    "forget_seal",
    "propose_ceremony",
    "show_part",
    "wipe_parts",
    "work_of_ceremony",
]
