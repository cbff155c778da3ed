"""SAMs: nobody brings one into use or destroys one alone; what is lost or blocked is on the signed list for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import KeySet, Sam, SamBlockList, SamCount
from warrant.apps.cardcentre.selectors import sam_work_queues
from warrant.apps.cardcentre.selectors.sams import sams
from warrant.apps.cardcentre.services import sam_list
from warrant.apps.cardcentre.services import sams as acts
from warrant.apps.cardcentre.services.sam_papers import print_sam_receipt
from warrant.apps.foundation.work import waiting
from warrant.core.access import Actor, Role
from warrant.core.credential.block_list import read_block_list
from warrant.core.errors import Conflict, InvalidInput, NotPermitted
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.lifecycle import SAM, SamState
from warrant.core.lifecycle.sam import DISTRUSTED

pytestmark = pytest.mark.usefixtures("sub_keys")
SERIALS = "5A00000000000001 至 5A00000000000003"
FIRST = "5A00000000000001"


@pytest.fixture
def two(custodians: SimpleNamespace) -> tuple[Actor, Actor]:
    return custodians.province


def shown(version: int = 1, **other: str) -> dict[KeyUsage, str]:
    values = KeySet.objects.get(suite="sm4", version=version).check_values
    return {
        usage: other.get(usage.value, values[usage.value])
        for usage in (KeyUsage.AUTHENTICITY, KeyUsage.INSPECTION)
    }


@pytest.fixture
def received(two: tuple[Actor, Actor], now: datetime) -> list[Sam]:
    return acts.receive_sams(two[0], SERIALS, "sm4", [1], "部密钥中心", now=now)


@pytest.fixture
def in_store(received: list[Sam], two: tuple[Actor, Actor], now: datetime) -> Sam:
    return acts.accept_sam(two[1], received[0], shown(), now=now)


@pytest.fixture
def issued(in_store: Sam, two: tuple[Actor, Actor], tree: SimpleNamespace, now: datetime) -> Sam:
    return acts.issue_sam(two[0], in_store, tree.kunshan_brigade, "ZD-0417", "顾行简", now=now)


def blocked(vault: SoftwareVault, now: datetime) -> set[str]:
    """Read the list as a device does, with the issuer's public key."""
    key = vault.signer("issuer").public_key
    token = bytes(SamBlockList.objects.get().token)
    return {serial.hex().upper() for serial in read_block_list(token, {key.key_id: key}, at=now).serials}


def test_a_sam_comes_into_use_by_two_custodians(issued: Sam, two: tuple[Actor, Actor]) -> None:
    assert (issued.state, issued.key_versions, issued.device) == ("issued", [1], "ZD-0417")
    assert (issued.received_by_id, issued.accepted_by_id) == (two[0].account_id, two[1].account_id)
    lines = list(issued.entries.order_by("id").values_list("action", "from_state", "to_state"))
    assert lines == [
        ("receive", "", "arrived"),
        ("accept", "arrived", "in-store"),
        ("issue", "in-store", "issued"),
    ]
    said = AuditRow.objects.filter(action__startswith="sam.").order_by("pk").values_list("action", flat=True)
    assert list(said) == ["sam.received", "sam.accept", "sam.issue"]


