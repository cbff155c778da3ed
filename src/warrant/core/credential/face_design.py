"""The common face 统一版面: what every card of a design has printed alike, as data with a version.

A design is a line of the regulation ``card-face``: the tints and the figures of the line pattern, the micro-text, and the
days between which cards are made with it. From these numbers the same picture comes out anywhere, so a printing house, a
card centre and an inspector compare the same thing. Source: 2009 notice, 三(二) (one face and one anti-counterfeit
pattern for the nation); the official pattern is not public, this one is our own (assumption).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any

from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.regulation.document import LINES, Content, lines_of
from warrant.core.regulation.fields import Field, FieldKind
from warrant.core.regulation.parsing import day, flag, whole, words

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
LONGEST_MICRO_TEXT = 24
LAST_VERSION = 255


@dataclass(frozen=True)
class FacePattern:
    """What the lines of the ground are drawn from: tints as ``#RRGGBB``, wavelengths in points, lobes a turn."""

    ground: str = "#EDF5FC"
    light: str = "#F9FCFF"
    band_tint: str = "#9CC6E6"
    cross_tint: str = "#B3B9E4"
    rosette_tint: str = "#9AD2D6"
    heart_tint: str = "#7FB0DC"
    letter_tint: str = "#12407C"
    band_wavelength: int = 58
    cross_wavelength: int = 37
    band_strands: int = 9
    cross_strands: int = 7
    rosette_lobes: int = 12
    heart_lobes: int = 9
    micro_text: str = "交通运输行政执法"


_RANGES: Mapping[str, tuple[int, int]] = {
    "band_wavelength": (30, 120),
    "cross_wavelength": (20, 90),
    "band_strands": (3, 16),
    "cross_strands": (3, 16),
    "rosette_lobes": (6, 36),
    "heart_lobes": (5, 36),
}
_TINTS = tuple(
    field.name for field in fields(FacePattern) if field.name.endswith(("tint", "ground", "light"))
)


@dataclass(frozen=True)
class FaceDesign:
    """One version of the common face; ``until_on`` is the last day on which cards are made with it, if one is set."""

    version: int
    title: Mapping[str, str]
    from_on: date
    until_on: date | None
    pattern: FacePattern
    basis: Mapping[str, str]
    is_assumption: bool

    def is_used_on(self, on: date) -> bool:
        """Tell whether cards are made with this design on that day."""
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True)
class FaceDesigns:
    """Every version, the latest first."""

    designs: tuple[FaceDesign, ...]

    def version(self, version: int) -> FaceDesign | None:
        """Return the design of that version, nothing if there is none."""
        return next((design for design in self.designs if design.version == version), None)

    def used_on(self, on: date) -> FaceDesign:
        """Return the latest design that is used on that day.

        Raises:
            Conflict: ``no-face-design``; none is.
        """
        for design in self.designs:
            if design.is_used_on(on):
                return design
        raise Conflict("no-face-design", N_("%(day)s没有可用的证件版式，请部级先发布"), day=on.isoformat())


def _tint(line: Mapping[str, Any], name: str, place: str) -> str:
    value = line.get(name)
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise InvalidInput("not-a-tint", N_("颜色应写成 #12407C 的样式"), place=f"{place}.{name}")
    return value.upper()


def _micro_text(line: Mapping[str, Any], place: str) -> str:
    value = line.get("micro_text")
    if not isinstance(value, str) or not 2 <= len(value) <= LONGEST_MICRO_TEXT or not value.isprintable():
        raise InvalidInput(
            "micro-text-wrong",
            N_("微缩文字应为 2 至 %(most)s 个字"),
            place=f"{place}.micro_text",
            most=LONGEST_MICRO_TEXT,
        )
    return value


def _pattern(line: Mapping[str, Any], place: str) -> FacePattern:
    values: dict[str, Any] = {name: _tint(line, name, place) for name in _TINTS}
    values.update({name: whole(line, name, least, most, place) for name, (least, most) in _RANGES.items()})
    return FacePattern(**values, micro_text=_micro_text(line, place))


def _design(identity: str, line: Mapping[str, Any], place: str) -> FaceDesign:
    is_number = identity.isascii() and identity.isdigit() and not identity.startswith("0")
    if not is_number or len(identity) > 3 or int(identity) > LAST_VERSION:
        raise InvalidInput(
            "not-a-version", N_("编号应为版式号 1 至 %(most)s"), place=f"{place}.id", most=LAST_VERSION
        )
    from_on = day(line.get("used_from"), f"{place}.used_from")
    until_on = day(line["used_until"], f"{place}.used_until") if line.get("used_until") else None
    if until_on is not None and until_on < from_on:
        raise InvalidInput("date-order", N_("结束日期早于开始日期，请核对"), place=f"{place}.used_until")
    return FaceDesign(
        version=int(identity),
        title=words(line, "title", place),
        from_on=from_on,
        until_on=until_on,
        pattern=_pattern(line, place),
        basis=words(line, "basis", place),
        is_assumption=flag(line, "is_assumption", place, missing=False),
    )


def parse(content: Content) -> FaceDesigns:
    """Return the designs that ``content`` describes, one line for each version.

    Raises:
        InvalidInput: a line cannot be understood, or there is none; ``place`` is the way there.
    """
    designs = [
        _design(identity, line, f"{LINES}.{count}")
        for count, (identity, line) in enumerate(lines_of(content).items())
    ]
    if not designs:
        raise InvalidInput("no-face-design", N_("至少要有一个版式"), place=LINES)
    return FaceDesigns(tuple(sorted(designs, key=lambda design: -design.version)))


def describe(_line: Content, names: tuple[str, ...]) -> Field | None:
    """Say what kind of field lies at a path: the last day of a design may stay open."""
    if names and names[-1] == "used_until":
        return Field(FieldKind.DAY, may_be_empty=True)
    return None


LABELS: Mapping[str, str] = {
    "used_from": N_("启用日"),
    "used_until": N_("停用日（当日仍可用）"),
    "ground": N_("底色"),
    "light": N_("底色亮部"),
    "band_tint": N_("主波纹颜色"),
    "cross_tint": N_("副波纹颜色"),
    "rosette_tint": N_("团花颜色"),
    "heart_tint": N_("团花中心颜色"),
    "letter_tint": N_("标题和微缩文字颜色"),
    "band_wavelength": N_("主波纹波长（点）"),
    "cross_wavelength": N_("副波纹波长（点）"),
    "band_strands": N_("主波纹线数"),
    "cross_strands": N_("副波纹线数"),
    "rosette_lobes": N_("团花瓣数"),
    "heart_lobes": N_("团花中心瓣数"),
    "micro_text": N_("微缩文字"),
}

FIRST = FaceDesign(
    version=1,
    title=MappingProxyType({"zh": "第一版", "en": "First design"}),
    from_on=date(2009, 1, 1),
    until_on=None,
    pattern=FacePattern(),
    basis=MappingProxyType(
        {
            "zh": "2009年通知，三（二）：统一版面和防伪底纹；图案为推定",
            "en": "2009 notice, 3(2): one face and one anti-counterfeit pattern; the figures are assumed",
        }
    ),
    is_assumption=True,
)
"""What ships; the ministry lays others beside it."""

NATIONAL: Content = {
    "lines": [
        {
            "id": str(FIRST.version),
            "title": dict(FIRST.title),
            "used_from": FIRST.from_on.isoformat(),
            "used_until": None,
            **{field.name: getattr(FIRST.pattern, field.name) for field in fields(FacePattern)},
            "basis": dict(FIRST.basis),
            "is_assumption": FIRST.is_assumption,
        }
    ]
}
