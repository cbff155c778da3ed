"""Checks of what a node stands on, before it is used: ``warrant node migrate`` and ``django check --database``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_SORTS_BY_CODE_POINT = "SELECT 'B'::text < 'a'::text AND '张'::text < '王'::text, current_database()"


def collation_errors(database: BaseDatabaseWrapper) -> list[CheckMessage]:
    """Return an error if a PostgreSQL database sorts texts by a language instead of by code point.

    Names are searched by range (from the typed text to its last possible continuation): under a Chinese or English
    collation such a range holds nothing, or the wrong names, and the search would silently find nobody.
    """
    if database.vendor != "postgresql":
        return []
    with database.cursor() as cursor:
        cursor.execute(_SORTS_BY_CODE_POINT)
        is_by_code_point, name = cursor.fetchone()
    if is_by_code_point:
        return []
    return [
        Error(
            f"The database '{name}' sorts texts by the rules of a language; the search for names needs code points.",
            hint="Make the database anew: CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' "
            "(on systems without C.UTF-8: LOCALE 'C'), and restore the data into it.",
            id="warrant.E001",
        )
    ]


@register(Tags.database)
def check_collation(*, databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Check the databases that Django names; none when it checks the code alone."""
    return [error for alias in databases or () for error in collation_errors(connections[alias])]
