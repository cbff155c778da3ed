"""One page of the list, ready to be shown: words, not models, because a page of fifty is read all day."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils import translation

from warrant.apps.foundation import clock
from warrant.apps.foundation.paging import keyset_values
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.listing import Listing, matching, matching_in_name_order
from warrant.apps.officers.selectors.listing_columns import COLUMNS
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor
from warrant.core.lifecycle.officer import OfficerState

PAGE_SIZE = 40

Cell = tuple[str, str, str]
"""Text, kind (css class) and tone of a cell; the tone is empty where it is no state."""

_BLANKS: dict[str, Any] = {
    "certificate_number": "",
    "certificate_state": "",
    "post": "",
    "position": "",
    "education": "",
    "degree": "",
    "school": "",
    "major": "",
    "staffing": "",
    "ethnicity": "",
    "political_status": "",
    "reviewed_year": 0,
    "trained_year": 0,
    "examined_year": 0,
}
"""What stands in a column of which nothing is known: such rows come last, whichever way the list is ordered."""


@dataclass(frozen=True)
class ListRow:
    """One officer of the list: the cells behind the name, in the order of the columns."""

    pk: int
    name: str
    has_left: bool
    cells: Sequence[Cell]


@dataclass(frozen=True)
class ListPage:
    """One page of the list."""

    rows: list[ListRow]
    next_key: str
    previous_key: str
    count_text: str
    count: int
    count_is_capped: bool


@cache
def _row_type(fields: tuple[str, ...]) -> Callable[..., Any]:
    return namedtuple("Row", fields)


@lru_cache(maxsize=16384)
def _cell(key: str, language: str | None, day: date, values: tuple[Any, ...]) -> Cell:
    """Say one cell in the words of ``language``; few values are many officers', and each is worded once.

    The language and the day (ages) are those of the request; they are asked for so that they are part of the key.
    """
    column = COLUMNS[key]
    row = _row_type(column.fields)(*values)
    return column.text(row), column.kind, column.tone(row) if column.tone else ""


def _drawing(key: str, fields: Sequence[str]) -> Callable[[tuple[Any, ...]], Cell]:
    """Return what makes the cell of a column from a row of ``fields``."""
    column = COLUMNS[key]
    places = [fields.index(field) for field in column.fields]
    if column.is_varied:
        make = _row_type(column.fields)
        return lambda values: (column.text(make(*[values[place] for place in places])), column.kind, "")
    language, day = translation.get_language(), clock.today()
    if len(places) == 1:
        (only,) = places
        return lambda values: _cell(key, language, day, (values[only],))
    return lambda values: _cell(key, language, day, tuple([values[place] for place in places]))


def list_page(viewer: Actor, listing: Listing, key: str, unit: Agency | None = None) -> ListPage:
    """Return the page of ``listing`` that ``key`` names, the first one without a key.

    ``unit`` is the unit of the listing where the caller has read it already.

    Raises:
        InvalidInput: the key is none of ours.
    """
    keys = [key for key in listing.columns if key != "name"]
    wanted = ("name", "state", *(field for key in keys for field in COLUMNS[key].fields))
    fields = tuple(dict.fromkeys(wanted))
    sort = listing.sort_field
    bare = sort.removeprefix("-")
    more: dict[str, Any] = {"blank": _BLANKS[bare]} if bare in _BLANKS else {}
    found: QuerySet[Officer]
    if bare == "sort_key":
        found, more["copy"] = matching_in_name_order(viewer, listing, unit)
    else:
        found = matching(viewer, listing, unit)
    page = keyset_values(
        found,
        ["agency__name" if field == "agency_name" else field for field in fields],
        sort,
        key,
        PAGE_SIZE,
        **more,
    )
    drawings = [_drawing(key, fields) for key in keys]
    left = OfficerState.LEFT.value
    rows = [
        ListRow(values[-1], values[0], values[1] == left, [draw(values) for draw in drawings])
        for values in page.rows
    ]
    return ListPage(rows, page.next_key, page.previous_key, page.count_text, page.count, page.count_is_capped)
