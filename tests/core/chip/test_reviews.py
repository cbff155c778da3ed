from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.chip.reviews import ReviewRecord, ReviewResult
from warrant.core.errors import InvalidInput


def test_a_review_is_sixteen_bytes_as_documented() -> None:
    review = ReviewRecord(2026, ReviewResult.PASSED, date(2026, 12, 1), "320100")
    assert review.encode().hex().upper() == "20260120261201320100000000000000"
    assert ReviewRecord.decode(review.encode()) == review


@given(st.binary(max_size=20))
def test_any_other_record_is_refused_or_comes_back_byte_for_byte(record: bytes) -> None:
    try:
        again = ReviewRecord.decode(record).encode()
    except InvalidInput as error:
        again = error.code.encode()
    assert again in (record, b"card-content-malformed")


@pytest.mark.parametrize(
    "record",
    [
        "20260320261201320100000000000000",
        "20260120261301320100000000000000",
        "202601202612013201A0000000000000",
        "20260120261201320100000000000001",
        "2026012026120132010000000000",
    ],
)
def test_a_wrong_record_is_refused(record: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        ReviewRecord.decode(bytes.fromhex(record))
    assert caught.value.code == "card-content-malformed"


def test_a_review_of_an_impossible_division_is_refused() -> None:
    with pytest.raises(InvalidInput):
        ReviewRecord(2026, ReviewResult.PASSED, date(2026, 12, 1), "32010")
