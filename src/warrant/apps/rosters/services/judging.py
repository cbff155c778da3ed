"""What only the register knows of a row: units out of the actor's scope, people who are registered already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.agencies import AgencyDesk
from warrant.apps.officers.selectors.sealing import IdNumberDesk
from warrant.apps.officers.services.entering import length_errors, with_errors
from warrant.core.errors import N_
from warrant.core.roster.checking import RosterRow as CheckedRow
from warrant.core.roster.columns import Column
from warrant.core.roster.finding import Finding, Severity
from warrant.core.roster.headings import Heading

_FALLBACK_LABELS = {Column.AGENCY: "所在单位", Column.ID_NUMBER: "身份证号码"}
_ASKED_AT_ONCE = 500


class Judge:
    """Judges checked rows by the register as it stands now; made for one roster."""

    def __init__(self, desk: AgencyDesk, headings: Mapping[str, Heading] | None = None) -> None:
        self._desk = desk
        self._headings = headings or {}
        self._in_scope: dict[str, bool] = {}

    def judged(self, rows: Sequence[CheckedRow]) -> list[CheckedRow]:
        """Return the rows with the errors that the register knows of; a few queries for all of them."""
        registered = _registered(rows)
        unknown = {row.entry.agency_key for row in rows} - self._in_scope.keys() - {""}
        if unknown:
            self._desk.fetch(unknown)
            self._in_scope |= {code: self._desk.is_in_scope(code) for code in unknown}
        return [self._judged(row, registered) for row in rows]

    def _judged(self, row: CheckedRow, registered: Mapping[str, Officer]) -> CheckedRow:
        errors = length_errors(row)
        entry = row.entry
        if entry.agency_key and not self._in_scope[entry.agency_key]:
            errors.append(
                self._error(
                    row,
                    Column.AGENCY,
                    "out-of-scope-unit",
                    N_("所在单位“%(value)s”不在您的管辖范围内；请交由该单位所在地的登记员导入"),
                    {"value": entry.agency_name},
                )
            )
        known = registered.get(entry.id_number)
        if known is not None:
            errors.append(
                self._error(
                    row,
                    Column.ID_NUMBER,
                    "already-registered",
                    N_(
                        "身份证号码 %(value)s 已由“%(unit)s”登记（%(name)s）；请删除该行，人员调动请办理调动手续"
                    ),
                    {"value": entry.id_number, "unit": known.agency.name, "name": known.name},
                )
            )
        return with_errors(row, errors)

    def _error(
        self, row: CheckedRow, column: Column, code: str, message: str, fields: Mapping[str, Any]
    ) -> Finding:
        heading = self._headings.get(row.sheet)
        label = (heading.label(column) if heading else "") or _FALLBACK_LABELS[column]
        return Finding(row.sheet, row.row, label, Severity.ERROR, code, message, fields)


def _registered(rows: Sequence[CheckedRow]) -> dict[str, Officer]:
    """Return who holds the ID numbers of ``rows`` in the register already, by ID number."""
    index_of = IdNumberDesk().index
    number_of = {index_of(row.entry.id_number): row.entry.id_number for row in rows if row.entry.id_number}
    keys = list(number_of)
    found: dict[str, Officer] = {}
    for start in range(0, len(keys), _ASKED_AT_ONCE):
        officers = Officer.system.filter(id_number_index__in=keys[start : start + _ASKED_AT_ONCE])
        for officer in officers.select_related("agency").only("id_number_index", "name", "agency__name"):
            found[number_of[bytes(officer.id_number_index)]] = officer
    return found
