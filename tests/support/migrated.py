"""The empty database after all migrations, kept from one run of the tests to the next while no migration changes.

Only SQLite keeps one, in pytest's cache: a clean checkout, and PostgreSQL always, run every migration.
"""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path

import django

SOURCES = Path(__file__).parents[2] / "src" / "warrant"
READ_BY_MIGRATIONS = ("core/standards/agency_names.py", "apps/officers/services/spelling.py")


def kept_path(folder: Path) -> Path:
    """Return where the database of exactly these migrations is kept, whether it is there or not."""
    digest = sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    for path in (
        *sorted(SOURCES.glob("apps/*/migrations/*.py")),
        *(SOURCES / name for name in READ_BY_MIGRATIONS),
    ):
        digest.update(path.relative_to(SOURCES).as_posix().encode())
        digest.update(sha256(path.read_bytes()).digest())
    return folder / f"migrated-{digest.hexdigest()[:24]}.sqlite3"


def fill(database: sqlite3.Connection, path: Path) -> None:
    """Copy the kept database over an open one."""
    kept = sqlite3.connect(path)
    try:
        kept.backup(database)
    finally:
        kept.close()


def keep(database: sqlite3.Connection, path: Path) -> None:
    """Keep a copy; two runs at once do no harm, and what other migrations left is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for older in path.parent.glob("migrated-*.sqlite3"):
        older.unlink(missing_ok=True)
    unfinished = path.with_suffix(f".{id(database)}")
    kept = sqlite3.connect(unfinished)
    try:
        database.backup(kept)
    finally:
        kept.close()
    unfinished.replace(path)
