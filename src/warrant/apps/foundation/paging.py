"""Keyset pages and capped counts: a list never counts everything and never skips rows by number."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import Field, Model, Q, QuerySet
from django.utils import timezone

from warrant.core.errors import N_, InvalidInput

COUNT_CAP = 1000
_LARGEST_ID = (1 << 63) - 1

T = TypeVar("T", bound=Model)


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list. ``next_key``/``previous_key`` are opaque texts for the URL, or empty."""

    rows: list[T]
    next_key: str
    previous_key: str
    count: int
    count_is_capped: bool

    @property
    def count_text(self) -> str:
        """The count as shown: ``128`` or ``1000+``."""
        return f"{self.count}+" if self.count_is_capped else str(self.count)


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


def _decode(key: str, field: Field[Any, Any], pk_field: Field[Any, Any]) -> tuple[str, Any, Any]:
    """Read a key that came back in an address; whoever wrote it, it names a direction, a cell and a row."""
    try:
        direction, value, pk = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        if direction not in ("n", "p") or not isinstance(pk, int | str):
            raise ValueError
        if _cell(pk_field, pk) != pk:
            raise ValueError
        value = _cell(field, value)
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError) as error:
        raise InvalidInput("bad-page-key", N_("页码已失效，请从第一页重新查看"), place="after") from error
    return direction, value, pk


def keyset_page(rows: QuerySet[T], sort: str, key: str, size: int = 50) -> Page[T]:
    """Return one page of ``rows`` ordered by (``sort``, id), ascending; ``key`` is empty for the first page.

    ``sort`` may start with ``-``; the column must not be null. The range bound on the sort column beside the
    keyset condition is what lets both databases use the index.
    """
    column = sort.lstrip("-")
    descending = sort.startswith("-")
    field = cast("Field[Any, Any]", rows.model._meta.get_field(column))
    direction, value, pk = _decode(key, field, rows.model._meta.pk) if key else ("n", None, None)
    backwards = direction == "p"
    page_rows = rows
    if key:
        downwards = descending != backwards
        beyond, bound = ("lt", "lte") if downwards else ("gt", "gte")
        page_rows = rows.filter(**{f"{column}__{bound}": value}).filter(
            Q(**{f"{column}__{beyond}": value}) | Q(**{column: value, f"pk__{beyond}": pk})
        )
    flip = descending != backwards
    ordered = page_rows.order_by(f"-{column}" if flip else column, "-pk" if flip else "pk")
    found = list(ordered[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    count = _up_to_the_cap(rows).count()

    def key_of(row: T, way: str) -> str:
        cell = getattr(row, column)
        return _encode(way, cell.isoformat() if hasattr(cell, "isoformat") else cell, row.pk)

    has_next = bool(found) and (has_more if not backwards else True)
    has_previous = bool(found) and bool(key) and (has_more if backwards else True)
    return Page(
        rows=found,
        next_key=key_of(found[-1], "n") if has_next else "",
        previous_key=key_of(found[0], "p") if has_previous else "",
        count=min(count, COUNT_CAP),
        count_is_capped=count > COUNT_CAP,
    )
