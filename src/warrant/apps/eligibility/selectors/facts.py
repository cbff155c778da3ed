"""The facts of one officer or of many on a day, from every source that the node names, in one query."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import JSONObject
from django.utils.module_loading import import_string

from warrant.apps.eligibility.types import Case, FactSource, Row, Who
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.core.eligibility import Fact, Source

MOST_AT_ONCE = 500
_decoded = json.JSONDecoder(parse_float=Decimal).decode
Found = dict[int, dict[str, Fact]]
_NOTHING: dict[int, list[Row]] = {}


def sources() -> list[FactSource]:
    """Return the sources that the node names, in their order."""
    return [import_string(path) for path in settings.WARRANT_ELIGIBILITY_FACTS]


def answerable() -> frozenset[str]:
    """Return the names of the facts that this node's records can tell."""
    return frozenset(name for source in sources() for name in source.facts)


def read_facts(
    who: Who, on: date, wanted: Iterable[FactSource], *, is_past: bool, known: Found | None = None
) -> Found:
    """Return the facts from ``wanted`` for everybody who has any row in one of them, by the officer's id.

    One query, whatever the number of sources. With ``known`` the facts are added to those of the people in it, and
    nobody else's are returned.
    """
    asked: list[FactSource] = []
    parts: list[str] = []
    values: list[Any] = []
    for source in wanted:
        rows = source.rows(who, on, is_past)
        if rows is None:
            continue
        contents = JSONObject(**{name: F(name) for name in source.columns})
        rows = rows.select_related(None).order_by()
        try:
            sql, parameters = rows.values_list(
                source.officer, Value(len(asked)), contents
            ).query.sql_with_params()
        except EmptyResultSet:
            pass
        else:
            parts.append(sql)
            values.extend(parameters)
        asked.append(source)
    found: dict[int, dict[int, list[Row]]] = {}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            for officer, number, text in cursor.fetchall():
                by_source = found.setdefault(officer, {})
                by_source.setdefault(number, []).append(_decoded(text))
    told: Found = {officer: {} for officer in (*who.ids, *found)} if known is None else known
    for officer, facts in told.items():
        rows_of = found.get(officer, _NOTHING)
        for number, source in enumerate(asked):
            source.read(rows_of.get(number, ()), on, facts)
    return told


def facts_of_many(officer_ids: Sequence[int], on: date) -> Found:
    """Return the facts of each of the officers on a day; one query for every 500 of them."""
    is_past = on < clock.today()
    found: Found = {}
    for start in range(0, len(officer_ids), MOST_AT_ONCE):
        who = Who(tuple(officer_ids[start : start + MOST_AT_ONCE]))
        found.update(read_facts(who, on, sources(), is_past=is_past))
    return found


def facts_of(officer: Officer, on: date, *, case: Case | None = None) -> dict[str, Fact]:
    """Return what is known of an officer on a day, with what the case adds; the caller has checked the viewer."""
    facts = facts_of_many([officer.pk], on)[officer.pk]
    return facts if case is None else with_case(facts, case, on)


def with_case(facts: Mapping[str, Fact], case: Case, on: date) -> dict[str, Fact]:
    """Return the facts with what an application says; the application itself is none of the other ones."""
    as_of = min(case.as_of or on, on)
    found = dict(facts)
    others = facts.get("open_applications")
    if others is not None and isinstance(others.value, tuple):
        numbers = tuple(str(number) for number in others.value if number != case.number)
        found["open_applications"] = Fact(numbers, others.source, others.as_of)
    added: dict[str, Any] = {
        "categories": case.categories,
        "statement": case.statement,
        "declared_health": case.declarations.get("health"),
        "declared_conduct": case.declarations.get("conduct"),
        "declared_no_crime": case.declarations.get("no-crime"),
        "declared_no_dismissal": case.declarations.get("no-dismissal"),
    }
    for name, value in added.items():
        found[name] = Fact(value, Source.APPLICATION, as_of)
    return found
