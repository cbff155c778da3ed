"""Work that takes longer than a request: started in a request, done by a runner, followed by its owner.

A runner is a process beside the server, so that long work does not hold up the pages. It claims a job by one
conditional update, so two runners never do the same one; it gives signs of life while it works, and a job whose
runner has fallen silent is begun again. Source: ADR-0008.
"""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, OperationalError, close_old_connections
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.foundation.models import Job
from warrant.apps.foundation.pages import error_text
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict, NotFound, Unavailable, WarrantError

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3
SILENCE = timedelta(seconds=60)
HEARTBEAT_SECONDS = 5.0
POLL_SECONDS = 0.5
PROGRESS_SECONDS = 0.5
LEAVE_SECONDS = 1.5
KEPT_DAYS = 30

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_FAULT = N_("系统内部错误，已记录；请稍后重新发起，如仍出现请告知系统管理员")
_CRASHED = N_("执行过程三次中断，已停止；请告知系统管理员")
_BUSY = N_("所需的部件暂时不可用，已试三次；请稍后重新发起")


_at_work: set[int] = set()
"""Jobs that a thread of this process is doing at this moment: only these are kept alive by its signs of life."""


class JobCancelledError(Exception):
    """The person cancelled the job; whoever works on it leaves nothing half-done and lets this through."""


class JobInterruptedError(Exception):
    """The runner stops, or another runner has taken the job over; it is begun again from the beginning."""


JobFunction = Callable[["JobRun"], None]
"""Does one job. It may be begun again after a crash: it is all-or-nothing, or goes on where it stopped.

Named in ``settings.WARRANT_JOBS`` under the job's kind. Whatever :class:`WarrantError` it raises is told to the
person in its words; ``Unavailable`` is tried again.
"""


@dataclass
class JobRun:
    """One attempt at a job, as its function sees it."""

    job: Job
    stop: threading.Event = field(default_factory=threading.Event)
    result_url: str = ""
    result_text: str = ""
    _told_at: float = 0.0

    @property
    def parameters(self) -> dict[str, Any]:
        """What the job was started with."""
        return dict(self.job.parameters)

    @property
    def account_id(self) -> int:
        """Whose job it is."""
        return self.job.account_id

    @property
    def attempt(self) -> int:
        """1 for the first time, more after a crash."""
        return self.job.attempt

    def progress(self, done: int, total: int) -> None:
        """Say how far it is; call it between transactions, as often as you like (written twice a second).

        Raises:
            JobCancelledError: the person wants no more of it.
            JobInterruptedError: the runner is about to stop.
        """
        if self.stop.is_set():
            raise JobInterruptedError
        if self._told_at and time.monotonic() - self._told_at < PROGRESS_SECONDS and done != total:
            return
        now = clock.now()
        if not _mine(self.job).filter(cancel_asked_at=None).update(done=done, total=total, heartbeat_at=now):
            is_cancelled = _mine(self.job).exists()
            raise JobCancelledError if is_cancelled else JobInterruptedError
        self._told_at = time.monotonic()


def _mine(job: Job) -> QuerySet[Job]:
    """The job's row as long as this runner still is the one at it."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, runner=job.runner)


def start_job(actor: Actor, kind: str, parameters: Mapping[str, object], title: str, *, now: datetime) -> Job:
    """Queue a job for ``actor`` in the running transaction; ``title`` is shown as it stands.

    Raises:
        ValueError: nobody does this kind of job, or an ID number stands among the parameters or in the title:
            a fault in the program.
    """
    if kind not in settings.WARRANT_JOBS:
        raise ValueError(f"no function in WARRANT_JOBS does {kind}")
    if _ID_NUMBER.search(json.dumps([title, parameters], ensure_ascii=False)):
        raise ValueError("a job's parameters hold no ID number")
    return Job.objects.create(
        kind=kind,
        account_id=actor.account_id,
        account_name=actor.name,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=title,
        parameters=dict(parameters),
        created_at=now,
    )


def jobs_of(viewer: Actor) -> QuerySet[Job]:
    """Return the viewer's own jobs, newest first; nobody sees another's."""
    return Job.objects.filter(account_id=viewer.account_id).order_by("-pk")


def job_for(viewer: Actor, pk: int) -> Job:
    """Return one job of the viewer.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    job = jobs_of(viewer).filter(pk=pk).first()
    if job is None:
        raise NotFound("job-not-found", N_("没有这项后台任务，或者不是您发起的"))
    return job


def cancel_job(actor: Actor, pk: int, *, now: datetime) -> Job:
    """Cancel a job that waits; ask the runner of one that runs to leave off.

    Raises:
        NotFound: it is not the actor's.
        Conflict: it is over already.
    """
    job = job_for(actor, pk)
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
    if not (
        waiting.update(state=Job.State.CANCELLED, cancel_asked_at=now, finished_at=now, seen_at=now)
        or running.update(cancel_asked_at=now)
    ):
        raise Conflict("job-is-over", N_("这项任务已经结束，不能再取消"))
    job.refresh_from_db()
    return job


def note_seen(job: Job, *, now: datetime) -> None:
    """Remember that its owner has seen how the job ended."""
    if job.is_over and job.seen_at is None:
        Job.objects.filter(pk=job.pk).update(seen_at=now)


