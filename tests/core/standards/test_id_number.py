"""Identity numbers: the two published vectors, and each way to be wrong."""

from datetime import date

import pytest

from warrant.core.errors import InvalidInput
from warrant.core.standards import id_number


@pytest.mark.parametrize(
    ("text", "born_on", "sex_code"),
    [
        ("11010519491231002X", date(1949, 12, 31), "2"),
        ("440524188001010014", date(1880, 1, 1), "1"),
    ],
)
def test_published_number_says_birth_date_and_sex(text, born_on, sex_code):
    number = id_number.check(text)
    assert (number.born_on, number.sex_code) == (born_on, sex_code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("110105194912310021", "id-checksum"),
        ("110105491231002", "id-length"),
        ("11010519491231002", "id-length"),
        ("", "id-length"),
        ("11010519491231002x", "id-characters"),
        ("1101051949123100OX", "id-characters"),
        ("329943198502318333", "id-date"),
        ("11010519490229002X", "id-date"),
    ],
)
def test_wrong_number_is_refused_with_its_own_code(text, code):
    with pytest.raises(InvalidInput) as caught:
        id_number.check(text)
    assert caught.value.code == code


def test_area_that_was_never_allocated_is_accepted():
    assert id_number.check("329915197107088195").area_code == "329915"


def test_masked_number_hides_the_birth_date():
    assert id_number.check("11010519491231002X").masked == "110105**********2X"
