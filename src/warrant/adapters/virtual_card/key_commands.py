"""WRITE KEY and the authentications.

Readings of the manual where it says two things: a key type's two high bits demand protection for every later
change of the key, not for adding it; changing a key never changes its error counter; using a key needs no
protection whatever its type.

Source: FMCOS 2.0 manual, 7.1, 7.3, 7.10, 7.12.
"""

from __future__ import annotations

import hmac
from typing import Final

from warrant.adapters.virtual_card.cipher import CardCipher
from warrant.adapters.virtual_card.files import ENCRYPTION_BIT, MAC_BIT, TYPE_MASK, Key, KeyFile
from warrant.adapters.virtual_card.line_protection import LineProtection
from warrant.adapters.virtual_card.refusal import Refusal
from warrant.adapters.virtual_card.security import SecurityState
from warrant.core.chip.apdu import Command

EXTERNAL: Final = 0x39
PIN: Final = 0x3A
OPERATIONS: Final = {0x00: 0x30, 0x01: 0x31, 0x02: 0x32}
KINDS: Final = (0x30, 0x31, 0x32, 0x34, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x3C, 0x3D, 0x3E, 0x3F)
ADD: Final = 0x01


class KeyCommands:
    """The commands on keys."""

    def __init__(self, cipher: CardCipher, line: LineProtection, state: SecurityState) -> None:
        self._cipher = cipher
        self._line = line
        self._state = state

    def write_key(self, command: Command, challenge: bytes | None) -> bytes:
        """WRITE KEY: P1 01 adds, any other P1 names the type to change; class 84 is encrypted with MAC."""
        key_file = self._key_file()
        if command.p2 == 0xFF:
            raise Refusal(0x6A86)
        if command.p1 == ADD:
            self._state.demand(key_file.add)
            self._add(key_file, command.p2, self._opened(command, challenge))
            return b""
        old = key_file.find(command.p1 & TYPE_MASK, command.p2)
        if old is None:
            raise Refusal(0x6A88)
        self._state.demand(old.change)
        if old.is_blocked:
            raise Refusal(0x6983)
        if old.type & (MAC_BIT | ENCRYPTION_BIT) and command.cla != 0x84:
            raise Refusal(0x6987)
        self._change(old, self._opened(command, challenge))
        return b""

    def _opened(self, command: Command, challenge: bytes | None) -> bytes:
        if command.cla == 0x80:
            return command.field
        key = self._line.control_key(self._state.directory)
        return self._cipher.open_field(key.value, self._line.check_mac(command, key, challenge))

    def _add(self, key_file: KeyFile, key_id: int, record: bytes) -> None:
        key = self._parsed(key_id, record)
        if key_file.find(key.kind, key_id) is not None:
            raise Refusal(0x6A80)
        if key.space > key_file.free_space:
            raise Refusal(0x6A84)
        key_file.keys.append(key)

    def _change(self, old: Key, record: bytes) -> None:
        new = self._parsed(old.key_id, record)
        if new.kind != old.kind:
            raise Refusal(0x6A80)
        if len(new.value) != len(old.value):
            raise Refusal(0x6700)
        counter = old.fifth if old.has_counter else new.fifth
        old.type, old.use, old.change, old.fourth, old.fifth = (
            new.type,
            new.use,
            new.change,
            new.fourth,
            counter,
        )
        old.value = new.value

    def _parsed(self, key_id: int, record: bytes) -> Key:
        if len(record) < 7:
            raise Refusal(0x6700)
        key = Key(record[0], key_id, record[1], record[2], record[3], record[4], record[5:])
        if key.kind not in KINDS:
            raise Refusal(0x6A80)
        allowed = range(2, 9) if key.kind == PIN else self._cipher.key_lengths
        if len(key.value) not in allowed:
            raise Refusal(0x6700)
        return key

    def external_authenticate(self, command: Command, challenge: bytes | None) -> bytes:
        """EXTERNAL AUTHENTICATE: the terminal proves a key of type 39; success sets the key's following state."""
        if command.p1:
            raise Refusal(0x6A86)
        if len(command.field) != self._cipher.block or command.le is not None:
            raise Refusal(0x6700)
        key = self._usable(EXTERNAL, command.p2)
        if challenge is None:
            raise Refusal(0x6985)
        clear = self._cipher.decrypt(key.value, command.field)
        self._judge(key, hmac.compare_digest(clear, challenge.ljust(self._cipher.block, b"\x00")))
        return b""

    def verify_pin(self, command: Command, _challenge: bytes | None) -> bytes:
        """VERIFY PIN; trailing bytes FF of the stored PIN may be left out."""
        if command.p1:
            raise Refusal(0x6A86)
        if not 2 <= len(command.field) <= 8 or command.le is not None:
            raise Refusal(0x6700)
        key = self._usable(PIN, command.p2)
        self._judge(key, hmac.compare_digest(key.value.rstrip(b"\xff"), command.field.rstrip(b"\xff")))
        return b""

    def _judge(self, key: Key, is_right: bool) -> None:
        if not is_right:
            raise Refusal(0x63C0 | key.count_failure())
        key.restore_tries()
        self._state.reach(key.fourth)

    def internal_authenticate(self, command: Command, _challenge: bytes | None) -> bytes:
        """INTERNAL AUTHENTICATE: encrypt (P1 00), decrypt (01) or MAC (02) with a key made for exactly that."""
        if command.p1 not in OPERATIONS:
            raise Refusal(0x6A86)
        if not command.field:
            raise Refusal(0x6700)
        key = self._usable(OPERATIONS[command.p1], command.p2)
        if command.p1 == 0x02:
            return self._cipher.code(key.value, b"", command.field)
        is_whole = len(command.field) % self._cipher.block == 0
        blocks = command.field if is_whole else self._cipher.padded(command.field)
        operate = self._cipher.encrypt if command.p1 == 0x00 else self._cipher.decrypt
        return operate(key.value, blocks)

    def _usable(self, kind: int, key_id: int) -> Key:
        key = self._key_file().find(kind, key_id)
        if key is None:
            raise Refusal(0x6A88)
        if not self._state.satisfies(key.use):
            raise Refusal(0x6982)
        if key.is_blocked:
            raise Refusal(0x6983)
        return key

    def _key_file(self) -> KeyFile:
        key_file = self._state.directory.key_file
        if key_file is None:
            raise Refusal(0x6A82)
        return key_file
