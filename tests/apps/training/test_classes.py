"""Programmes, classes and lessons: what is refused, who joins, who was there, and how hours come onto records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from tests.apps.conftest import Enter
from tests.apps.training.classes import (
    FIRST,
    LAST,
    SHEET,
    class_plan,
    fill_class,
    handed_in,
    make_class,
    mark_all,
    programme_plan,
    session_plan,
)
from tests.apps.training.people import PDF
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.officers.models import Officer
from warrant.apps.training.models import TrainingAssignment, TrainingClass, TrainingHours
from warrant.apps.training.selectors import trainings_of
from warrant.apps.training.selectors.classes import finished_officers, usable_programmes, work_queues
from warrant.apps.training.selectors.typed import typed_officers
from warrant.apps.training.services import assign_training, follow_merge
from warrant.apps.training.services.closing import confirm_class, hand_in_class, return_class
from warrant.apps.training.services.enrolling import add_participants, mark_attendance, remove_participant
from warrant.apps.training.services.planning import (
    add_session,
    cancel_class,
    close_programme,
    make_programme,
    plan_class,
    remove_session,
)
from warrant.apps.training.types import Proof
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

WHY = "考勤表缺第二页"


@pytest.fixture
def people(tree: SimpleNamespace, actor: Callable[..., Actor]) -> SimpleNamespace:
    return SimpleNamespace(
        clerk=actor("clerk", tree.suzhou, Role.REGISTRAR),
        manager=actor("manager", tree.jiangsu, Role.TRAINING_MANAGER),
        county=actor("county", tree.kunshan, Role.REGISTRAR),
        stranger=actor("stranger", tree.nanjing, Role.REGISTRAR),
        verifier=actor("verifier", tree.suzhou, Role.VERIFIER),
    )


@pytest.fixture
def officers(enter: Enter) -> list[Officer]:
    return [enter("单书白"), enter("陆怀瑾"), enter("曾国安")]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": " 班 "}, "name"),
        ({"kind": "holiday"}, "kind"),
        ({"kind": "pre-job"}, "hours-basic-law"),
        ({"hours": {"practice": 0}}, "name"),
        ({"organiser": 0}, "organiser"),
    ],
)
def test_a_programme_that_will_not_do_is_refused_beside_its_field(
    people: SimpleNamespace, tree: SimpleNamespace, now: datetime, changes: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        make_programme(people.clerk, programme_plan(tree, **changes), now=now)
    assert raised.value.place == place


def test_a_name_is_free_again_once_its_programme_is_closed(
    people: SimpleNamespace, tree: SimpleNamespace, now: datetime
) -> None:
    programme = make_programme(people.clerk, programme_plan(tree), now=now)
    with pytest.raises(InvalidInput):
        make_programme(people.clerk, programme_plan(tree), now=now)
    close_programme(people.clerk, programme.pk, now=now)
    with pytest.raises(Conflict):
        close_programme(people.clerk, programme.pk, now=now)
    make_programme(people.clerk, programme_plan(tree), now=now)
    with pytest.raises(InvalidInput) as raised:
        plan_class(people.clerk, class_plan(tree, programme), now=now)
    assert raised.value.place == "programme"


def test_a_county_may_hold_what_its_city_drew_up_and_a_neighbour_may_not(
    people: SimpleNamespace, tree: SimpleNamespace, now: datetime
) -> None:
    programme = make_programme(people.clerk, programme_plan(tree), now=now)
    assert list(usable_programmes(people.county)) == [programme]
    assert list(usable_programmes(people.stranger)) == []
    with pytest.raises(NotFound):
        make_programme(people.stranger, programme_plan(tree), now=now)
    with pytest.raises(NotPermitted):
        make_programme(people.verifier, programme_plan(tree), now=now)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"starts_on": date(2030, 1, 1)}, "starts_on"),
        ({"ends_on": date(2026, 11, 9)}, "ends_on"),
        ({"ends_on": date(2027, 5, 9)}, "ends_on"),
        ({"capacity": 0}, "capacity"),
        ({"term": ""}, "term"),
        ({"venue": "x"}, "venue"),
        ({"teacher": ""}, "teacher"),
    ],
)
def test_a_class_that_will_not_do_is_refused_beside_its_field(
    people: SimpleNamespace, tree: SimpleNamespace, now: datetime, changes: dict[str, Any], place: str
) -> None:
    programme = make_programme(people.clerk, programme_plan(tree), now=now)
    with pytest.raises(InvalidInput) as raised:
        plan_class(people.clerk, class_plan(tree, programme, **changes), now=now)
    assert raised.value.place == place


def test_a_class_is_due_ten_working_days_after_its_last_day(
    people: SimpleNamespace, tree: SimpleNamespace, now: datetime
) -> None:
    made = make_class(people.clerk, tree, now)
    assert (made.hand_in_due_on, made.planned_hours) == (date(2026, 11, 25), 10)
    assert made.sessions.count() == 3


@pytest.mark.parametrize(
    ("plan", "place"),
    [
        (session_plan(date(2026, 11, 12), 8, "practice", 4), "held_on"),
        (session_plan(LAST, 9, "conduct", 2), "begins_at"),
        (session_plan(LAST, 14, "practice", 5), "hours"),
        (session_plan(LAST, 14, "basic-law", 2), "subject"),
    ],
)
def test_a_lesson_that_will_not_do_is_refused(
    people: SimpleNamespace, tree: SimpleNamespace, now: datetime, plan: Any, place: str
) -> None:
    made = make_class(people.clerk, tree, now)
    with pytest.raises(InvalidInput) as raised:
        add_session(people.clerk, made.pk, plan, now=now)
    assert raised.value.place == place


def test_people_join_until_the_class_is_full(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], enter: Enter, now: datetime
) -> None:
    made = make_class(people.clerk, tree, now)
    gone, far = enter("魏清和", state="left"), enter("沈知微", tree.nanjing)
    chosen = [officers[0], officers[0], gone, far, officers[1], officers[2], enter("顾庭芳")]
    done = add_participants(people.clerk, made.pk, chosen, now=now)
    assert [one.problem.code if one.problem else "" for one in done] == [
        "",
        "in-the-class",
        "officer-left",
        "not-found",
        "",
        "",
        "class-full",
    ]
    assert list(made.enrolments.values_list("number", flat=True).order_by("number")) == [1, 2, 3]


def test_a_pasted_list_names_people_by_number_or_name(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], enter: Enter, vault: object
) -> None:
    enter("曾国安", tree.suzhou_brigade, certificate_number="32000000018")
    enter("沈知微", tree.nanjing)
    lines = (
        "单书白",
        "曾国安",
        f"曾国安, {tree.kunshan_brigade.name}",
        "32000000018",
        "沈知微",
        "329901199005010013",
    )
    found = typed_officers(people.clerk, "\n\n".join(lines))
    assert [one.officer_pk is not None for one in found] == [True, False, True, True, False, False]
    assert [one.problem.code for one in found if one.problem] == ["several-found", "not-found", "not-found"]
    assert "329901199005010013" not in found[-1].shown
    for text in ("", "\n".join(["单书白"] * 201)):
        with pytest.raises(InvalidInput):
            typed_officers(people.clerk, text)


def test_blanks_and_full_width_signs_in_a_pasted_list_do_not_hide_people(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], enter: Enter, vault: object
) -> None:
    brigade = tree.kunshan_brigade.name
    enter("曾然", tree.kunshan_brigade, certificate_number="32000000018")
    enter("阿依·古丽", tree.kunshan_brigade)
    lines = (
        "曾\u3000然",
        "\u3000",
        f"曾 然，{brigade}",
        "３２００００００ ０１８",
        "阿依•古丽",
        "\ufeff曾然\u200b",
        "曾 人",
        f"曾然 {tree.nanjing.name}",
    )
    found = typed_officers(people.clerk, "\n".join(lines))
    assert [one.number for one in found if one.officer_pk] == [1, 3, 4, 5, 6]
    assert [one.number for one in found if one.problem] == [7, 8]


def test_attendance_is_marked_cell_by_cell_and_may_be_mended_until_it_is_handed_in(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    made = make_class(people.clerk, tree, now)
    fill_class(people.clerk, made, officers[:1], now=now)
    session, enrolment = made.sessions.earliest("held_on"), made.enrolments.get()
    mark_attendance(people.clerk, made.pk, {(session.pk, enrolment.pk): "late"}, now=now)
    assert enrolment.attendances.get(session=session).mark == "late"
    for cell, mark in (((session.pk, enrolment.pk), "asleep"), ((0, enrolment.pk), "present")):
        with pytest.raises(InvalidInput):
            mark_attendance(people.clerk, made.pk, {cell: mark}, now=now)
    with pytest.raises(Conflict):
        remove_session(people.clerk, made.pk, session.pk, now=now)
    with pytest.raises(Conflict):
        remove_participant(people.clerk, made.pk, enrolment.pk, now=now)
    with pytest.raises(Conflict):
        cancel_class(people.clerk, made.pk, "场地停用", now=now)


def test_nobody_marks_a_lesson_that_was_not_held(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    made = make_class(people.clerk, tree, now, starts_on=FIRST, ends_on=date(2026, 12, 1))
    add_session(people.clerk, made.pk, session_plan(date(2026, 12, 1), 8, "practice", 4), now=now)
    add_participants(people.clerk, made.pk, officers[:1], now=now)
    with pytest.raises(Conflict) as raised:
        mark_all(people.clerk, made, "present", now=now)
    assert raised.value.code == "not-held-yet"
    with pytest.raises(Conflict) as raised:
        hand_in_class(people.clerk, made.pk, SHEET, now=now)
    assert raised.value.code == "class-not-over"


def test_confirmed_hours_stand_on_the_record_by_subject(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    assign_training(people.clerk, officers, "执法实务提高班", date(2026, 12, 31), "", now=now)
    made = make_class(people.clerk, tree, now)
    fill_class(people.clerk, made, officers, now=now)
    first = made.sessions.earliest("held_on", "begins_at").pk
    one, two, three = made.enrolments.order_by("number").values_list("pk", flat=True)
    mark_attendance(people.clerk, made.pk, {(first, one): "late", (first, two): "absent"}, now=now)
    nothing = {(session, three): "excused" for session in made.sessions.values_list("pk", flat=True)}
    mark_attendance(people.clerk, made.pk, nothing, now=now)
    hand_in_class(people.clerk, made.pk, SHEET, now=now)
    assert not trainings_of(officers[0])
    confirm_class(people.manager, made.pk, now=now)
    assert [[row.hours for row in trainings_of(officer)] for officer in officers] == [[10], [6], []]
    row = trainings_of(officers[1])[0]
    assert (row.course, row.organiser, row.finished_on) == ("执法实务提高班", tree.suzhou.name, LAST)
    hours = TrainingHours.objects.filter(record=row).order_by("subject").values_list("subject", "hours")
    assert list(hours) == [("conduct", 2), ("practice", 4)]
    assert TrainingAssignment.objects.filter(done_by=None).count() == 1
    assert AuditRow.objects.filter(action="training.recorded").count() == 2
    assert list(finished_officers(people.clerk, made.pk)) == officers[:2]
    with pytest.raises(NotFound):
        finished_officers(people.stranger, made.pk)


def test_a_year_is_complete_once_its_hours_are_confirmed(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime, monkeypatch: Any
) -> None:
    module = "warrant.core.qualification.training.TrainingRules.hours_asked"
    monkeypatch.setattr(module, lambda self, year: 10)
    made = handed_in(people.clerk, tree, officers[:1], now)
    confirm_class(people.manager, made.pk, now=now)
    assert Officer.system.get(pk=officers[0].pk).trained_year == 2026


def test_whoever_handed_in_does_not_decide(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    made = handed_in(people.manager, tree, officers, now)
    with pytest.raises(NotPermitted) as raised:
        confirm_class(people.manager, made.pk, now=now)
    assert raised.value.code == "four-eyes"
    for other in (people.clerk, people.verifier):
        with pytest.raises(NotPermitted):
            confirm_class(other, made.pk, now=now)
        with pytest.raises(NotPermitted):
            return_class(other, made.pk, WHY, now=now)
    with pytest.raises(NotFound):
        confirm_class(people.stranger, made.pk, now=now)


def test_a_participant_neither_marks_nor_hands_in(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    made = make_class(people.clerk, tree, now)
    fill_class(people.clerk, made, officers, now=now)
    Account.objects.filter(pk=people.clerk.account_id).update(officer_uid=officers[0].uid)
    themselves = actor_for(Account.objects.get(pk=people.clerk.account_id))
    with pytest.raises(NotPermitted):
        mark_all(themselves, made, "present", now=now)
    with pytest.raises(NotPermitted):
        hand_in_class(themselves, made.pk, SHEET, now=now)


def test_a_returned_class_is_mended_and_handed_in_again(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    made = handed_in(people.clerk, tree, officers, now)
    with pytest.raises(Conflict):
        mark_all(people.clerk, made, "absent", now=now)
    with pytest.raises(InvalidInput):
        return_class(people.manager, made.pk, "缺", now=now)
    return_class(people.manager, made.pk, WHY, now=now)
    mark_all(people.clerk, made, "late", now=now)
    again = hand_in_class(people.clerk, made.pk, None, now=now)
    assert (again.state, again.reason) == ("handed-in", "")
    confirm_class(people.manager, made.pk, now=now)
    for act in (
        lambda: confirm_class(people.manager, made.pk, now=now),
        lambda: return_class(people.manager, made.pk, WHY, now=now),
        lambda: hand_in_class(people.clerk, made.pk, SHEET, now=now),
        lambda: mark_all(people.clerk, made, "present", now=now),
        lambda: add_session(people.clerk, made.pk, session_plan(LAST, 14, "conduct", 2), now=now),
        lambda: add_participants(people.clerk, made.pk, officers, now=now),
        lambda: cancel_class(people.clerk, made.pk, "场地停用", now=now),
    ):
        with pytest.raises(Conflict):
            act()


def test_what_is_handed_in_is_complete_and_proved(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    made = make_class(people.clerk, tree, now)
    with pytest.raises(Conflict) as raised:
        hand_in_class(people.clerk, made.pk, SHEET, now=now)
    assert raised.value.code == "class-empty"
    add_participants(people.clerk, made.pk, officers, now=now)
    with pytest.raises(Conflict) as raised:
        hand_in_class(people.clerk, made.pk, SHEET, now=now)
    assert (raised.value.code, raised.value.fields["count"]) == ("attendance-missing", 9)
    mark_all(people.clerk, made, "present", now=now)
    for proof in (None, Proof(b"no file", "a.pdf"), Proof(PDF[:40], "a.pdf")):
        with pytest.raises(InvalidInput) as refused:
            hand_in_class(people.clerk, made.pk, proof, now=now)
        assert refused.value.place == "proof"


def test_late_is_what_comes_after_the_last_day(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    made = make_class(people.clerk, tree, now)
    fill_class(people.clerk, made, officers, now=now)
    assert hand_in_class(people.clerk, made.pk, SHEET, now=now + timedelta(days=4)).is_late is True
    other = make_class(people.clerk, tree, now, term="第二期")
    fill_class(people.clerk, other, officers, now=now)
    assert hand_in_class(people.clerk, other.pk, SHEET, now=now).is_late is False


def test_a_course_that_stands_there_already_is_not_counted_twice(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    first = handed_in(people.clerk, tree, officers, now)
    second = make_class(people.clerk, tree, now, term="又一期")
    fill_class(people.clerk, second, officers[:1], now=now)
    hand_in_class(people.clerk, second.pk, SHEET, now=now)
    confirm_class(people.manager, first.pk, now=now)
    with pytest.raises(Conflict) as raised:
        confirm_class(people.manager, second.pk, now=now)
    assert raised.value.code == "course-known"
    assert TrainingClass.system.get(pk=second.pk).state == "handed-in"


def test_an_empty_class_is_cancelled_with_a_reason(
    people: SimpleNamespace, tree: SimpleNamespace, now: datetime
) -> None:
    made = make_class(people.clerk, tree, now)
    with pytest.raises(InvalidInput):
        cancel_class(people.clerk, made.pk, "停", now=now)
    assert cancel_class(people.clerk, made.pk, "场地停用，改期", now=now).state == "cancelled"


def test_classes_wait_for_who_can_act(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    def waiting() -> list[list[int]]:
        return [[queue.rows.count() for queue in work_queues(one)] for one in (people.clerk, people.manager)]

    made = make_class(people.clerk, tree, now)
    assert waiting() == [[1], [1, 0, 0]]
    fill_class(people.clerk, made, officers, now=now)
    hand_in_class(people.clerk, made.pk, SHEET, now=now)
    assert waiting() == [[0], [0, 1, 0]]
    confirm_class(people.manager, made.pk, now=now)
    assert waiting() == [[0], [0, 0, 0]]


def test_a_class_waits_from_the_day_after_it_however_early_it_was_planned(
    people: SimpleNamespace, tree: SimpleNamespace, now: datetime
) -> None:
    make_class(people.clerk, tree, now - timedelta(days=90))
    queue = work_queues(people.clerk)[0]
    found = queue.item(queue.rows.get()).waiting_since
    assert timezone.localtime(found).isoformat() == "2026-11-12T00:00:00+08:00"


def test_a_merger_takes_the_classes_along(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    made = make_class(people.clerk, tree, now)
    fill_class(people.clerk, made, officers[:2], now=now)
    other = make_class(people.clerk, tree, now, term="第二期")
    add_participants(people.clerk, other.pk, officers[1:2], now=now)
    follow_merge(officers[0], officers[1], actor=people.clerk, now=now)
    assert [one.officer_id for one in other.enrolments.all()] == [officers[0].pk]
    assert made.enrolments.count() == 2
