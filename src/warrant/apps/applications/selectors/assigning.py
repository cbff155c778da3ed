"""With whom a case lies: the people it can be given to, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.selectors.cases import opinions_of, part_of
from warrant.apps.applications.selectors.presence import STEP_ROLES
from warrant.apps.applications.types import FREED_WORDS
from warrant.apps.foundation.work import WorkItem
from warrant.core.access import Actor
from warrant.core.lifecycle import ApplicationState

MINE, NOBODY, OTHERS = "mine", "nobody", "others"


def own_ids(viewer: Actor) -> list[int]:
    """Return the accounts whose cases are the viewer's: the own one, and those of the people stood in for."""
    behind = {grant.on_behalf_of.account_id for grant in viewer.grants if grant.on_behalf_of is not None}
    return [viewer.account_id, *sorted(behind)]


def held_by(rows: QuerySet[Application], viewer: Actor, holder: str) -> QuerySet[Application]:
    """Narrow to the viewer's cases, nobody's, or those of colleagues; all of them for anything else."""
    if holder == MINE:
        return rows.filter(assigned_to_id__in=own_ids(viewer))
    if holder == NOBODY:
        return rows.filter(assigned_to=None)
    if holder == OTHERS:
        return rows.filter(assigned_to__isnull=False).exclude(assigned_to_id__in=own_ids(viewer))
    return rows


def not_with_others(viewer: Actor) -> Q:
    """Return the cases that a person has to see to first: the own ones and nobody's."""
    return Q(assigned_to=None) | Q(assigned_to_id__in=own_ids(viewer))


def possible_holders(
    application: Application, opinions: Sequence[Opinion] | None = None
) -> QuerySet[Account]:
    """Return who of the awaited unit can take on the case: holders of the role who had no part in it."""
    if not application.decides_as:
        return Account.objects.none()
    roles = [role.value for role in STEP_ROLES[ApplicationState(application.decides_as)]]
    held = RoleAssignment.objects.filter(
        unit_id=application.waiting_unit_id, role__in=roles, withdrawn_at=None
    )
    people = Account.objects.filter(pk__in=held.values("account_id"), is_active=True)
    people = people.exclude(officer_uid=application.officer.uid) if application.officer.uid else people
    said = opinions_of(application) if opinions is None else opinions
    barred = [pk for pk in people.values_list("pk", flat=True) if part_of(pk, application, said)]
    return people.exclude(pk__in=barred).order_by("display_name", "pk")


def holder_line(application: Application) -> dict[str, Any]:
    """Return how the page of a case says with whom it lies: name, since, reason; or why with nobody any more."""
    holder = application.assigned_to
    freed = _(FREED_WORDS[application.freed_why]) if application.freed_why else ""
    return {
        "name": holder.display_name if holder is not None else "",
        "since": application.assigned_at,
        "why": application.assigned_why,
        "freed": _("原由%(name)s承办：%(why)s，已退回单位") % {"name": application.freed_from, "why": freed}
        if freed
        else "",
    }


def freed_item(row: Any) -> WorkItem:
    """Return the line of a case that went back to nobody, for whoever leads the unit."""
    names = {"name": row.officer.name, "number": row.number}
    return WorkItem(
        kind="application-freed",
        title=_("重新指定承办人：%(name)s的资格申请") % names,
        detail=_("%(unit)s，原由%(person)s承办：%(why)s")
        % {"unit": row.unit_name, "person": row.freed_from, "why": _(FREED_WORDS[row.freed_why])},
        url=reverse("application-detail", kwargs={"number": row.number}),
        waiting_since=row.freed_at,
        tone="attention",
        due=_("无人承办"),
        action=_("查看"),
    )


def stuck_item(row: Any) -> WorkItem:
    """Return the line of a case from which everybody who decides for its unit is barred."""
    return WorkItem(
        kind="application-stuck",
        title=_("%(name)s的资格申请无人可以办理") % {"name": row.officer.name},
        detail=_("%(unit)s，%(number)s：在岗人员均已经手；请另行授权，或委托未经手的同事代理")
        % {"unit": row.unit_name, "number": row.number},
        url=reverse("application-detail", kwargs={"number": row.number}),
        waiting_since=row.stuck_since,
        tone="broken",
        due=_("无人办理"),
        action=_("查看"),
    )
