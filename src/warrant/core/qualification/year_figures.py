"""What an organiser's training, examinations or assessments of one year came to, as whoever supervises from above sees it.

Numbers only, nobody's name. Source: 2009 notice, 五(一) (the ministry supervises conditions, training and examinations);
what counts as odd is an assumption.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from warrant.core.errors import N_, InvalidInput

LOW_RATE = 80
LOW_YEARS = 3
LEAST_SITTINGS = 3
LEAST_CANDIDATES = 10
MOST = 10_000_000
FIRST_YEAR, LAST_YEAR = 2000, 2100


class FigureKind(StrEnum):
    """What is counted; the value is stored, sent and stands in addresses."""

    EXAMINATION = "examination"
    TRAINING = "training"
    ASSESSMENT = "assessment"


@dataclass(frozen=True)
class YearFigures:
    """One organiser's year.

    ``held``: sittings, classes or assessments that are over. ``people``: sat, enrolled or assessed. ``reached`` of
    ``base``: passed of those who sat; marks of presence of all marks; the best band of those assessed. ``late`` and
    ``corrected`` count what was handed in late or mended later, ``uniform`` assessments in which all got the same points.
    """

    year: int
    held: int
    people: int
    reached: int
    base: int
    late: int = 0
    corrected: int = 0
    uniform: int = 0

    @property
    def rate(self) -> int | None:
        """``reached`` of a hundred of ``base``, rounded down; nothing where there is no base."""
        return self.reached * 100 // self.base if self.base else None

    def numbers(self) -> dict[str, int]:
        """Return the figures by name, the year among them."""
        return asdict(self)


_NAMES = tuple(one.name for one in fields(YearFigures))


def read_figures(content: Mapping[str, Any]) -> YearFigures:
    """Return the figures that an event carries.

    Raises:
        InvalidInput: a number is missing or cannot be; ``place`` names it.
    """
    numbers: dict[str, int] = {}
    for name in _NAMES:
        least, most = (FIRST_YEAR, LAST_YEAR) if name == "year" else (0, MOST)
        value = content.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise InvalidInput("figures-unreadable", N_("收到的年度数字无法读取"), place=name)
        numbers[name] = value
    found = YearFigures(**numbers)
    if found.reached > found.base:
        raise InvalidInput("figures-unreadable", N_("收到的年度数字无法读取"), place="reached")
    return found


ODD_WORDS: Mapping[FigureKind, Mapping[str, str]] = MappingProxyType(
    {
        FigureKind.EXAMINATION: MappingProxyType(
            {
                "low": N_("合格率连续三年低于 80%%"),
                "always": N_("合格率始终为 100%%"),
                "late": N_("有逾期登记的成绩"),
                "corrected": N_("有更正过的成绩"),
            }
        ),
        FigureKind.TRAINING: MappingProxyType(
            {
                "always": N_("出勤率始终为 100%%"),
                "late": N_("有逾期报送的培训班"),
                "corrected": N_("有更正过的学时"),
            }
        ),
        FigureKind.ASSESSMENT: MappingProxyType(
            {
                "uniform": N_("所有人分数相同"),
                "always": N_("全部为优秀"),
                "late": N_("逾期上报"),
                "corrected": N_("上报后有改动"),
            }
        ),
    }
)

_LEAST_HELD: Mapping[FigureKind, int] = {
    FigureKind.EXAMINATION: LEAST_SITTINGS,
    FigureKind.TRAINING: LEAST_SITTINGS,
    FigureKind.ASSESSMENT: 1,
}
"""From how many on "always" says something; an assessment is one a year."""


def odd_figures(kind: FigureKind, years: Sequence[YearFigures], year: int) -> list[str]:
    """Return what is odd about an organiser as of ``year``, by the names of ``ODD_WORDS``; later years say nothing."""
    known = [one for one in years if one.year <= year]
    this = [one for one in known if one.year == year]
    looked_at = this if kind is FigureKind.ASSESSMENT else known
    rates = {one.year: one.rate for one in known}
    last_rates = [rates.get(year - back) for back in range(LOW_YEARS)]
    base = sum(one.base for one in looked_at)
    is_odd = {
        "low": kind is FigureKind.EXAMINATION
        and all(rate is not None and rate < LOW_RATE for rate in last_rates),
        "uniform": any(one.uniform for one in this),
        "always": sum(one.held for one in looked_at) >= _LEAST_HELD[kind]
        and base >= LEAST_CANDIDATES
        and sum(one.reached for one in looked_at) == base,
        "late": any(one.late for one in this),
        "corrected": any(one.corrected for one in this),
    }
    return [name for name in ODD_WORDS[kind] if is_odd[name]]
