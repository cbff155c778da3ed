"""The feed: what happened in reach, in words, newest first; and the small question that is asked each second."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.apps.officers.entries import entry
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.types import SEEN_AT
from warrant.apps.officers.models import Officer, OfficerVersion
from warrant.apps.officers.services import enter_officer
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor, Role
from warrant.core.lifecycle import ChangeKind

pytestmark = pytest.mark.django_db

FEED = "/officers/changes/"
NEWER = "/officers/changes/newer/"


@pytest.fixture
def changed(officer: Officer, registrar: Actor, now: datetime) -> Officer:
    with transaction.atomic():
        write_change(
            officer,
            {"post": "稽查岗", "education": "14"},
            ChangeKind.CHANGED,
            registrar,
            now=now + timedelta(minutes=1),
            reason="岗位调整",
        )
    return officer


@pytest.fixture
def supervisor(
    account_for: Callable[..., Account], sign_in: Callable[[Account], Client], tree: SimpleNamespace
) -> Client:
    return sign_in(account_for("supervisor", tree.jiangsu, Role.SUPERVISOR))


def test_a_line_says_who_changed_what_of_whom(changed: Officer, supervisor: Client) -> None:
    page = supervisor.get(FEED).content.decode()
    assert page.index("修改信息") < page.index("登记入册", page.index("feed-lines"))
    line = page[page.index('class="feed-line"') :]
    for text in (
        "单书白",
        "岗位",
        "<del>执法岗</del>",
        "<ins>稽查岗</ins>",
        "岗位调整",
        "registrar",
        "昆山市交通运输局",
    ):
        assert text in line
    assert "大学本科" in line


def test_only_what_lies_in_reach_is_shown(
    changed: Officer,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
) -> None:
    client = sign_in(account_for("nanjing", tree.nanjing, Role.SUPERVISOR))
    assert "单书白" not in client.get(FEED).content.decode()
    assert client.get(NEWER, {"since": "0"}).status_code == 204


def test_the_filters_leave_what_was_asked_for(
    changed: Officer, supervisor: Client, tree: SimpleNamespace
) -> None:
    def kinds(**asked: str) -> list[str]:
        return re.findall(
            r'<li class="feed-line">.*?toned">([^<]+)</span>',
            supervisor.get(FEED, asked).content.decode(),
            re.S,
        )

    assert kinds() == ["修改信息", "登记入册"]
    assert kinds(kind="entered") == ["登记入册"]
    assert kinds(unit="320583") == ["修改信息", "登记入册"]
    assert kinds(unit="320100") == []
    assert kinds(person="registrar") == ["修改信息", "登记入册"]
    assert kinds(person="nobody") == []
    assert kinds(day="2026-11-22") == ["修改信息", "登记入册"]
    assert kinds(day="2026-11-23") == []
    assert kinds(kind="nonsense", day="never") == ["修改信息", "登记入册"]


def test_nothing_new_is_a_cheap_204_and_news_come_once(
    changed: Officer, supervisor: Client, registrar: Actor, now: datetime
) -> None:
    newest = OfficerVersion.system.order_by("-pk").values_list("pk", flat=True)[0]
    supervisor.get(NEWER, {"since": newest})
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = supervisor.get(NEWER, {"since": newest})
    assert (answer.status_code, answer.content) == (204, b"")
    assert len(asked) <= 5
    with transaction.atomic():
        write_change(changed, {"position": "四级主办"}, ChangeKind.CHANGED, registrar, now=now)
    page = supervisor.get(NEWER, {"since": newest}).content.decode()
    assert "四级主办" in page
    assert page.count('feed-line"') == 1
    following = re.search(r"since=(\d+)", page)
    assert following is not None
    assert supervisor.get(NEWER, {"since": following[1]}).status_code == 204


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 30, "١", "1.5"])
def test_a_made_up_position_means_from_now(changed: Officer, supervisor: Client, since: str) -> None:
    assert supervisor.get(NEWER, {"since": since}).status_code == 204


def test_a_paused_page_does_not_ask(changed: Officer, supervisor: Client) -> None:
    assert "feed-poll" in supervisor.get(FEED).content.decode()
    paused = supervisor.get(FEED, {"live": "paused", "kind": "changed"}).content.decode()
    assert "feed-poll" not in paused
    assert "?kind=changed" in paused


def test_asking_by_itself_keeps_no_session_open(changed: Officer, supervisor: Client) -> None:
    supervisor.get(FEED)
    session = supervisor.session
    session[SEEN_AT] -= 300
    session.save()
    seen = supervisor.session[SEEN_AT]
    supervisor.get(NEWER, {"since": "0"}, headers={"X-Unattended": "1"})
    assert supervisor.session[SEEN_AT] == seen
    supervisor.get(FEED)
    assert supervisor.session[SEEN_AT] > seen


def test_a_page_of_fifty_lines_costs_few_queries(
    registrar: Actor, vault: Any, supervisor: Client, now: datetime, today: date
) -> None:
    officer, _doubts = enter_officer(registrar, entry(), on=today, now=now)
    for turn in range(60):
        with transaction.atomic():
            write_change(officer, {"post": f"岗{turn}"}, ChangeKind.CHANGED, registrar, now=now)
    supervisor.get(FEED)
    with CaptureQueriesContext(connection) as asked:
        answer = supervisor.get(FEED)
    assert len(asked) <= 10
    assert len(answer.content) <= 60_000
