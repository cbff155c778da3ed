"""What the mapping page shows: the sheets of a roster, its columns with what they are taken for, and the first rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from warrant.apps.officers.selectors.sealing import field_key
from warrant.apps.rosters.models import RosterImport
from warrant.apps.rosters.selectors.preview import masked
from warrant.apps.rosters.selectors.sealing import open_sample
from warrant.core.errors import N_
from warrant.core.roster.columns import Column

MOST_COLUMNS_SHOWN = 24
COLUMN_NAMES: Mapping[Column, str] = {
    Column.NAME: N_("姓名"),
    Column.ID_NUMBER: N_("身份证号码"),
    Column.AGENCY: N_("所在单位"),
    Column.CATEGORY: N_("执法门类"),
    Column.SEX: N_("性别"),
    Column.BORN_ON: N_("出生日期"),
    Column.ETHNIC_GROUP: N_("民族"),
    Column.POLITICAL_STATUS: N_("政治面貌"),
    Column.EDUCATION: N_("学历"),
    Column.EDUCATION_IN_SERVICE: N_("在职学历"),
    Column.DEGREE: N_("学位"),
    Column.SCHOOL: N_("毕业院校"),
    Column.MAJOR: N_("所学专业"),
    Column.POST: N_("岗位"),
    Column.POSITION: N_("职务"),
    Column.STAFFING: N_("编制性质"),
    Column.LEGAL_QUALIFICATION: N_("法律职业资格"),
    Column.WORKING_FROM: N_("参加工作时间"),
    Column.ENFORCING_FROM: N_("从事执法工作时间"),
    Column.PHONE: N_("联系电话"),
    Column.REMARKS: N_("备注"),
    Column.SERIAL: N_("序号（不导入）"),
    Column.AGE: N_("年龄（不导入）"),
}
"""What a column can be taken for, the required ones first."""

CONSTANT_COLUMNS = (Column.AGENCY, Column.CATEGORY, Column.STAFFING)
"""Meanings for which one value may stand for every row of a sheet."""


@dataclass(frozen=True)
class MappedColumn:
    """One column of a sheet. ``sureness`` is ``named``, ``guessed``, ``contents`` or empty; ``values`` are examples."""

    place: int
    letter: str
    label: str
    meaning: str
    sureness: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class MappedSheet:
    """One sheet of a roster as the mapping page shows it."""

    index: int
    name: str
    row_count: int
    is_roster: bool
    is_read: bool
    columns: tuple[MappedColumn, ...] = ()
    next_columns: int | None = None
    constants: Mapping[str, str] = field(default_factory=dict)


def column_letter(place: int) -> str:
    """Return the letters that a spreadsheet shows over the column: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _sureness(confidence: float) -> str:
    if confidence >= 1:
        return "named"
    return "guessed" if confidence > 0.6 else "contents"


def mapped_sheets(roster: RosterImport, first: int = 0) -> list[MappedSheet]:
    """Return the sheets of a roster with what each column is taken for, from the ``first`` filled column on.

    ID numbers in the examples are masked. ``next_columns`` is where the columns go on that are not among them.
    """
    sample = open_sample(field_key(), roster.pk, bytes(roster.sample_sealed))
    return [
        _sheet(index, found, roster.plan.get(found["name"], {}), first) for index, found in enumerate(sample)
    ]


def _sheet(index: int, found: dict[str, Any], plan: Mapping[str, Any], first: int) -> MappedSheet:
    is_read = bool(found["is_roster"]) and bool(plan.get("is_read", found["is_roster"]))
    meanings = {int(place): meaning for meaning, place in (plan.get("columns") or {}).items()}
    columns = []
    for place, label in enumerate(found["labels"]):
        values = [row[place] if place < len(row) else "" for row in found["rows"]]
        if not label and not any(values) and place not in meanings:
            continue
        meaning = meanings.get(place, "")
        sure = found["confidence"].get(meaning)
        columns.append(
            MappedColumn(
                place=place,
                letter=column_letter(place),
                label=label,
                meaning=meaning,
                sureness=_sureness(sure) if meaning and sure is not None else "",
                values=tuple(str(masked(value)) for value in values),
            )
        )
    return MappedSheet(
        index=index,
        name=found["name"],
        row_count=found["row_count"],
        is_roster=found["is_roster"],
        is_read=is_read,
        columns=tuple(columns[first : first + MOST_COLUMNS_SHOWN]),
        next_columns=first + MOST_COLUMNS_SHOWN if len(columns) > first + MOST_COLUMNS_SHOWN else None,
        constants=plan.get("constants", {}),
    )


def plan_from(
    roster: RosterImport, sheets: list[MappedSheet], shown: MappedSheet, sent: Mapping[str, str]
) -> dict[str, Any]:
    """Return the plan that a form decides: which sheets are read, and the columns of the sheet it showed.

    ``sent`` has ``read-<sheet>``, ``column-<place>`` and ``constant-<meaning>``. A meaning that two columns were
    given stands in ``plan["twice"]`` of the sheet, for the caller to refuse.
    """
    plan: dict[str, Any] = {}
    for sheet in sheets:
        kept = roster.plan.get(sheet.name, {})
        plan[sheet.name] = {
            "is_read": sheet.is_roster and f"read-{sheet.index}" in sent,
            "columns": dict(kept.get("columns") or {}),
            "constants": dict(kept.get("constants") or {}),
        }
    chosen: dict[str, int] = {}
    twice: list[str] = []
    known = {column.value for column in COLUMN_NAMES}
    on_page = {column.place for column in shown.columns}
    for meaning, place in plan[shown.name]["columns"].items():
        if int(place) not in on_page:
            chosen[meaning] = int(place)
    for column in shown.columns:
        meaning = sent.get(f"column-{column.place}", "")
        if meaning in known:
            if meaning in chosen:
                twice.append(meaning)
            chosen.setdefault(meaning, column.place)
    constants = {
        column.value: sent.get(f"constant-{column.value}", "").strip()[:120] for column in CONSTANT_COLUMNS
    }
    plan[shown.name]["columns"] = chosen
    plan[shown.name]["constants"] = {meaning: text for meaning, text in constants.items() if text}
    if twice:
        plan[shown.name]["twice"] = twice
    return plan
