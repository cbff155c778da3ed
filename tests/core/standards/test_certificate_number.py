"""Certificate numbers: ISO 7064 vector, round trip, every single wrong digit found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.standards import certificate_number


def test_check_digit_agrees_with_the_example_of_iso_7064():
    assert certificate_number.check_digit("0794") == "5"


def test_number_is_province_serial_and_check_digit():
    assert certificate_number.make("32", 1) == "32000000015"


@given(serial=st.integers(1, 99_999_999), place=st.integers(0, 10), step=st.integers(1, 9))
def test_any_single_wrong_digit_is_found(serial, place, step):
    number = certificate_number.make("32", serial)
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert certificate_number.check(number) == number
    with pytest.raises(InvalidInput):
        certificate_number.check(wrong)


def test_full_width_digits_and_hyphens_are_accepted_when_typed():
    assert certificate_number.check(" \uff13\uff12-00000001-5") == "32000000015"


@pytest.mark.parametrize("text", ["", "3200000001", "320000000150", "3200000001X", "٣٢٠٠٠٠٠٠٠١٥"])
def test_malformed_number_is_refused(text):
    with pytest.raises(InvalidInput):
        certificate_number.check(text)


@pytest.mark.parametrize(("province", "serial"), [("3", 1), ("xx", 1), ("32", 0), ("32", 100_000_000)])
def test_number_outside_the_range_cannot_be_made(province, serial):
    with pytest.raises(InvalidInput):
        certificate_number.make(province, serial)
