"""``warrant lab``: for conformance work. Keys come from the command line or are the laboratory's published ones."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable
from functools import reduce

from warrant.adapters.virtual_card.chip import Chip
from warrant.adapters.virtual_card.vpcd import VpcdCard, connect_to
from warrant.core.crypto import block
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, InvalidInput, WarrantError
from warrant.core.keys.hierarchy import KeyUsage, check_suite, diversify
from warrant.nodes.laboratory import cards, keys
from warrant.nodes.laboratory.broken import BROKEN_CARDS

Command = Callable[[argparse.Namespace], int]
_DIGITS = frozenset("0123456789abcdefABCDEF")


def _octets(text: str, name: str) -> bytes:
    """Return the bytes of hexadecimal digits; blanks between them are allowed."""
    digits = "".join(text.split())
    if len(digits) % 2 or not _DIGITS.issuperset(digits):
        raise InvalidInput(
            "hexadecimal-invalid", N_("--%(name)s 应为十六进制数字，每字节两位"), place=name, name=name
        )
    return bytes.fromhex(digits)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _said(command: Command) -> Command:
    """Have what is wrong with the arguments said in a line; exit status 2 then."""

    def run(arguments: argparse.Namespace) -> int:
        try:
            return command(arguments)
        except WarrantError as error:
            sys.stderr.write(f"warrant: {error}\n")
            return 2

    return run


@_said
def lab_diversify(arguments: argparse.Namespace) -> int:
    """Print the key below ``--key`` after each ``--factor`` in the order given, as hexadecimal digits."""
    factors = [_octets(text, "factor") for text in arguments.factor]
    key = Secret(_octets(arguments.key, "key"))
    derived = reduce(lambda above, factor: diversify(arguments.suite, above, factor), factors, key)
    _say(derived.reveal().hex().upper())
    return 0


@_said
def lab_mac(arguments: argparse.Namespace) -> int:
    """Print the 4-byte message code of ``--message`` from the initial value ``--challenge``."""
    challenge = _octets(arguments.challenge, "challenge")
    key = Secret(_octets(arguments.key, "key"))
    message = _octets(arguments.message, "message")
    _say(block.mac4(arguments.suite, key, challenge, message).hex().upper())
    return 0


@_said
def lab_card(arguments: argparse.Namespace) -> int:
    """Put a virtual card into a slot of a running ``pcscd`` with the vpcd driver, until it is interrupted."""
    if arguments.list:
        for name, broken in BROKEN_CARDS.items():
            word = "no verdict" if broken.word is None else broken.word
            _say(f"{name:28} {word:14} {broken.title}")
        return 0
    card = _card(arguments)
    # Blocked before the thread of the card begins, so that it is this one that is told.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    slot = VpcdCard(card, connect_to(arguments.host, arguments.port))
    slot.insert()
    try:
        _describe(arguments)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    finally:
        slot.remove()
    return 0


def _card(arguments: argparse.Namespace) -> Chip:
    suite = check_suite(arguments.suite)
    if arguments.broken:
        if arguments.broken not in BROKEN_CARDS:
            raise InvalidInput(
                "broken-card-unknown",
                N_("没有名为“%(name)s”的故障卡；用 --list 查看全部"),
                place="broken",
                name=arguments.broken,
            )
        return BROKEN_CARDS[arguments.broken].make(suite)
    if arguments.blank:
        return cards.blank(suite)
    return cards.make(suite, cards.Recipe(signer=keys.issuer(arguments.signature)))


def _describe(arguments: argparse.Namespace) -> None:
    """Say what lies in the slot and everything that a reader needs; all of it is published."""
    _say(f"in slot {arguments.host}:{arguments.port}, suite {arguments.suite}; interrupt to take it out")
    _say(f"transport key      {keys.transport_key().reveal().hex().upper()}")
    if arguments.blank:
        return
    _say(f"certificate        {cards.CERTIFICATE_NUMBER}")
    _say(f"issuer key         {keys.issuer(arguments.signature).public_key.as_text()}")
    for usage in KeyUsage:
        card_key = keys.card_key(arguments.suite, 1, usage, cards.CERTIFICATE_NUMBER)
        _say(f"{usage:18} {card_key.reveal().hex().upper()}")
