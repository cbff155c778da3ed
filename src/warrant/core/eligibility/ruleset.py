"""The conditions of the qualification as a regulation: lines of data, each with its text, its basis, its days.

Content (kind ``eligibility``)::

    {"lines": [{"id": "age", "check": "minimum-age", "title": {"zh": …, "en": …}, "basis": {…}, "cure": {…},
      "parameters": {"years": 18}, "kinds": ["first-issue", …], "categories": [], "valid_from": "2009-11-25",
      "valid_until": null, "is_assumption": true, "is_waivable": false, "is_asked": true}, …]}

``kinds`` are the kinds of application that ask it; ``categories`` the enforcement categories, none meaning all;
``is_asked`` false keeps a line at hand that a province may switch on. Most texts behind the shipped lines were not
found in the original; those are marked ``is_assumption`` and listed in docs/assumptions.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from types import MappingProxyType
from typing import Any

from warrant.core.eligibility.checks import CHECKS, Check
from warrant.core.eligibility.describing import READ_ONLY, describe
from warrant.core.errors import N_, InvalidInput
from warrant.core.regulation import Content
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY

__all__ = [
    "FIRST_ISSUE",
    "KINDS",
    "LONGEST_TEXT",
    "MOST_LINES",
    "NATIONAL",
    "READ_ONLY",
    "RENEWAL",
    "RuleLine",
    "Ruleset",
    "Wording",
    "describe",
    "parse",
]

LONGEST_TEXT = 300
MOST_LINES = 200
FIRST_ISSUE = "first-issue"
RENEWAL = "renewal"
KINDS = (FIRST_ISSUE, "additional-category", "change", RENEWAL, "replacement", "re-entry")
"""The kinds of application that can ask a condition."""


@dataclass(frozen=True)
class Wording:
    """One text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English text for any English, the Chinese one otherwise."""
        return self.en if language.startswith("en") and self.en else self.zh


@dataclass(frozen=True)
class RuleLine:
    """One condition, valid in ``[valid_from, valid_until)``; ``None`` is open."""

    rule_id: str
    check_name: str
    title: Wording
    basis: Wording
    cure: Wording
    parameters: Mapping[str, Any]
    kinds: frozenset[str]
    categories: frozenset[str]
    valid_from: date
    valid_until: date | None = None
    is_assumption: bool = False
    is_waivable: bool = False
    is_asked: bool = True

    @property
    def check(self) -> Check:
        """The check that the line names."""
        return CHECKS[self.check_name]

    def counts_on(self, day: date) -> bool:
        """Tell whether the line counts on ``day``."""
        return (
            self.is_asked and self.valid_from <= day and (self.valid_until is None or day < self.valid_until)
        )

    def counts_for(self, kind: str, categories: Sequence[str]) -> bool:
        """Tell whether this kind of application asks it of somebody in these enforcement categories."""
        return kind in self.kinds and (not self.categories or not self.categories.isdisjoint(categories))


@dataclass(frozen=True)
class Ruleset:
    """All conditions of one place, in the order in which officials ask."""

    lines: tuple[RuleLine, ...]

    def line(self, rule_id: str) -> RuleLine | None:
        """Return the line of that id, or nothing."""
        return next((line for line in self.lines if line.rule_id == rule_id), None)

    def lines_on(self, day: date, kind: str, categories: Sequence[str]) -> list[RuleLine]:
        """Return what is asked on ``day`` for a kind of application in these categories, in order."""
        return [line for line in self.lines if line.counts_on(day) and line.counts_for(kind, categories)]


class _Reader:
    """Reads one object of the content; every refusal names the place, as ``lines.3.valid_from``."""

    def __init__(self, value: object, place: str) -> None:
        if not isinstance(value, Mapping):
            raise InvalidInput("not-an-object", N_("“%(at)s”应有下级内容"), place=place, at=place)
        self._value = value
        self.place = place

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}"

    def _refuse(self, name: str, message: str) -> InvalidInput:
        return InvalidInput("bad-rule", message, place=self._at(name), at=self._at(name))

    def text(self, name: str, *, longest: int = LONGEST_TEXT) -> str:
        value = self._value.get(name)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= longest:
            raise self._refuse(name, N_("“%(at)s”应为文字，不能空，也不能过长"))
        return value

    def wording(self, name: str) -> Wording:
        inner = _Reader(self._value.get(name), self._at(name))
        return Wording(inner.text("zh"), inner.text("en"))

    def flag(self, name: str, default: bool) -> bool:
        value = self._value.get(name, default)
        if not isinstance(value, bool):
            raise self._refuse(name, N_("“%(at)s”应为是或否"))
        return value

    def day(self, name: str) -> date | None:
        value = self._value.get(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self._refuse(name, N_("“%(at)s”应为日期，如 2026-01-31")) from None

    def chosen(self, name: str, known: frozenset[str]) -> frozenset[str]:
        value = self._value.get(name)
        if not isinstance(value, list | tuple) or any(
            not isinstance(one, str) or one not in known for one in value
        ):
            raise self._refuse(name, N_("“%(at)s”中有不认识的值"))
        return frozenset(value)

    def parameters(self, check: Check) -> Mapping[str, Any]:
        value = self._value.get("parameters", {})
        place = self._at("parameters")
        if not isinstance(value, Mapping):
            raise InvalidInput("not-an-object", N_("“%(at)s”应有下级内容"), place=place, at=place)
        for name in value:
            if name not in check.parameters:
                raise InvalidInput(
                    "unknown-parameter",
                    N_("这项检查没有参数“%(name)s”"),
                    place=f"{place}.{name}",
                    name=str(name)[:40],
                )
        return MappingProxyType(
            {
                name: parameter.read(value.get(name), f"{place}.{name}")
                for name, parameter in check.parameters.items()
            }
        )


_CATEGORIES = frozenset(code.code for code in ENFORCEMENT_CATEGORY)


def _line(value: object, place: str) -> RuleLine:
    reader = _Reader(value, place)
    name = reader.text("check", longest=40)
    if name not in CHECKS:
        raise InvalidInput("unknown-check", N_("没有名为“%(name)s”的检查"), place=f"{place}.check", name=name)
    valid_from, valid_until = reader.day("valid_from"), reader.day("valid_until")
    if valid_from is None or (valid_until is not None and valid_until <= valid_from):
        raise InvalidInput("bad-days", N_("生效日期不能空，并应早于失效日期"), place=f"{place}.valid_from")
    return RuleLine(
        rule_id=reader.text("id", longest=40),
        check_name=name,
        title=reader.wording("title"),
        basis=reader.wording("basis"),
        cure=reader.wording("cure"),
        parameters=reader.parameters(CHECKS[name]),
        kinds=reader.chosen("kinds", frozenset(KINDS)),
        categories=reader.chosen("categories", _CATEGORIES),
        valid_from=valid_from,
        valid_until=valid_until,
        is_assumption=reader.flag("is_assumption", default=False),
        is_waivable=reader.flag("is_waivable", default=False),
        is_asked=reader.flag("is_asked", default=True),
    )


def parse(content: Content) -> Ruleset:
    """Return the conditions that a regulation of kind ``eligibility`` lays down.

    Raises:
        InvalidInput: something in it cannot be applied; ``place`` names it, as ``lines.3.parameters.years``.
    """
    lines = content.get("lines")
    if not isinstance(lines, list | tuple) or not 0 < len(lines) <= MOST_LINES:
        raise InvalidInput("bad-lines", N_("条件应有 1 至 %(most)s 条"), place="lines", most=MOST_LINES)
    found: list[RuleLine] = []
    for position, value in enumerate(lines):
        line = _line(value, f"lines.{position}")
        if any(line.rule_id == other.rule_id for other in found):
            raise InvalidInput(
                "rule-twice",
                N_("条件编号“%(rule_id)s”重复"),
                place=f"lines.{position}.id",
                rule_id=line.rule_id,
            )
        found.append(line)
    return Ruleset(tuple(found))


NATIONAL: Content = json.loads(
    resources.files(__package__).joinpath("national.json").read_text(encoding="utf-8")
)
"""What is shipped for the whole nation."""
