"""The package in which a ministry hands a province its sub-keys.

One line of JSON that two custodians can read: what it holds, for whom, from whom, and the check values. The keys
are sealed with AES-256-GCM; the sealing key comes from ECDH on P-256 between a key drawn for this package and
the recipient's transport key, through HKDF-SHA-256. The whole of it is signed by the ministry. Everything but
the sealed part and the signature is also authenticated by the sealing.

Source: NIST SP 800-56A rev. 3, 6.2.2 (one ephemeral, one static key); RFC 5869; own format (assumption: no public text gives one).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from warrant.core.crypto.block import check_value
from warrant.core.crypto.sealing import open_sealed, seal
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.keys.hierarchy import (
    KEY_LENGTH,
    KeySuite,
    KeyUsage,
    certificate_factor,
    check_suite,
    check_version,
    diversify,
    normal_province_code,
    province_factor,
)

FORMAT: Final = "warrant-sub-keys-1"
PACKAGE_MAX: Final = 4096
_SIGNED: Final = b"warrant sub-key package 1\x00"
_TEXT_FIELDS: Final = (
    "format",
    "suite",
    "province_code",
    "recipient",
    "ephemeral",
    "issuer",
    "sealed",
    "signature",
)

Agreement = Callable[[bytes], Secret]
"""From the sender's ephemeral public key (65 bytes) to the 32-byte ECDH secret; an HSM does it inside."""


class PackageHeader(NamedTuple):
    """What a package says of itself; nothing of it is checked before the signature is."""

    suite: KeySuite
    version: int
    province_code: str
    check_values: Mapping[KeyUsage, str]
    recipient: bytes
    issuer: PublicKey


def derive_sub_keys(
    suite: str, masters: Mapping[KeyUsage, Secret], province_code: str
) -> dict[KeyUsage, Secret]:
    """Return a province's sub-keys, one per usage."""
    factor = province_factor(province_code)
    return {usage: diversify(suite, master, factor) for usage, master in masters.items()}


def derive_card_key(suite: str, sub_key: Secret, certificate_number: str) -> Secret:
    """Return the card key below a provincial sub-key."""
    return diversify(suite, sub_key, certificate_factor(certificate_number))


def check_values_of(suite: str, keys: Mapping[KeyUsage, Secret]) -> dict[KeyUsage, str]:
    """Return the check value of every key, in the order of :class:`KeyUsage`."""
    return {usage: check_value(suite, keys[usage]) for usage in KeyUsage}


def pack(
    suite: KeySuite,
    version: int,
    province_code: str,
    keys: Mapping[KeyUsage, Secret],
    *,
    recipient: bytes,
    signer: Signer,
) -> bytes:
    """Pack sub-keys for ``recipient`` (P-256, 65 bytes) and sign the package.

    Raises: InvalidInput ``transport-key-invalid``, ``province-code-invalid``.
    """
    recipient_key = transport_key(recipient)
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    ephemeral_public = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    fields: dict[str, object] = {
        "format": FORMAT,
        "suite": suite,
        "version": version,
        "province_code": normal_province_code(province_code),
        "check_values": {usage.value: value for usage, value in check_values_of(suite, keys).items()},
        "recipient": _to_text(recipient),
        "ephemeral": _to_text(ephemeral_public),
        "issuer": signer.public_key.as_text(),
    }
    agreed = Secret(ephemeral.exchange(ec.ECDH(), recipient_key))
    plaintext = b"".join(keys[usage].reveal() for usage in KeyUsage)
    fields["sealed"] = _to_text(
        seal(_sealing_key(agreed, ephemeral_public, recipient), plaintext, _canonical(fields))
    )
    fields["signature"] = _to_text(signer.sign(_SIGNED + _canonical(fields)))
    return _canonical(fields)


def read_header(package: bytes) -> PackageHeader:
    """Return what a package says of itself, to show it before it is imported.

    Raises: InvalidInput ``key-package-damaged``.
    """
    return _header(_parse(package))


