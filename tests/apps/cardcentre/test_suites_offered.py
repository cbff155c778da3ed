"""Forms offer the cipher suites that the node's vault can keep, and no other is taken."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.apps.cardcentre.conftest import FIRST_SERIAL
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.forms import CeremonyForm, MasterForm, SubKeyForm
from warrant.apps.cardcentre.forms.stock import ReceiveForm
from warrant.apps.cardcentre.models import CardBatch
from warrant.apps.cardcentre.types import KeyActKind
from warrant.apps.foundation import ports

DELIVERY = {
    "supplier": "苏州芯卡",
    "delivery_note": "S-1",
    "number": "B-1",
    "serials": FIRST_SERIAL,
    "count": "1",
    "transport_key": "card-transport-key",
}


@pytest.fixture
def hsm(province_vault, monkeypatch):
    """The vault as an HSM without SM4 is."""
    monkeypatch.setattr(SoftwareVault, "suites", lambda _vault: ("3des",))


def forms():
    return [
        MasterForm(),
        SubKeyForm(node_codes=["320000"]),
        CeremonyForm(kind=KeyActKind.RESTORE),
        ReceiveForm(),
    ]


def offered(form):
    return [value for value, _label in form.fields["suite"].choices]


def test_software_vault_offers_both(db, province_vault):
    assert [offered(form) for form in forms()] == [["sm4", "3des"]] * 4


def test_token_without_sm4_offers_3des_only(db, hsm):
    assert [offered(form) for form in forms()] == [["3des"]] * 4


def test_posted_suite_that_the_vault_cannot_keep_is_refused_beside_the_field(hsm, operator, sign_in):
    browser = sign_in(Account.objects.get(pk=operator.account_id))
    page = browser.post(reverse("card-receive"), {**DELIVERY, "suite": "sm4"})
    assert page.status_code == 400
    assert "苏州芯卡" in page.content.decode()
    assert not CardBatch.objects.exists()
    assert browser.post(reverse("card-receive"), {**DELIVERY, "suite": "3des"}).status_code == 302
    assert CardBatch.objects.get().key_suite == "3des"


def test_form_opens_while_the_vault_cannot_be_reached(settings):
    settings.WARRANT_PORTS = {}
    ports.forget_ports()
    assert offered(MasterForm()) == ["sm4", "3des"]
