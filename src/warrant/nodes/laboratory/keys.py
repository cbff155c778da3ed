"""The laboratory's keys: everybody may know them, they are printed in ``docs/card-format.md``.

Each follows from its name by SHA-256, so that another team has them without asking.
"""

from __future__ import annotations

import hashlib
from typing import Final

from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import SoftwareSigner
from warrant.core.errors import N_, NotFound
from warrant.core.keys.hierarchy import KEY_LENGTH, KeyUsage, certificate_factor, diversify, province_factor

PROVINCE: Final = "99"
"""No province has this code (GB/T 2260 ends with 82; 91 to 93 are ours)."""
NEWEST_VERSION: Final = 2


def _named(name: str, length: int) -> Secret:
    return Secret(hashlib.sha256(f"warrant laboratory {name}".encode()).digest()[:length])


def master_key(usage: KeyUsage, version: int) -> Secret:
    """Return the laboratory's master control key, 16 bytes, the same in both suites."""
    return _named(f"master {usage} {version}", KEY_LENGTH)


def transport_key() -> Secret:
    """Return the key under which the laboratory's blank cards are delivered, 16 bytes."""
    return _named("transport", KEY_LENGTH)


def issuer(suite: str = "es256") -> SoftwareSigner:
    """Return the laboratory's issuer of cards. Raises: InvalidInput ``signature-suite-unknown``."""
    return SoftwareSigner.from_private(suite, _named(f"issuer {suite}", 32))


def stranger() -> SoftwareSigner:
    """Return a signer whom nobody trusts."""
    return SoftwareSigner.from_private("es256", _named("stranger", 32))


def card_key(suite: str, version: int, usage: KeyUsage, certificate_number: str) -> Secret:
    """Return a card's key, as a vault would: by province, then by certificate.

    Raises: NotFound ``key-version-unknown`` for a version that the laboratory has not.
    """
    if not 1 <= version <= NEWEST_VERSION:
        raise NotFound("key-version-unknown", N_("实验密钥没有第 %(version)s 版"), version=version)
    return key_of_province(suite, version, usage, PROVINCE, certificate_number)


def key_of_province(
    suite: str, version: int, usage: KeyUsage, province: str, certificate_number: str
) -> Secret:
    """Return a card's key below the sub-key of any province."""
    sub_key = diversify(suite, master_key(usage, version), province_factor(province))
    return diversify(suite, sub_key, certificate_factor(certificate_number))
