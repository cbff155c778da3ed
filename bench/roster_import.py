"""A roster of many rows taken in with all checks, against reading the file and loading the rows without any.

Two floors: the cells as texts into a table without an index, and the very rows that the import left in the tables of
the register, with their indexes, into empty copies of these tables.

``python -m bench.roster_import ROWS OUTPUT`` runs as the province node and writes the figures as JSON.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from bench.measuring import cpu_seconds
from warrant.nodes.start import prepare_django

prepare_django()

import psycopg
import python_calamine
import xlsxwriter
from django.conf import settings
from django.db import connection

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.foundation import clock
from warrant.apps.foundation.ports import key_vault
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.entering import HEADINGS
from warrant.apps.rosters.services.checking import PAUSE_SECONDS, check_rows, receive_roster
from warrant.apps.rosters.services.importing import begin_import, import_rows
from warrant.nodes.generation.careers import IdNumbers
from warrant.nodes.generation.names import made_up_name

_PAUSE_SECONDS = 0.02
_CACHE_KIB = 65_536
_JSONB = 3802
_FILLED = {
    "officer": "id",
    "officer_name_token": "id",
    "officer_version": "id",
    "replica_due": "version_id",
    "officer_fact": "id",
    "officer_flow": "id",
    "statistic_movement": "id",
}
"""The tables of the register that an import fills, each with its key."""


def made_up_roster(rows: int, seed: int) -> bytes:
    """Return an .xlsx roster of one unit with so many people, none of whom is registered."""
    random = Random(seed)  # noqa: S311 - made-up people keep no secret
    ids = IdNumbers(random)
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True})
    sheet = book.add_worksheet("花名册")
    sheet.write_row(0, 0, list(HEADINGS.values()))
    for row in range(1, rows + 1):
        sex = "1" if random.random() < 0.75 else "2"
        born_on = date(1972, 1, 1) + timedelta(days=int(random.random() * 10_000))
        values = {
            "name": made_up_name(random, sex, born_on.year, "32"),
            "id_number": ids.number(born_on, sex),
            "ethnicity": "汉族",
            "political_status": "中共党员",
            "education": "大学本科",
            "degree": "学士",
            "school": "长安大学",
            "major": "法学",
            "agency": "昆山市交通运输综合行政执法大队",
            "categories": "公路路政、道路运政",
            "post": "执法岗",
            "position": "执法员",
            "staffing": "事业编制",
            "work_started": f"{born_on.year + 22}-07",
            "enforcement_started": f"{born_on.year + 24}-03-01",
            "phone": f"1990000{row % 10_000:04d}",
            "remark": "",
        }
        sheet.write_row(row, 0, [values[field] for field in HEADINGS])
    book.close()
    return content.getvalue()


def _server() -> list[int]:
    """Return the process id of PostgreSQL's first process on this machine; none for SQLite."""
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    status = Path(f"/proc/{backend}/status").read_text(encoding="utf-8")
    return [int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid:")]


def _spent(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of this process and of the database's, and what ``work`` returned."""
    server = _server()
    begun, served = time.process_time(), cpu_seconds(server)
    found = work()
    return time.process_time() - begun + cpu_seconds(server) - served, found


def bare_import(raw: bytes, folder: Path) -> int:
    """Read the file and load its cells as texts, nothing else; on the same kind of database."""
    cells = python_calamine.CalamineWorkbook.from_filelike(BytesIO(raw)).get_sheet_by_index(0).to_python()[1:]
    columns = ", ".join(f"c{number} text" for number in range(len(HEADINGS)))
    rows = [[str(cell) for cell in row] for row in cells]
    if connection.vendor == "sqlite":
        with sqlite3.connect(folder / "bare.sqlite3") as bare:
            bare.execute(f"CREATE TABLE roster ({columns})")
            bare.executemany(f"INSERT INTO roster VALUES ({', '.join('?' * len(HEADINGS))})", rows)  # noqa: S608 - our own names
    else:
        with psycopg.connect(settings.WARRANT_NODE.database_url) as bare_connection:
            bare_connection.execute(f"CREATE TEMPORARY TABLE bare_roster ({columns})".encode())
            with bare_connection.cursor().copy("COPY bare_roster FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    return len(rows)


def _largest_keys() -> dict[str, int]:
    """Return by table the largest key given so far."""
    found = {}
    with connection.cursor() as cursor:
        for table, key in _FILLED.items():
            cursor.execute(f"SELECT COALESCE(MAX({key}), 0) FROM {table}")  # noqa: S608 - our own names
            found[table] = int(cursor.fetchone()[0])
    return found


def load_again(raw: bytes, before: dict[str, int], folder: Path) -> float:
    """Read the file, load the rows that came after the keys ``before`` into empty copies; return the CPU seconds."""
    seconds, _rows = _spent(
        lambda: python_calamine.CalamineWorkbook.from_filelike(BytesIO(raw)).get_sheet_by_index(0).to_python()
    )
    return seconds + (
        _load_sqlite(before, folder) if connection.vendor == "sqlite" else _load_postgres(before)
    )


def _load_sqlite(before: dict[str, int], folder: Path) -> float:
    source = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    copy = sqlite3.connect(folder / "tables.sqlite3")
    copy.execute("PRAGMA journal_mode = WAL")
    copy.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    seconds = 0.0
    for table, key in _FILLED.items():
        rows = source.execute(f"SELECT * FROM {table} WHERE {key} > ?", [before[table]]).fetchall()  # noqa: S608 - our own names
        made = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC"
        for (statement,) in source.execute(made, [table]).fetchall():
            copy.execute(statement)
        marks = ", ".join("?" * len(rows[0]))
        begun = time.process_time()
        copy.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our own names
        copy.commit()
        seconds += time.process_time() - begun
    source.close()
    copy.close()
    return seconds


def _load_postgres(before: dict[str, int]) -> float:
    seconds = 0.0
    with psycopg.connect(settings.WARRANT_NODE.database_url) as own:
        own.execute("CREATE SCHEMA floor")
        for table, key in _FILLED.items():
            new = f"SELECT * FROM {table} WHERE {key} > %s"  # noqa: S608 - our own names
            found = own.execute(new.encode(), [before[table]])
            types = [column.type_code for column in found.description or ()]
            rows = found.fetchall()
            own.execute(f"CREATE TABLE floor.{table} (LIKE public.{table} INCLUDING ALL)".encode())
            ready = [
                [
                    json.dumps(cell) if type_code == _JSONB else cell
                    for cell, type_code in zip(row, types, strict=True)
                ]
                for row in rows
            ]

            def load(table: str = table, ready: list[list[Any]] = ready) -> None:
                with own.cursor().copy(f"COPY floor.{table} FROM STDIN".encode()) as copy:
                    for row in ready:
                        copy.write_row(row)

            seconds += _spent(load)[0]
        own.rollback()
    return seconds


def _write_meanwhile(is_over: Any, longest_ms: Any) -> None:
    """Write one small thing after another until it is over, and note the longest wait: a process of its own."""
    statement = "UPDATE account SET display_name = display_name WHERE id = (SELECT MAX(id) FROM account)"
    if connection.vendor == "sqlite":
        database: Any = sqlite3.connect(
            settings.DATABASES["default"]["NAME"], timeout=30, isolation_level=None
        )
        begin = "BEGIN IMMEDIATE"
    else:
        database, begin = psycopg.connect(settings.WARRANT_NODE.database_url, autocommit=True), "BEGIN"
    while not is_over.wait(_PAUSE_SECONDS):
        at = time.perf_counter()
        for one in (begin, statement, "COMMIT"):
            database.execute(one)
        longest_ms.value = max(longest_ms.value, (time.perf_counter() - at) * 1000)
    database.close()


def measure_import(rows: int) -> dict[str, float]:
    """Return CPU seconds of the import and of both floors, the largest memory in MB, and the other writer's longest wait in ms."""
    raw = made_up_roster(rows, seed=int(time.time()))
    with tempfile.TemporaryDirectory() as folder:
        bare_seconds, _count = _spent(lambda: bare_import(raw, Path(folder)))
    registered, before = Officer.system.count(), _largest_keys()
    actor = actor_for(Account.objects.get(username="registrar"))
    key_vault()  # open in a running node too
    _server()
    connection.close()
    processes = multiprocessing.get_context("fork")
    is_over, longest_ms = processes.Event(), processes.Value("d", 0.0)
    other = processes.Process(target=_write_meanwhile, args=(is_over, longest_ms))
    other.start()
    begun = time.monotonic()
    now = clock.now()

    def check() -> int:
        roster = receive_roster(actor, raw, "花名册.xlsx", on=clock.today(), now=now)
        check_rows(actor, roster.pk, now=now, pause=PAUSE_SECONDS)
        return roster.pk

    def take_in() -> None:
        begin_import(actor, pk, now=now)
        import_rows(actor, pk, now=now, pause=PAUSE_SECONDS)

    check_seconds, pk = _spent(check)
    checked_ms, longest_ms.value = longest_ms.value, 0.0
    import_seconds, _nothing = _spent(take_in)
    took = time.monotonic() - begun
    is_over.set()
    other.join()
    memory_mb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    with tempfile.TemporaryDirectory() as folder:
        again_seconds = load_again(raw, before, Path(folder))
    seconds = check_seconds + import_seconds
    return {
        "rows": rows,
        "registered_before": registered,
        "imported": Officer.system.count() - registered,
        "cpu_seconds": round(seconds, 2),
        "check_cpu_seconds": round(check_seconds, 2),
        "import_cpu_seconds": round(import_seconds, 2),
        "bare_cpu_seconds": round(bare_seconds, 2),
        "times_bare": round(seconds / bare_seconds, 1),
        "tables_cpu_seconds": round(again_seconds, 2),
        "times_tables": round(seconds / again_seconds, 1),
        "seconds": round(took, 1),
        "memory_mb": memory_mb,
        "longest_wait_of_check_ms": round(checked_ms),
        "longest_wait_ms": round(max(checked_ms, longest_ms.value)),
    }


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(measure_import(int(sys.argv[1]))), encoding="utf-8")
