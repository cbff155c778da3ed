"""Re-keying: a card in use gets the keys of another version, and goes on being the same card.

Why it is safe to lose power at any command: the chip itself says how far it is. While the MF's key is the old card
control key the exchange is unfinished. Inside the application the control key is exchanged after the four others,
under its old value, so it tells which of the two sets they are protected by; writing a key, or one of the two
files, once more changes nothing. The MF's key comes last: once it is new, nothing is left but to read back. No
file is erased on the way, the annual reviews stay where they are.

Source: FMCOS 2.0 manual, 7.12 (a key is changed under the directory's control key); docs/card-format.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from warrant.core.chip import commands, layout, status
from warrant.core.chip.connection import CardConnection
from warrant.core.chip.content import CardContent, encode_content
from warrant.core.chip.inspection import (
    CardReport,
    CheckName,
    CheckOutcome,
    read_card,
    read_chip_serial_number,
)
from warrant.core.chip.session import CardSession
from warrant.core.chip.signature import sign_card
from warrant.core.chip.status import CardSpoiled
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.keys.hierarchy import KEY_LENGTH, KeyUsage


@dataclass(frozen=True)
class RekeyingPlan:
    """What one card shall hold afterwards, and the keys of both versions. Make it with :func:`plan_rekeying`."""

    content: CardContent
    images: Mapping[int, bytes] = field(repr=False)
    old_keys: Mapping[KeyUsage, Secret] = field(repr=False)
    new_keys: Mapping[KeyUsage, Secret] = field(repr=False)
    signing_key: PublicKey

    def card_key(self, _suite: str, _version: int, usage: KeyUsage, _certificate_number: str) -> Secret:
        """Answer as a key source for this one card, once it has its new keys."""
        return self.new_keys[usage]


def plan_rekeying(
    content: CardContent,
    old_keys: Mapping[KeyUsage, Secret],
    new_keys: Mapping[KeyUsage, Secret],
    signer: Signer,
) -> RekeyingPlan:
    """Encode and sign ``content``, which names the new key version; nothing is sent to a card yet.

    The content comes from the register, never from the card: whoever knew the old keys could have written there.
    Planning anew after a crash is allowed. Raises: InvalidInput ``card-keys-incomplete``.
    """
    keys = [found.get(row.usage) for found in (old_keys, new_keys) for row in layout.KEYS]
    if any(key is None or len(key) != KEY_LENGTH for key in keys):
        raise InvalidInput("card-keys-incomplete", N_("证卡密钥不全，或长度不正确"), place="card_keys")
    images = encode_content(content)
    images[layout.SIGNATURE.file_id] = sign_card(images, signer).encode()
    return RekeyingPlan(content, images, dict(old_keys), dict(new_keys), signer.public_key)


def rekey(
    connection: CardConnection,
    plan: RekeyingPlan,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> CardReport:
    """Exchange the card's keys, or finish exchanging them; return what was read back, all checks passed.

    May be called again after any failure, also in another process; it asks the card where it stands.

    Raises: Conflict ``card-different`` if another chip lies in the reader (nothing was written), ``rekeying-unproven``
    if what was read back is not what was written; CardSpoiled if the card knows neither key or is locked; CardError
    for any other refusal; Unavailable if the card is removed: insert it and call again.
    """
    if read_chip_serial_number(connection) != plan.content.chip_serial_number:
        raise Conflict("card-different", N_("读卡器中的卡不是为本任务领用的那一张"), place="rekey")
    session = CardSession(connection, plan.content.key_suite)
    session.reset()
    session.send(commands.select_file(layout.MASTER_FILE))
    if not _has_new_control_key(session, plan):
        _exchange(session, plan)
    return _read_back(connection, plan, random_bytes)


_CONTROL: Final = KeyUsage.CARD_CONTROL
ORDER: Final = (
    layout.AUTHENTICITY_KEY,
    layout.MAINTENANCE_KEY,
    layout.INSPECTION_KEY,
    layout.MAC_KEY,
    layout.CONTROL_KEY,
)
"""The authenticity key first: a reader finds it changed and then does not try the inspection key, whose tries a change
does not give back. The control key, which protects the writing of all, last."""


def _has_new_control_key(session: CardSession, plan: RekeyingPlan) -> bool:
    """Open the current directory; say with which of its two control keys. The old one costs a spent try at worst."""
    for keys in (plan.old_keys, plan.new_keys):
        sw = session.try_authentication(layout.CONTROL_KEY_ID, keys[_CONTROL])
        if sw == status.SUCCESS:
            return keys is plan.new_keys
        left = status.tries_left(sw)
        if sw in (status.KEY_BLOCKED, status.NOT_SUPPORTED) or (left is not None and left <= 1):
            raise CardSpoiled("unusable", N_("卡片已锁死，不能继续使用，请作废此卡"), place="rekey")
        if left is None:
            raise status.CardError(sw, "EXTERNAL AUTHENTICATE")
    raise CardSpoiled("foreign", N_("卡片的密钥不属于本系统，请作废此卡"), place="rekey")


def _exchange(session: CardSession, plan: RekeyingPlan) -> None:
    old_control, new_control = plan.old_keys[_CONTROL], plan.new_keys[_CONTROL]
    session.send(commands.select_name(layout.ENFORCEMENT_NAME))
    if not _has_new_control_key(session, plan):
        for row in ORDER:
            record = row.record(plan.new_keys[row.usage].reveal())
            session.send_encrypted(old_control, commands.write_key(row.type, row.key_id, record))
    session.authenticate(layout.MAINTENANCE_KEY.key_id, plan.new_keys[KeyUsage.MAINTENANCE])
    for file in (layout.CERTIFICATE, layout.SIGNATURE):
        session.write_file(file.file_id, plan.images[file.file_id], plan.new_keys[KeyUsage.MAC])
    session.send(commands.select_file(layout.MASTER_FILE))
    master = layout.MASTER_CONTROL_KEY
    session.send_encrypted(
        old_control, commands.write_key(master.type, master.key_id, master.record(new_control.reveal()))
    )


def _read_back(
    connection: CardConnection, plan: RekeyingPlan, random_bytes: Callable[[int], bytes]
) -> CardReport:
    """Read everything in a fresh session; only the signature may be another good one."""
    report = read_card(connection, [plan.signing_key], plan.card_key, random_bytes)
    is_same = all(
        report.images.get(file_id) == image
        for file_id, image in plan.images.items()
        if file_id != layout.SIGNATURE.file_id
    )
    if not is_same or any(report.outcome(name) is not CheckOutcome.PASSED for name in CheckName):
        raise Conflict(
            "rekeying-unproven",
            N_("换密后回读的内容与登记的不一致：再试一次，仍不行的留下此卡并报告"),
            place="rekey",
        )
    return report


__all__ = ["ORDER", "RekeyingPlan", "plan_rekeying", "rekey"]
