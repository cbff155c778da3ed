"""What is kept sealed: ID numbers and files, under the node's field key."""

from __future__ import annotations

import hashlib
from uuid import UUID

from warrant.apps.foundation.ports import key_vault
from warrant.apps.officers.models import Officer
from warrant.core.crypto.digest import blind_index
from warrant.core.crypto.sealing import open_sealed, seal
from warrant.core.crypto.secret import Secret
from warrant.core.standards import id_number

FIELD_KEY = "field-key"
BLIND_INDEX_KEY = "blind-index-key"
KEY_LENGTH = 32


def field_key() -> Secret:
    """Return the key that seals columns and files of this node."""
    return key_vault().secret(FIELD_KEY, KEY_LENGTH)


def id_number_index(text: str) -> bytes:
    """Return the 16 bytes by which an ID number in its normal form (18 characters, upper-case X) is found."""
    return blind_index(key_vault().secret(BLIND_INDEX_KEY, KEY_LENGTH), text)


def unfindable_index(uid: UUID) -> bytes:
    """Return what stands in the place of a blind index where nobody shall find the record by its number."""
    return hashlib.sha256(b"deleted:" + uid.bytes).digest()[:16]


def id_tail_index(text: str) -> bytes:
    """Return the 8 bytes by which the last four characters of an ID number (or those alone) are found."""
    return blind_index(key_vault().secret(BLIND_INDEX_KEY, KEY_LENGTH), f"tail:{text[-4:]}")[:8]


def seal_id_number(uid: UUID, text: str) -> bytes:
    """Seal an ID number so that it opens for this officer only."""
    return seal(field_key(), text.encode(), f"officer:{uid}".encode())


class IdNumberDesk:
    """Seals and indexes many ID numbers with the keys fetched once."""

    def __init__(self) -> None:
        self._field_key = field_key()
        self._index_key = key_vault().secret(BLIND_INDEX_KEY, KEY_LENGTH)

    def index(self, text: str) -> bytes:
        """Return what :func:`id_number_index` returns."""
        return blind_index(self._index_key, text)

    def tail_index(self, text: str) -> bytes:
        """Return what :func:`id_tail_index` returns."""
        return blind_index(self._index_key, f"tail:{text[-4:]}")[:8]

    def seal(self, uid: UUID, text: str) -> bytes:
        """Return what :func:`seal_id_number` returns."""
        return seal(self._field_key, text.encode(), f"officer:{uid}".encode())


def id_number_of(officer: Officer) -> str:
    """Return the whole ID number: for checks, filing and the chip, never for a page."""
    return open_sealed(
        field_key(), bytes(officer.id_number_sealed), f"officer:{officer.uid}".encode()
    ).decode()


def masked_id_number(officer: Officer) -> str:
    """Return the ID number as pages show it."""
    return id_number.check(id_number_of(officer)).masked


def seal_file(content: bytes) -> tuple[str, bytes]:
    """Return the SHA-256 of a file in hex, and the file sealed to it."""
    digest = hashlib.sha256(content).hexdigest()
    return digest, seal(field_key(), content, f"document:{digest}".encode())


def open_file(digest: str, sealed: bytes) -> bytes:
    """Return a file that :func:`seal_file` sealed."""
    return open_sealed(field_key(), sealed, f"document:{digest}".encode())
