"""A version of keys that others know is said wherever its card is shown."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.apps.cardcentre.conftest import FIRST_SERIAL
from tests.apps.cardcentre.test_pages import text_of
from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models import KeySet
from warrant.apps.cardcentre.selectors import chain_links
from warrant.apps.cardcentre.services import jobs
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.certificates.models import Certificate
from warrant.core.access import Role

LEAKED = "SM4 第 1 版密钥已泄露：这张卡的芯片不能再作为凭据"


@pytest.fixture
def in_use(operator, actor, tree, certificate, put_blank, now):
    put_blank(suite="sm4")
    jobs.pass_check(operator, jobs.start_card_job(operator, certificate, "virtual-1", now=now), now=now)
    record_hand_over(actor("wu", tree.kunshan, Role.REGISTRAR), certificate, "林书白", now=now)
    return certificate


@pytest.fixture
def leak():
    def of(suite: str, state: str = "compromised") -> None:
        KeySet.objects.filter(suite=suite, version=1, kind="sub").update(state=state)

    return of


def notes(certificate: Certificate) -> list[str]:
    return [link.note for link in chain_links(certificate.officer) if link.tone == "broken"]


def test_chain_of_the_holder_says_that_the_keys_of_the_card_are_leaked(
    in_use, leak, django_assert_num_queries
):
    assert notes(in_use) == []
    leak("sm4")
    with django_assert_num_queries(1):
        assert notes(in_use) == [LEAKED]


@pytest.mark.parametrize(("suite", "state"), [("3des", "compromised"), ("sm4", "retired"), ("sm4", "active")])
def test_leak_of_another_suite_and_a_retired_version_say_nothing(in_use, leak, suite, state):
    leak(suite, state)
    assert notes(in_use) == []


def test_certificate_that_has_ended_says_nothing_of_its_keys(in_use, leak):
    leak("sm4")
    Certificate.system.filter(pk=in_use.pk).update(state="revoked")
    assert LEAKED not in notes(in_use)


def test_page_of_the_certificate_says_it(in_use, leak, sign_in, account_for, tree):
    leak("sm4")
    browser = sign_in(account_for("hua", tree.kunshan, Role.REGISTRAR))
    page = browser.get(reverse("certificate-detail", args=[in_use.number]))
    assert LEAKED in text_of(page)
    assert "收回此卡，为持证人补换" in text_of(page)


def test_page_of_the_card_says_where_its_version_stands(in_use, leak, sign_in, operator, put_blank):
    browser = sign_in(Account.objects.get(pk=operator.account_id))
    url = reverse("card-detail", args=[FIRST_SERIAL])
    page = text_of(browser.get(url))
    assert "第 1 版 · 在用" in page
    assert "已泄露" not in page
    leak("sm4")
    page = text_of(browser.get(url))
    assert "第 1 版 · 已泄露" in page
    assert "这张卡的密钥已泄露" in page
    put_blank("1D000000000002")
    assert "已泄露" not in text_of(browser.get(reverse("card-detail", args=["1D000000000002"])))
