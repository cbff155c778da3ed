"""Units below enrol their own people for a sitting of a unit above: in time, while there are places, only their own."""

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
from tests.apps.examinations.conftest import SHEET, plan, scores
from tests.apps.training.classes import handed_in
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.examinations.models import Candidate, Sitting
from warrant.apps.examinations.selectors.below import open_lists, sitting_for, sittings_for
from warrant.apps.examinations.selectors.sittings import candidate_rows
from warrant.apps.examinations.services import (
    add_candidates,
    enter_scores,
    plan_sitting,
    remove_candidate,
    set_places,
)
from warrant.apps.officers.models import Officer
from warrant.apps.training.services.closing import confirm_class
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

BEFORE = datetime.fromisoformat("2026-11-03T09:00:00+08:00")
LAST_DAY = date(2026, 11, 6)


@pytest.fixture
def accounts(tree: SimpleNamespace, account_for: Callable[..., Account]) -> SimpleNamespace:
    return SimpleNamespace(
        city=account_for("city", tree.suzhou, Role.REGISTRAR),
        county=account_for("county", tree.kunshan, Role.REGISTRAR),
        reviewer=account_for("below", tree.kunshan, Role.REVIEWER),
        brigade=account_for("brigade", tree.suzhou_brigade, Role.REGISTRAR),
        stranger=account_for("far", tree.nanjing, Role.REGISTRAR),
    )


