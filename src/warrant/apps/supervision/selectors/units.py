"""For which unit figures are shown, and what they are compared with."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Exists

from warrant.apps.officers.selectors.agencies import agencies_in_reach
from warrant.apps.organisations.models import Agency
from warrant.apps.supervision.models import StatisticBuilding
from warrant.core.access import Actor, Level, Permission, require
from warrant.core.errors import N_, NotFound, Unavailable

VIEW = Permission.STATISTICS_VIEW
UNIT_COLUMN = {
    Level.PROVINCE: "province_unit",
    Level.CITY: "city_unit",
    Level.COUNTY: "county_unit",
    Level.AGENCY: "agency_unit",
}


def counts_nation() -> bool:
    """Tell whether this node holds the officers of the whole nation."""
    return Level.MINISTRY.value in settings.WARRANT_COUNTED_LEVELS


def unit_for(viewer: Actor, code: str) -> Agency:
    """Return the unit of a code, closed ones too; without a code, the highest over which the viewer has the right.

    Raises:
        NotFound: there is none, it lies out of reach, or it is the nation on a node that holds one province.
        NotPermitted: in reach, but not for statistics.
        Unavailable: the statistics of this register are still being made.
    """
    in_making = Exists(StatisticBuilding.objects.all())
    units = Agency.objects.select_related("parent__parent").annotate(has_statistics_in_making=in_making)
    unit = (
        units.filter(code=code.replace("\x00", " ")).first()
        if code
        else units.filter(pk=_highest(viewer)).first()
    )
    if unit is None or (unit.level == Level.MINISTRY and not counts_nation()):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(viewer, VIEW, unit.place)
    if unit.has_statistics_in_making:
        raise Unavailable("statistics-in-making", N_("统计数据正在根据执法人员档案生成，请过几分钟再看"))
    return unit


def _highest(viewer: Actor) -> int:
    order = list(Level)
    grants = sorted(viewer.grants_for(VIEW), key=lambda grant: order.index(grant.level))
    return grants[0].unit_id if grants else 0


def unit_above(unit: Agency) -> Agency | None:
    """Return the authority above, with whose shares the unit is compared; none for the top of this node."""
    above = unit.parent
    while above is not None and above.level == Level.AGENCY:
        above = above.parent
    if above is None or (above.level == Level.MINISTRY and not counts_nation()):
        return None
    return above


def units_to_choose(viewer: Actor, unit: Agency, on: date, limit: int = 60) -> list[Agency]:
    """Return the units above in reach, the unit itself and those directly below, open on the day."""
    reach = agencies_in_reach(viewer, VIEW, on)
    units_above = (unit.parent_id, unit.province_id, unit.city_id, unit.county_id)
    above = {pk for pk in units_above if pk is not None and pk != unit.pk}
    if not counts_nation():
        reach = reach.exclude(level=Level.MINISTRY.value)
    near = list((reach.filter(pk__in=above) | reach.filter(parent=unit))[: limit + len(above)])
    path = [each for each in near if each.pk in above]
    below = [each for each in near if each.pk not in above and each.pk != unit.pk]
    order = list(Level)
    return [*sorted(path, key=lambda each: order.index(Level(each.level))), unit, *below[:limit]]
