"""What every answer says about itself: where it may load from, who may frame it, and that it stays in no cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.apps.test_permission_matrix import pages
from tests.apps.world import World, become, made_up_arguments, unit_of
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.foundation import ports
from warrant.core.access import Role

pytestmark = pytest.mark.django_db

SignIn = Callable[[Account], Client]


@pytest.fixture
def world(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    vault: SoftwareVault,
    settings: Any,
    tmp_path: Path,
) -> World:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    settings.WARRANT_CARD_BOX = str(tmp_path / "card-box")
    ports.forget_ports()
    return World(tree, account_for)


def check_headers(answer: Any, url: str) -> None:
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'", url
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'", url
    assert policy["form-action"] == "'self'", url
    assert "script-src" not in policy, url
    assert "unsafe" not in answer.headers["Content-Security-Policy"], url
    assert answer.headers["X-Content-Type-Options"] == "nosniff", url
    assert answer.headers["X-Frame-Options"] == "DENY", url
    assert answer.headers["Referrer-Policy"] == "same-origin", url
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", url


@pytest.mark.parametrize("kind", ["province", "ministry"])
def test_whatever_a_signed_in_person_sees_is_guarded_and_kept_in_no_cache(
    world: World, settings: Any, sign_in: SignIn, kind: str
) -> None:
    become(settings, kind)
    for role in (Role.REGISTRAR, Role.CARD_OPERATOR, Role.SYSTEM_ADMINISTRATOR, Role.FILING_REVIEWER):
        unit = unit_of(world.tree, role, kind)
        if unit is None:
            continue
        client = sign_in(world.account_of(role, unit))
        for pattern in pages(kind):
            name = str(pattern.name)
            arguments = world.arguments().get(name, made_up_arguments(pattern))
            url = reverse(name, kwargs=arguments or None)
            answer = client.get(url)
            check_headers(answer, url)
            if name in ("set-language", "healthz", "sign-out") or name.startswith("exchange-"):
                continue
            assert "no-store" in answer.headers["Cache-Control"], url
            if "text/html" in answer.headers["Content-Type"]:
                assert "Cookie" in answer.headers["Vary"], url


def test_a_photo_and_a_proof_stay_in_no_cache_and_are_what_they_are(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.account_of(Role.REGISTRAR, world.tree.kunshan))
    for name, media_type in (("officer-photo", "image/jpeg"), ("document-open", "application/pdf")):
        answer = client.get(reverse(name, kwargs=world.kunshan.arguments()[name]))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("url", ["/account/sign-in/", "/nothing-here/", "/officers/", "/?after=%00"])
def test_pages_without_a_person_are_guarded_too(tree: SimpleNamespace, url: str) -> None:
    check_headers(Client().get(url), url)


def test_the_sign_in_page_is_kept_in_no_cache(tree: SimpleNamespace) -> None:
    assert "no-store" in Client().get("/account/sign-in/").headers["Cache-Control"]


def test_every_cookie_is_kept_from_scripts_or_other_sites(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.account_of(Role.REGISTRAR, world.tree.kunshan))
    client.get("/officers/new/")
    client.post("/language/", {"language": "en"})
    for name, cookie in client.cookies.items():
        if not cookie.value:
            continue  # it was taken back
        assert cookie["samesite"] == "Lax", name
        if not name.endswith(
            "_csrf"
        ):  # htmx sends the token from the page, the cookie need not be read either
            assert cookie["httponly"], name


HOSTILE = "<b>x</b>"


def test_a_hostile_name_in_the_register_is_shown_as_text(world: World, sign_in: SignIn) -> None:
    officer = world.kunshan.officer
    officer.name = officer.post = officer.position = officer.remark = HOSTILE
    officer.save()
    Account.objects.filter(pk=world.account.pk).update(display_name=HOSTILE)
    registrar = sign_in(world.account_of(Role.REGISTRAR, world.tree.kunshan))
    shown = 0
    names = ("officer-detail", "officer-glance", "officer-change", "application-detail", "certificate-detail")
    arguments = world.kunshan.arguments()
    urls = ["/", "/officers/", "/applications/", "/certificates/"]
    for url in [*urls, *(reverse(name, kwargs=arguments[name]) for name in names)]:
        page = registrar.get(url).content.decode()
        assert HOSTILE not in page, url
        shown += "&lt;b&gt;x&lt;/b&gt;" in page
    system = sign_in(world.account_of(Role.SYSTEM_ADMINISTRATOR, world.tree.jiangsu))
    for url in ("/accounts/", f"/accounts/{world.account.pk}/"):
        page = system.get(url).content.decode()
        assert HOSTILE not in page
        shown += "&lt;b&gt;x&lt;/b&gt;" in page
    assert shown >= 9


def test_a_hostile_name_does_not_get_in(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.account_of(Role.REGISTRAR, world.tree.kunshan))
    typed = {"name": HOSTILE, "id_number": "329901198503020025", "agency": world.kunshan.unit.name}
    refused = client.post("/officers/new/", {**typed, "categories": ["01"], "education": "21"})
    assert refused.status_code == 400
    page = refused.content.decode()
    assert 'id="id_name_error"' in page
    assert HOSTILE not in page


def test_the_public_site_is_guarded_and_sets_no_session(settings: Any, db: None) -> None:
    settings.ROOT_URLCONF = "warrant.nodes.public_urls"
    for url in (
        "/",
        "/?number=%3Cscript%3Ealert(1)%3C/script%3E",
        "/c/32000000013",
        "/c/%3Cb%3Ex",
        "/nothing",
    ):
        answer = Client().get(url)
        check_headers(answer, url)
        assert b"<script>alert" not in answer.content
        assert not [name for name in answer.cookies if "session" in name]
