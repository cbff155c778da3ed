"""Every card of the catalogue gets the verdict that it must get."""

from __future__ import annotations

import pytest

from warrant.adapters.virtual_card.chip import Chip
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.chip.inspection import CheckName, CheckOutcome, read_card
from warrant.core.chip.verdict import CardVerdict, CardWord, judge_card
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, NotFound, Unavailable
from warrant.core.keys.hierarchy import KEY_SUITES, KeySuite
from warrant.nodes.laboratory import keys
from warrant.nodes.laboratory.broken import BROKEN_CARDS, READ_ON
from warrant.nodes.laboratory.cards import make


def verdict_on(chip: Chip, *, has_keys: bool) -> CardVerdict:
    connection = VirtualConnection(chip)
    trusted = [keys.issuer("es256").public_key]
    return judge_card(read_card(connection, trusted, keys.card_key if has_keys else None), READ_ON)


@pytest.mark.parametrize("suite", KEY_SUITES)
@pytest.mark.parametrize("name", BROKEN_CARDS)
@pytest.mark.parametrize("has_keys", [True, False])
def test_each_broken_card_gets_its_verdict(name: str, suite: KeySuite, *, has_keys: bool) -> None:
    broken = BROKEN_CARDS[name]
    chip = broken.make(suite)
    if broken.word is None:
        with pytest.raises(NotFound) as caught:
            verdict_on(chip, has_keys=has_keys)
        assert caught.value.code == "card-foreign"
        return
    verdict = verdict_on(chip, has_keys=has_keys)
    assert verdict.word is broken.word_for(has_keys=has_keys)
    if has_keys and broken.check is not None:
        blamed = {check.name for check in (*verdict.because, *verdict.not_made)}
        assert broken.check in blamed


@pytest.mark.parametrize("suite", KEY_SUITES)
def test_a_good_card_is_genuine_with_every_check_made(suite: KeySuite) -> None:
    verdict = verdict_on(make(suite), has_keys=True)
    assert (verdict.word, verdict.is_complete, verdict.because) == (CardWord.GENUINE, True, ())


def test_without_keys_a_good_card_is_genuine_but_the_checks_are_not_complete() -> None:
    verdict = verdict_on(make("sm4"), has_keys=False)
    assert (verdict.word, verdict.is_complete) == (CardWord.GENUINE, False)
    assert [check.name.value for check in verdict.not_made] == ["authenticity", "reviews"]


def test_a_dead_sam_is_no_verdict_against_the_card() -> None:
    def dead(*_asked: object) -> Secret:
        raise Unavailable("sam-unreachable", N_("密钥不可用"))

    report = read_card(VirtualConnection(make("sm4")), [keys.issuer().public_key], dead)
    assert judge_card(report, READ_ON).word is CardWord.GENUINE
    assert report.outcome(CheckName.AUTHENTICITY) is CheckOutcome.NOT_MADE


def test_the_catalogue_has_more_than_twenty_five_cards() -> None:
    assert len(BROKEN_CARDS) >= 25
