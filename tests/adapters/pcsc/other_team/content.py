"""The content of a card: files, fields and review records; from ``docs/card-format.md`` alone."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any, Final

SIZES: Final = {"0015": 208, "0016": 192, "0017": 1500, "0019": 40, "001A": 88}
TAGS: Final = {
    "0015": (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C),
    "0016": (0x10, 0x11, 0x12),
    "0017": (0x20,),
    "0019": (0x30,),
    "001A": (0x40, 0x41, 0x42),
}
CIPHER_SUITES: Final = {1: "3des", 2: "sm4"}
SIGNATURE_SUITES: Final = {1: "ed25519", 2: "es256", 3: "sm2-sm3"}
RESULTS: Final = {1: "passed", 2: "not passed"}
BLANK = r"\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
HIDDEN = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U00013438"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
TEXT: Final = re.compile(f"(?![{BLANK}])[^{HIDDEN}]+(?<![{BLANK}])")


class FormWrong(Exception):
    """These bytes are not what the document calls a file, a field or a record."""


def require(is_so: bool, what: str) -> None:
    if not is_so:
        raise FormWrong(what)


def fields(file: str, image: bytes) -> list[tuple[int, bytes]]:
    """The fields of a whole file in their order; refuses what is not the one encoding."""
    require(len(image) == SIZES[file], f"{file}: {len(image)} bytes")
    end = 2 + int.from_bytes(image[:2], "big")
    require(end <= len(image), f"{file}: longer than the file")
    require(not any(image[end:]), f"{file}: filling not zero")
    found, at = [], 2
    while at < end:
        require(at + 3 <= end, f"{file}: cut off in a field")
        length = int.from_bytes(image[at + 1 : at + 3], "big")
        require(at + 3 + length <= end, f"{file}: field too long")
        found.append((image[at], image[at + 3 : at + 3 + length]))
        at += 3 + length
    tags = [tag for tag, _ in found]
    for tag in tags:
        require(tag in TAGS[file], f"{file}: tag {tag:02X} unknown")
    for tag in TAGS[file]:
        require(
            tags.count(tag) == 1 or (tag == 0x07 and tag in tags), f"{file}: tag {tag:02X} missing or twice"
        )
    require(tags == sorted(tags), f"{file}: order")
    return found


def text(value: bytes) -> str:
    try:
        read = value.decode("utf-8")
    except UnicodeDecodeError:
        raise FormWrong("no UTF-8") from None
    require(TEXT.fullmatch(read) is not None, f"text {read!r}")
    return read


def digits(value: bytes, count: int) -> str:
    require(len(value) == count and all(0x30 <= one <= 0x39 for one in value), f"digits {value!r}")
    return value.decode("ascii")


def bcd(value: bytes) -> str:
    require(value.hex().isdecimal(), f"BCD {value.hex()}")
    return value.hex()


def day(value: bytes) -> datetime.date:
    require(len(value) == 4, f"day {value.hex()}")
    try:
        return datetime.datetime.strptime(bcd(value), "%Y%m%d").date()
    except ValueError:
        raise FormWrong(f"day {value.hex()}") from None


def octets(value: bytes, least: int, most: int) -> bytes:
    require(least <= len(value) <= most, f"{len(value)} bytes")
    return value


def number(value: bytes, least: int, most: int, length: int = 1) -> int:
    require(len(value) == length and least <= int.from_bytes(value, "big") <= most, f"number {value.hex()}")
    return int.from_bytes(value, "big")


def one_of(values: dict[int, str], value: bytes) -> str:
    require(len(value) == 1 and value[0] in values, f"value {value.hex()}")
    return values[value[0]]


DECODE: Final[dict[int, tuple[str, Any]]] = {
    0x01: ("format version", lambda value: number(value, 1, 1)),
    0x02: ("certificate number", lambda value: digits(value, 11)),
    0x03: ("chip serial number", lambda value: octets(value, 4, 10)),
    0x04: ("issuer", text),
    0x05: ("area code", lambda value: digits(value, 6)),
    0x06: ("area name", text),
    0x07: ("enforcement category", text),
    0x08: ("valid from", day),
    0x09: ("valid until", day),
    0x0A: ("cipher suite", lambda value: one_of(CIPHER_SUITES, value)),
    0x0B: ("key version", lambda value: number(value, 1, 255)),
    0x0C: ("index in the status list", lambda value: number(value, 0, 0xFFFFFFFF, 4)),
    0x10: ("holder's name", text),
    0x11: ("holder's sex", lambda value: digits(value, 1)),
    0x12: ("agency name", text),
    0x20: ("photo", lambda value: octets(value, 1, 1495)),
    0x30: ("digest of the filing receipt", lambda value: octets(value, 32, 32)),
    0x40: ("signature suite", lambda value: one_of(SIGNATURE_SUITES, value)),
    0x41: ("signing key", lambda value: octets(value, 8, 8)),
    0x42: ("signature", lambda value: octets(value, 64, 64)),
}


def contents(images: dict[str, bytes]) -> dict[str, Any]:
    """What stands in the public files, by the field's name in the table; categories as a list."""
    told: dict[str, Any] = {}
    for file, image in images.items():
        for tag, value in fields(file, image):
            name, decode = DECODE[tag]
            if tag == 0x07:
                told.setdefault(name, []).append(decode(value))
            else:
                told[name] = decode(value)
    require(told["holder's sex"] in {"0", "1", "2", "9"}, "sex")
    require(told["valid from"] < told["valid until"], "validity")
    return told


@dataclass(frozen=True)
class Review:
    year: int
    result: str
    reviewed_on: datetime.date
    division: str


def review(record: bytes) -> Review:
    require(len(record) == 16 and not any(record[10:]), f"review {record.hex()}")
    year = int(bcd(record[:2]))
    require(2000 <= year <= 2999, f"year {year}")
    return Review(
        year=year,
        result=one_of(RESULTS, record[2:3]),
        reviewed_on=day(record[3:7]),
        division=bcd(record[7:10]),
    )
