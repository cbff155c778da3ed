"""The text in the QR code: a link in capitals, so that the code needs no byte mode.

``HTTP://HOST[:PORT]/Q/<Base32 without padding>``. All of it is in the alphanumeric set of QR codes (ISO/IEC 18004),
which stores two characters in 11 bits; a phone's camera opens it as a link, because scheme and host do not
depend on case. Source: RFC 4648, 6 (Base32).
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from warrant.core.credential.refusal import malformed
from warrant.core.credential.token import MAX_TOKEN_LENGTH

_BASE_URL = re.compile(r"HTTPS?://[A-Z0-9.-]+(?::[0-9]{1,5})?", re.ASCII)
_LINK = re.compile(r"(?:HTTPS?://[^/?#]+/Q/)?([A-Z2-7]+)", re.ASCII)
_MAX_TEXT_LENGTH: Final = 4 * MAX_TOKEN_LENGTH


def qr_text(base_url: str, token: bytes) -> str:
    """Return the link for ``token`` on the site at ``base_url`` (scheme, host and port; no path).

    Raises: CredentialRefused (malformed, at ``base_url``) if the link could not be written in capitals.
    """
    base = base_url.rstrip("/").upper()
    if not _BASE_URL.fullmatch(base):
        raise malformed("base_url")
    return f"{base}/Q/{base64.b32encode(token).decode('ascii').rstrip('=')}"


def token_from_text(text: str) -> bytes:
    """Return the token in a link or in bare Base32, in any case, with white space anywhere.

    Nothing is verified here, not even the host: the signature inside decides.

    Raises: CredentialRefused (malformed, at ``text``).
    """
    if len(text) > _MAX_TEXT_LENGTH or not text.isascii():
        raise malformed("text")
    found = _LINK.fullmatch("".join(text.split()).upper())
    if found is None:
        raise malformed("text")
    coded = found.group(1)
    try:
        token = base64.b32decode(coded + "=" * (-len(coded) % 8))
    except binascii.Error:
        raise malformed("text") from None
    if base64.b32encode(token).decode("ascii").rstrip("=") != coded:
        raise malformed("text")
    return token


__all__ = ["qr_text", "token_from_text"]
