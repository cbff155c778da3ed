"""Key acts: two custodians at each end, one truth in both vaults."""

from __future__ import annotations

import dataclasses

import pytest

from tests.support.heard import heard
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import KeyAct, KeySet, PeerTransportKey
from warrant.apps.cardcentre.services import keys
from warrant.apps.cardcentre.types import KeyActKind
from warrant.apps.foundation.models import LogEntry
from warrant.core.access import Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.keys.hierarchy import KeyUsage

MASTER_1 = {"suite": "sm4", "version": 1}


def handed_over(custodians, suite, now):
    first, second = custodians.ministry
    parameters = {"suite": suite, "version": 1, "province_code": "320000"}
    act = keys.propose_key_act(first, KeyActKind.HAND_OVER_SUB_KEYS, parameters, now=now)
    return keys.confirm_key_act(second, act, heard=heard(act), now=now)


class TestMaster:
    def test_proposer_cannot_confirm(self, at_ministry, custodians, ministry_vault, now):
        at_ministry(True)
        first, _ = custodians.ministry
        act = keys.propose_key_act(first, KeyActKind.GENERATE_MASTER, MASTER_1, now=now)
        with pytest.raises(Conflict, match="same-custodian"):
            keys.confirm_key_act(first, act, now=now)
        assert ministry_vault.versions("sm4") == ()

    def test_second_custodian_generates_and_check_values_are_kept(self, master, ministry_vault):
        held = KeySet.objects.get(suite="sm4", kind="master")
        vault_says = ministry_vault.check_values("sm4", 1)
        assert held.check_values == {usage.value: vault_says[usage] for usage in KeyUsage}
        assert AuditRow.objects.filter(action="key-act.confirmed").count() == 2

    def test_confirming_again_after_a_crash_finishes(self, at_ministry, custodians, ministry_vault, now):
        at_ministry(True)
        first, second = custodians.ministry
        act = keys.propose_key_act(first, KeyActKind.GENERATE_MASTER, MASTER_1, now=now)
        drawn = ministry_vault.create_master("sm4", 1)  # the vault has it, then the process died
        assert keys.confirm_key_act(second, act, now=now).result["check_values"]["mac"] == drawn[KeyUsage.MAC]

    def test_version_is_generated_once(self, master, custodians, now):
        with pytest.raises(Conflict, match="key-version-exists"):
            keys.propose_key_act(custodians.ministry[0], KeyActKind.GENERATE_MASTER, MASTER_1, now=now)

    def test_same_act_waits_once(self, at_ministry, custodians, now):
        at_ministry(True)
        first, second = custodians.ministry
        keys.propose_key_act(first, KeyActKind.GENERATE_MASTER, MASTER_1, now=now)
        with pytest.raises(Conflict, match="key-act-pending"):
            keys.propose_key_act(second, KeyActKind.GENERATE_MASTER, MASTER_1, now=now)

    def test_done_act_cannot_be_confirmed_or_rejected(self, master, custodians, now):
        act = KeyAct.objects.first()
        with pytest.raises(Conflict, match="wrong-state"):
            keys.confirm_key_act(custodians.ministry[1], act, now=now)
        with pytest.raises(Conflict, match="wrong-state"):
            keys.reject_key_act(custodians.ministry[1], act, "重复", now=now)

    def test_rejecting_needs_a_reason_and_leaves_the_vault_alone(
        self, at_ministry, custodians, ministry_vault, now
    ):
        at_ministry(True)
        first, second = custodians.ministry
        act = keys.propose_key_act(first, KeyActKind.GENERATE_MASTER, MASTER_1, now=now)
        with pytest.raises(InvalidInput, match="reason-missing"):
            keys.reject_key_act(second, act, "  ", now=now)
        keys.reject_key_act(second, act, "版本号应为 2", now=now)
        act.refresh_from_db()
        assert (act.state, act.reason, ministry_vault.versions("sm4")) == ("rejected", "版本号应为 2", ())

    def test_province_cannot_propose(self, at_ministry, custodians, now):
        at_ministry(False)
        with pytest.raises(Conflict, match="act-not-here"):
            keys.propose_key_act(custodians.province[0], KeyActKind.GENERATE_MASTER, MASTER_1, now=now)

    def test_nobody_without_custody_touches_keys(self, at_ministry, actor, tree, now):
        at_ministry(True)
        approver = actor("gu", tree.jiangsu, Role.APPROVER)
        with pytest.raises(NotFound):
            keys.propose_key_act(approver, KeyActKind.GENERATE_MASTER, MASTER_1, now=now)
        grants = tuple(dataclasses.replace(grant, is_node_wide=True) for grant in approver.grants)
        with pytest.raises(NotPermitted):
            keys.propose_key_act(
                dataclasses.replace(approver, grants=grants), KeyActKind.GENERATE_MASTER, MASTER_1, now=now
            )

    @pytest.mark.parametrize(
        ("suite", "version", "code"),
        [
            ("aes", 1, "cipher-suite-unknown"),
            ("sm4", 0, "key-version-invalid"),
            ("sm4", 256, "key-version-invalid"),
        ],
    )
    def test_wrong_parameters_are_refused(self, at_ministry, custodians, now, suite, version, code):
        at_ministry(True)
        with pytest.raises(InvalidInput, match=code):
            keys.propose_key_act(
                custodians.ministry[0],
                KeyActKind.GENERATE_MASTER,
                {"suite": suite, "version": version},
                now=now,
            )


