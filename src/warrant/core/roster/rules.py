"""The rules in their order, each judged once for equal cells: a roster says the same few hundred things again and again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from warrant.core.errors import N_
from warrant.core.roster.columns import Column
from warrant.core.roster.entry import RosterEntry
from warrant.core.roster.finding import Finding
from warrant.core.roster.identity_rules import FORMULA_SIGNS, check_ethnic_group, check_identity, check_name
from warrant.core.roster.row import FindAgency, RowExamination
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
_AFTER_IDENTITY = (
    _CellRule((Column.ETHNIC_GROUP,), ("ethnic_code",), check_ethnic_group),
    _CellRule((Column.AGENCY,), ("agency_key", "agency_name"), lambda row: None),
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


class RuleBook:
    """Judges the rows of one sheet."""

    def __init__(self, find_agency: FindAgency) -> None:
        self._outcomes: dict[_CellRule, dict[object, _Outcome]] = {}
        self._after_identity = tuple(
            _CellRule(rule.columns, rule.sets, lambda row: check_agency(row, find_agency))
            if rule.columns == (Column.AGENCY,)
            else rule
            for rule in _AFTER_IDENTITY
        )

    def judge(self, row: RowExamination, check_duplicate: Rule) -> None:
        """Make every finding of a row and fill its entry."""
        check_formulas(row)
        self._recall(row, _NAME)
        check_identity(row)
        check_duplicate(row)
        for rule in self._after_identity:
            self._recall(row, rule)
        check_service_dates(row)
        for rule in _LAST:
            self._recall(row, rule)

    def _recall(self, row: RowExamination, rule: _CellRule) -> None:
        if len(rule.columns) == 1:
            value = row.value(rule.columns[0])
            key: object = (type(value), value)
        else:
            values = [row.value(column) for column in rule.columns]
            key = tuple((type(value), value) for value in values)
        known = self._outcomes.setdefault(rule, {})
        outcome = known.get(key)
        if outcome is None:
            if len(known) >= MOST_REMEMBERED:
                known.clear()
            outcome = known[key] = _judged(row, rule)
        attributes, findings = outcome
        for name, meaning in attributes:
            setattr(row.entry, name, meaning)
        for finding in findings:
            row.add(finding)


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
        is_suspect = isinstance(value, str) and value.lstrip()[:1] in _SIGNS_OR_NOTHING and value != ""
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
_SIGNS_OR_NOTHING = frozenset({*FORMULA_SIGNS, ""})


def _is_harmless(text: str) -> bool:
    return is_blank(text) or _SIGNED_NUMBER.fullmatch(text) is not None
