"""What the unit above has to see to: cases past their due day, and steps for which a unit has nobody who decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.accounts.models import RoleAssignment
from warrant.apps.accounts.selectors.leaves import delegations_on, leaves_on
from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.assigning import freed_item, stuck_item
from warrant.apps.applications.selectors.presence import STEP_ROLES
from warrant.apps.applications.selectors.timing import due_of_case
from warrant.apps.applications.types import STEP_NAMES
from warrant.apps.foundation import clock
from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.organisations.models import Agency
from warrant.core.access import (
    ROLE_NAMES,
    Actor,
    Grant,
    Level,
    Permission,
    Role,
    is_permitted,
)
from warrant.core.access.decision import NATION
from warrant.core.lifecycle import ApplicationState
from warrant.core.lifecycle.application import STEP_PERMISSION

MOST = 10
"""Lines of each kind on the first page: beside them stands what the person has to decide."""

WATCHING_ROLES = frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.VERIFIER, Role.APPROVER})
"""Who sees to the units directly below; a supervisor sees to the own unit too."""


def _below(grant: Grant) -> Q:
    """Return the cases that wait for a unit directly below the grant's, or for the supervisor's own."""
    city, county, agency = (
        Q(waiting_unit_id=F(name)) for name in ("city_unit", "county_unit", "agency_unit")
    )
    ways = {
        Level.PROVINCE: Q(province_unit=grant.unit_id)
        & (city | Q(city_unit=None) & county | Q(city_unit=None, county_unit=None) & agency),
        Level.CITY: Q(city_unit=grant.unit_id) & (county | Q(county_unit=None) & agency),
        Level.COUNTY: Q(county_unit=grant.unit_id) & agency,
    }
    found = ways.get(grant.level, Q(pk__in=[])) & ~Q(waiting_unit_id=grant.unit_id)
    return found | Q(waiting_unit_id=grant.unit_id) if grant.role is Role.SUPERVISOR else found


def _watched(viewer: Actor) -> Q | None:
    grants = [grant for grant in viewer.grants if grant.role in WATCHING_ROLES]
    if not grants:
        return None
    condition = Q(pk__in=[])
    for grant in grants:
        condition |= _below(grant)
    return condition


def overdue_below(viewer: Actor) -> QuerySet[Application] | None:
    """Return the overdue cases that the viewer's unit has to see to, longest overdue first; ``None`` without such a role."""
    condition = _watched(viewer)
    if condition is None:
        return None
    names = Agency.objects.filter(pk=OuterRef("waiting_unit_id")).values("name")[:1]
    rows = Application.system.filter(condition, due_on__lt=clock.today())
    return rows.annotate(unit_name=Subquery(names)).order_by("due_on", "id")


def _overdue_item(row: Any) -> WorkItem:
    due = due_of_case(row)
    return WorkItem(
        kind="application-overdue",
        title=_("督办超期的资格申请：%(name)s") % {"name": row.officer.name},
        detail=_("%(unit)s尚未办理，%(number)s") % {"unit": row.unit_name, "number": row.number},
        url=reverse("application-detail", kwargs={"number": row.number}),
        waiting_since=row.waiting_since,
        tone=due.tone,
        due=due.word,
        action=_("查看"),
    )


def deciders_of(state: ApplicationState, unit: OuterRef) -> QuerySet[RoleAssignment]:
    """Return the roles held now that decide at ``state`` for ``unit``: by people at work, or with a substitute."""
    roles = [role.value for role in STEP_ROLES[state]]
    held = RoleAssignment.objects.filter(
        unit_id=unit, role__in=roles, withdrawn_at=None, account__is_active=True
    )
    today = clock.today()
    away = leaves_on(today).values("account_id")
    stood_in = delegations_on(today).exclude(to_account_id__in=away)
    same = stood_in.filter(
        from_account_id=OuterRef("account_id"), role=OuterRef("role"), unit_id=OuterRef("unit_id")
    )
    return held.filter(~Q(account_id__in=away) | Exists(same))


def undecided_units(viewer: Actor, state: ApplicationState) -> QuerySet[Agency] | None:
    """Return the units for which cases wait at ``state`` though nobody there decides; ``None`` if that is not the viewer's."""
    waiting = Application.system.filter(waiting_unit_id=OuterRef("pk"), decides_as=state.value)
    if not is_permitted(viewer, Permission.ROLE_ASSIGN, NATION):
        condition = _watched(viewer)
        if condition is None:
            return None
        waiting = waiting.filter(condition)
    oldest = waiting.order_by().values("waiting_unit_id").annotate(at=Min("waiting_since")).values("at")
    rows = Agency.objects.filter(Exists(waiting), ~Exists(deciders_of(state, OuterRef("pk"))))
    return rows.annotate(waiting_since=Subquery(oldest)).order_by("waiting_since", "id")


_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Before everything: a range leads the databases to the small index of the few rows that have the moment at all."""
_CASE_FIELDS = ("number", "unit_name", "officer__name")


def _case_queues(viewer: Actor) -> Iterable[Queue]:
    """Yield the cases that went back to nobody, for whoever leads the unit, and those on which nobody there may decide."""
    names = Agency.objects.filter(pk=OuterRef("waiting_unit_id")).values("name")[:1]
    rows = Application.system.annotate(unit_name=Subquery(names))
    condition = _watched(viewer)
    if condition is not None:
        freed = rows.filter(condition, freed_at__gt=_LONG_AGO).order_by("freed_at", "id")
        yield Queue(freed, (*_CASE_FIELDS, "freed_at", "freed_from", "freed_why"), freed_item, MOST)
    if is_permitted(viewer, Permission.ROLE_ASSIGN, NATION):
        condition = Q()
    if condition is not None:
        stuck = rows.filter(condition, stuck_since__gt=_LONG_AGO).order_by("stuck_since", "id")
        yield Queue(stuck, (*_CASE_FIELDS, "stuck_since"), stuck_item, MOST)


def _undecided_item(viewer: Actor, state: ApplicationState) -> Callable[[Any], WorkItem]:
    is_administrator = is_permitted(viewer, Permission.ROLE_ASSIGN, NATION)
    role = _(ROLE_NAMES[STEP_ROLES[state][0]])

    def item(row: Any) -> WorkItem:
        return WorkItem(
            kind="unit-without-decider",
            title=_("%(unit)s没有%(role)s，申请无人办理") % {"unit": row.name, "role": role},
            detail=_("等待%(step)s；请安全管理员授权，或由在岗人员代理") % {"step": _(STEP_NAMES[state])},
            url=reverse("account-list")
            if is_administrator
            else f"{reverse('application-list')}?state={state.value}",
            waiting_since=row.waiting_since,
            tone="broken",
            due=_("无人办理"),
            action=_("查看"),
        )

    return item


def _alarms(viewer: Actor) -> Iterable[Queue]:
    for state in STEP_PERMISSION:
        rows = undecided_units(viewer, state)
        if rows is not None:
            yield Queue(rows, ("name", "waiting_since"), _undecided_item(viewer, state), MOST)


def watching_queues(viewer: Actor) -> list[Queue]:
    """Return what the viewer's unit has to see to in the units below, and what the security administrator has to mend."""
    queues = [*_alarms(viewer), *_case_queues(viewer)]
    rows = overdue_below(viewer)
    if rows is not None:
        fields = (
            "number",
            "waiting_since",
            "due_on",
            "warn_on",
            "unit_name",
            "officer__name",
            "officer__agency__province__code",
        )
        queues.append(Queue(rows, fields, _overdue_item, MOST))
    return queues