def unpack(
    package: bytes, recipient: bytes, issuer: PublicKey, agree: Agreement
) -> tuple[PackageHeader, dict[KeyUsage, Secret]]:
    """Check a package from end to end and return its header and keys.

    Raises: Conflict ``package-issuer-not-trusted``, ``key-package-for-another-vault``; InvalidInput
    ``key-package-damaged``, ``signature-invalid``, ``check-values-differ``.
    """
    fields = _parse(package)
    header = _header(fields)
    if header.issuer != issuer:
        raise Conflict("package-issuer-not-trusted", N_("密钥包的签发方不是本库信任的部级节点。"))
    signature = _from_text(fields.pop("signature"))
    issuer.verify(signature, _SIGNED + _canonical(fields))
    if header.recipient != recipient:
        raise Conflict("key-package-for-another-vault", N_("密钥包不是发给本密钥库的。"))
    ephemeral = _from_text(fields["ephemeral"])
    transport_key(ephemeral)
    sealed = _from_text(fields.pop("sealed"))
    plaintext = open_sealed(_sealing_key(agree(ephemeral), ephemeral, recipient), sealed, _canonical(fields))
    if len(plaintext) != KEY_LENGTH * len(KeyUsage):
        raise _damaged()
    keys = {
        usage: Secret(plaintext[KEY_LENGTH * index : KEY_LENGTH * (index + 1)])
        for index, usage in enumerate(KeyUsage)
    }
    if check_values_of(header.suite, keys) != dict(header.check_values):
        raise InvalidInput("check-values-differ", N_("密钥校验值与密钥包所列不一致。"))
    return header, keys


def transport_key(raw: bytes) -> ec.EllipticCurvePublicKey:
    """Return a transport key from its 65 bytes. Raises: InvalidInput ``transport-key-invalid``."""
    if len(raw) == 65:
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        except ValueError:
            pass
    raise InvalidInput("transport-key-invalid", N_("传输公钥格式不正确。"), place="recipient")


def _sealing_key(agreed: Secret, ephemeral: bytes, recipient: bytes) -> Secret:
    derivation = HKDF(hashes.SHA256(), 32, salt=None, info=_SIGNED + ephemeral + recipient)
    return Secret(derivation.derive(agreed.reveal()))


def _canonical(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _parse(package: bytes) -> dict[str, object]:
    """Return the fields of a package that is spelled exactly as :func:`pack` spells it."""
    if len(package) > PACKAGE_MAX:
        raise _damaged()
    try:
        fields = json.loads(package)
    except (ValueError, RecursionError) as error:
        raise _damaged() from error
    if not isinstance(fields, dict) or set(fields) != {*_TEXT_FIELDS, "version", "check_values"}:
        raise _damaged()
    if any(not isinstance(fields[name], str) for name in _TEXT_FIELDS) or _canonical(fields) != package:
        raise _damaged()
    return fields


def _header(fields: Mapping[str, object]) -> PackageHeader:
    version, values = fields["version"], fields["check_values"]
    if fields["format"] != FORMAT or type(version) is not int or not isinstance(values, dict):
        raise _damaged()
    if set(values) != {usage.value for usage in KeyUsage} or not all(
        isinstance(value, str) for value in values.values()
    ):
        raise _damaged()
    try:
        province_code = str(fields["province_code"])
        if normal_province_code(province_code) != province_code:
            raise _damaged()
        return PackageHeader(
            suite=check_suite(str(fields["suite"])),
            version=check_version(version),
            province_code=province_code,
            check_values={usage: values[usage.value] for usage in KeyUsage},
            recipient=_from_text(fields["recipient"]),
            issuer=PublicKey.from_text(str(fields["issuer"])),
        )
    except InvalidInput as error:
        raise _damaged() from error


def _to_text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _from_text(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _damaged() from error


def _damaged() -> InvalidInput:
    return InvalidInput("key-package-damaged", N_("密钥包已损坏或不完整。"))


__all__ = [
    "FORMAT",
    "Agreement",
    "PackageHeader",
    "check_values_of",
    "derive_card_key",
    "derive_sub_keys",
    "pack",
    "read_header",
    "transport_key",
    "unpack",
]
