"""Checking a whole roster: every sheet, every row, every finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from warrant.core.errors import N_
from warrant.core.roster.columns import Column
from warrant.core.roster.entry import RosterEntry
from warrant.core.roster.finding import Finding, Severity
from warrant.core.roster.grid import Cells, Sheet
from warrant.core.roster.headings import Heading, find_heading, group_text, reporting_unit, titled_units
from warrant.core.roster.people import PeopleFinder
from warrant.core.roster.row import FindAgency, RowExamination
from warrant.core.roster.rules import RuleBook

REQUIRED = {
    Column.NAME: "姓名",
    Column.ID_NUMBER: "身份证号码",
    Column.CATEGORY: "执法门类",
    Column.AGENCY: "所在单位",
}
"""What every person must have, and how the column is called."""

GROUPS_SOUGHT_ROWS = 40


@dataclass(frozen=True, slots=True)
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
    """A sheet that holds a roster. ``first_heading_row`` and ``data_row`` are spreadsheet rows, from 1."""

    name: str
    first_heading_row: int
    data_row: int
    rows: tuple[RosterRow, ...] = ()


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


@dataclass(frozen=True)
class SheetPlan:
    """What a person decided about a sheet.

    ``places`` says which column (from 0) holds what, in place of the guess; ``constants`` are values for every row
    whose cell says nothing.
    """

    is_read: bool = True
    places: Mapping[Column, int] | None = None
    constants: Mapping[Column, str] = field(default_factory=dict)

    def applied_to(self, heading: Heading) -> Heading:
        """Return the heading as the person wants it read."""
        return heading.mapped(heading.places if self.places is None else self.places, self.constants)


class RosterReading:
    """A roster under check: row after row, holding nothing of a row but its identity number.

    ``headings`` is known from the start; ``file_findings`` (what concerns a sheet or the file) is complete after the
    last row.
    """

    def __init__(
        self,
        sheets: Sequence[Sheet],
        on: date,
        find_agency: FindAgency,
        plans: Mapping[str, SheetPlan] | None = None,
    ) -> None:
        self._on = on
        self._find_agency = find_agency
        self._seen: dict[str, tuple[str, int]] = {}
        self._sheets = sheets
        self.headings: dict[str, Heading] = {}
        self.skipped: list[str] = []
        self.file_findings: list[Finding] = []
        plans = plans or {}
        for sheet in sheets:
            plan = plans.get(sheet.name, SheetPlan())
            heading = find_heading(sheet) if plan.is_read else None
            if heading is None or sheet.name in self.headings:
                self.skipped.append(sheet.name)
            else:
                self.headings[sheet.name] = plan.applied_to(heading) if sheet.name in plans else heading

    @property
    def row_bound(self) -> int:
        """How many rows there are at most below the headings: what progress is measured by."""
        return sum(
            max(0, len(sheet.rows) - self.headings[sheet.name].data_row)
            for sheet in self._sheets
            if sheet.name in self.headings
        )

    def parts(self) -> Iterator[tuple[CheckedSheet, list[Finding], Iterator[RosterRow]]]:
        """Yield each sheet that holds a roster with its own findings and its rows, to be read at once."""
        people = 0
        for sheet in self._sheets:
            heading = self.headings.get(sheet.name)
            if heading is None:
                continue
            missing = self._missing_columns(sheet, heading)
            self.file_findings.extend(missing)
            counted = _Counted(self._rows(sheet, heading))
            yield CheckedSheet(sheet.name, heading.first_row + 1, heading.data_row + 1), missing, counted
            people += counted.count
        if not people:
            self.file_findings.append(_no_roster(self._sheets))

    def rows(self) -> Iterator[RosterRow]:
        """Yield every row of people in reading order."""
        for _, _, rows in self.parts():
            yield from rows

    def _rows(self, sheet: Sheet, heading: Heading) -> Iterator[RosterRow]:
        unit = self._unit_of_sheet(sheet, heading)
        book = RuleBook(sheet, heading, self._find_agency)
        finder = PeopleFinder(sheet, heading)
        for index, cells in _below(sheet, heading.data_row):
            if finder.is_single(cells):
                group = group_text(cells)
                if group and self._find_agency(group) is not None:
                    unit = "" if heading.has(Column.AGENCY) else group
                    continue
            if not finder.holds_a_person(index, cells):
                continue
            row = RowExamination(sheet, heading, index + 1, self._on, unit, cells=cells)
            book.judge(row, self._check_duplicate)
            if index in sheet.hidden_rows:
                row.warn(
                    Column.NAME,
                    "hidden-row",
                    N_("该行在表格中被隐藏或筛选掉了，仍会导入；请核对是否应当上报，不应上报的请删除该行"),
                )
            yield RosterRow(sheet.name, index + 1, row.entry, tuple(row.findings))

    def _unit_of_sheet(self, sheet: Sheet, heading: Heading) -> str:
        """Return the unit of all rows where there is no unit column: what a title names, or the sheet's own name."""
        if heading.has(Column.AGENCY):
            return ""
        for name in (reporting_unit(sheet, heading), *titled_units(sheet, heading), sheet.name):
            if name and self._find_agency(name) is not None:
                return name
        return ""

    def _missing_columns(self, sheet: Sheet, heading: Heading) -> list[Finding]:
        has_unit = bool(self._unit_of_sheet(sheet, heading)) or self._has_groups(sheet, heading)
        twice = [
            Finding(
                sheet.name,
                heading.first_row + 1,
                heading.label(column),
                Severity.WARN,
                "repeated-column",
                N_("表头中“%(name)s”出现了几次，只读取最左边的一处；并排的几张表请改成上下排列后再上传"),
                {"name": REQUIRED[column]},
            )
            for column in dict.fromkeys(heading.repeated)
            if column in (Column.NAME, Column.ID_NUMBER)
        ]
        return twice + [
            Finding(
                sheet.name,
                heading.first_row + 1,
                "",
                Severity.ERROR,
                "missing-column",
                N_("缺少“%(name)s”列；请补上该列后重新上传"),
                {"name": name},
            )
            for column, name in REQUIRED.items()
            if not heading.has(column) and not (column is Column.AGENCY and has_unit)
        ]

    def _has_groups(self, sheet: Sheet, heading: Heading) -> bool:
        """Say whether people stand in groups below the names of their units."""
        head = sheet.rows[heading.data_row : heading.data_row + GROUPS_SOUGHT_ROWS]
        return any((text := group_text(cells)) and self._find_agency(text) is not None for cells in head)

    def _check_duplicate(self, row: RowExamination) -> None:
        number = row.entry.id_number
        if not number:
            return
        here = (row.sheet.name, row.row)
        first = self._seen.setdefault(number, here)
        if first != here:
            row.error(
                Column.ID_NUMBER,
                "duplicate-in-file",
                N_("身份证号码 %(value)s 与工作表“%(first_sheet)s”第 %(first_row)s 行重复；请删除其中一行"),
                value=number,
                first_sheet=first[0],
                first_row=first[1],
            )


