"""Who is there to decide for a unit: its people at work, and whoever stands in for those on leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, or_

from django.db.models import Exists, OuterRef, Q

from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.selectors.leaves import delegations_on, leaves_on
from warrant.apps.applications.models import Application, Opinion
from warrant.core.access import ROLE_PERMISSIONS, Role
from warrant.core.lifecycle import ApplicationState
from warrant.core.lifecycle.application import STEP_PERMISSION

STEP_ROLES: Mapping[ApplicationState, tuple[Role, ...]] = {
    state: tuple(role for role in Role if permission in ROLE_PERMISSIONS[role])
    for state, permission in STEP_PERMISSION.items()
}
"""The roles that decide at each step."""

Desk = tuple[int | None, str]
"""Where a case waits: the unit's id, and the step whose permission the decision asks for."""

MOST_UNITS = 40
"""Units asked about in one statement."""


def part_taken(account_id: int) -> Q:
    """Return the cases in which this person's part bars a decision now, as ``cases.decision_bar`` says it of one."""
    # Asked of each case by itself: a list then looks at as many cases as it shows, not at all of them.
    said = Opinion.objects.filter(
        Q(round=OuterRef("round")) | ~Q(state=OuterRef("state")) | Q(action="refuse"),
        Q(account_id=account_id) | Q(on_behalf_of_id=account_id),
        application_id=OuterRef("pk"),
    )
    entered = Q(officer__entered_by_id__isnull=False, officer__entered_by_id=account_id)
    return Q(prepared_by_id=account_id) | entered | Q(Exists(said))


def own_or_part_taken(account_id: int) -> Q:
    """Return the cases on which neither this person nor a substitute of theirs may decide now: the own ones, too."""
    own = Account.objects.filter(pk=account_id, officer_uid__isnull=False).values("officer_uid")
    return part_taken(account_id) | Q(officer__uid__in=own)


@dataclass(frozen=True)
class Way:
    """One way in which a desk can decide: somebody in person, or a substitute for somebody."""

    account_id: int
    principal_id: int | None = None

    @property
    def people(self) -> tuple[int, ...]:
        """Whose part in a case bars this way."""
        return (self.account_id,) if self.principal_id is None else (self.account_id, self.principal_id)


@dataclass(frozen=True)
class Presence:
    """Who could decide at each desk today, and who holds the role though on leave without a substitute."""

    ways: Mapping[Desk, Sequence[Way]]
    away: frozenset[tuple[Desk, int]]

    def is_there(self, desk: Desk, account_id: int) -> bool:
        """Tell whether a case can lie with this person: at work, standing in, or stood in for."""
        return any(account_id in way.people for way in self.ways.get(desk, ()))


def presence_on(day: date) -> Presence:
    """Return who is there to decide on a day; three queries."""
    absent = set(leaves_on(day).values_list("account_id", flat=True))
    states = {role.value: state.value for state, roles in STEP_ROLES.items() for role in roles}
    held = RoleAssignment.objects.filter(
        role__in=list(states), withdrawn_at=None, account__is_active=True
    ).values_list("account_id", "role", "unit_id")
    holders = set(held)
    ways: dict[Desk, list[Way]] = defaultdict(list)
    stood_in: set[tuple[Desk, int]] = set()
    for giver, substitute, role, unit in delegations_on(day).values_list(
        "from_account_id", "to_account_id", "role", "unit_id"
    ):
        if (giver, role, unit) in holders and substitute not in absent:
            desk = (unit, states[role])
            ways[desk].append(Way(substitute, giver))
            stood_in.add((desk, giver))
    away = set()
    for account_id, role, unit in holders:
        desk = (unit, states[role])
        if account_id not in absent:
            ways[desk].append(Way(account_id))
        elif (desk, account_id) not in stood_in:
            away.add((desk, account_id))
    return Presence(ways, frozenset(away))


def _barred_everywhere(desk: Desk, ways: Iterable[Way]) -> Q:
    """Return the cases of a desk from which every way of deciding is barred."""
    barred = (reduce(or_, (own_or_part_taken(person) for person in way.people)) for way in ways)
    return reduce(and_, barred, Q(waiting_unit_id=desk[0], decides_as=desk[1]))


def barred_from_everybody(presence: Presence) -> Iterator[Q]:
    """Yield conditions that together give the waiting cases on which nobody of the unit may decide.

    Desks at which nobody is at all are left out: those are an alarm of the unit, not of a case.
    """
    waiting = Application.system.exclude(decides_as="").order_by()
    desks = waiting.values_list("waiting_unit_id", "decides_as").distinct()
    staffed = [desk for desk in desks if presence.ways.get(desk)]
    staffed.sort(key=str)
    for start in range(0, len(staffed), MOST_UNITS):
        some = staffed[start : start + MOST_UNITS]
        yield reduce(or_, (_barred_everywhere(desk, presence.ways[desk]) for desk in some))
