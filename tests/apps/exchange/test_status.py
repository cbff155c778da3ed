"""The page about the links: states, backlog, dead letters, forks; and who may see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from tests.apps.exchange.conftest import KIND

from warrant.apps.exchange.models import InboxStream, OutboxReceipt
from warrant.apps.exchange.selectors import link_statuses, work_queues
from warrant.apps.exchange.services.receiving import receive_batch
from warrant.apps.exchange.types import LinkState, judge_link
from warrant.apps.foundation import clock
from warrant.apps.foundation.outbox import publish
from warrant.apps.foundation.work import waiting
from warrant.core.access import Role

URL = "/exchange/"


@pytest.fixture
def supervisor(tree, account_for):
    return account_for("shen", tree.ministry, Role.SUPERVISOR)


@pytest.fixture
def leave(ministry_here):
    def publish_some(count, at):
        with transaction.atomic():
            for number in range(count):
                publish("320000", KIND, f"officer:{number}", {"note": "n"}, now=at)

    return publish_some


def outgoing(now):
    return next(link for link in link_statuses(now=now) if link.peer == "320000" and link.is_outgoing)


def test_backlog_and_the_age_of_the_oldest_unsent_event_are_counted_from_the_receipt(leave, now):
    leave(2, now - timedelta(minutes=5))
    leave(3, now - timedelta(minutes=2))
    OutboxReceipt.objects.create(peer="320000", size=2, contacted_at=now)
    link = outgoing(now)
    assert (link.size, link.confirmed, link.backlog) == (5, 2, 3)
    assert link.oldest_unsent_at == now - timedelta(minutes=2)
    assert link.state is LinkState.LATE


def test_both_directions_of_each_link_are_listed_and_none_from_the_public_site(ministry_here, now):
    listed = [(link.peer, link.is_outgoing) for link in link_statuses(now=now)]
    assert listed == [("320000", True), ("320000", False), ("public", True)]


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"contacted": 10}, LinkState.LEVEL),
        ({"contacted": 10, "unsent": 59}, LinkState.LEVEL),
        ({"contacted": 10, "unsent": 61}, LinkState.LATE),
        ({"contacted": 10, "unsent": 901}, LinkState.STUCK),
        ({"contacted": 91}, LinkState.SILENT),
        ({"contacted": 10, "unsent": 70, "agree": False}, LinkState.DIFFERING),
        ({"contacted": 10, "clock": -61}, LinkState.CLOCK),
        ({"contacted": 10, "clock": 59}, LinkState.LEVEL),
        ({}, LinkState.NEVER),
        ({"contacted": 10, "refusal": "batch-root-wrong"}, LinkState.REFUSED),
        ({"contacted": 10, "refusal": "log-forked", "forked": 5}, LinkState.FORKED),
    ],
)
def test_a_link_is_as_bad_as_the_worst_of_it(now, facts, state):
    def ago(name):
        return now - timedelta(seconds=facts[name]) if name in facts else None

    judged = judge_link(
        fork_found_at=ago("forked"),
        refusal=facts.get("refusal", ""),
        contacted_at=ago("contacted"),
        lag=timedelta(seconds=facts.get("unsent", 0)),
        lags_agree=facts.get("agree", True),
        clock_difference=timedelta(seconds=facts["clock"]) if "clock" in facts else None,
        now=now,
    )
    assert judged is state


def test_the_page_names_what_could_not_be_applied_and_why(jiangsu, ministry_here, supervisor, sign_in, now):
    jiangsu.says("application:32990001", "refuse")
    receive_batch("320000", jiangsu.batch(), now=now)
    text = sign_in(supervisor).get(URL).content.decode()
    assert "application:32990001" in text
    assert "编造的理由" in text
    assert "江苏省" in text


def test_a_fork_stands_on_top_of_the_page_and_in_the_queue(
    jiangsu, ministry_here, tree, actor, supervisor, sign_in, now
):
    jiangsu.says("officer:1")
    receive_batch("320000", jiangsu.batch(), now=clock.now())
    InboxStream.objects.update(fork_found_at=now)
    assert "与江苏省的日志出现分叉" in sign_in(supervisor).get(URL).content.decode()
    items = waiting(work_queues(actor("zhou", tree.ministry, Role.SUPERVISOR)), 10)
    assert [(item.kind, item.tone, item.waiting_since) for item in items] == [
        ("exchange-fork", "broken", now)
    ]


def test_an_empty_node_shows_what_is_missing(tree, settings, sign_in, supervisor):
    assert "没有登记对方节点" in sign_in(supervisor).get(URL).content.decode()


def test_the_page_stays_within_14_queries_and_60_kb(
    jiangsu, leave, supervisor, sign_in, django_assert_max_num_queries
):
    now = clock.now()
    leave(5, now)
    for number in range(40):
        jiangsu.says(f"officer:{number}", "refuse")
    receive_batch("320000", jiangsu.batch(), now=now)
    client = sign_in(supervisor)
    client.get(URL)  # the first page of a session stores when it began
    with django_assert_max_num_queries(14):
        answer = client.get(URL)
    assert len(answer.content) < 60_000
    assert "?after=" in answer.content.decode()


def test_whoever_may_not_see_the_exchange_is_refused(tree, account_for, sign_in, ministry_here):
    assert sign_in(account_for("li", tree.kunshan, Role.REGISTRAR)).get(URL).status_code == 403
    assert Client().get(URL).status_code == 302


def test_the_queue_of_others_has_nothing_of_it(jiangsu, ministry_here, tree, actor):
    jiangsu.says("officer:1", "refuse")
    receive_batch("320000", jiangsu.batch(), now=clock.now())
    assert waiting(work_queues(actor("li", tree.kunshan, Role.REGISTRAR)), 10) == []
    mine = waiting(work_queues(actor("shen", tree.ministry, Role.SUPERVISOR)), 10)
    assert [item.detail for item in mine] == ["officer:1"]
