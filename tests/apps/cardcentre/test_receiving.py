"""A delivery is received by one, counted by another; a difference is settled by whoever did not count."""

from __future__ import annotations

import dataclasses

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import Card, CardBatch, CardEntry, CardJob
from warrant.apps.cardcentre.selectors import work_queues
from warrant.apps.cardcentre.services import jobs
from warrant.apps.cardcentre.services.receiving import count_batch, receive_cards, settle_batch
from warrant.apps.foundation.work import waiting
from warrant.core.access import Role
from warrant.core.errors import Conflict, InvalidInput, NotPermitted


def deliver(actor, serials, count, now, suite="sm4", **note):
    note = {"number": "B-7", "delivery_note": "S-7", **note}
    return receive_cards(actor, "苏州芯卡", serials, suite, count=count, now=now, **note)


@pytest.fixture
def batch(operator, now):
    return deliver(operator, "1D000001 至 1D000005", 5, now)


def states():
    return dict(Card.objects.order_by("serial").values_list("serial", "state"))


def test_every_serial_of_the_note_is_announced_and_none_is_stock(operator, now):
    batch = deliver(operator, "1D:00:00:00:00:00:FE 至 1d000000000101\n1D0000000001F0", 5, now)
    assert list(batch.cards.order_by("serial").values_list("serial", "state", "store")) == [
        ("1D0000000000FE", "arrived", None),
        ("1D0000000000FF", "arrived", None),
        ("1D000000000100", "arrived", None),
        ("1D000000000101", "arrived", None),
        ("1D0000000001F0", "arrived", None),
    ]
    assert batch.ranges == [["1D0000000000FE", "1D000000000101"], ["1D0000000001F0", "1D0000000001F0"]]
    assert AuditRow.objects.filter(action="cards.received").exists()


def test_serial_is_received_once(operator, now):
    deliver(operator, "1D000005 至 1D000007", 3, now)
    with pytest.raises(Conflict, match="card-known"):
        deliver(operator, "1D000001 至 1D000009", 9, now)


def test_longer_serial_in_between_is_another_card(operator, now):
    deliver(operator, "1D00000500 至 1D00000501", 2, now)
    assert deliver(operator, "1D000001 至 1D000009", 9, now).count == 9


@pytest.mark.parametrize(
    ("serials", "count", "code"),
    [
        ("1D000009 至 1D000001", 9, "card-serial-order"),
        ("1D00000X", 1, "card-serial-invalid"),
        ("1D000000 至 1D002000", 8193, "card-batch-large"),
        ("1D000001 至 1D000009", 10, "count-announced-differs"),
        ("", 1, "cards-missing"),
    ],
)
def test_wrong_note_is_refused(operator, now, serials, count, code):
    with pytest.raises(InvalidInput, match=code):
        deliver(operator, serials, count, now)


def test_key_of_the_blanks_is_named_as_vaults_name_keys(operator, now):
    assert deliver(operator, "1D000001", 1, now, transport_key="maker-2026-a").transport_key == "maker-2026-a"
    with pytest.raises(InvalidInput, match="transport-key-invalid"):
        deliver(operator, "1D000002", 1, now, transport_key="密钥 1")


def test_a_delivery_says_which_face_its_blanks_carry(operator, now, sign_in):
    assert deliver(operator, "1D000001", 1, now).face_version == 0
    with pytest.raises(InvalidInput, match="face-unknown"):
        deliver(operator, "1D000002", 1, now, face_version=9)
    browser = sign_in(Account.objects.get(pk=operator.account_id))
    typed = {"supplier": "苏州芯卡", "number": "B-8", "delivery_note": "S-8", "suite": "sm4"}
    typed |= {"serials": "1D000003", "count": "1", "transport_key": "card-transport-key"}
    assert browser.post(reverse("card-receive"), {**typed, "face_version": "9"}).status_code == 400
    page = browser.post(reverse("card-receive"), {**typed, "face_version": "1"}, follow=True)
    assert "第 1 号版式" in page.content.decode()
    assert CardBatch.objects.get(number="B-8").face_version == 1


def test_registrar_receives_nothing(actor, tree, now):
    with pytest.raises(NotPermitted):
        deliver(actor("wu", tree.jiangsu, Role.REGISTRAR), "1D000001", 1, now)


def test_operator_of_another_node_does_not_touch_the_stock(operator, now):
    away = dataclasses.replace(
        operator, grants=tuple(dataclasses.replace(grant, is_node_wide=False) for grant in operator.grants)
    )
    with pytest.raises(Exception, match="not-found"):
        deliver(away, "1D000001", 1, now)


def test_cards_are_stock_of_the_central_store_once_another_has_counted_them(batch, operator, counter, now):
    count_batch(counter, batch, 5, "", "", now=now)
    assert set(states().values()) == {"blank"}
    assert set(Card.objects.values_list("store__kind", flat=True)) == {"central"}
    lines = CardEntry.objects.values_list("action", "from_state", "to_state", "account", "second").distinct()
    assert list(lines) == [("count", "arrived", "blank", counter.account_id, operator.account_id)]
    assert AuditRow.objects.filter(action="cards.counted").exists()


