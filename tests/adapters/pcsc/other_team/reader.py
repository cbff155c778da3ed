"""A reader that another team would write: it knows ``docs/card-format.md``, pyscard, and nothing of the product."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from smartcard import scard
from tests.adapters.pcsc.other_team.ciphers import BLOCK, card_key, encrypt, is_signature
from tests.adapters.pcsc.other_team.content import SIZES, FormWrong, Review, contents, require, review

APPLICATION: Final = bytes.fromhex("D1560000015A465A4A01")
MOST_AT_ONCE: Final = 239
CONTEXT: Final = b"warrant card public part v1\0"

Transmit = Callable[[bytes], tuple[bytes, int]]
"""A command to its bytes and its status word."""
Masters = Callable[[str, int], bytes | None]
"""Usage and version to the ministry's key; None where this reader does not hold it."""
Trusted = Mapping[bytes, tuple[str, bytes]]
"""Key identifier to suite and public key."""


@dataclass
class Reading:
    """What was read, and which checks passed (True), failed (False) or could not be made (None)."""

    verdict: str = ""
    why: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    reviews: list[Review] = field(default_factory=list)
    checks: dict[str, bool | None] = field(
        default_factory=lambda: dict.fromkeys(("form", "chip", "signature", "authenticity", "reviews"))
    )

    def lines(self) -> Iterator[str]:
        """The reading for people."""
        yield f"{self.verdict} {self.why}".strip()
        words = {True: "passed", False: "FAILED", None: "not made"}
        yield from (f"  {name}: {words[outcome]}" for name, outcome in self.checks.items())
        for name, value in self.content.items():
            yield f"  {name}: {value.hex() if isinstance(value, bytes) else value}"
        yield from (
            f"  review {one.year}: {one.result} on {one.reviewed_on}, {one.division}" for one in self.reviews
        )


@contextmanager
def card_in(reader: str) -> Iterator[Transmit]:
    """A freshly powered card in a PC/SC reader."""
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    try:
        result, card, protocol = scard.SCardConnect(context, reader, scard.SCARD_SHARE_EXCLUSIVE, protocols)
        require_pcsc(result)
        header = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1

        def transmit(command: bytes) -> tuple[bytes, int]:
            result, answer = scard.SCardTransmit(card, header, list(command))
            require_pcsc(result)
            return split(bytes(answer))

        yield transmit
        scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)
    finally:
        scard.SCardReleaseContext(context)


def require_pcsc(result: int) -> None:
    if result != scard.SCARD_S_SUCCESS:
        raise ConnectionError(scard.SCardGetErrorMessage(result))


def split(answer: bytes) -> tuple[bytes, int]:
    """Bytes and status word; 0 if there is none, which no step takes."""
    return (answer[:-2], int.from_bytes(answer[-2:], "big")) if len(answer) >= 2 else (answer, 0)


def read_file(transmit: Transmit, file: str) -> bytes:
    """Step 2."""
    _, status = transmit(bytes.fromhex("00A4000002" + file))
    require(status == 0x9000, f"{file}: {status:04X}")
    image = b""
    while len(image) < SIZES[file]:
        length = min(MOST_AT_ONCE, SIZES[file] - len(image))
        part, status = transmit(bytes.fromhex(f"00B0{len(image):04X}{length:02X}"))
        require(status == 0x9000 and len(part) == length, f"{file}: {status:04X}, {len(part)} bytes")
        image += part
    return image


def is_authentic(transmit: Transmit, suite: str, key: bytes) -> bool:
    """Step 6."""
    block = os.urandom(BLOCK[suite])
    answer, status = transmit(bytes((0x00, 0x88, 0x00, 0x00, len(block))) + block)
    return status == 0x9000 and answer == encrypt(suite, key, block)


def read_reviews(transmit: Transmit, suite: str, key: bytes) -> list[Review]:
    """Steps 7 and 8."""
    challenge, status = transmit(bytes.fromhex("0084000004"))
    require(status == 0x9000 and len(challenge) == 4, f"challenge {status:04X}")
    block = encrypt(suite, key, challenge.ljust(BLOCK[suite], b"\0"))
    _, status = transmit(bytes((0x00, 0x82, 0x00, 0x02, len(block))) + block)
    require(status == 0x9000, f"inspection key {status:04X}")
    found: list[Review] = []
    while True:
        record, status = transmit(bytes((0x00, 0xB2, len(found) + 1, 0xC4, 0x00)))
        if status == 0x6A83:
            return found
        require(status == 0x9000 and len(found) < 10, f"record {status:04X}")
        found.append(review(record))


def read_card(transmit: Transmit, trusted: Trusted, masters: Masters | None, on: datetime.date) -> Reading:
    """Chapter 7 from its first step to its verdict."""
    reading = Reading()
    _, status = transmit(bytes.fromhex("00A404000A") + APPLICATION)
    if status != 0x9000:
        reading.verdict, reading.why = "no enforcement card", f"{status:04X}"
        return reading
    try:
        images = {file: read_file(transmit, file) for file in SIZES}
        reading.content = contents(images)
        reading.checks["form"] = True
    except FormWrong as wrong:
        reading.checks["form"], reading.verdict, reading.why = False, "damaged", str(wrong)
        return reading
    serial, status = transmit(bytes.fromhex("FFCA000000"))
    if status == 0x9000 and 4 <= len(serial) <= 10:
        reading.checks["chip"] = serial == reading.content["chip serial number"]
    suite, public = trusted.get(reading.content["signing key"], ("", b""))
    if suite == reading.content["signature suite"]:
        photo = hashlib.sha256(images["0017"]).digest()
        signed = CONTEXT + images["0015"] + images["0016"] + photo + images["0019"]
        reading.checks["signature"] = is_signature(suite, public, signed, reading.content["signature"])
    if masters is not None:
        check_with_keys(transmit, reading, masters)
    reading.verdict = word_for(reading, on)
    return reading


def check_with_keys(transmit: Transmit, reading: Reading, masters: Masters) -> None:
    suite, version = reading.content["cipher suite"], reading.content["key version"]
    number = reading.content["certificate number"]
    authenticity, inspection = (masters(usage, version) for usage in ("authenticity", "inspection"))
    if authenticity is not None:
        key = card_key(suite, authenticity, number[:2] + "0000", number)
        reading.checks["authenticity"] = is_authentic(transmit, suite, key)
    if inspection is not None and reading.checks["authenticity"] is not False:
        key = card_key(suite, inspection, number[:2] + "0000", number)
        try:
            reading.reviews = read_reviews(transmit, suite, key)
            reading.checks["reviews"] = True
        except FormWrong as wrong:
            reading.checks["reviews"], reading.why = False, str(wrong)


def word_for(reading: Reading, on: datetime.date) -> str:
    checks = reading.checks
    if False in (checks["signature"], checks["chip"], checks["authenticity"]):
        return "forged"
    if checks["reviews"] is False:
        return "damaged"
    if checks["signature"] is None or checks["chip"] is None:
        return "unconfirmed"
    if on < reading.content["valid from"]:
        return "not-yet-valid"
    return "expired" if on >= reading.content["valid until"] else "genuine"
