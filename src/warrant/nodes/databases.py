"""A database URL as Django's setting: SQLite for the embedded default, PostgreSQL in production."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from warrant.nodes.config import NodeFileError

POSTGRES_PLANNING = "-c random_page_cost=1.1 -c jit=off"
"""How PostgreSQL is to think of the disk: solid state, or the register in memory.

With its own figure of 4 (spinning disks) it reads all 500,000 officers to count the first 1,001 of a province: 264 ms
instead of 3. Compiling a statement costs more than any of ours takes.
"""


def database_setting(url: str) -> dict[str, Any]:
    """Return the ``DATABASES`` entry of ``url`` (``sqlite:///PATH`` or ``postgresql://USER[:PASS]@HOST:PORT/NAME``).

    SQLite runs in WAL mode with IMMEDIATE transactions: a write lock is taken at the start, so two writers wait for
    each other instead of failing half-way.

    Raises:
        NodeFileError: another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) if parts.path.startswith("//") else unquote(parts.path),
            "CONN_MAX_AGE": None,  # opening a file, its settings and Django's functions cost a page a tenth of its time
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in ("postgresql", "postgres"):
        host = parts.hostname or ""
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return {
            "ENGINE": "warrant.nodes.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(query.get("host", host)),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"options": POSTGRES_PLANNING},
        }
    raise NodeFileError(f"database_url: '{parts.scheme}' is not known; use sqlite or postgresql")