def test_receiver_cannot_count_the_same_delivery(batch, operator, now):
    with pytest.raises(NotPermitted, match="counted-by-receiver"):
        count_batch(operator, batch, 5, "", "", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CardBatch.objects.update(counted_by=operator.account_id)


def test_delivery_is_counted_once(batch, counter, now):
    count_batch(counter, batch, 5, "", "", now=now)
    with pytest.raises(Conflict, match="wrong-state"):
        count_batch(counter, batch, 5, "", "", now=now)


@pytest.mark.parametrize(
    ("counted", "missing", "surplus", "code"),
    [
        (4, "", "", "count-disagrees"),
        (5, "1D000003", "", "count-disagrees"),
        (4, "1D000009", "", "serial-not-announced"),
        (6, "", "1D000002", "serial-announced"),
        (4, "1D00", "", "card-serial-invalid"),
    ],
)
def test_count_that_does_not_agree_to_the_card_changes_nothing(
    batch, counter, now, counted, missing, surplus, code
):
    with pytest.raises(InvalidInput, match=code):
        count_batch(counter, batch, counted, missing, surplus, now=now)
    assert set(states().values()) == {"arrived"}


def test_difference_keeps_the_whole_delivery_back_until_another_settles_it(batch, operator, counter, now):
    counted = count_batch(counter, batch, 4, "1d:00:00:02\n1D000004", "1D0000FF", now=now)
    assert (counted.state, counted.missing_count, counted.surplus) == ("different", 2, ["1D0000FF"])
    assert not Card.objects.filter(state="blank").exists()
    with pytest.raises(NotPermitted, match="settled-by-counter"):
        settle_batch(counter, batch, "1D000002", "自己处理", now=now)
    with pytest.raises(InvalidInput, match="reason-missing"):
        settle_batch(operator, batch, "1D000002", " ", now=now)
    with pytest.raises(InvalidInput, match="serial-not-missing"):
        settle_batch(operator, batch, "1D000001", "补交", now=now)
    settle_batch(operator, batch, "1D000002", "供卡单位补交一张，少发一张", now=now)
    assert states() == {
        "1D000001": "blank",
        "1D000002": "blank",
        "1D000003": "blank",
        "1D000004": "undelivered",
        "1D000005": "blank",
    }
    with pytest.raises(Conflict, match="wrong-state"):
        settle_batch(operator, batch, "", "再次处理", now=now)


def test_agreeing_count_leaves_nothing_to_settle(batch, operator, counter, now):
    count_batch(counter, batch, 5, "", "", now=now)
    with pytest.raises(Conflict, match="wrong-state"):
        settle_batch(operator, batch, "", "无", now=now)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(missing=st.sets(st.integers(1, 5)), surplus=st.sets(st.integers(6, 9)), data=st.data())
def test_every_card_of_the_note_stands_somewhere_whatever_is_counted(
    operator, counter, now, missing, surplus, data
):
    found = data.draw(st.sets(st.sampled_from(sorted(missing)))) if missing else set()
    with transaction.atomic():
        batch = deliver(operator, "1D000001 至 1D000005", 5, now)
        absent, extra, later = (
            "\n".join(f"1D{number:06X}" for number in numbers) for numbers in (missing, surplus, found)
        )
        batch = count_batch(counter, batch, 5 - len(missing) + len(surplus), absent, extra, now=now)
        if batch.has_difference:
            settle_batch(operator, batch, later, "已与供卡单位核对", now=now)
        assert states() == {
            f"1D{number:06X}": "undelivered" if number in missing - found else "blank"
            for number in range(1, 6)
        }
        transaction.set_rollback(True)


def test_card_that_nobody_counted_is_not_personalised(operator, certificate, readers, put_blank, now):
    deliver(operator, "1D000001", 1, now)
    put_blank("1D000001", stocked=False)
    with pytest.raises(Conflict, match="card-not-counted"):
        jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    assert not CardJob.objects.exists()


def test_who_has_to_act_sees_it_among_the_work(batch, operator, counter, now):
    kinds = [[item.kind for item in waiting(work_queues(actor), 10)] for actor in (operator, counter)]
    assert kinds == [[], ["card-batch"]]
    count_batch(counter, batch, 4, "1D000005", "", now=now)
    tones = [[item.tone for item in waiting(work_queues(actor), 10)] for actor in (operator, counter)]
    assert tones == [["broken"], []]


def test_pages_lead_from_receipt_to_settlement(batch, operator, counter, sign_in):
    first = sign_in(Account.objects.get(pk=operator.account_id))
    second = sign_in(Account.objects.get(pk=counter.account_id))
    page, count, settle = (
        reverse(f"card-batch-{name}", args=[batch.pk]) for name in ("detail", "count", "settle")
    )
    assert "等待另一人清点" in first.get(page).content.decode()
    assert first.post(count, {"counted": "5"}).status_code == 403
    wrong = second.post(count, {"counted": "4", "missing": "1D0000ZZ"})
    assert wrong.status_code == 400
    assert 'id="id_missing_error"' in wrong.content.decode()
    assert "1D0000ZZ" in wrong.content.decode()
    told = second.post(count, {"counted": "4", "missing": "1D000005"}, follow=True)
    assert "整批不能使用，等待另一人处理" in told.content.decode()
    assert "1D000005" in first.get(settle).content.decode()
    assert second.post(settle, {"explanation": "少发"}).status_code == 403
    done = first.post(settle, {"explanation": "少发一张"}, follow=True)
    assert "清点差异已处理：少发一张" in done.content.decode()
    assert first.post(settle, {"explanation": "再次"}).status_code == 409
    assert "已入库" in first.get(reverse("card-batches")).content.decode()
