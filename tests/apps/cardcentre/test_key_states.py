"""The states of a key version: two custodians for every change, one active version, no way back from a leak."""

from __future__ import annotations

import pytest

from tests.apps.cardcentre.test_keys import handed_over
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import Card, CardJob, KeyAct, KeySet
from warrant.apps.cardcentre.services import jobs, key_records, key_states, keys
from warrant.apps.cardcentre.types import KeyActKind
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.lifecycle.key import KEY

ACTIVATE, RETIRE, REVOKE, DESTROY = (
    KeyActKind.ACTIVATE,
    KeyActKind.RETIRE,
    KeyActKind.REVOKE,
    KeyActKind.DESTROY,
)


@pytest.mark.parametrize(
    ("state", "targets"),
    [
        ("pre-active", {ACTIVATE: "active", REVOKE: "compromised", DESTROY: "destroyed"}),
        ("active", {RETIRE: "retired", REVOKE: "compromised"}),
        ("retired", {REVOKE: "compromised", DESTROY: "destroyed"}),
        ("compromised", {DESTROY: "destroyed"}),
        ("destroyed", {}),
    ],
)
def test_every_state_allows_these_actions_and_no_others(state, targets):
    for kind in (ACTIVATE, RETIRE, REVOKE, DESTROY):
        if kind in targets:
            assert KEY.next_state(kind.value, state) == targets[kind]
        else:
            with pytest.raises(Conflict, match="wrong-state"):
                KEY.next_state(kind.value, state)


@pytest.fixture
def province_keys(sub_keys, at_ministry):
    """Version 1 of SM4, active at the province."""
    at_ministry(False)
    return KeySet.objects.get(suite="sm4")


@pytest.fixture
def second(province_keys, ministry_vault, province_vault, now):
    """Version 2 of SM4, taken in and not yet active."""
    ministry_vault.create_master("sm4", 2)
    package = ministry_vault.wrap_sub_keys("sm4", 2, "320000", province_vault.transport_public_key())
    taken = province_vault.import_sub_keys(package)
    act = KeyAct(kind="import-sub-keys", parameters={"suite": "sm4", "version": 2}, proposed_at=now)
    values = {usage.value: value for usage, value in taken.check_values.items()}
    key_states.register_key_set(act, "sub", "320000", values, now=now)
    return KeySet.objects.get(suite="sm4", version=2)


@pytest.fixture
def change(custodians, now):
    def do(key_set, kind, *, where="province", reason="按计划轮换"):
        first, other = getattr(custodians, where)
        act = key_states.propose_key_change(first, key_set, kind, reason, now=now)
        keys.confirm_key_act(other, act, now=now)
        key_set.refresh_from_db()
        return act

    return do


def test_later_version_waits_and_activating_it_retires_the_one_before(province_keys, second, change, now):
    assert (second.state, key_states.active_version("sm4")) == ("pre-active", 1)
    change(second, ACTIVATE)
    province_keys.refresh_from_db()
    assert (second.state, second.active_from) == ("active", now)
    assert (province_keys.state, province_keys.active_until) == ("retired", now)
    assert key_states.active_version("sm4") == 2
    assert AuditRow.objects.filter(action="key-act.confirmed").count() == 1


@pytest.mark.parametrize("kind", [RETIRE, REVOKE])
def test_one_custodian_changes_nothing(province_keys, custodians, now, kind):
    first, _ = custodians.province
    act = key_states.propose_key_change(first, province_keys, kind, "演练", now=now)
    with pytest.raises(Conflict, match="same-custodian"):
        keys.confirm_key_act(first, act, now=now)
    province_keys.refresh_from_db()
    assert province_keys.state == "active"


def test_change_needs_custody_and_a_reason(province_keys, custodians, operator, now):
    with pytest.raises(NotPermitted):
        key_states.propose_key_change(operator, province_keys, RETIRE, "演练", now=now)
    with pytest.raises(InvalidInput, match="reason-missing"):
        key_states.propose_key_change(custodians.province[0], province_keys, RETIRE, " ", now=now)


def test_same_version_waits_for_one_change_at_a_time(province_keys, custodians, now):
    first, other = custodians.province
    key_states.propose_key_change(first, province_keys, RETIRE, "轮换", now=now)
    with pytest.raises(Conflict, match="key-act-pending"):
        key_states.propose_key_change(other, province_keys, REVOKE, "泄露", now=now)


def test_new_card_takes_the_active_version_and_none_without_one(
    second, change, operator, certificate, put_blank, now
):
    change(second, ACTIVATE)
    put_blank()
    job = jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    assert job.key_version == 2
    change(second, REVOKE, reason="保管柜被撬")
    with pytest.raises(Conflict, match="card-keys-missing"):
        key_states.active_version("sm4")


