"""Serial numbers of chips, and lists of them as people write them: one to a line, or from first to last.

Source: ISO/IEC 7816-6 leaves the form of a chip's serial to its maker; 4 to 10 bytes in hex are an assumption.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from warrant.core.errors import N_, InvalidInput

_SERIAL = re.compile(r"(?:[0-9A-F]{2}){4,10}")
_PARTS = re.compile(r"[\n\r,，;；、]+")
_RANGE = re.compile(r"\s*(?:至|到|–|—|~|～|\.\.+|…)\s*")


def normal_serial(text: str, place: str = "serial") -> str:
    """Return a chip serial as stored: 8 to 20 hex digits, upper case; blanks, colons and hyphens are dropped.

    Raises: InvalidInput ``card-serial-invalid``.
    """
    serial = re.sub(r"[\s:-]", "", text).upper()
    if not _SERIAL.fullmatch(serial):
        raise InvalidInput(
            "card-serial-invalid",
            N_("芯片序列号“%(text)s”不对：应为 8 至 20 位十六进制数字（0-9、A-F），且位数为偶数"),
            place=place,
            text=text.strip()[:40],
        )
    return serial


@dataclass(frozen=True, order=True)
class SerialRange:
    """Serials of one length from the first to the last inclusive."""

    first: str
    last: str

    @property
    def count(self) -> int:
        """How many serials there are."""
        return int(self.last, 16) - int(self.first, 16) + 1

    def __iter__(self) -> Iterator[str]:
        width = len(self.first)
        return (f"{number:0{width}X}" for number in range(int(self.first, 16), int(self.last, 16) + 1))

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first}–{self.last}"


def parse_serials(text: str, place: str, most: int) -> list[str]:
    """Return the serials that a text lists, sorted: parted by lines or commas, each a serial or ``first-last``.

    Raises: InvalidInput at ``place``: ``card-serial-invalid``, ``card-serial-order``, ``card-serial-twice``,
    ``card-batch-large`` for more than ``most``.
    """
    found: set[str] = set()
    for part in _PARTS.split(text):
        if not part.strip():
            continue
        stretch = _range_in(part, place)
        if len(found) + stretch.count > most:
            raise InvalidInput(
                "card-batch-large", N_("一次最多 %(limit)s 张，请分次办理"), place=place, limit=most
            )
        for serial in stretch:
            if serial in found:
                raise InvalidInput(
                    "card-serial-twice", N_("序列号 %(serial)s 写了两次"), place=place, serial=serial
                )
            found.add(serial)
    return sorted(found, key=_order)


def as_ranges(serials: Iterable[str]) -> list[SerialRange]:
    """Return serials as the fewest ranges, in order."""
    ranges: list[SerialRange] = []
    for serial in sorted(set(serials), key=_order):
        if ranges and _follows(ranges[-1].last, serial):
            ranges[-1] = SerialRange(ranges[-1].first, serial)
        else:
            ranges.append(SerialRange(serial, serial))
    return ranges


def serials_text(serials: Iterable[str]) -> str:
    """Return serials as :func:`parse_serials` reads them: one range to a line."""
    return "\n".join(str(stretch) for stretch in as_ranges(serials))


def _range_in(part: str, place: str) -> SerialRange:
    ends = _RANGE.split(part.strip())
    if len(ends) == 1 and part.count("-") == 1:
        # A hyphen parts a range only between two whole serials; within one it is read over.
        halves = part.split("-")
        if all(len(re.sub(r"[\s:]", "", half)) >= 8 for half in halves):
            ends = halves
    if len(ends) > 2:
        normal_serial(part, place)
    first = normal_serial(ends[0], place)
    last = normal_serial(ends[-1], place)
    if len(first) != len(last) or int(last, 16) < int(first, 16):
        raise InvalidInput(
            "card-serial-order",
            N_("末号 %(last)s 须与首号 %(first)s 位数相同，且不小于首号"),
            place=place,
            first=first,
            last=last,
        )
    return SerialRange(first, last)


def _order(serial: str) -> tuple[int, str]:
    return len(serial), serial


def _follows(before: str, serial: str) -> bool:
    return len(before) == len(serial) and int(serial, 16) == int(before, 16) + 1
