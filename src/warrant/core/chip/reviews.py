"""Annual reviews on the chip: one 16-byte record each, the newest first, ten kept.

Record: year (BCD, 2 bytes) ‖ result (1 byte) ‖ reviewed on (BCD, 4) ‖ division code of the reviewer (BCD, 3) ‖
6 zero bytes. Source: 2009 notice, 五(二)3; encoding: assumption.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from warrant.core.chip import layout
from warrant.core.chip.content import decode_date, encode_date
from warrant.core.chip.tlv import malformed
from warrant.core.errors import N_, InvalidInput


class ReviewResult(IntEnum):
    """Outcome of an annual review. Never reuse a number."""

    PASSED = 1
    NOT_PASSED = 2


@dataclass(frozen=True)
class ReviewRecord:
    """One annual review. ``division_code``: 6 digits, GB/T 2260.

    Raises: InvalidInput ``card-content-invalid``.
    """

    year: int
    result: ReviewResult
    reviewed_on: date
    division_code: str

    def __post_init__(self) -> None:
        digits = self.division_code
        if not (2000 <= self.year <= 2999 and len(digits) == 6 and digits.isascii() and digits.isdecimal()):
            raise InvalidInput(
                "card-content-invalid",
                N_("证卡内容“%(field)s”不符合要求"),
                place="reviews",
                field=layout.REVIEWS.label,
            )

    def encode(self) -> bytes:
        """Return the 16-byte record."""
        return (
            bytes.fromhex(f"{self.year:04d}")
            + bytes((self.result,))
            + encode_date(self.reviewed_on)
            + bytes.fromhex(self.division_code)
        ).ljust(layout.REVIEWS.size, b"\x00")

    @classmethod
    def decode(cls, record: bytes) -> ReviewRecord:
        """Parse a record. Raises: InvalidInput ``card-content-malformed`` for every fault."""
        row = layout.REVIEWS
        year, division = record[:2].hex(), record[7:10].hex()
        if len(record) != layout.REVIEWS.size or any(record[10:]) or not (year + division).isdecimal():
            raise malformed(row)
        try:
            return cls(int(year), ReviewResult(record[2]), decode_date(record[3:7], row), division)
        except (ValueError, InvalidInput):
            raise malformed(row) from None
