"""Reading the organisation tree: as of a day, by name, and through time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet

from warrant.apps.organisations.models import Agency, AgencySuccession, AgencyVersion
from warrant.apps.organisations.types import TreeNode
from warrant.core.access import Actor, Level, Permission
from warrant.core.errors import N_, NotFound, NotPermitted
from warrant.core.standards.agency_names import name_key
from warrant.core.standards.agency_seed import name_finder

MOST_SUCCESSIONS = 20


def _require_view(viewer: Actor) -> None:
    """The tree itself is no secret among those who work in it; whoever holds the view permission sees all of it."""
    if not viewer.has_anywhere(Permission.ORGANISATION_VIEW):
        raise NotPermitted("not-permitted", N_("您没有查看组织机构的权限，请与本单位系统管理员联系"))


def versions_on(day: date) -> QuerySet[AgencyVersion]:
    """Return the version of every unit that existed on ``day``, by code."""
    return (
        AgencyVersion.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)
        .select_related("agency", "parent")
        .order_by("agency__code")
    )


def open_agencies_on(day: date) -> QuerySet[Agency]:
    """Return the units that were open on ``day``, by code."""
    return Agency.objects.filter(Q(closed_on=None) | Q(closed_on__gt=day), opened_on__lte=day).order_by(
        "code"
    )


def name_on(agency: Agency, day: date) -> str:
    """Return what the unit was called on ``day``.

    Raises: NotFound when it did not exist then.
    """
    version = versions_on(day).filter(agency=agency).first()
    if version is None:
        raise NotFound("agency-not-on-day", N_("该机构在 %(day)s 不存在"), day=day.isoformat())
    return version.name


def agency_for(viewer: Actor, code: str) -> Agency:
    """Return the unit with this code.

    Raises: NotFound.
    """
    _require_view(viewer)
    agency = Agency.objects.filter(code=code).select_related("parent", "province", "city", "county").first()
    if agency is None:
        raise NotFound("agency-not-found", N_("没有找到该机构"))
    return agency


def history_of(viewer: Actor, agency: Agency) -> QuerySet[AgencyVersion]:
    """Return every version of the unit, newest first."""
    _require_view(viewer)
    return agency.versions.select_related("parent").order_by("-valid_from")


def successions_of(viewer: Actor, agency: Agency) -> QuerySet[AgencySuccession]:
    """Return what the unit came from and went over into, newest first."""
    _require_view(viewer)
    return (
        AgencySuccession.objects.filter(Q(predecessor=agency) | Q(successor=agency))
        .select_related("predecessor", "successor")
        .order_by("-happened_on", "id")
    )


def units_below(viewer: Actor, agency: Agency, day: date) -> QuerySet[AgencyVersion]:
    """Return the units directly below ``agency`` on ``day``, by code."""
    _require_view(viewer)
    return versions_on(day).filter(parent=agency)


def versions_named_like(viewer: Actor, text: str, day: date) -> QuerySet[AgencyVersion]:
    """Return the units whose name on ``day``, or whose code, contains ``text``."""
    _require_view(viewer)
    return versions_on(day).filter(Q(name_key__contains=name_key(text)) | Q(agency__code=text.strip()))


def tree_on(viewer: Actor, day: date) -> list[TreeNode]:
    """Return the tree as it stood on ``day``, from the node's own unit down; from all tops where it has none."""
    _require_view(viewer)
    own = settings.WARRANT_NODE.code
    nodes: dict[int, TreeNode] = {}
    versions = list(versions_on(day))
    for version in versions:
        agency = version.agency
        nodes[agency.pk] = TreeNode(agency.code, version.name, agency.level, is_open=agency.code == own)
    tops: list[TreeNode] = []
    for version in versions:
        above = nodes.get(version.parent_id) if version.parent_id else None
        (tops if above is None else above.below).append(nodes[version.agency_id])
    return [node for node in nodes.values() if node.code == own] or tops


def merge_candidates(viewer: Actor, agency: Agency) -> QuerySet[Agency]:
    """Return the open units into which ``agency`` may go: of its level, in its city or else its province, by code."""
    _require_view(viewer)
    around = (
        {"city": agency.city}
        if agency.city_id and agency.level != Level.CITY
        else {"province": agency.province}
    )
    same = Agency.objects.filter(level=agency.level, closed_on=None, **around)
    return same.exclude(pk=agency.pk).order_by("code")


def find_agency(name: str, day: date) -> Agency | None:
    """Return the unit that bears the name on ``day``, or the one into which a former bearer went; None if unclear."""
    code = agency_finder(day)(name)
    return Agency.objects.filter(code=code).first() if code else None


def agency_finder(day: date) -> Callable[[str], str | None]:
    """Return a lookup from any present or former name to the code of the unit that stands for it on ``day``.

    Reads the whole tree once, so that a roster of any length costs three queries. A name in use on ``day`` counts
    before a former one; a closed unit stands for its successor; a name that fits several units finds none.
    """
    successor_of = _single_successors(day)
    is_open = dict(open_agencies_on(day).values_list("code", "pk"))
    present: dict[str, set[str]] = {}
    former: dict[str, set[str]] = {}
    rows = AgencyVersion.objects.filter(valid_from__lte=day).values_list(
        "name_key", "agency__code", "valid_until"
    )
    for key, code, valid_until in rows:
        standing = _standing(code, successor_of)
        if standing not in is_open:
            continue
        is_present = standing == code and (valid_until is None or valid_until > day)
        (present if is_present else former).setdefault(key, set()).add(standing)
    return name_finder({**former, **present})


def _single_successors(day: date) -> dict[str, str]:
    successors: dict[str, set[str]] = {}
    rows = AgencySuccession.objects.filter(happened_on__lte=day)
    for before, after in rows.values_list("predecessor__code", "successor__code"):
        successors.setdefault(before, set()).add(after)
    return {before: next(iter(after)) for before, after in successors.items() if len(after) == 1}


def _standing(code: str, successor_of: dict[str, str]) -> str:
    for _ in range(MOST_SUCCESSIONS):
        if code not in successor_of:
            break
        code = successor_of[code]
    return code


def authority_of(agency: Agency) -> Agency | None:
    """Return the competent authority: the nearest unit above (or itself) that is no enforcement agency."""
    standing: Agency | None = agency
    while standing is not None and standing.level == Level.AGENCY:
        standing = standing.parent
    return standing
