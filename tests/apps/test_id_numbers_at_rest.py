"""No whole ID number in any file that a node leaves: database, write-ahead log, documents, vault; nor on any page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests.apps.officers.entries import ID_NUMBER, entry
from tests.apps.world import World, become, made_up_arguments, made_up_id_number, named_patterns, unit_of
from tests.support.at_once import shared_database
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.foundation import ports
from warrant.apps.officers.selectors.national import NATIONAL_KEYS
from warrant.apps.officers.services import change_officer, enter_officer, unmask_id_number
from warrant.core.access import Actor, Role


@pytest.mark.django_db(transaction=True)
def test_no_file_of_a_node_holds_a_number_that_was_used(
    vault: SoftwareVault,
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    settings: Any,
    tmp_path: Path,
    now: datetime,
    today: date,
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the files of PostgreSQL are its own; what its columns hold is asked elsewhere")
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    for label in NATIONAL_KEYS:
        vault.secret(label, 32)
    registrar = actor("registrar", tree.kunshan, Role.REGISTRAR)
    with shared_database(tmp_path):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")
        officer, _doubts = enter_officer(registrar, entry(remark="调入，原单位不详"), on=today, now=now)
        unmask_id_number(registrar, officer.pk, f"办理调动，核对原件 {ID_NUMBER}", now=now)
        changes = entry(post="稽查岗")
        change_officer(registrar, officer.pk, changes, officer.revision, on=today, now=now)
        files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.name for path in files} >= {"node.sqlite3", "node.sqlite3-wal", "vault"}
    assert any("稽查岗".encode() in content for content in files.values())  # else nothing was looked at
    assert [path.name for path, content in files.items() if ID_NUMBER.encode() in content] == []


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


def answers(client: Client, kind: str, known: dict[str, dict[str, Any]]) -> list[tuple[str, bytes]]:
    """Every page of the node as this person gets it, opened and sent an empty form, with its headers."""
    found = []
    for pattern in named_patterns(f"warrant.nodes.{kind}_urls"):
        name = str(pattern.name)
        if name == "sign-out":
            continue
        url = reverse(name, kwargs=known.get(name, made_up_arguments(pattern)) or None)
        for verb in ("get", "post"):
            with transaction.atomic():
                answer = getattr(client, verb)(url)
                transaction.set_rollback(True)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            found.append((f"{verb} {url}", content + str(answer.headers).encode()))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("province", Role.REGISTRAR),
        ("province", Role.APPROVER),
        ("province", Role.AUDIT_ADMINISTRATOR),
        ("ministry", Role.SUPERVISOR),
    ],
)
def test_no_page_no_header_and_no_line_of_the_log_shows_a_number(
    world: World,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    settings: Any,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    kind: str,
    role: Role,
) -> None:
    numbers = [made_up_id_number(count).encode() for count in range(40)]
    become(settings, kind)
    unit = (
        world.tree.jiangsu
        if kind == "province" and role is Role.REGISTRAR
        else unit_of(world.tree, role, kind)
    )
    assert unit is not None
    client = sign_in(account_for("walker", unit, role))
    with caplog.at_level(logging.DEBUG):
        found = answers(client, kind, world.arguments())
    assert [url for url, content in found if any(number in content for number in numbers)] == []
    printed = capsys.readouterr()
    lines = (caplog.text + printed.out + printed.err).encode()
    assert [number for number in numbers if number in lines] == []


@pytest.mark.django_db
def test_a_fault_of_the_program_shows_no_number(
    world: World,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = made_up_id_number(0)

    def broken(*_args: Any, **_named: Any) -> Any:
        raise RuntimeError(f"broken at {number}")

    monkeypatch.setattr("warrant.apps.officers.views.record.officer_for", broken)
    client = sign_in(account_for("walker", world.tree.jiangsu, Role.REGISTRAR))
    client.raise_request_exception = False
    answer = client.get(f"/officers/{world.kunshan.officer.pk}/")
    assert answer.status_code == 500
    assert number not in answer.content.decode()
