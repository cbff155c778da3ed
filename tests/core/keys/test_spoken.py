"""A fingerprint is read aloud and typed: a slip is found at its group, another fingerprint never passes."""

from __future__ import annotations

import pytest

from warrant.core.errors import InvalidInput
from warrant.core.keys.spoken import Spoken, read_spoken, spoken_fingerprint

DIGEST = bytes(range(32))


def test_number_has_eight_groups_whose_fifth_digits_check():
    # computed apart: sha256("warrant spoken fingerprint 1" 00 "package" 00 digest), four digits from the low end
    assert spoken_fingerprint(Spoken.PACKAGE, DIGEST) == "71288 84835 61879 61900 61549 20583 37488 76499"


def test_key_and_package_never_share_a_number():
    assert spoken_fingerprint(Spoken.PACKAGE, DIGEST) != spoken_fingerprint(Spoken.RECEIVING_KEY, DIGEST)


@pytest.mark.parametrize("between", ["", " ", "  ", "-", "，", "\n"])
def test_what_stands_between_the_groups_does_not_matter(between):
    spoken = spoken_fingerprint(Spoken.PACKAGE, DIGEST)
    assert read_spoken(spoken.replace(" ", between), "digits") == spoken


@pytest.mark.parametrize("at", range(40))
def test_every_single_wrong_digit_is_found_at_its_group(at):
    digits = spoken_fingerprint(Spoken.PACKAGE, DIGEST).replace(" ", "")
    wrong = digits[:at] + str((int(digits[at]) + 1) % 10) + digits[at + 1 :]
    with pytest.raises(InvalidInput, match="spoken-slip") as refused:
        read_spoken(wrong, "digits")
    assert refused.value.fields["group"] == at // 5 + 1


@pytest.mark.parametrize("text", ["", "12345", "1" * 39, "1" * 41, "x" * 40, "１" * 40, "٣" * 40, "1" * 5000])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(InvalidInput, match="spoken-malformed"):
        read_spoken(text, "digits")
