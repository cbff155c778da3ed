"""The package in which a ministry hands a province the secrets that the whole nation shares.

Made like the package of sub-keys (``package.py``): ECDH on P-256 with a key drawn for this package, HKDF-SHA-256,
AES-256-GCM, all of it signed by the ministry; under a domain of its own, so that one kind never passes as the other.

Source: NIST SP 800-56A rev. 3, 6.2.2; RFC 5869; own format (assumption: no public text gives one).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from warrant.core.crypto.sealing import open_sealed, seal
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.keys.package import Agreement, transport_key

FORMAT: Final = "warrant-secrets-1"
PACKAGE_MAX: Final = 4096
LABEL: Final = re.compile(r"[a-z][a-z0-9-]{2,39}")
_SIGNED: Final = b"warrant secret package 1\x00"
_FIELDS: Final = frozenset({"format", "recipient", "ephemeral", "issuer", "sealed", "signature"})


def pack_secrets(named: Mapping[str, Secret], *, recipient: bytes, signer: Signer) -> bytes:
    """Pack secrets by label for ``recipient`` (P-256, 65 bytes) and sign the package.

    Raises: InvalidInput ``transport-key-invalid``, ``secret-label-invalid``.
    """
    for label in named:
        if not LABEL.fullmatch(label):
            raise InvalidInput(
                "secret-label-invalid", N_("密钥名称“%(label)s”不符合规定。"), label=label[:40]
            )
    recipient_key = transport_key(recipient)
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    ephemeral_public = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    fields = {
        "format": FORMAT,
        "recipient": _to_text(recipient),
        "ephemeral": _to_text(ephemeral_public),
        "issuer": signer.public_key.as_text(),
    }
    agreed = Secret(ephemeral.exchange(ec.ECDH(), recipient_key))
    plaintext = _canonical({label: secret.reveal().hex() for label, secret in named.items()})
    key = _sealing_key(agreed, ephemeral_public, recipient)
    fields["sealed"] = _to_text(seal(key, plaintext, _canonical(fields)))
    fields["signature"] = _to_text(signer.sign(_SIGNED + _canonical(fields)))
    return _canonical(fields)


def unpack_secrets(
    package: bytes, recipient: bytes, issuer: PublicKey, agree: Agreement
) -> dict[str, Secret]:
    """Check a package from end to end and return the secrets by label.

    Raises: Conflict ``package-issuer-not-trusted``, ``key-package-for-another-vault``; InvalidInput
    ``key-package-damaged``, ``signature-invalid``, ``sealed-damaged``.
    """
    fields = _parse(package)
    try:
        stated_issuer = PublicKey.from_text(fields["issuer"])
    except InvalidInput as error:
        raise _damaged() from error
    if stated_issuer != issuer:
        raise Conflict("package-issuer-not-trusted", N_("密钥包的签发方不是本库信任的部级节点。"))
    signature = _from_text(fields.pop("signature"))
    issuer.verify(signature, _SIGNED + _canonical(fields))
    if _from_text(fields["recipient"]) != recipient:
        raise Conflict("key-package-for-another-vault", N_("密钥包不是发给本密钥库的。"))
    ephemeral = _from_text(fields["ephemeral"])
    transport_key(ephemeral)
    sealed = _from_text(fields.pop("sealed"))
    plaintext = open_sealed(_sealing_key(agree(ephemeral), ephemeral, recipient), sealed, _canonical(fields))
    return _named(plaintext)


def _named(plaintext: bytes) -> dict[str, Secret]:
    # Raised after the handler, so that no exception in the chain keeps the plaintext.
    try:
        held = json.loads(plaintext)
        named = {label: Secret(bytes.fromhex(text)) for label, text in held.items()}
    except (ValueError, TypeError, AttributeError):
        named = {}
    if not named or not all(LABEL.fullmatch(label) for label in named):
        raise _damaged()
    return named


def _sealing_key(agreed: Secret, ephemeral: bytes, recipient: bytes) -> Secret:
    derivation = HKDF(hashes.SHA256(), 32, salt=None, info=_SIGNED + ephemeral + recipient)
    return Secret(derivation.derive(agreed.reveal()))


def _canonical(fields: Mapping[str, str]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _parse(package: bytes) -> dict[str, str]:
    """Return the fields of a package that is spelled exactly as :func:`pack_secrets` spells it."""
    if len(package) > PACKAGE_MAX:
        raise _damaged()
    try:
        fields = json.loads(package)
    except (ValueError, RecursionError) as error:
        raise _damaged() from error
    if not isinstance(fields, dict) or set(fields) != _FIELDS:
        raise _damaged()
    if any(not isinstance(value, str) for value in fields.values()) or _canonical(fields) != package:
        raise _damaged()
    if fields["format"] != FORMAT:
        raise _damaged()
    return fields


def _to_text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _from_text(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _damaged() from error


def _damaged() -> InvalidInput:
    return InvalidInput("key-package-damaged", N_("密钥包已损坏或不完整。"))


__all__ = ["FORMAT", "LABEL", "pack_secrets", "unpack_secrets"]
