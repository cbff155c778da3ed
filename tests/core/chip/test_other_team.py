"""Another team's reader (``tests/adapters/pcsc/other_team``), which knows only the document, against the product's."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest
from tests.adapters.pcsc.other_team import ciphers, laboratory
from tests.adapters.pcsc.other_team.reader import Reading, Transmit, read_card, split

from warrant.adapters.virtual_card.chip import Chip
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.keys.hierarchy import KEY_SUITES, KeySuite
from warrant.nodes.laboratory import keys
from warrant.nodes.laboratory.broken import BROKEN_CARDS, READ_ON
from warrant.nodes.laboratory.cards import Recipe, make

OTHER_TEAM = Path(laboratory.__file__).parent
TRUSTED = laboratory.issuers()


def to(chip: Chip) -> Transmit:
    connection = VirtualConnection(chip)
    return lambda command: split(connection.transmit(command))


def read(chip: Chip, *, has_keys: bool = True) -> Reading:
    return read_card(to(chip), TRUSTED, laboratory.master if has_keys else None, READ_ON)


def test_it_shares_no_code_with_the_product() -> None:
    modules = [ast.parse(path.read_text(encoding="utf-8")) for path in OTHER_TEAM.glob("*.py")]
    assert len(modules) == 4
    for node in (node for module in modules for node in ast.walk(module)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.split(".")[0] != "warrant", name
            assert not name.startswith("tests") or name.startswith("tests.adapters.pcsc.other_team"), name


@pytest.mark.parametrize("suite", KEY_SUITES)
@pytest.mark.parametrize("name", BROKEN_CARDS)
@pytest.mark.parametrize("has_keys", [True, False])
def test_both_readers_say_the_same_word_of_every_broken_card(
    name: str, suite: KeySuite, *, has_keys: bool
) -> None:
    broken = BROKEN_CARDS[name]
    reading = read(broken.make(suite), has_keys=has_keys)
    if broken.word is None:
        assert reading.verdict == "no enforcement card"
    else:
        assert reading.verdict == broken.word_for(has_keys=has_keys).value


@pytest.mark.parametrize("suite", KEY_SUITES)
@pytest.mark.parametrize("signature", ["es256", "sm2-sm3"])
def test_a_good_card_passes_every_check(suite: KeySuite, signature: str) -> None:
    reading = read(make(suite, Recipe(signer=keys.issuer(signature))))
    assert reading.verdict == "genuine"
    assert set(reading.checks.values()) == {True}
    assert reading.content["holder's name"] == "实验卡·甲"
    assert [one.year for one in reading.reviews] == [2025, 2024]


def test_no_bit_of_the_certificate_file_can_be_flipped() -> None:
    good = to(make("sm4"))
    for place in range(208):
        selected = b""

        def flipped(command: bytes, place: int = place) -> tuple[bytes, int]:
            nonlocal selected
            answer, status = good(command)
            if command[:5] == bytes.fromhex("00A4000002"):
                selected = command[5:]
            if command[1] == 0xB0 and selected == b"\x00\x15":
                answer = answer[:place] + bytes((answer[place] ^ 1 << place % 8,)) + answer[place + 1 :]
            return answer, status

        assert read_card(flipped, TRUSTED, None, READ_ON).verdict in {"forged", "damaged"}, place
    assert read_card(good, TRUSTED, None, READ_ON).verdict == "genuine"


def test_it_is_right_about_the_days_at_both_ends() -> None:
    transmit = to(make("sm4"))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2030, 12, 31), date(2031, 1, 1)]
    words = [read_card(transmit, TRUSTED, None, day).verdict for day in days]
    assert words == ["not-yet-valid", "genuine", "genuine", "expired"]


@pytest.mark.parametrize("suite", KEY_SUITES)
def test_it_derives_the_keys_of_the_product(suite: KeySuite) -> None:
    own = ciphers.card_key(suite, laboratory.named("master mac 1")[:16], "990000", "99000000016")
    assert own == keys.card_key(suite, 1, "mac", "99000000016").reveal()  # type: ignore[arg-type]


def test_the_sm2_example_of_the_standard_verifies_and_a_changed_one_does_not() -> None:
    """GB/T 32918.5, annex A.2."""
    public = bytes.fromhex(
        "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    signature = bytes.fromhex(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )
    assert ciphers.is_sm2_signature(public, b"message digest", signature)
    assert not ciphers.is_sm2_signature(public, b"message Digest", signature)
    assert not ciphers.is_sm2_signature(public, b"message digest", signature[:-1] + b"\xab")
