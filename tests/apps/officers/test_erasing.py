"""What was deleted is gone for good after 30 days: row, versions, entries, files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.proofs import image, pdf
from warrant.apps.officers.models import (
    AdditionalEntry,
    Document,
    Officer,
    OfficerNameToken,
    OfficerVersion,
    RecordRequest,
)
from warrant.apps.officers.services import store_document
from warrant.apps.officers.services.entries import add_entry, correct_entry
from warrant.apps.officers.services.erasing import erase_deleted
from warrant.apps.officers.services.requests import apply_request, request_deletion, undo_deletion
from warrant.core.access import Actor, Role

REWARD = {"reward": "commendation", "title": "嘉奖一次", "decided_by": "昆山局", "decided_on": "2024-01-20"}
SHARED = pdf("shared")


@pytest.fixture
def deleted(
    officer: Officer,
    registrar: Actor,
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    today: date,
    now: Any,
) -> RecordRequest:
    """A record with entries and files, deleted; one of its files also proves something of somebody else."""
    proofs = [(image(), "a.jpg"), (SHARED, "b.pdf")]
    entry = add_entry(registrar, officer.pk, "reward", REWARD, proofs, on=today, now=now)
    correct_entry(registrar, entry.pk, {**REWARD, "title": "嘉奖"}, [], "笔误", on=today, now=now)
    store_document(registrar, SHARED, "c.pdf", officer.place, now=now)
    request = request_deletion(registrar, officer.pk, "登记了不存在的人", now=now)
    return apply_request(actor("second", tree.kunshan, Role.REVIEWER), request.pk, now=now)


def files(root: Path) -> int:
    return sum(path.is_file() for path in root.rglob("*"))


def test_before_thirty_days_nothing_is_erased(deleted: RecordRequest, officer: Officer, now: Any) -> None:
    assert erase_deleted(now=now + timedelta(days=29, hours=23)) == 0
    officer.refresh_from_db()
    assert officer.name == "单书白"


def test_after_thirty_days_nothing_personal_is_left(
    deleted: RecordRequest, officer: Officer, document_root: Path, now: Any
) -> None:
    assert files(document_root) == 2
    assert erase_deleted(now=now + timedelta(days=30)) == 1
    officer.refresh_from_db()
    deleted.refresh_from_db()
    assert (officer.name, officer.phone, bytes(officer.id_number_sealed)) == ("—", "", b"")
    assert (officer.state, deleted.state, deleted.reason) == ("deleted", "erased", "")
    kept = repr(list(Officer.system.values())) + repr(list(OfficerVersion.system.values()))
    for words in ("单书白", "河海大学", "13800000000", "1990"):
        assert words not in kept
    assert not AdditionalEntry.objects.exists()
    assert not OfficerNameToken.objects.filter(officer=officer).exists()
    assert [document.file_name for document in Document.system.all()] == ["c.pdf"]
    assert files(document_root) == 1  # the other record's proof has the same bytes and stays
    assert erase_deleted(now=now + timedelta(days=31)) == 0


def test_what_was_brought_back_is_not_erased(
    deleted: RecordRequest, officer: Officer, tree: SimpleNamespace, actor: Callable[..., Actor], now: Any
) -> None:
    undo_deletion(actor("third", tree.kunshan, Role.REVIEWER), deleted.pk, "删错了人", now=now)
    assert erase_deleted(now=now + timedelta(days=60)) == 0
    officer.refresh_from_db()
    assert officer.name == "单书白"
