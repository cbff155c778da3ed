"""Ceremonies: several custodians, each with a part of their own; nothing half-done is kept, nothing shown twice."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from tests.apps.conftest import VaultHere
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import KeyAct, KeyPart, KeySet
from warrant.apps.cardcentre.services import keys
from warrant.apps.cardcentre.services.ceremonies import (
    enter_part,
    expire_ceremonies,
    propose_ceremony,
    show_part,
)
from warrant.apps.cardcentre.types import KeyActKind
from warrant.apps.foundation import ports
from warrant.core.access import Role
from warrant.core.crypto.block import check_value
from warrant.core.crypto.secret import Secret
from warrant.core.errors import Conflict, InvalidInput, NotPermitted
from warrant.core.keys import parts as key_parts
from warrant.core.keys.hierarchy import KeyUsage

SM4_2 = {"suite": "sm4", "version": 2}
COMPONENTS = [
    {
        usage: Secret(bytes([(16 + at) * which]) * 7 + bytes([at * which]) * 9)
        for at, usage in enumerate(KeyUsage)
    }
    for which in (1, 2, 4)
]


@pytest.fixture
def people(
    at_ministry: Callable[[bool], None], actor: Callable[..., Any], custodians: Any, tree: SimpleNamespace
) -> SimpleNamespace:
    """Three custodians of the ministry: who they are to the services, and their accounts."""
    at_ministry(True)
    third = actor("qian", tree.ministry, Role.KEY_CUSTODIAN)
    node_wide = custodians.ministry[0].grants
    actors = (*custodians.ministry, dataclasses.replace(third, grants=node_wide))
    accounts = [Account.objects.get(pk=one.account_id) for one in actors]
    return SimpleNamespace(actors=actors, accounts=accounts)


def by_components(people: SimpleNamespace, now: datetime, count: int = 2) -> KeyAct:
    return propose_ceremony(
        people.actors[0],
        KeyActKind.GENERATE_BY_COMPONENTS,
        SM4_2,
        people.accounts[:count],
        now=now,
    )


def shared(people: SimpleNamespace, now: datetime, threshold: int = 2, count: int = 3) -> KeyAct:
    """Version 2, generated and split: carried out, no share shown yet."""
    act = propose_ceremony(
        people.actors[0],
        KeyActKind.GENERATE_BY_SHARES,
        {**SM4_2, "threshold": threshold},
        people.accounts[:count],
        now=now,
    )
    return keys.confirm_key_act(people.actors[1], act, now=now)


def restoring(
    people: SimpleNamespace, shares: list[key_parts.KeyPart], now: datetime, threshold: int = 2
) -> KeyAct:
    """A restore into which the first custodians have typed these shares."""
    act = propose_ceremony(
        people.actors[0],
        KeyActKind.RESTORE,
        {**SM4_2, "threshold": threshold},
        people.accounts[: len(shares)],
        now=now,
    )
    for one, share in zip(people.actors, shares, strict=False):
        enter_part(one, act, share.keys, number=share.number, now=now)
    return act


class TestComponents:
    @pytest.mark.parametrize("count", [2, 3])
    def test_every_custodians_component_makes_the_key(
        self, people: Any, ministry_vault: SoftwareVault, now: datetime, count: int
    ) -> None:
        act = by_components(people, now, count)
        for one, component in zip(people.actors[:count], COMPONENTS, strict=False):
            enter_part(one, act, component, now=now)
        done = keys.confirm_key_act(people.actors[1], act, now=now)
        # of usage 1: 11.. 01.., 22.. 02.. and 44.. 04.. by exclusive or
        first, rest = {2: (0x33, 0x03), 3: (0x77, 0x07)}[count]
        expected = Secret(bytes([first]) * 7 + bytes([rest]) * 9)
        second_usage = list(KeyUsage)[1]
        assert done.result["check_values"][second_usage.value] == check_value("sm4", expected)
        assert ministry_vault.check_values("sm4", 2)[second_usage] == check_value("sm4", expected)
        assert KeySet.objects.get(version=2).state == "active"

    def test_nothing_is_generated_before_all_have_typed(
        self, people: Any, ministry_vault: SoftwareVault, now: datetime
    ) -> None:
        act = by_components(people, now)
        enter_part(people.actors[0], act, COMPONENTS[0], now=now)
        with pytest.raises(Conflict, match="parts-missing"):
            keys.confirm_key_act(people.actors[1], act, now=now)
        assert ministry_vault.versions("sm4") == ()

    def test_nobody_types_two_or_another_ones(self, people: Any, now: datetime) -> None:
        act = by_components(people, now)
        enter_part(people.actors[0], act, COMPONENTS[0], now=now)
        with pytest.raises(Conflict, match="part-entered"):
            enter_part(people.actors[0], act, COMPONENTS[1], now=now)
        with pytest.raises(NotPermitted, match="part-of-another"):
            enter_part(people.actors[2], act, COMPONENTS[1], now=now)
        with pytest.raises(InvalidInput, match="holder-repeated"):
            propose_ceremony(
                people.actors[0],
                KeyActKind.GENERATE_BY_COMPONENTS,
                {"suite": "sm4", "version": 3},
                [people.accounts[0]] * 2,
                now=now,
            )

    def test_one_custodian_alone_generates_nothing(
        self, people: Any, ministry_vault: SoftwareVault, now: datetime
    ) -> None:
        with pytest.raises(InvalidInput, match="components-count"):
            by_components(people, now, 1)
        act = by_components(people, now)
        enter_part(people.actors[0], act, COMPONENTS[0], now=now)
        enter_part(people.actors[1], act, COMPONENTS[1], now=now)
        with pytest.raises(Conflict, match="same-custodian"):
            keys.confirm_key_act(people.actors[0], act, now=now)
        assert ministry_vault.versions("sm4") == ()

    def test_only_custodians_of_this_node_hold_a_part(
        self, people: Any, account_for: Callable[..., Account], tree: Any, now: datetime
    ) -> None:
        stranger = account_for("gu", tree.jiangsu, Role.KEY_CUSTODIAN)
        with pytest.raises(InvalidInput, match="holder-no-custodian"):
            propose_ceremony(
                people.actors[0],
                KeyActKind.GENERATE_BY_COMPONENTS,
                SM4_2,
                [people.accounts[0], stranger],
                now=now,
            )

    def test_province_generates_none(
        self, at_ministry: Callable[[bool], None], custodians: Any, people: Any, now: datetime
    ) -> None:
        at_ministry(False)
        with pytest.raises(Conflict, match="act-not-here"):
            propose_ceremony(
                custodians.province[0],
                KeyActKind.GENERATE_BY_COMPONENTS,
                SM4_2,
                people.accounts[:2],
                now=now,
            )


class TestNothingStays:
    def test_components_are_sealed_and_gone_with_their_seal_once_used(
        self, people: Any, ministry_vault: SoftwareVault, now: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        act = by_components(people, now)
        enter_part(people.actors[0], act, COMPONENTS[0], now=now)
        raw = key_parts.to_secret(COMPONENTS[0]).reveal()
        sealed = bytes(KeyPart.objects.get(act=act, number=1).sealed)
        assert raw[:8] not in sealed
        assert ministry_vault.has_secret(f"ceremony-{act.pk}")
        enter_part(people.actors[1], act, COMPONENTS[1], now=now)
        keys.confirm_key_act(people.actors[1], act, now=now)
        assert set(act.parts.values_list("sealed", flat=True)) == {None}
        assert not ministry_vault.has_secret(f"ceremony-{act.pk}")
        assert raw[:8].hex() not in everything_said(caplog)

    def test_ceremony_that_is_broken_off_expires_and_is_wiped(
        self, people: Any, ministry_vault: SoftwareVault, now: datetime
    ) -> None:
        act = by_components(people, now)
        enter_part(people.actors[0], act, COMPONENTS[0], now=now)
        assert expire_ceremonies(now=now + timedelta(hours=7)) == 0
        late = now + timedelta(hours=8)
        with pytest.raises(Conflict, match="ceremony-expired"):
            enter_part(people.actors[1], act, COMPONENTS[1], now=late)
        assert expire_ceremonies(now=late) == 1
        assert expire_ceremonies(now=late) == 0
        act.refresh_from_db()
        assert act.state == "expired"
        assert set(act.parts.values_list("sealed", flat=True)) == {None}
        assert not ministry_vault.has_secret(f"ceremony-{act.pk}")
        with pytest.raises(Conflict, match="wrong-state"):
            keys.confirm_key_act(people.actors[1], act, now=late)

    def test_rejecting_wipes_too(self, people: Any, ministry_vault: SoftwareVault, now: datetime) -> None:
        act = by_components(people, now)
        enter_part(people.actors[0], act, COMPONENTS[0], now=now)
        keys.reject_key_act(people.actors[1], act, "换人", now=now)
        assert set(act.parts.values_list("sealed", flat=True)) == {None}
        assert not ministry_vault.has_secret(f"ceremony-{act.pk}")

    def test_part_sealed_for_one_act_does_not_open_in_another(
        self, people: Any, ministry_vault: SoftwareVault, now: datetime
    ) -> None:
        act = by_components(people, now)
        for one, component in zip(people.actors[:2], COMPONENTS, strict=False):
            enter_part(one, act, component, now=now)
        one, two = act.parts.order_by("number")
        KeyPart.objects.filter(pk=two.pk).update(sealed=one.sealed)
        with pytest.raises(InvalidInput, match="sealed-damaged"):
            keys.confirm_key_act(people.actors[1], act, now=now)
        assert ministry_vault.versions("sm4") == ()


def everything_said(caplog: pytest.LogCaptureFixture) -> str:
    """Every audit row, act and log line as one text."""
    rows = [str(row) for row in AuditRow.objects.values()] + [str(row) for row in KeyAct.objects.values()]
    return "".join([*rows, caplog.text]).lower()


class TestSharesAndRestore:
    def test_each_share_is_shown_once_to_its_holder_only(
        self, people: Any, ministry_vault: SoftwareVault, now: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        act = shared(people, now)
        with pytest.raises(Conflict, match="wrong-state"):
            enter_part(people.actors[0], act, COMPONENTS[0], now=now)
        seen = [show_part(one, act, now=now) for one in people.actors]
        assert [part.number for part in seen] == [1, 2, 3]
        for one in people.actors:
            with pytest.raises(Conflict, match="part-shown"):
                show_part(one, act, now=now)
        assert not ministry_vault.has_secret(f"ceremony-{act.pk}")
        said = everything_said(caplog)
        for part in seen:
            assert part.keys[KeyUsage.MAC].reveal().hex()[:12] not in said

    def test_share_of_another_is_not_shown(self, people: Any, now: datetime) -> None:
        act = shared(people, now, count=2)
        with pytest.raises(NotPermitted, match="part-of-another"):
            show_part(people.actors[2], act, now=now)

    def test_share_is_not_shown_before_a_second_custodian_confirmed(
        self, people: Any, ministry_vault: SoftwareVault, now: datetime
    ) -> None:
        act = propose_ceremony(
            people.actors[0],
            KeyActKind.GENERATE_BY_SHARES,
            {**SM4_2, "threshold": 2},
            people.accounts,
            now=now,
        )
        with pytest.raises(Conflict, match="wrong-state"):
            show_part(people.actors[0], act, now=now)
        with pytest.raises(Conflict, match="same-custodian"):
            keys.confirm_key_act(people.actors[0], act, now=now)
        assert ministry_vault.versions("sm4") == ()

    def test_shares_nobody_came_for_are_wiped_after_a_day(self, people: Any, now: datetime) -> None:
        act = shared(people, now)
        show_part(people.actors[0], act, now=now)
        assert expire_ceremonies(now=now + timedelta(hours=25)) == 1
        with pytest.raises(Conflict, match="part-wiped"):
            show_part(people.actors[1], act, now=now + timedelta(hours=25))
        act.refresh_from_db()
        assert act.state == "done"

    @pytest.mark.parametrize("chosen", [(0, 1), (1, 2), (2, 0)])
    def test_any_two_of_three_restore_on_an_empty_vault(
        self, people: Any, now: datetime, tmp_path: Any, chosen: tuple[int, int]
    ) -> None:
        act = shared(people, now)
        shares = [show_part(one, act, now=now) for one in people.actors]
        empty = SoftwareVault.create(tmp_path / "new-vault", Secret(b"made-up passphrase"), cost_log2=10)
        VaultHere.vault = empty
        ports.forget_ports()
        restore = restoring(people, [shares[at] for at in chosen], now)
        done = keys.confirm_key_act(people.actors[1], restore, now=now)
        assert done.result["check_values"] == act.result["check_values"]
        assert {usage.value: value for usage, value in empty.check_values("sm4", 2).items()} == act.result[
            "check_values"
        ]
        assert KeySet.objects.filter(version=2).count() == 1

    def test_one_share_too_few_restores_nothing(self, people: Any, now: datetime, tmp_path: Any) -> None:
        act = shared(people, now, threshold=3)
        shares = [show_part(one, act, now=now) for one in people.actors]
        empty = SoftwareVault.create(tmp_path / "new-vault", Secret(b"made-up passphrase"), cost_log2=10)
        VaultHere.vault = empty
        ports.forget_ports()
        with pytest.raises(InvalidInput, match="share-plan-invalid"):
            restoring(people, shares[:2], now, threshold=3)
        restore = restoring(people, shares[:2], now, threshold=2)
        with pytest.raises(InvalidInput, match="check-values-differ"):
            keys.confirm_key_act(people.actors[1], restore, now=now)
        assert empty.versions("sm4") == ()

    def test_register_that_knows_nothing_asks_for_the_check_values(
        self, people: Any, now: datetime, tmp_path: Any
    ) -> None:
        act = shared(people, now)
        shares = [show_part(one, act, now=now) for one in people.actors]
        KeySet.objects.all().delete()
        VaultHere.vault = SoftwareVault.create(
            tmp_path / "new-vault", Secret(b"made-up passphrase"), cost_log2=10
        )
        ports.forget_ports()
        with pytest.raises(InvalidInput, match="check-values-missing"):
            restoring(people, shares[:2], now)
        restore = propose_ceremony(
            people.actors[0],
            KeyActKind.RESTORE,
            {**SM4_2, "threshold": 2, "check_values": act.result["check_values"]},
            people.accounts[:2],
            now=now,
        )
        for one, share in zip(people.actors, shares[:2], strict=False):
            enter_part(one, restore, share.keys, number=share.number, now=now)
        keys.confirm_key_act(people.actors[1], restore, now=now)
        assert KeySet.objects.get(version=2).check_values == act.result["check_values"]

    def test_the_same_share_twice_is_refused(self, people: Any, now: datetime) -> None:
        act = shared(people, now)
        share = show_part(people.actors[0], act, now=now)
        restore = propose_ceremony(
            people.actors[0],
            KeyActKind.RESTORE,
            {**SM4_2, "threshold": 2},
            people.accounts[:2],
            now=now,
        )
        enter_part(people.actors[0], restore, share.keys, number=1, now=now)
        with pytest.raises(InvalidInput, match="share-repeated"):
            enter_part(people.actors[1], restore, share.keys, number=1, now=now)
        assert connection.in_atomic_block
        assert restore.parts.exclude(sealed=None).count() == 1

    def test_backup_of_keys_in_use_restores_them(self, people: Any, now: datetime, tmp_path: Any) -> None:
        first, second, _ = people.actors
        act = keys.propose_key_act(first, KeyActKind.GENERATE_MASTER, SM4_2, now=now)
        values = keys.confirm_key_act(second, act, now=now).result["check_values"]
        backup = propose_ceremony(
            first, KeyActKind.BACK_UP, {**SM4_2, "threshold": 2}, people.accounts[:2], now=now
        )
        assert keys.confirm_key_act(second, backup, now=now).result["check_values"] == values
        shares = [show_part(one, backup, now=now) for one in people.actors[:2]]
        assert key_parts.put_together(shares, 2).keys() == set(KeyUsage)

    def test_a_version_that_was_destroyed_is_not_restored(self, people: Any, now: datetime) -> None:
        shared(people, now)
        KeySet.objects.update(state="destroyed")
        with pytest.raises(Conflict, match="key-not-usable"):
            propose_ceremony(
                people.actors[0],
                KeyActKind.RESTORE,
                {**SM4_2, "threshold": 2},
                people.accounts[:2],
                now=now,
            )

    def test_a_vault_that_gives_no_key_out_says_what_to_do_instead(
        self, people: Any, ministry_vault: SoftwareVault, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*arguments: object) -> None:
            raise Conflict("keys-not-extractable", "密码机内的密钥不能导出")

        monkeypatch.setattr(ministry_vault, "shares_keys", lambda: False)
        monkeypatch.setattr(ministry_vault, "share_keys", refuse)
        with pytest.raises(Conflict, match="keys-not-extractable"):
            shared(people, now)
        assert ministry_vault.versions("sm4") == ()


class TestPages:
    @pytest.fixture
    def signed_in(self, client: Any, people: Any) -> Callable[[int], Any]:
        def sign_in(which: int) -> Any:
            client.force_login(people.accounts[which])
            return client

        return sign_in

    def typed(self, component: key_parts.Keys) -> dict[str, str]:
        lines = {usage.value: key_parts.write_line(key) for usage, key in component.items()}
        checks = {f"{usage.value}_check": check_value("sm4", key) for usage, key in component.items()}
        return lines | checks

    def test_whole_ceremony_by_components_on_the_pages(
        self, signed_in: Any, people: Any, ministry_vault: SoftwareVault
    ) -> None:
        page = signed_in(0)
        url = reverse("key-ceremony-propose", args=["generate-by-components"])
        assert url in page.get(reverse("key-acts")).content.decode()
        holders = [account.pk for account in people.accounts[:2]]
        assert page.post(url, {"suite": "sm4", "version": 2, "holders": holders}).status_code == 302
        act = KeyAct.objects.get()
        detail, part = reverse("key-act-detail", args=[act.pk]), reverse("key-part-enter", args=[act.pk])
        assert part in page.get(detail).content.decode()
        wrong = self.typed(COMPONENTS[0]) | {"mac_check": "000000"}
        refused = page.post(part, wrong)
        assert refused.status_code == 400
        back = refused.content.decode()
        assert "与校验值不符" in back
        assert not any(line in back for name, line in wrong.items() if not name.endswith("_check"))
        assert back.count("data-never-kept") == len(COMPONENTS[0])
        assert refused["Cache-Control"].count("no-store") == 1
        assert page.post(part, self.typed(COMPONENTS[0])).status_code == 302
        assert page.post(part, self.typed(COMPONENTS[1])).status_code == 409
        seen = page.get(detail).content.decode()
        assert "已输入" in seen
        assert "11 11" not in seen
        assert page.post(reverse("key-act-decide", args=[act.pk, "confirm"])).status_code == 409
        page = signed_in(2)
        assert page.post(part, self.typed(COMPONENTS[2])).status_code == 403
        page = signed_in(1)
        assert page.post(reverse("key-act-decide", args=[act.pk, "confirm"])).status_code == 409
        assert page.post(part, self.typed(COMPONENTS[1])).status_code == 302
        assert page.post(reverse("key-act-decide", args=[act.pk, "confirm"])).status_code == 302
        assert ministry_vault.versions("sm4") == (2,)

    def test_share_is_printed_once(self, signed_in: Any, people: Any, now: datetime) -> None:
        page = signed_in(0)
        url = reverse("key-ceremony-propose", args=["generate-by-shares"])
        holders = [account.pk for account in people.accounts]
        few = page.post(url, {"suite": "sm4", "version": 2, "threshold": 4, "holders": holders})
        assert few.status_code == 400
        assert "不多于总份数" in few.content.decode()
        page.post(url, {"suite": "sm4", "version": 2, "threshold": 2, "holders": holders})
        act = KeyAct.objects.get()
        page = signed_in(1)
        page.post(reverse("key-act-decide", args=[act.pk, "confirm"]))
        share = reverse("key-part-show", args=[act.pk])
        assert page.get(share).status_code == 200
        shown = page.post(share)
        assert "第 2 份，共 3 份，任 2 份可恢复" in shown.content.decode()
        assert "no-store" in shown["Cache-Control"]
        assert page.post(share).status_code == 409
        assert page.get(reverse("key-act-record", args=[act.pk])).status_code == 200
