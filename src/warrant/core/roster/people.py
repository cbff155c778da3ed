"""Telling rows of people from blank rows, totals, closing remarks and repeated headings."""

from __future__ import annotations

import re

from warrant.core.roster.columns import Column
from warrant.core.roster.grid import Cells, Sheet
from warrant.core.roster.headings import Heading, is_repeated_heading
from warrant.core.roster.text import half_width, is_blank, text_of, without_blanks, without_hidden

_CLOSING = re.compile(
    r"(合计|总计|共计|小计|累计|本页|总人数|人数合计|填表人|填报人|填表日期|填报日期|制表日期|审核日期|盖章|\(盖章\)|制表|审核人|负责人签|联系人|经办人|单位负责人|注:|备注:|说明:|填表说明|填报说明|共\d+人|以上共|以下空白|——以下|.{0,20}(小计|合计)[:：]?\d*人?$)"
)
_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
LEAST_FILLED = 3
"""A row without name and number, and with fewer cells than this, is a stray remark (a date, a stamp), not a person."""

_LEFT_ASIDE = frozenset({Column.SERIAL, Column.AGE, Column.REMARKS})


class PeopleFinder:
    """Says of each row of one sheet whether it is about a person."""

    def __init__(self, sheet: Sheet, heading: Heading) -> None:
        self._sheet = sheet
        self._heading = heading
        self._id_place = heading.places.get(Column.ID_NUMBER, -1)
        self._name_place = heading.places.get(Column.NAME, -1)
        self._counted = [place for column, place in heading.places.items() if column not in _LEFT_ASIDE]

    def _text(self, cells: Cells, place: int) -> str:
        return without_blanks(text_of(cells[place])) if 0 <= place < len(cells) else ""

    def is_single(self, cells: Cells) -> bool:
        """Say whether name or identity number is missing, so that the row may hold nothing but a unit's name."""
        return not (self._text(cells, self._id_place) and self._text(cells, self._name_place))

    def holds_a_person(self, index: int, cells: Cells) -> bool:
        """Leave aside blank rows, rows with only a serial number, totals, closing remarks and repeated headings."""
        id_text = self._text(cells, self._id_place)
        if _NUMBER.fullmatch(id_text):
            return True
        width = len(cells)
        filled = sum(place < width and not is_blank(cells[place]) for place in self._counted)
        if not filled or is_repeated_heading(self._sheet, index, self._heading):
            return False
        if len(id_text) >= 8 and id_text.isalnum():
            return True
        texts = (without_blanks(half_width(without_hidden(text_of(value)))) for value in cells)
        first = next((text for text in texts if text), "")
        name = self._text(cells, self._name_place)
        is_stray = not name and not id_text and filled < LEAST_FILLED
        return not (is_stray or _CLOSING.match(first) or _CLOSING.match(name))
