"""A card on an earlier key version gets the active one at its visit, whole or resumable; a leaked one never."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.apps.cardcentre.conftest import FIRST_SERIAL
from tests.apps.cardcentre.test_pages import text_of
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import Card, CardJob, KeySet
from warrant.apps.cardcentre.selectors.keys import cards_by_unit
from warrant.apps.cardcentre.selectors.rekeying import behind_by_unit, units_behind
from warrant.apps.cardcentre.services import jobs, visits
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.certificates.models import Certificate
from warrant.core.access import Role
from warrant.core.errors import N_, Conflict, NotFound, Unavailable


@pytest.fixture(params=["sm4", "3des"])
def rotated(request, operator, actor, tree, certificate, put_blank, province_vault, ministry_vault, now):
    """A card of version 1 is handed over and lies in the reader; version 2 is the active one since."""
    suite = request.param
    put_blank(suite=suite)
    jobs.pass_check(operator, jobs.start_card_job(operator, certificate, "virtual-1", now=now), now=now)
    record_hand_over(actor("wu", tree.kunshan, Role.REGISTRAR), certificate, "林书白", now=now)
    ministry_vault.create_master(suite, 2)
    package = ministry_vault.wrap_sub_keys(suite, 2, "320000", province_vault.transport_public_key())
    province_vault.import_sub_keys(package)
    KeySet.objects.filter(suite=suite, version=1).update(state="retired")
    KeySet.objects.create(
        suite=suite,
        version=2,
        kind="sub",
        province_code="320000",
        check_values={},
        created_at=now,
        state="active",
        active_from=now,
    )
    return certificate


def selected(viewer):
    units = list(units_behind(viewer))
    counts = behind_by_unit(viewer, units)
    return {unit.name: tuple(counts[unit.pk]) for unit in units}


def versions():
    return Card.objects.values_list("key_version", "next_key_version").get(serial=FIRST_SERIAL)


def test_visit_gives_the_card_the_active_version_and_the_register_says_so(operator, rotated, now):
    before = visits.read_visitor(operator, "virtual-1")
    assert (before.card.key_version, before.next_version) == (1, 2)
    after = visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    assert after.report.content.key_version == 2
    assert versions() == (2, None)
    again = visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    assert again.next_version is None
    actions = AuditRow.objects.filter(action__startswith="card.rekey").values_list("action", flat=True)
    assert sorted(actions) == ["card.rekeyed", "card.rekeying-begun"]


@pytest.mark.parametrize("acts", [True, False], ids=["after the card acted", "before"])
def test_visit_that_breaks_off_while_keys_are_exchanged_is_finished_by_the_next(
    operator, rotated, monkeypatch, acts, now
):
    transmit = VirtualConnection.transmit
    writes = 0
    under_way = set()
    for lives in range(1, 11):  # each of the writing commands: keys, files, the last key

        def break_off(connection, apdu, lives=lives):
            nonlocal writes
            if apdu[1] in (0xD4, 0xD6):
                writes += 1
                if writes == lives:
                    if acts:
                        transmit(connection, apdu)
                    raise Unavailable("card-removed", N_("卡片已被取出"), place="reader")
            return transmit(connection, apdu)

        writes = 0
        with monkeypatch.context() as patch:
            patch.setattr(VirtualConnection, "transmit", break_off)
            try:
                visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
            except Unavailable:
                under_way.add(versions())
                found = visits.read_visitor(operator, "virtual-1")
                assert (found.is_under_way, found.next_version) == (True, 2)
    assert under_way == {(1, 2)}
    after = visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    assert after.report.content.key_version == 2
    assert versions() == (2, None)


def test_card_that_is_done_but_not_on_record_is_only_read_back(operator, rotated, monkeypatch, now):
    with monkeypatch.context() as patch:

        def die(*_args):
            raise KeyboardInterrupt

        patch.setattr("warrant.apps.cardcentre.services.rekeying._finish", die)
        with pytest.raises(KeyboardInterrupt):
            visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    assert versions() == (1, 2)
    visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    assert versions() == (2, None)


def test_leaked_version_is_not_exchanged_on_the_card(operator, rotated, now):
    KeySet.objects.filter(version=1).update(state="compromised")
    visit = visits.read_visitor(operator, "virtual-1")
    assert (visit.is_compromised, visit.next_version) == (True, None)
    visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    assert versions() == (1, None)


def test_target_that_leaked_meanwhile_and_missing_content_are_refused(operator, rotated, now):
    CardJob.objects.update(content=None)
    with pytest.raises(Conflict, match="card-content-missing"):
        visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    Card.objects.filter(serial=FIRST_SERIAL).update(next_key_version=2)
    KeySet.objects.filter(version=2).update(state="compromised")
    with pytest.raises(Conflict, match="card-keys-revoked"):
        visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    assert versions() == (1, 2)


def test_lost_certificate_keeps_its_old_keys_and_another_province_does_not_see_it(
    operator, actor, tree, rotated, now
):
    Certificate.system.filter(pk=rotated.pk).update(state="lost")
    Card.objects.filter(serial=FIRST_SERIAL).update(next_key_version=2)
    with pytest.raises(Conflict, match="card-kept-back"):
        visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    with pytest.raises(NotFound):
        visits.read_visitor(actor("pu", tree.shanghai, Role.CARD_OPERATOR), "virtual-1")


def test_units_behind_are_counted_until_their_cards_are_exchanged(
    operator, actor, tree, rotated, sign_in, django_assert_max_num_queries, now
):
    browser, url = sign_in(Account.objects.get(pk=operator.account_id)), reverse("card-rekeying")
    unit = rotated.agency_name
    assert selected(operator) == {unit: (1, 0, 0)}
    assert selected(actor("pu", tree.shanghai, Role.CARD_OPERATOR)) == {}
    with django_assert_max_num_queries(10):
        page = text_of(browser.get(url))
    assert unit in page
    assert "1 个单位，1 张卡" in page
    Card.objects.update(next_key_version=2)
    assert selected(operator) == {unit: (0, 1, 0)}
    Card.objects.update(next_key_version=None)
    KeySet.objects.filter(version=1, state="retired").update(state="compromised")
    assert selected(operator) == {unit: (0, 0, 1)}
    KeySet.objects.filter(version=1, state="compromised").update(state="retired")
    visits.write_results(operator, "virtual-1", FIRST_SERIAL, now=now)
    assert selected(operator) == {}
    assert "没有待换密钥的证卡" in text_of(browser.get(url))


def test_card_of_a_certificate_that_is_not_in_use_is_not_waited_for(operator, rotated):
    Certificate.system.filter(pk=rotated.pk).update(state="lost")
    assert selected(operator) == {}


def test_a_version_and_the_exchange_count_a_card_at_the_holders_present_unit(operator, actor, tree, rotated):
    Certificate.system.filter(pk=rotated.pk).update(agency_unit=tree.nanjing.pk)
    custodian = actor("ce", tree.jiangsu, Role.KEY_CUSTODIAN)
    first = KeySet.objects.get(version=1, suite=Card.objects.get(serial=FIRST_SERIAL).key_suite)
    assert cards_by_unit(custodian, first) == [{"agency": tree.nanjing.name, "count": 1}]
    assert selected(operator) == {tree.nanjing.name: (1, 0, 0)}


def test_page_says_that_keys_are_exchanged_and_does_it(operator, rotated, sign_in):
    browser, url = sign_in(Account.objects.get(pk=operator.account_id)), reverse("card-visit")
    page = browser.post(url, {"act": "read", "reader": "virtual-1"})
    assert "换成第 2 版" in text_of(page)
    assert page.content.decode().count("autofocus") == 1
    done = browser.post(url, {"act": "write", "reader": "virtual-1", "serial": FIRST_SERIAL})
    assert "已写入并回读核对" in text_of(done)
    assert "旧版密钥" not in text_of(done)
    assert versions() == (2, None)
