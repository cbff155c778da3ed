"""Repairs of single cells, each recorded as a ``fix`` that shows the value before and after."""

from __future__ import annotations

import re

from warrant.core.errors import N_
from warrant.core.roster.columns import Column
from warrant.core.roster.row import RowExamination
from warrant.core.roster.text import (
    APOSTROPHES,
    X_LOOKALIKES,
    half_width,
    with_name_dots,
    without_blanks,
    without_hidden,
)

HIDDEN = N_("已去除看不见的字符：“%(before)s”→“%(after)s”")
FULLWIDTH_ID = N_("已将身份证号码的全角字符改为半角：“%(before)s”→“%(after)s”")
APOSTROPHE_ID = N_("已去除身份证号码前的引号：“%(before)s”→“%(after)s”")
ID_SPACES = N_("已去除身份证号码中的空格或连字符：“%(before)s”→“%(after)s”")
LOWER_X = N_("已将身份证号码末位改为大写 X：“%(before)s”→“%(after)s”")
NAME_DOTS = N_("已将姓名间隔号统一为“·”：“%(before)s”→“%(after)s”")
NAME_SPACES = N_("已去除姓名中的空格：“%(before)s”→“%(after)s”")
SPACES = N_("已去除空格：“%(before)s”→“%(after)s”")
FULLWIDTH = N_("已将全角字符改为半角：“%(before)s”→“%(after)s”")


_PLAIN = re.compile(r"[!-~\u00b7\u4e00-\u9fff]*")
"""Texts in which there is nothing to repair; most are."""
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fff]*")


def repaired_id(row: RowExamination, text: str) -> str:
    """Return an identity number as 18 plain characters would be written; what cannot be repaired stays."""
    text = _step(row, Column.ID_NUMBER, text, without_hidden(text), code="hidden-characters", message=HIDDEN)
    trimmed = text.strip().strip(APOSTROPHES)
    if trimmed != text.strip():
        text = _step(row, Column.ID_NUMBER, text, trimmed, code="apostrophe-id", message=APOSTROPHE_ID)
    narrow = half_width(text)
    text = _step(row, Column.ID_NUMBER, text, narrow, code="fullwidth-id", message=FULLWIDTH_ID)
    joined = without_blanks(text).translate({ord(mark): None for mark in "-‐‑–—"})
    text = _step(row, Column.ID_NUMBER, text, joined, code="id-spaces", message=ID_SPACES)
    if len(text) == 18 and text[-1] in X_LOOKALIKES:
        text = _step(row, Column.ID_NUMBER, text, f"{text[:-1]}X", code="lower-x", message=LOWER_X)
    return text


def repaired_name(row: RowExamination, text: str) -> str:
    """Return a name without blanks and hidden characters, its parts joined by the one name dot."""
    if _PLAIN_NAME.fullmatch(text):
        return text
    text = _step(row, Column.NAME, text, without_hidden(text), code="hidden-characters", message=HIDDEN)
    text = _step(row, Column.NAME, text, with_name_dots(text), code="long-name-dot", message=NAME_DOTS)
    return _step(row, Column.NAME, text, without_blanks(text), code="spaces-in-name", message=NAME_SPACES)


def repaired_word(row: RowExamination, column: Column) -> str:
    """Return a coded or official word without hidden characters and blanks."""
    text = row.text(column)
    if _PLAIN.fullmatch(text):
        return text
    text = _step(row, column, text, without_hidden(text), code="hidden-characters", message=HIDDEN)
    return _step(row, column, text, without_blanks(text), code="spaces", message=SPACES)


def repaired_number(row: RowExamination, column: Column) -> str:
    """Return digits and signs in plain ASCII without blanks."""
    text = repaired_word(row, column)
    return _step(row, column, text, half_width(text), code="fullwidth", message=FULLWIDTH)


def kept_text(row: RowExamination, column: Column) -> str:
    """Return free text, trimmed, hidden characters dropped."""
    text = row.text(column)
    return _step(row, column, text, without_hidden(text), code="hidden-characters", message=HIDDEN).strip()


def _step(row: RowExamination, column: Column, before: str, after: str, *, code: str, message: str) -> str:
    if before != after:
        row.fix(column, code, message, before=before, after=after)
    return after
