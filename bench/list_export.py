"""A list of many rows taken along as a workbook, against the bare reading and writing of the same columns.

The floor is one raw statement over the same columns whose values go into the same library as they come: no words, no
order, no formats, no dates, no seal, no scope read again, no progress, no ledger. The writer alone is the floor
without the reading.

``python -m bench.list_export LISTING OUTPUT`` runs as the ministry node, where LISTING is what stands behind the ``?``
of the list's address, and writes the figures as JSON.
"""

from __future__ import annotations

import gc
import json
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from warrant.nodes.start import prepare_django

prepare_django()

import psycopg
import rustpy_xlsxwriter as workbook
from django.conf import settings
from django.db import connection
from django.http import QueryDict

from bench.cases import EXPORTER
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.exports.models import ExportFile
from warrant.apps.exports.services import export_list
from warrant.apps.exports.types import ExportRequest, IdNumbers, Parameters
from warrant.apps.foundation import clock, jobs
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.listing import COLUMNS, DEFAULT_COLUMNS, listing_from, matching


def _spent(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def _bare_rows(listing: str) -> list[tuple[Any, ...]]:
    """Read the columns of the list with one statement through a bare connection, nothing converted."""
    actor = actor_for(Account.objects.get(username=EXPORTER))
    names = [COLUMNS[key].fields[0].replace("agency_name", "agency__name") for key in DEFAULT_COLUMNS]
    asked = listing_from(QueryDict(listing))
    statement, values = matching(actor, asked).values_list(*names).query.sql_with_params()
    if connection.vendor == "sqlite":
        with sqlite3.connect(settings.DATABASES["default"]["NAME"]) as bare:
            return bare.execute(statement.replace("%s", "?"), values).fetchall()
    with psycopg.connect(settings.WARRANT_NODE.database_url) as bare_connection:
        return bare_connection.execute(statement.encode(), values).fetchall()


def _bare_writing(rows: list[tuple[Any, ...]]) -> int:
    """Write the rows as they came, with the same library."""

    def records() -> Iterator[dict[str, Any]]:
        for row in rows:
            yield dict(zip(DEFAULT_COLUMNS, row, strict=True))

    target = BytesIO()
    workbook.write_worksheet(records(), target)
    return len(target.getvalue())


def _bare_export(listing: str) -> tuple[float, float]:
    """Return the CPU seconds of writing and of reading."""
    read_seconds, rows = _spent(lambda: _bare_rows(listing))
    write_seconds, _size = _spent(lambda: _bare_writing(rows))
    return write_seconds, read_seconds


def _export(parameters: Parameters, id_numbers: IdNumbers) -> ExportFile:
    """Make the file as a person's request does: asked for, then made by the job runner, sealed and audited."""
    actor = actor_for(Account.objects.get(username=EXPORTER))
    wanted = ExportRequest("xlsx", DEFAULT_COLUMNS, "核对名册", id_numbers)
    made = export_list(actor, "officers", parameters, wanted, now=clock.now())
    if isinstance(made, ExportFile):
        return made
    jobs.run_waiting_jobs()
    return ExportFile.objects.get(job_id=made.pk)


def measure_export(listing: str) -> dict[str, float]:
    """Return CPU seconds of the export, of the same with masked ID numbers, of the floor, and of the writer alone."""
    _export(
        {"pk": [str(Officer.system.order_by("pk").values_list("pk", flat=True)[0])]}, IdNumbers.MASKED
    )  # warms
    gc.collect()
    gc.freeze()  # as the job runner does
    everybody = {"all": ["1"], "listing": [listing]}
    write_seconds, read_seconds = _bare_export(listing)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, made = _spent(lambda: _export(everybody, IdNumbers.NONE))
    masked_seconds, _masked = _spent(lambda: _export(everybody, IdNumbers.MASKED))
    bare_seconds = read_seconds + write_seconds
    return {
        "rows": made.row_count,
        "cpu_seconds": round(seconds, 2),
        "masked_cpu_seconds": round(masked_seconds, 2),
        "bare_cpu_seconds": round(bare_seconds, 2),
        "writer_cpu_seconds": round(write_seconds, 2),
        "times_bare": round(seconds / bare_seconds, 2),
        "times_writer": round(seconds / write_seconds, 2),
        "more_memory_mb": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024),
    }


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(measure_export(sys.argv[1])), encoding="utf-8")
