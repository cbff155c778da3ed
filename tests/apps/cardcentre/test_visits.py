"""A card in use comes back to a station: verified, and the results of reviews are written to it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from tests.apps.cardcentre.conftest import FIRST_SERIAL
from tests.apps.cardcentre.test_pages import text_of
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import Card
from warrant.apps.cardcentre.services import jobs, visits
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.certificates.models import Certificate
from warrant.apps.reviews.models import ReviewCampaign, ReviewLine
from warrant.core.access import Role
from warrant.core.chip.reviews import ReviewRecord, ReviewResult
from warrant.core.errors import N_, Conflict, NotFound, Unavailable

DECIDED = datetime(2026, 11, 5, 1, 0, tzinfo=UTC)
RECORD_2026 = ReviewRecord(2026, ReviewResult.PASSED, date(2026, 11, 5), "320000")
RECORD_2025 = ReviewRecord(2025, ReviewResult.NOT_PASSED, date(2026, 11, 5), "320000")


@pytest.fixture(params=["sm4", "3des"])
def in_use(request, operator, actor, tree, certificate, put_blank, now):
    """A certificate whose card is handed over and lies in the reader."""
    put_blank(suite=request.param)
    jobs.pass_check(operator, jobs.start_card_job(operator, certificate, "virtual-1", now=now), now=now)
    record_hand_over(actor("wu", tree.kunshan, Role.REGISTRAR), certificate, "林书白", now=now)
    return certificate


@pytest.fixture
def decided(operator, in_use):
    """A result of a year: ``decided(2026)``."""

    def line(year, state="passed"):
        campaign = ReviewCampaign.objects.create(
            year=year,
            due_on=date(year, 12, 31),
            warned_from=date(year, 11, 1),
            regulation_digest="0" * 64,
            opened_by_id=operator.account_id,
            opened_by_name="tang",
            opened_at=DECIDED,
        )
        made = ReviewLine(
            campaign=campaign,
            certificate=in_use,
            officer=in_use.officer,
            facts={},
            is_clean=True,
            state=state,
            decided_at=DECIDED,
        )
        made.put_at(in_use.place)
        made.save()
        return made

    return line


def test_results_are_written_oldest_first_read_back_and_recorded(operator, decided, now):
    newer, older = decided(2026), decided(2025, "not-passed")
    visit = visits.read_visitor(operator, "virtual-1")
    assert [record for _key, record in visit.waiting] == [RECORD_2025, RECORD_2026]
    assert visit.reviews == ()
    after = visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    assert after.reviews == (RECORD_2026, RECORD_2025)
    for line in (newer, older):
        line.refresh_from_db()
        assert line.chip_written_at == now
    assert AuditRow.objects.filter(action="review.written-to-chip").count() == 2
    assert visits.read_visitor(operator, "virtual-1").waiting == ()


@pytest.mark.parametrize("acts", [True, False], ids=["after the card acted", "before"])
def test_visit_that_breaks_off_at_any_command_is_made_again_without_a_second_record(
    operator, decided, monkeypatch, acts, now
):
    line = decided(2026)
    transmit = VirtualConnection.transmit
    sent = 0

    def count(connection, apdu):
        nonlocal sent
        sent += 1
        return transmit(connection, apdu)

    with monkeypatch.context() as patch:
        patch.setattr(VirtualConnection, "transmit", count)
        visits.read_visitor(operator, "virtual-1")
    for lives in range(sent, sent + 6):  # the six commands that write
        left = [lives]

        def break_off(connection, apdu, left=left):
            left[0] -= 1
            if left[0] == 0:
                if acts:
                    transmit(connection, apdu)
                raise Unavailable("card-removed", N_("卡片已被取出"), place="reader")
            return transmit(connection, apdu)

        with monkeypatch.context() as patch:
            patch.setattr(VirtualConnection, "transmit", break_off)
            with pytest.raises(Unavailable):
                visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
        line.refresh_from_db()
        assert line.chip_written_at is None
    after = visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    assert after.reviews == (RECORD_2026,)


@pytest.mark.parametrize(
    ("state", "words"),
    [("lost", "留下此卡"), ("withheld", "留下此卡"), ("cancelled", "收回此卡"), ("revoked", "收回此卡")],
)
def test_card_of_a_certificate_that_is_not_in_use_is_kept_back(operator, decided, in_use, state, words, now):
    decided(2026)
    Certificate.system.filter(pk=in_use.pk).update(state=state)
    assert words in visits.read_visitor(operator, "virtual-1").kept_back
    with pytest.raises(Conflict, match="card-kept-back"):
        visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)


def test_lapsed_certificate_gets_its_result(operator, decided, in_use, now):
    decided(2026)
    Certificate.system.filter(pk=in_use.pk).update(state="lapsed")
    assert visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now).reviews == (RECORD_2026,)


def test_dead_card_of_a_living_certificate_is_kept_back(operator, in_use):
    Card.objects.filter(serial=FIRST_SERIAL).update(state="dead")
    assert "停用" in visits.read_visitor(operator, "virtual-1").kept_back


def test_other_card_than_the_one_on_the_page_is_refused(operator, in_use, now):
    with pytest.raises(Conflict, match="card-different"):
        visits.write_results(operator, "virtual-1", "1D000000000099", now=now)


def test_blank_foreign_and_unknown_cards_are_told(operator, actor, tree, in_use, put_blank, readers):
    with pytest.raises(NotFound, match="not-found"):
        visits.read_visitor(actor("pu", tree.shanghai, Role.CARD_OPERATOR), "virtual-1")
    Card.objects.filter(serial=FIRST_SERIAL).update(serial="1D0000000000AA")
    with pytest.raises(Conflict, match="card-not-on-record"):
        visits.read_visitor(operator, "virtual-1")
    put_blank("1D000000000002")
    with pytest.raises(NotFound, match="card-foreign"):
        visits.read_visitor(operator, "virtual-1")


class TestPage:
    @pytest.fixture
    def browser(self, operator, sign_in):
        return sign_in(Account.objects.get(pk=operator.account_id))

    def test_read_then_write_by_enter(self, browser, decided, django_assert_max_num_queries):
        decided(2026)
        url = reverse("card-visit")
        assert "把已发的证卡放在读卡器上" in text_of(browser.get(url))
        with django_assert_max_num_queries(12):
            page = browser.post(url, {"act": "read", "reader": "virtual-1"})
        assert "林书白" in text_of(page)
        assert page.content.decode().count("autofocus") == 1
        assert len(page.content) < 60_000
        done = browser.post(url, {"act": "write", "reader": "virtual-1", "serial": FIRST_SERIAL})
        assert "已写入并回读核对" in text_of(done)
        again = browser.post(url, {"act": "write", "reader": "virtual-1", "serial": FIRST_SERIAL})
        assert again.status_code == 200
        assert AuditRow.objects.filter(action="review.written-to-chip").count() == 1

    def test_empty_reader_and_lost_card_are_told(self, browser, in_use, readers):
        url = reverse("card-visit")
        Certificate.system.filter(pk=in_use.pk).update(state="lost")
        page = browser.post(url, {"act": "read", "reader": "virtual-1"})
        assert "证件已挂失：留下此卡" in text_of(page)
        assert "写完之前不要取卡" not in text_of(page)
        readers.take_out("virtual-1")
        assert browser.post(url, {"act": "read", "reader": "virtual-1"}).status_code == 503
        assert browser.post(url, {"act": "read", "reader": "nowhere"}).status_code == 404
