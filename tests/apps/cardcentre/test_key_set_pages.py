"""The pages of a key version, as a custodian opens them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from warrant.apps.cardcentre.models import KeyAct, KeySet
from warrant.core.access import Role


@pytest.fixture
def version(sub_keys):
    return KeySet.objects.get(suite="sm4")


@pytest.fixture
def custodian(client, account_for, tree):
    client.force_login(account_for("shen", tree.jiangsu, Role.KEY_CUSTODIAN))
    return client


def test_version_shows_its_state_and_what_may_be_done(custodian, version):
    page = custodian.get(reverse("key-set-detail", args=[version.pk])).content.decode()
    assert "在用" in page
    assert reverse("key-set-change", args=[version.pk, "revoke-keys"]) in page
    assert reverse("key-set-change", args=[version.pk, "destroy-keys"]) not in page


def test_change_asks_for_a_reason_and_then_waits_for_another_custodian(custodian, version):
    url = reverse("key-set-change", args=[version.pk, "retire-keys"])
    assert custodian.get(url).status_code == 200
    assert custodian.post(url, {"reason": " "}).status_code == 400
    assert custodian.post(url, {"reason": "轮换"}).status_code == 302
    assert KeyAct.objects.get().parameters["reason"] == "轮换"
    version.refresh_from_db()
    assert version.state == "active"
    assert custodian.get(reverse("key-acts")).status_code == 200
    assert custodian.get(reverse("key-act-record", args=[KeyAct.objects.get().pk])).status_code == 409
