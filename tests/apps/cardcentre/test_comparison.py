"""Sub-keys go nowhere before two people have compared numbers over the telephone."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.urls import reverse

from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import KeyAct, KeySet, PeerTransportKey
from warrant.apps.cardcentre.selectors import work_queues
from warrant.apps.cardcentre.services import comparison, key_records, keys
from warrant.apps.cardcentre.services.comparison import Heard
from warrant.apps.cardcentre.types import KeyActKind
from warrant.apps.foundation.models import LogEntry
from warrant.core.access import Role
from warrant.core.crypto.digest import sha256
from warrant.core.errors import Conflict, InvalidInput
from warrant.core.keys.spoken import Spoken, spoken_fingerprint

SUB_KEYS = {"suite": "sm4", "version": 1, "province_code": "320000"}
STRANGE = spoken_fingerprint(Spoken.PACKAGE, bytes(32))
"""Well-formed, and the fingerprint of nothing here."""
NUMBER = re.compile(r"(?:\d{5} ){7}\d{5}")


@pytest.fixture
def read_by_province(at_ministry, transport_key) -> str:
    """What the province's page says of its receiving key."""
    at_ministry(False)
    spoken = comparison.own_receiving_key_spoken()
    at_ministry(True)
    return spoken


@pytest.fixture
def hand_over(master, read_by_province, custodians, now) -> KeyAct:
    return keys.propose_key_act(custodians.ministry[0], KeyActKind.HAND_OVER_SUB_KEYS, SUB_KEYS, now=now)


@pytest.fixture
def arrived(hand_over, read_by_province, custodians, at_ministry, deliver, now) -> SimpleNamespace:
    """A package at the province, checked by the first custodian; what the ministry reads aloud of it."""
    done = keys.confirm_key_act(
        custodians.ministry[1], hand_over, heard=Heard("秦思源", read_by_province), now=now
    )
    at_ministry(False)
    keys.receive_sub_key_package(deliver("to-320000", "ministry"), now=now)
    act = KeyAct.objects.get(kind="import-sub-keys")
    keys.acknowledge_key_act(custodians.province[0], act, now=now)
    return SimpleNamespace(act=act, read_by_ministry=comparison.package_spoken(done), done=done)


def test_both_ends_compare_and_both_records_say_with_whom(arrived, custodians, read_by_province, now):
    taken = keys.confirm_key_act(
        custodians.province[1], arrived.act, heard=Heard(" 罗一鸣 ", arrived.read_by_ministry), now=now
    )
    assert taken.comparison == {
        "of": "package",
        "with": "罗一鸣",
        "heard": arrived.read_by_ministry,
        "matches": True,
    }
    assert arrived.done.comparison["heard"] == read_by_province
    assert arrived.done.comparison["with"] == "秦思源"
    rows = [section.rows for section in key_records._heard(taken)]
    assert ["对方通话人", "罗一鸣"] in rows[0]


@pytest.mark.parametrize(
    ("heard", "code"),
    [
        (None, "comparison-missing"),
        (Heard("", STRANGE), "partner-missing"),
        (Heard("秦思源", "12345"), "spoken-malformed"),
        (Heard("秦思源", "0" * 40), "spoken-slip"),
    ],
)
def test_nothing_is_wrapped_without_a_number_and_a_slip_may_be_read_again(
    hand_over, custodians, read_by_province, now, heard, code
):
    with pytest.raises((Conflict, InvalidInput), match=code):
        keys.confirm_key_act(custodians.ministry[1], hand_over, heard=heard, now=now)
    assert not LogEntry.objects.filter(kind="subkey.package").exists()
    again = Heard("秦思源", read_by_province)
    assert keys.confirm_key_act(custodians.ministry[1], hand_over, heard=again, now=now).state == "done"


def test_name_of_the_own_side_is_no_partner(hand_over, custodians, read_by_province, now):
    second = custodians.ministry[1]
    for name in (second.name, custodians.ministry[0].name):
        with pytest.raises(InvalidInput, match="partner-own-side"):
            keys.confirm_key_act(second, hand_over, heard=Heard(name, read_by_province), now=now)


