"""Reading the organisation tree: as of a day, by name, and through time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from warrant.apps.organisations.models import Agency, AgencySuccession, AgencyVersion
from warrant.apps.organisations.types import TreeNode, UnitPanel, UnitPanelProvider
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


_ABOVE = ("parent__parent__parent__parent",)
"""The whole way up to the nation, for the way back on a page: five levels at most."""


def agency_for(viewer: Actor, code: str) -> Agency:
    """Return the unit with this code.

    Raises: NotFound.
    """
    _require_view(viewer)
    agency = Agency.objects.filter(code=code).select_related(*_ABOVE, "province", "city", "county").first()
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


class _Shape:
    """Who stood under whom on a day, without names: two small columns of the whole tree, read at once."""

    def __init__(self, day: date) -> None:
        self.parent_of: dict[int, int | None] = {}
        self.below: dict[int | None, list[int]] = {}
        self.pk_of: dict[str, int] = {}
        self.code_of: dict[int, str] = {}
        self._day = day
        for pk, code, parent in versions_on(day).values_list("agency_id", "agency__code", "parent_id"):
            self.parent_of[pk] = parent
            self.below.setdefault(parent, []).append(pk)
            self.pk_of[code] = pk
            self.code_of[pk] = code

    def unit(self, code: str) -> int:
        """Return the unit with this code. Raises: NotFound."""
        if code not in self.pk_of:
            raise NotFound("agency-not-found", N_("没有找到该机构"))
        return self.pk_of[code]

    def up_from(self, pk: int) -> set[int]:
        """Return the unit and all above it."""
        above: set[int] = set()
        standing: int | None = pk
        while standing is not None and standing not in above:
            above.add(standing)
            standing = self.parent_of.get(standing)
        return above

    def tops(self) -> list[int]:
        """Return the units that had none above them."""
        return [pk for pk, parent in self.parent_of.items() if parent not in self.parent_of]

    def nodes(self, units: list[int], unfolded: set[int]) -> list[TreeNode]:
        """Return the units, and below those in ``unfolded`` the next ones; one query for all names."""
        shown = list(units)
        for pk in shown:  # grows while it is walked
            if pk in unfolded:
                shown.extend(self.below.get(pk, ()))
        rows = versions_on(self._day).filter(agency_id__in=shown)
        names = dict(rows.values_list("agency_id", "name"))

        def node(pk: int) -> TreeNode:
            lower = self.below.get(pk, [])
            below = [node(one) for one in lower] if pk in unfolded else []
            return TreeNode(self.code_of[pk], names[pk], len(lower), is_open=pk in unfolded, below=below)

        return [node(pk) for pk in units]


def tree_on(viewer: Actor, day: date, opened: str = "") -> list[TreeNode]:
    """Return the tree as it stood on ``day``, from the node's own unit down; from all tops where it has none.

    Only the first level is unfolded, and the way down to the unit with the code ``opened`` and what is below it.

    Raises: NotFound when no unit had that code then.
    """
    _require_view(viewer)
    shape = _Shape(day)
    own = shape.pk_of.get(settings.WARRANT_NODE.code)
    unfolded = {own} if own is not None else set()
    if opened:
        unfolded |= shape.up_from(shape.unit(opened))
    return shape.nodes(shape.tops() if own is None else [own], unfolded)


def tree_level_on(viewer: Actor, day: date, code: str) -> list[TreeNode]:
    """Return the units directly below the one with this code on ``day``, all folded.

    Raises: NotFound when no unit had that code then.
    """
    _require_view(viewer)
    shape = _Shape(day)
    return shape.nodes(shape.below.get(shape.unit(code), []), set())


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


def panels_of(viewer: Actor, agency: Agency) -> list[UnitPanel]:
    """Return what other apps show on a unit's page for this viewer, in the order of the settings."""
    panels = []
    for path in getattr(settings, "WARRANT_UNIT_PANELS", ()):
        provider: UnitPanelProvider = import_string(path)
        panel = provider(viewer, agency)
        if panel is not None:
            panels.append(panel)
    return panels
