"""Which filings the ministry looks at closely: by rule, and at random by a lot that nobody draws.

Content (kind ``sampling``, the nation's only)::

    {"lines": [{"id": "waiver", "title": {"zh": ..., "en": ...}, "is_asked": true, "basis": {...}, "is_assumption": true},
      {"id": "boundary", ..., "days": 7, "points": 1},
      {"id": "returned-often", ..., "percent": 15, "least": 20, "days": 365},
      {"id": "first-of-kind", ...},
      {"id": "random", ..., "per_mille": 20, "provinces": [{"province": "320000", "per_mille": 50}]}]}

The lot comes from the hash of the request alone (ADR-0019): whoever holds the request can draw it again.
Source: 2009 notice, 五(一)1 (the ministry reviews filings); which and how many: assumption.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from warrant.core.errors import N_, InvalidInput
from warrant.core.regulation.document import LINES, Content, lines_of
from warrant.core.regulation.parsing import flag, listed, whole, words

WAIVER = "waiver"
BOUNDARY = "boundary"
RETURNED_OFTEN = "returned-often"
FIRST_OF_KIND = "first-of-kind"
RANDOM = "random"
_NUMBERS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    WAIVER: {},
    BOUNDARY: {"days": (1, 90), "points": (0, 20)},
    RETURNED_OFTEN: {"percent": (1, 100), "least": (1, 1000), "days": (30, 1095)},
    FIRST_OF_KIND: {},
    RANDOM: {"per_mille": (0, 1000)},
}
"""The numbers that each line holds, with the least and the most."""
_LOT = b"warrant filing sample 1\x00"
THOUSAND = 1000


@dataclass(frozen=True)
class SamplingLine:
    """One reason to look closely. ``numbers`` by name: days, points of 100, percent, cases, per mille."""

    rule_id: str
    title: Mapping[str, str]
    is_asked: bool
    numbers: Mapping[str, int]


@dataclass(frozen=True)
class Sampling:
    """The reasons in force; ``rates`` are per mille by province code where they differ from the general one."""

    lines: Mapping[str, SamplingLine]
    rates: Mapping[str, int]

    def line(self, rule_id: str) -> SamplingLine | None:
        """Return the line if it is asked."""
        found = self.lines.get(rule_id)
        return found if found is not None and found.is_asked else None

    def rate_for(self, province: str) -> int:
        """Return how many of a thousand filings of a province are drawn."""
        line = self.line(RANDOM)
        return 0 if line is None else self.rates.get(province, line.numbers["per_mille"])


@dataclass(frozen=True)
class Candidate:
    """What sampling knows of a filing. ``decided`` and ``returned`` are the province's filings of the period."""

    province: str
    request_hash: bytes
    has_waiver: bool
    is_on_boundary: bool
    is_first_of_kind: bool
    decided: int
    returned: int


def lot_of(request_hash: bytes) -> int:
    """Return a number from 0 to 999, drawn by the hash of the request."""
    return int.from_bytes(hashlib.sha256(_LOT + request_hash).digest(), "big") % THOUSAND


def sampled(rules: Sampling, candidate: Candidate) -> tuple[str, ...]:
    """Return the ids of every reason to look closely; none lets the filing pass."""
    often = rules.line(RETURNED_OFTEN)
    holds = {
        WAIVER: candidate.has_waiver,
        BOUNDARY: candidate.is_on_boundary,
        RETURNED_OFTEN: often is not None
        and candidate.decided >= often.numbers["least"]
        and candidate.returned * 100 >= often.numbers["percent"] * candidate.decided,
        FIRST_OF_KIND: candidate.is_first_of_kind,
        RANDOM: lot_of(candidate.request_hash) < rules.rate_for(candidate.province),
    }
    return tuple(rule_id for rule_id, is_so in holds.items() if is_so and rules.line(rule_id) is not None)


def _rates(line: Mapping[str, Any], place: str) -> dict[str, int]:
    rates: dict[str, int] = {}
    for count, row in enumerate(listed(line, "provinces", place)):
        at = f"{place}.provinces.{count}"
        code = row.get("province") if isinstance(row, Mapping) else None
        if not (isinstance(code, str) and len(code) == 6 and code.isascii() and code.isdigit()):
            raise InvalidInput(
                "not-a-province", N_("请填写六位省级代码，例如 320000"), place=f"{at}.province"
            )
        if code in rates:
            raise InvalidInput("province-twice", N_("同一省份写了两次"), place=f"{at}.province")
        rates[code] = whole(row, "per_mille", 0, THOUSAND, at)
    return rates


def parse(content: Content) -> Sampling:
    """Return the regulation ``sampling`` as an object.

    Raises:
        InvalidInput: a line is missing or wrong; ``place`` leads to it, such as ``lines.4.provinces.0.per_mille``.
    """
    lines: dict[str, SamplingLine] = {}
    rates: dict[str, int] = {}
    for count, (rule_id, line) in enumerate(lines_of(content).items()):
        place = f"{LINES}.{count}"
        if rule_id not in _NUMBERS:
            raise InvalidInput("unknown-sampling", N_("没有这种抽查办法"), place=f"{place}.id")
        numbers = {
            name: whole(line, name, least, most, place) for name, (least, most) in _NUMBERS[rule_id].items()
        }
        words(line, "basis", place)
        lines[rule_id] = SamplingLine(
            rule_id, words(line, "title", place), flag(line, "is_asked", place), MappingProxyType(numbers)
        )
        if rule_id == RANDOM:
            rates = _rates(line, place)
    for rule_id in _NUMBERS:
        if rule_id not in lines:
            raise InvalidInput(
                "sampling-missing", N_("缺少抽查办法“%(rule_id)s”"), place=LINES, rule_id=rule_id
            )
    return Sampling(MappingProxyType(lines), MappingProxyType(rates))


_BASIS = {
    "zh": "2009年通知，五（一）1：部级备案审查；抽查范围和比例为推定",
    "en": "2009 notice, 5(1)1: the ministry reviews filings; what is sampled, and how much, is assumed",
}


def _line(rule_id: str, zh: str, en: str, **numbers: object) -> dict[str, object]:
    return {
        "id": rule_id,
        "title": {"zh": zh, "en": en},
        "is_asked": True,
        **numbers,
        "basis": _BASIS,
        "is_assumption": True,
    }


NATIONAL: Content = {
    "lines": [
        _line(WAIVER, "使用了条件豁免", "A condition was waived"),
        _line(BOUNDARY, "条件刚好满足", "A condition only just met", days=7, points=1),
        _line(RETURNED_OFTEN, "该省退回率偏高", "Province with many returns", percent=15, least=20, days=365),
        _line(FIRST_OF_KIND, "该省首次报送此类申请", "First filing of this kind from the province"),
        _line(RANDOM, "随机抽取", "Drawn at random", per_mille=20, provinces=[]),
    ]
}
"""What ships; the ministry changes it as a regulation."""

LABELS: Mapping[str, str] = {
    "days": N_("天数"),
    "points": N_("分数差（分）"),
    "percent": N_("退回率（%）"),
    "least": N_("至少已决定件数"),
    "per_mille": N_("抽取比例（‰）"),
    "provinces": N_("另定比例的省份"),
    "province": N_("省级代码"),
}
BLANK_ROWS: Mapping[str, Content] = {"provinces": {"province": "", "per_mille": None}}
