"""The port to whatever keeps the keys: a sealed file, or an HSM.

A ministry's vault holds master control keys and can make every key below them. A province's vault holds the
sub-keys of one province and can make that province's card keys, nobody else's. No vault is both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.keys.hierarchy import KeySuite, KeyUsage
from warrant.core.keys.parts import KeyPart

CheckValues = Mapping[KeyUsage, str]
"""For every usage, 6 upper-case hex digits that two custodians compare."""

NODE_SIGNER = "node"
"""The label of a node's own signing key; the ministry's signs sub-key packages."""

CEREMONY = "ceremony-"
"""How the names of secrets begin that a vault may forget: they seal what custodians typed until an act is over."""


class SubKeySet(NamedTuple):
    """Which sub-keys were imported. ``province_code`` has two digits."""

    suite: KeySuite
    version: int
    province_code: str
    check_values: CheckValues


class KeyVault(Protocol):
    """Keys by suite, version and usage; province codes are ``"32"`` or ``"320000"``, versions 1 to 255.

    Every method can raise Unavailable (the file or HSM cannot be reached), and InvalidInput for a suite, version,
    province code or certificate number that is none.
    """

    def suites(self) -> tuple[KeySuite, ...]:
        """Return the cipher suites for which this vault can keep keys; the one it is made for first.

        Making or importing keys of another raises InvalidInput ``cipher-suite-not-in-vault``.
        """
        ...

    def create_master(self, suite: str, version: int) -> CheckValues:
        """Draw one master control key per usage at random.

        Raises: Conflict ``key-version-exists``, ``vault-is-provincial``.
        """
        ...

    def versions(self, suite: str) -> tuple[int, ...]:
        """Return the versions for which this vault can make card keys, lowest first."""
        ...

    def check_values(self, suite: str, version: int) -> CheckValues:
        """Return the check values of the master control keys. Raises: NotFound ``key-version-unknown``."""
        ...

    def sub_key_check_values(self, suite: str, version: int, province_code: str) -> CheckValues:
        """Return the check values of a province's sub-keys; both sides of a hand-over compare them.

        Raises: NotFound ``key-version-unknown``, ``province-keys-not-held``.
        """
        ...

    def transport_public_key(self) -> bytes:
        """Return the key under which sub-keys are packed for this vault: P-256, 65 bytes ``04 | X | Y``."""
        ...

    def trust_package_issuer(self, issuer: PublicKey) -> None:
        """Fix whose signature sub-key packages must carry: the ministry's, compared by two custodians.

        Once sub-keys have been imported another issuer is refused. Raises: Conflict ``package-issuer-fixed``.
        """
        ...

    def wrap_sub_keys(self, suite: str, version: int, province_code: str, recipient: bytes) -> bytes:
        """Pack a province's sub-keys for the vault whose transport key is ``recipient``, signed as ``"node"``.

        Raises: NotFound ``key-version-unknown``, ``signer-unknown``; InvalidInput ``transport-key-invalid``.
        """
        ...

    def import_sub_keys(self, package: bytes) -> SubKeySet:
        """Take in sub-keys; the same package again changes nothing.

        Raises: Conflict ``package-issuer-not-trusted``, ``key-package-for-another-vault``, ``vault-is-ministerial``,
        ``vault-of-another-province``, ``key-version-exists`` (other keys under the same version);
        InvalidInput ``key-package-damaged``, ``signature-invalid``, ``check-values-differ``.
        """
        ...

    def shares_keys(self) -> bool:
        """Say whether :meth:`share_keys` can work: a token whose keys cannot be read out never does."""
        ...

    def share_keys(self, suite: str, version: int, threshold: int, count: int) -> tuple[KeyPart, ...]:
        """Split this vault's keys of a version, master or sub, into shares: any ``threshold`` restore them.

        Raises: NotFound ``key-version-unknown``; InvalidInput ``share-plan-invalid``; Conflict ``keys-not-extractable``.
        """
        ...

    def take_in_keys(
        self, suite: str, version: int, keys: Mapping[KeyUsage, Secret], province_code: str = ""
    ) -> CheckValues:
        """Take in keys that custodians put together: master control keys, or a province's sub-keys if it is named.

        The same keys again change nothing. Raises: Conflict ``key-version-exists``, ``vault-is-provincial``,
        ``vault-is-ministerial``, ``vault-of-another-province``; InvalidInput ``key-length-wrong``.
        """
        ...

    def destroy_keys(self, suite: str, version: int) -> None:
        """Destroy this vault's keys of a version, master or sub; keys that it does not hold are no error.

        Backups keep theirs: whoever destroys for good destroys these too.
        """
        ...

    def card_key(self, suite: str, version: int, usage: KeyUsage, certificate_number: str) -> Secret:
        """Return one card's 16-byte key; the certificate number's first two digits are the province.

        Raises: NotFound ``key-version-unknown``, ``province-keys-not-held``.
        """
        ...

    def create_signer(self, label: str, suite: str) -> PublicKey:
        """Make a signing key that never leaves the vault. Raises: Conflict ``signer-exists``."""
        ...

    def signer(self, label: str) -> Signer:
        """Return something that signs with that key. Raises: NotFound ``signer-unknown``."""
        ...

    def has_signer(self, label: str) -> bool:
        """Say whether a signing key of that label exists."""
        ...

    def secret(self, label: str, length: int) -> Secret:
        """Return a named random secret (16 to 64 bytes), drawn on first use.

        Raises: Conflict ``secret-length-differs``.
        """
        ...

    def has_secret(self, label: str) -> bool:
        """Say whether a secret of that name is held, without drawing one."""
        ...

    def forget_secret(self, label: str) -> None:
        """Forget a secret whose name begins with ``ceremony-``; one that is not held is no error.

        Raises: Conflict ``secret-is-kept`` for every other name.
        """
        ...

    def wrap_secrets(self, labels: Sequence[str], recipient: bytes) -> bytes:
        """Pack named secrets for the vault whose transport key is ``recipient``, signed as ``"node"``.

        Raises: NotFound ``secret-unknown``, ``signer-unknown``; InvalidInput ``transport-key-invalid``.
        """
        ...

    def import_secrets(self, package: bytes, labels: Sequence[str]) -> None:
        """Take in the secrets of these names, no others, from the trusted issuer; again it changes nothing.

        Raises: Conflict ``package-issuer-not-trusted``, ``key-package-for-another-vault``, ``secret-exists``;
        InvalidInput ``key-package-damaged``, ``signature-invalid``, ``sealed-damaged``.
        """
        ...

    def set_secret(self, label: str, secret: Secret) -> None:
        """Store a named secret that came from elsewhere.

        What is encrypted under a secret would be lost with it, so another value is refused: number the labels.
        Raises: Conflict ``secret-exists``.
        """
        ...


__all__ = ["CEREMONY", "NODE_SIGNER", "CheckValues", "KeyVault", "SubKeySet"]
