"""One officer's timeline as statistics see it, made from the versions of the record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from warrant.core.access import Place
from warrant.core.indicators import Vector, vector_of

FOREVER = date(9999, 12, 31)

_PLACE_COLUMNS = ("province_unit", "city_unit", "county_unit", "agency_unit")
_UNIT_COLUMNS = frozenset({"agency_id", *_PLACE_COLUMNS})
"""They make sense only together: a change of one takes the others along."""


@dataclass(frozen=True)
class Version:
    """What statistics need of one version of a record."""

    effective_on: date
    kind: str
    content: Mapping[str, Any]
    changed_fields: Collection[str] = ()


@dataclass(frozen=True)
class Segment:
    """What the officer counted as in ``[valid_from, valid_until)``, and where."""

    valid_from: date
    valid_until: date
    vector: Vector
    place: Place


@dataclass(frozen=True)
class Flow:
    """The officer came (``before`` empty), went (``after`` empty) or changed the unit."""

    happened_on: date
    kind: str
    before: Place | None
    after: Place | None


@dataclass(frozen=True)
class Step:
    """A vector that counts one more (or less) in a place from a day on."""

    day: date
    place: Place
    vector: Vector
    sign: int


@dataclass(frozen=True)
class FlowKinds:
    """How the flows of a timeline are named; ``going`` is by the kind of leaving."""

    registered: str
    came_back: str
    transferred: str
    unit_moved: str
    removed: str
    left: str
    going: Mapping[str, str]
    removed_states: Collection[str]
    unit_moved_kind: str


@dataclass
class Timeline:
    """Segments and flows of one officer, in the order of days."""

    segments: list[Segment] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)


def place_in(content: Mapping[str, Any]) -> Place:
    """Return where a version's content lies."""
    return Place(*(content[column] for column in _PLACE_COLUMNS))


def timeline_of(versions: Sequence[Version], kinds: FlowKinds) -> Timeline:
    """Return the timeline that versions, oldest first, make.

    On a day each column has the value of the latest recorded of the changes that had taken effect; before the first
    version took effect there is nothing. So the record "as of" a day and the statistics of that day say the same.
    """
    made = Timeline()
    state: tuple[Vector, Place] | None = None
    for day, content, moves_unit in _contents(versions, kinds.unit_moved_kind):
        vector = vector_of(content)
        now = None if vector is None else (vector, place_in(content))
        if now == state:
            continue
        before, after = state[1] if state else None, now[1] if now else None
        if before != after:
            kind = _kind(made, before, after, content, kinds, moves_unit=moves_unit)
            made.flows.append(Flow(day, kind, before, after))
        if state:
            last = made.segments[-1]
            made.segments[-1] = Segment(last.valid_from, day, last.vector, last.place)
        if now:
            made.segments.append(Segment(day, FOREVER, now[0], now[1]))
        state = now
    return made


def _contents(
    versions: Sequence[Version], unit_moved_kind: str
) -> list[tuple[date, Mapping[str, Any], bool]]:
    """Return what was true from each day on, by day, and whether the unit itself moved on that day."""
    if not versions:
        return []
    first = versions[0].effective_on
    days = sorted({max(version.effective_on, first) for version in versions})
    moved = {version.effective_on for version in versions if version.kind == unit_moved_kind}
    is_in_order = all(
        version.effective_on <= following.effective_on for version, following in pairwise(versions)
    )
    if is_in_order:
        latest = {version.effective_on: version.content for version in versions}
        return [(day, latest[day], day in moved) for day in days]
    return [(day, _true_on(versions, day), day in moved) for day in days]


def _true_on(versions: Sequence[Version], day: date) -> Mapping[str, Any]:
    content = dict(versions[0].content)
    for version in versions[1:]:
        if version.effective_on > day:
            continue
        columns = set(version.changed_fields)
        if columns & _UNIT_COLUMNS:
            columns |= _UNIT_COLUMNS
        content.update({column: version.content[column] for column in columns if column in version.content})
    return content


def _kind(
    made: Timeline,
    before: Place | None,
    after: Place | None,
    content: Mapping[str, Any],
    kinds: FlowKinds,
    *,
    moves_unit: bool,
) -> str:
    if before is None:
        return kinds.came_back if made.segments else kinds.registered
    if after is not None:
        return kinds.unit_moved if moves_unit else kinds.transferred
    if content["state"] in kinds.removed_states:
        return kinds.removed
    return kinds.going.get(content["left_kind"], kinds.left)
