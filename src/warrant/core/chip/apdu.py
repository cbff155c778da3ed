"""Command and response APDUs, short form only.

Source: ISO/IEC 7816-4, 5.1 (cases 1 to 4); FMCOS 2.0 manual, 6.1: Lc and Le are at most 239.
"""

from __future__ import annotations

from dataclasses import dataclass

from warrant.core.errors import N_, InvalidInput

MAX_FIELD = 239
"""Most bytes of a command or response field that FMCOS takes; a MAC counts among them."""


def _malformed() -> InvalidInput:
    return InvalidInput("apdu-malformed", N_("与证卡交换的数据格式错误"), place="apdu")


@dataclass(frozen=True)
class Command:
    """One command; ``le`` is the number of bytes asked for, 0 for "all there are", None for no response field.

    ``name`` is for messages and traces only and is never sent.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    field: bytes = b""
    le: int | None = None
    name: str = "APDU"

    def encode(self) -> bytes:
        """Return the bytes to send.

        Raises: InvalidInput ``apdu-malformed`` when a part does not fit.
        """
        if len(self.field) > MAX_FIELD or (self.le is not None and not 0 <= self.le <= MAX_FIELD):
            raise _malformed()
        if any(not 0 <= part <= 0xFF for part in (self.cla, self.ins, self.p1, self.p2)):
            raise _malformed()
        encoded = bytes((self.cla, self.ins, self.p1, self.p2))
        if self.field:
            encoded += bytes((len(self.field),)) + self.field
        if self.le is not None:
            encoded += bytes((self.le,))
        return encoded

    @classmethod
    def decode(cls, apdu: bytes) -> Command:
        """Parse a short command APDU; the limit of 239 bytes is for the card to check, not here.

        Raises: InvalidInput ``apdu-malformed`` when Lc does not fit the length.
        """
        if len(apdu) < 4:
            raise _malformed()
        cla, ins, p1, p2 = apdu[:4]
        body = apdu[4:]
        if len(body) <= 1:
            return cls(cla, ins, p1, p2, le=body[0] if body else None)
        field_length = body[0]
        # Lc of zero with bytes behind it would be the extended form, which these cards do not speak.
        if field_length == 0 or len(body) - 1 - field_length not in (0, 1):
            raise _malformed()
        field = body[1 : 1 + field_length]
        le = body[1 + field_length] if len(body) == field_length + 2 else None
        return cls(cla, ins, p1, p2, field, le)


@dataclass(frozen=True)
class Response:
    """Response field and status word."""

    field: bytes
    sw: int

    @classmethod
    def decode(cls, response: bytes) -> Response:
        """Split field ‖ SW1SW2.

        Raises: InvalidInput ``apdu-malformed`` when the status word is missing.
        """
        if len(response) < 2:
            raise _malformed()
        return cls(response[:-2], int.from_bytes(response[-2:], "big"))

    def encode(self) -> bytes:
        """Return field ‖ SW1SW2."""
        return self.field + self.sw.to_bytes(2, "big")