class _Counted(Iterator[RosterRow]):
    """Counts what it passes on."""

    def __init__(self, rows: Iterator[RosterRow]) -> None:
        self._rows = rows
        self.count = 0

    def __next__(self) -> RosterRow:
        row = next(self._rows)
        self.count += 1
        return row


def _below(sheet: Sheet, first: int) -> Iterator[tuple[int, Cells]]:
    for index, cells in enumerate(sheet.rows):
        if index >= first:
            yield index, cells


def check_roster(
    sheets: Sequence[Sheet],
    on: date,
    find_agency: FindAgency,
    plans: Mapping[str, SheetPlan] | None = None,
) -> RosterCheck:
    """Check every sheet as of the day ``on``. ``find_agency`` maps a unit name to its key, or None.

    Holds the whole result; a long roster is read through :class:`RosterReading`.
    """
    reading = RosterReading(sheets, on, find_agency, plans)
    findings: list[Finding] = []
    checked: list[CheckedSheet] = []
    for sheet, of_sheet, rows in reading.parts():
        kept = tuple(rows)
        findings += [*of_sheet, *(finding for row in kept for finding in row.findings)]
        checked.append(CheckedSheet(sheet.name, sheet.first_heading_row, sheet.data_row, kept))
    if reading.file_findings and reading.file_findings[-1].code == "no-roster":
        findings.append(reading.file_findings[-1])
    return RosterCheck(tuple(findings), tuple(checked), tuple(reading.skipped))


def _no_roster(sheets: Sequence[Sheet]) -> Finding:
    return Finding(
        sheets[0].name if sheets else "",
        1,
        "",
        Severity.ERROR,
        "no-roster",
        N_("没有找到花名册：表头应有“姓名”“身份证号码”等列，表头下应有人员；请核对所选文件"),
    )
