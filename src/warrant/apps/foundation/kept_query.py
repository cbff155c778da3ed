"""A query that is asked again and again for another number: its SQL is written once and kept.

Writing the statement of a page's head with its joins takes Django four times as long as the database takes to answer
it. What is kept belongs to one scope: the caller's key holds everything that the condition was made of.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from itertools import chain
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.query import RelatedPopulator

PLACE: Final = -7_463_219_005_113
"""Stands in the statement for the number that each question brings; no row has it."""

_BEYOND: Final = 2**63
_RELATED: Any = RelatedPopulator
"""Untyped, because the stubs describe a later Django with one more argument."""
_UNKNOWN: Any = object()
M = TypeVar("M", bound=models.Model)


class KeptQueries(Generic[M]):
    """The latest statements of one kind, by what their conditions were made of. ``most`` bounds how many are kept."""

    def __init__(self, most: int = 500) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, _Kept[M] | None] = OrderedDict()

    def first(self, key: Hashable, number: int, write: Callable[[int], models.QuerySet[M]]) -> M | None:
        """Return the first row for ``number``; a number that no column can hold finds none.

        ``write`` returns the query for a number and is called once for each ``key``; the number has to stand in it as
        a value, and everything else that ``write`` reads has to be part of the key.
        """
        if not -_BEYOND <= number < _BEYOND:
            return None
        key = (connection.vendor, key)
        kept = self._kept.get(key, _UNKNOWN)
        if kept is _UNKNOWN:
            kept = _written(write(PLACE)[:1])
            while len(self._kept) >= self._most:
                self._kept.popitem(last=False)
            self._kept[key] = kept
        return kept.row(number) if kept is not None else None


def _written(rows: models.QuerySet[M]) -> _Kept[M] | None:
    """Write the statement; none where the condition can hold for no row, as for somebody without any scope."""
    try:
        return _Kept(rows)
    except EmptyResultSet:
        return None


class _Kept(Generic[M]):
    """One statement with what turns its answer into an instance, as ``ModelIterable`` does it each time."""

    def __init__(self, rows: models.QuerySet[M]) -> None:
        compiler: Any = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
        self._statement, values = compiler.as_sql(with_col_aliases=False)
        self._values = tuple(values)
        if PLACE not in self._values:
            raise ValueError("the number does not stand in the query")
        self._compiler = compiler
        self._converters = compiler.get_converters([part[0] for part in compiler.select])
        fields = compiler.klass_info["select_fields"]
        self._from, self._until = fields[0], fields[-1] + 1
        self._model: type[M] = compiler.klass_info["model"]
        self._names = [part[0].target.attname for part in compiler.select[self._from : self._until]]
        self._related = [
            _RELATED(joined, compiler.select, DEFAULT_DB_ALIAS)
            for joined in compiler.klass_info.get("related_klass_infos", [])
        ]
        self._annotations = compiler.annotation_col_map

    def row(self, number: int) -> M | None:
        with connection.cursor() as cursor:
            cursor.execute(
                self._statement, tuple(number if value == PLACE else value for value in self._values)
            )
            found = cursor.fetchmany(1)
        if not found:
            return None
        row = next(iter(self._compiler.apply_converters(chain(found), self._converters)))
        instance = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._from : self._until])
        for populator in self._related:
            populator.populate(row, instance)
        for name, place in self._annotations.items():
            setattr(instance, name, row[place])
        return instance
