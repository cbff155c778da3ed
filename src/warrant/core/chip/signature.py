"""The signature on a card: lets any reader check the card without holding a secret.

Signed are the exact bytes of the certificate, holder and receipt files and the SHA-256 of the photo file, behind
a text that no other signature of this system begins with. Because the certificate file names the chip's serial
number, copying all files onto another chip shows.

Source: docs/card-format.md; signature suites of :mod:`warrant.core.crypto.signing`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from warrant.core.chip import layout, tlv
from warrant.core.chip.content import Tag
from warrant.core.chip.tlv import malformed
from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.errors import N_, NotFound

DOMAIN: Final = b"warrant card public part v1\x00"
_SUITE_NUMBERS: Final[Mapping[str, int]] = {"ed25519": 1, "es256": 2, "sm2-sm3": 3}
_SUITE_NAMES: Final = {number: name for name, number in _SUITE_NUMBERS.items()}


@dataclass(frozen=True)
class CardSignature:
    """Who signed a card: suite name, 8-byte key identifier, 64-byte signature."""

    suite: str
    key_id: bytes
    signature: bytes

    def encode(self) -> bytes:
        """Return the image of the signature file."""
        fields = [
            (Tag.SIGNATURE_SUITE, bytes((_SUITE_NUMBERS[self.suite],))),
            (Tag.SIGNATURE_KEY_ID, self.key_id),
            (Tag.SIGNATURE, self.signature),
        ]
        return tlv.encode_file(fields, layout.SIGNATURE)

    @classmethod
    def decode(cls, image: bytes) -> CardSignature:
        """Parse the signature file. Raises: InvalidInput ``card-content-malformed``."""
        fields = tlv.decode_file(image, layout.SIGNATURE)
        if [tag for tag, _ in fields] != [Tag.SIGNATURE_SUITE, Tag.SIGNATURE_KEY_ID, Tag.SIGNATURE]:
            raise malformed(layout.SIGNATURE)
        (_, suite), (_, key_id), (_, signature) = fields
        if len(suite) != 1 or suite[0] not in _SUITE_NAMES or len(key_id) != 8 or len(signature) != 64:
            raise malformed(layout.SIGNATURE)
        return cls(_SUITE_NAMES[suite[0]], key_id, signature)


def signed_message(images: Mapping[int, bytes]) -> bytes:
    """Return the bytes that are signed for these file images."""
    return (
        DOMAIN
        + images[layout.CERTIFICATE.file_id]
        + images[layout.HOLDER.file_id]
        + hashlib.sha256(images[layout.PHOTO.file_id]).digest()
        + images[layout.RECEIPT.file_id]
    )


def sign_card(images: Mapping[int, bytes], signer: Signer) -> CardSignature:
    """Sign the public part of a card."""
    key = signer.public_key
    return CardSignature(key.suite, key.key_id, signer.sign(signed_message(images)))


def verify_card(
    images: Mapping[int, bytes], signature: CardSignature, trusted: Iterable[PublicKey]
) -> PublicKey:
    """Check the signature; return the trusted key that made it.

    Raises: NotFound ``signing-key-unknown`` if none of the trusted keys has its identifier;
    InvalidInput ``signature-invalid``.
    """
    for key in trusted:
        if key.key_id == signature.key_id and key.suite == signature.suite:
            key.verify(signature.signature, signed_message(images))
            return key
    raise NotFound("signing-key-unknown", N_("证卡的签名密钥不在受信任的公钥之列"), place="signature")
