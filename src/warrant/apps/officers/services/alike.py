"""Saying of people on their way in whom in the register they resemble: one digit off, two swapped, or name and birth.

A warning, never a refusal. Of somebody outside the actor's scope neither name nor unit is told. Source: ADR-0015.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from warrant.apps.foundation.ports import key_vault
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.pairs import reaches
from warrant.apps.officers.selectors.sealing import BLIND_INDEX_KEY, KEY_LENGTH
from warrant.core.access import Actor, Permission
from warrant.core.crypto.digest import blind_index
from warrant.core.errors import N_
from warrant.core.lifecycle import DuplicateRule, OfficerState
from warrant.core.roster.finding import Finding, Severity
from warrant.core.standards.near_id_numbers import one_digit_off, two_swapped
from warrant.core.standards.near_sketch import NearSketch, all_tails, person_code, tail_code

SHORT_ROSTER = 40
"""Up to so many people each slip is asked for by its blind index; for more the register is sketched in memory."""

_ASKED_AT_ONCE = 400
_READ_AT_ONCE = 20_000
_MOST_SHOWN = 10
_HIDDEN = (OfficerState.MERGED.value, OfficerState.DELETED.value)
_NAMESAKES = (
    "WITH typed(name, birth_on) AS (VALUES {places}) SELECT officer.id FROM typed "
    "JOIN officer ON officer.name = typed.name AND officer.birth_on = typed.birth_on"
)
"""A join: SQLite would read a whole index for a list of pairs."""


_SEEN = {
    DuplicateRule.ONE_DIGIT_OFF: N_(
        "身份证号码与已登记的%(name)s（%(unit)s）仅差一位；请对照证件核对是否同一人"
    ),
    DuplicateRule.TWO_SWAPPED: N_(
        "身份证号码与已登记的%(name)s（%(unit)s）相邻两位颠倒；请对照证件核对是否同一人"
    ),
    DuplicateRule.SAME_NAME_AND_BIRTH: N_(
        "姓名、出生日期与已登记的%(name)s（%(unit)s）相同；请对照证件核对是否同一人"
    ),
}
_OUTSIDE = {
    DuplicateRule.ONE_DIGIT_OFF: N_(
        "身份证号码与您管辖范围以外的一名已登记人员仅差一位；请对照证件核对身份证号码"
    ),
    DuplicateRule.TWO_SWAPPED: N_(
        "身份证号码与您管辖范围以外的一名已登记人员相邻两位颠倒；请对照证件核对身份证号码"
    ),
    DuplicateRule.SAME_NAME_AND_BIRTH: N_(
        "姓名、出生日期与您管辖范围以外的一名已登记人员相同；请核对是否同一人、是否应办理调动"
    ),
}


class Person(NamedTuple):
    """Who is on the way in; ``id_number`` is valid."""

    id_number: str
    name: str
    birth_on: date


def alike_finding(
    actor: Actor, other: Officer, rule: str, *, sheet: str = "", row: int = 1, column: str = ""
) -> Finding:
    """Return the warning about one registered officer, in words that fit what the actor may see."""
    known = DuplicateRule(rule)
    default = "姓名" if known is DuplicateRule.SAME_NAME_AND_BIRTH else "身份证号码"
    is_seen = reaches(actor, other, Permission.OFFICER_VIEW)
    fields = {"name": other.name, "unit": other.agency.name} if is_seen else {}
    message = (_SEEN if is_seen else _OUTSIDE)[known]
    return Finding(sheet, row, column or default, Severity.WARN, known.value, message, fields)


class AlikeDesk:
    """Looks up whom many people resemble; made for one roster of about ``expected`` people.

    For long rosters the register is read once (birth dates and the keyed index of the last four characters, nothing
    is opened): 1 to 2 µs of CPU for each registered officer, 100 bytes of memory.
    """

    def __init__(self, expected: int) -> None:
        self._key = key_vault().secret(BLIND_INDEX_KEY, KEY_LENGTH)
        self._is_short = expected <= SHORT_ROSTER
        self._sketch: NearSketch | None = None

    def alike(self, people: Sequence[Person]) -> list[list[tuple[Officer, DuplicateRule]]]:
        """Return for each person the records that resemble it, each once, numbers before names."""
        found: list[dict[int, tuple[Officer, DuplicateRule]]] = [{} for _person in people]
        for place, officer, rule in [*self._near(people), *_namesakes(people)]:
            found[place].setdefault(officer.pk, (officer, rule))
        return [list(each.values()) for each in found]

    def _near(self, people: Sequence[Person]) -> Iterable[tuple[int, Officer, DuplicateRule]]:
        asked: dict[bytes, list[tuple[int, DuplicateRule]]] = {}
        for place, person in enumerate(people):
            for number, rule in self._slips(person.id_number):
                asked.setdefault(blind_index(self._key, number), []).append((place, rule))
        indexes = list(asked)
        for start in range(0, len(indexes), _ASKED_AT_ONCE):
            rows = Officer.system.filter(id_number_index__in=indexes[start : start + _ASKED_AT_ONCE])
            for officer in rows.exclude(state__in=_HIDDEN).select_related("agency"):
                for place, rule in asked[bytes(officer.id_number_index)]:
                    yield place, officer, rule

    def _slips(self, number: str) -> list[tuple[str, DuplicateRule]]:
        if self._is_short:
            return [
                *((text, DuplicateRule.ONE_DIGIT_OFF) for text in one_digit_off(number)),
                *((text, DuplicateRule.TWO_SWAPPED) for text in two_swapped(number)),
            ]
        if self._sketch is None:
            self._sketch = self._drawn()
        return [
            (text, DuplicateRule.TWO_SWAPPED if is_swap else DuplicateRule.ONE_DIGIT_OFF)
            for text, is_swap in self._sketch.possible_slips(number)
        ]

    def _drawn(self) -> NearSketch:
        """Read the register once, in short queries, so that nobody has to wait for the reader."""
        tails = {blind_index(self._key, f"tail:{text}")[:8]: tail_code(text) for text in all_tails()}
        sketch = NearSketch()
        last = 0
        statement = "SELECT id, birth_on, id_tail_index FROM officer WHERE id > %s AND state <> %s ORDER BY id LIMIT %s"
        while True:
            with connection.cursor() as cursor:
                cursor.execute(statement, [last, OfficerState.MERGED.value, _READ_AT_ONCE])
                rows = cursor.fetchall()
            if not rows:
                return sketch
            last = rows[-1][0]
            days = {birth_on: int(str(birth_on).replace("-", "")) for _pk, birth_on, _tail in rows}
            sketch.codes.update(
                person_code(days[birth_on], tails[key])
                for _pk, birth_on, tail in rows
                if (key := bytes(tail)) in tails
            )


def alike_to(person: Person) -> list[tuple[Officer, DuplicateRule]]:
    """Return the records that one person resembles, in one query; of several rules that of the number."""
    key = key_vault().secret(BLIND_INDEX_KEY, KEY_LENGTH)
    rules = {blind_index(key, text): DuplicateRule.TWO_SWAPPED for text in two_swapped(person.id_number)}
    rules |= {blind_index(key, text): DuplicateRule.ONE_DIGIT_OFF for text in one_digit_off(person.id_number)}
    condition = Q(id_number_index__in=list(rules)) | Q(name=person.name, birth_on=person.birth_on)
    rows = Officer.system.filter(condition).exclude(state__in=_HIDDEN).select_related("agency")
    return [
        (officer, rules.get(bytes(officer.id_number_index), DuplicateRule.SAME_NAME_AND_BIRTH))
        for officer in rows[:_MOST_SHOWN]
    ]


def _namesakes(people: Sequence[Person]) -> Iterable[tuple[int, Officer, DuplicateRule]]:
    """Yield who bears the same name and was born on the same day: two short queries for some hundreds of people."""
    places: dict[tuple[str, date], list[int]] = {}
    for place, person in enumerate(people):
        places.setdefault((person.name, person.birth_on), []).append(place)
    known = list(places)
    for start in range(0, len(known), _ASKED_AT_ONCE):
        part = known[start : start + _ASKED_AT_ONCE]
        parameters: list[Any] = []
        for name, birth_on in part:
            parameters += (name, connection.ops.adapt_datefield_value(birth_on))
        statement = _NAMESAKES.format(places=", ".join(["(%s, %s)"] * len(part)))
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            pks = [pk for (pk,) in cursor.fetchall()]
        for officer in _shown(pks):
            for place in places[officer.name, officer.birth_on]:
                yield place, officer, DuplicateRule.SAME_NAME_AND_BIRTH


def _shown(pks: Sequence[int]) -> Iterable[Officer]:
    if not pks:
        return ()
    return Officer.system.filter(pk__in=pks).exclude(state__in=_HIDDEN).select_related("agency")
