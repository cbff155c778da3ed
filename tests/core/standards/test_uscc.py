"""Unified social credit codes: published vectors and refusals."""

import pytest

from warrant.core.errors import InvalidInput
from warrant.core.standards import uscc


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L"])
def test_published_code_passes(code):
    assert uscc.check(code) == code


def test_lower_case_and_blanks_are_normalised():
    assert uscc.check(" 91350100m000100y43") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("91350100M000100Y44", "uscc-checksum"),
        ("91350100M000100I43", "uscc-characters"),
        ("91350100M000100Y4", "uscc-length"),
    ],
)
def test_wrong_code_is_refused_with_its_own_code(code, error):
    with pytest.raises(InvalidInput) as caught:
        uscc.check(code)
    assert caught.value.code == error
