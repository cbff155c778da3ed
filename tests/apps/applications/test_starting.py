"""Applications for many officers at once: a draft for each who can have one, the reason for all others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from tests.apps.conftest import Enter
from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application
from warrant.apps.applications.services.starting import start_applications
from warrant.apps.officers.models import Officer
from warrant.core.access import Actor, Role
from warrant.core.errors import InvalidInput


@pytest.fixture
def registrar(tree: Any, actor: Callable[..., Actor]) -> Actor:
    return actor("li", tree.kunshan, Role.REGISTRAR)


def test_each_gets_a_draft_for_the_own_categories(
    enter: Enter,
    registrar: Actor,
    now: datetime,
) -> None:
    officers = [enter("单书白", categories="02,06"), enter("曾国安", categories="08")]
    started = start_applications(registrar, officers, now=now)
    assert [one.problem for one in started] == [None, None]
    assert list(Application.system.order_by("number").values_list("number", "categories")) == [
        (started[0].number, "02"),
        (started[1].number, "08"),
    ]


def test_who_cannot_have_one_is_named_and_stops_nobody(
    enter: Enter,
    tree: Any,
    registrar: Actor,
    now: datetime,
) -> None:
    officers = [
        enter("单书白", state="left", left_kind="retirement"),
        enter("陆怀瑾", tree.nanjing),
        enter("解明远", categories="06"),
        enter("曾国安"),
    ]
    start_applications(registrar, officers[3:], now=now)
    fresh = enter("仇英杰")
    started = start_applications(registrar, [*officers, fresh], now=now)
    codes = [one.problem.code if one.problem else one.number[:1] for one in started]
    assert codes == ["officer-left", "not-found", "no-category", "application-open", "A"]


@pytest.mark.parametrize("count", [0, 201])
def test_there_is_an_end_to_many(registrar: Actor, now: datetime, count: int) -> None:
    with pytest.raises(InvalidInput):
        start_applications(registrar, [Officer()] * count, now=now)


def test_the_page_asks_first_and_then_says_what_became_of_each(
    enter: Enter,
    tree: Any,
    account_for: Callable[..., Account],
    sign_in: Callable[..., Client],
) -> None:
    client = sign_in(account_for("zhao", tree.kunshan, Role.REGISTRAR))
    mine, other = enter("单书白"), enter("陆怀瑾", tree.nanjing)
    asked = client.post("/applications/start/", {"pk": [mine.pk, other.pk]}).content.decode()
    assert "单书白" in asked
    assert "陆怀瑾" not in asked
    assert not Application.system.exists()
    done = client.post("/applications/start/", {"pk": [mine.pk], "confirmed": "1"}).content.decode()
    assert Application.system.get().number in done
    again = client.post("/applications/start/", {"pk": [mine.pk], "confirmed": "1"}).content.decode()
    assert "该人员已有未办结的申请" in again


def test_who_may_not_prepare_may_not_start(
    tree: Any, account_for: Callable[..., Account], sign_in: Callable[..., Client]
) -> None:
    client = sign_in(account_for("wang", tree.kunshan, Role.REVIEWER))
    assert client.post("/applications/start/", {"pk": ["1"]}).status_code == 403
