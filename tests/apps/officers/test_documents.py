"""Files are judged by their bytes, kept sealed, and opened within the scope only."""

from __future__ import annotations

import stat
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.proofs import image, pdf
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors import document_content, document_for
from warrant.apps.officers.services import store_document
from warrant.apps.officers.services.documents import LARGEST_DOCUMENT_BYTES, shown_name
from warrant.core.access import Actor
from warrant.core.errors import InvalidInput, NotFound, Unavailable

PDF = pdf("made-up diploma")


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [(PDF, "application/pdf"), (image("JPEG"), "image/jpeg"), (image("PNG"), "image/png")],
)
def test_the_bytes_say_what_a_file_is(
    vault: Any, tree: SimpleNamespace, registrar: Actor, now: datetime, raw: bytes, media_type: str
) -> None:
    document = store_document(registrar, raw, "diploma.exe", tree.kunshan.place, now=now)
    assert document.media_type == media_type


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "document-empty"),
        (b"MZ\x90 program", "document-format"),
        (b"PK\x03\x04", "document-format"),
        (image("JPEG")[:200], "document-damaged"),
        (b"%PDF-1.4\n%%EOF", "document-no-pages"),
        (b"%PDF-" + bytes(LARGEST_DOCUMENT_BYTES), "document-too-large"),
    ],
)
def test_other_files_are_refused(
    vault: Any, tree: SimpleNamespace, registrar: Actor, now: datetime, raw: bytes, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        store_document(registrar, raw, "proof.pdf", tree.kunshan.place, now=now)
    assert refused.value.code == code


def test_a_file_lies_sealed_and_for_its_owner_only(
    vault: Any, tree: SimpleNamespace, registrar: Actor, now: datetime, document_root: Path
) -> None:
    document = store_document(registrar, PDF, "proof.pdf", tree.kunshan.place, now=now)
    files = [path for path in document_root.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [document.digest]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert b"diploma" not in files[0].read_bytes()
    assert document_content(document) == PDF


def test_the_same_file_twice_lies_there_once(
    vault: Any, tree: SimpleNamespace, registrar: Actor, now: datetime, document_root: Path
) -> None:
    for name in ("a.pdf", "b.pdf"):
        store_document(registrar, PDF, name, tree.kunshan.place, now=now)
    assert len([path for path in document_root.rglob("*") if path.is_file()]) == 1


def test_a_file_opens_within_the_scope_only(
    vault: Any, tree: SimpleNamespace, registrar: Actor, stranger: Actor, now: datetime
) -> None:
    document = store_document(registrar, PDF, "proof.pdf", tree.kunshan.place, now=now)
    assert document_for(registrar, document.pk) == document
    with pytest.raises(NotFound):
        document_for(stranger, document.pk)


def test_an_officer_opens_the_own_proof(
    vault: Any, registrar: Actor, officer: Officer, now: datetime
) -> None:
    own = Actor(99, "单书白", None, officer_uid=str(officer.uid))
    about = store_document(registrar, PDF, "a.pdf", officer.place, now=now, officer_uid=officer.uid)
    other = store_document(registrar, PDF, "b.pdf", officer.place, now=now)
    assert document_for(own, about.pk) == about
    with pytest.raises(NotFound):
        document_for(own, other.pk)


def test_a_file_that_is_gone_is_said_to_be_gone(
    vault: Any, tree: SimpleNamespace, registrar: Actor, now: datetime, document_root: Path
) -> None:
    document = store_document(registrar, PDF, "proof.pdf", tree.kunshan.place, now=now)
    (document_root / document.digest[:2] / document.digest).unlink()
    with pytest.raises(Unavailable):
        document_content(document)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("C:\\scans\\毕业证.pdf", "毕业证.pdf"),
        ("../../etc/passwd", "passwd"),
        ('a"\r\nb.pdf', "ab.pdf"),
        ("", "file"),
        ("长" * 200 + ".pdf", "长" * 156 + ".pdf"),
    ],
)
def test_a_file_name_is_only_a_name(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown
