"""Jobs taken to a station: one person's, until they are made or put back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.cardcentre.test_pages import text_of
from tests.support.at_once import at_once, shared_database
from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models import CardJob, StationBatch
from warrant.apps.cardcentre.selectors import at_station, awaiting_production, pace_of
from warrant.apps.cardcentre.services import jobs
from warrant.apps.cardcentre.services.batches import put_back, take_jobs
from warrant.apps.certificates.models import Certificate
from warrant.apps.filing.models import FilingRequest
from warrant.apps.officers.models import Officer
from warrant.core.access import Role
from warrant.core.errors import Conflict, InvalidInput


@pytest.fixture
def other(actor, tree):
    return actor("fan", tree.jiangsu, Role.CARD_OPERATOR)


@pytest.fixture
def three(case_for):
    return [case_for("林书白"), case_for("陈予安"), case_for("苏清和")]


def numbers(batch):
    return [job.certificate.number for job in batch.jobs.order_by("id")]


def test_what_is_taken_leaves_the_queue_and_nobody_else_makes_it(operator, other, three, put_blank, now):
    taking = take_jobs(operator, " 1号 工位 ", three[:2], now=now)
    assert (taking.batch.station, numbers(taking.batch)) == ("1号 工位", [row.number for row in three[:2]])
    assert [row.number for row in awaiting_production(other)] == [three[2].number]
    put_blank()
    with pytest.raises(Conflict, match="card-job-taken") as caught:
        jobs.start_card_job(other, three[0], "virtual-1", now=now)
    assert caught.value.fields == {"person": "tang", "station": "1号 工位"}
    job = jobs.start_card_job(operator, three[0], "virtual-1", now=now)
    assert (job.batch_id, job.state, CardJob.objects.count()) == (taking.batch.pk, "made", 2)


def test_batch_closes_with_its_last_job(operator, certificate, put_blank, now):
    batch = take_jobs(operator, "1号", [certificate], now=now).batch
    put_blank()
    job = jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    assert at_station(operator).done_count == 0
    jobs.pass_check(operator, job, now=now)
    batch.refresh_from_db()
    assert batch.closed_at == now
    assert at_station(operator).batch is None


def test_spoiled_card_leaves_the_certificate_at_its_station(operator, certificate, put_blank, now):
    batch = take_jobs(operator, "1号", [certificate], now=now).batch
    put_blank()
    job = jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    jobs.spoil_card_job(operator, job, "卡面划伤", now=now)
    hand = at_station(operator)
    assert (hand.batch, [row.certificate_id for row in hand.waiting]) == (batch, [certificate.pk])


def test_what_was_not_begun_is_put_back_by_anybody(operator, other, three, put_blank, now):
    batch = take_jobs(operator, "1号", three, now=now).batch
    put_blank()
    jobs.start_card_job(operator, three[1], "virtual-1", now=now)
    assert put_back(other, batch, now=now) == 2
    assert [row.number for row in awaiting_production(other)] == [three[0].number, three[2].number]
    assert CardJob.objects.get().state == "made"
    with pytest.raises(Conflict, match="wrong-state"):
        put_back(other, batch, now=now)


def test_who_has_a_batch_takes_no_second_one(operator, three, now):
    take_jobs(operator, "1号", three[:1], now=now)
    with pytest.raises(Conflict, match="batch-open"):
        take_jobs(operator, "1号", three[1:], now=now)


def test_what_cannot_be_made_stays_with_its_reason(operator, three, now):
    FilingRequest.objects.filter(pk=three[0].filing_request_id).update(receipt=None)
    Officer.system.filter(pk=three[1].officer_id).update(name="陈\U000323af")
    rows = [Certificate.system.select_related("officer").get(pk=row.pk) for row in three]
    taking = take_jobs(operator, "1号", rows, now=now)
    assert numbers(taking.batch) == [three[2].number]
    assert [error.code for _, error in taking.refused] == ["no-verified-receipt", "characters-not-printable"]
    assert taking.refused[1][1].fields == {"characters": "\U000323af"}


def test_nothing_to_take_and_no_station_are_told(operator, certificate, other, now):
    with pytest.raises(InvalidInput, match="station-missing"):
        take_jobs(operator, " ", [certificate], now=now)
    take_jobs(other, "2号", [certificate], now=now)
    with pytest.raises(Conflict, match="nothing-to-take"):
        take_jobs(operator, "1号", [certificate], now=now)


@pytest.mark.django_db(transaction=True)
def test_of_two_stations_that_take_the_same_queue_each_job_goes_to_one(operator, other, three, now, tmp_path):
    with shared_database(tmp_path):
        ends = at_once(
            lambda: take_jobs(operator, "1号", three, now=now),
            lambda: take_jobs(other, "2号", list(reversed(three)), now=now),
        )
        assert sorted(ends) == ["done", "nothing-to-take"]
        assert CardJob.objects.count() == 3
        assert StationBatch.objects.get().taken_count == 3


def test_pace_is_measured_from_the_first_card_of_the_hour(operator, three, put_blank, now):
    for number, certificate in enumerate(three):
        put_blank(f"1D00000000000{number + 1}")
        job = jobs.start_card_job(operator, certificate, "virtual-1", now=now)
        jobs.pass_check(operator, job, now=now + number * timedelta(minutes=2))
    pace = pace_of(operator, now + timedelta(minutes=10))
    assert (pace.count, pace.per_hour, pace.minutes_for(20)) == (3, 30, 40)
    assert pace_of(operator, now + timedelta(hours=2)).count == 0


class TestPages:
    @pytest.fixture
    def browser(self, operator, sign_in):
        return sign_in(Account.objects.get(pk=operator.account_id))

    def test_batch_is_taken_made_by_enter_and_shows_its_progress(
        self, browser, three, put_blank, django_assert_max_num_queries
    ):
        page = browser.post(reverse("card-batch-take"), {"station": "2号工位", "count": "2"}, follow=True)
        assert "已取 2 张到“2号工位”" in text_of(page)
        assert "手上的一批：2号工位" in text_of(page)
        put_blank()
        start = {"certificate": three[0].number, "reader": "virtual-1"}
        browser.post(reverse("card-job-start"), start)
        job = CardJob.objects.get(certificate=three[0])
        with django_assert_max_num_queries(12):
            page = browser.get(reverse("card-centre"))
        assert len(page.content) < 60_000
        browser.post(reverse("card-job-pass", args=[job.pk]))
        page = browser.get(reverse("card-centre"))
        assert "1 / 2" in text_of(page)
        assert "近一小时制成 1 张" in text_of(page)

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({"station": "", "count": "2"}, "请写明制卡工位"),
            ({"station": "\x00", "count": "2"}, "请写明制卡工位"),
            ({"station": "1号", "count": "0"}, "一批取 1 到 50 张"),
            ({"station": "1号", "count": "x"}, "一批取 1 到 50 张"),
            ({}, "一批取 1 到 50 张"),
        ],
    )
    def test_mistakes_are_told(self, browser, three, typed, told):
        response = browser.post(reverse("card-batch-take"), typed)
        assert response.status_code == 400
        assert told in text_of(response)

    def test_rare_character_stands_in_the_queue_and_stops_the_start(self, browser, certificate, put_blank):
        Officer.system.update(name="林\U000323af")
        put_blank()
        assert "缺字：\U000323af" in text_of(browser.get(reverse("card-centre")))
        response = browser.post(
            reverse("card-job-start"), {"certificate": certificate.number, "reader": "virtual-1"}
        )
        assert response.status_code == 409
        assert "先按居民身份证核对用字" in text_of(response)

    def test_what_another_took_can_be_put_back_from_the_page(self, browser, other, three, now):
        batch = take_jobs(other, "3号工位", three, now=now).batch
        assert "fan取走 3 张" in text_of(browser.get(reverse("card-centre")))
        page = browser.post(reverse("card-batch-put-back", args=[batch.pk]), follow=True)
        assert "3 张没有开始的卡已放回队列" in text_of(page)
        assert browser.post(reverse("card-batch-put-back", args=[batch.pk])).status_code == 404

    def test_spoiled_chip_is_emptied_from_the_page(
        self, browser, operator, certificate, put_blank, readers, now
    ):
        put_blank()
        job = jobs.start_card_job(operator, certificate, "virtual-1", now=now)
        readers.take_out("virtual-1")
        jobs.spoil_card_job(operator, job, "卡面偏移", now=now, reader_name="virtual-1")
        url = reverse("card-job-detail", args=[job.pk])
        assert "芯片没有清除" in text_of(browser.get(url))
        erase = reverse("card-job-erase", args=[job.pk])
        empty = browser.post(erase, {"reader": "virtual-1"})
        assert empty.status_code == 503
        readers.put_in("virtual-1", job.card.serial)
        assert "芯片已清除，任何读卡器都不再认它" in text_of(
            browser.post(erase, {"reader": "virtual-1"}, follow=True)
        )
        assert browser.get(reverse("card-face", args=[certificate.number])).status_code == 409
