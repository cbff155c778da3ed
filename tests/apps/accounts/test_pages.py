"""The administrators' pages: who may open them, what they do, what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.core.access import Role

pytestmark = pytest.mark.django_db

AccountFor = Callable[..., Account]
SignIn = Callable[[Account], Client]


@pytest.fixture
def system(tree: SimpleNamespace, account_for: AccountFor, sign_in: SignIn) -> Client:
    return sign_in(account_for("system", tree.jiangsu, Role.SYSTEM_ADMINISTRATOR))


@pytest.fixture
def security(tree: SimpleNamespace, account_for: AccountFor, sign_in: SignIn) -> Client:
    return sign_in(account_for("security", tree.jiangsu, Role.SECURITY_ADMINISTRATOR))


@pytest.fixture
def li(tree: SimpleNamespace, account_for: AccountFor) -> Account:
    return account_for("li", tree.kunshan, Role.REVIEWER)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_both_administrators_see_the_accounts_with_their_roles(
    system: Client, security: Client, li: Account
) -> None:
    for client in (system, security):
        page = text_of(client.get("/accounts/"))
        assert f'<a href="/accounts/{li.pk}/">li</a>' in page
        assert "审查员" in page


def test_others_do_not_even_learn_that_there_is_a_list(li: Account, sign_in: SignIn) -> None:
    assert sign_in(li).get("/accounts/").status_code in (403, 404)
    assert sign_in(li).get(f"/accounts/{li.pk}/").status_code in (403, 404)


def test_nobody_signed_out_reaches_the_list(tree: SimpleNamespace) -> None:
    assert Client().get("/accounts/").headers["Location"] == "/account/sign-in/?next=%2Faccounts%2F"


def test_the_list_is_found_by_name_and_small(
    system: Client, li: Account, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        found = system.get("/accounts/?q=li")
    assert ">li</a>" in text_of(found)
    assert ">system</a>" not in text_of(found)
    assert len(found.content) < 60_000


def test_the_list_is_found_whatever_the_case_of_the_letters(system: Client, li: Account) -> None:
    assert ">li</a>" in text_of(system.get("/accounts/?q=LI"))


def test_an_opened_account_signs_in_with_the_password_shown_once(
    system: Client, tree: SimpleNamespace
) -> None:
    typed = {"username": "Zhou.Yan", "display_name": "周砚秋", "agency": tree.kunshan.pk}
    opened = system.post("/accounts/new/", typed)
    shown = re.search(r'<p class="secret"[^>]*>([^<]+)</p>', text_of(opened))
    assert shown
    assert "no-store" in opened.headers["Cache-Control"]
    client = Client()
    entered = client.post("/account/sign-in/", {"username": "zhou.yan", "password": shown[1]})
    assert entered.status_code == 302
    assert client.get("/").headers["Location"] == "/account/password/"


def test_a_taken_user_name_is_refused_beside_its_field(
    system: Client, li: Account, tree: SimpleNamespace
) -> None:
    typed = {"username": "LI", "display_name": "李<b>", "agency": tree.kunshan.pk}
    refused = system.post("/accounts/new/", typed)
    assert refused.status_code == 400
    assert 'id="id_username_error"' in text_of(refused)
    assert 'value="李&lt;b&gt;"' in text_of(refused)


def test_the_security_administrator_opens_no_account(security: Client) -> None:
    assert security.get("/accounts/new/").status_code == 403


def test_the_system_administrator_gives_no_role(system: Client, li: Account, tree: SimpleNamespace) -> None:
    typed = {"role": "verifier", "unit": tree.suzhou.pk}
    assert system.post(f"/accounts/{li.pk}/roles/", typed).status_code == 403
    assert not RoleAssignment.objects.filter(account=li, role="verifier").exists()


def test_a_role_is_given_and_withdrawn(security: Client, li: Account, tree: SimpleNamespace) -> None:
    given = security.post(
        f"/accounts/{li.pk}/roles/", {"role": "verifier", "unit": tree.suzhou.pk}, follow=True
    )
    assert "已授予li角色：核审员（苏州市交通运输局）" in text_of(given)
    assignment = RoleAssignment.objects.get(account=li, role="verifier")
    security.post(f"/accounts/{li.pk}/roles/{assignment.pk}/withdraw/")
    assignment.refresh_from_db()
    assert assignment.withdrawn_at is not None


def test_a_role_that_the_level_does_not_have_is_refused_beside_its_field(
    security: Client, li: Account, tree: SimpleNamespace
) -> None:
    refused = security.post(f"/accounts/{li.pk}/roles/", {"role": "approver", "unit": tree.kunshan.pk})
    assert refused.status_code == 400
    assert 'id="id_role_error"' in text_of(refused)


def test_an_administrator_role_excludes_every_other(
    security: Client, li: Account, tree: SimpleNamespace
) -> None:
    typed = {"role": "audit-administrator", "unit": tree.jiangsu.pk}
    assert security.post(f"/accounts/{li.pk}/roles/", typed).status_code == 409
    assert list(li.assignments.values_list("role", flat=True)) == ["reviewer"]


def test_a_role_of_somebody_else_is_not_withdrawn_through_this_account(
    security: Client, li: Account, tree: SimpleNamespace, account_for: AccountFor
) -> None:
    other = account_for("wang", tree.suzhou, Role.VERIFIER).assignments.get()
    assert security.post(f"/accounts/{li.pk}/roles/{other.pk}/withdraw/").status_code == 404


def test_a_reset_password_replaces_the_old_one(system: Client, li: Account) -> None:
    before = li.password
    assert '<p class="secret"' in text_of(system.post(f"/accounts/{li.pk}/password/"))
    li.refresh_from_db()
    assert li.password != before
    assert li.must_change_password


def test_a_disabled_account_is_out_with_its_next_click(system: Client, li: Account, sign_in: SignIn) -> None:
    client = sign_in(li)
    assert client.get("/").status_code == 200
    system.post(f"/accounts/{li.pk}/disable/")
    assert client.get("/").status_code == 302


def test_the_account_page_tells_its_history_in_few_queries(
    security: Client, li: Account, tree: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    security.post(f"/accounts/{li.pk}/roles/", {"role": "verifier", "unit": tree.suzhou.pk})
    with django_assert_max_num_queries(12):
        page = text_of(security.get(f"/accounts/{li.pk}/"))
    assert "li: verifier @ 苏州市交通运输局" in page
    assert "授予角色" in page


def test_signing_in_wrongly_says_so_and_keeps_the_name(tree: SimpleNamespace) -> None:
    refused = Client().post("/account/sign-in/", {"username": "nobody", "password": "wrong"})
    assert refused.status_code == 400
    assert 'value="nobody"' in text_of(refused)
    assert "wrong" not in re.sub(r"warrant", "", text_of(refused))
