"""A reason is one of the table; the table is in two languages."""

from __future__ import annotations

import pytest

from warrant.core.errors import InvalidInput
from warrant.core.qualification.filing_reasons import FILING_REASON, checked_reason_code


def test_every_class_has_a_chinese_and_an_english_name():
    assert len(FILING_REASON) == 14
    assert all(row.name and row.english for row in FILING_REASON)
    assert len({row.name for row in FILING_REASON}) == len(FILING_REASON)


def test_every_code_fits_its_column():
    assert max(len(row.code) for row in FILING_REASON) <= 16


def test_no_class_is_kept_where_none_is_asked_for():
    assert checked_reason_code("photo", is_needed=False) == ""


@pytest.mark.parametrize(("code", "error"), [("", "reason-class-missing"), ("Photo", "unknown-code")])
def test_a_class_has_to_be_of_the_table(code: str, error: str):
    with pytest.raises(InvalidInput, match=error) as caught:
        checked_reason_code(code, is_needed=True)
    assert caught.value.place == "reason_code"
    assert checked_reason_code("photo", is_needed=True) == "photo"
