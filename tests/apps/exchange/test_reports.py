"""What a sender says of its log, compared with what this end finds; the same as metrics; alerts."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from tests.apps.exchange.conftest import KIND, as_json
from tests.support.link_papers import LinkPapers, facts

from warrant.apps.exchange.models import InboxStream, LinkCertificate
from warrant.apps.exchange.selectors import link_statuses, work_queues
from warrant.apps.exchange.services.enrolment import record_certificate
from warrant.apps.exchange.services.receiving import receive_batch
from warrant.apps.exchange.services.sending import make_batch, with_report
from warrant.apps.exchange.types import Batch, LinkState, SenderReport
from warrant.apps.foundation import clock
from warrant.apps.foundation.outbox import publish
from warrant.apps.foundation.work import waiting
from warrant.core.access import Role

LINE = re.compile(
    r'warrant_exchange_[a-z_]+(\{[a-z]+="[a-z0-9-]+"(,[a-z]+="[a-z0-9-]+")*\})? -?[0-9]+(\.[0-9]+)?'
)


def incoming(now):
    return next(link for link in link_statuses(now=now) if link.peer == "320000" and not link.is_outgoing)


def reporting(batch, size, *, at, oldest_at=None):
    return dataclasses.replace(batch, report=SenderReport(at, size, oldest_at))


def test_a_report_passes_over_the_link_as_documented(ministry_here, now):
    with transaction.atomic():
        for number in range(201):
            publish("320000", KIND, f"officer:{number}", {"note": "n"}, now=now - timedelta(minutes=5))
    batch = with_report("320000", make_batch("320000", 1), now=now)
    assert json.loads(batch.encode())["report"] == {
        "sent_at": "2026-11-22T08:45:00.000000Z",
        "size": 201,
        "oldest_at": "2026-11-22T08:40:00.000000Z",
    }
    assert Batch.parse(batch.encode()) == batch
    assert with_report("320000", make_batch("320000", 201), now=now).report.oldest_at is None


@pytest.mark.parametrize(
    "report",
    [None, [], {}, {"sent_at": "yesterday", "size": 1}, {"sent_at": "9999-12-31T23:59:59.999999Z", "size": 1, "oldest_at": None},
     {"sent_at": "2026-11-22T01:00:00.000000Z", "size": -1, "oldest_at": None}],
)  # fmt: skip
def test_a_report_that_cannot_be_read_is_passed_over_and_the_batch_is_taken(ministry_here, jiangsu, report):
    jiangsu.says("officer:1", "n")
    body = json.dumps({**as_json(jiangsu.batch()), "report": report}).encode()
    answer = Client().post("/exchange/v1/logs/320000/append", body, content_type="application/json")
    assert answer.status_code == 200
    assert InboxStream.objects.get().reported_at is None


def test_lag_is_found_here_and_agrees_with_what_the_sender_says(ministry_here, jiangsu, now):
    jiangsu.says("officer:1", "n")
    oldest_at = now - timedelta(minutes=5)
    receive_batch("320000", reporting(jiangsu.batch(), 9, at=now, oldest_at=oldest_at), now=now)
    link = incoming(now)
    assert (link.size, link.confirmed, link.backlog, link.is_level) == (9, 1, 8, False)
    assert (link.lag, link.reported_lag) == (timedelta(minutes=5), timedelta(minutes=5))
    assert (link.lags_agree, link.state) == (True, LinkState.LATE)


def test_a_source_that_reports_nothing_waiting_and_is_stuck_shows(ministry_here, jiangsu, now):
    jiangsu.says("officer:1", "n")
    for seconds in (0, 30, 60, 90):
        at = now + timedelta(seconds=seconds)
        first_seq = 1 if seconds == 0 else 2
        receive_batch("320000", reporting(jiangsu.batch(first_seq), 9, at=at), now=at)
    link = incoming(at)
    assert (link.lag, link.reported_lag) == (timedelta(seconds=90), timedelta())
    assert link.state is LinkState.DIFFERING


def test_a_source_that_catches_up_does_not_look_stuck(ministry_here, jiangsu, now):
    for number in range(4):
        jiangsu.says("officer:1", "n")
        at = now + timedelta(seconds=50 * number)
        receive_batch("320000", reporting(jiangsu.batch(number + 1), 9, at=at), now=at)
    assert incoming(at).lags_agree
    jiangsu.says("officer:1", "n")
    receive_batch("320000", reporting(jiangsu.batch(5), 5, at=at), now=at)
    assert (incoming(at).lag, incoming(at).state) == (timedelta(), LinkState.LEVEL)


def test_of_a_silent_peer_the_lag_may_be_as_long_as_its_silence(ministry_here, jiangsu, now):
    jiangsu.says("officer:1", "n")
    receive_batch("320000", reporting(jiangsu.batch(), 1, at=now), now=now)
    link = incoming(now + timedelta(hours=3))
    assert (link.lag, link.lags_agree, link.state) == (timedelta(hours=3), False, LinkState.SILENT)


def test_the_clock_difference_is_the_peers_less_ours(ministry_here, jiangsu, now):
    jiangsu.says("officer:1", "n")
    at = now - timedelta(seconds=75, milliseconds=250)
    receive_batch("320000", reporting(jiangsu.batch(), 1, at=at), now=now)
    assert incoming(now).clock_difference == timedelta(seconds=-75.25)
    assert incoming(now).state is LinkState.CLOCK


def test_parked_subjects_are_counted_by_peer(ministry_here, jiangsu, now):
    for number in range(3):
        jiangsu.says(f"officer:{number}", "refuse" if number else "n")
    receive_batch("320000", jiangsu.batch(), now=now)
    assert incoming(now).parked == 2


@pytest.fixture
def scrape(ministry_here, settings):
    settings.WARRANT_NODE = dataclasses.replace(settings.WARRANT_NODE, metrics_token="made-up-token")
    return lambda token="made-up-token": Client().get("/metrics", HTTP_AUTHORIZATION=f"Bearer {token}")


def test_the_metrics_say_what_the_page_says(scrape, jiangsu, tmp_path, settings):
    now = clock.now()
    jiangsu.says("officer:1", "refuse")
    receive_batch("320000", reporting(jiangsu.batch(), 9, at=now - timedelta(seconds=90)), now=now)
    certificate = facts(LinkPapers(tmp_path / "papers").issue("320000", days_ago=100))
    record_certificate(certificate, operator="operator", now=now)
    answer = scrape()
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert [line for line in lines if not line.startswith("#") and not LINE.fullmatch(line)] == []
    assert 'warrant_exchange_backlog_events{peer="320000",direction="in"} 8' in lines
    assert 'warrant_exchange_parked_subjects{peer="320000"} 1' in lines
    assert 'warrant_exchange_reported_lag_seconds{peer="320000"} 0' in lines
    assert 'warrant_exchange_clock_difference_seconds{peer="320000"} -90' in lines
    assert 'warrant_exchange_level{peer="320000",direction="in"} 0' in lines
    assert 'warrant_exchange_state{peer="320000",direction="in",state="clock"} 1' in lines
    assert "warrant_exchange_dead_letters 1" in lines
    left = next(
        line for line in lines if line.startswith('warrant_exchange_certificate_days_left{node="320000"}')
    )
    assert float(left.split()[1]) == pytest.approx(265, abs=0.1)
    named = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(named) == len(set(named)) == 13


def test_metrics_need_the_nodes_token(scrape, settings):
    assert [scrape(token).status_code for token in ("made-up-token", "wrong", "")] == [200, 401, 401]
    assert Client().get("/metrics").status_code == 401
    settings.WARRANT_NODE = dataclasses.replace(settings.WARRANT_NODE, metrics_token="")
    assert [scrape("").status_code, Client().get("/metrics").status_code] == [404, 404]


def test_a_silent_peer_and_an_ending_certificate_call_somebody(ministry_here, jiangsu, tree, actor, tmp_path):
    now = clock.now()
    jiangsu.says("officer:1", "n")
    receive_batch("320000", jiangsu.batch(), now=now - timedelta(minutes=16))
    papers = LinkPapers(tmp_path / "papers")
    record_certificate(facts(papers.issue("320000", days_ago=336)), operator="operator", now=now)
    watcher = actor("shen", tree.ministry, Role.SUPERVISOR)
    kinds = {item.kind: item.tone for item in waiting(work_queues(watcher), 10)}
    assert kinds == {"exchange-silent": "broken", "exchange-certificate": "attention"}
    record_certificate(facts(papers.issue("320000")), operator="operator", now=now)
    receive_batch("320000", jiangsu.batch(), now=now)
    assert waiting(work_queues(watcher), 10) == []
    assert LinkCertificate.objects.count() == 2


def test_the_page_shows_certificates_and_whom_nothing_is_exchanged_with(
    ministry_here, tree, account_for, sign_in, tmp_path
):
    now = clock.now()
    record_certificate(
        facts(LinkPapers(tmp_path / "papers").issue("320000", days_ago=340)), operator="operator", now=now
    )
    text = sign_in(account_for("shen", tree.ministry, Role.SUPERVISOR)).get("/exchange/").content.decode()
    assert "即将到期" in text
    assert "链路证书" in text
