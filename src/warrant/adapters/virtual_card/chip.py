"""A chip: its memory, its power, and the file on disk that outlives the process.

The memory is written to disk before the answer to the command that changed it leaves the chip, as a real chip
does: whoever drives it may be killed at any moment and finds on disk exactly what the card had done.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from warrant.adapters.virtual_card.files import Directory, directory_as_json, directory_from_json
from warrant.adapters.virtual_card.operating_system import OperatingSystem
from warrant.core.chip.apdu import Response
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, InvalidInput

EEPROM_BYTES: Final = 8192
FORMAT: Final = "warrant virtual card 1"
SERIAL_NUMBER_BYTES: Final = 7
FUDAN: Final = 0x1D
"""Maker's byte that FM1208 serial numbers begin with. Source: ISO/IEC 7816-6, register of chip makers."""
GET_SERIAL_NUMBER: Final = bytes.fromhex("FFCA000000")
SUITES: Final = ("3des", "sm4")


class Chip(Protocol):
    """What lies in a reader: a virtual card, or something that plays one."""

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        ...

    def reset(self) -> None:
        """Lose everything volatile."""
        ...

    def transmit(self, apdu: bytes) -> bytes:
        """Run one command and return its answer."""
        ...


class VirtualCard:
    """One chip. Volatile state lives between :meth:`power_on` (or :meth:`reset`) and the next one."""

    def __init__(
        self,
        suite: str,
        serial_number: bytes,
        master: Directory | None = None,
        path: Path | None = None,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.suite = suite
        self.serial_number = serial_number
        self._path = path
        self._random_bytes = random_bytes
        self._system = OperatingSystem(suite, master, EEPROM_BYTES, random_bytes)
        self._saved = ""

    @classmethod
    def factory(
        cls,
        suite: str,
        path: Path | None = None,
        serial_number: bytes | None = None,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> VirtualCard:
        """Return a chip without a master file, as the chip maker ships it."""
        if suite not in SUITES:
            raise InvalidInput("cipher-suite-unknown", N_("不支持加密算法“%(suite)s”。"), suite=suite)
        number = serial_number or bytes((FUDAN,)) + secrets.token_bytes(SERIAL_NUMBER_BYTES - 1)
        card = cls(suite, number, None, path, random_bytes)
        card._save()
        return card

    @classmethod
    def blank(
        cls,
        suite: str,
        transport_key: Secret,
        path: Path | None = None,
        serial_number: bytes | None = None,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> VirtualCard:
        """Return a blank card as the card maker delivers it: a master file under the transport key, nothing else.

        Creating and erasing in the MF and adding keys ask for the transport key (FA: MF state A or more); the
        transport key is key 39/00, following state A, eight tries.
        """
        card = cls.factory(suite, path, serial_number, random_bytes)
        for command in (
            bytes.fromhex("80E03F000D38FFFFFAFA01FFFFFFFFFFFFFF"),
            bytes.fromhex("80E00000073F005001FAFFFF"),
            bytes.fromhex("80D401001539F0FAAA88") + transport_key.reveal(),
        ):
            response = card.transmit(command)
            if response != b"\x90\x00":
                raise InvalidInput("transport-key-wrong", N_("运输密钥必须是 16 字节"), place="transport_key")
        card.reset()
        return card

    @classmethod
    def load(cls, path: Path, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> VirtualCard:
        """Read a card's file. Raises: InvalidInput ``virtual-card-damaged``; FileNotFoundError."""
        text = path.read_text(encoding="ascii")
        try:
            stored = json.loads(text)
            if stored["format"] != FORMAT or stored["suite"] not in SUITES:
                raise ValueError(stored["format"])
            master = None if stored["master"] is None else directory_from_json(stored["master"])
            card = cls(stored["suite"], bytes.fromhex(stored["serial_number"]), master, path, random_bytes)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                "virtual-card-damaged", N_("虚拟卡文件“%(file)s”已损坏"), place="card", file=path.name
            ) from error
        card._saved = text
        return card

    @property
    def atr(self) -> bytes:
        """Answer to reset: T=0, historical bytes with the serial number's last four bytes."""
        return bytes.fromhex("3B690000") + b"WVC01" + self.serial_number[-4:]

    def memory(self) -> Directory:
        """Return what the chip holds, for whoever breaks cards on purpose: no command reaches all of it.

        Raises: InvalidInput ``virtual-card-damaged`` for a chip without a master file.
        """
        master = self._system.master
        if master is None:
            raise InvalidInput(
                "virtual-card-damaged", N_("虚拟卡文件“%(file)s”已损坏"), place="card", file=""
            )
        return master

    def reset(self) -> None:
        """Lose everything volatile."""
        self._system = OperatingSystem(self.suite, self._system.master, EEPROM_BYTES, self._random_bytes)

    def transmit(self, apdu: bytes) -> bytes:
        """Run one command and return its answer; what it changed is on disk by then."""
        if apdu == GET_SERIAL_NUMBER:
            # A contactless reader answers this itself from the anticollision; here there is only the card.
            return Response(self.serial_number, 0x9000).encode()
        response = self._system.run(apdu)
        self._save()
        return response.encode()

    def _save(self) -> None:
        if self._path is None:
            return
        master = self._system.master
        stored = {
            "format": FORMAT,
            "suite": self.suite,
            "serial_number": self.serial_number.hex(),
            "master": None if master is None else directory_as_json(master),
        }
        text = json.dumps(stored)
        if text == self._saved:
            return
        # Replacing is enough against a killed process; a simulator need not survive the machine's power cut.
        draft = self._path.with_suffix(f".{os.getpid()}.draft")
        draft.touch(mode=0o600)
        draft.write_text(text, encoding="ascii")
        draft.replace(self._path)
        self._saved = text
