"""Checking a whole roster: every sheet, every row, every finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from warrant.core.errors import N_
from warrant.core.roster.columns import Column
from warrant.core.roster.entry import RosterEntry
from warrant.core.roster.finding import Finding, Severity
from warrant.core.roster.grid import Sheet
from warrant.core.roster.headings import Heading, find_heading, is_repeated_heading, reporting_unit
from warrant.core.roster.identity_rules import FORMULA_SIGNS, check_ethnic_group, check_identity, check_name
from warrant.core.roster.row import FindAgency, RowExamination
from warrant.core.roster.service_rules import (
    check_agency,
    check_category,
    check_education,
    check_optional_codes,
    check_phone,
    check_service_dates,
    check_staffing,
    keep_free_text,
)
from warrant.core.roster.text import half_width, is_blank, text_of, without_blanks, without_hidden

_CLOSING = re.compile(
    r"(合计|总计|共计|小计|累计|本页|总人数|人数合计|填表人|填报人|填表日期|填报日期|制表日期|审核日期|盖章|\(盖章\)|制表|审核人|负责人签|联系人|经办人|单位负责人|注:|备注:|说明:|填表说明|填报说明|共\d+人|以上共|以下空白|——以下)"
)
_SIGNED_NUMBER = re.compile(r"[+-]?[\d\s().-]*\d[\d\s().-]*")
LEAST_FILLED = 3
"""A row without name and number, and with fewer cells than this, is a stray remark (a date, a stamp), not a person."""

_CALCULATED = frozenset({Column.SERIAL, Column.AGE})
"""Columns in which a formula is usual and whose value is not used."""


@dataclass(frozen=True)
class RosterRow:
    """One row of people. ``entry`` is complete only when ``is_accepted``."""

    sheet: str
    row: int
    entry: RosterEntry
    findings: tuple[Finding, ...]

    @property
    def is_accepted(self) -> bool:
        """Say whether no error keeps the row out."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


@dataclass(frozen=True)
class CheckedSheet:
    """A sheet that holds a roster. ``heading_row`` and ``data_row`` are spreadsheet rows, from 1."""

    name: str
    first_heading_row: int
    data_row: int
    rows: tuple[RosterRow, ...]


@dataclass(frozen=True)
class RosterCheck:
    """The result. ``findings`` are in reading order; ``skipped_sheets`` hold no roster."""

    findings: tuple[Finding, ...]
    sheets: tuple[CheckedSheet, ...] = ()
    skipped_sheets: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[RosterRow, ...]:
        """Every row of people, in reading order."""
        return tuple(row for sheet in self.sheets for row in sheet.rows)

    @property
    def accepted_rows(self) -> tuple[RosterRow, ...]:
        """The rows that get in."""
        return tuple(row for row in self.rows if row.is_accepted)

    @property
    def rejected_rows(self) -> tuple[RosterRow, ...]:
        """The rows that an error keeps out."""
        return tuple(row for row in self.rows if not row.is_accepted)


@dataclass
class _Seen:
    """Identity numbers met so far, with the place of the first."""

    places: dict[str, tuple[str, int]] = field(default_factory=dict)


def check_roster(sheets: Sequence[Sheet], on: date, find_agency: FindAgency) -> RosterCheck:
    """Check every sheet as of the day ``on``. ``find_agency`` maps a unit name to its key, or None."""
    seen = _Seen()
    findings: list[Finding] = []
    checked: list[CheckedSheet] = []
    skipped: list[str] = []
    for sheet in sheets:
        heading = find_heading(sheet)
        if heading is None:
            skipped.append(sheet.name)
            continue
        findings.extend(_missing_columns(sheet, heading, find_agency))
        rows = _check_rows(sheet, heading, on, find_agency, seen)
        findings.extend(finding for row in rows for finding in row.findings)
        checked.append(CheckedSheet(sheet.name, heading.first_row + 1, heading.data_row + 1, rows))
    if not any(sheet.rows for sheet in checked):
        findings.append(_no_roster(sheets))
    return RosterCheck(tuple(findings), tuple(checked), tuple(skipped))


def _no_roster(sheets: Sequence[Sheet]) -> Finding:
    return Finding(
        sheets[0].name if sheets else "",
        1,
        "",
        Severity.ERROR,
        "no-roster",
        N_("没有找到花名册：表头应有“姓名”“身份证号码”等列，表头下应有人员；请核对所选文件"),
    )