class TestDiffering:
    def test_exchanged_receiving_key_gets_no_package(
        self, hand_over, custodians, read_by_province, ministry_vault, now
    ):
        other_key = ministry_vault.transport_public_key()
        PeerTransportKey.objects.update(public_key=other_key)
        hand_over.parameters["recipient"] = comparison.fingerprint(other_key)
        hand_over.save()
        with pytest.raises(Conflict, match="comparison-differs"):
            keys.confirm_key_act(
                custodians.ministry[1], hand_over, heard=Heard("秦思源", read_by_province), now=now
            )
        hand_over.refresh_from_db()
        assert (hand_over.state, hand_over.comparison["matches"]) == ("stopped", False)
        assert not LogEntry.objects.filter(kind="subkey.package").exists()
        assert not KeySet.objects.filter(kind="sub").exists()
        assert AuditRow.objects.get(action="key-act.stopped").subject == f"key-act:{hand_over.pk}"

    def test_other_package_is_not_taken_in_nor_tried_again(self, arrived, custodians, province_vault, now):
        second = custodians.province[1]
        with pytest.raises(Conflict, match="comparison-differs"):
            keys.confirm_key_act(second, arrived.act, heard=Heard("罗一鸣", STRANGE), now=now)
        right = Heard("罗一鸣", arrived.read_by_ministry)
        with pytest.raises(Conflict, match="wrong-state"):
            keys.confirm_key_act(second, arrived.act, heard=right, now=now)
        assert province_vault.versions("sm4") == ()

    def test_people_are_called_until_another_custodian_has_found_out(
        self, hand_over, custodians, read_by_province, now
    ):
        first, second = custodians.ministry
        with pytest.raises(Conflict, match="comparison-differs"):
            keys.confirm_key_act(second, hand_over, heard=Heard("秦思源", STRANGE), now=now)
        stopped = [queue for queue in work_queues(first) if queue.rows.filter(state="stopped").exists()]
        assert len(stopped) == 1
        with pytest.raises(Conflict, match="comparison-unsettled"):
            keys.propose_key_act(first, KeyActKind.HAND_OVER_SUB_KEYS, SUB_KEYS, now=now)
        with pytest.raises(Conflict, match="same-custodian"):
            comparison.settle_stopped_act(second, hand_over, "听错了", now=now)
        with pytest.raises(InvalidInput, match="reason-missing"):
            comparison.settle_stopped_act(first, hand_over, " ", now=now)
        comparison.settle_stopped_act(first, hand_over, "读错了节点的号码", now=now)
        with pytest.raises(Conflict, match="wrong-state"):
            comparison.settle_stopped_act(first, hand_over, "再次结案", now=now)
        again = keys.propose_key_act(first, KeyActKind.HAND_OVER_SUB_KEYS, SUB_KEYS, now=now)
        heard = Heard("秦思源", read_by_province)
        assert keys.confirm_key_act(second, again, heard=heard, now=now).state == "done"


class TestPages:
    @pytest.fixture
    def custodian(self, account_for, tree, sign_in):
        return lambda name: sign_in(account_for(name, tree.jiangsu, Role.KEY_CUSTODIAN))

    def test_typing_end_never_sees_the_number_it_must_hear(self, arrived, custodian):
        page = custodian("an")
        act, compare = (
            reverse(name, args=[arrived.act.pk]) for name in ("key-act-detail", "key-act-compare")
        )
        for url in (act, compare, reverse("key-acts")):
            assert arrived.read_by_ministry not in page.get(url).content.decode()
        assert "电话比对后执行" in page.get(act).content.decode()
        assert compare in page.get(act).content.decode()

    def test_province_reads_its_receiving_key_aloud(self, at_ministry, province_vault, custodian):
        at_ministry(False)
        shown = NUMBER.findall(custodian("an").get(reverse("key-acts")).content.decode())
        assert shown == [
            spoken_fingerprint(Spoken.RECEIVING_KEY, sha256(province_vault.transport_public_key()))
        ]

    def test_slip_names_the_group_and_leaves_the_act_waiting(self, arrived, custodian):
        wrong = str((int(arrived.read_by_ministry[-1]) + 1) % 10)
        typed = {"partner": "罗一鸣", "digits": arrived.read_by_ministry[:-1] + wrong}
        answer = custodian("an").post(reverse("key-act-compare", args=[arrived.act.pk]), typed)
        assert answer.status_code == 400
        assert "第 8 组" in answer.content.decode()
        assert KeyAct.objects.get(pk=arrived.act.pk).state == "proposed"

    def test_number_that_differs_stops_and_the_page_says_whom_to_call(self, arrived, custodian):
        page = custodian("an")
        typed = {"partner": "罗一鸣", "digits": STRANGE}
        answer = page.post(reverse("key-act-compare", args=[arrived.act.pk]), typed, follow=True)
        assert arrived.read_by_ministry not in answer.content.decode(), "the next one would copy it"
        assert "请双方安全管理员和密钥保管员当面查明" in answer.content.decode()
        assert "查明结案" not in answer.content.decode()
        other = custodian("bo")
        reject = reverse("key-act-reject", args=[arrived.act.pk])
        assert "查明结案" in other.get(reverse("key-act-detail", args=[arrived.act.pk])).content.decode()
        other.post(reject, {"reason": "当面核对，读错一组"})
        assert KeyAct.objects.get(pk=arrived.act.pk).reason == "当面核对，读错一组"
        assert Account.objects.filter(username__in=("an", "bo")).count() == 2
