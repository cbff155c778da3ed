"""What a column means by what stands in it, where its heading does not tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from warrant.core.roster.columns import Column
from warrant.core.roster.grid import CellValue
from warrant.core.roster.text import half_width, is_blank, is_ideograph, text_of, without_blanks
from warrant.core.standards import codes

LEAST_VALUES = 1
LEAST_SHARE = 0.8
_ID_NUMBER = re.compile(r"['‘’`]?\d{6}(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])\d{3}[\dXx]")
_PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}")
_UNIT = re.compile(r".{2,}(局|厅|委|委员会|支队|大队|总队|中队|中心|处|所|站)$")
_NOT_A_NAME = re.compile(r"[族男女]|党|员|群众|本科|专科|研究生|公务|事业|编|岗|士$|无")


def looks_like_id_number(value: CellValue) -> bool:
    """Say whether a cell holds what has the form of an identity number, right or wrong."""
    return isinstance(value, str) and _ID_NUMBER.fullmatch(without_blanks(half_width(value))) is not None


def _is_name(text: str) -> bool:
    return 2 <= len(text) <= 4 and all(map(is_ideograph, text)) and not _NOT_A_NAME.search(text)


_TESTS: tuple[tuple[Column, Callable[[str], bool]], ...] = (
    (Column.ID_NUMBER, lambda text: _ID_NUMBER.fullmatch(text) is not None),
    (Column.SEX, lambda text: text in ("男", "女")),
    (Column.ETHNIC_GROUP, lambda text: text.endswith("族") and codes.ETHNIC_GROUP.find(text) is not None),
    (Column.PHONE, lambda text: _PHONE.fullmatch(text) is not None),
    (Column.CATEGORY, lambda text: not text.isdigit() and codes.find_category(text) is not None),
    (Column.AGENCY, lambda text: _UNIT.fullmatch(text) is not None),
    (Column.EDUCATION, lambda text: not text.isdigit() and codes.find_education(text) is not None),
    (
        Column.POLITICAL_STATUS,
        lambda text: not text.isdigit() and codes.POLITICAL_STATUS.find(text) is not None,
    ),
    (Column.STAFFING, lambda text: codes.STAFFING.find(text) is not None),
    (Column.NAME, _is_name),
)


def column_of_contents(values: Sequence[CellValue]) -> Column | None:
    """Return what nearly all of the values can only be; None when nothing is sure enough. Dates are never guessed."""
    texts = [without_blanks(half_width(text_of(value))) for value in values if not is_blank(value)]
    if len(texts) < LEAST_VALUES:
        return None
    for column, test in _TESTS:
        if sum(map(test, texts)) >= LEAST_SHARE * len(texts):
            return column
    return None
