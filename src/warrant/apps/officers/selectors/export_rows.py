"""Reading many officers for a file: a column at a time, each distinct value worded once.

A hundred thousand rows have some twenty thousand distinct cells, apart from names and numbers. So the rows come as
the database gives them, and a cell that was seen before is looked up instead of being converted and worded again.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, DateField, DateTimeField, F, Func, QuerySet
from django.db.models.functions import Cast
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from warrant.apps.foundation import clock
from warrant.apps.foundation.listing import ListColumn
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.listing_columns import COLUMNS
from warrant.apps.officers.selectors.register import age_on
from warrant.apps.organisations.models import Agency
from warrant.core.ports import CellKind

ROWS_A_PIECE = 1000
MOST_KNOWN = 20_000
"""Cells of one column that are remembered; then it is begun anew, so that memory stays bounded."""
UNIT_NAME = "agency_name"
"""Read by the unit's id and looked up: joining the units costs more than there are units."""
_PROBE = "\u2400probe"

Reader = Callable[[Any], object]


def kind_of_column(column: ListColumn) -> CellKind:
    """Return what the cells of a column are in a file: real dates and numbers where they can be, else words."""
    field = Officer._meta.get_field(column.fields[0]) if column.fields[0] != UNIT_NAME else None
    if len(column.fields) == 1 and isinstance(field, DateTimeField):
        return CellKind.INSTANT
    if column.kind == "number":
        return CellKind.NUMBER
    if len(column.fields) == 1 and isinstance(field, DateField):
        return CellKind.DATE
    return CellKind.TEXT


def _local(at: datetime | None) -> datetime | None:
    return None if at is None else timezone.localtime(at).replace(tzinfo=None)


def _reader(column: ListColumn) -> Reader:
    """Return what makes a cell of a row (an object with the column's fields)."""
    kind, name = kind_of_column(column), column.fields[0]
    if kind is CellKind.INSTANT:
        return lambda row: _local(getattr(row, name))
    if kind is CellKind.DATE:
        return lambda row: getattr(row, name)
    if column is COLUMNS["age"]:
        today = clock.today()  # once a file, not once a cell
        return lambda row: age_on(row.birth_on, today)
    if kind is CellKind.NUMBER:
        return lambda row: int(text) if (text := column.text(row)) else None
    return column.text


def _says_what_it_holds(column: ListColumn) -> bool:
    """Tell whether the cell is the stored text itself: names, posts, numbers of certificates."""
    if (
        column.fields == (UNIT_NAME,)
        or len(column.fields) != 1
        or kind_of_column(column) is not CellKind.TEXT
    ):
        return False
    try:
        return column.text(SimpleNamespace(**{column.fields[0]: _PROBE})) == _PROBE
    except (KeyError, ValueError, AttributeError):
        return False  # it looks the value up, or takes it apart


class _Cells(dict[Any, Any]):
    """Cells by what the database gave; a value that was not seen before is converted and worded."""

    def __init__(self, make: Callable[[Any], object]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, raw: Any) -> object:
        if len(self) >= MOST_KNOWN:
            self.clear()
        cell = self[raw] = self._make(raw)
        return cell


@cache
def _is_day(name: str) -> bool:
    if name in ("pk", UNIT_NAME):
        return False
    field = Officer._meta.get_field(name)
    return isinstance(field, DateField) and not isinstance(field, DateTimeField)


class _Sorted(Func):
    """A column to sort by once, not to walk along by its index.

    SQLite would rather walk the index and fetch each of half a million rows from another page than read the table and
    sort what fits: five to ten times the cost, measured. PostgreSQL weighs the two itself.
    """

    template = "%(expressions)s"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Write the column with a plus sign, which keeps its value and hides the index."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


def _in_order(rows: QuerySet[Officer], order: str) -> QuerySet[Officer]:
    column = _Sorted(F(order.removeprefix("-")))
    return rows.order_by(column.desc() if order.startswith("-") else column.asc(), "pk")