class TestHandOver:
    def test_needs_the_provinces_transport_key(self, master, custodians, now):
        with pytest.raises(InvalidInput, match="transport-key-missing"):
            handed_over(custodians, "sm4", now)

    @pytest.mark.parametrize("suite", ["sm4", "3des"])
    def test_both_vaults_end_with_the_same_check_values(
        self,
        master,
        transport_key,
        custodians,
        at_ministry,
        deliver,
        ministry_vault,
        province_vault,
        now,
        suite,
    ):
        done = handed_over(custodians, suite, now)
        at_ministry(False)
        keys.receive_sub_key_package(deliver("to-320000", "ministry"), now=now)
        act = KeyAct.objects.get(kind="import-sub-keys")
        first, second = custodians.province
        keys.acknowledge_key_act(first, act, now=now)
        taken = keys.confirm_key_act(second, act, heard=heard(act), now=now)

        assert taken.result["check_values"] == taken.result["announced"] == done.result["check_values"]
        assert ministry_vault.sub_key_check_values(suite, 1, "32") == province_vault.sub_key_check_values(
            suite, 1, "32"
        )
        number = "32000012348"
        assert ministry_vault.card_key(suite, 1, KeyUsage.MAC, number) == province_vault.card_key(
            suite, 1, KeyUsage.MAC, number
        )

    def test_import_needs_two_people(
        self, master, transport_key, custodians, at_ministry, deliver, province_vault, now
    ):
        handed_over(custodians, "sm4", now)
        at_ministry(False)
        keys.receive_sub_key_package(deliver("to-320000", "ministry"), now=now)
        act = KeyAct.objects.get(kind="import-sub-keys")
        first, _ = custodians.province
        with pytest.raises(Conflict, match="first-custodian-missing"):
            keys.confirm_key_act(first, act, now=now)
        keys.acknowledge_key_act(first, act, now=now)
        with pytest.raises(Conflict, match="same-custodian"):
            keys.confirm_key_act(first, act, now=now)
        with pytest.raises(Conflict, match="key-act-acknowledged"):
            keys.acknowledge_key_act(first, act, now=now)
        assert province_vault.versions("sm4") == ()

    def test_import_finishes_after_a_crash_between_vault_and_register(
        self, master, transport_key, custodians, at_ministry, deliver, province_vault, now
    ):
        handed_over(custodians, "sm4", now)
        at_ministry(False)
        keys.receive_sub_key_package(deliver("to-320000", "ministry"), now=now)
        act = KeyAct.objects.get(kind="import-sub-keys")
        province_vault.import_sub_keys(bytes(act.package))
        first, second = custodians.province
        keys.acknowledge_key_act(first, act, now=now)
        assert keys.confirm_key_act(second, act, heard=heard(act), now=now).state == "done"

    def test_transport_key_that_changed_since_the_proposal_is_refused(
        self, master, transport_key, custodians, ministry_vault, now
    ):
        first, second = custodians.ministry
        parameters = {"suite": "sm4", "version": 1, "province_code": "320000"}
        act = keys.propose_key_act(first, KeyActKind.HAND_OVER_SUB_KEYS, parameters, now=now)
        PeerTransportKey.objects.update(public_key=ministry_vault.transport_public_key())
        with pytest.raises(Conflict, match="transport-key-changed"):
            keys.confirm_key_act(second, act, heard=heard(act), now=now)
        assert not LogEntry.objects.filter(kind="subkey.package").exists()

    def test_version_is_handed_over_once(self, master, transport_key, custodians, now):
        handed_over(custodians, "sm4", now)
        with pytest.raises(Conflict, match="key-version-exists"):
            handed_over(custodians, "sm4", now)

    def test_damaged_package_is_refused_on_arrival(
        self, master, transport_key, custodians, at_ministry, deliver, now
    ):
        handed_over(custodians, "sm4", now)
        at_ministry(False)
        received = deliver("to-320000", "ministry")
        event = dataclasses.replace(received.event, data={**received.event.data, "package": "e30="})
        with pytest.raises(InvalidInput, match="key-package-damaged"):
            keys.receive_sub_key_package(dataclasses.replace(received, event=event), now=now)

    def test_package_of_another_province_is_refused(
        self, master, transport_key, custodians, at_ministry, deliver, settings, now
    ):
        handed_over(custodians, "sm4", now)
        at_ministry(False)
        settings.WARRANT_NODE = dataclasses.replace(settings.WARRANT_NODE, code="310000")
        with pytest.raises(InvalidInput, match="key-package-misaddressed"):
            keys.receive_sub_key_package(deliver("to-320000", "ministry"), now=now)

    def test_malformed_transport_key_is_refused(self, at_ministry, deliver, now):
        at_ministry(False)
        keys.publish_transport_key(now=now)
        received = deliver("to-ministry", "320000")
        event = dataclasses.replace(received.event, data={**received.event.data, "public_key": "04ff"})
        at_ministry(True)
        with pytest.raises(InvalidInput, match="transport-key-invalid"):
            keys.receive_transport_key(dataclasses.replace(received, event=event), now=now)
