"""One word for what was read from a card, and what it stands on.

A check that failed outweighs one that passed, and one that was not made never counts as passed: a card is *genuine*
only if form, chip and signature were found good. Whether the chip itself is the original one (and not another that
repeats its number) only a reader with keys can tell; :attr:`CardVerdict.is_complete` says whether that was done.
Loss, withholding and cancelling do not stand on the card; they come from the status list (``core.credential``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from warrant.core.chip.inspection import CardCheck, CardReport, CheckName, CheckOutcome
from warrant.core.errors import N_


class CardWord(StrEnum):
    """What a card is found to be. Only *genuine* is a yes."""

    GENUINE = "genuine"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    UNCONFIRMED = "unconfirmed"
    DAMAGED = "damaged"
    FORGED = "forged"


CARD_WORDS: Final[Mapping[CardWord, str]] = MappingProxyType(
    {
        CardWord.GENUINE: N_("真卡，在有效期内"),
        CardWord.EXPIRED: N_("真卡，已过有效期"),
        CardWord.NOT_YET_VALID: N_("真卡，尚未生效"),
        CardWord.UNCONFIRMED: N_("不能确认真伪"),
        CardWord.DAMAGED: N_("内容损坏或不完整，不可采信"),
        CardWord.FORGED: N_("假卡，或内容被改动"),
    }
)
"""The words for people; message ids."""

_FORGERY: Final = (CheckName.CHIP, CheckName.SIGNATURE, CheckName.AUTHENTICITY)
_NEEDED: Final = (CheckName.FORMAT, CheckName.CHIP, CheckName.SIGNATURE)


@dataclass(frozen=True)
class CardVerdict:
    """``word`` with the checks that decided it: the failed ones, or those that were not made."""

    word: CardWord
    because: tuple[CardCheck, ...] = ()
    not_made: tuple[CardCheck, ...] = ()

    @property
    def is_genuine(self) -> bool:
        """Tell whether the card may be relied on today, as far as the card itself can say."""
        return self.word is CardWord.GENUINE

    @property
    def is_complete(self) -> bool:
        """Tell whether every check was made, those that need a key of the card among them."""
        return not self.not_made


def judge_card(report: CardReport, on: date) -> CardVerdict:
    """Return the verdict on a card that was read, for a day. Never raises."""
    failed = tuple(check for check in report.checks if check.outcome is CheckOutcome.FAILED)
    missing = tuple(check for check in report.checks if check.outcome is CheckOutcome.NOT_MADE)
    forged = tuple(check for check in failed if check.name in _FORGERY)
    if forged:
        return CardVerdict(CardWord.FORGED, forged, missing)
    if failed:
        return CardVerdict(CardWord.DAMAGED, failed, missing)
    content = report.content
    if content is None or any(report.outcome(name) is not CheckOutcome.PASSED for name in _NEEDED):
        return CardVerdict(CardWord.UNCONFIRMED, missing, missing)
    if on < content.valid_from:
        return CardVerdict(CardWord.NOT_YET_VALID, (), missing)
    if on >= content.valid_until:
        return CardVerdict(CardWord.EXPIRED, (), missing)
    return CardVerdict(CardWord.GENUINE, (), missing)
