"""One officer's timeline as statistics see it, and what a new version of the record does to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from warrant.core.access import Place
from warrant.core.indicators import Vector

FOREVER = date(9999, 12, 31)


@dataclass
class Segment:
    """What the officer counted as in ``[valid_from, valid_until)``; ``pk`` is that of the stored fact, if any."""

    valid_from: date
    valid_until: date
    vector: Vector
    place: Place
    pk: int | None = None
    is_moved: bool = False


@dataclass
class Flow:
    """The officer came (``before`` empty), went (``after`` empty) or changed the unit."""

    happened_on: date
    kind: str
    before: Place | None
    after: Place | None
    pk: int | None = None


@dataclass(frozen=True)
class Step:
    """A vector that counts one more (or less) in a place from a day on."""

    day: date
    place: Place
    vector: Vector
    sign: int


@dataclass
class Timeline:
    """Segments and flows of one officer, in the order of days.

    What the record says of a day is the latest version among those effective on or before it; so a new version
    settles everything from its day on.
    """

    segments: list[Segment] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    dropped: list[Segment] = field(default_factory=list)
    dropped_flows: list[Flow] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def apply(self, on: date, vector: Vector | None, place: Place, kinds: tuple[str, str, str, str]) -> None:
        """Let ``vector`` at ``place`` (nothing: does not count) hold from the day ``on``.

        ``kinds`` name the flow: for coming, coming back, changing the unit and going.
        """
        if self._holds_already(on, vector, place):
            return
        before = self._cut(on)
        after = place if vector is not None else None
        if vector is not None:
            last = self.segments[-1] if self.segments else None
            if last and last.valid_until == on and last.vector == vector and last.place == place:
                last.valid_until, last.is_moved = FOREVER, True
                self._count(on, last, 1)
            else:
                made = Segment(on, FOREVER, vector, place)
                self.segments.append(made)
                self._count(on, made, 1)
        self._flow(on, before, after, kinds)

    def _holds_already(self, on: date, vector: Vector | None, place: Place) -> bool:
        last = self.segments[-1] if self.segments else None
        if vector is None:
            return last is None or (last.valid_until < on)
        return (
            last is not None
            and last.valid_from <= on
            and last.valid_until == FOREVER
            and last.vector == vector
            and last.place == place
        )

    def _count(self, day: date, segment: Segment, sign: int) -> None:
        if day < FOREVER:
            self.steps.append(Step(day, segment.place, segment.vector, sign))

    def _cut(self, on: date) -> Place | None:
        """End everything at ``on``; return where the officer counted on the day before."""
        while self.segments and self.segments[-1].valid_from >= on:
            gone = self.segments.pop()
            self._count(gone.valid_from, gone, -1)
            self._count(gone.valid_until, gone, 1)
            self.dropped.append(gone)
        last = self.segments[-1] if self.segments else None
        if last is None or last.valid_until < on:
            return None
        if last.valid_until > on:
            self._count(last.valid_until, last, 1)
            self._count(on, last, -1)
            last.valid_until, last.is_moved = on, True
        return last.place

    def _flow(
        self, on: date, before: Place | None, after: Place | None, kinds: tuple[str, str, str, str]
    ) -> None:
        coming, coming_back, changing, going = kinds
        kept = None
        while self.flows and self.flows[-1].happened_on >= on:
            gone = self.flows.pop()
            is_same = gone.happened_on == on and (gone.before, gone.after) == (before, after)
            if is_same and (after is not None or gone.kind == going):
                kept = gone
            else:
                self.dropped_flows.append(gone)
        if before == after:
            return
        if before is None:
            kind = coming_back if self.segments and self.segments[0].valid_from < on else coming
        else:
            kind = going if after is None else changing
        self.flows.append(kept or Flow(on, kind, before, after))
