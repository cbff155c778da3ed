"""Finding the heading of a roster under its title rows, in one row or in several, and what each column means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from warrant.core.roster.columns import Column, column_guessed, column_named
from warrant.core.roster.contents import column_of_contents, looks_like_id_number
from warrant.core.roster.grid import Cells, CellValue, Sheet
from warrant.core.roster.text import (
    half_width,
    heading_form,
    is_blank,
    text_of,
    without_blanks,
    without_hidden,
)

SEARCHED_ROWS = 40
MOST_HEADING_ROWS = 3
LEAST_COLUMNS = 3
SAMPLED_ROWS = 20
NAMED, GUESSED, FROM_CONTENTS = 1.0, 0.7, 0.5
"""How sure a meaning is: the name is known, a word in it speaks for it, or only what stands below."""

_REPORTING_UNIT = re.compile(
    r"(?:填报|送报|报送|上报|所在|执法)?(?:单位|机构)(?:名称)?(?:\([^)]*\))?:\s*([^\s:]+)"
)


@dataclass(frozen=True)
class Heading:
    """Where the table starts. Indexes are zero-based; ``labels`` holds the text of every heading that has one.

    ``confidence`` says of each meaning how sure it is, from 0 to 1. ``constants`` are values that a person set for
    every row of the sheet; they fill cells that say nothing. ``repeated`` are meanings that another column claims too.
    """

    first_row: int
    data_row: int
    places: Mapping[Column, int]
    labels: Mapping[int, str]
    confidence: Mapping[Column, float] = field(default_factory=dict)
    constants: Mapping[Column, str] = field(default_factory=dict)
    repeated: tuple[Column, ...] = ()

    def label(self, column: Column) -> str:
        """Return the heading text as written (blanks removed); empty when the sheet lacks the column."""
        place = self.places.get(column)
        return "" if place is None else self.labels.get(place, "")

    @cached_property
    def calculated_places(self) -> frozenset[int]:
        """Columns in which a formula is usual and whose value is not used."""
        return frozenset(
            self.places[column] for column in (Column.SERIAL, Column.AGE) if column in self.places
        )

    def has(self, column: Column) -> bool:
        """Say whether rows can have a value for the meaning at all."""
        return column in self.places or column in self.constants

    def mapped(self, places: Mapping[Column, int], constants: Mapping[Column, str]) -> Heading:
        """Return the heading with the meanings and values that a person chose."""
        return replace(
            self, places=dict(places), constants=dict(constants), confidence=dict.fromkeys(places, NAMED)
        )


def find_heading(sheet: Sheet) -> Heading | None:
    """Return the best heading in the first rows, or None when the sheet holds no roster.

    A heading must name the person or the identity number, and three known columns, or both of the two. Several
    rows count as one heading only where the further ones add columns, so a first data row is never swallowed. What
    no name tells is guessed from a word in the heading, then from what stands below it.
    """
    best = _best_named(sheet) or _heading_above_people(sheet)
    return None if best is None else _with_contents(sheet, best)


def _best_named(sheet: Sheet) -> Heading | None:
    best: Heading | None = None
    for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
        candidate = _read(sheet, row, rows=1)
        for rows in range(2, MOST_HEADING_ROWS + 1):
            below = _read(sheet, row + rows - 1, rows=1)
            higher = _read(sheet, row, rows=rows)
            if _holds_people(sheet, row + rows - 1):
                break
            if _weight(higher) > max(_weight(candidate), _weight(below)):
                candidate = higher
        if _is_roster(candidate) and (best is None or _weight(candidate) > _weight(best)):
            best = candidate
    return best


def _weight(heading: Heading) -> float:
    return sum(heading.confidence.values())


def _is_roster(heading: Heading) -> bool:
    named = {Column.NAME, Column.ID_NUMBER} & heading.places.keys()
    return len(named) == 2 or (bool(named) and len(heading.places) >= LEAST_COLUMNS)


def _holds_people(sheet: Sheet, row: int) -> bool:
    """Say whether a row holds an identity number: then it is no heading."""
    return row < len(sheet.rows) and any(looks_like_id_number(value) for value in sheet.rows[row])


def _read(sheet: Sheet, row: int, *, rows: int) -> Heading:
    places: dict[Column, int] = {}
    labels: dict[int, str] = {}
    confidence: dict[Column, float] = {}
    width = max((len(cells) for cells in sheet.rows[row : row + rows]), default=0)
    unnamed: list[tuple[int, list[str]]] = []
    repeated: list[Column] = []
    for column in range(width):
        texts = _labels_at(sheet, row, column, rows)
        if not texts:
            continue
        labels[column] = texts[0]
        named = [(label, meaning) for label in _fullest_first(texts) if (meaning := column_named(label))]
        fitting = next(((label, meaning) for label, meaning in named if meaning not in places), None)
        if fitting is not None:
            labels[column], meaning = fitting
            places[meaning], confidence[meaning] = column, NAMED
        elif named:
            repeated.append(named[0][1])
        else:
            unnamed.append((column, texts))
    for column, texts in unnamed:
        meanings = (column_guessed(text) for text in texts)
        guessed = next((meaning for meaning in meanings if meaning and meaning not in places), None)
        if guessed is not None:
            places[guessed], confidence[guessed] = column, GUESSED
    return Heading(row, row + rows, places, labels, confidence, repeated=tuple(repeated))


def _fullest_first(texts: list[str]) -> list[str]:
    """Return the texts of a column with the joined ones first: 在职教育 over 学历 is no plain 学历."""
    return sorted(texts, key=len, reverse=True) if len(texts) > 1 else texts


def _labels_at(sheet: Sheet, row: int, column: int, rows: int) -> list[str]:
    """Return the texts that may name a column: the lowest cell, pairs and all joined, then the cells above it."""
    parts: list[str] = []
    for offset in range(rows):
        part = without_blanks(without_hidden(text_of(sheet.merged_value(row + offset, column))))
        if part and part not in parts:
            parts.append(part)
    if len(parts) < 2:
        return parts
    joined = "".join(parts)
    pairs = [parts[-2] + parts[-1]] if len(parts) > 2 else []
    return [parts[-1], *pairs, joined, *parts[-2::-1]]


def _heading_above_people(sheet: Sheet) -> Heading | None:
    """Return the heading of a table whose names tell too little: the row above the first identity number."""
    for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
        if not _holds_people(sheet, row):
            continue
        above = row - 1
        if above < 0 or sum(not is_blank(value) for value in sheet.rows[above]) < LEAST_COLUMNS:
            return Heading(row, row, {}, {})
        return _read(sheet, above, rows=1)
    return None


def _with_contents(sheet: Sheet, heading: Heading) -> Heading | None:
    """Give columns without a known name the meaning of what stands in them, where only one can be meant."""
    places, confidence = dict(heading.places), dict(heading.confidence)
    taken = set(places.values())
    samples = _samples(sheet, heading.data_row)
    names_tell = bool(places)
    for column, values in sorted(samples.items()):
        if column in taken:
            continue
        meaning = column_of_contents(values)
        # Where other names are known, an unknown one has its reason; only a number gives its column away.
        if names_tell and heading.labels.get(column) and meaning is not Column.ID_NUMBER:
            continue
        if meaning is not None and meaning not in places:
            places[meaning], confidence[meaning] = column, FROM_CONTENTS
    found = replace(heading, places=places, confidence=confidence)
    return found if _is_roster(found) else None


def _samples(sheet: Sheet, data_row: int) -> dict[int, list[CellValue]]:
    samples: dict[int, list[CellValue]] = {}
    for cells in sheet.rows[data_row : data_row + SAMPLED_ROWS]:
        for column, value in enumerate(cells):
            if not is_blank(value):
                samples.setdefault(column, []).append(value)
    return samples


def is_repeated_heading(sheet: Sheet, row: int, heading: Heading) -> bool:
    """Say whether a row repeats the headings, as printed lists do on every page."""
    same = 0
    for place in heading.places.values():
        text = sheet.value(row, place)
        label = heading.labels.get(place, "")
        if text and label and heading_form(text_of(text)) == heading_form(label):
            same += 1
    return same >= LEAST_COLUMNS


def _title_texts(sheet: Sheet, heading: Heading) -> Iterator[str]:
    for row in range(heading.first_row):
        for value in sheet.rows[row]:
            text = half_width(without_hidden(text_of(value)))
            if text.strip():
                yield text


def reporting_unit(sheet: Sheet, heading: Heading) -> str:
    """Return the unit that the title rows name as reporting (填报单位:…); empty when they name none."""
    for text in _title_texts(sheet, heading):
        found = _REPORTING_UNIT.search(text)
        if found:
            return found.group(1)
    return ""


_GROUP_NUMBER = re.compile(r"^[\(]?[一二三四五六七八九十\d]+[\)、.]\s*")
_GROUP_REMARK = re.compile(r"[\(:]\s*(共|合计)?\s*\d*\s*人?\)?$")


def group_text(cells: Cells) -> str:
    """Return the one text of a row in which nothing else stands, without a number before and a count after it."""
    filled = [value for value in cells if not is_blank(value)]
    if len(filled) != 1 or not isinstance(filled[0], str):
        return ""
    text = half_width(without_hidden(filled[0])).strip()
    return _GROUP_REMARK.sub("", _GROUP_NUMBER.sub("", text)).strip()


_TITLE_ENDING = re.compile(
    r"(\d{4}年?度?)?(交通运输)?(行政)?(执法)?(证件?)?(申领)?(人员|队伍)?(基本)?(情况|信息)?(花)?(名册|名单|一览表|登记表|统计表|汇总表|信息表|明细表|表).*$"
)


def titled_units(sheet: Sheet, heading: Heading) -> list[str]:
    """Return the beginnings of the titles that may be a unit's name: 苏州市交通运输局 of 苏州市交通运输局执法人员花名册."""
    found = []
    for text in _title_texts(sheet, heading):
        plain = without_blanks(text)
        bare = _TITLE_ENDING.sub("", plain)
        if bare and bare != plain:
            found.append(bare)
    return found


def fingerprint_of(heading: Heading) -> str:
    """Return what tells one table form from another: the heading texts in their order, as headings are compared."""
    return "|".join(f"{place}:{heading_form(label)}" for place, label in sorted(heading.labels.items()))
