"""The pages of the card centre: who may, what is told, and how much a page costs."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.apps.cardcentre.conftest import FIRST_SERIAL
from tests.support.heard import heard
from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models import Card, CardBatch, CardJob, KeyAct
from warrant.apps.cardcentre.selectors import chain_links, glances, is_interrupted, work_queues
from warrant.apps.cardcentre.services import jobs, keys
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.cardcentre.services.receiving import count_batch
from warrant.apps.cardcentre.services.stores import central_store
from warrant.apps.cardcentre.types import KeyActKind
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.work import counted, waiting
from warrant.core.access import Role
from warrant.core.crypto.digest import sha256
from warrant.core.keys.spoken import Spoken, spoken_fingerprint

PAGE_BYTES = 60_000
PAGE_QUERIES = 12


@pytest.fixture
def browser(operator, sign_in):
    return sign_in(Account.objects.get(pk=operator.account_id))


@pytest.fixture
def registrar(account_for, tree):
    return account_for("wu", tree.kunshan, Role.REGISTRAR)


def text_of(response):
    return re.sub(r"<[^>]+>", "", response.content.decode())


def start(browser, certificate, reader="virtual-1"):
    return browser.post(
        reverse("card-job-start"), {"certificate": certificate.number, "reader": reader}, follow=True
    )


class TestStation:
    def test_next_card_and_readers_are_shown(
        self, browser, certificate, put_blank, django_assert_max_num_queries
    ):
        put_blank()
        with django_assert_max_num_queries(PAGE_QUERIES):
            response = browser.get(reverse("card-centre"))
        page = response.content.decode()
        assert response.status_code == 200
        assert len(response.content) < PAGE_BYTES
        assert certificate.number in page
        assert FIRST_SERIAL in page
        assert "autofocus" in page

    def test_one_enter_makes_the_card_one_passes_it_and_the_next_is_offered(
        self, browser, case_for, put_blank
    ):
        first, second = case_for(), case_for("陈予安")
        put_blank()
        page = start(browser, first)
        assert f"林书白的证卡 {first.number} 已写好芯片，已回读核对" in text_of(page)
        assert f'name="certificate" value="{second.number}"' in page.content.decode()
        assert page.content.decode().count("autofocus") == 1
        url = reverse("card-job-pass", args=[CardJob.objects.get().pk])
        page = browser.post(url, follow=True)
        assert f"已制成林书白的证卡 {first.number}，质检合格" in text_of(page)
        assert f'name="certificate" value="{second.number}"' in page.content.decode()
        assert browser.post(url).status_code == 409

    def test_closed_gate_answers_409_and_says_why(self, browser, certificate, put_blank):
        put_blank()
        FilingRequest.objects.update(receipt=None)
        response = start(browser, certificate)
        assert response.status_code == 409
        assert "不能制卡：没有收到回执" in text_of(response)

    def test_empty_reader_answers_503_and_keeps_the_choice(self, browser, case_for, readers):
        case_for()
        second = case_for("陈予安")
        response = start(browser, second)
        assert response.status_code == 503
        assert f'name="certificate" value="{second.number}"' in response.content.decode()

    def test_empty_queue_says_what_comes(self, browser, readers):
        assert "没有待制卡的证件" in text_of(browser.get(reverse("card-centre")))

    def test_reader_part_follows_the_reader(self, browser, readers, put_blank):
        put_blank()
        assert FIRST_SERIAL in browser.get(reverse("card-readers")).content.decode()
        readers.take_out("virtual-1")
        assert FIRST_SERIAL not in browser.get(reverse("card-readers")).content.decode()

    def test_registrar_has_no_station(self, registrar, sign_in, readers):
        assert sign_in(registrar).get(reverse("card-centre")).status_code == 403

    def test_stranger_cannot_start(self, account_for, tree, sign_in, certificate, put_blank):
        put_blank()
        away = sign_in(account_for("pu", tree.shanghai, Role.CARD_OPERATOR))
        assert start(away, certificate).status_code == 404


class TestJob:
    @pytest.fixture
    def interrupted(self, operator, certificate, put_blank, readers, monkeypatch, now):
        put_blank()
        original = jobs._step_recorder

        def recorder(steps):
            on_step = original(steps)

            def watched(step, when):
                on_step(step, when)
                if (step, when) == ("write-photo", "begun"):
                    readers.take_out("virtual-1")

            return watched

        with monkeypatch.context() as patch:
            patch.setattr(jobs, "_step_recorder", recorder)
            return jobs.start_card_job(operator, certificate, "virtual-1", now=now)

    def test_interrupted_job_says_what_stopped_it_and_what_to_do(
        self, browser, interrupted, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(PAGE_QUERIES):
            response = browser.get(reverse("card-job-detail", args=[interrupted.pk]))
        page = text_of(response)
        assert "卡片已被取出" in page
        assert "把同一张卡放回读卡器" in page
        assert "停在这一步" in page
        assert len(response.content) < PAGE_BYTES

    def test_resume_from_the_page(self, browser, interrupted, readers):
        readers.put_in("virtual-1", FIRST_SERIAL)
        response = browser.post(
            reverse("card-job-resume", args=[interrupted.pk]), {"reader": "virtual-1"}, follow=True
        )
        assert "已写好芯片，已回读核对；请打印并质检" in text_of(response)

    def test_other_card_answers_409_naming_both(self, browser, interrupted, put_blank):
        put_blank("1D000000000002")
        response = browser.post(reverse("card-job-resume", args=[interrupted.pk]), {"reader": "virtual-1"})
        assert response.status_code == 409
        assert f"读卡器中是卡 1D000000000002，本任务领用的是卡 {FIRST_SERIAL}" in text_of(response)

    def test_spoiling_asks_for_a_reason(self, browser, interrupted):
        url = reverse("card-job-spoil", args=[interrupted.pk])
        assert "卡片已被取出" in browser.get(url).content.decode()
        assert browser.post(url, {"reason": ""}).status_code == 400
        assert "已作废；林书白重新待制卡。芯片没有清除" in text_of(
            browser.post(url, {"reason": "卡片遗失"}, follow=True)
        )
        assert browser.post(url, {"reason": "再次"}).status_code == 409

    def test_spoiled_job_page_opens(self, browser, interrupted, operator, now):
        jobs.spoil_card_job(operator, interrupted, "卡片遗失", now=now)
        assert "此卡已作废：卡片遗失" in text_of(
            browser.get(reverse("card-job-detail", args=[interrupted.pk]))
        )

    def test_quiet_running_job_counts_as_interrupted(self, interrupted, now):
        CardJob.objects.update(trouble={})
        job = CardJob.objects.get()
        assert not is_interrupted(job, now)
        assert is_interrupted(job, now.replace(minute=50))


class TestFace:
    def test_face_is_a_pdf_for_the_finished_card_only(self, browser, operator, certificate, put_blank, now):
        put_blank()
        url = reverse("card-face", args=[certificate.number])
        assert browser.get(url).status_code == 409
        jobs.start_card_job(operator, certificate, "virtual-1", now=now)
        response = browser.get(url)
        assert response.content.startswith(b"%PDF-")
        assert (response["Content-Type"], response["Cache-Control"]) == (
            "application/pdf",
            "private, no-store",
        )


class TestHandOver:
    @pytest.fixture
    def produced(self, operator, certificate, put_blank, now):
        put_blank()
        job = jobs.start_card_job(operator, certificate, "virtual-1", now=now)
        jobs.pass_check(operator, job, now=now)
        return certificate

    def test_registrar_hands_over_from_the_list(self, registrar, sign_in, produced):
        browser = sign_in(registrar)
        assert produced.number in browser.get(reverse("card-hand-over-list")).content.decode()
        url = reverse("card-hand-over", args=[produced.number])
        wrong = browser.post(url, {"received_by_name": "陈予安"})
        assert wrong.status_code == 400
        assert "陈予安" in wrong.content.decode()
        done = browser.post(url, {"received_by_name": "林书白"}, follow=True)
        assert "已发放林书白的证件" in text_of(done)
        assert browser.post(url, {"received_by_name": "林书白"}).status_code == 409

    def test_other_county_finds_nothing(self, account_for, tree, sign_in, produced):
        away = sign_in(account_for("ma", tree.nanjing, Role.REGISTRAR))
        assert away.get(reverse("card-hand-over", args=[produced.number])).status_code == 404

    def test_chain_says_made_then_handed_over(self, operator, actor, tree, produced, now):
        officer = produced.officer
        assert [(link.order, link.tone) for link in chain_links(officer)] == [(70, "whole"), (80, "current")]
        record_hand_over(actor("wu", tree.kunshan, Role.REGISTRAR), produced, "林书白", now=now)
        links = chain_links(officer)
        assert [(link.person, link.tone) for link in links] == [("tang", "whole"), ("wu", "whole")]

    def test_registrar_sees_it_in_the_queue(self, actor, tree, operator, produced):
        items = waiting(work_queues(actor("wu", tree.kunshan, Role.REGISTRAR)), 10)
        assert [item.kind for item in items] == ["card-hand-over"]
        assert waiting(work_queues(operator), 10) == []


def test_certificate_that_waits_for_its_card_is_work_and_an_open_link(operator, certificate):
    assert [item.kind for item in waiting(work_queues(operator), 10)] == ["card-production"]
    assert [link.tone for link in chain_links(certificate.officer)] == ["current", "pending"]


DELIVERY = {
    "supplier": "苏州芯卡",
    "delivery_note": "S-1",
    "number": "B-1",
    "suite": "sm4",
    "transport_key": "card-transport-key",
}


class TestStock:
    def test_batch_is_received_listed_and_a_blank_spoiled(
        self, browser, counter, readers, now, django_assert_max_num_queries
    ):
        typed = {**DELIVERY, "serials": "1D000001 至 1D000040", "count": "64"}
        told = text_of(browser.post(reverse("card-receive"), typed, follow=True))
        assert "64 张空白卡已登记，须由另一人清点后使用" in told
        count_batch(counter, CardBatch.objects.get(), 64, "", "", now=now)
        with django_assert_max_num_queries(PAGE_QUERIES):
            response = browser.get(reverse("card-stock"), {"state": "blank"})
        assert "1D000001" in response.content.decode()
        assert len(response.content) < PAGE_BYTES
        again = browser.post(reverse("card-receive"), typed)
        assert again.status_code == 400
        assert "1D000001 已经登记过" in text_of(again)
        url = reverse("card-spoil", args=["1D000001"])
        assert browser.post(url, {"reason": ""}).status_code == 400
        browser.post(url, {"reason": "卡面划伤"})
        assert Card.objects.get(serial="1D000001").spoiled_reason == "卡面划伤"

    def test_wrong_range_is_told_beside_its_field(self, browser):
        typed = {**DELIVERY, "serials": "1D0000ZZ 至 1D000040", "count": "64"}
        response = browser.post(reverse("card-receive"), typed)
        assert response.status_code == 400
        assert 'id="id_serials_error"' in response.content.decode()
        assert "1D0000ZZ 至 1D000040" in response.content.decode()

    def test_blanks_at_a_glance(self, operator, put_blank):
        put_blank()
        assert [(item.label, item.value) for item in counted(glances(operator))] == [("制卡点空白卡", "1")]


class TestBox:
    def test_next_blank_of_the_station_is_put_in_and_taken_out(
        self, browser, readers, receive, move, station
    ):
        receive("1D000001 至 1D000002", 2, "3des")
        move(central_store(), station, "1D000001", 1)
        url = reverse("card-box")
        browser.post(url, {"act": "next-blank", "reader": "virtual-1"})
        assert [(card.serial, card.suite, card.reader_name) for card in readers.cards()] == [
            ("1D000001", "3des", "virtual-1")
        ]
        browser.post(url, {"act": "take-out", "reader": "virtual-1"})
        browser.post(url, {"act": "put-in", "reader": "virtual-2", "serial": "1D000001"})
        assert readers.reader("virtual-2").inserted == "1D000001"
        assert "1D000001" in browser.get(url).content.decode()

    def test_no_blanks_left_is_told(self, browser, readers):
        response = browser.post(
            reverse("card-box"), {"act": "next-blank", "reader": "virtual-1"}, follow=True
        )
        assert "制卡点库没有空白卡" in text_of(response)

    def test_only_on_a_development_node(self, browser, readers, settings):
        settings.WARRANT_NODE = settings.WARRANT_NODE.__class__(
            **{**settings.WARRANT_NODE.__dict__, "is_development": False}
        )
        assert browser.get(reverse("card-box")).status_code == 404


class TestKeyPages:
    @pytest.fixture
    def custodian(self, account_for, tree, sign_in):
        return lambda name: sign_in(account_for(name, tree.jiangsu, Role.KEY_CUSTODIAN))

    def test_import_from_arrival_to_equal_check_values(
        self, at_ministry, custodians, custodian, deliver, now, django_assert_max_num_queries
    ):
        at_ministry(False)
        keys.publish_transport_key(now=now)
        at_ministry(True)
        keys.receive_transport_key(deliver("to-ministry", "320000"), now=now)
        first, second = custodians.ministry
        for kind, more in (
            (KeyActKind.GENERATE_MASTER, {}),
            (KeyActKind.HAND_OVER_SUB_KEYS, {"province_code": "320000"}),
        ):
            act = keys.propose_key_act(first, kind, {"suite": "sm4", "version": 1, **more}, now=now)
            keys.confirm_key_act(second, act, heard=heard(act), now=now)
        at_ministry(False)
        keys.receive_sub_key_package(deliver("to-320000", "ministry"), now=now)
        act = KeyAct.objects.get(kind="import-sub-keys")
        one, other = custodian("qin"), custodian("an")
        page, decide = reverse("key-act-detail", args=[act.pk]), "key-act-decide"

        assert act.parameters["announced"]["mac"] in one.get(page).content.decode()
        assert one.post(reverse(decide, args=[act.pk, "confirm"])).status_code == 409
        one.post(reverse(decide, args=[act.pk, "acknowledge"]))
        assert one.post(reverse(decide, args=[act.pk, "confirm"])).status_code == 409
        assert other.post(reverse(decide, args=[act.pk, "confirm"])).status_code == 409
        read = spoken_fingerprint(Spoken.PACKAGE, sha256(bytes(act.package)))
        typed = {"partner": "罗一鸣", "digits": read}
        done = other.post(reverse("key-act-compare", args=[act.pk]), typed, follow=True)
        assert text_of(done).count("一致") == 7
        assert "不一致" not in text_of(done)
        with django_assert_max_num_queries(PAGE_QUERIES):
            response = other.get(reverse("key-acts"))
        assert act.parameters["announced"]["mac"] in response.content.decode()
        assert len(response.content) < PAGE_BYTES

    def test_ministry_proposes_by_form_and_rejects_with_a_reason(
        self, at_ministry, account_for, tree, sign_in
    ):
        at_ministry(True)
        one = sign_in(account_for("luo", tree.ministry, Role.KEY_CUSTODIAN))
        url = reverse("key-act-propose", args=["generate-master"])
        assert one.post(url, {"suite": "sm4", "version": "0"}).status_code == 400
        one.post(url, {"suite": "sm4", "version": "1"})
        again = one.post(url, {"suite": "sm4", "version": "1"})
        assert again.status_code == 400
        act = KeyAct.objects.get()
        reject = reverse("key-act-reject", args=[act.pk])
        assert one.post(reject, {"reason": ""}).status_code == 400
        one.post(reject, {"reason": "版本号填错"})
        assert "版本号填错" in one.get(reverse("key-acts")).content.decode()

    def test_province_has_nothing_to_propose(self, custodian, at_ministry):
        at_ministry(False)
        assert custodian("qin").get(reverse("key-act-propose", args=["generate-master"])).status_code == 404

    def test_custodian_sees_what_waits_but_not_the_own_proposal(self, at_ministry, custodians, now):
        at_ministry(True)
        first, second = custodians.ministry
        keys.propose_key_act(first, KeyActKind.GENERATE_MASTER, {"suite": "sm4", "version": 1}, now=now)
        assert waiting(work_queues(first), 10) == []
        assert [item.kind for item in waiting(work_queues(second), 10)] == ["key-act"]

    def test_operator_does_not_see_keys(self, browser):
        assert browser.get(reverse("key-acts")).status_code == 403
