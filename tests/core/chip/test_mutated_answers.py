"""Whatever a card answers, a reader neither breaks, nor waits, nor takes it for genuine when it is not.

Each reading has its answers mutated by a seeded generator: bits turned over, cut, lengthened, exchanged, status words
replaced. Every answer carries something that is signed, compared or decoded, so that a changed one must show.
"""

from __future__ import annotations

import random
import time
from functools import cache

import pytest
from tests.core.chip.made_up_card import CARD_KEYS, SIGNER, TRANSPORT_KEY, made_up_plan

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.chip.content import CardContent
from warrant.core.chip.inspection import CardReport, read_card
from warrant.core.chip.personalisation import personalise
from warrant.core.chip.verdict import judge_card
from warrant.core.crypto.secret import Secret
from warrant.core.errors import WarrantError
from warrant.core.keys.hierarchy import KeySuite, KeyUsage

READINGS = 25_000
PARTS = 4
"""Four parts, so that they share the cores: 100,000 readings in all."""
LONGEST_S = 1.0


@cache
def good_card(suite: KeySuite) -> VirtualCard:
    plan = made_up_plan(suite)
    card = VirtualCard.blank(suite, TRANSPORT_KEY, serial_number=plan.content.chip_serial_number)
    personalise(VirtualConnection(card), plan, lambda _step, _moment: None)
    return card


class Mutated:
    """A good card whose answers are told as recorded, one or two of them changed."""

    def __init__(self, card: VirtualCard, chance: random.Random) -> None:
        self.atr = card.atr
        self._card = card
        self._chance = chance
        self._turn = 0
        self._changes = {chance.randrange(16) for _ in range(chance.choice((1, 1, 2)))}

    def transmit(self, apdu: bytes) -> bytes:
        self._turn += 1
        answer = self._card.transmit(apdu)
        return _changed(answer, self._chance) if self._turn - 1 in self._changes else answer

    def reset(self) -> None:
        self._card.reset()

    def close(self) -> None:
        pass


def _changed(answer: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(7)
    if kind == 0:
        at = chance.randrange(len(answer))
        return answer[:at] + bytes((answer[at] ^ 1 << chance.randrange(8),)) + answer[at + 1 :]
    if kind == 1:
        return answer[: chance.randrange(len(answer))]
    if kind == 2:
        return answer + chance.randbytes(chance.randrange(1, 300))
    if kind == 3:
        return chance.randbytes(len(answer))
    if kind == 4:
        return answer[:-2] + chance.randbytes(2)
    if kind == 5:
        return answer[-2:]
    at, length = chance.randrange(len(answer)), chance.randrange(1, 9)
    return answer[:at] + chance.randbytes(length) + answer[at + length :]


def card_key(_suite: str, _version: int, usage: KeyUsage, _number: str) -> Secret:
    return CARD_KEYS[usage]


def is_believed(connection: Mutated, expected: CardContent, *, has_keys: bool) -> bool:
    """Read once; a refusal in words is an answer too."""
    try:
        report: CardReport = read_card(connection, [SIGNER.public_key], card_key if has_keys else None)
    except WarrantError:
        return False
    is_genuine = judge_card(report, expected.valid_from).is_genuine
    # A changed answer may leave what is read as it was (a byte that nobody looks at): then it is no forgery.
    assert not is_genuine or report.content == expected
    return is_genuine


@pytest.mark.parametrize("part", range(PARTS))
def test_no_mutated_answer_is_believed_and_none_breaks_or_holds_up_the_reader(part: int) -> None:
    suite: KeySuite = "sm4" if part % 2 else "3des"
    chance = random.Random(part)
    expected = made_up_plan(suite).content
    card = good_card(suite)
    believed, longest = 0, 0.0
    for reading in range(READINGS):
        before = time.process_time()
        believed += is_believed(Mutated(card, chance), expected, has_keys=reading % 3 == 0)
        longest = max(longest, time.process_time() - before)
    assert longest < LONGEST_S
    assert believed < READINGS // 2  # the changes do reach what is read
