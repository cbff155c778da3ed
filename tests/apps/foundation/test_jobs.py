"""Background work: claimed once, followed, cancelled, begun again when its runner has died."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.support.at_once import at_once, shared_database

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for, actor_of_account
from warrant.apps.foundation import clock, jobs
from warrant.apps.foundation.models import Job
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted, Unavailable

pytestmark = pytest.mark.django_db

HERE = "tests.apps.foundation.test_jobs"
begun: list[int] = []


def count_to_three(run: jobs.JobRun) -> None:
    begun.append(run.job.pk)
    for step in (1, 2, 3):
        run.progress(step, 3)
    run.result_url, run.result_text = "/rosters/3/", "三步都走完了"


def refuse(run: jobs.JobRun) -> None:
    raise InvalidInput("too-many", "超过 %(most)s 行", most=5)


def break_down(run: jobs.JobRun) -> None:
    raise RuntimeError("secret detail")


def wait_for_the_vault(run: jobs.JobRun) -> None:
    raise Unavailable("vault-closed", "密钥库未打开")


def be_cancelled(run: jobs.JobRun) -> None:
    run.progress(1, 10)
    Job.objects.filter(pk=run.job.pk).update(cancel_asked_at=clock.now())
    run.progress(10, 10)
    raise AssertionError("went on after it was cancelled")


def be_interrupted(run: jobs.JobRun) -> None:
    run.stop.set()
    run.progress(1, 10)


def die(run: jobs.JobRun) -> None:
    raise SystemExit


@pytest.fixture(autouse=True)
def kinds(settings: Any) -> None:
    begun.clear()
    names = (
        "count_to_three",
        "refuse",
        "break_down",
        "wait_for_the_vault",
        "be_cancelled",
        "be_interrupted",
        "die",
    )
    settings.WARRANT_JOBS = {name: f"{HERE}.{name}" for name in names}


@pytest.fixture
def clerk(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    return actor("li", tree.kunshan, Role.REGISTRAR)


@pytest.fixture
def start(clerk: Actor, now: datetime) -> Callable[..., Job]:
    def begin(kind: str, **parameters: object) -> Job:
        return jobs.start_job(clerk, kind, parameters, "试做的任务", now=now)

    return begin


def after(job: Job) -> Job:
    job.refresh_from_db()
    return job


def test_a_job_is_done_and_shows_its_result(start: Callable[..., Job]) -> None:
    job = start("count_to_three")
    assert jobs.run_waiting_jobs() == 1
    assert (after(job).state, job.done, job.total, job.percent) == ("done", 3, 3, 100)
    assert (job.result_url, job.result_text, job.attempt) == ("/rosters/3/", "三步都走完了", 1)
    assert jobs.run_waiting_jobs() == 0


def test_a_refusal_is_told_in_its_own_words(start: Callable[..., Job]) -> None:
    job = start("refuse")
    jobs.run_waiting_jobs()
    assert (after(job).state, job.error) == ("failed", "超过 5 行")


def test_a_fault_is_told_without_its_trace(start: Callable[..., Job]) -> None:
    job = start("break_down")
    jobs.run_waiting_jobs()
    assert after(job).state == "failed"
    assert "secret" not in job.error
    assert "系统管理员" in job.error


def test_what_is_unavailable_is_tried_three_times(start: Callable[..., Job]) -> None:
    job = start("wait_for_the_vault")
    assert jobs.run_waiting_jobs() == 3
    assert (after(job).state, job.attempt, job.error) == ("failed", 3, "密钥库未打开")


def test_a_cancelled_job_stops_at_its_next_step(start: Callable[..., Job]) -> None:
    job = start("be_cancelled")
    jobs.run_waiting_jobs()
    assert after(job).state == "cancelled"


def test_a_job_that_waits_is_cancelled_at_once(
    start: Callable[..., Job], clerk: Actor, now: datetime
) -> None:
    job = start("count_to_three")
    jobs.cancel_job(clerk, job.pk, now=now)
    assert jobs.run_waiting_jobs() == 0
    assert after(job).state == "cancelled"
    with pytest.raises(Conflict):
        jobs.cancel_job(clerk, job.pk, now=now)


def test_a_runner_that_stops_hands_its_job_back(start: Callable[..., Job]) -> None:
    job = start("be_interrupted")
    jobs.run_waiting_jobs()
    assert (after(job).state, job.attempt, job.runner) == ("queued", 0, "")


def test_a_job_of_a_dead_runner_is_begun_again_and_given_up_after_three_times(
    start: Callable[..., Job],
) -> None:
    job = start("die")
    for attempt in (1, 2, 3):
        with pytest.raises(SystemExit):
            jobs.run_waiting_jobs()
        assert (after(job).state, job.attempt) == ("running", attempt)
        assert jobs.requeue_silent_jobs(now=clock.now()) == 0
        later = clock.now() + timedelta(seconds=61)
        assert jobs.requeue_silent_jobs(now=later) == 1
    assert after(job).state == "failed"
    assert "三次" in job.error


def test_a_cancelled_job_of_a_dead_runner_is_not_begun_again(
    start: Callable[..., Job], clerk: Actor, now: datetime
) -> None:
    job = start("die")
    with pytest.raises(SystemExit):
        jobs.run_waiting_jobs()
    jobs.cancel_job(clerk, job.pk, now=now)
    jobs.requeue_silent_jobs(now=clock.now() + timedelta(seconds=61))
    assert after(job).state == "cancelled"


def test_a_runner_that_was_thought_dead_does_not_overwrite_its_successor(start: Callable[..., Job]) -> None:
    job = start("count_to_three")
    late = jobs._claim("first")
    assert late is not None
    jobs.requeue_silent_jobs(now=clock.now() + timedelta(seconds=61))
    jobs.run_waiting_jobs(runner="second")
    with pytest.raises(jobs.JobInterruptedError):
        jobs.JobRun(late).progress(1, 3)
    jobs._end(late, Job.State.FAILED, error="too late")
    assert (after(job).state, job.error) == ("done", "")


def live_long(run: jobs.JobRun) -> None:
    jobs.give_sign_of_life([run.job.runner], now=clock.now() + timedelta(seconds=50))
    assert jobs.requeue_silent_jobs(now=clock.now() + timedelta(seconds=100)) == 0


def test_a_job_at_work_is_kept_alive_and_one_that_was_dropped_is_not(
    start: Callable[..., Job], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WARRANT_JOBS = {**settings.WARRANT_JOBS, "live_long": f"{HERE}.live_long"}
    job = start("live_long")
    monkeypatch.setattr(jobs, "_end", lambda *arguments, **columns: None)  # the end could not be written down
    jobs.run_waiting_jobs(runner="one")
    jobs.give_sign_of_life(["one"], now=clock.now() + timedelta(seconds=200))
    assert jobs.requeue_silent_jobs(now=clock.now() + timedelta(seconds=200)) == 1
    assert after(job).state == "queued"


def test_no_id_number_goes_into_a_job(start: Callable[..., Job]) -> None:
    with pytest.raises(ValueError, match="ID number"):
        start("count_to_three", who="32990119900501001X")
    start("count_to_three", digest="1" * 64)
    assert Job.objects.count() == 1


def test_nobody_sees_anothers_job(
    start: Callable[..., Job], actor: Callable[..., Actor], tree: SimpleNamespace
) -> None:
    job = start("count_to_three")
    other = actor("wang", tree.kunshan, Role.REGISTRAR)
    assert list(jobs.jobs_of(other)) == []
    with pytest.raises(NotFound):
        jobs.cancel_job(other, job.pk, now=clock.now())


def test_a_disabled_account_works_no_further(
    account_for: Callable[..., Account], tree: SimpleNamespace
) -> None:
    account = account_for("li", tree.kunshan, Role.REGISTRAR)
    assert actor_of_account(account.pk) == actor_for(account)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    with pytest.raises(NotPermitted):
        actor_of_account(account.pk)


def test_rows_of_old_jobs_go(start: Callable[..., Job], now: datetime) -> None:
    start("count_to_three")
    jobs.run_waiting_jobs()
    jobs.forget_old_jobs(now=clock.now() + timedelta(days=29))
    assert Job.objects.count() == 1
    jobs.forget_old_jobs(now=clock.now() + timedelta(days=31))
    assert Job.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_runners_never_do_the_same_job(start: Callable[..., Job], tmp_path: Path) -> None:
    with shared_database(tmp_path):
        for _count in range(12):
            start("count_to_three")
        at_once(*(jobs.run_waiting_jobs for _runner in range(3)))
        assert sorted(begun) == sorted(Job.objects.values_list("pk", flat=True))
        assert set(Job.objects.values_list("state", "attempt")) == {("done", 1)}


@pytest.fixture
def client(clerk: Actor, sign_in: Callable[[Account], Client]) -> Client:
    return sign_in(Account.objects.get(pk=clerk.account_id))


def test_the_page_asks_again_until_the_job_is_over(start: Callable[..., Job], client: Client) -> None:
    job = start("count_to_three")
    url = reverse("job-detail", args=[job.pk])
    waiting = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    assert "排队中" in waiting
    jobs.run_waiting_jobs()
    done = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in done
    assert 'href="/rosters/3/"' in done
    assert "三步都走完了" in done


def test_the_first_page_tells_of_a_job_until_its_end_was_seen(
    start: Callable[..., Job], client: Client
) -> None:
    job = start("refuse")
    jobs.run_waiting_jobs()
    assert "超过 5 行" in client.get("/").content.decode()
    client.get(reverse("job-detail", args=[job.pk]))
    assert "超过 5 行" not in client.get("/").content.decode()
    assert "超过 5 行" in client.get(reverse("job-list")).content.decode()


def test_a_person_cancels_the_own_job_on_its_page(start: Callable[..., Job], client: Client) -> None:
    job = start("count_to_three")
    answer = client.post(reverse("job-cancel", args=[job.pk]), follow=True)
    assert "任务已取消" in answer.content.decode()
    assert after(job).state == "cancelled"
    assert client.post(reverse("job-cancel", args=[job.pk])).status_code == 409


def test_pages_of_anothers_job_are_not_found(
    start: Callable[..., Job],
    account_for: Callable[..., Account],
    tree: SimpleNamespace,
    sign_in: Callable[[Account], Client],
) -> None:
    job = start("count_to_three")
    other = sign_in(account_for("wang", tree.jiangsu, Role.APPROVER))
    assert other.get(reverse("job-detail", args=[job.pk])).status_code == 404
    assert other.post(reverse("job-cancel", args=[job.pk])).status_code == 404
    assert job.title not in other.get(reverse("job-list")).content.decode()
