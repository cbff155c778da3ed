"""Signing in and staying signed in: lock-out, time limits, sessions, and what acts on the next click."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from tests.apps.conftest import PASSWORD

from warrant.apps.accounts.models import Account
from warrant.core.access import Role
from warrant.nodes.checking import NODE
from warrant.nodes.wiring import ministry_settings, province_settings

pytestmark = pytest.mark.django_db

AccountFor = Callable[..., Account]
SIGN_IN = "/account/sign-in/"
SESSION_COOKIE = "warrant_province_320000_session"
LOCKED = "连续 5 次登录失败，已锁定 15 分钟"


class Clock:
    """The edge's clock, held and moved by the test."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 8, 45, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def forward(self, **span: int) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    held = Clock()
    monkeypatch.setattr("warrant.apps.foundation.clock.now", held.now)
    return held


@pytest.fixture
def li(tree: SimpleNamespace, account_for: AccountFor) -> Account:
    return account_for("li", tree.kunshan, Role.REVIEWER)


def attempt(client: Client, username: str, password: str, **fields: str) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password, **fields})


def enter(client: Client, username: str = "li") -> Client:
    assert attempt(client, username, PASSWORD).status_code == 302
    return client


def is_inside(client: Client) -> bool:
    return bool(client.get("/").status_code == 200)


