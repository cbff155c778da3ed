"""A database that would make the search for names find nobody is refused."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.utils import ConnectionHandler

from warrant.apps.foundation.checks import collation_errors

pytestmark = pytest.mark.django_db


def test_the_database_of_the_tests_will_do() -> None:
    assert collation_errors(connection) == []
    call_command("check", tags=["database"], databases=["default"], verbosity=0)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite always sorts by code point")
def test_a_database_that_sorts_by_language_is_refused_with_a_cure() -> None:
    name = f"{connection.settings_dict['NAME']}_by_language"
    settings = {**connection.settings_dict, "NAME": "postgres", "AUTOCOMMIT": True}
    keeper = ConnectionHandler({"default": settings})["default"]
    with keeper.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(
            f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'zh-CN'"
        )
    keeper.close()
    other = ConnectionHandler({"default": {**settings, "NAME": name}})["default"]
    (error,) = collation_errors(other)
    other.close()
    assert error.id == "warrant.E001"
    assert "C.UTF-8" in str(error.hint)
