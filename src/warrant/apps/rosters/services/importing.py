"""Taking in the good rows of a checked roster, chunk by chunk, so that nobody else waits; resumable after a crash.

Each chunk is one transaction: officers, their versions, search tokens, everybody who follows the register, and the
roster rows that now name their officer. A row that names one is done; whatever stops the work, it goes on with the
rest. People are taken in the order of their names, because most indexes are in that order too: neighbours touch the
same pages. Source: ADR-0009.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db import connection, transaction

from warrant.apps.audit.services import record
from warrant.apps.foundation.loading import loading_at_length, settle_log
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.agencies import AgencyDesk
from warrant.apps.officers.selectors.sealing import field_key
from warrant.apps.officers.services.entering import OfficerMaker
from warrant.apps.officers.services.pairs import look_for_pairs
from warrant.apps.officers.services.spelling import sort_key
from warrant.apps.officers.services.writing import Newcomers, write_newcomers
from warrant.apps.rosters.models import RosterImport, RosterRow
from warrant.apps.rosters.selectors.kept import entry_again, finding_again
from warrant.apps.rosters.selectors.sealing import open_row
from warrant.apps.rosters.services.checking import Progress, locked_roster, no_progress, sealed_row
from warrant.apps.rosters.services.judging import Judge
from warrant.apps.rosters.services.pacing import Pace
from warrant.apps.rosters.services.resembling import resembles_somebody
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict
from warrant.core.lifecycle import ChangeKind
from warrant.core.roster.checking import RosterRow as CheckedRow

SHELF = 20_000
"""Rows opened and put in order at once: 40 MB."""

FIRST_CHUNK = 100
SMALLEST_CHUNK = 40
LARGEST_CHUNK = 600
"""Officers in one transaction."""

MOST_NAMED = 1000
"""Officers whose uid the audit entry lists; of more it keeps the digest."""

State = RosterImport.State


def import_roster(actor: Actor, pk: int, *, now: datetime) -> RosterImport:
    """Take in the good rows of a previewed roster and come back when it is done; a long one is a job's work.

    Raises:
        Conflict: it was imported or discarded already.
    """
    begin_import(actor, pk, now=now)
    return import_rows(actor, pk, now=now)


@transaction.atomic
def begin_import(actor: Actor, pk: int, *, now: datetime) -> RosterImport:
    """Claim a previewed roster for the import, so that it is imported once.

    Raises:
        Conflict: it was imported or discarded already.
    """
    roster = locked_roster(actor, pk, State.PREVIEWED)
    roster.state = State.IMPORTING
    roster.imported_at = now
    roster.save(update_fields=["state", "imported_at"])
    return roster


def import_rows(
    actor: Actor, pk: int, *, now: datetime, progress: Progress = no_progress, pause: float = 0.0
) -> RosterImport:
    """Take in what is left of a roster that is being imported.

    What changed since the preview is judged again: a row whose person was registered in the meantime, or whose unit
    is no longer in reach, becomes an error row and stays out.

    Raises:
        Conflict: it is not being imported.
    """
    with transaction.atomic():
        roster = locked_roster(actor, pk, State.IMPORTING)
    work = _Import(actor, roster, now)
    done = roster.rows.exclude(officer=None).count()
    total = roster.good_count
    with loading_at_length():
        while True:
            try:
                count = work.take_some()
            except Conflict as error:
                if error.code != "registered-meanwhile":
                    raise
                continue  # somebody registered one of them between our look and our write; the next look sees it
            if not count:
                break
            done += count
            settle_log()
            progress(min(done, total), total)
            time.sleep(pause)
    return _finish(actor, pk, now=now)


class Waiting(NamedTuple):
    """A roster row that is to become an officer."""

    pk: int
    sheet: str
    row: int
    content_sealed: bytes


class _Import:
    """One attempt at the import of one roster."""

    def __init__(self, actor: Actor, roster: RosterImport, now: datetime) -> None:
        self._actor = actor
        self._roster = roster
        self._now = now
        self._desk = AgencyDesk(actor, Permission.ROSTER_IMPORT, roster.checked_on)
        self._judge = Judge(self._desk)
        self._maker = OfficerMaker(actor, now=now)
        self._last = 0
        self._shelf: deque[tuple[Waiting, CheckedRow]] = deque()
        self._pace = Pace(FIRST_CHUNK, SMALLEST_CHUNK, LARGEST_CHUNK)

    def _fill_shelf(self) -> None:
        """Open the next rows and put them in the order of the names."""
        waiting = self._roster.rows.filter(has_error=False, officer=None, pk__gt=self._last)
        columns = ("pk", "sheet", "row", "content_sealed")
        rows = [Waiting(*found) for found in waiting.order_by("id").values_list(*columns)[:SHELF]]
        if rows:
            self._last = rows[-1].pk
        opened = zip(rows, _opened(self._roster.pk, rows), strict=True)
        self._shelf.extend(sorted(opened, key=lambda each: sort_key(each[1].entry.name)))

    def take_some(self) -> int:
        """Take in the next rows; returns how many were looked at.

        Opening, judging and sealing come before the transaction, so that others wait for the writing only.

        Raises:
            Conflict: somebody registered one of them in between, or another worker is at this roster.
        """
        if not self._shelf:
            self._fill_shelf()
        chosen = list(islice(self._shelf, self._pace.size))
        if not chosen:
            return 0
        rows = [row for row, _opened_row in chosen]
        judged = self._judge.judged([opened for _row, opened in chosen])
        officers: list[Officer] = []
        doubtful: list[Officer] = []
        taken: list[Waiting] = []
        kept_out: list[tuple[Waiting, CheckedRow]] = []
        for row, checked in zip(rows, judged, strict=True):
            if checked.is_accepted:
                unit = self._desk.unit(checked.entry.agency_key)
                officers.append(self._maker.officer(checked.entry, unit))
                if resembles_somebody(checked):
                    doubtful.append(officers[-1])
                taken.append(row)
            else:
                kept_out.append((row, checked))
        newcomers = Newcomers(officers, ChangeKind.IMPORTED, self._actor, now=self._now)
        with transaction.atomic():
            begun = time.perf_counter()
            locked_roster(self._actor, self._roster.pk, State.IMPORTING)
            still = RosterRow.objects.filter(pk__in=[row.pk for row in rows], officer=None, has_error=False)
            if still.count() != len(rows):
                raise Conflict("roster-done", N_("这份花名册已经办理到下一步，不能重复办理；请刷新页面查看"))
            for row, checked in kept_out:
                _keep_out(self._roster.pk, row, checked)
            if officers:
                _name_officers(taken, write_newcomers(newcomers, now=self._now))
                for officer in doubtful:
                    look_for_pairs(officer, now=self._now)
        self._pace.fit(time.perf_counter() - begun)
        for _row in rows:
            self._shelf.popleft()
        return len(rows)


def _opened(roster_id: int, rows: Sequence[Waiting]) -> list[CheckedRow]:
    key = field_key()
    opened = []
    for row in rows:
        content = open_row(key, roster_id, row.sheet, row.row, bytes(row.content_sealed))
        findings = tuple(finding_again(row.sheet, row.row, stored) for stored in content["findings"])
        opened.append(CheckedRow(row.sheet, row.row, entry_again(content["entry"]), findings))
    return opened


def _keep_out(roster_id: int, row: Waiting, checked: CheckedRow) -> None:
    sealed, has_error, _warning, _fix, codes = sealed_row(field_key(), roster_id, checked)
    RosterRow.objects.filter(pk=row.pk).update(content_sealed=sealed, has_error=has_error, codes=codes)


def _name_officers(rows: Sequence[Waiting], officers: Sequence[Officer]) -> None:
    """Write beside each row who it became: one prepared statement for all of them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE roster_row SET officer_id = %s WHERE id = %s",
            [(officer.pk, row.pk) for row, officer in zip(rows, officers, strict=True)],
        )


def _finish(actor: Actor, pk: int, *, now: datetime) -> RosterImport:
    taken = RosterRow.objects.filter(roster_id=pk).exclude(officer=None)
    uids = [str(uid) for uid in taken.order_by("id").values_list("officer__uid", flat=True)]
    digest = hashlib.sha256("\n".join(uids).encode()).hexdigest()
    return _finish_locked(actor, pk, uids, digest, now=now)


@transaction.atomic
def _finish_locked(actor: Actor, pk: int, uids: list[str], digest: str, *, now: datetime) -> RosterImport:
    roster = locked_roster(actor, pk, State.IMPORTING)
    roster.state = State.IMPORTED
    roster.imported_count = roster.good_count = len(uids)
    roster.error_count = roster.row_count - roster.imported_count
    roster.save(update_fields=["state", "imported_count", "good_count", "error_count"])
    record(
        actor,
        "roster.imported",
        f"roster:{roster.pk}",
        f"导入 {roster.imported_count} 人，未导入 {roster.error_count} 行",
        now=now,
        detail={"officers": uids} if len(uids) <= MOST_NAMED else {"count": len(uids), "sha256": digest},
    )
    return roster
