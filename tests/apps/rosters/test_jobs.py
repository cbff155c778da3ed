"""Long rosters are worked on in the background: resumed after a crash, taken back when cancelled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.rosters.test_importing import HEADINGS, KUNSHAN
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.foundation.jobs import JobCancelledError, JobRun, run_waiting_jobs
from warrant.apps.foundation.models import Job
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors import officers_for_list
from warrant.apps.officers.services.writing import write_change
from warrant.apps.rosters.models import RosterImport
from warrant.apps.rosters.services import importing, preview_roster, start_check, start_import, start_undo
from warrant.apps.rosters.services.importing import begin_import, import_rows
from warrant.apps.rosters.services.jobs import run_roster_import, run_roster_undo
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict
from warrant.core.lifecycle import ChangeKind
from warrant.core.standards.id_number import check_character


def people(count: int) -> bytes:
    lines = [",".join(HEADINGS)]
    for number in range(count):
        body = f"3299011990{number % 9 + 1:02d}01{number:03d}"
        lines.append(f"单书白,{body}{check_character(body)},{KUNSHAN},公路路政,大学本科,公务员")
    return "\n".join(lines).encode()


@pytest.fixture
def account(tree: SimpleNamespace, account_for: Callable[..., Account]) -> Account:
    return account_for("registrar", tree.kunshan, Role.REGISTRAR)


@pytest.fixture
def registrar(account: Account) -> Actor:
    return actor_for(account)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"):
        monkeypatch.setattr(importing, name, 4)


@pytest.fixture
def previewed(vault: Any, registrar: Actor, today: date, now: datetime) -> RosterImport:
    return preview_roster(registrar, people(10), "花名册.csv", on=today, now=now)


def test_a_roster_goes_through_three_jobs(vault: Any, registrar: Actor, now: datetime) -> None:
    start_check(registrar, people(10), "花名册.csv", now=now)
    assert run_waiting_jobs() == 1
    roster = RosterImport.system.get()
    assert (roster.state, roster.good_count) == ("previewed", 10)
    job = start_import(registrar, roster.pk, now=now)
    run_waiting_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.DONE, 10, 10)
    assert job.result_url == f"/rosters/{roster.pk}/"
    assert officers_for_list(registrar).count() == 10
    start_undo(registrar, roster.pk, now=now)
    run_waiting_jobs()
    roster.refresh_from_db()
    assert (roster.state, officers_for_list(registrar).count()) == ("undone", 0)


def test_a_file_that_cannot_be_read_ends_its_job_in_words(
    vault: Any, registrar: Actor, now: datetime
) -> None:
    job = start_check(registrar, b"PK\x03\x04 broken", "a.xlsx", now=now)
    run_waiting_jobs()
    job.refresh_from_db()
    assert (job.state, job.error[:6]) == (Job.State.FAILED, "文件无法读取")
    assert RosterImport.system.get().state == "received"


def test_an_import_that_was_killed_goes_on_where_it_stopped(
    previewed: RosterImport, registrar: Actor, now: datetime
) -> None:
    begin_import(registrar, previewed.pk, now=now)
    seen: list[int] = []

    def die(done: int, _total: int) -> None:
        seen.append(done)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_rows(registrar, previewed.pk, now=now, progress=die)
    assert (Officer.system.count(), seen) == (8, [4, 8])
    roster = import_rows(registrar, previewed.pk, now=now)
    assert (roster.state, roster.imported_count) == ("imported", 10)
    assert Officer.system.count() == 10


def test_an_import_whose_job_gave_up_is_taken_up_again_but_not_twice_at_once(
    previewed: RosterImport, registrar: Actor, now: datetime
) -> None:
    job = start_import(registrar, previewed.pk, now=now)
    with pytest.raises(Conflict):
        start_import(registrar, previewed.pk, now=now)
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED)
    start_import(registrar, previewed.pk, now=now)
    run_waiting_jobs()
    previewed.refresh_from_db()
    assert (previewed.state, previewed.imported_count) == ("imported", 10)


def test_undoing_looks_at_everybody_in_the_background_and_says_who_is_in_the_way(
    previewed: RosterImport, registrar: Actor, now: datetime
) -> None:
    start_import(registrar, previewed.pk, now=now)
    run_waiting_jobs()
    changed = Officer.system.order_by("pk").first()
    assert changed is not None
    write_change(changed, {"position": "科长"}, ChangeKind.CHANGED, registrar, now=now)
    job = start_undo(registrar, previewed.pk, now=now)
    previewed.refresh_from_db()
    assert previewed.state == "undoing"
    run_waiting_jobs()
    job.refresh_from_db()
    previewed.refresh_from_db()
    assert (job.state, "1 人" in job.error, "单书白" in job.error) == (Job.State.FAILED, True, True)
    assert (previewed.state, officers_for_list(registrar).count()) == ("imported", 10)


@pytest.mark.parametrize(("after", "state"), [(10, "imported"), (20, "undoing")])
def test_undoing_is_given_up_as_long_as_nobody_is_out(
    previewed: RosterImport,
    registrar: Actor,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    after: int,
    state: str,
) -> None:
    start_import(registrar, previewed.pk, now=now)
    run_waiting_jobs()
    job = start_undo(registrar, previewed.pk, now=now)

    def cancelled(_self: JobRun, done: int, total: int) -> None:
        assert total == 20
        if done == after:
            raise JobCancelledError

    monkeypatch.setattr(JobRun, "progress", cancelled)
    with pytest.raises(JobCancelledError):
        run_roster_undo(JobRun(job))
    previewed.refresh_from_db()
    assert previewed.state == state


def test_a_cancelled_import_takes_back_what_it_entered(
    previewed: RosterImport, registrar: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start_import(registrar, previewed.pk, now=now)

    def cancelled(_self: JobRun, done: int, _total: int) -> None:
        if done == 8:
            raise JobCancelledError

    monkeypatch.setattr(JobRun, "progress", cancelled)
    with pytest.raises(JobCancelledError):
        run_roster_import(JobRun(job))
    previewed.refresh_from_db()
    assert (previewed.state, officers_for_list(registrar).count()) == ("previewed", 0)
    begin_import(registrar, previewed.pk, now=now)
    assert import_rows(registrar, previewed.pk, now=now).imported_count == 10