class RawRows:
    """Rows of a queryset as the database gives them, with the converters that Django would apply.

    Days come as ISO text: SQLite's driver would parse each one again, before we know whether we have seen it.
    ``units`` are names by id, for ``agency_name``.
    """

    def __init__(
        self, rows: QuerySet[Officer], names: Sequence[str], units: Mapping[int, str] | None = None
    ) -> None:
        self._units = units or {}
        self._connection = connections[rows.db]
        self._days = {name for name in names if _is_day(name)}
        texts = {f"{name}_text": Cast(name, CharField()) for name in self._days}
        stored = {UNIT_NAME: "agency_id"} | {name: f"{name}_text" for name in self._days}
        selected_names = [stored.get(name, name) for name in names]
        query: Any = rows.annotate(**texts).values_list(*selected_names).query
        compiler: Any = query.get_compiler(connection=self._connection)
        self._sql, values = compiler.as_sql()
        self._values = list(values)
        selected = [entry[0] for entry in compiler.select[: compiler.col_count]]
        self._converters: dict[int, Any] = compiler.get_converters(selected)
        self._at = {name: number for number, name in enumerate(names)}

    def ask_for(self, old: list[int], new: list[int]) -> None:
        """Put other primary keys, as many, in the place of those with which the query was built.

        Building a query with a thousand keys takes Django as long as the database takes to answer it.
        """
        size = len(old)
        at = next(n for n in range(len(self._values)) if self._values[n : n + size] == old)
        self._values[at : at + size] = new

    def columns(self) -> list[Sequence[Any]]:
        """Run the query, and return the values column by column, in the order of the names."""
        with self._connection.cursor() as cursor:
            cursor.execute(self._sql, self._values)
            found = cursor.fetchall()
        return list(zip(*found, strict=True)) if found else [() for _name in self._at]

    def converted(self, name: str, raw: Any) -> Any:
        """Return a raw value of a column as Python knows it."""
        if name == UNIT_NAME:
            return self._units.get(raw, "")
        if name in self._days:
            return date.fromisoformat(raw) if raw else None
        functions, expression = self._converters.get(self._at[name], ((), None))
        for function in functions:
            raw = function(raw, expression, self._connection)
        return raw


class _Column:
    """One column of the file: the raw columns it is made of, and its known cells."""

    def __init__(self, column: ListColumn, names: Sequence[str]) -> None:
        self._fields = column.fields
        self._at = [names.index(field) for field in column.fields]
        self._read = _reader(column)
        self._is_plain = _says_what_it_holds(column)
        self._cells = _Cells(self._make)
        self._source: RawRows | None = None

    def _make(self, raw: Any) -> object:
        source = self._source
        if source is None:
            raise RuntimeError("no piece is being read")
        values = raw if len(self._fields) > 1 else (raw,)
        pairs = zip(self._fields, values, strict=True)
        return self._read(SimpleNamespace(**{name: source.converted(name, value) for name, value in pairs}))

    def cells(self, source: RawRows, raw: Sequence[Sequence[Any]]) -> Sequence[object]:
        """Return the cells of one piece."""
        if self._is_plain:
            return raw[self._at[0]]
        self._source = source
        keys = raw[self._at[0]] if len(self._at) == 1 else zip(*(raw[at] for at in self._at), strict=True)
        return list(map(self._cells.__getitem__, keys))


def read_rows(
    rows: QuerySet[Officer],
    order: str,
    columns: Sequence[ListColumn],
    id_number_of: Callable[[Any], str] | None = None,
    id_number_fields: Sequence[str] = (),
) -> Iterator[Sequence[object]]:
    """Yield a value for each of the columns, in order, and the ID number last where it is asked for.

    Who is in the list is settled at the beginning (eight bytes a person); the rows are read a thousand at a time,
    each time through the conditions of ``rows``: nobody who has left the scope meanwhile goes along, and no cursor
    stays open while the job reports.
    """
    wanted = dict.fromkeys(field for column in columns for field in column.fields)
    names = list(wanted | dict.fromkeys((*id_number_fields, "pk")))
    made = [_Column(column, names) for column in columns]
    units = dict(Agency.objects.values_list("pk", "name")) if UNIT_NAME in wanted else {}
    (found,) = RawRows(_in_order(rows, order), ["pk"]).columns()
    pks = array("q", found)
    del found
    source, asked = None, []
    for start in range(0, len(pks), ROWS_A_PIECE):
        keys = pks[start : start + ROWS_A_PIECE].tolist()
        if source is None or len(keys) != len(asked):
            source = RawRows(rows.filter(pk__in=keys).order_by(), names, units)
        else:
            source.ask_for(asked, keys)
        asked = keys
        raw = source.columns()
        piece = [column.cells(source, raw) for column in made]
        if id_number_of is not None:
            piece.append(_id_numbers(source, raw, names, id_number_fields, id_number_of))
        at = dict(zip(raw[names.index("pk")], zip(*piece, strict=True), strict=True))
        yield from (at[key] for key in keys if key in at)


def _id_numbers(
    source: RawRows,
    raw: Sequence[Sequence[Any]],
    names: Sequence[str],
    fields: Sequence[str],
    id_number_of: Callable[[Any], str],
) -> list[str]:
    taken = [[source.converted(field, value) for value in raw[names.index(field)]] for field in fields]
    return [
        id_number_of(SimpleNamespace(**dict(zip(fields, values, strict=True))))
        for values in zip(*taken, strict=True)
    ]


__all__ = ["RawRows", "kind_of_column", "read_rows"]
