"""Undoing a whole import within 7 days: whom nothing was built on leaves the register, as if never entered."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from warrant.apps.audit.services import record
from warrant.apps.foundation.loading import loading_at_length, settle_log
from warrant.apps.officers.models import DuplicatePair, Officer
from warrant.apps.officers.selectors.uses import uses_of
from warrant.apps.officers.services.erasing import blank_records
from warrant.apps.officers.services.writing import write_changes
from warrant.apps.rosters.models import UNDOABLE_DAYS, RosterImport
from warrant.apps.rosters.services.checking import Progress, locked_roster, no_progress
from warrant.apps.rosters.services.erasing import erase_contents
from warrant.apps.rosters.services.pacing import Pace
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict
from warrant.core.lifecycle import ChangeKind
from warrant.core.lifecycle.officer import OfficerState

FIRST_CHUNK, SMALLEST_CHUNK, LARGEST_CHUNK = 40, 20, 300
"""Officers in one transaction."""

ASKED_AT_ONCE = 500
MOST_NAMED = 5
State = RosterImport.State


def undo_roster(actor: Actor, pk: int, *, now: datetime) -> RosterImport:
    """Undo a whole import and come back when it is done; a long one is a job's work.

    Raises:
        Conflict: too late, or something was built on one of the officers: then nothing changes.
    """
    begin_undo(actor, pk, now=now)
    return undo_rows(actor, pk, now=now)


@transaction.atomic
def begin_undo(actor: Actor, pk: int, *, now: datetime) -> RosterImport:
    """Claim an imported roster for undoing; whether something was built on it is looked at by :func:`undo_rows`.

    Raises:
        Conflict: it is no imported roster, or more than 7 days have passed.
    """
    roster = locked_roster(actor, pk, State.IMPORTED)
    if not roster.is_undoable(now):
        raise Conflict(
            "too-late-to-undo",
            N_("导入已超过 %(days)s 天，不能整份撤销；请逐人办理删除"),
            days=UNDOABLE_DAYS,
        )
    roster.state = State.UNDOING
    roster.save(update_fields=["state"])
    return roster


@transaction.atomic
def give_up_undo(actor: Actor, pk: int) -> bool:
    """Count a roster that is being undone as imported again, unless somebody was taken out already; say whether."""
    roster = locked_roster(actor, pk, *State)
    if roster.state != State.UNDOING or _has_begun(roster):
        return False
    roster.state = State.IMPORTED
    roster.save(update_fields=["state"])
    return True


def _has_begun(roster: RosterImport) -> bool:
    """Say whether somebody was taken out already: then there is no way back."""
    return roster.rows.exclude(officer=None).count() < roster.imported_count


def _look_at_everybody(actor: Actor, roster: RosterImport, progress: Progress) -> None:
    """Look whether anything was built on anybody, a few at a time; nobody is locked.

    Raises:
        Conflict: on somebody it was; the roster counts as imported again.
    """
    names: list[str] = []
    count = looked = last = 0
    while True:
        waiting = roster.rows.exclude(officer=None).filter(pk__gt=last).order_by("id")
        rows = list(waiting.values_list("pk", "officer_id")[:ASKED_AT_ONCE])
        if not rows:
            break
        built_on = _built_on([officer_id for _, officer_id in rows])
        count += len(built_on)
        names += list(built_on.values())[: MOST_NAMED - len(names)]
        looked, last = looked + len(rows), rows[-1][0]
        progress(min(looked, roster.imported_count), 2 * roster.imported_count)
    if count:
        give_up_undo(actor, roster.pk)
        raise Conflict(
            "built-on-import",
            N_("不能整份撤销：其中 %(count)s 人在导入后已有变更或业务办理（%(names)s）；请逐人核对处理"),
            count=count,
            names="、".join(names),
        )


def _built_on(pks: Collection[int]) -> dict[int, str]:
    """Return by primary key the names of officers on whom something was built since they were imported."""
    uses = uses_of(pks)
    officers = Officer.system.filter(pk__in=pks).values_list("pk", "name", "revision", "state")
    return {
        pk: name
        for pk, name, revision, state in officers
        if revision > 1 or pk in uses or state != OfficerState.ACTIVE.value
    }


def undo_rows(
    actor: Actor, pk: int, *, now: datetime, progress: Progress = no_progress, pause: float = 0.0
) -> RosterImport:
    """Look at everybody of a roster that is being undone, then take them out; goes on where a crash stopped it.

    Whoever was changed since the look stays, and is counted as still imported.

    Raises:
        Conflict: something was built on one of the officers: then nothing changes.
    """
    with transaction.atomic():
        roster = locked_roster(actor, pk, State.UNDOING)
    total = 2 * roster.imported_count  # looked at, then taken out
    if not _has_begun(roster):
        _look_at_everybody(actor, roster, progress)
    done = roster.imported_count
    with loading_at_length():
        for count in _taken_out(actor, roster, now=now):
            done += count
            progress(min(done, total), total)
            time.sleep(pause)
    finished = _finish(actor, pk, now=now)
    erase_contents(pk, now=now)
    return finished


def undo_what_was_imported(actor: Actor, roster: RosterImport, *, now: datetime, pause: float = 0.0) -> None:
    """Take out whoever a cancelled import had entered already; the roster can be imported again."""
    with loading_at_length():
        for _count in _taken_out(actor, roster, now=now):
            time.sleep(pause)


def _taken_out(actor: Actor, roster: RosterImport, *, now: datetime) -> Iterator[int]:
    """Take out everybody on whom nothing is built; yields after each transaction how many were looked at."""
    pace = Pace(FIRST_CHUNK, SMALLEST_CHUNK, LARGEST_CHUNK)
    last = 0
    while True:
        with transaction.atomic():
            begun = time.perf_counter()
            count, last = _undo_chunk(actor, roster, last, pace.size, now=now)
        pace.fit(time.perf_counter() - begun)
        settle_log()
        if not count:
            return
        yield count


def _undo_chunk(
    actor: Actor, roster: RosterImport, last: int, size: int, *, now: datetime
) -> tuple[int, int]:
    waiting = roster.rows.exclude(officer=None).filter(pk__gt=last).order_by("id")
    rows = list(waiting.values_list("pk", "officer_id")[:size])
    if not rows:
        return 0, last
    pks = [officer_id for _, officer_id in rows]
    locked = list(Officer.system.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
    kept = _built_on(pks)
    gone = [officer for officer in locked if officer.pk not in kept]
    # The ID number is free for whoever is registered next; a tombstone without a name is left of the officer.
    write_changes(
        [
            (
                officer,
                {
                    "state": OfficerState.DELETED.value,
                    "id_number_index": secrets.token_bytes(16),
                    "id_tail_index": b"",
                },
            )
            for officer in gone
        ],
        ChangeKind.DELETED,
        actor,
        now=now,
        reason=f"撤销花名册导入（{roster.document.file_name}）"[:300],
    )
    left = {officer.pk for officer in gone}
    blank_records(left, now=now)
    DuplicatePair.objects.filter(Q(first_id__in=left) | Q(second_id__in=left)).delete()
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE roster_row SET officer_id = NULL WHERE id = %s",
            [(row_pk,) for row_pk, officer_id in rows if officer_id in left],
        )
    return len(rows), rows[-1][0]


@transaction.atomic
def _finish(actor: Actor, pk: int, *, now: datetime) -> RosterImport:
    roster = locked_roster(actor, pk, State.UNDOING)
    before = roster.imported_count
    roster.imported_count = roster.rows.exclude(officer=None).count()
    roster.state = State.UNDONE
    roster.undone_at = now
    roster.save(update_fields=["state", "undone_at", "imported_count"])
    record(
        actor,
        "roster.undone",
        f"roster:{roster.pk}",
        f"撤销 {before - roster.imported_count} 人，保留 {roster.imported_count} 人",
        now=now,
    )
    return roster
