"""The floor: a bare WSGI application that runs the SQL of one of our pages and returns the rows as JSON.

``BENCH_FLOOR`` names a pickled file: path -> list of (statement with ``%s``, parameters); ``BENCH_DATABASE`` the
database, a path (SQLite) or a URL (PostgreSQL).
"""

from __future__ import annotations

import json
import os
import pickle
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg

from warrant.nodes.databases import POSTGRES_PLANNING

_DATABASE = os.environ.get("BENCH_DATABASE", "")
_IS_POSTGRES = _DATABASE.startswith("postgresql:")
_STATEMENTS: dict[str, list[tuple[str, Any]]] = (
    pickle.loads(Path(os.environ["BENCH_FLOOR"]).read_bytes()) if "BENCH_FLOOR" in os.environ else {}  # noqa: S301 - our own file
)
_here = threading.local()


def _connection() -> Any:
    if not hasattr(_here, "connection"):
        if _IS_POSTGRES:
            # Plans for the values at hand, as our pages have them: a prepared statement's general plan is slower here.
            _here.connection = psycopg.connect(
                _DATABASE, autocommit=True, options=POSTGRES_PLANNING, prepare_threshold=None
            )
        else:
            _here.connection = sqlite3.connect(_DATABASE, isolation_level=None)
            _here.connection.execute("PRAGMA journal_mode=WAL")
    return _here.connection


def _text(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a path with the rows of its statements."""
    connection = _connection()
    answer = []
    for statement, parameters in _STATEMENTS[environ["PATH_INFO"]]:
        cursor = connection.execute(statement, parameters)
        answer.append(cursor.fetchall() if cursor.description else [])
    body = json.dumps(answer, default=_text).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
