"""Changing the organisation tree: every change has its day, and no day before it is touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.organisations.models import Agency, AgencySuccession, AgencyVersion
from warrant.apps.organisations.services.publishing import publish_units
from warrant.core.access import Actor, Level, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.standards import divisions
from warrant.core.standards.agency_names import name_key
from warrant.core.standards.agency_seed import seed_agencies

SEED_VALID_FROM = date(2010, 1, 1)
"""From when the shipped tree counts. What units were called before they were registered is not known (assumption)."""

LEVELS_BELOW = {
    Level.MINISTRY: (Level.PROVINCE,),
    Level.PROVINCE: (Level.CITY, Level.COUNTY, Level.AGENCY),
    Level.CITY: (Level.COUNTY, Level.AGENCY),
    Level.COUNTY: (Level.AGENCY,),
    Level.AGENCY: (Level.AGENCY,),
}
"""Which levels may stand directly below which. A municipality has counties without cities between."""

_DIVISION_LEVEL = {Level.PROVINCE: "province", Level.CITY: "city", Level.COUNTY: "county"}


@transaction.atomic
def open_agency(
    actor: Actor, parent: Agency, *, name: str, level: Level, division_code: str = "", on: date, now: datetime
) -> Agency:
    """Open a unit below ``parent`` from the day ``on``; ``division_code`` (six digits) is needed for a city or county.

    Raises: NotPermitted, NotFound; InvalidInput: "agency-level", "agency-division", "agency-name", "agency-date",
    "agency-name-taken", "agency-code-taken"; Conflict: "agency-closed".
    """
    parent = _locked(parent)
    require(actor, Permission.ORGANISATION_MANAGE, parent.place)
    _check_open(parent)
    if level not in LEVELS_BELOW[Level(parent.level)]:
        raise InvalidInput("agency-level", N_("该上级单位下不能设立这一级别的机构"), place="level")
    _check_day(on, parent.opened_on, now)
    name = _checked_name(name, on)
    code, division_code = _code_below(parent, level, division_code)
    agency = Agency(
        code=code, level=level.value, division_code=division_code, name=name, parent=parent, opened_on=on
    )
    _add(agency)
    record(
        actor,
        "organisation.opened",
        f"agency:{code}",
        f"设立 {name}，上级 {parent.name}，自 {on.isoformat()}",
        now=now,
    )
    publish_units([agency], now=now)
    return agency


@transaction.atomic
def rename_agency(actor: Actor, agency: Agency, *, name: str, on: date, now: datetime) -> AgencyVersion:
    """Give the unit another name from the day ``on``; every day before keeps the old one.

    Raises: NotPermitted, NotFound; InvalidInput: "agency-name", "agency-date",
    "agency-name-taken"; Conflict: "agency-closed".
    """
    agency = _locked(agency)
    require(actor, Permission.ORGANISATION_MANAGE, agency.place)
    _check_open(agency)
    current = _current_version(agency)
    _check_day(on, current.valid_from, now, must_be_later=True)
    name = _checked_name(name, on, except_for=agency)
    if name == current.name:
        raise InvalidInput("agency-name", N_("新名称与现名称相同"), place="name")
    _end_version(current, on)
    version = AgencyVersion.objects.create(agency=agency, name=name, parent=current.parent, valid_from=on)
    agency.name = name
    agency.save(update_fields=["name"])
    record(
        actor,
        "organisation.renamed",
        f"agency:{agency.code}",
        f"{current.name} 更名为 {name}，自 {on.isoformat()}",
        now=now,
    )
    publish_units([agency], now=now)
    return version


@transaction.atomic
def merge_agencies(
    actor: Actor, predecessors: Sequence[Agency], successor: Agency, *, on: date, reason: str, now: datetime
) -> None:
    """Close ``predecessors`` on the day ``on``; their work goes over to ``successor``.

    Raises: NotPermitted, NotFound; InvalidInput: "merge-nothing", "merge-itself", "agency-date", "reason-missing";
    Conflict: "agency-closed", "agency-has-units".
    """
    if not predecessors:
        raise InvalidInput("merge-nothing", N_("请选择要并入的机构"), place="predecessors")
    if any(agency.pk == successor.pk for agency in predecessors):
        raise InvalidInput("merge-itself", N_("机构不能并入自身"), place="predecessors")
    successor = _locked(successor)
    require(actor, Permission.ORGANISATION_MANAGE, successor.place)
    _check_open(successor)
    _check_day(on, successor.opened_on, now)
    closed = []
    for agency in sorted(predecessors, key=lambda unit: unit.pk):
        locked = _locked(agency)
        closed.append(locked)
        _close(actor, locked, on, reason, now)
        AgencySuccession.objects.create(
            predecessor=locked, successor=successor, happened_on=on, reason=reason.strip()
        )
        record(
            actor,
            "organisation.merged",
            f"agency:{locked.code}",
            f"{locked.name} 并入 {successor.name}，自 {on.isoformat()}：{reason.strip()}",
            now=now,
        )
    publish_units(closed, now=now)


@transaction.atomic
def close_agency(actor: Actor, agency: Agency, *, on: date, reason: str, now: datetime) -> None:
    """Close the unit from the day ``on``; it stays in all history.

    Raises: NotPermitted, NotFound; InvalidInput: "agency-date", "reason-missing"; Conflict: "agency-closed",
    "agency-has-units".
    """
    locked = _locked(agency)
    _close(actor, locked, on, reason, now)
    record(
        actor,
        "organisation.closed",
        f"agency:{locked.code}",
        f"撤销 {locked.name}，自 {on.isoformat()}：{reason.strip()}",
        now=now,
    )
    publish_units([locked], now=now)


@transaction.atomic
def seed_organisations(now: datetime) -> int:
    """Enter the shipped tree where units are missing, and return how many were; safe to run again.

    Units that exist keep whatever has become of them since.
    """
    known = {agency.code: agency for agency in Agency.objects.select_related("province", "city", "county")}
    added = 0
    for seed in seed_agencies():
        if seed.code in known:
            continue
        agency = Agency(
            code=seed.code,
            level=seed.level,
            division_code=seed.division_code,
            name=seed.name,
            parent=known.get(seed.parent_code),
            opened_on=SEED_VALID_FROM,
        )
        _add(agency)
        known[seed.code] = agency
        added += 1
    if added:
        record(None, "organisation.seeded", "agency:ministry", f"录入初始组织机构 {added} 个", now=now)
    return added


def _add(agency: Agency) -> None:
    """Save a new unit with its place in the tree and its first version."""
    parent = agency.parent
    if parent is not None:
        agency.province, agency.city, agency.county = parent.province, parent.city, parent.county
    agency.save()
    if agency.level in _DIVISION_LEVEL:
        setattr(agency, agency.level, agency)
        agency.save(update_fields=[agency.level])
    AgencyVersion.objects.create(agency=agency, name=agency.name, parent=parent, valid_from=agency.opened_on)


def _close(actor: Actor, agency: Agency, on: date, reason: str, now: datetime) -> None:
    require(actor, Permission.ORGANISATION_MANAGE, agency.place)
    _check_open(agency)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请填写依据或理由"), place="reason")
    current = _current_version(agency)
    _check_day(on, current.valid_from, now, must_be_later=True)
    if Agency.objects.filter(parent=agency, closed_on=None).exists():
        raise Conflict("agency-has-units", N_("“%(name)s”下还有机构；请先撤并下属机构"), name=agency.name)
    _end_version(current, on)
    agency.closed_on = on
    agency.save(update_fields=["closed_on"])


def _locked(agency: Agency) -> Agency:
    return Agency.objects.select_for_update().get(pk=agency.pk)


def _check_open(agency: Agency) -> None:
    if agency.closed_on is not None:
        raise Conflict(
            "agency-closed",
            N_("“%(name)s”已于 %(day)s 撤销，不能再变更"),
            name=agency.name,
            day=agency.closed_on.isoformat(),
        )


def _check_day(on: date, earliest: date, now: datetime, *, must_be_later: bool = False) -> None:
    """A change counts from today or an earlier day, never from before what it changes."""
    if on > timezone.localdate(now):
        raise InvalidInput("agency-date", N_("生效日期不能晚于今天；请在生效当天或之后登记"), place="on")
    if on < earliest or (must_be_later and on == earliest):
        raise InvalidInput(
            "agency-date", N_("生效日期必须晚于上一次变更（%(day)s）"), place="on", day=earliest.isoformat()
        )


def _checked_name(name: str, on: date, except_for: Agency | None = None) -> str:
    cleaned = "".join(name.split())
    if len(cleaned) < 4 or len(cleaned) > 120:
        raise InvalidInput("agency-name", N_("请填写机构全称（4 至 120 字）"), place="name")
    same = AgencyVersion.objects.filter(name_key=name_key(cleaned), valid_until=None)
    if except_for is not None:
        same = same.exclude(agency=except_for)
    if same.exists():
        raise InvalidInput("agency-name-taken", N_("已有名为“%(name)s”的机构"), place="name", name=cleaned)
    return cleaned


def _current_version(agency: Agency) -> AgencyVersion:
    return AgencyVersion.objects.select_related("parent").get(agency=agency, valid_until=None)


def _end_version(version: AgencyVersion, on: date) -> None:
    version.valid_until = on
    version.save(update_fields=["valid_until"])


def _code_below(parent: Agency, level: Level, division_code: str) -> tuple[str, str]:
    """Return code and division code of a new unit: the division's own for an authority, the next number for an agency."""
    if level is Level.AGENCY:
        taken = Agency.objects.filter(code__startswith=f"{parent.code}-").values_list("code", flat=True)
        depth = parent.code.count("-") + 1
        numbers = [int(code.rsplit("-", 1)[1]) for code in taken if code.count("-") == depth]
        return f"{parent.code}-{max(numbers, default=0) + 1:02d}", parent.division_code
    well_formed = len(division_code) == 6 and division_code.isascii() and division_code.isdigit()
    known = divisions.find(division_code) if well_formed else None
    above = divisions.short_code(parent.division_code)
    if (
        not well_formed
        or (known and known.level != _DIVISION_LEVEL[level])
        or not division_code.startswith(above)
    ):
        raise InvalidInput(
            "agency-division", N_("请填写上级辖区内、与级别相符的 6 位行政区划代码"), place="division_code"
        )
    if Agency.objects.filter(code=division_code).exists():
        raise InvalidInput(
            "agency-code-taken",
            N_("行政区划代码 %(division_code)s 已有主管部门"),
            place="division_code",
            division_code=division_code,
        )
    return division_code, division_code


__all__ = [
    "LEVELS_BELOW",
    "SEED_VALID_FROM",
    "close_agency",
    "merge_agencies",
    "open_agency",
    "rename_agency",
    "seed_organisations",
]