def test_card_begun_with_a_revoked_version_is_not_made_further(
    province_keys, change, operator, certificate, put_blank, now
):
    put_blank()
    job = jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    CardJob.objects.filter(pk=job.pk).update(state="running")
    Card.objects.update(state="reserved")
    type(certificate).system.filter(pk=certificate.pk).update(state="awaiting-production")
    change(province_keys, REVOKE, reason="保管柜被撬")
    with pytest.raises(Conflict, match="card-keys-revoked"):
        jobs.resume_card_job(operator, CardJob.objects.get(pk=job.pk), "virtual-1", now=now)


def test_version_on_cards_is_not_destroyed(
    second, province_keys, change, operator, certificate, put_blank, now
):
    put_blank()
    jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    change(second, ACTIVATE)
    province_keys.refresh_from_db()
    with pytest.raises(Conflict, match="keys-on-cards"):
        change(province_keys, DESTROY)


def test_version_that_a_card_is_being_given_is_not_destroyed(
    second, province_keys, change, operator, certificate, put_blank, now
):
    put_blank()
    jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    change(second, ACTIVATE)
    Card.objects.update(key_version=3, next_key_version=1)
    province_keys.refresh_from_db()
    with pytest.raises(Conflict, match="keys-on-cards"):
        change(province_keys, DESTROY)


def test_destroyed_version_is_gone_from_the_vault_and_never_comes_back(
    province_keys, second, change, province_vault, now
):
    change(second, ACTIVATE)
    province_keys.refresh_from_db()
    change(province_keys, DESTROY)
    assert province_vault.versions("sm4") == (2,)
    assert province_keys.state == "destroyed"
    act = KeyAct(
        kind="import-sub-keys", parameters={"suite": "sm4", "version": 1}, package=b"", proposed_at=now
    )
    with pytest.raises(Conflict, match="key-not-usable"):
        keys._import_sub_keys(act)


class TestRevokingAProvince:
    def test_province_stops_at_once(
        self,
        master,
        transport_key,
        custodians,
        change,
        at_ministry,
        deliver,
        now,
    ):
        handed_over(custodians, "sm4", now)
        change(KeySet.objects.get(kind="sub"), REVOKE, where="ministry", reason="该省保管柜被撬")
        told = deliver("to-320000", "ministry")
        assert told.event.data["reason"] == "该省保管柜被撬"
        KeySet.objects.all().delete()  # from here on the province's own register
        at_ministry(False)
        key_states.receive_sub_key_revoked(told, now=now)
        assert KeySet.objects.get(kind="sub").state == "compromised"
        with pytest.raises(Conflict, match="card-keys-missing"):
            key_states.active_version("sm4")

    def test_ministry_only_revokes_what_a_province_has(self, master, transport_key, custodians, change, now):
        handed_over(custodians, "sm4", now)
        with pytest.raises(Conflict, match="act-not-here"):
            change(KeySet.objects.get(kind="sub"), RETIRE, where="ministry")

    def test_master_is_destroyed_only_after_every_province(
        self, master, transport_key, custodians, change, ministry_vault, now
    ):
        handed_over(custodians, "sm4", now)
        held = KeySet.objects.get(kind="master", suite="sm4")
        change(held, RETIRE, where="ministry")
        with pytest.raises(Conflict, match="keys-in-provinces"):
            change(held, DESTROY, where="ministry")
        change(held, REVOKE, where="ministry", reason="总控泄露")
        assert KeySet.objects.get(kind="sub").state == "compromised"
        change(held, DESTROY, where="ministry")
        assert ministry_vault.versions("sm4") == ()


def test_leaked_sub_key_opens_no_other_provinces_cards(sub_keys, ministry_vault, province_vault):
    """Everything that Jiangsu's vault can make, against a card of Shanghai with the same running number."""
    ours, theirs = "32000001234", "31000001234"
    with pytest.raises(NotFound, match="province-keys-not-held"):
        province_vault.card_key("sm4", 1, KeyUsage.MAC, theirs)
    leaked = {province_vault.card_key(s, 1, u, ours).reveal() for s in ("sm4", "3des") for u in KeyUsage}
    wanted = {ministry_vault.card_key(s, 1, u, theirs).reveal() for s in ("sm4", "3des") for u in KeyUsage}
    assert (len(leaked), len(wanted), leaked & wanted) == (10, 10, set())


def test_record_is_a_pdf_and_only_of_what_is_over(province_keys, custodians, settings, now):
    settings.WARRANT_PORTS = {**settings.WARRANT_PORTS, "paper_printer": "warrant.adapters.paper.paper_forms"}
    first, other = custodians.province
    act = key_states.propose_key_change(first, province_keys, RETIRE, "轮换", now=now)
    with pytest.raises(Conflict, match="key-act-not-over"):
        key_records.print_key_record(other, act, now=now)
    act = keys.confirm_key_act(other, act, now=now)
    assert key_records.print_key_record(other, act, now=now).startswith(b"%PDF")
    assert AuditRow.objects.filter(action="key-act.printed").exists()
