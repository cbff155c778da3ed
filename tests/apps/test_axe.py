"""Every page of a province and of the ministry under axe-core: by day on a desk in Chinese, by night on a phone in English.

Forms are also looked at after they were sent empty, with their errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.apps.world import AT, World, become, named_patterns
from tests.support.axe import DESK, PHONE, Eyes, PageRead, grave_violations, read_page
from tests.support.chromium import chromium
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.foundation import ports
from warrant.apps.foundation.models import Job
from warrant.apps.officers.types import TABS
from warrant.core.access import ROLE_LEVELS, Level, Role

pytestmark = [pytest.mark.django_db, pytest.mark.journey]

LOOKS = {"zh-hans": DESK, "en": PHONE}
FEWEST_PAGES = {"province": 100, "ministry": 40}


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


def sent_empty(client: Client, address: str, language: str) -> PageRead | None:
    """Send the page's form with nothing in it, and undo whatever that did."""
    undoing = transaction.atomic()
    undoing._from_testcase = True  # type: ignore[attr-defined]  # a service may open the outermost transaction inside
    with undoing:
        read = read_page(client, address, language, post=True)
        transaction.set_rollback(True)
    return read


def addresses(world: World, kind: str, account: Account) -> Iterator[str]:
    job = Job.objects.create(kind="roster.check", account_id=account.pk, title="检查花名册", created_at=AT)
    known = {**world.arguments(), "job-detail": {"pk": job.pk}}
    for pattern in named_patterns(f"warrant.nodes.{kind}_urls"):
        name = str(pattern.name)
        if (name in known or not pattern.pattern.converters) and name != "sign-out":
            yield reverse(name, kwargs=known.get(name))
    officer = reverse("officer-detail", args=[world.kunshan.officer.pk])
    yield from (f"{officer}?part={tab}" for tab in TABS)
    yield f"{officer}?on=2026-10-02"
    yield f"{reverse('officer-list')}?q=nobody"


def read_all(
    world: World, kind: str, account_for: Callable[..., Account], sign_in: Callable[[Account], Client]
) -> dict[str, list[PageRead]]:
    """Read every page as somebody who may see all of it, as an officer, and as nobody."""
    top = world.tree.jiangsu if kind == "province" else world.tree.ministry
    roles = [role for role in Role if Level(top.level) in ROLE_LEVELS[role] and role is not Role.OFFICER]
    account = account_for("everything", top, *roles)
    everything = sign_in(account)
    readers: list[tuple[Client, list[str]]] = [
        (everything, [*addresses(world, kind, account), "/nothing-here/"]),
        (Client(), ["/account/sign-in/"]),
    ]
    if kind == "province":
        officer = sign_in(world.account_of(Role.OFFICER, world.tree.kunshan))
        own = reverse("own-record")
        readers.append((officer, ["/", own, *(f"{own}?part={tab}" for tab in TABS), reverse("officer-list")]))
    return {
        language: [
            page
            for client, asked in readers
            for address in asked
            for page in (read_page(client, address, language), sent_empty(client, address, language))
            if page
        ]
        for language in LOOKS
    }


@pytest.mark.parametrize("kind", ["province", "ministry"])
def test_axe_finds_nothing_grave_on_any_page(
    world: World,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    settings: Any,
    kind: str,
) -> None:
    become(settings, kind)
    pages = read_all(world, kind, account_for, sign_in)
    looks: list[tuple[Eyes, list[PageRead]]] = [(LOOKS[language], pages[language]) for language in LOOKS]
    with chromium() as browser:
        found = [line for eyes, read in looks for line in grave_violations(browser, read, eyes)]
    assert found == []
    assert all(len(read) >= FEWEST_PAGES[kind] for _eyes, read in looks)
