"""Finished cards travel to their unit, are counted there, and only then go to their holders."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from django.urls import reverse

from tests.apps.cardcentre.test_pages import text_of
from tests.support.at_once import at_once, shared_database
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import Parcel, ParcelLine
from warrant.apps.cardcentre.selectors import work_queues
from warrant.apps.cardcentre.selectors.parcels import cards_to_send, units_to_send_to
from warrant.apps.cardcentre.services import jobs
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.cardcentre.services.parcels import receive_parcel, send_parcel
from warrant.apps.cardcentre.services.receipts import print_holder_receipt, print_parcel_list
from warrant.apps.foundation.work import waiting
from warrant.core.access import Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted


@pytest.fixture
def registrar(account_for, tree):
    return account_for("wu", tree.kunshan, Role.REGISTRAR)


@pytest.fixture
def two(operator, case_for, put_blank, now):
    """Two finished cards of one unit."""
    made = []
    for number, name in enumerate(("林书白", "陈予安"), start=1):
        certificate = case_for(name)
        put_blank(f"1D00000000000{number}")
        jobs.pass_check(operator, jobs.start_card_job(operator, certificate, "virtual-1", now=now), now=now)
        made.append(certificate)
    return made


@pytest.fixture
def parcel(operator, two, tree, now):
    return send_parcel(operator, tree.kunshan_brigade, "顺丰 SF1001", now=now)


def lines(parcel):
    return list(parcel.lines.order_by("pk"))


def words_in(content):
    pages = pypdfium2.PdfDocument(io.BytesIO(content))
    try:
        return "".join(page.get_textpage().get_text_range() for page in pages)
    finally:
        pages.close()


def test_all_cards_of_the_unit_are_sent_once(operator, two, tree, now):
    assert units_to_send_to(operator) == [(tree.kunshan_brigade.pk, "昆山市交通运输综合行政执法大队 · 2")]
    parcel = send_parcel(operator, tree.kunshan_brigade, "顺丰 SF1001", now=now)
    assert [line.card.serial for line in lines(parcel)] == ["1D000000000001", "1D000000000002"]
    assert AuditRow.objects.filter(action="card-parcel.sent").exists()
    assert list(cards_to_send(operator)) == []
    with pytest.raises(Conflict, match="nothing-to-send"):
        send_parcel(operator, tree.kunshan_brigade, "顺丰 SF1002", now=now)


def test_card_under_way_is_not_handed_over(parcel, two, registrar, now):
    with pytest.raises(Conflict, match="card-under-way"):
        record_hand_over(actor_for(registrar), two[0], "林书白", now=now)
    receive_parcel(actor_for(registrar), parcel, {line.pk for line in lines(parcel)}, "", now=now)
    assert record_hand_over(actor_for(registrar), two[0], "林书白", now=now).state == "handed-over"


def test_missing_card_needs_words_stays_back_and_can_turn_up(parcel, two, registrar, now):
    first, second = lines(parcel)
    person = actor_for(registrar)
    with pytest.raises(InvalidInput, match="difference-unexplained"):
        receive_parcel(person, parcel, {first.pk}, " ", now=now)
    counted = receive_parcel(person, parcel, {first.pk}, "封口完好，少一张，已报告", now=now)
    assert (counted.received_by_id, counted.note) == (registrar.pk, "封口完好，少一张，已报告")
    row = AuditRow.objects.get(action="card-parcel.received")
    assert "1/2" in row.summary
    with pytest.raises(Conflict, match="card-under-way"):
        record_hand_over(person, two[1], "陈予安", now=now)
    with pytest.raises(Conflict, match="nothing-new"):
        receive_parcel(person, parcel, {first.pk}, "", now=now)
    receive_parcel(person, parcel, {second.pk}, "", now=now)
    assert ParcelLine.objects.filter(arrived_at=None).count() == 0
    assert Parcel.system.get().note == "封口完好，少一张，已报告"


def test_who_sent_it_does_not_count_it_and_others_find_nothing(two, actor, tree, now):
    sender = actor("zhen", tree.jiangsu, Role.CARD_OPERATOR, Role.REGISTRAR)
    parcel = send_parcel(sender, tree.kunshan_brigade, "专人", now=now)
    with pytest.raises(Conflict, match="sent-by-yourself"):
        receive_parcel(sender, parcel, set(), "x", now=now)
    with pytest.raises(NotFound):
        receive_parcel(actor("xu", tree.nanjing, Role.REGISTRAR), parcel, set(), "x", now=now)
    with pytest.raises((NotFound, NotPermitted)):
        send_parcel(actor("pu", tree.shanghai, Role.CARD_OPERATOR), tree.kunshan_brigade, "x", now=now)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_at_once_one_parcel_goes(operator, actor, two, tree, now, tmp_path):
    other = actor("fan", tree.jiangsu, Role.CARD_OPERATOR)
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda person=person: send_parcel(person, tree.kunshan_brigade, "专人", now=now)
                for person in (operator, other)
            )
        )
        assert sorted(ends) == ["done", "nothing-to-send"]
        assert ParcelLine.objects.count() == 2


def test_papers_name_every_card(parcel, two, registrar, now):
    words = words_in(print_parcel_list(actor_for(registrar), parcel, now=now))
    for expected in ("证卡交接清单", "林书白", "陈予安", "1D000000000002", "顺丰 SF1001", "点收人签字"):
        assert expected in words
    words = words_in(print_holder_receipt(actor_for(registrar), two[0], now=now))
    for expected in ("执法证件领取回执", "林书白", two[0].number, "1D000000000001", "领取人签字"):
        assert expected in words


def test_no_receipt_without_a_card(certificate, registrar, now):
    with pytest.raises(Conflict, match="card-missing"):
        print_holder_receipt(actor_for(registrar), certificate, now=now)


class TestPages:
    def test_sent_counted_and_listed(
        self, operator, two, registrar, sign_in, tree, django_assert_max_num_queries
    ):
        centre, unit = sign_in(Account.objects.get(pk=operator.account_id)), sign_in(registrar)
        url = reverse("card-parcel-send")
        assert "昆山市交通运输综合行政执法大队 · 2" in text_of(centre.get(url))
        typed = {"agency": tree.kunshan_brigade.pk, "carrier": ""}
        assert centre.post(url, typed).status_code == 400
        sent = centre.post(url, {**typed, "carrier": "顺丰 SF1001"}, follow=True)
        assert "2 张证卡已登记寄往昆山市" in text_of(sent)
        assert waiting(work_queues(actor_for(registrar)), 10)[0].kind == "card-parcel"
        parcel = Parcel.system.get()
        page = reverse("card-parcel", args=[parcel.pk])
        with django_assert_max_num_queries(10):
            shown = unit.get(page)
        assert shown.content.decode().count('type="checkbox" name="arrived"') == 2
        assert 'name="arrived"' not in centre.get(page).content.decode()
        receive = reverse("card-parcel-receive", args=[parcel.pk])
        first = lines(parcel)[0]
        wrong = unit.post(receive, {"arrived": [first.pk], "note": ""})
        assert wrong.status_code == 400
        assert f'value="{first.pk}" checked' in wrong.content.decode()
        done = unit.post(receive, {"arrived": [first.pk], "note": "少一张"}, follow=True)
        assert "少 1 张" in text_of(done)
        with django_assert_max_num_queries(10):
            assert "少 1 张" in text_of(unit.get(reverse("card-parcels")))
        paper = unit.post(reverse("card-parcel-paper", args=[parcel.pk]))
        assert (paper["Content-Type"], paper["Cache-Control"]) == ("application/pdf", "private, no-store")

    def test_receipt_opens_from_the_hand_over(self, two, registrar, sign_in):
        unit = sign_in(registrar)
        receipt = reverse("card-holder-receipt", args=[two[0].number])
        assert receipt in unit.get(reverse("card-hand-over", args=[two[0].number])).content.decode()
        assert unit.post(receipt).content.startswith(b"%PDF-")

    def test_nothing_to_send_is_told(self, operator, sign_in, readers):
        centre = sign_in(Account.objects.get(pk=operator.account_id))
        assert "没有待寄的证卡" in text_of(centre.get(reverse("card-parcel-send")))
        assert "还没有包裹" in text_of(centre.get(reverse("card-parcels")))
