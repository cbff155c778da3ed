"""Units below enrol their own people in a class of a unit above: in time, while there are places, and only their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.apps.conftest import Enter
from tests.apps.training.classes import FIRST, LAST, make_class, mark_all
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.officers.models import Officer
from warrant.apps.training.models import Enrolment, TrainingClass
from warrant.apps.training.selectors.classes import class_for, classes_for, enrolments_of, open_classes
from warrant.apps.training.services.enrolling import add_participants, remove_participant
from warrant.apps.training.services.planning import set_places
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

BEFORE = datetime.fromisoformat("2026-11-03T09:00:00+08:00")
LAST_DAY = date(2026, 11, 6)


@pytest.fixture
def accounts(tree: SimpleNamespace, account_for: Callable[..., Account]) -> SimpleNamespace:
    return SimpleNamespace(
        city=account_for("city", tree.suzhou, Role.REGISTRAR),
        county=account_for("county", tree.kunshan, Role.REGISTRAR),
        reviewer=account_for("reviewer", tree.kunshan, Role.REVIEWER),
        brigade=account_for("brigade", tree.suzhou_brigade, Role.REGISTRAR),
        stranger=account_for("stranger", tree.nanjing, Role.REGISTRAR),
        other=account_for("other", tree.pudong, Role.REGISTRAR),
    )


@pytest.fixture
def people(accounts: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(**{name: actor_for(account) for name, account in vars(accounts).items()})


@pytest.fixture
def officers(enter: Enter, tree: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(
        own=enter("单书白"),
        second=enter("陆怀瑾"),
        of_brigade=enter("曾国安", tree.suzhou_brigade),
        far=enter("沈知微", tree.nanjing),
    )


@pytest.fixture
def open_class(people: SimpleNamespace, tree: SimpleNamespace) -> TrainingClass:
    """A class of the city for two people, 10 and 11 November; units below enrol until the 6th."""
    return make_class(people.city, tree, BEFORE, capacity=2, enrol_until=LAST_DAY)


def join(actor: Actor, made: TrainingClass, *officers: Officer, now: datetime = BEFORE) -> list[str]:
    done = add_participants(actor, made.pk, officers, now=now)
    return [one.problem.code if one.problem else "" for one in done]


def test_a_class_of_the_unit_above_is_seen_from_below_and_by_nobody_else(
    people: SimpleNamespace, open_class: TrainingClass
) -> None:
    for who in (people.city, people.county, people.reviewer, people.brigade):
        assert class_for(who, open_class.pk) == open_class
        assert list(classes_for(who)) == [open_class]
    for who in (people.stranger, people.other):
        with pytest.raises(NotFound):
            class_for(who, open_class.pk)
        assert not classes_for(who).exists()


def test_each_unit_enrols_and_sees_its_own_people_and_the_organiser_sees_all(
    people: SimpleNamespace, officers: SimpleNamespace, open_class: TrainingClass
) -> None:
    assert join(people.county, open_class, officers.own, officers.of_brigade, officers.far) == [
        "",
        "not-found",
        "not-found",
    ]
    assert join(people.brigade, open_class, officers.of_brigade) == [""]
    shown = {
        name: [one.officer.name for one in enrolments_of(open_class, getattr(people, name))]
        for name in ("county", "reviewer", "brigade", "city")
    }
    assert shown == {
        "county": ["单书白"],
        "reviewer": ["单书白"],
        "brigade": ["曾国安"],
        "city": ["单书白", "曾国安"],
    }
    assert [one.enrolled_by_name for one in enrolments_of(open_class)] == ["county", "brigade"]


def test_who_has_no_right_or_no_reach_enrols_nobody(
    people: SimpleNamespace, officers: SimpleNamespace, open_class: TrainingClass
) -> None:
    for who in (people.stranger, people.other, people.reviewer):
        with pytest.raises((NotFound, NotPermitted)):
            join(who, open_class, officers.own)
    assert not Enrolment.objects.exists()


def test_no_more_people_join_than_there_are_places(
    people: SimpleNamespace, officers: SimpleNamespace, open_class: TrainingClass
) -> None:
    assert join(people.brigade, open_class, officers.of_brigade) == [""]
    assert join(people.county, open_class, officers.own, officers.second) == ["", "class-full"]
    assert join(people.city, open_class, officers.second) == ["class-full"]
    with pytest.raises(InvalidInput) as raised:
        set_places(people.city, open_class.pk, 1, LAST_DAY, now=BEFORE)
    assert (raised.value.code, raised.value.fields["people"]) == ("fewer-than-people", 2)
    set_places(people.city, open_class.pk, 3, LAST_DAY, now=BEFORE)
    assert join(people.county, open_class, officers.second) == [""]


def test_after_the_last_day_the_organiser_alone_enrols(
    people: SimpleNamespace, officers: SimpleNamespace, open_class: TrainingClass
) -> None:
    on_the_day, after = BEFORE + timedelta(days=3), BEFORE + timedelta(days=4)
    assert join(people.county, open_class, officers.own, now=on_the_day) == [""]
    assert list(open_classes(people.county, LAST_DAY)) == [open_class]
    assert not open_classes(people.county, date(2026, 11, 7)).exists()
    with pytest.raises(Conflict) as raised:
        join(people.county, open_class, officers.second, now=after)
    assert (raised.value.code, raised.value.fields["day"]) == ("enrolment-closed", LAST_DAY)
    assert join(people.city, open_class, officers.second, now=after) == [""]


def test_a_class_that_is_not_open_to_units_below_takes_nobody_from_them(
    people: SimpleNamespace, tree: SimpleNamespace, officers: SimpleNamespace
) -> None:
    made = make_class(people.city, tree, BEFORE)
    with pytest.raises(Conflict) as raised:
        join(people.county, made, officers.own)
    assert raised.value.code == "enrolment-not-open"
    for day, place in ((date(2026, 11, 11), "enrol_until"), (FIRST, "")):
        if place:
            with pytest.raises(InvalidInput) as refused:
                set_places(people.city, made.pk, 3, day, now=BEFORE)
            assert refused.value.place == place
        else:
            set_places(people.city, made.pk, 3, day, now=BEFORE)
    assert join(people.county, made, officers.own) == [""]
    with pytest.raises(NotFound):
        set_places(people.county, made.pk, 3, None, now=BEFORE)


def test_own_people_are_taken_out_before_the_first_lesson_and_others_never(
    people: SimpleNamespace, officers: SimpleNamespace, open_class: TrainingClass
) -> None:
    join(people.county, open_class, officers.own)
    join(people.brigade, open_class, officers.of_brigade)
    own, other = open_class.enrolments.order_by("number")
    for who, one in ((people.county, other), (people.stranger, own), (people.brigade, own)):
        with pytest.raises(NotFound):
            remove_participant(who, open_class.pk, one.pk, now=BEFORE)
    with pytest.raises((NotFound, NotPermitted)):
        remove_participant(people.reviewer, open_class.pk, own.pk, now=BEFORE)
    first_day = BEFORE + timedelta(days=7)
    with pytest.raises(Conflict) as raised:
        remove_participant(people.county, open_class.pk, own.pk, now=first_day)
    assert raised.value.code == "class-begun"
    remove_participant(people.county, open_class.pk, own.pk, now=first_day - timedelta(days=1))
    with pytest.raises(NotFound):
        remove_participant(people.county, open_class.pk, own.pk, now=BEFORE)
    assert join(people.county, open_class, officers.second) == [""]
    assert list(open_class.enrolments.order_by("number").values_list("number", flat=True)) == [2, 3]


def test_units_below_neither_mark_nor_change_the_class(
    people: SimpleNamespace, officers: SimpleNamespace, open_class: TrainingClass, now: datetime
) -> None:
    join(people.county, open_class, officers.own)
    with pytest.raises(NotFound):
        mark_all(people.county, open_class, "present", now=now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite takes one writer at a time anyway")
def test_two_units_at_once_share_the_last_place(
    people: SimpleNamespace, officers: SimpleNamespace, open_class: TrainingClass
) -> None:
    join(people.city, open_class, officers.second)
    start, found = threading.Barrier(2), []

    def enrol(actor: Actor, officer: Officer) -> None:
        start.wait()
        try:
            found.extend(join(actor, open_class, officer))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=enrol, args=(people.county, officers.own)),
        threading.Thread(target=enrol, args=(people.brigade, officers.of_brigade)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["", "class-full"]
    assert open_class.enrolments.count() == 2


def test_the_county_enrols_from_the_page_and_from_the_list_of_officers(
    accounts: SimpleNamespace,
    people: SimpleNamespace,
    tree: SimpleNamespace,
    officers: SimpleNamespace,
    today: date,
    now: datetime,
    sign_in: Callable[[Account], Client],
) -> None:
    made = make_class(
        people.city,
        tree,
        now,
        capacity=2,
        starts_on=today + timedelta(days=5),
        ends_on=today + timedelta(days=6),
        enrol_until=today,
    )
    county, city = sign_in(accounts.county), sign_in(accounts.city)
    url = f"/classes/{made.pk}/"
    assert "余 2 名" in county.get("/classes/?open=1").content.decode()
    page = county.get(url).content.decode()
    assert ("只显示本单位及下属单位的学员" in page, "登记考勤" in page, "取消培训班" in page) == (
        True,
        False,
        False,
    )
    assert county.post(f"{url}people/", {"keys": "单书白"})["Location"] == url
    assert "没有找到" in county.post(f"{url}people/", {"keys": "曾国安"}).content.decode()
    chosen: dict[str, Any] = {"pk": [officers.second.pk], "confirmed": "1", "training_class": made.pk}
    assert "已编入 1 人，未编入 0 人" in county.post("/classes/enrol/", chosen).content.decode()
    assert "已在学员名单中" in county.post("/classes/enrol/", chosen).content.decode()
    brigade = sign_in(accounts.brigade)
    full = brigade.post("/classes/enrol/", {**chosen, "pk": [officers.of_brigade.pk]}).content.decode()
    assert "培训班名额已满（2 人）" in full
    assert "单书白" not in brigade.get(url).content.decode()
    own = made.enrolments.earliest("number")
    assert brigade.post(f"{url}people/{own.pk}/remove/").status_code == 404
    assert county.post(f"{url}people/{own.pk}/remove/").status_code == 302
    assert county.get(f"{url}attendance/").status_code == 404
    assert city.get(f"{url}places/").status_code == 200
    assert city.post(f"{url}places/", {"capacity": "0"}).status_code == 400
    assert city.post(f"{url}places/", {"capacity": "5", "enrol_until": ""}).status_code == 302
    assert county.post(f"{url}people/", {"keys": "单书白"}).status_code == 409
    assert sign_in(accounts.stranger).get(url).status_code == 404


def test_a_class_that_was_handed_in_takes_nobody_from_below(
    people: SimpleNamespace, officers: SimpleNamespace, open_class: TrainingClass
) -> None:
    TrainingClass.system.filter(pk=open_class.pk).update(state="handed-in", ends_on=LAST)
    with pytest.raises(Conflict) as raised:
        join(people.county, open_class, officers.own)
    assert raised.value.code == "class-closed"
