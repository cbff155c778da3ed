"""Cards are destroyed in front of two witnesses, neither of whom proposed it, with a record to sign."""

from __future__ import annotations

import pypdfium2
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import Card, CardDestruction
from warrant.apps.cardcentre.selectors import work_queues
from warrant.apps.cardcentre.services.destruction import (
    print_destruction,
    propose_destruction,
    withdraw_destruction,
    witness_destruction,
)
from warrant.apps.cardcentre.services.movements import give_cards
from warrant.apps.cardcentre.services.stock import spoil_blank
from warrant.apps.cardcentre.services.stores import central_store
from warrant.apps.foundation.work import waiting
from warrant.core.access import Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted


@pytest.fixture
def central(receive, operator, now):
    """The central store with two spoiled cards and a blank."""
    receive("1D000001 至 1D000003", 3)
    for card in Card.objects.filter(serial__in=["1D000001", "1D000002"]):
        spoil_blank(operator, card, "卡面划伤", now=now)
    return central_store()


@pytest.fixture
def approver(actor, tree):
    return actor("shen", tree.jiangsu, Role.APPROVER)


def propose(operator, central, now, serials="1D000001 至 1D000002"):
    return propose_destruction(operator, central, serials, "剪断芯片后粉碎", now=now)


def test_two_witnesses_make_it_done(central, operator, counter, approver, now):
    destruction = propose(operator, central, now)
    assert witness_destruction(counter, destruction, now=now).state == "witnessed"
    assert Card.objects.filter(state="spoiled").count() == 2
    assert witness_destruction(approver, destruction, now=now).state == "done"
    assert Card.objects.filter(state="destroyed").count() == 2
    entry = Card.objects.get(serial="1D000001").entries.latest("id")
    assert (entry.account_id, entry.second_id, entry.remark) == (
        approver.account_id,
        counter.account_id,
        "剪断芯片后粉碎",
    )
    assert AuditRow.objects.filter(action="cards.destroyed").count() == 1
    with pytest.raises(Conflict, match="wrong-state"):
        witness_destruction(approver, destruction, now=now)


def test_neither_proposer_nor_the_same_witness_twice(central, operator, counter, now):
    destruction = propose(operator, central, now)
    with pytest.raises(NotPermitted, match="witness-not-independent"):
        witness_destruction(operator, destruction, now=now)
    witness_destruction(counter, destruction, now=now)
    for same in (counter, operator):
        with pytest.raises(NotPermitted, match="witness-not-independent"):
            witness_destruction(same, destruction, now=now)
    for wrong in ({"second_witness": counter.account_id}, {"state": "done"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CardDestruction.objects.update(**wrong)


def test_registrar_of_a_county_is_no_witness(central, operator, actor, tree, now):
    destruction = propose(operator, central, now)
    with pytest.raises(NotFound):
        witness_destruction(actor("wu", tree.kunshan, Role.REGISTRAR), destruction, now=now)


@pytest.mark.parametrize(
    ("serials", "code"),
    [("1D000003", "card-still-blank"), ("1D000009", "card-not-here"), ("", "cards-missing")],
)
def test_only_spoiled_and_returned_cards_of_the_store(central, operator, now, serials, code):
    with pytest.raises(InvalidInput, match=code):
        propose(operator, central, now, serials)
    with pytest.raises(InvalidInput, match="method-missing"):
        propose_destruction(operator, central, "1D000001", " ", now=now)


def test_listed_card_goes_nowhere_until_it_is_withdrawn(central, station, operator, now):
    destruction = propose(operator, central, now)
    with pytest.raises(Conflict, match="card-condemned"):
        give_cards(operator, central, station, "1D000001", "", now=now)
    with pytest.raises(Conflict, match="card-condemned"):
        propose(operator, central, now)
    with pytest.raises(InvalidInput, match="reason-missing"):
        withdraw_destruction(operator, destruction, "", now=now)
    withdraw_destruction(operator, destruction, "改日销毁", now=now)
    assert give_cards(operator, central, station, "1D000001", "", now=now).count == 1
    destruction.refresh_from_db()
    with pytest.raises(Conflict, match="destruction-withdrawn"):
        print_destruction(operator, destruction, now=now)


def test_record_names_every_card_and_all_three(central, operator, counter, approver, now):
    destruction = propose(operator, central, now)
    witness_destruction(counter, destruction, now=now)
    witness_destruction(approver, destruction, now=now)
    destruction.refresh_from_db()
    document = pypdfium2.PdfDocument(print_destruction(counter, destruction, now=now))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    for word in ("1D000001", "1D000002", "卡面划伤", "tang", "bai", "shen", "签字"):
        assert word in text


def test_pages_lead_two_witnesses_through_it(central, operator, counter, approver, sign_in, now):
    one, two, three = (
        sign_in(Account.objects.get(pk=person.account_id)) for person in (operator, counter, approver)
    )
    new = reverse("card-destruction-new")
    typed = {"store": central.pk, "serials": "1D000003", "method": "粉碎"}
    assert one.post(new, typed).status_code == 400
    told = one.post(new, {**typed, "serials": "1D000001\n1D000002"}, follow=True).content.decode()
    assert "已提出销毁 2 张" in told
    assert "/witness/" not in told
    destruction = CardDestruction.objects.get()
    witness = reverse("card-destruction-witness", args=[destruction.pk])
    assert one.post(witness).status_code == 403
    assert "等待第二见证人" in two.post(witness, follow=True).content.decode()
    assert two.post(witness).status_code == 403
    assert [item.kind for item in waiting(work_queues(approver), 10)] == ["card-destruction"]
    assert "2 张卡已销毁" in three.post(witness, follow=True).content.decode()
    assert three.post(witness).status_code == 409
    assert three.get(reverse("card-destruction-record", args=[destruction.pk])).status_code == 200
    assert "已销毁" in one.get(reverse("card-destructions")).content.decode()
