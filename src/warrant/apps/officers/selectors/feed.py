"""The feed of changes: what happened to the records in reach, in the order in which it arrived here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from warrant.apps.officers.models import OfficerVersion
from warrant.apps.officers.selectors.differences import Difference, differences, kind_word
from warrant.apps.officers.types import ERASED_NAME
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Level, Permission, is_permitted
from warrant.core.lifecycle.officer import HIDDEN_STATES

_UNIT_COLUMN = {
    Level.PROVINCE: "province_unit",
    Level.CITY: "city_unit",
    Level.COUNTY: "county_unit",
    Level.AGENCY: "agency_unit",
}
_SAID_BY_ITSELF = frozenset({"photo_id"})


@dataclass(frozen=True)
class FeedFilter:
    """Which changes are wanted: below a unit, of a kind, made by a person, arrived on a day; each may be empty."""

    unit: Agency | None = None
    kind: str = ""
    person: str = ""
    day: date | None = None


@dataclass(frozen=True)
class FeedLine:
    """One change as a line; of an erased record it names nobody. ``is_open`` tells whether the viewer can open the record: not if it was deleted or moved away."""

    pk: int
    officer_id: int
    name: str
    unit: str
    kind: str
    tone: str
    person: str
    person_unit: str
    reason: str
    recorded_at: datetime
    arrived_at: datetime
    is_open: bool
    differences: tuple[Difference, ...]


def changes_for(viewer: Actor, wanted: FeedFilter) -> QuerySet[OfficerVersion]:
    """Return the changes that the viewer may see, to be read by id: the order of arrival."""
    rows = OfficerVersion.objects.visible_to(viewer, Permission.OFFICER_VIEW)
    if wanted.unit is not None and wanted.unit.level in _UNIT_COLUMN:
        rows = rows.filter(**{_UNIT_COLUMN[Level(wanted.unit.level)]: wanted.unit.pk})
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.person:
        rows = rows.filter(account_name=wanted.person)
    if wanted.day is not None:
        start = timezone.make_aware(datetime.combine(wanted.day, time.min))
        rows = rows.filter(arrived_at__gte=start, arrived_at__lt=start + timedelta(days=1))
    return rows


def newest_id(viewer: Actor, wanted: FeedFilter) -> int:
    """Return the id of the newest change in reach, 0 where there is none."""
    newest = changes_for(viewer, wanted).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def changes_after(viewer: Actor, wanted: FeedFilter, after: int, limit: int) -> list[OfficerVersion]:
    """Return what arrived after the change ``after``, newest first, at most ``limit``; one small query where nothing did."""
    return list(changes_for(viewer, wanted).filter(pk__gt=after).order_by("-pk")[:limit])


def lines_of(viewer: Actor, versions: Sequence[OfficerVersion]) -> list[FeedLine]:
    """Return versions as lines, in their order; three queries, whatever their number."""
    pks = [version.pk for version in versions]
    rows = OfficerVersion.system.select_related("officer", "account__agency").in_bulk(pks)
    before = {
        (row.officer_id, row.revision): row.content
        for row in OfficerVersion.system.filter(_previous(versions)).only("officer_id", "revision", "content")
    }
    contents = [*(version.content for version in versions), *before.values()]
    units = dict(
        Agency.objects.filter(pk__in={content["agency_id"] for content in contents if content}).values_list(
            "pk", "name"
        )
    )
    return [_line(viewer, rows[version.pk], before, units) for version in versions]


def _previous(versions: Sequence[OfficerVersion]) -> Q:
    condition = Q(pk__in=[])
    for version in versions:
        if version.revision > 1:
            condition |= Q(officer=version.officer_id, revision=version.revision - 1)
    return condition


def _line(
    viewer: Actor,
    version: OfficerVersion,
    before: dict[tuple[int, int], dict[str, object]],
    units: dict[int, str],
) -> FeedLine:
    word, tone = kind_word(version.kind)
    earlier = before.get((version.officer_id, version.revision - 1))
    changed = set(version.changed_fields) - _SAID_BY_ITSELF
    account = version.account
    return FeedLine(
        pk=version.pk,
        officer_id=version.officer_id,
        name=str(version.content.get("name", ERASED_NAME)),
        unit=units.get(version.content.get("agency_id"), ""),
        kind=word,
        tone=tone,
        person=version.account_name,
        person_unit=version.account_unit or (account.agency.name if account else ""),
        reason=version.reason,
        recorded_at=version.recorded_at,
        arrived_at=version.arrived_at,
        is_open=version.officer.state not in HIDDEN_STATES
        and is_permitted(viewer, Permission.OFFICER_VIEW, version.officer.place),
        differences=tuple(differences(earlier, version.content, changed, units))
        if earlier and version.content
        else (),
    )


__all__ = ["FeedFilter", "FeedLine", "changes_after", "changes_for", "lines_of", "newest_id"]
