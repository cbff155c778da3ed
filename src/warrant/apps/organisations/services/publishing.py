"""A province tells the ministry how its units stand: each unit whole, by code, with every name it ever bore.

Whole units make the order of arrival harmless: what came last is how it is.

Source: 2009 notice, 四(一); ADR-0014.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from warrant.apps.audit.services import record
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish
from warrant.apps.organisations.models import Agency, AgencySuccession, AgencyVersion
from warrant.core.access import Level
from warrant.core.errors import N_, InvalidInput

MINISTRY = "ministry"
ORGANISATION_CHANGED = "organisation.changed"
SENDS_UP = "send-log"
"""The capability of a node that tells another one above it."""
UNITS_IN_AN_EVENT = 200
_COLUMN = {Level.PROVINCE: "province", Level.CITY: "city", Level.COUNTY: "county"}


def publish_units(agencies: Sequence[Agency], *, now: datetime) -> None:
    """Leave how these units stand for the ministry, in the running transaction; nothing on other nodes."""
    if SENDS_UP not in settings.WARRANT_CAPABILITIES or not agencies:
        return
    ordered = sorted(agencies, key=lambda agency: (len(agency.code), agency.code))
    for start in range(0, len(ordered), UNITS_IN_AN_EVENT):
        units = _told(ordered[start : start + UNITS_IN_AN_EVENT])
        publish(MINISTRY, ORGANISATION_CHANGED, f"agency:{units[0]['code']}", {"units": units}, now=now)


def publish_tree(*, now: datetime) -> None:
    """Leave how every unit of this province stands."""
    own = Agency.objects.filter(province__code=settings.WARRANT_NODE.code)
    publish_units(list(own), now=now)


def _told(agencies: Sequence[Agency]) -> list[dict[str, object]]:
    pks = [agency.pk for agency in agencies]
    versions: dict[int, list[dict[str, str | None]]] = {pk: [] for pk in pks}
    rows = AgencyVersion.objects.filter(agency__in=pks).order_by("valid_from")
    for pk, name, parent, since, until in rows.values_list(
        "agency_id", "name", "parent__code", "valid_from", "valid_until"
    ):
        versions[pk].append(
            {
                "name": name,
                "parent": parent,
                "valid_from": since.isoformat(),
                "valid_until": until.isoformat() if until else None,
            }
        )
    went_over: dict[int, list[dict[str, str]]] = {pk: [] for pk in pks}
    for pk, code, on, reason in AgencySuccession.objects.filter(predecessor__in=pks).values_list(
        "predecessor_id", "successor__code", "happened_on", "reason"
    ):
        went_over[pk].append({"successor": code, "happened_on": on.isoformat(), "reason": reason})
    parents = dict(Agency.objects.filter(children__in=pks).values_list("pk", "code"))
    return [
        {
            "code": agency.code,
            "level": agency.level,
            "division_code": agency.division_code,
            "name": agency.name,
            "parent": parents.get(agency.parent_id or 0),
            "opened_on": agency.opened_on.isoformat(),
            "closed_on": agency.closed_on.isoformat() if agency.closed_on else None,
            "versions": versions[agency.pk],
            "went_over": went_over[agency.pk],
        }
        for agency in agencies
    ]


@dataclass(frozen=True)
class _Unit:
    """One unit as a province tells it."""

    code: str
    level: Level
    division_code: str
    name: str
    parent: str
    opened_on: date
    closed_on: date | None
    versions: tuple[tuple[str, str, date, date | None], ...]
    went_over: tuple[tuple[str, date, str], ...]


def receive_organisation_changed(received: ReceivedEvent, *, now: datetime) -> None:
    """Take a province's units as it tells them: first handler of ``organisation.changed`` at the ministry.

    Raises: InvalidInput ``organisation-content-invalid``, ``organisation-foreign``.
    """
    told = received.event.data.get("units")
    if not isinstance(told, list) or not 0 < len(told) <= UNITS_IN_AN_EVENT:
        raise _bad("units")
    units = [_unit(entry) for entry in told]
    related = {unit.code for unit in units} | {unit.parent for unit in units}
    related |= {code for unit in units for code, _on, _why in unit.went_over}
    related |= {parent for unit in units for _name, parent, _since, _until in unit.versions}
    held = Agency.objects.select_related("province").in_bulk(related, field_name="code")
    for unit in units:
        held[unit.code] = _keep(unit, held, received.node)
    for unit in units:
        _keep_history(unit, held)
    names = "、".join(unit.name for unit in units[:3])
    record(
        None, "organisation.received", f"node:{received.node}", f"{len(units)} 个机构：{names}"[:300], now=now
    )


def _keep(unit: _Unit, held: Mapping[str, Agency], node: str) -> Agency:
    parent = held.get(unit.parent)
    if parent is None:
        raise _bad("parent")
    agency = held.get(unit.code) or Agency(code=unit.code)
    is_own = unit.code == node if unit.level is Level.PROVINCE else _province_code(parent) == node
    if not is_own or (agency.pk and _province_code(agency) != node) or unit.level is Level.MINISTRY:
        raise InvalidInput(
            "organisation-foreign",
            N_("机构 %(unit)s 不属于 %(node)s，已拒收"),
            place="code",
            unit=unit.code,
            node=node,
        )
    agency.level, agency.division_code = unit.level.value, unit.division_code
    agency.name, agency.parent = unit.name, parent
    agency.opened_on, agency.closed_on = unit.opened_on, unit.closed_on
    agency.province, agency.city, agency.county = parent.province, parent.city, parent.county
    if agency._state.adding:
        agency.save()
    if unit.level in _COLUMN:
        setattr(agency, _COLUMN[unit.level], agency)
    agency.save()
    return agency


def _province_code(agency: Agency) -> str:
    return agency.province.code if agency.province else ""


def _keep_history(unit: _Unit, held: Mapping[str, Agency]) -> None:
    agency = held[unit.code]
    AgencyVersion.objects.filter(agency=agency).exclude(
        valid_from__in=[since for _name, _parent, since, _until in unit.versions]
    ).delete()
    for name, parent, since, until in unit.versions:
        AgencyVersion.objects.update_or_create(
            agency=agency,
            valid_from=since,
            defaults={"name": name, "parent": held.get(parent), "valid_until": until},
        )
    for code, on, reason in unit.went_over:
        if code in held:
            AgencySuccession.objects.update_or_create(
                predecessor=agency, successor=held[code], defaults={"happened_on": on, "reason": reason}
            )


def _unit(entry: object) -> _Unit:
    if not isinstance(entry, dict):
        raise _bad("units")
    versions, went_over = entry.get("versions"), entry.get("went_over")
    if not isinstance(versions, list) or not versions or not isinstance(went_over, list):
        raise _bad("versions")
    try:
        return _Unit(
            code=_text(entry, "code", 24),
            level=Level(_text(entry, "level", 12)),
            division_code=_text(entry, "division_code", 6),
            name=_text(entry, "name", 120),
            parent=_text(entry, "parent", 24),
            opened_on=date.fromisoformat(_text(entry, "opened_on", 10)),
            closed_on=_day_or_none(entry, "closed_on"),
            versions=tuple(
                (
                    _text(version, "name", 120),
                    _text(version, "parent", 24),
                    date.fromisoformat(_text(version, "valid_from", 10)),
                    _day_or_none(version, "valid_until"),
                )
                for version in versions
            ),
            went_over=tuple(
                (
                    _text(row, "successor", 24),
                    date.fromisoformat(_text(row, "happened_on", 10)),
                    _text(row, "reason", 300),
                )
                for row in went_over
            ),
        )
    except (ValueError, AttributeError) as error:
        raise _bad("units") from error


def _text(entry: Mapping[str, object], name: str, longest: int) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise _bad(name)
    return value


def _day_or_none(entry: Mapping[str, object], name: str) -> date | None:
    return None if entry.get(name) is None else date.fromisoformat(_text(entry, name, 10))


def _bad(place: str) -> InvalidInput:
    return InvalidInput(
        "organisation-content-invalid",
        N_("机构变更事件的内容不符合规定（%(field)s），已拒收"),
        place=place,
        field=place,
    )


__all__ = ["publish_tree", "publish_units", "receive_organisation_changed"]