def test_who_received_it_does_not_check_it(
    received: list[Sam], two: tuple[Actor, Actor], now: datetime
) -> None:
    with pytest.raises(Conflict, match="same-custodian"):
        acts.accept_sam(two[0], received[0], shown(), now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sam.objects.filter(pk=received[0].pk).update(accepted_by_id=two[0].account_id)


@pytest.mark.parametrize("usage", ["authenticity", "inspection"])
def test_a_sam_with_other_keys_stays_out(
    received: list[Sam], two: tuple[Actor, Actor], now: datetime, usage: str
) -> None:
    with pytest.raises(InvalidInput, match="sam-keys-different") as refused:
        acts.accept_sam(two[1], received[0], shown(**{usage: "000000"}), now=now)
    assert refused.value.place == usage
    assert Sam.objects.get(serial=FIRST).state == "arrived"


def test_check_values_may_be_typed_with_blanks_and_in_small_letters(
    received: list[Sam], two: tuple[Actor, Actor], now: datetime
) -> None:
    typed = {usage: " ".join(value.lower()) for usage, value in shown().items()}
    assert acts.accept_sam(two[1], received[0], typed, now=now).state == "in-store"


@pytest.mark.parametrize(
    ("serials", "versions", "code"),
    [
        ("5A00000000000009", [], "sam-versions-missing"),
        ("5A00000000000009", [7], "sam-version-unknown"),
        ("5A0", [1], "card-serial-invalid"),
        (FIRST, [1], "sam-known"),
    ],
)
def test_what_cannot_be_received(
    received: list[Sam],
    two: tuple[Actor, Actor],
    now: datetime,
    serials: str,
    versions: list[int],
    code: str,
) -> None:
    with pytest.raises((InvalidInput, Conflict), match=code):
        acts.receive_sams(two[0], serials, "sm4", versions, "部密钥中心", now=now)
    assert Sam.objects.count() == 3


def test_a_device_has_one_sam(
    issued: Sam, received: list[Sam], two: tuple[Actor, Actor], tree: SimpleNamespace, now: datetime
) -> None:
    second = acts.accept_sam(two[1], received[1], shown(), now=now)
    with pytest.raises(Conflict, match="device-has-sam"):
        acts.issue_sam(two[0], second, tree.kunshan_brigade, "ZD-0417", "顾行简", now=now)
    acts.take_sam_back(two[0], issued, now=now)
    assert (
        acts.issue_sam(two[0], second, tree.kunshan_brigade, "ZD-0417", "顾行简", now=now).state == "issued"
    )
    back = Sam.objects.get(serial=FIRST)
    assert (back.state, back.agency_id, back.device) == ("in-store", None, "")


def test_a_sam_of_revoked_keys_is_not_issued(
    in_store: Sam, two: tuple[Actor, Actor], tree: SimpleNamespace, now: datetime
) -> None:
    KeySet.objects.filter(suite="sm4").update(state="compromised")
    with pytest.raises(Conflict, match="sam-keys-gone"):
        acts.issue_sam(two[0], in_store, tree.kunshan_brigade, "ZD-0417", "顾行简", now=now)


@pytest.mark.parametrize("action", ["report-lost", "block"])
def test_what_is_lost_or_blocked_is_on_the_list_at_once_and_for_ever(
    issued: Sam, two: tuple[Actor, Actor], province_vault: SoftwareVault, now: datetime, action: str
) -> None:
    sam = acts.declare_sam(two[0], issued, action, "终端被盗", now=now)
    assert blocked(province_vault, now) == {FIRST}
    if action == "report-lost":
        sam = acts.declare_sam(two[0], sam, "find", "在车上找到", now=now)
    sam = acts.declare_sam(two[0], sam, "condemn", "粉碎", now=now)
    sam = acts.declare_sam(two[0], sam, "spare", "先留作证据", now=now)
    sam = acts.declare_sam(two[0], sam, "condemn", "粉碎", now=now)
    with pytest.raises(Conflict, match="same-custodian"):
        acts.witness_sam_destruction(two[0], sam, now=now)
    sam = acts.witness_sam_destruction(two[1], sam, now=now)
    assert (sam.state, blocked(province_vault, now)) == ("destroyed", {FIRST})


def test_every_state_that_is_not_trusted_is_reached_from_trusted_ones_through_the_list() -> None:
    """No way leads from the list back into use."""
    for row in SAM.transitions:
        if set(row.sources) & DISTRUSTED:
            assert set(row.targets) <= DISTRUSTED, row.action


def test_a_reason_has_to_be_given(issued: Sam, two: tuple[Actor, Actor], now: datetime) -> None:
    with pytest.raises(InvalidInput, match="reason-missing"):
        acts.declare_sam(two[0], issued, "block", "  ", now=now)
    assert not SamBlockList.objects.exists()


def test_the_list_is_renewed_before_it_expires(
    issued: Sam, two: tuple[Actor, Actor], province_vault: SoftwareVault, now: datetime
) -> None:
    sam_list.renew_block_list(now=now)
    assert SamBlockList.objects.get().count == 0
    acts.declare_sam(two[0], issued, "block", "终端失控", now=now)
    first = bytes(SamBlockList.objects.get().token)
    sam_list.renew_block_list(now=now + timedelta(hours=23))
    assert bytes(SamBlockList.objects.get().token) == first
    sam_list.renew_block_list(now=now + timedelta(days=1))
    assert blocked(province_vault, now + timedelta(days=7, hours=23)) == {FIRST}


def test_a_node_without_sams_signs_no_list(now: datetime) -> None:
    sam_list.renew_block_list(now=now)
    assert not SamBlockList.objects.exists()


def test_a_count_by_two_makes_what_is_missing_lost(
    issued: Sam,
    received: list[Sam],
    two: tuple[Actor, Actor],
    province_vault: SoftwareVault,
    now: datetime,
) -> None:
    there = acts.accept_sam(two[1], received[1], shown(), now=now)
    with pytest.raises(InvalidInput, match="explanation-missing"):
        acts.count_sams(two[0], there.serial, "", now=now)
    count = acts.count_sams(two[0], there.serial, "大队回报终端遗失，已报案", now=now)
    assert (count.expected, count.missing) == ([FIRST, there.serial], [FIRST])
    with pytest.raises(Conflict, match="count-pending"):
        acts.count_sams(two[1], there.serial, "再盘", now=now)
    with pytest.raises(Conflict, match="same-custodian"):
        acts.confirm_sam_count(two[0], count, now=now)
    acts.confirm_sam_count(two[1], count, now=now)
    assert (Sam.objects.get(serial=FIRST).state, blocked(province_vault, now)) == ("lost", {FIRST})
    assert Sam.objects.get(serial=there.serial).counted_at == now


def test_a_count_that_is_sent_back_changes_nothing(
    issued: Sam, two: tuple[Actor, Actor], now: datetime
) -> None:
    count = acts.count_sams(two[0], "", "还没有找", now=now)
    acts.reject_sam_count(two[1], count, "逐个单位再查一遍", now=now)
    assert (SamCount.objects.get().state, Sam.objects.get(serial=FIRST).state) == ("rejected", "issued")


@pytest.mark.parametrize(
    ("found", "code"),
    [("5A000000000000FF", "sam-unknown"), ("5A00000000000002", "sam-not-expected"), ("zz", "serial-invalid")],
)
def test_what_cannot_be_counted(
    issued: Sam, two: tuple[Actor, Actor], now: datetime, found: str, code: str
) -> None:
    with pytest.raises(InvalidInput, match=code):
        acts.count_sams(two[0], found, "说明", now=now)


def test_nothing_is_done_without_custody(
    issued: Sam, operator: Actor, tree: SimpleNamespace, now: datetime
) -> None:
    for act in (
        lambda: acts.receive_sams(operator, "5A0000000000000F", "sm4", [1], "x", now=now),
        lambda: acts.take_sam_back(operator, issued, now=now),
        lambda: acts.declare_sam(operator, issued, "block", "x", now=now),
        lambda: acts.witness_sam_destruction(operator, issued, now=now),
        lambda: acts.count_sams(operator, FIRST, "", now=now),
        lambda: print_sam_receipt(operator, issued, now=now),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_who_holds_a_version_is_found(issued: Sam, two: tuple[Actor, Actor], now: datetime) -> None:
    KeySet.objects.create(
        suite="sm4", version=2, kind="sub", province_code="320000", check_values={}, created_at=now
    )
    acts.receive_sams(two[0], "5A00000000000010", "sm4", [2, 1], "部密钥中心", now=now)
    held = {
        version: sams(two[0], version=version).values_list("serial", flat=True).order_by("serial")
        for version in (1, 2)
    }
    assert list(held[2]) == ["5A00000000000010"]
    assert len(held[1]) == 4


def test_two_custodians_walk_the_pages(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
) -> None:
    other = account_for("mei", tree.jiangsu, Role.KEY_CUSTODIAN)
    first = sign_in(account_for("lan", tree.jiangsu, Role.KEY_CUSTODIAN))
    second = sign_in(other)
    new = reverse("sam-receive")
    wrong = first.post(new, {"serials": "5A0", "keys": ["sm4 1"], "supplier": "部密钥中心"})
    assert (wrong.status_code, "5A0" in wrong.content.decode()) == (400, True)
    mixed = first.post(new, {"serials": FIRST, "keys": ["sm4 1", "3des 1"], "supplier": "部密钥中心"})
    assert (mixed.status_code, "只能选同一种算法" in mixed.content.decode()) == (400, True)
    assert first.post(new, {"serials": FIRST, "keys": ["sm4 1"], "supplier": "部密钥中心"}).status_code == 302

    page = reverse("sam-detail", args=[FIRST])
    assert reverse("sam-accept", args=[FIRST]) not in first.get(page).content.decode()
    assert reverse("sam-accept", args=[FIRST]) in second.get(page).content.decode()
    waits = [item.kind for item in waiting(sam_work_queues(actor_for(other)), 10)]
    assert waits == ["sam"]

    typed = {usage.value: value for usage, value in shown().items()}
    refused = second.post(reverse("sam-accept", args=[FIRST]), {**typed, "inspection": "123456"})
    assert (refused.status_code, "校验值不符" in refused.content.decode()) == (400, True)
    alone = first.post(reverse("sam-accept", args=[FIRST]), typed)
    assert (alone.status_code, "另一名密钥保管员" in alone.content.decode()) == (400, True)
    assert second.post(reverse("sam-accept", args=[FIRST]), typed).status_code == 302

    given = {"agency": "没有的单位", "device": "ZD-1", "keeper": "顾行简"}
    unknown = first.post(reverse("sam-issue", args=[FIRST]), given)
    assert (unknown.status_code, "ZD-1" in unknown.content.decode()) == (400, True)
    given["agency"] = tree.kunshan_brigade.code
    assert first.post(reverse("sam-issue", args=[FIRST]), given).status_code == 302
    assert first.get(reverse("sam-receipt", args=[FIRST])).content.startswith(b"%PDF")

    count = first.post(reverse("sam-count"), {"found": FIRST, "explanation": ""})
    assert count.status_code == 302
    pk = SamCount.objects.get().pk
    assert first.post(reverse("sam-count-decide", args=[pk, "confirm"])).status_code == 409
    assert second.post(reverse("sam-count-decide", args=[pk, "confirm"])).status_code == 302
    assert "一张不少" in first.get(reverse("sam-count-detail", args=[pk])).content.decode()

    device = Client()
    assert device.get(reverse("sam-block-list")).status_code == 404
    lost = reverse("sam-act", args=[FIRST, "report-lost"])
    assert first.post(lost, {"reason": ""}).status_code == 400
    assert first.post(lost, {"reason": "终端被盗"}).status_code == 302
    answer = device.get(reverse("sam-block-list"))
    assert (answer.status_code, bytes.fromhex(FIRST) in answer.content) == (200, True)
    listed = first.get(reverse("sam-list"), {"state": SamState.LOST.value}).content.decode()
    assert FIRST in listed
