"""The queues of all apps are read in one query, and each row comes as its model would give it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.models import Job
from warrant.apps.foundation.work import Queue, WorkItem, waiting
from warrant.apps.organisations.models import Agency

pytestmark = pytest.mark.django_db


def item(row: Any) -> WorkItem:
    return WorkItem("account", row.display_name, row.agency.parent.name, "/", row.opened_at)


def job_item(row: Any) -> WorkItem:
    assert row.finished_at is None
    return WorkItem("job", row.owner, str(row.parameters["numbers"]), "/", row.created_at)


FIELDS = ("display_name", "opened_at", "agency__parent__name")


@pytest.fixture(autouse=True)
def _what_the_database_can_is_known() -> None:
    """Django asks each connection once whether it knows JSON, in queries that no page would ask again."""
    assert connection.features.supports_json_field


@pytest.fixture
def people(tree: SimpleNamespace, account_for: Callable[..., Account], now: datetime) -> None:
    for days, name in enumerate(("林书白", "陈予安", "赵明澈")):
        account_for(name, tree.kunshan_brigade)
        Account.objects.filter(username=name).update(opened_at=now - timedelta(days=days))


def test_what_waits_longest_stands_first_whichever_queue_it_is_in(
    people: None, now: datetime, django_assert_num_queries: Callable[..., Any]
) -> None:
    Job.objects.create(
        kind="roster.check",
        account_id=1,
        account_name="林书白",
        parameters={"numbers": [1, 2]},
        created_at=now - timedelta(hours=36),
    )
    jobs = Queue(
        Job.objects.annotate(owner=F("account_name")).order_by("pk"),
        ("owner", "parameters", "created_at", "finished_at"),
        job_item,
    )
    with django_assert_num_queries(1):
        items = waiting([Queue(Account.objects.order_by("opened_at"), FIELDS, item), jobs])
    assert [(found.title, found.detail) for found in items] == [
        ("赵明澈", "昆山市交通运输局"),
        ("林书白", "[1, 2]"),
        ("陈予安", "昆山市交通运输局"),
        ("林书白", "昆山市交通运输局"),
    ]
    assert [now - found.waiting_since for found in items] == [
        timedelta(days=2),
        timedelta(hours=36),
        timedelta(days=1),
        timedelta(0),
    ]


def test_no_more_is_read_than_the_queue_and_the_page_have_room_for(people: None) -> None:
    rows = Account.objects.order_by("opened_at")
    assert [found.title for found in waiting([Queue(rows, FIELDS, item)], 2)] == ["赵明澈", "陈予安"]
    assert [found.title for found in waiting([Queue(rows, FIELDS, item, most=1)])] == ["赵明澈"]


def test_queues_without_rows_cost_nothing(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(0):
        assert waiting([]) == []
        assert waiting([Queue(Agency.objects.none(), ("name",), item)]) == []
