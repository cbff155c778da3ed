"""Following the register: each change of an officer goes into facts, flows and cells in its own transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from warrant.apps.officers.types import OfficerWrite
from warrant.apps.supervision.models import OfficerFact, OfficerFlow
from warrant.apps.supervision.services.locking import share_books
from warrant.apps.supervision.services.posting import (
    VECTOR_COLUMNS,
    apply_version,
    cells_of,
    load_facts,
    load_flows,
    post_cells,
)
from warrant.apps.supervision.types import FOREVER, Flow, Segment, Timeline
from warrant.core.access import Place

_AT_ONCE = 1000


def follow_officers(writes: Sequence[OfficerWrite], *, now: datetime) -> None:
    """Take changes of the register into the statistics; a handful of statements, however many they are."""
    timelines = _timelines([write.officer.pk for write in writes if write.before is not None])
    sort_keys: dict[int, str] = {}
    renamed: list[int] = []
    for write in writes:
        officer = write.officer
        timeline = timelines.setdefault(officer.pk, Timeline())
        apply_version(timeline, write.version.content, write.kind.value, write.effective_on)
        sort_keys[officer.pk] = officer.sort_key
        if "name" in write.changed_fields:
            renamed.append(officer.pk)
    steps = [step for timeline in timelines.values() for step in timeline.steps]
    if steps:
        share_books()
        _store(timelines, sort_keys)
        post_cells(cells_of(steps))
    for officer_id in renamed:
        OfficerFact.system.filter(officer_id=officer_id).update(sort_key=sort_keys[officer_id])


def _timelines(officer_ids: Sequence[int]) -> dict[int, Timeline]:
    timelines: dict[int, Timeline] = {pk: Timeline() for pk in officer_ids}
    wanted = list(timelines)
    for start in range(0, len(wanted), _AT_ONCE):
        chunk = wanted[start : start + _AT_ONCE]
        facts = OfficerFact.system.filter(officer_id__in=chunk).order_by("valid_from")
        for row in facts.values_list(
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
            officer_id, pk, valid_from, valid_until, *rest = row
            segment = Segment(valid_from, valid_until, tuple(rest[4:]), Place(*rest[:4]), pk)
            timelines[officer_id].segments.append(segment)
        for flow in OfficerFlow.objects.filter(officer_id__in=chunk).order_by("happened_on", "pk"):
            before = Place(flow.from_province, flow.from_city, flow.from_county, flow.from_agency)
            after = Place(flow.to_province, flow.to_city, flow.to_county, flow.to_agency)
            timelines[flow.officer_id].flows.append(
                Flow(
                    flow.happened_on,
                    flow.kind,
                    before if before != Place() else None,
                    after if after != Place() else None,
                    flow.pk,
                )
            )
    return timelines


def _store(timelines: dict[int, Timeline], sort_keys: dict[int, str]) -> None:
    """Write what is different from the stored facts and flows."""
    dropped = [gone.pk for line in timelines.values() for gone in line.dropped if gone.pk]
    if dropped:
        OfficerFact.system.filter(pk__in=dropped).delete()
    ended: dict[date, list[int]] = defaultdict(list)
    for line in timelines.values():
        for segment in line.segments:
            if segment.is_moved and segment.pk:
                ended[segment.valid_until].append(segment.pk)
    for valid_until, keys in ended.items():
        OfficerFact.system.filter(pk__in=keys).update(valid_until=valid_until)
    load_facts(
        (officer_id, sort_keys[officer_id], segment)
        for officer_id, line in timelines.items()
        for segment in line.segments
        if segment.pk is None
    )
    dropped_flows = [gone.pk for line in timelines.values() for gone in line.dropped_flows if gone.pk]
    if dropped_flows:
        OfficerFlow.objects.filter(pk__in=dropped_flows).delete()
    made = [
        (officer_id, flow) for officer_id, line in timelines.items() for flow in line.flows if flow.pk is None
    ]
    if made:
        load_flows(made)


__all__ = ["FOREVER", "follow_officers"]
