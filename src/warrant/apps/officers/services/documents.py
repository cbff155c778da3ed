"""Keeping files: what a file is its first bytes say, never its name."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

from django.db import transaction

from warrant.apps.officers.models import Document
from warrant.apps.officers.selectors.documents import document_path
from warrant.apps.officers.selectors.sealing import seal_file
from warrant.core.access import Actor, Permission, Place
from warrant.core.errors import N_, InvalidInput
from warrant.core.record.proof_files import check_proof

LARGEST_DOCUMENT_BYTES = 10 * 1024 * 1024
LONGEST_FILE_NAME = 160

JPEG = "image/jpeg"
_SPREADSHEET_MAGIC = (
    (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"\xd0\xcf\x11\xe0", "application/vnd.ms-excel"),
)
CSV = "text/csv"


def spreadsheet_type(raw: bytes) -> str:
    """Return the media type of a roster that the spreadsheet reader has already accepted."""
    for magic, media_type in _SPREADSHEET_MAGIC:
        if raw.startswith(magic):
            return media_type
    return CSV


def shown_name(file_name: str) -> str:
    """Return the file's name without folders and control characters, its ending kept."""
    name = PurePosixPath(file_name.replace("\\", "/")).name
    name = "".join(character for character in name if character.isprintable() and character != '"').strip()
    if len(name) <= LONGEST_FILE_NAME:
        return name or "file"
    suffix = PurePosixPath(name).suffix[:12]
    return name[: LONGEST_FILE_NAME - len(suffix)] + suffix


def check_size(raw: bytes, largest_bytes: int = LARGEST_DOCUMENT_BYTES) -> None:
    """Refuse an empty file and one above the limit.

    Raises:
        InvalidInput: it is.
    """
    if not raw:
        raise InvalidInput("document-empty", N_("文件是空的；请核对所选文件"))
    if len(raw) > largest_bytes:
        raise InvalidInput(
            "document-too-large",
            N_("文件有 %(size)s MB，超过 %(largest)s MB；请压缩、拆分或降低扫描分辨率后再上传"),
            size=f"{len(raw) / 1024 / 1024:.1f}",
            largest=largest_bytes // 1024 // 1024,
        )


def _write(digest: str, sealed: bytes) -> None:
    """Put the file in place whole or not at all; only its owner may read it."""
    path = document_path(digest)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(sealed)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def keep_file(
    actor: Actor,
    raw: bytes,
    file_name: str,
    media_type: str,
    place: Place,
    *,
    now: datetime,
    permission: Permission = Permission.OFFICER_VIEW,
    officer_uid: UUID | None = None,
    largest_bytes: int = LARGEST_DOCUMENT_BYTES,
) -> Document:
    """Keep bytes whose kind has been checked; the row lies at ``place`` and opens by ``permission``."""
    check_size(raw, largest_bytes)
    digest, sealed = seal_file(raw)
    _write(digest, sealed)
    document = Document(
        digest=digest,
        media_type=media_type,
        size=len(raw),
        file_name=shown_name(file_name),
        permission=permission.value,
        officer_uid=officer_uid,
        uploaded_by_id=actor.account_id,
        uploaded_at=now,
    )
    document.put_at(place)
    document.save()
    return document


@transaction.atomic
def store_document(
    actor: Actor,
    raw: bytes,
    file_name: str,
    place: Place,
    *,
    now: datetime,
    officer_uid: UUID | None = None,
) -> Document:
    """Keep a proof (PDF, JPEG or PNG, at most 10 MB) for whoever may see officers at ``place``.

    The calling service has checked the actor's right to the thing that it proves, and writes the audit row.

    Raises:
        InvalidInput: empty, too large, cut off or another kind of file; ``place`` of the error is empty.
    """
    check_size(raw)
    return keep_file(actor, raw, file_name, check_proof(raw), place, now=now, officer_uid=officer_uid)
