"""Every page of both kinds of node, for every role: the declared permission decides, and nothing breaks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from tests.apps.world import World, become, made_up_arguments, named_patterns, unit_of
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.foundation import ports
from warrant.core.access import ROLE_LEVELS, ROLE_PERMISSIONS, Level, Permission, Role

pytestmark = pytest.mark.django_db

SignIn = Callable[[Account], Client]

KINDS = ("province", "ministry")
OPEN_TO_PROGRAMS = {"exchange-append", "exchange-read"}
FORM = {"csrfmiddlewaretoken": "x"}


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


def pages(kind: str) -> list[URLPattern]:
    return list(named_patterns(f"warrant.nodes.{kind}_urls"))


def needed(pattern: URLPattern) -> Permission | str | None:
    """The permission that the view declares, ``sign-in`` if none but a person, nothing if it is open."""
    view = pattern.callback
    if getattr(view, "needs_sign_in_only", False):
        return "sign-in"
    found: Permission | None = view.required_permission  # type: ignore[attr-defined]  # the mark of the view
    return found


def addresses(pattern: URLPattern, world: World) -> list[str]:
    """Where the page shows something that exists, and something that does not."""
    name = str(pattern.name)
    made_up = made_up_arguments(pattern)
    found = [world.arguments().get(name, made_up), made_up]
    return list(dict.fromkeys(reverse(name, kwargs=arguments or None) for arguments in found))


def ask(client: Client, url: str) -> int:
    """Open the address, or send an empty form to it where that is all it takes."""
    answer = client.get(url)
    if answer.status_code == 405 and "POST" in answer.headers["Allow"]:
        answer = client.post(url, FORM)
    return answer.status_code


@pytest.mark.parametrize("kind", KINDS)
def test_the_declared_permission_decides_for_every_role(
    world: World, settings: Any, sign_in: SignIn, kind: str
) -> None:
    become(settings, kind)
    wrong = {}
    seen = set()
    for role in Role:
        unit = unit_of(world.tree, role, kind)
        if unit is None:
            continue
        client = sign_in(world.account_of(role, unit))
        for pattern in pages(kind):
            permission = needed(pattern)
            if permission is None or pattern.name == "sign-out":
                continue
            for url in addresses(pattern, world):
                status = ask(client, url)
                if permission == "sign-in":
                    is_right = status in {200, 204, 302, 400, 403, 404, 409}
                elif permission in ROLE_PERMISSIONS[role]:
                    is_right = status in {200, 204, 302, 400, 404, 409}
                    seen.add((pattern.name, status < 400))
                else:
                    is_right = status == 403
                if not is_right:
                    wrong[role.value, url] = (status, str(permission))
    assert not wrong
    assert len([name for name, is_shown in seen if is_shown]) > 10


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_signed_out_gets_past_the_sign_in_page(world: World, settings: Any, kind: str) -> None:
    become(settings, kind)
    for pattern in pages(kind):
        if needed(pattern) is None:
            continue
        for url in addresses(pattern, world):
            for answer in (Client().get(url), Client().post(url, FORM)):
                assert answer.status_code == 302, url
                assert answer.headers["Location"].startswith("/account/sign-in/?next="), url


@pytest.mark.parametrize("kind", KINDS)
def test_methods_that_a_page_does_not_have_are_refused(
    world: World, settings: Any, account_for: Callable[..., Account], sign_in: SignIn, kind: str
) -> None:
    become(settings, kind)
    top = world.tree.ministry if kind == "ministry" else world.tree.jiangsu
    everything = account_for("everything", top, *Role)  # past the service: no such person can be
    client = sign_in(everything)
    for pattern in pages(kind):
        url = addresses(pattern, world)[0]
        for method in ("put", "patch", "delete", "options", "trace"):
            answer = getattr(client, method)(url)
            assert answer.status_code == 405, (method, url)
        allowed = set(answer.headers["Allow"].split(", "))
        assert allowed <= {"GET", "HEAD", "POST"}
        if "POST" not in allowed:
            assert client.post(url, FORM).status_code == 405, url


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_beyond_every_number_names_nothing(
    world: World, settings: Any, account_for: Callable[..., Account], sign_in: SignIn, kind: str
) -> None:
    become(settings, kind)
    top = world.tree.ministry if kind == "ministry" else world.tree.jiangsu
    client = sign_in(account_for("everything", top, *Role))
    for pattern in pages(kind):
        arguments = made_up_arguments(pattern, 10**30)
        if any(isinstance(value, int) for value in arguments.values()):
            url = reverse(str(pattern.name), kwargs=arguments)
            assert ask(client, url) == 404, url


def test_programs_without_a_signature_get_an_answer_for_programs(world: World, settings: Any) -> None:
    become(settings, "ministry")
    for pattern in pages("ministry"):
        if pattern.name not in OPEN_TO_PROGRAMS:
            continue
        for content in (b"", b"{}", b"[]", b"null", b"\xff", b"[" * 5000, b'{"origin": {"a": 1}}'):
            for url in addresses(pattern, world):
                answer = Client().post(url, content, content_type="application/json")
                assert answer.status_code in {400, 401, 403, 404, 422, 503}, (url, content[:9])
                assert set(answer.json()) >= {"code", "message"}


def holders(permission: Permission) -> list[Role]:
    return [
        role
        for role in Role
        if permission in ROLE_PERMISSIONS[role] and ROLE_LEVELS[role] != {Level.MINISTRY}
    ]


def scoped(world: World) -> list[tuple[URLPattern, Permission]]:
    """The pages of things that lie in a place, with the permission that each needs."""
    names = world.kunshan.arguments()
    found = []
    for pattern in pages("province"):
        permission = needed(pattern)
        if pattern.name not in names or permission is None or pattern.name == "organisation-detail":
            continue  # the tree of units is known to everybody on the node
        if not isinstance(permission, Permission):
            permission = UNDECLARED[str(pattern.name)]
        found.append((pattern, permission))
    return found


UNDECLARED = {
    "transfer-detail": Permission.OFFICER_VIEW,
    "transfer-proof": Permission.OFFICER_VIEW,
    "proposal-detail": Permission.OFFICER_VIEW,
    "officer-eligibility": Permission.OFFICER_VIEW,
    "eligibility-record": Permission.OFFICER_VIEW,
    "officer-photo": Permission.OFFICER_VIEW,
    "officer-entry": Permission.OFFICER_VIEW,
    "document-open": Permission.OFFICER_VIEW,
    "application-detail": Permission.APPLICATION_VIEW,
    "application-act": Permission.APPLICATION_VIEW,
    "application-holder": Permission.APPLICATION_VIEW,
    "application-paper": Permission.APPLICATION_VIEW,
    "certificate-detail": Permission.CERTIFICATE_VIEW,
    "certificate-act": Permission.CERTIFICATE_REPORT_LOST,
    "certificate-loss-notice": Permission.CERTIFICATE_REPORT_LOST,
    "certificate-notice": Permission.CERTIFICATE_REPORT_LOST,
}
"""Pages that also the officer concerned may open, and what everybody else needs."""


def test_what_lies_elsewhere_is_not_even_admitted_to_exist(
    world: World, account_for: Callable[..., Account], sign_in: SignIn
) -> None:
    tree = world.tree
    elsewhere = {
        "kunshan": (tree.nanjing, tree.shanghai),
        "pudong": (tree.kunshan, tree.suzhou),
    }
    wrong = {}
    clients: dict[str, Client] = {}
    for pattern, permission in scoped(world):
        for role in holders(permission):
            for where, units in elsewhere.items():
                for unit in units:
                    if Level(unit.level) not in ROLE_LEVELS[role]:
                        continue
                    name = f"{role.value}-{unit.code}"
                    if name not in clients:
                        clients[name] = sign_in(account_for(name, unit, role))
                    arguments = getattr(world, where).arguments()[str(pattern.name)]
                    url = reverse(str(pattern.name), kwargs=arguments)
                    status = ask(clients[name], url)
                    if status != 404:
                        wrong[name, url] = status
    assert not wrong


SHOWN_TO_ALL_ABOVE = (
    ("officer-detail", Role.SUPERVISOR),
    ("officer-glance", Role.SUPERVISOR),
    ("officer-photo", Role.SUPERVISOR),
    ("document-open", Role.SUPERVISOR),
    ("officer-change", Role.REGISTRAR),
    ("officer-photo-upload", Role.REGISTRAR),
    ("officer-education-add", Role.REGISTRAR),
    ("officer-unmask", Role.REGISTRAR),
    ("training-new", Role.REGISTRAR),
    ("examination-new", Role.REGISTRAR),
    ("application-new", Role.REGISTRAR),
    ("application-detail", Role.SUPERVISOR),
    ("certificate-detail", Role.SUPERVISOR),
    ("certificate-act", Role.REGISTRAR),
    ("roster-detail", Role.REGISTRAR),
    ("roster-rejected", Role.REGISTRAR),
    ("filing-request", Role.SUPERVISOR),
    ("filing-receipt", Role.SUPERVISOR),
    ("card-job-detail", Role.REGISTRAR),
)


def test_whoever_stands_above_sees_what_is_below(
    world: World, account_for: Callable[..., Account], sign_in: SignIn
) -> None:
    tree = world.tree
    wrong = {}
    for role in (Role.SUPERVISOR, Role.REGISTRAR):
        for unit in (tree.kunshan, tree.suzhou, tree.jiangsu):
            client = sign_in(account_for(f"{role.value}-{unit.code}", unit, role))
            for name, needs in SHOWN_TO_ALL_ABOVE:
                if needs is not role:
                    continue
                for where in (world.kunshan, world.suzhou, world.jiangsu):
                    is_below = where.unit.pk in _below(tree, unit)
                    status = client.get(reverse(name, kwargs=where.arguments()[name])).status_code
                    if status != (200 if is_below else 404):
                        wrong[role.value, unit.name, name, where.unit.name] = status
    assert not wrong


def _below(tree: SimpleNamespace, unit: Any) -> set[int]:
    order = [tree.kunshan_brigade.pk, tree.suzhou_brigade.pk, tree.jiangsu_brigade.pk]
    return set(order[: {"320583": 1, "320500": 2, "320000": 3}[unit.code]])


def test_an_officer_sees_the_own_record_and_nobody_elses(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.account_of(Role.OFFICER, world.tree.kunshan))
    for name in ("officer-photo", "application-detail", "certificate-detail"):
        own, other = world.kunshan.arguments()[name], world.suzhou.arguments()[name]
        assert client.get(reverse(name, kwargs=own)).status_code == 200, name
        assert client.get(reverse(name, kwargs=other)).status_code == 404, name
    assert client.get("/own/").status_code == 200
    for url in (
        "/officers/",
        "/applications/",
        "/certificates/",
        "/rosters/",
        "/cards/",
        "/keys/",
        "/audit/",
    ):
        assert client.get(url).status_code == 403, url


def test_lists_show_the_own_area_only(
    world: World, account_for: Callable[..., Account], sign_in: SignIn
) -> None:
    suzhou = sign_in(account_for("suzhou", world.tree.suzhou, Role.REGISTRAR))
    for url in ("/officers/", "/applications/", "/certificates/", "/rosters/"):
        page = suzhou.get(url).content.decode()
        assert world.jiangsu.officer.name not in page, url
        assert world.pudong.officer.name not in page, url
        shown = world.kunshan.officer.name if url != "/rosters/" else f"{world.kunshan.unit.code}.csv"
        assert shown in page, url
