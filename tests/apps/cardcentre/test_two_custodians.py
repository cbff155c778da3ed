"""Every kind of key act, every way to it: one custodian alone never completes it, two do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.urls import reverse

import warrant
from tests.apps.cardcentre.test_ceremonies import COMPONENTS
from tests.support.heard import heard
from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.cardcentre.models import KeyAct, KeySet
from warrant.apps.cardcentre.services import ceremonies, key_states, keys
from warrant.apps.cardcentre.types import CEREMONIES, KEY_CHANGES, KeyActKind
from warrant.core.access import Role
from warrant.core.errors import WarrantError

NEW = {"suite": "sm4", "version": 3}
KNOWN = {"suite": "sm4", "version": 1}


@pytest.fixture
def world(master, transport_key, at_ministry, deliver, custodians, tree, now) -> SimpleNamespace:
    """A ministry with versions 1 (active) and 2 (not yet); ``pair`` are the two custodians where the act is."""
    first, second = custodians.ministry
    act = keys.propose_key_act(first, KeyActKind.GENERATE_MASTER, {**KNOWN, "version": 2}, now=now)
    keys.confirm_key_act(second, act, now=now)
    return SimpleNamespace(
        pair=custodians.ministry, custodians=custodians, sit=at_ministry, deliver=deliver, now=now, tree=tree
    )


def _by_form(world: SimpleNamespace, kind: KeyActKind) -> KeyAct:
    more = {"province_code": "320000"} if kind is KeyActKind.HAND_OVER_SUB_KEYS else {}
    wanted = NEW if kind is KeyActKind.GENERATE_MASTER else KNOWN
    return keys.propose_key_act(world.pair[0], kind, {**wanted, **more}, now=world.now)


def _import(world: SimpleNamespace, kind: KeyActKind) -> KeyAct:
    act = _by_form(world, KeyActKind.HAND_OVER_SUB_KEYS)
    keys.confirm_key_act(world.pair[1], act, heard=heard(act), now=world.now)
    world.sit(False)
    world.pair = world.custodians.province
    KeySet.objects.all().delete()  # one database stands for both nodes
    keys.receive_sub_key_package(world.deliver("to-320000", "ministry"), now=world.now)
    arrived = KeyAct.objects.get(kind=kind)
    keys.acknowledge_key_act(world.pair[0], arrived, now=world.now)
    return arrived


def _change(world: SimpleNamespace, kind: KeyActKind) -> KeyAct:
    version = 2 if kind in {KeyActKind.ACTIVATE, KeyActKind.DESTROY} else 1
    key_set = KeySet.objects.get(suite="sm4", version=version)
    return key_states.propose_key_change(world.pair[0], key_set, kind, "轮换", now=world.now)


def _ceremony(world: SimpleNamespace, kind: KeyActKind) -> KeyAct:
    holders = [Account.objects.get(pk=one.account_id) for one in world.pair]
    wanted = KNOWN if kind in {KeyActKind.BACK_UP, KeyActKind.RESTORE} else NEW
    shares = []
    if kind is KeyActKind.RESTORE:
        backup = _ceremony(world, KeyActKind.BACK_UP)
        keys.confirm_key_act(world.pair[1], backup, now=world.now)
        shares = [ceremonies.show_part(one, backup, now=world.now) for one in world.pair]
    act = ceremonies.propose_ceremony(world.pair[0], kind, {**wanted, "threshold": 2}, holders, now=world.now)
    for at, one in enumerate(world.pair):
        if kind is KeyActKind.GENERATE_BY_COMPONENTS:
            ceremonies.enter_part(one, act, COMPONENTS[at], now=world.now)
        if kind is KeyActKind.RESTORE:
            ceremonies.enter_part(one, act, shares[at].keys, number=shares[at].number, now=world.now)
    return act


BEGUN: dict[KeyActKind, Callable[[SimpleNamespace, KeyActKind], KeyAct]] = {
    KeyActKind.GENERATE_MASTER: _by_form,
    KeyActKind.HAND_OVER_SUB_KEYS: _by_form,
    KeyActKind.IMPORT_SUB_KEYS: _import,
    **dict.fromkeys(KEY_CHANGES, _change),
    **dict.fromkeys(CEREMONIES, _ceremony),
}
"""How an act of a kind comes to wait for its second custodian alone; a new kind without a line here fails below."""


def _stands() -> tuple[list[str], list[tuple[object, ...]]]:
    sets = KeySet.objects.order_by("pk").values_list("suite", "version", "kind", "state")
    return list(KeyAct.objects.order_by("pk").values_list("state", flat=True)), list(sets)


def _try_service(actor, act: KeyAct, now) -> str:
    try:
        keys.confirm_key_act(actor, act, heard=heard(act), now=now)
    except WarrantError as error:
        return error.code
    return "done"


def _try_pages(page, act: KeyAct) -> set[int]:
    number = heard(act)
    typed = {"partner": number.partner, "digits": number.digits} if number else {}
    return {
        page.post(reverse("key-act-decide", args=[act.pk, "acknowledge"])).status_code,
        page.post(reverse("key-act-decide", args=[act.pk, "confirm"])).status_code,
        page.post(reverse("key-act-compare", args=[act.pk]), typed).status_code,
    }


@pytest.mark.parametrize("kind", KeyActKind)
def test_one_person_never_completes_it_and_two_do(world, sign_in, kind):
    act = BEGUN[kind](world, kind)
    first, second = world.pair
    before = _stands()
    account = Account.objects.get(pk=first.account_id)
    assert _try_service(first, act, world.now) == "same-custodian"
    # in two sessions at a time
    assert [_try_pages(page, act) <= {404, 409} for page in (sign_in(account), sign_in(account))] == [
        True,
        True,
    ]
    # with a second role of the same right, over another unit
    RoleAssignment.objects.create(
        account=account, role=Role.KEY_CUSTODIAN, unit=world.tree.suzhou, assigned_at=world.now
    )
    assert len(actor_for(account).grants) == 2
    assert _try_service(actor_for(account), act, world.now) == "same-custodian"
    assert _try_pages(sign_in(account), act) <= {404, 409}
    assert _stands() == before
    assert _try_service(second, act, world.now) == "done"


@pytest.mark.parametrize("kind", KeyActKind)
def test_somebody_whose_role_was_just_withdrawn_is_no_second(world, sign_in, kind):
    act = BEGUN[kind](world, kind)
    before = _stands()
    account = Account.objects.get(pk=world.pair[1].account_id)
    page = sign_in(account)
    assert page.get(reverse("key-act-detail", args=[act.pk])).status_code == 200
    RoleAssignment.objects.filter(account=account).update(withdrawn_at=world.now)
    assert _try_service(actor_for(account), act, world.now) in {"not-found", "not-permitted"}
    assert _try_pages(page, act) <= {403, 404}
    assert _stands() == before


def test_only_the_pages_carry_out_an_act():
    """No command and no interface does: whoever calls the service has to be walked above first."""
    root = Path(warrant.__file__).parent
    callers = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "confirm_key_act(" in path.read_text(encoding="utf-8")
    }
    assert callers == {
        "apps/cardcentre/services/keys.py",
        "apps/cardcentre/views/comparison.py",
        "apps/cardcentre/views/keys.py",
    }
