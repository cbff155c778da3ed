"""The rules in their order, each judged once for equal cells: a roster says the same few hundred things again and again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from warrant.core.errors import N_
from warrant.core.roster.columns import Column
from warrant.core.roster.entry import RosterEntry
from warrant.core.roster.finding import Finding
from warrant.core.roster.grid import Sheet
from warrant.core.roster.headings import Heading
from warrant.core.roster.identity_rules import FORMULA_SIGNS, check_ethnic_group, check_identity, check_name
from warrant.core.roster.row import FILLED_DOWN, FindAgency, RowExamination
from warrant.core.roster.service_rules import (
    check_agency,
    check_category,
    check_degree,
    check_education,
    check_legal_qualification,
    check_phone,
    check_political_status,
    check_post,
    check_service_dates,
    check_staffing,
    keep_major,
    keep_position,
    keep_remarks,
    keep_school,
)
from warrant.core.roster.text import is_blank, text_of

_SIGNED_NUMBER = re.compile(r"[+-]?[\d\s().-]*\d[\d\s().-]*")
MOST_REMEMBERED = 20_000
"""Different cells of one rule; then it begins anew, so that a hostile file cannot fill the memory."""

Rule = Callable[[RowExamination], None]


@dataclass(frozen=True)
class _CellRule:
    """A rule that looks at nothing but some cells; ``sets`` are the attributes of the entry that it may set."""

    columns: tuple[Column, ...]
    sets: tuple[str, ...]
    rule: Rule


_Outcome = tuple[tuple[tuple[str, object], ...], tuple[Finding, ...]]
_ETHNIC_GROUP = _CellRule((Column.ETHNIC_GROUP,), ("ethnic_code",), check_ethnic_group)
_AFTER_AGENCY = (
    _CellRule((Column.CATEGORY,), ("category_codes",), check_category),
    _CellRule((Column.DEGREE,), ("degree_code",), check_degree),
    _CellRule((Column.POLITICAL_STATUS,), ("political_code",), check_political_status),
    _CellRule((Column.POST,), ("post", "post_code"), check_post),
    _CellRule((Column.STAFFING,), ("staffing_code",), check_staffing),
    _CellRule((Column.EDUCATION, Column.EDUCATION_IN_SERVICE), ("education_code",), check_education),
)
_LAST = (
    _CellRule((Column.LEGAL_QUALIFICATION,), ("has_legal_qualification",), check_legal_qualification),
    _CellRule((Column.PHONE,), ("phone",), check_phone),
    _CellRule((Column.SCHOOL,), ("school",), keep_school),
    _CellRule((Column.MAJOR,), ("major",), keep_major),
    _CellRule((Column.POSITION,), ("position",), keep_position),
    _CellRule((Column.REMARKS,), ("remarks",), keep_remarks),
)
_NAME = _CellRule((Column.NAME,), ("name",), check_name)
_EMPTY = RosterEntry()


class _Remembered:
    """One rule on one sheet, with what it said of every cell so far."""

    def __init__(self, rule: _CellRule, sheet: Sheet, heading: Heading) -> None:
        self._rule = rule
        self._known: dict[object, _Outcome] = {}
        first = rule.columns[0]
        self._place = heading.places.get(first, -1) if len(rule.columns) == 1 else -1
        self._may_be_filled_down = first in FILLED_DOWN and bool(sheet.merged)

    def apply(self, row: RowExamination) -> None:
        """Judge the row's cells, or repeat what was said of equal ones."""
        cells, place = row.cells, self._place
        raw = cells[place] if 0 <= place < len(cells) else None
        if type(raw) is str and (raw or not self._may_be_filled_down):
            key: object = raw
        else:
            values = [row.value(column) for column in self._rule.columns]
            key = (row.unit_of_sheet, *((type(value), value) for value in values))
        outcome = self._known.get(key)
        if outcome is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            outcome = self._known[key] = _judged(row, self._rule)
        attributes, findings = outcome
        for name, meaning in attributes:
            setattr(row.entry, name, meaning)
        for finding in findings:
            row.add(finding)


class RuleBook:
    """Judges the rows of one sheet."""

    def __init__(self, sheet: Sheet, heading: Heading, find_agency: FindAgency) -> None:
        def remembered(rule: _CellRule) -> _Remembered:
            return _Remembered(rule, sheet, heading)

        agency = _CellRule(
            (Column.AGENCY,), ("agency_key", "agency_name"), lambda row: check_agency(row, find_agency)
        )
        self._name = remembered(_NAME)
        self._after_identity = [remembered(rule) for rule in (_ETHNIC_GROUP, agency, *_AFTER_AGENCY)]
        self._last = [remembered(rule) for rule in _LAST]

    def judge(self, row: RowExamination, check_duplicate: Rule) -> None:
        """Make every finding of a row and fill its entry."""
        check_formulas(row)
        self._name.apply(row)
        check_identity(row)
        check_duplicate(row)
        for rule in self._after_identity:
            rule.apply(row)
        check_service_dates(row)
        for rule in self._last:
            rule.apply(row)


def _judged(row: RowExamination, rule: _CellRule) -> _Outcome:
    alone = RowExamination(row.sheet, row.heading, row.row, row.on, row.unit_of_sheet, cells=row.cells)
    rule.rule(alone)
    set_values = ((name, getattr(alone.entry, name)) for name in rule.sets)
    return tuple((name, value) for name, value in set_values if value != getattr(_EMPTY, name)), tuple(
        alone.findings
    )


def check_formulas(row: RowExamination) -> None:
    """A formula, or text that a spreadsheet would run as one, gets in as text with a warning."""
    cells = row.cells
    has_formulas = bool(row.sheet.formulas)
    for place, value in enumerate(cells):
        is_suspect = type(value) is str and value and value[0] in _SUSPECT
        if not is_suspect and not has_formulas:
            continue
        formula = row.formula(place) if has_formulas else ""
        if formula and place in row.heading.calculated_places:
            continue
        text = text_of(value).strip() if isinstance(value, str) else ""
        if not formula and (text[:1] not in _SIGNS or _is_harmless(text)):
            continue
        row.warn_at(
            place,
            "formula",
            N_("单元格含有公式或以公式符号开头（%(value)s），只按文本导入，不会执行；请改为实际内容"),
            value=(formula or text)[:60],
        )


_SIGNS = frozenset(FORMULA_SIGNS)
_SUSPECT = frozenset(
    {*FORMULA_SIGNS, *" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"}
)
_SUSPECT |= frozenset(map(chr, range(0x2000, 0x200B)))


def _is_harmless(text: str) -> bool:
    return is_blank(text) or _SIGNED_NUMBER.fullmatch(text) is not None