def _unit_of_sheet(sheet: Sheet, heading: Heading, find_agency: FindAgency) -> str:
    """Return the unit of all rows where there is no unit column: the one the title names, or the sheet's own name."""
    if Column.AGENCY in heading.places:
        return ""
    for name in (reporting_unit(sheet, heading), sheet.name):
        if name and find_agency(name) is not None:
            return name
    return ""


def _missing_columns(sheet: Sheet, heading: Heading, find_agency: FindAgency) -> list[Finding]:
    names = {Column.NAME: "姓名", Column.ID_NUMBER: "身份证号码", Column.CATEGORY: "执法门类"}
    if not _unit_of_sheet(sheet, heading, find_agency):
        names[Column.AGENCY] = "所在单位"
    return [
        Finding(
            sheet.name,
            heading.first_row + 1,
            "",
            Severity.ERROR,
            "missing-column",
            N_("缺少“%(name)s”列；请补上该列后重新上传"),
            {"name": name},
        )
        for column, name in names.items()
        if column not in heading.places
    ]


def _check_rows(
    sheet: Sheet, heading: Heading, on: date, find_agency: FindAgency, seen: _Seen
) -> tuple[RosterRow, ...]:
    unit = _unit_of_sheet(sheet, heading, find_agency)
    rows = []
    for index in range(heading.data_row, len(sheet.rows)):
        if not _holds_a_person(sheet, heading, index):
            continue
        row = RowExamination(sheet, heading, index + 1, on, unit)
        _check_row(row, find_agency, seen)
        rows.append(RosterRow(sheet.name, index + 1, row.entry, tuple(row.findings)))
    return tuple(rows)


def _holds_a_person(sheet: Sheet, heading: Heading, index: int) -> bool:
    """Leave aside blank rows, rows with only a serial number, totals, closing remarks and repeated headings."""
    counted = [
        place for column, place in heading.places.items() if column not in (*_CALCULATED, Column.REMARKS)
    ]
    if all(is_blank(sheet.value(index, place)) for place in counted):
        return False
    if is_repeated_heading(sheet, index, heading):
        return False
    id_place = heading.places.get(Column.ID_NUMBER)
    id_text = "" if id_place is None else without_blanks(text_of(sheet.value(index, id_place)))
    if len(id_text) >= 8 and id_text.isalnum():
        return True
    texts = (without_blanks(half_width(without_hidden(text_of(value)))) for value in sheet.rows[index])
    first = next((text for text in texts if text), "")
    name_place = heading.places.get(Column.NAME)
    name = "" if name_place is None else without_blanks(text_of(sheet.value(index, name_place)))
    filled = sum(not is_blank(sheet.value(index, place)) for place in counted)
    is_stray = not name and not id_text and filled < LEAST_FILLED
    return not (is_stray or _CLOSING.match(first) or _CLOSING.match(name))


def _check_row(row: RowExamination, find_agency: FindAgency, seen: _Seen) -> None:
    _check_formulas(row)
    check_name(row)
    check_identity(row)
    _check_duplicate(row, seen)
    check_ethnic_group(row)
    check_agency(row, find_agency)
    check_category(row)
    check_optional_codes(row)
    check_staffing(row)
    check_education(row)
    check_service_dates(row)
    check_phone(row)
    keep_free_text(row)


def _check_formulas(row: RowExamination) -> None:
    """A formula, or text that a spreadsheet would run as one, gets in as text with a warning."""
    meaning_at = {place: column for column, place in row.heading.places.items()}
    cells = row.sheet.rows[row.row - 1]
    for place in range(len(cells)):
        formula = row.formula(place)
        if formula and meaning_at.get(place) in _CALCULATED:
            continue
        text = text_of(cells[place]).strip() if isinstance(cells[place], str) else ""
        if not formula and (text[:1] not in tuple(FORMULA_SIGNS) or _is_harmless(text)):
            continue
        row.warn_at(
            place,
            "formula",
            N_("单元格含有公式或以公式符号开头（%(value)s），只按文本导入，不会执行；请改为实际内容"),
            value=(formula or text)[:60],
        )


def _is_harmless(text: str) -> bool:
    return is_blank(text) or _SIGNED_NUMBER.fullmatch(text) is not None


def _check_duplicate(row: RowExamination, seen: _Seen) -> None:
    number = row.entry.id_number
    if not number:
        return
    first = seen.places.setdefault(number, (row.sheet.name, row.row))
    if first != (row.sheet.name, row.row):
        row.error(
            Column.ID_NUMBER,
            "duplicate-in-file",
            N_("身份证号码 %(value)s 与工作表“%(first_sheet)s”第 %(first_row)s 行重复；请删除其中一行"),
            value=number,
            first_sheet=first[0],
            first_row=first[1],
        )
