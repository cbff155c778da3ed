"""The readers of a card centre: in software over the node's card box, or real ones through PC/SC."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from warrant.adapters.virtual_card.reader import CardBox, VirtualReader
from warrant.apps.cardcentre.types import BoxCard
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, NotFound

READER_NAMES = ("virtual-1", "virtual-2")


class BoxReaders:
    """Readers in software over one card box; a card's name in the box is its chip serial, in hex."""

    def __init__(self, box: CardBox, names: tuple[str, ...] = READER_NAMES) -> None:
        self._box = box
        self._readers = {name: VirtualReader(box, name) for name in names}

    def names(self) -> list[str]:
        """Return the names of the readers."""
        return list(self._readers)

    def reader(self, name: str) -> VirtualReader:
        """Return a reader. Raises: NotFound ``reader-unknown``."""
        if name not in self._readers:
            raise NotFound("reader-unknown", N_("没有名为“%(reader)s”的读卡器"), place="reader", reader=name)
        return self._readers[name]

    def cards(self) -> list[BoxCard]:
        """Return every card of the box, by serial."""
        lying = {reader.inserted: name for name, reader in self._readers.items()}
        return [BoxCard(card.name, card.suite, lying.get(card.name, "")) for card in self._box.cards()]

    def put_in(self, reader_name: str, serial: str) -> None:
        """Put a card of the box into a reader. Raises: NotFound, Conflict ``reader-occupied``."""
        for reader in self._readers.values():
            if reader.inserted == serial:
                reader.remove()  # one card cannot lie in two readers
        self.reader(reader_name).insert(serial)

    def take_out(self, reader_name: str) -> None:
        """Take the card out. Raises: NotFound ``reader-unknown``."""
        self.reader(reader_name).remove()

    def add_blank(self, serial: str, suite: str, transport_key: Secret) -> None:
        """Make a blank card with that chip serial. Raises: Conflict ``card-exists``."""
        self._box.add_blank(serial, suite, transport_key, bytes.fromhex(serial))


def virtual_readers() -> BoxReaders:
    """Return software readers over ``settings.WARRANT_CARD_BOX``: the factory of the port ``card_readers``."""
    return BoxReaders(CardBox(Path(settings.WARRANT_CARD_BOX)))
