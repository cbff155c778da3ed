"""Judging one entry: every field that is wrong is told at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from warrant.core.errors import N_, InvalidInput
from warrant.core.record.kinds import EntryField, FieldType, Kind

YOUNGEST_AGE = 16
"""Nobody entered the service, and nothing of a record lies, before this birthday (assumption)."""

EARLIEST_YEAR = 1949
_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class CheckedEntry:
    """An entry in its stored form: text by field (days as ISO text), without the fields left empty."""

    content: dict[str, str]
    from_on: date
    until_on: date | None


class EntryRejected(InvalidInput):
    """At least one field is wrong; ``problems`` holds one error for each, ``place`` its field."""

    def __init__(self, problems: Sequence[InvalidInput]) -> None:
        first = problems[0]
        super().__init__(first.code, first.message, place=first.place, **first.fields)
        self.problems = tuple(problems)


def _plain(text: str) -> str:
    """Return the text in one form of characters, single blanks, nothing that cannot be seen."""
    seen = "".join(
        " " if c.isspace() else c
        for c in unicodedata.normalize("NFC", text)
        if c.isspace() or c.isprintable()
    )
    return " ".join(seen.split())


def sixteenth_birthday(birth_on: date) -> date:
    """Return the day from which a record can say something; who was born on 29 February has it on 1 March."""
    try:
        return birth_on.replace(year=birth_on.year + YOUNGEST_AGE)
    except ValueError:
        return date(birth_on.year + YOUNGEST_AGE, 3, 1)


def _day(field: EntryField, text: str, birth_on: date, on: date) -> str:
    try:
        value = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            "not-a-day", N_("“%(value)s”不是日期；请按 2024-05-01 的样子填写"), value=text[:20]
        ) from error
    if value > on and not field.may_lie_ahead:
        raise InvalidInput("future-date", N_("%(day)s 在今天之后；请核对"), day=value.isoformat())
    if value < sixteenth_birthday(birth_on):
        raise InvalidInput("too-early", N_("%(day)s 时本人未满 16 周岁；请核对"), day=value.isoformat())
    return value.isoformat()


def _year(text: str, birth_on: date, on: date) -> str:
    if not _YEAR.fullmatch(text) or not EARLIEST_YEAR <= int(text) <= 9999:
        raise InvalidInput("not-a-year", N_("“%(value)s”不是年度；请填写四位数字，如 2024"), value=text[:20])
    if int(text) > on.year:
        raise InvalidInput("future-year", N_("%(year)s 年度还没有开始；请核对"), year=text)
    if int(text) < birth_on.year + YOUNGEST_AGE:
        raise InvalidInput("too-early", N_("%(day)s 时本人未满 16 周岁；请核对"), day=text)
    return text


def _stored(field: EntryField, typed: str, birth_on: date, on: date) -> str:
    text = _plain(typed)
    if not text:
        if field.is_required:
            raise InvalidInput("required", N_("请填写"))
        return ""
    if field.type is FieldType.DAY:
        return _day(field, text, birth_on, on)
    if field.type is FieldType.YEAR:
        return _year(text, birth_on, on)
    if field.type is FieldType.CODE and field.table is not None:
        return field.table.by_code(text).code
    if len(text) > field.longest:
        raise InvalidInput("too-long", N_("最多 %(most)s 个字"), most=field.longest)
    return text


def check_entry(kind: Kind, typed: Mapping[str, str], *, birth_on: date, on: date) -> CheckedEntry:
    """Judge what was typed, text by field of ``kind``, as of the day ``on``.

    Raises:
        EntryRejected: with one problem for each wrong field.
    """
    content: dict[str, str] = {}
    problems: list[InvalidInput] = []
    for field in kind.fields:
        try:
            text = _stored(field, typed.get(field.name, ""), birth_on, on)
        except InvalidInput as problem:
            problem.place = field.name
            problems.append(problem)
        else:
            if text:
                content[field.name] = text
    from_text, until_text = content.get(kind.from_field), content.get(kind.until_field)
    if from_text and until_text and until_text < from_text:
        problems.append(
            InvalidInput(
                "date-order",
                N_("%(until)s 早于 %(from_day)s；请核对两个日期"),
                place=kind.until_field,
                until=until_text,
                from_day=from_text,
            )
        )
    if problems:
        raise EntryRejected(problems)
    until_on = date.fromisoformat(until_text) if until_text else None
    return CheckedEntry(content, date.fromisoformat(content[kind.from_field]), until_on)
