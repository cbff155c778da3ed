"""Warning of rows whose person resembles somebody in the register: most often the same one, typed wrong once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from warrant.apps.officers.services.alike import AlikeDesk, Person, alike_finding
from warrant.apps.officers.services.entering import with_errors
from warrant.core.access import Actor
from warrant.core.lifecycle import DuplicateRule
from warrant.core.roster.checking import RosterRow as CheckedRow
from warrant.core.roster.columns import Column
from warrant.core.roster.headings import Heading

_COLUMNS = {
    DuplicateRule.ONE_DIGIT_OFF: Column.ID_NUMBER,
    DuplicateRule.TWO_SWAPPED: Column.ID_NUMBER,
    DuplicateRule.SAME_NAME_AND_BIRTH: Column.NAME,
}
_CODES = frozenset(rule.value for rule in DuplicateRule)


class Resembling:
    """Warns of the rows of one roster of at most ``expected`` rows."""

    def __init__(self, actor: Actor, expected: int, headings: Mapping[str, Heading]) -> None:
        self._actor = actor
        self._desk = AlikeDesk(expected)
        self._headings = headings

    def warned(self, rows: Sequence[CheckedRow]) -> list[CheckedRow]:
        """Return the rows with a warning for each record that an accepted one resembles; few queries for all."""
        people: list[Person] = []
        places: list[int] = []
        for place, row in enumerate(rows):
            if row.is_accepted and row.entry.born_on is not None:
                people.append(Person(row.entry.id_number, row.entry.name, row.entry.born_on))
                places.append(place)
        warned = list(rows)
        for place, alike in zip(places, self._desk.alike(people), strict=True):
            row = rows[place]
            findings = [
                alike_finding(
                    self._actor,
                    other,
                    rule,
                    sheet=row.sheet,
                    row=row.row,
                    column=self._label(row.sheet, _COLUMNS[rule]),
                )
                for other, rule in alike
            ]
            warned[place] = with_errors(row, findings)
        return warned

    def _label(self, sheet: str, column: Column) -> str:
        heading = self._headings.get(sheet)
        return heading.label(column) if heading else ""


def resembles_somebody(row: CheckedRow) -> bool:
    """Tell whether a warning of :class:`Resembling` stands at a row."""
    return any(finding.code in _CODES for finding in row.findings)