@pytest.mark.parametrize("settings_of", [province_settings, ministry_settings])
def test_a_node_keeps_passwords_with_argon2_only(settings_of: Callable[..., dict[str, Any]]) -> None:
    hashers = settings_of(NODE)["PASSWORD_HASHERS"]
    assert hashers == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_the_right_password_leads_to_the_first_page(li: Account) -> None:
    answer = attempt(Client(), "Li", PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(li: Account) -> None:
    wrong, unknown = attempt(Client(), "li", "wrong"), attempt(Client(), "nobody", "wrong")
    assert wrong.status_code == unknown.status_code == 400
    same = [page.content.decode().replace("nobody", "li") for page in (wrong, unknown)]
    assert _without_token(same[0]) == _without_token(same[1])


def _without_token(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_an_unknown_user_costs_a_password_check_too(
    tree: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(Account, "set_password", lambda self, raw: hashed.append(raw))
    attempt(Client(), "nobody", "wrong")
    assert hashed == ["wrong"]


def test_five_failures_lock_and_the_right_password_does_not_open(li: Account) -> None:
    client = Client()
    statuses = [attempt(client, "li", "wrong").status_code for _ in range(5)]
    assert statuses == [400, 400, 400, 400, 429]
    locked = attempt(client, "li", PASSWORD)
    assert locked.status_code == 429
    assert LOCKED in locked.content.decode()
    assert 'value="li"' in locked.content.decode()
    assert not is_inside(client)


def test_an_unknown_user_is_locked_in_the_same_way(tree: SimpleNamespace) -> None:
    client = Client()
    statuses = [attempt(client, "nobody", "wrong").status_code for _ in range(6)]
    assert statuses == [400, 400, 400, 400, 429, 429]


def test_the_lock_ends_after_fifteen_minutes(li: Account) -> None:
    client = Client()
    for _ in range(5):
        attempt(client, "li", "wrong")
    for minutes, status in ((14, 429), (16, 302)):
        AccessAttempt.objects.update(attempt_time=datetime.now(UTC) - timedelta(minutes=minutes))
        assert attempt(Client(), "li", PASSWORD).status_code == status


def test_a_lock_of_one_person_keeps_nobody_else_out(
    li: Account, tree: SimpleNamespace, account_for: AccountFor
) -> None:
    account_for("wang", tree.suzhou, Role.VERIFIER)
    for _ in range(5):
        attempt(Client(), "li", "wrong")
    assert attempt(Client(), "wang", PASSWORD).status_code == 302


def test_a_lock_from_one_address_does_not_keep_the_person_out_of_the_own_desk(li: Account) -> None:
    for _ in range(5):
        attempt(Client(REMOTE_ADDR="192.0.2.1"), "li", "wrong")
    assert attempt(Client(REMOTE_ADDR="192.0.2.2"), "li", PASSWORD).status_code == 302


def test_success_forgets_the_earlier_failures(li: Account) -> None:
    for _ in range(2):
        for _ in range(4):
            assert attempt(Client(), "li", "wrong").status_code == 400
        enter(Client())


def test_a_reset_by_the_administrator_lifts_the_lock(
    li: Account, tree: SimpleNamespace, account_for: AccountFor, sign_in: Callable[[Account], Client]
) -> None:
    for _ in range(5):
        attempt(Client(), "li", "wrong")
    system = sign_in(account_for("system", tree.jiangsu, Role.SYSTEM_ADMINISTRATOR))
    system.post(f"/accounts/{li.pk}/password/")
    assert attempt(Client(), "li", "wrong").status_code == 400


@pytest.mark.parametrize(
    "typed",
    [
        {"username": "", "password": ""},
        {"username": "li", "password": ""},
        {"username": "li" * 5000, "password": "x" * 5000},
        {"username": "l\x00i", "password": "\x00"},
        {"username": "李🙂𠮷", "password": "🙂"},
        {"username": "' OR 1=1 --", "password": "' OR 1=1 --"},
    ],
)
def test_what_is_no_user_name_is_refused_on_the_page(li: Account, typed: dict[str, str]) -> None:
    answer = Client().post(SIGN_IN, {**typed, "csrfmiddlewaretoken": "x"})
    assert answer.status_code == 400
    assert 'class="errors' in answer.content.decode() or 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "http:example.org",
        "javascript:alert(1)",
        "home",
        "x",
        "",
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(li: Account, target: str) -> None:
    assert attempt(Client(), "li", PASSWORD, next=target).headers["Location"] == "/"
    assert 'name="next" value="/"' in Client().get(SIGN_IN, {"next": target}).content.decode()


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org/", "/\\example.org", "home", "x"])
def test_choosing_a_language_leads_nowhere_else(db: None, target: str) -> None:
    answer = Client().post("/language/", {"language": "en", "next": target})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_after_signing_in_the_person_is_where_the_way_was_barred(li: Account) -> None:
    client = Client()
    barred = client.get("/organisations/?text=a&on=2026-01-01").headers["Location"]
    assert barred == "/account/sign-in/?next=%2Forganisations%2F%3Ftext%3Da%26on%3D2026-01-01"
    answer = attempt(client, "li", PASSWORD, next="/organisations/?text=a&on=2026-01-01")
    assert answer.headers["Location"] == "/organisations/?text=a&on=2026-01-01"


def test_the_session_gets_a_new_name_at_sign_in(li: Account) -> None:
    client = Client()
    planted = client.session
    planted["mark"] = "planted"
    planted.save()
    key = str(planted.session_key)
    client.cookies[SESSION_COOKIE] = key
    enter(client)
    assert client.session.session_key != key
    assert not planted.exists(key)


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(li: Account) -> None:
    answer = attempt(Client(), "li", PASSWORD)
    cookie = answer.cookies[SESSION_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"]  # it ends with the browser


@pytest.mark.parametrize(("url", "is_secure"), [("https://x", True), ("http://127.0.0.1", False)])
def test_over_tls_the_cookies_stay_on_tls(url: str, is_secure: bool) -> None:
    found = province_settings(dataclasses.replace(NODE, public_url=url))
    assert (found["SESSION_COOKIE_SECURE"], found["CSRF_COOKIE_SECURE"]) == (is_secure, is_secure)


def test_sign_out_ends_the_session_on_the_server(li: Account) -> None:
    client = enter(Client())
    stolen = Client()
    stolen.cookies.update(client.cookies)
    assert is_inside(stolen)
    client.post("/account/sign-out/")
    assert not is_inside(stolen)


def test_sign_out_needs_a_post(li: Account) -> None:
    client = enter(Client())
    assert client.get("/account/sign-out/").status_code == 405
    assert is_inside(client)


def test_fifteen_idle_minutes_end_the_session(li: Account, clock: Clock) -> None:
    client = enter(Client())
    assert is_inside(client)
    clock.forward(minutes=14)
    assert is_inside(client)
    clock.forward(minutes=14)
    assert is_inside(client)
    clock.forward(minutes=15, seconds=1)
    assert not is_inside(client)


def test_a_session_nobody_uses_lasts_no_longer_on_the_server(li: Account) -> None:
    client = enter(Client())
    expires_in = Session.objects.get(pk=client.session.session_key).expire_date - datetime.now(UTC)
    assert timedelta(minutes=14) < expires_in <= timedelta(minutes=15)


def test_eight_hours_end_a_session_that_is_in_use(li: Account, clock: Clock) -> None:
    client = enter(Client())
    for _ in range(48):
        assert is_inside(client)
        clock.forward(minutes=10)
    assert is_inside(client)
    clock.forward(seconds=1)
    assert not is_inside(client)


def test_a_disabled_account_is_out_with_the_next_request(li: Account) -> None:
    client = enter(Client())
    assert is_inside(client)
    Account.objects.filter(pk=li.pk).update(is_active=False)
    assert not is_inside(client)
    assert attempt(Client(), "li", PASSWORD).status_code == 400


def test_a_withdrawn_role_is_gone_with_the_next_request(li: Account, now: datetime) -> None:
    client = enter(Client())
    assert client.get("/organisations/").status_code == 200
    li.assignments.update(withdrawn_at=now)
    assert client.get("/organisations/").status_code == 403


def test_a_reset_password_ends_the_open_sessions(li: Account) -> None:
    client = enter(Client())
    li.set_password("another-made-up-Password-8")
    li.save()
    assert not is_inside(client)


def test_who_has_a_generated_password_gets_no_further_than_changing_it(li: Account) -> None:
    Account.objects.filter(pk=li.pk).update(must_change_password=True)
    client = enter(Client())
    for path in ("/", "/organisations/", "/accounts/", "/officers/1/"):
        assert client.get(path).headers["Location"] == "/account/password/"
    assert client.post("/officers/new/", {"name": "x"}).headers["Location"] == "/account/password/"
    new = {"new_password": "a-new-made-up-Word-9", "repeated_password": "a-new-made-up-Word-9"}
    changed = client.post("/account/password/", {"current_password": PASSWORD, **new})
    assert changed.headers["Location"] == "/"
    assert is_inside(client)


@pytest.mark.parametrize(
    ("current", "new", "repeated", "field"),
    [
        (PASSWORD, PASSWORD, PASSWORD, "new_password"),
        (PASSWORD, "short-1", "short-1", "new_password"),
        (PASSWORD, "12345678901234", "12345678901234", "new_password"),
        (PASSWORD, "a-new-made-up-Word-9", "a-new-made-up-Word-0", "repeated_password"),
        ("wrong", "a-new-made-up-Word-9", "a-new-made-up-Word-9", "current_password"),
        ("", "", "", "current_password"),
        (PASSWORD, "x" * 10_000, "x" * 10_000, "new_password"),
        (PASSWORD, "nul-\x00-in-a-password", "nul-\x00-in-a-password", "new_password"),
    ],
)
def test_a_bad_new_password_is_refused_beside_its_field(
    li: Account, current: str, new: str, repeated: str, field: str
) -> None:
    client = enter(Client())
    typed = {"current_password": current, "new_password": new, "repeated_password": repeated}
    refused = client.post("/account/password/", {**typed, "csrfmiddlewaretoken": "x"})
    assert refused.status_code == 400
    assert f'id="id_{field}_error"' in refused.content.decode()
    li.refresh_from_db()
    assert li.check_password(PASSWORD)


def test_a_password_is_never_sent_back(li: Account) -> None:
    client = enter(Client())
    typed = {"current_password": "cur-cur-cur", "new_password": "new-new-new", "repeated_password": "x"}
    page = client.post("/account/password/", typed).content.decode()
    assert "cur-cur-cur" not in page
    assert "new-new-new" not in page


def test_a_forged_form_of_another_site_is_refused(li: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(li, backend="warrant.apps.accounts.middleware.AccountOfSession")
    answer = client.post("/account/password/", {"current_password": PASSWORD})
    assert answer.status_code == 403
    assert "请求未通过安全校验" in answer.content.decode()