@pytest.fixture
def clerks(accounts: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(**{name: actor_for(account) for name, account in vars(accounts).items()})


@pytest.fixture
def chosen(enter: Enter, tree: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(
        own=enter("单书白"),
        second=enter("陆怀瑾"),
        of_brigade=enter("曾国安", tree.suzhou_brigade),
        far=enter("沈知微", tree.nanjing),
    )


@pytest.fixture
def open_sitting(clerks: SimpleNamespace, tree: SimpleNamespace) -> Sitting:
    """A sitting of the city for two people on 10 November; units below enrol until the 6th."""
    return plan_sitting(clerks.city, plan(tree, capacity=2, enrol_until=LAST_DAY), now=BEFORE)


def enrol(actor: Actor, sitting: Sitting, *officers: Officer, now: datetime = BEFORE) -> list[str]:
    done = add_candidates(actor, sitting.pk, officers, now=now)
    return [one.problem.code if one.problem else "" for one in done]


def test_a_sitting_of_the_unit_above_is_seen_from_below_and_by_nobody_else(
    clerks: SimpleNamespace, open_sitting: Sitting
) -> None:
    for who in (clerks.city, clerks.county, clerks.reviewer, clerks.brigade):
        assert sitting_for(who, open_sitting.pk) == open_sitting
        assert list(sittings_for(who)) == [open_sitting]
    with pytest.raises(NotFound):
        sitting_for(clerks.stranger, open_sitting.pk)
    assert not sittings_for(clerks.stranger).exists()


def test_each_unit_enrols_and_sees_its_own_people_and_the_organiser_sees_all(
    clerks: SimpleNamespace, chosen: SimpleNamespace, open_sitting: Sitting
) -> None:
    assert enrol(clerks.county, open_sitting, chosen.own, chosen.of_brigade, chosen.far) == [
        "",
        "not-found",
        "not-found",
    ]
    assert enrol(clerks.brigade, open_sitting, chosen.of_brigade) == [""]
    shown = {
        name: [row.candidate.officer.name for row in candidate_rows(getattr(clerks, name), open_sitting)]
        for name in ("county", "reviewer", "brigade", "city")
    }
    assert shown == {
        "county": ["单书白"],
        "reviewer": ["单书白"],
        "brigade": ["曾国安"],
        "city": ["单书白", "曾国安"],
    }
    rows = open_sitting.candidates.order_by("number")
    assert list(rows.values_list("number", "enrolled_by_name")) == [(1, "county"), (2, "brigade")]


def test_who_has_no_right_or_no_reach_enrols_nobody(
    clerks: SimpleNamespace, chosen: SimpleNamespace, open_sitting: Sitting
) -> None:
    for who in (clerks.stranger, clerks.reviewer):
        with pytest.raises((NotFound, NotPermitted)):
            enrol(who, open_sitting, chosen.own)
    assert not Candidate.objects.exists()


def test_no_more_people_are_enrolled_than_there_are_places(
    clerks: SimpleNamespace, chosen: SimpleNamespace, open_sitting: Sitting
) -> None:
    assert enrol(clerks.brigade, open_sitting, chosen.of_brigade) == [""]
    assert enrol(clerks.county, open_sitting, chosen.own, chosen.second) == ["", "sitting-full"]
    assert enrol(clerks.county, open_sitting, chosen.own) == ["on-the-list"]
    with pytest.raises(InvalidInput) as raised:
        set_places(clerks.city, open_sitting.pk, 1, LAST_DAY, begins_at=None, now=BEFORE)
    assert (raised.value.place, raised.value.fields["least"]) == ("capacity", 2)
    set_places(clerks.city, open_sitting.pk, 3, LAST_DAY, begins_at=None, now=BEFORE)
    assert enrol(clerks.county, open_sitting, chosen.second) == [""]


def test_after_the_last_day_the_organiser_alone_enrols(
    clerks: SimpleNamespace, chosen: SimpleNamespace, open_sitting: Sitting
) -> None:
    on_the_day, after = BEFORE + timedelta(days=3), BEFORE + timedelta(days=4)
    assert enrol(clerks.county, open_sitting, chosen.own, now=on_the_day) == [""]
    assert list(open_lists(clerks.county, LAST_DAY)) == [open_sitting]
    assert not open_lists(clerks.county, date(2026, 11, 7)).exists()
    with pytest.raises(Conflict) as raised:
        enrol(clerks.county, open_sitting, chosen.second, now=after)
    assert (raised.value.code, raised.value.fields["day"]) == ("enrolment-closed", LAST_DAY)
    assert enrol(clerks.city, open_sitting, chosen.second, now=after) == [""]


def test_a_sitting_that_is_not_open_to_units_below_takes_nobody_from_them(
    clerks: SimpleNamespace, tree: SimpleNamespace, chosen: SimpleNamespace
) -> None:
    made = plan_sitting(clerks.city, plan(tree), now=BEFORE)
    with pytest.raises(Conflict) as raised:
        enrol(clerks.county, made, chosen.own)
    assert raised.value.code == "enrolment-not-open"
    with pytest.raises(InvalidInput) as refused:
        set_places(clerks.city, made.pk, 3, date(2026, 11, 10), begins_at=None, now=BEFORE)
    assert refused.value.place == "enrol_until"
    with pytest.raises(NotFound):
        set_places(clerks.county, made.pk, 3, LAST_DAY, begins_at=None, now=BEFORE)


def test_own_people_are_taken_off_before_the_day_and_others_never(
    clerks: SimpleNamespace, chosen: SimpleNamespace, open_sitting: Sitting
) -> None:
    enrol(clerks.county, open_sitting, chosen.own)
    enrol(clerks.brigade, open_sitting, chosen.of_brigade)
    own, other = open_sitting.candidates.order_by("number")
    for who, one in ((clerks.county, other), (clerks.stranger, own), (clerks.brigade, own)):
        with pytest.raises(NotFound):
            remove_candidate(who, open_sitting.pk, one.pk, now=BEFORE)
    the_day = BEFORE + timedelta(days=7)
    with pytest.raises(Conflict) as raised:
        remove_candidate(clerks.county, open_sitting.pk, own.pk, now=the_day)
    assert raised.value.code == "sitting-begun"
    remove_candidate(clerks.county, open_sitting.pk, own.pk, now=the_day - timedelta(days=1))
    assert enrol(clerks.county, open_sitting, chosen.second) == [""]
    assert list(open_sitting.candidates.order_by("number").values_list("number", flat=True)) == [2, 3]


def test_units_below_enter_no_scores_and_no_list_changes_after_the_first_score(
    clerks: SimpleNamespace, chosen: SimpleNamespace, open_sitting: Sitting, now: datetime
) -> None:
    enrol(clerks.county, open_sitting, chosen.own)
    with pytest.raises(NotFound):
        enter_scores(clerks.county, open_sitting.pk, scores(open_sitting, "80"), SHEET, now=now)
    enter_scores(clerks.city, open_sitting.pk, scores(open_sitting, "80"), SHEET, now=now)
    for act in (
        lambda: enrol(clerks.brigade, open_sitting, chosen.of_brigade),
        lambda: remove_candidate(
            clerks.county, open_sitting.pk, open_sitting.candidates.get().pk, now=BEFORE
        ),
    ):
        with pytest.raises(Conflict) as raised:
            act()
        assert raised.value.code == "list-closed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite takes one writer at a time anyway")
def test_two_units_at_once_share_the_last_place(
    clerks: SimpleNamespace, chosen: SimpleNamespace, open_sitting: Sitting
) -> None:
    enrol(clerks.city, open_sitting, chosen.second)
    start, found = threading.Barrier(2), []

    def race(actor: Actor, officer: Officer) -> None:
        start.wait()
        try:
            found.extend(enrol(actor, open_sitting, officer))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=race, args=(clerks.county, chosen.own)),
        threading.Thread(target=race, args=(clerks.brigade, chosen.of_brigade)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["", "sitting-full"]
    assert open_sitting.candidates.count() == 2


def test_the_county_enrols_from_the_page_and_from_the_list_of_officers(
    accounts: SimpleNamespace,
    clerks: SimpleNamespace,
    tree: SimpleNamespace,
    chosen: SimpleNamespace,
    today: date,
    now: datetime,
    sign_in: Callable[[Account], Client],
) -> None:
    later = plan(tree, sat_on=today + timedelta(days=5), capacity=2, enrol_until=today)
    made = plan_sitting(clerks.city, later, now=now)
    county, city, brigade = (sign_in(getattr(accounts, name)) for name in ("county", "city", "brigade"))
    url = f"/sittings/{made.pk}/"
    assert "余 2 名" in county.get("/sittings/?open=1").content.decode()
    page = county.get(url).content.decode()
    assert "只显示本单位及下属单位的考生" in page
    assert "取消考试" not in page
    assert county.post(f"{url}people/", {}).status_code == 400
    assert county.post(f"{url}people/", {"keys": "单书白"})["Location"] == url
    assert "没有找到" in county.post(f"{url}people/", {"keys": "曾国安"}).content.decode()
    form: dict[str, Any] = {"pk": [chosen.second.pk], "confirmed": "1", "sitting": made.pk}
    assert "已安排 1 人，未安排 0 人" in county.post("/sittings/enrol/", form).content.decode()
    assert "已在考生名单中" in county.post("/sittings/enrol/", form).content.decode()
    full = brigade.post("/sittings/enrol/", {**form, "pk": [chosen.of_brigade.pk]}).content.decode()
    assert "考试名额已满（2 人）" in full
    assert "单书白" not in brigade.get(url).content.decode()
    own = made.candidates.earliest("number")
    assert brigade.post(f"{url}candidates/{own.pk}/remove/").status_code == 404
    assert county.post(f"{url}candidates/{own.pk}/remove/").status_code == 302
    for page in ("scores/", "import/", "sheet.csv", "places/", "cancel/"):
        assert county.get(f"{url}{page}").status_code == 404
    assert city.post(f"{url}places/", {"capacity": "0"}).status_code == 400
    assert city.post(f"{url}places/", {"capacity": "5", "enrol_until": ""}).status_code == 302
    assert county.post(f"{url}people/", {"keys": "单书白"}).status_code == 409
    assert sign_in(accounts.stranger).get(url).status_code == 404


def test_everybody_who_finished_a_class_is_enrolled_and_who_may_not_sit_is_named(
    accounts: SimpleNamespace,
    clerks: SimpleNamespace,
    tree: SimpleNamespace,
    chosen: SimpleNamespace,
    actor: Callable[..., Actor],
    today: date,
    now: datetime,
    sign_in: Callable[[Account], Client],
) -> None:
    finished = handed_in(clerks.city, tree, [chosen.own, chosen.second], now)
    confirm_class(actor("province", tree.jiangsu, Role.TRAINING_MANAGER), finished.pk, now=now)
    made = plan_sitting(clerks.city, plan(tree, sat_on=today + timedelta(days=5)), now=now)
    city, url = sign_in(accounts.city), f"/sittings/{made.pk}/people/"
    enrol(clerks.city, made, chosen.own)
    page = city.post(url, {"training_class": finished.pk}).content.decode()
    assert "已安排 1 人" in page
    assert "已在考生名单中" in page
    assert made.candidates.count() == 2
    assert city.post(url, {"training_class": finished.pk + 999}).status_code == 400