def _claim(runner: str) -> Job | None:
    """Take the oldest waiting job that this node knows how to do; exactly one runner gets it."""
    while True:
        job = (
            Job.objects.filter(state=Job.State.QUEUED, kind__in=list(settings.WARRANT_JOBS))
            .order_by("pk")
            .first()
        )
        if job is None:
            return None
        now = clock.now()
        taken = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
            state=Job.State.RUNNING,
            runner=runner,
            attempt=F("attempt") + 1,
            heartbeat_at=now,
            started_at=now,
            done=0,
            total=0,
        )
        if taken:
            job.refresh_from_db()
            return job


def _end(job: Job, state: Job.State, **columns: Any) -> None:
    now = clock.now()
    if not _mine(job).update(state=state, finished_at=now, **columns):
        log.warning("job-taken-over", job=job.pk, kind=job.kind)


def _hand_back(job: Job, *, counts: bool) -> None:
    _mine(job).update(state=Job.State.QUEUED, runner="", attempt=F("attempt") - (0 if counts else 1))


def _run(job: Job, stop: threading.Event) -> None:
    """Do one claimed job to its end, whatever that is."""
    run = JobRun(job, stop)
    try:
        function: JobFunction = import_string(settings.WARRANT_JOBS[job.kind])
        function(run)
    except JobCancelledError:
        _end(job, Job.State.CANCELLED, seen_at=clock.now())
    except JobInterruptedError:
        _hand_back(job, counts=False)
    except (Unavailable, OperationalError) as error:
        log.warning("job-could-not-work", job=job.pk, kind=job.kind, problem=str(error))
        if job.attempt < MOST_ATTEMPTS:
            _hand_back(job, counts=True)
        else:
            words = error_text(error) if isinstance(error, Unavailable) else _(_BUSY)
            _end(job, Job.State.FAILED, error=words[:500])
    except WarrantError as error:
        _end(job, Job.State.FAILED, error=error_text(error)[:500])
    except Exception:
        # Whatever went wrong in this job, the next one is done; the trace goes to the log, never to the person.
        log.exception("job-failed", job=job.pk, kind=job.kind)
        _end(job, Job.State.FAILED, error=_(_FAULT))
    else:
        _end(job, Job.State.DONE, result_url=run.result_url, result_text=run.result_text[:300])


def run_waiting_jobs(limit: int = 1000, *, runner: str = "", stop: threading.Event | None = None) -> int:
    """Do at most ``limit`` waiting jobs, oldest first, and return how many were begun."""
    runner = runner or uuid.uuid4().hex
    stop = stop or threading.Event()
    begun = 0
    while begun < limit and not stop.is_set():
        job = _claim(runner)
        if job is None:
            break
        begun += 1
        _at_work.add(job.pk)
        try:
            with translation.override(job.language):
                _run(job, stop)
        finally:
            _at_work.discard(job.pk)
    return begun


def requeue_silent_jobs(*, now: datetime) -> int:
    """Queue again what a dead runner left, at most ``MOST_ATTEMPTS`` times; return how many jobs it was."""
    found = 0
    for job in Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=now - SILENCE):
        still = _mine(job).filter(heartbeat_at=job.heartbeat_at)
        if job.cancel_asked_at is not None:
            found += still.update(state=Job.State.CANCELLED, finished_at=now, seen_at=now)
        elif job.attempt >= MOST_ATTEMPTS:
            with translation.override(job.language):
                found += still.update(state=Job.State.FAILED, finished_at=now, error=_(_CRASHED))
        else:
            found += still.update(state=Job.State.QUEUED, runner="")
    return found


def forget_old_jobs(*, now: datetime) -> None:
    """Delete the rows of jobs that ended ``KEPT_DAYS`` ago; what they did stays in the audit record."""
    Job.objects.filter(finished_at__lt=now - timedelta(days=KEPT_DAYS)).delete()


def give_sign_of_life(runners: list[str], *, now: datetime) -> None:
    """Say that the jobs are alive on which these runners are at work.

    A job whose end could not be written down, because the database was away at that moment, is not among them: it
    falls silent, and is begun again.
    """
    Job.objects.filter(pk__in=list(_at_work), state=Job.State.RUNNING, runner__in=runners).update(
        heartbeat_at=now
    )


def _give_signs_of_life(runners: list[str], stop: threading.Event) -> None:
    while not stop.wait(HEARTBEAT_SECONDS):
        close_old_connections()
        try:
            give_sign_of_life(runners, now=clock.now())
            requeue_silent_jobs(now=clock.now())
        except DatabaseError:
            log.exception(
                "heartbeat-failed"
            )  # the next one comes; the job lives as long as the silence is short
        close_old_connections()


def _work(runner: str, stop: threading.Event) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            begun = run_waiting_jobs(1, runner=runner, stop=stop)
        except DatabaseError:
            log.exception("runner-failed")
            begun = 0
        close_old_connections()
        if not begun:
            stop.wait(POLL_SECONDS)


def run_jobs(stop: threading.Event, lanes: int = 2) -> None:
    """Do jobs until ``stop`` is set: ``lanes`` at a time, so that a short one need not wait for a long one.

    Returns at the latest ``LEAVE_SECONDS`` after ``stop``; a job that did not hand itself back by then is found by
    its silence.
    """
    runners = [uuid.uuid4().hex for _lane in range(lanes)]
    threads = [
        threading.Thread(target=_work, args=(runner, stop), name=f"jobs-{runner[:4]}", daemon=True)
        for runner in runners
    ]
    threads.append(
        threading.Thread(target=_give_signs_of_life, args=(runners, stop), name="heartbeat", daemon=True)
    )
    for thread in threads:
        thread.start()
    stop.wait()
    deadline = time.monotonic() + LEAVE_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
