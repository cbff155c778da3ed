"""Keyset pages and capped counts: a list never counts everything and never skips rows by number."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import Field, Model, Q, QuerySet
from django.utils import timezone
from django.utils.http import urlencode

from warrant.core.errors import N_, InvalidInput

COUNT_CAP = 1000
_LARGEST_ID = (1 << 63) - 1

_NOTHING = object()

T = TypeVar("T", bound=Model)
R = TypeVar("R")


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page of a list. ``next_key``/``previous_key`` are opaque texts for the URL, or empty."""

    rows: list[R]
    next_key: str
    previous_key: str
    count: int
    count_is_capped: bool

    @property
    def count_text(self) -> str:
        """The count as shown: ``128`` or ``1000+``."""
        return f"{self.count}+" if self.count_is_capped else str(self.count)

    def addresses(self, url: str, chosen: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return ``next_url`` and ``previous_url`` of a list at ``url`` with its filters; empty where there is no page."""
        keys = {"next_url": self.next_key, "previous_url": self.previous_key}
        return {
            name: f"{url}?{urlencode({**(chosen or {}), 'after': key})}" if key else ""
            for name, key in keys.items()
        }


def _up_to_the_cap(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by().values("pk")[: COUNT_CAP + 1]


def count_texts(counted: Sequence[QuerySet[Any]]) -> list[str]:
    """Return how many rows each of ``counted`` has, as shown: ``128`` or ``1000+``; all in one query."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in counted:
        try:
            sql, parameters = _up_to_the_cap(rows).query.sql_with_params()
        except EmptyResultSet:  # the viewer's scope is empty: there is nothing to ask
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 - Django's own SQL, values apart
        values.extend(parameters)
    if not values and set(parts) <= {"0"}:
        return parts
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        found = cursor.fetchone()
    return [f"{COUNT_CAP}+" if count > COUNT_CAP else str(count) for count in found]


def _encode(direction: str, value: Any, pk: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([direction, value, pk]).encode()).decode().rstrip("=")


def _cell(field: Field[Any, Any], value: Any) -> Any:
    """Return ``value`` as a cell of the sort column, or raise what the caller takes for a bad key."""
    cell = field.to_python(value)
    if cell is None or (isinstance(cell, str) and b"\x00" in cell.encode()):
        raise ValueError
    if isinstance(cell, int) and abs(cell) > _LARGEST_ID:
        raise ValueError
    if isinstance(cell, datetime):
        if timezone.is_naive(cell):
            raise ValueError
        return cell.astimezone(UTC)
    return cell


@dataclass(frozen=True)
class _Key:
    """Where a page begins: behind (or before) the row with this cell and id; ``None`` is the cell of a blank one."""

    is_backwards: bool
    value: Any
    pk: Any


@dataclass(frozen=True)
class _Order:
    """(``column``, id), with the rows whose cell is ``blank`` behind all others, whichever the direction."""

    field: Field[Any, Any]
    pk_field: Field[Any, Any]
    is_descending: bool
    blank: Any
    has_blanks: bool
    copy: tuple[str, str] | None = None

    @property
    def column(self) -> str:
        return self.copy[0] if self.copy else self.field.attname

    @property
    def pk(self) -> str:
        return self.copy[1] if self.copy else "pk"

    def is_blank(self, value: Any) -> bool:
        return self.has_blanks and value == self.blank

    def read(self, key: str) -> _Key:
        """Read a key that came back in an address; whoever wrote it, it names a direction, a cell and a row."""
        try:
            direction, value, pk = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
            if direction not in ("n", "p") or not isinstance(pk, int | str):
                raise ValueError
            if _cell(self.pk_field, pk) != pk:
                raise ValueError
            if value is not None or not self.has_blanks:
                value = _cell(self.field, value)
        except (ValueError, TypeError, OverflowError, RecursionError, ValidationError) as error:
            raise InvalidInput("bad-page-key", N_("页码已失效，请从第一页重新查看"), place="after") from error
        return _Key(direction == "p", value, pk)

    def write(self, way: str, value: Any, pk: Any) -> str:
        if self.is_blank(value):
            value = None
        return _encode(way, value.isoformat() if hasattr(value, "isoformat") else value, pk)

    def stretch(self, rows: QuerySet[Any], key: _Key | None, *, is_blank: bool, flips: bool) -> QuerySet[Any]:
        """Return the rows of one part of the list, in reading order, from the key on if it lies in that part."""
        pk_order = f"-{self.pk}" if flips else self.pk
        beyond, bound = ("lt", "lte") if flips else ("gt", "gte")
        if is_blank:
            part = rows.filter(
                **{f"{self.column}__isnull": True} if self.blank is None else {self.column: self.blank}
            )
            if key is not None and key.value is None:
                part = part.filter(**{f"{self.pk}__{beyond}": key.pk})
            return part.order_by(pk_order)
        part = rows
        if self.has_blanks:
            there = (
                {f"{self.column}__isnull": False}
                if self.blank is None
                else {f"{self.column}__gt": self.blank}
            )
            part = part.filter(**there)
        if key is not None and key.value is not None:
            # The range bound beside the keyset condition is what lets both databases use the index.
            part = part.filter(**{f"{self.column}__{bound}": key.value}).filter(
                Q(**{f"{self.column}__{beyond}": key.value})
                | Q(**{self.column: key.value, f"{self.pk}__{beyond}": key.pk})
            )
        return part.order_by(f"-{self.column}" if flips else self.column, pk_order)

    def take(self, rows: QuerySet[Any], key: _Key | None, most: int) -> list[Any]:
        """Read ``most`` rows from the key on, backwards ones last first, over the border to the blank ones."""
        is_backwards = key is not None and key.is_backwards
        flips = self.is_descending != is_backwards
        starts_blank = key is not None and key.value is None
        parts = [False, True] if self.has_blanks else [False]
        if is_backwards:
            parts = [True, False] if starts_blank else [False]
        elif starts_blank:
            parts = [True]
        found: list[Any] = []
        for is_blank in parts:
            if len(found) < most:
                part = self.stretch(rows, key, is_blank=is_blank, flips=flips)
                found.extend(part[: most - len(found)])
        return found


def _order_of(rows: QuerySet[Any], sort: str, blank: Any, copy: tuple[str, str] | None = None) -> _Order:
    path = sort.lstrip("-")
    through, _, column = path.rpartition("__")
    model: Any = rows.model._meta.get_field(through).related_model if through else rows.model
    field = cast("Field[Any, Any]", model._meta.get_field(column))
    if through:
        copy = (path, "pk")
    has_blanks = blank is not _NOTHING or field.null
    return _Order(
        field=field,
        pk_field=cast("Field[Any, Any]", rows.model._meta.pk),
        is_descending=sort.startswith("-"),
        blank=None if blank is _NOTHING else blank,
        has_blanks=has_blanks,
        copy=copy,
    )


def keyset_page(rows: QuerySet[T], sort: str, key: str, size: int = 50) -> Page[T]:
    """Return one page of ``rows`` ordered by (``sort``, id), ascending; ``key`` is empty for the first page.

    ``sort`` may start with ``-``; rows without a value stand last either way. It may be a column of a row that every
    row points at, as ``officer__sort_key``; ``rows`` then select it along.
    """
    order = _order_of(rows, sort, _NOTHING)
    cell = attrgetter(order.column.replace("__", "."))
    return _page(rows, rows, order, (key, size), lambda row: (cell(row), row.pk))


def keyset_values(
    rows: QuerySet[Any],
    columns: Sequence[str],
    sort: str,
    key: str,
    size: int = 50,
    *,
    blank: Any = _NOTHING,
    counted: QuerySet[Any] | None = None,
    copy: tuple[str, str] | None = None,
) -> Page[tuple[Any, ...]]:
    """Return one page as :func:`keyset_page` does, its rows as tuples of ``columns``, the primary key last.

    No model is made of a row: a page of 50 costs a quarter. Rows whose sort cell equals ``blank`` stand last, as
    those without a value always do. ``counted`` is counted instead of ``rows`` where it is the cheaper question.
    ``copy`` names two expressions of ``rows`` that equal the sort column and the primary key and stand in the index
    through which the rows are found: the page is then read in the order of that index.
    """
    order = _order_of(rows, sort, blank, copy)
    plain = rows.values_list(*columns, order.field.attname, "pk")
    page = _page(
        plain, rows if counted is None else counted, order, (key, size), lambda row: (row[-2], row[-1])
    )
    cut = [(*row[:-2], row[-1]) for row in page.rows]
    return Page(cut, page.next_key, page.previous_key, page.count, page.count_is_capped)


def _page(
    rows: QuerySet[Any],
    counted: QuerySet[Any],
    order: _Order,
    page: tuple[str, int],
    cell_and_pk: Callable[[Any], tuple[Any, Any]],
) -> Page[Any]:
    key_text, size = page
    key = order.read(key_text) if key_text else None
    is_backwards = key is not None and key.is_backwards
    found = order.take(rows, key, size + 1)
    has_more = len(found) > size
    found = found[:size]
    if is_backwards:
        found.reverse()
    count = _up_to_the_cap(counted).count()
    has_next = bool(found) and (has_more or is_backwards)
    has_previous = bool(found) and key is not None and (has_more or not is_backwards)
    return Page(
        rows=found,
        next_key=order.write("n", *cell_and_pk(found[-1])) if has_next else "",
        previous_key=order.write("p", *cell_and_pk(found[0])) if has_previous else "",
        count=min(count, COUNT_CAP),
        count_is_capped=count > COUNT_CAP,
    )
