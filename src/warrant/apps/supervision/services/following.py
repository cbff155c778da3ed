"""Following the register: each change of an officer goes into facts, flows and cells in its own transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from warrant.apps.foundation.loading import bulk_load
from warrant.apps.officers.models import Officer, OfficerVersion
from warrant.apps.officers.types import OfficerWrite
from warrant.apps.supervision.models import OfficerFact, OfficerFlow, StatisticBuilding, StatisticWaiting
from warrant.apps.supervision.services.locking import share_books
from warrant.apps.supervision.services.posting import (
    FLOW_COLUMNS,
    KINDS,
    VECTOR_COLUMNS,
    cells_of,
    load_facts,
    load_flows,
    post_cells,
)
from warrant.apps.supervision.types import FOREVER, Flow, Segment, Step, Timeline, Version, timeline_of
from warrant.core.access import Place

_AT_ONCE = 500


@dataclass
class _Kept:
    """What the tables hold of one officer, with the keys of the rows."""

    segments: dict[Segment, int] = field(default_factory=dict)
    flows: list[tuple[Flow, int]] = field(default_factory=list)


@dataclass
class _Differences:
    """What has to be written so that the tables hold the timelines."""

    dropped: list[int] = field(default_factory=list)
    ended: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))
    made: list[tuple[int, str, Segment]] = field(default_factory=list)
    dropped_flows: list[int] = field(default_factory=list)
    made_flows: list[tuple[int, Flow]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def compare(self, officer_id: int, sort_key: str, kept: _Kept, timeline: Timeline) -> None:
        """Take in one officer."""
        wanted = {
            segment.valid_from: segment for segment in timeline.segments if segment not in kept.segments
        }
        standing = set(timeline.segments)
        for segment, pk in kept.segments.items():
            if segment in standing:
                continue
            self._count(segment, -1)
            longer = wanted.get(segment.valid_from)
            if longer and (longer.vector, longer.place) == (segment.vector, segment.place):
                self.ended[longer.valid_until].append(pk)
                self._count(wanted.pop(segment.valid_from), 1)
            else:
                self.dropped.append(pk)
        for segment in wanted.values():
            self._count(segment, 1)
            self.made.append((officer_id, sort_key, segment))
        flows = list(timeline.flows)
        for flow, pk in kept.flows:
            if flow in flows:
                flows.remove(flow)
            else:
                self.dropped_flows.append(pk)
        self.made_flows += [(officer_id, flow) for flow in flows]

    def _count(self, segment: Segment, sign: int) -> None:
        self.steps.append(Step(segment.valid_from, segment.place, segment.vector, sign))
        if segment.valid_until < FOREVER:
            self.steps.append(Step(segment.valid_until, segment.place, segment.vector, -sign))

    def write(self) -> None:
        """Bring the tables to what the timelines say, and post what changes in the books, which the caller shares."""
        if self.dropped:
            OfficerFact.system.filter(pk__in=self.dropped).delete()
        for valid_until, keys in self.ended.items():
            OfficerFact.system.filter(pk__in=keys).update(valid_until=valid_until)
        if self.made:
            load_facts(self.made)
        if self.dropped_flows:
            OfficerFlow.objects.filter(pk__in=self.dropped_flows).delete()
        if self.made_flows:
            load_flows(self.made_flows)
        if self.steps:
            post_cells(cells_of(self.steps))


def follow_officers(writes: Sequence[OfficerWrite], *, now: datetime) -> None:
    """Take changes of the register into the statistics; a handful of statements, however many they are.

    A first version is taken as it comes. Otherwise the timeline is made anew from all versions of the officer: a
    change may be recorded late, and a replica may get several versions at once.
    """
    share_books()
    if StatisticBuilding.objects.exists():
        rows = [(pk,) for pk in dict.fromkeys(write.officer.pk for write in writes)]
        bulk_load(StatisticWaiting, ("officer_id",), rows)
        return
    differences = _Differences()
    officers = {write.officer.pk: write.officer for write in writes}
    first = {
        write.officer.pk: write.version
        for write in writes
        if write.version.revision == 1 and write.before is None
    }
    later = list(
        dict.fromkeys(
            write.officer.pk for write in writes if write.before is not None or write.version.revision > 1
        )
    )
    changed_since = set(later)
    for pk, version in first.items():
        if pk not in changed_since:
            made = Version(version.effective_on, version.kind, version.content)
            differences.compare(pk, officers[pk].sort_key, _Kept(), timeline_of([made], KINDS))
    for start in range(0, len(later), _AT_ONCE):
        chunk = later[start : start + _AT_ONCE]
        kept = _kept(chunk)
        for pk, versions in _versions(chunk):
            differences.compare(pk, officers[pk].sort_key, kept[pk], timeline_of(versions, KINDS))
    differences.write()
    for write in writes:
        if "name" in write.changed_fields:
            OfficerFact.system.filter(officer_id=write.officer.pk).update(sort_key=write.officer.sort_key)


def forget_names(officer_ids: Collection[int]) -> None:
    """Order the facts of erased officers by nothing: a sort key spells the name."""
    OfficerFact.system.filter(officer_id__in=officer_ids).update(sort_key="")


def follow_anew(officer_ids: Sequence[int]) -> None:
    """Bring the statistics of some officers to what their versions say; the caller holds the books."""
    differences = _Differences()
    sort_keys = dict(Officer.system.filter(pk__in=officer_ids).values_list("pk", "sort_key"))
    kept = _kept(list(sort_keys))
    for pk, versions in _versions(list(sort_keys)):
        differences.compare(pk, sort_keys[pk], kept[pk], timeline_of(versions, KINDS))
    differences.write()
    for pk, sort_key in sort_keys.items():
        OfficerFact.system.filter(officer_id=pk).exclude(sort_key=sort_key).update(sort_key=sort_key)


def _versions(officer_ids: Sequence[int]) -> Iterator[tuple[int, list[Version]]]:
    rows = OfficerVersion.system.filter(officer_id__in=officer_ids).order_by("officer_id", "revision")
    found: dict[int, list[Version]] = {pk: [] for pk in officer_ids}
    for officer_id, *version in rows.values_list(
        "officer_id", "effective_on", "kind", "content", "changed_fields"
    ):
        found[officer_id].append(Version(*version))
    yield from found.items()


def _kept(officer_ids: Sequence[int]) -> dict[int, _Kept]:
    found = {pk: _Kept() for pk in officer_ids}
    facts = OfficerFact.system.filter(officer_id__in=officer_ids)
    for officer_id, pk, valid_from, valid_until, province, city, county, agency, *vector in facts.values_list(
        "officer_id",
        "pk",
        "valid_from",
        "valid_until",
        "province_unit",
        "city_unit",
        "county_unit",
        "agency_unit",
        *VECTOR_COLUMNS,
    ):
        place = Place(province, city, county, agency)
        found[officer_id].segments[Segment(valid_from, valid_until, tuple(vector), place)] = pk
    flows = OfficerFlow.objects.filter(officer_id__in=officer_ids)
    for pk, officer_id, happened_on, kind, *units in flows.values_list("pk", *FLOW_COLUMNS):
        before, after = Place(*units[:4]), Place(*units[4:])
        known = Flow(
            happened_on, kind, before if before != Place() else None, after if after != Place() else None
        )
        found[officer_id].flows.append((known, pk))
    return found
