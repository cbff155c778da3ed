"""The nation's two shared keys: by the one an ID number is found in any province, by the other it travels sealed."""

from __future__ import annotations

from uuid import UUID

from warrant.apps.foundation.ports import key_vault
from warrant.apps.officers.selectors.sealing import KEY_LENGTH
from warrant.core.crypto.digest import blind_index
from warrant.core.crypto.sealing import open_sealed, seal
from warrant.core.crypto.secret import Secret
from warrant.core.errors import Unavailable

NATIONAL_INDEX_KEY = "national-index-key"
NATIONAL_FIELD_KEY = "national-field-key"
NATIONAL_KEYS = (NATIONAL_INDEX_KEY, NATIONAL_FIELD_KEY)


class NationalSeal:
    """Seals, opens and indexes ID numbers under the shared keys; reads the vault once."""

    def __init__(self) -> None:
        vault = key_vault()
        self._index_key: Secret = vault.secret(NATIONAL_INDEX_KEY, KEY_LENGTH)
        self._field_key: Secret = vault.secret(NATIONAL_FIELD_KEY, KEY_LENGTH)

    def index(self, id_number: str) -> bytes:
        """Return the 16 bytes that are the same for one ID number in every province."""
        return blind_index(self._index_key, id_number)

    def seal(self, uid: UUID, id_number: str) -> bytes:
        """Seal an ID number for its way to the ministry; it opens for this officer only."""
        return seal(self._field_key, id_number.encode(), _place(uid))

    def open(self, uid: UUID, sealed: bytes) -> str:
        """Return what :meth:`seal` sealed. Raises: InvalidInput ``sealed-damaged``."""
        return open_sealed(self._field_key, sealed, _place(uid)).decode()


def national_seal() -> NationalSeal | None:
    """Return the seal under the shared keys, nothing while the ministry's keys have not arrived.

    A vault that cannot be reached counts as one without them: what is due is kept and sent later.
    """
    try:
        vault = key_vault()
        if not all(vault.has_secret(label) for label in NATIONAL_KEYS):
            return None
        return NationalSeal()
    except Unavailable:
        return None


def _place(uid: UUID) -> bytes:
    return f"national-officer:{uid}".encode()
