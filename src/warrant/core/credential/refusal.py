"""The one error of this package: a token, list or directory that must not be believed."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from warrant.core.errors import N_, InvalidInput


class RefusalReason(StrEnum):
    """Why something signed was not believed; for the caller's logic, the message is for people."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown-key"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"


_MESSAGES: Final = {
    RefusalReason.MALFORMED: N_("内容不完整或者格式不正确。"),
    RefusalReason.UNKNOWN_KEY: N_("签名密钥不在公布的密钥目录中。"),
    RefusalReason.SIGNATURE: N_("签名不正确，内容不是所称机关签发的。"),
    RefusalReason.ISSUER: N_("签名密钥无权签发这一内容。"),
    RefusalReason.NOT_YET_VALID: N_("签发时间在将来，请核对时钟。"),
    RefusalReason.EXPIRED: N_("已过有效期。"),
}


class CredentialRefused(InvalidInput):
    """Raised for everything that is not believed; ``reason`` tells which rule failed, ``place`` which part."""

    def __init__(self, reason: RefusalReason, place: str = "") -> None:
        super().__init__("credential-refused", _MESSAGES[reason], place=place)
        self.reason = reason


def malformed(place: str) -> CredentialRefused:
    """Return the refusal for bytes or values that break the format at ``place``."""
    return CredentialRefused(RefusalReason.MALFORMED, place)


__all__ = ["CredentialRefused", "RefusalReason", "malformed"]
