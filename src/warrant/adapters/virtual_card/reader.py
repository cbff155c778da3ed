"""A card box on disk and readers that cards are put into.

A box is a directory with one ``NAME.card`` file per card. A reader is a slot: the file ``NAME.slot`` tells which
card lies in it and how often cards were put in or taken out, so that a card stays in its reader when the process
that drives it dies, another process may put cards in, and a connection notices that its card is gone.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from warrant.adapters.virtual_card.chip import Chip, VirtualCard
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, Unavailable

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class BoxedCard:
    """A card of a box: its name, cipher suite and serial number."""

    name: str
    suite: str
    serial_number: bytes


class CardBox:
    """A directory of virtual cards."""

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path

    def add_blank(
        self, name: str, suite: str, transport_key: Secret, serial_number: bytes | None = None
    ) -> VirtualCard:
        """Make a blank card. Raises: Conflict ``card-exists``; InvalidInput ``card-name-invalid``."""
        path = self.card_path(name)
        if path.exists():
            raise Conflict("card-exists", N_("卡盒中已有名为“%(name)s”的卡"), place="name", name=name)
        # Built beside its place and moved there whole: a box never holds half a blank card.
        draft = path.with_suffix(".new")
        VirtualCard.blank(suite, transport_key, draft, serial_number)
        draft.replace(path)
        return VirtualCard.load(path)

    def cards(self) -> list[BoxedCard]:
        """Return the cards in the box, by name."""
        cards = []
        for path in sorted(self.path.glob("*.card")):
            card = VirtualCard.load(path)
            cards.append(BoxedCard(path.stem, card.suite, card.serial_number))
        return cards

    def card_path(self, name: str) -> Path:
        """Return a card's file. Raises: InvalidInput ``card-name-invalid``."""
        if not _NAME.fullmatch(name):
            raise InvalidInput("card-name-invalid", N_("卡名“%(name)s”不合规"), place="name", name=name)
        return self.path / f"{name}.card"


class VirtualReader:
    """A reader over a card box."""

    def __init__(self, box: CardBox, name: str = "virtual-1") -> None:
        if not _NAME.fullmatch(name):
            raise InvalidInput("reader-name-invalid", N_("读卡器名“%(name)s”不合规"), place="name", name=name)
        self._box = box
        self._name = name
        self._slot = box.path / f"{name}.slot"

    @property
    def name(self) -> str:
        """The reader's name."""
        return self._name

    def insert(self, card_name: str) -> None:
        """Put a card in. Raises: NotFound ``card-not-found``; Conflict ``reader-occupied``."""
        if not self._box.card_path(card_name).exists():
            raise NotFound("card-not-found", N_("卡盒中没有名为“%(name)s”的卡"), place="name", name=card_name)
        if self.inserted is not None:
            raise Conflict("reader-occupied", N_("读卡器中已有一张卡"), place="reader")
        self._write(card_name)

    def remove(self) -> None:
        """Take the card out; a connection to it is dead from now on. Does nothing if there is none."""
        if self.inserted is not None:
            self._write(None)

    @property
    def inserted(self) -> str | None:
        """Name of the card in the reader."""
        return self._read()[0]

    def is_card_present(self) -> bool:
        """Whether a card lies in the reader."""
        return self.inserted is not None

    def connect(self) -> VirtualConnection:
        """Power the card up. Raises: Unavailable ``card-absent``, ``card-in-use``."""
        card_name, turn = self._read()
        if card_name is None:
            raise Unavailable("card-absent", N_("读卡器中没有卡"), place="reader")
        path = self._box.card_path(card_name)
        lock = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Unavailable("card-in-use", N_("卡片正被另一个程序使用"), place="reader") from None
        return VirtualConnection(VirtualCard.load(path), lambda: self._read() == (card_name, turn), lock)

    def _read(self) -> tuple[str | None, int]:
        try:
            card_name, turn = json.loads(self._slot.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None, 0
        return card_name, turn

    def _write(self, card_name: str | None) -> None:
        draft = self._slot.with_suffix(f".{os.getpid()}.draft")
        draft.write_text(json.dumps([card_name, self._read()[1] + 1]), encoding="ascii")
        draft.replace(self._slot)


class VirtualConnection:
    """A powered virtual card; ``is_present`` tells whether it still lies where it was."""

    def __init__(
        self, card: Chip, is_present: Callable[[], bool] = lambda: True, lock: int | None = None
    ) -> None:
        card.reset()
        self._card = card
        self._is_present = is_present
        self._is_open = True
        # A connection that is forgotten must not keep the card from everybody else.
        self._release = weakref.finalize(self, os.close, lock) if lock is not None else None

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        self._demand_card()
        return self._card.atr

    def transmit(self, apdu: bytes) -> bytes:
        """Run one command. Raises: Unavailable ``card-removed``."""
        self._demand_card()
        return self._card.transmit(apdu)

    def reset(self) -> None:
        """Reset the card. Raises: Unavailable ``card-removed``."""
        self._demand_card()
        self._card.reset()

    def close(self) -> None:
        """Power the card down."""
        self._is_open = False
        if self._release is not None:
            self._release()

    def _demand_card(self) -> None:
        if not self._is_open or not self._is_present():
            self.close()
            raise Unavailable("card-removed", N_("卡片已被取出"), place="reader")
