"""The clock of a case: due days by the rules of the day, stopped while returned, noted once, shown to everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.applications.conftest import STATEMENT, Case, say
from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Application, Stay
from warrant.apps.applications.selectors.timing import Course, course_of, due_of_case, time_lines
from warrant.apps.applications.selectors.watching import overdue_below, undecided_units
from warrant.apps.applications.selectors.work import work_queues
from warrant.apps.applications.services import pass_step, submit
from warrant.apps.applications.services.timing import note_due_days
from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation import clock
from warrant.apps.foundation.work import waiting
from warrant.core.access import Role
from warrant.core.lifecycle import ApplicationState

REASON = "培训证明缺少第三页"
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def at(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, 2, 0, tzinfo=UTC)


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], datetime]:
    """Set the clock of the pages to a moment."""

    def put(moment: datetime) -> datetime:
        monkeypatch.setattr(clock, "now", lambda: moment)
        monkeypatch.setattr(clock, "today", moment.date)
        return moment

    return put


@pytest.fixture
def reviewed(case: Case) -> Application:
    """A case that came to review on Monday 23 November 2026: due on the 30th, warned of from the 27th."""
    case.now = MONDAY
    return case.review()


def test_review_takes_five_working_days_from_the_day_after_the_submission(reviewed: Application) -> None:
    assert (reviewed.warn_on, reviewed.due_on) == (date(2026, 11, 27), date(2026, 11, 30))
    stay = Stay.objects.get(ended_at=None)
    assert (stay.state, stay.limit, stay.unit_id) == ("review", 5, reviewed.waiting_unit_id)
    assert len(stay.steps_digest) == len(stay.calendar_digest) == 64


@pytest.mark.parametrize(
    ("day", "word", "tone"),
    [
        (24, "还剩 4 个工作日", "waiting"),
        (27, "还剩 1 个工作日", "attention"),
        (30, "今天到期", "attention"),
    ],
)
def test_everybody_reads_what_is_left(
    reviewed: Application, on_day: Callable[[datetime], datetime], day: int, word: str, tone: str
) -> None:
    on_day(at(day))
    due = due_of_case(reviewed)
    assert (due.word, due.tone) == (word, tone)


def test_two_days_after_it_the_case_is_two_days_over(
    reviewed: Application, on_day: Callable[[datetime], datetime]
) -> None:
    on_day(at(2, 12))
    assert time_lines(reviewed)[1][0] == "已超期 2 个工作日（2026-11-30 到期）"


def test_the_next_step_gets_its_own_time(reviewed: Application, people: SimpleNamespace) -> None:
    passed = pass_step(people.reviewer, reviewed, now=at(25))
    assert passed.due_on == date(2026, 12, 2)
    first = Stay.objects.get(state="review")
    assert (first.ended_by, first.workdays) == ("pass-review", 2)


def test_a_return_stops_the_clock_and_leaves_what_was_not_used(
    reviewed: Application, people: SimpleNamespace, on_day: Callable[[datetime], datetime]
) -> None:
    returned = say(people.reviewer, reviewed.number, "return-for-correction", REASON, now=at(25))
    assert returned.due_on == date(2026, 12, 16)
    again = submit(people.registrar, reviewed.number, STATEMENT, now=at(4, 12))
    # Two of the five days were used: three are left after Friday 4 December.
    assert again.due_on == date(2026, 12, 9)
    on_day(at(7, 12))
    assert course_of(again) == Course(deciding=3, correcting=7, filing=0)


def test_who_returns_on_the_last_day_still_gets_two_days_to_look(
    reviewed: Application, people: SimpleNamespace
) -> None:
    say(people.reviewer, reviewed.number, "return-for-correction", REASON, now=at(30))
    assert submit(people.registrar, reviewed.number, STATEMENT, now=at(1, 12)).due_on == date(2026, 12, 3)


def test_a_step_that_passed_the_case_judges_the_corrected_one_in_full_time(
    reviewed: Application, people: SimpleNamespace
) -> None:
    pass_step(people.reviewer, reviewed, now=at(24))
    say(people.verifier, reviewed.number, "return-for-correction", REASON, now=at(25))
    assert submit(people.registrar, reviewed.number, STATEMENT, now=at(26)).due_on == date(2026, 12, 3)


def test_an_ended_case_has_no_due_day(reviewed: Application, people: SimpleNamespace) -> None:
    refused = say(people.reviewer, reviewed.number, "refuse", REASON, now=at(24))
    assert (refused.due_on, Stay.objects.filter(ended_at=None).count()) == (None, 0)


def _noted(action: str) -> int:
    return AuditRow.objects.filter(action=action).count()


def test_warning_and_overdue_are_noted_once_each(reviewed: Application) -> None:
    for day, warned, overdue in ((26, 0, 0), (27, 1, 0), (28, 1, 0)):
        note_due_days(now=at(day))
        assert (_noted("application.due-soon"), _noted("application.overdue")) == (warned, overdue), day
    for _again in range(2):
        note_due_days(now=at(1, 12))
    assert (_noted("application.due-soon"), _noted("application.overdue")) == (1, 1)
    assert Stay.objects.get().escalated_at == at(1, 12)


def test_the_unit_above_sees_what_is_overdue_below_and_nobody_beside(
    reviewed: Application,
    people: SimpleNamespace,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    on_day: Callable[[datetime], datetime],
) -> None:
    on_day(at(1, 12))
    supervisor = actor_for(account_for("supervisor", tree.kunshan, Role.SUPERVISOR))
    above = {people.verifier: 1, supervisor: 1, people.approver: 0, people.reviewer: 0}
    for viewer, count in above.items():
        rows = overdue_below(viewer)
        assert rows is not None
        assert rows.count() == count, viewer.name
    assert overdue_below(people.registrar) is None
    titles = [(item.title, item.due) for item in waiting(work_queues(people.verifier))]
    assert titles == [("督办超期的资格申请：" + reviewed.officer.name, "已超期 1 个工作日")]
    own = waiting(work_queues(people.reviewer))
    assert [(item.tone, item.due) for item in own] == [("broken", "已超期 1 个工作日")]


def test_nothing_is_overdue_on_the_due_day(
    reviewed: Application, people: SimpleNamespace, on_day: Callable[[datetime], datetime]
) -> None:
    on_day(at(30))
    rows = overdue_below(people.verifier)
    assert rows is not None
    assert not rows.exists()


def test_a_unit_without_a_decider_is_an_alarm_above_and_for_the_security_administrator(
    reviewed: Application,
    people: SimpleNamespace,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    settings: Any,
) -> None:
    review = ApplicationState.REVIEW

    def alarmed(viewer: Any) -> list[str]:
        rows = undecided_units(viewer, review)
        return [] if rows is None else [row.name for row in rows]

    assert alarmed(people.verifier) == []
    people.accounts.reviewer.is_active = False
    people.accounts.reviewer.save()
    assert alarmed(people.verifier) == []
    RoleAssignment.objects.filter(account=people.accounts.reviewer_b).update(withdrawn_at=MONDAY)
    assert alarmed(people.verifier) == [tree.kunshan.name]
    assert alarmed(people.approver) == []
    titles = [item.title for item in waiting(work_queues(people.verifier))]
    assert titles == [f"{tree.kunshan.name}没有审查员，申请无人办理"]
    settings.WARRANT_NODE = SimpleNamespace(code=tree.jiangsu.code)
    security = account_for("security", tree.jiangsu, Role.SECURITY_ADMINISTRATOR)
    assert alarmed(actor_for(security)) == [tree.kunshan.name]


def test_the_officer_reads_the_clock_on_the_own_case(
    reviewed: Application,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[..., Any],
    on_day: Callable[[datetime], datetime],
) -> None:
    on_day(MONDAY + timedelta(days=1))
    account = account_for("own", tree.kunshan_brigade, Role.OFFICER)
    Account.objects.filter(pk=account.pk).update(officer_uid=reviewed.officer.uid)
    page = sign_in(account).get(f"/applications/{reviewed.number}/").content.decode()
    assert "还剩 4 个工作日（2026-11-30 到期）" in page


def test_the_list_and_the_case_show_the_clock(
    reviewed: Application,
    people: SimpleNamespace,
    sign_in: Callable[..., Any],
    on_day: Callable[[datetime], datetime],
) -> None:
    on_day(at(1, 12))
    client = sign_in(people.accounts.verifier)
    for address in ("/applications/", f"/applications/{reviewed.number}/", "/"):
        assert "已超期 1 个工作日" in client.get(address).content.decode(), address
