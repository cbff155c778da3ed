"""Many cases at once: which are clean, which are not and why, one opinion for all, each by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.apps.applications.conftest import STATEMENT, Case, qualify, say
from tests.apps.training.people import make_officer
from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.selectors.batches import cases_waiting, first_numbers, sort_out
from warrant.apps.applications.services import batches, create_application, save_statement, submit
from warrant.apps.applications.services.batches import pass_together
from warrant.apps.applications.types import DECLARATIONS
from warrant.core.errors import InvalidInput

OPINION = "材料齐全，条件符合，同意。"
REASON = "培训证明缺少第三页"
QUEUE, TOGETHER = "/applications/waiting/", "/applications/waiting/together/"


@pytest.fixture
def submitted(case: Case, tree: SimpleNamespace) -> Callable[..., list[str]]:
    """Hand in cases of new qualified officers; returns their numbers."""

    def make(count: int) -> list[str]:
        numbers = []
        for index in range(count):
            officer = make_officer(tree.kunshan_brigade, f"陈予{'安宁和乐平'[index]}")
            qualify(officer, case.people.accounts.enterer)
            draft = create_application(case.people.registrar, officer.pk, ["08"], now=case.now)
            save_statement(case.people.registrar, draft.number, "", dict.fromkeys(DECLARATIONS, True))
            numbers.append(submit(case.people.registrar, draft.number, STATEMENT, now=case.now).number)
        return numbers

    return make


def reasons(case: Case, viewer: str, *numbers: str) -> list[tuple[str, ...]]:
    found = sort_out(getattr(case.people, viewer), numbers, case.now.date())
    return [one.reasons for one in sorted(found, key=lambda one: one.application.number)]


def states(*numbers: str) -> list[str]:
    return list(
        Application.system.filter(number__in=numbers).order_by("number").values_list("state", flat=True)
    )


def test_a_case_without_anything_against_it_is_clean(case: Case, submitted: Callable[..., list[str]]) -> None:
    assert reasons(case, "reviewer", *submitted(2)) == [(), ()]


def test_whatever_speaks_against_a_case_is_said(case: Case, submitted: Callable[..., list[str]]) -> None:
    untrained, late, returned, gone, _clean = numbers = submitted(5)
    Application.system.get(number=untrained).officer.trainings.all().delete()
    Application.system.filter(number=late).update(due_on=case.now.date() - timedelta(days=1))
    say(case.people.reviewer_b, returned, "return-for-correction", REASON, now=case.now)
    submit(case.people.registrar, returned, STATEMENT, now=case.now)
    say(case.people.reviewer_b, gone, "refuse", REASON, now=case.now)
    found = reasons(case, "reviewer", *numbers)
    assert any("已完成 0 学时" in words for words in found[0])
    assert found[1:] == [
        ("已超过办理期限",),
        ("第 2 轮办理：曾被退回或重新办理",),
        ("现为“未通过”，不等待办理",),
        (),
    ]


def test_a_case_of_another_unit_or_of_ones_own_making_is_not_clean(
    case: Case, submitted: Callable[..., list[str]]
) -> None:
    (number,) = submitted(1)
    assert reasons(case, "verifier", number) == [("本环节由其他单位办理",)]
    Application.system.filter(number=number).update(prepared_by=case.people.accounts.reviewer)
    assert reasons(case, "reviewer", number) == [("本申请由您填报，须由其他人员办理",)]


def test_one_opinion_passes_the_clean_ones_and_leaves_the_rest(
    case: Case, submitted: Callable[..., list[str]]
) -> None:
    first, untrained, last = numbers = submitted(3)
    Application.system.get(number=untrained).officer.trainings.all().delete()
    done = pass_together(case.people.reviewer, numbers, numbers, OPINION, now=case.now)
    assert [one.is_passed for one in done] == [True, False, True]
    assert states(*numbers) == ["verification", "review", "verification"]
    said = Opinion.objects.filter(action="pass-review").values_list("application__number", "reason")
    assert sorted(said) == [(first, OPINION), (last, OPINION)]


def test_nothing_is_passed_that_was_not_shown_as_clean(
    case: Case, submitted: Callable[..., list[str]]
) -> None:
    first, second = submitted(2)
    pass_together(case.people.reviewer, [first, second], [first], OPINION, now=case.now)
    assert states(first, second) == ["verification", "review"]


def test_an_end_in_the_middle_leaves_whole_cases_and_the_rest_can_be_taken_up(
    case: Case, submitted: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = submitted(3)
    decide, calls = batches.decide, []

    def killed(*arguments: Any, **more: Any) -> Application:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return decide(*arguments, **more)

    monkeypatch.setattr(batches, "decide", killed)
    with pytest.raises(KeyboardInterrupt):
        pass_together(case.people.reviewer, numbers, numbers, OPINION, now=case.now)
    assert states(*numbers) == ["verification", "review", "review"]
    done = pass_together(case.people.reviewer, numbers, numbers, OPINION, now=case.now)
    assert [one.is_passed for one in done] == [False, True, True]
    assert states(*numbers) == ["verification"] * 3
    assert Opinion.objects.filter(action="pass-review").count() == 3


@pytest.mark.parametrize("opinion", ["", "同意", "好" * 1001])
def test_the_opinion_must_say_something(
    case: Case, submitted: Callable[..., list[str]], opinion: str
) -> None:
    numbers = submitted(1)
    with pytest.raises(InvalidInput) as caught:
        pass_together(case.people.reviewer, numbers, numbers, opinion, now=case.now)
    assert caught.value.place == "reason"
    assert states(*numbers) == ["review"]


def test_sorting_asks_as_much_for_five_as_for_one(case: Case, submitted: Callable[..., list[str]]) -> None:
    numbers = submitted(5)
    counts = []
    reasons(case, "reviewer", numbers[0])
    for chosen in (numbers[:1], numbers):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            reasons(case, "reviewer", *chosen)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6


def test_the_queue_is_due_first_and_narrows_by_due_day(
    case: Case, submitted: Callable[..., list[str]]
) -> None:
    today = case.now.date()
    early, late, never = submitted(3)
    for number, due_on in ((early, today + timedelta(1)), (late, today - timedelta(1)), (never, None)):
        Application.system.filter(number=number).update(due_on=due_on, warn_on=due_on and today)
    waiting = cases_waiting(case.people.reviewer, today)
    assert first_numbers(waiting) == [late, early, never]
    for due, expected in (("overdue", [late]), ("near", [early])):
        assert first_numbers(cases_waiting(case.people.reviewer, today, due=due)) == expected
    assert first_numbers(cases_waiting(case.people.reviewer, today, text="陈予宁")) == [late]
    assert first_numbers(cases_waiting(case.people.verifier, today)) == []


def test_the_page_sorts_asks_and_tells_what_became_of_each(
    case: Case, submitted: Callable[..., list[str]], sign_in: Callable[[Account], Client]
) -> None:
    first, untrained = submitted(2)
    Application.system.get(number=untrained).officer.trainings.all().delete()
    browser = sign_in(case.people.accounts.reviewer)
    assert first in browser.get(QUEUE).content.decode()
    asked = browser.post(TOGETHER, {"which": "first"}).content.decode()
    assert f'name="clean" value="{first}"' in asked
    assert f'name="selected" value="{untrained}"' in asked
    assert "通过这 1 件" in asked
    form = {"confirmed": "1", "clean": first, "selected": untrained}
    again = browser.post(TOGETHER, {**form, "reason": "同意"})
    assert again.status_code == 400
    assert "请写明意见，至少 5 个字" in again.content.decode()
    done = browser.post(TOGETHER, {**form, "reason": OPINION}).content.decode()
    assert "已办理 1 件，1 件未办理" in done
    assert states(first, untrained) == ["verification", "review"]


def test_nothing_chosen_is_bad_input_and_whoever_decides_nowhere_is_kept_out(
    case: Case, sign_in: Callable[[Account], Client]
) -> None:
    assert sign_in(case.people.accounts.reviewer).post(TOGETHER, {"which": "chosen"}).status_code == 400
    registrar = sign_in(case.people.accounts.registrar)
    assert registrar.get(QUEUE).status_code == 403
    assert registrar.post(TOGETHER, {"which": "first"}).status_code == 403


def test_the_queue_asks_as_much_for_five_as_for_one(
    case: Case, submitted: Callable[..., list[str]], sign_in: Callable[[Account], Client]
) -> None:
    numbers = submitted(5)
    browser = sign_in(case.people.accounts.reviewer)
    browser.get(QUEUE)
    counts = []
    for address in (f"{QUEUE}?text={numbers[0]}", QUEUE):
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10
