"""The card box of a development node: what a hand does with cards and readers elsewhere."""

from __future__ import annotations

from warrant.apps.cardcentre.selectors.stock import blanks_at
from warrant.apps.cardcentre.services.readers import card_readers
from warrant.apps.cardcentre.types import TRANSPORT_KEY_LABEL, VirtualCardReaders
from warrant.apps.foundation.ports import key_vault
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, NotFound
from warrant.core.keys.hierarchy import KEY_LENGTH


def box_readers() -> VirtualCardReaders:
    """Return the virtual readers. Raises: NotFound ``card-box-missing`` where readers are real."""
    readers = card_readers()
    if not isinstance(readers, VirtualCardReaders):
        raise NotFound("card-box-missing", N_("本节点使用真实读卡器，没有虚拟卡盒"))
    return readers


def add_next_blank(actor: Actor, reader_name: str) -> str:
    """Put the next blank of the stock into a reader, making its virtual card if there is none; return its serial.

    Raises: Conflict ``blanks-missing``, ``reader-occupied``.
    """
    require(actor, Permission.CARD_PRODUCE, NATION)
    readers = box_readers()
    boxed = {card.serial: card for card in readers.cards()}
    lying = {card.serial for card in boxed.values() if card.reader_name}
    card = blanks_at(reader_name).exclude(serial__in=lying).select_related("batch").first()
    if card is None:
        raise Conflict("blanks-missing", N_("制卡点库没有空白卡，请先从中心库移交"))
    if card.serial not in boxed:
        key = key_vault().secret(card.batch.transport_key or TRANSPORT_KEY_LABEL, KEY_LENGTH)
        readers.add_blank(card.serial, card.key_suite, key)
    readers.take_out(reader_name)
    readers.put_in(reader_name, card.serial)
    return card.serial


def put_in(actor: Actor, reader_name: str, serial: str) -> None:
    """Put a card of the box into a reader. Raises: NotFound, Conflict ``reader-occupied``."""
    require(actor, Permission.CARD_PRODUCE, NATION)
    box_readers().put_in(reader_name, serial)


def take_out(actor: Actor, reader_name: str) -> None:
    """Take the card out of a reader. Raises: NotFound ``reader-unknown``."""
    require(actor, Permission.CARD_PRODUCE, NATION)
    box_readers().take_out(reader_name)
