"""A connection that PostgreSQL has ended is opened anew at the next request, without a question at every one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import close_old_connections, connection, connections
from django.db.backends.postgresql import base

pytestmark = [
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite's connection is a file of this process"
    ),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def kept(settings: Any) -> Any:
    """A connection as the server keeps it: checked at the beginning of a request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    before = connection.settings_dict["CONN_HEALTH_CHECKS"]
    connection.settings_dict["CONN_HEALTH_CHECKS"] = connection.health_check_enabled = True
    connection.close_at = None
    yield connection
    connection.settings_dict["CONN_HEALTH_CHECKS"] = connection.health_check_enabled = before


def _process(cursor: Any) -> int:
    cursor.execute("SELECT pg_backend_pid()")
    return int(cursor.fetchone()[0])


def test_a_connection_that_the_server_ended_is_opened_anew(kept: Any) -> None:
    with kept.cursor() as cursor:
        first = _process(cursor)
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    other.close()
    close_old_connections()
    with kept.cursor() as cursor:
        assert _process(cursor) != first


def test_a_connection_that_stands_is_kept_without_being_asked(kept: Any, monkeypatch: Any) -> None:
    with kept.cursor() as cursor:
        first = _process(cursor)
    asked: list[str] = []
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda _self: bool(asked.append("asked")) or True)
    close_old_connections()
    with kept.cursor() as cursor:
        assert _process(cursor) == first
    assert asked == []
