"""What waits for a person, the figures of the unit, and the box on the officer's page."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.assigning import not_with_others
from warrant.apps.applications.selectors.cases import OPEN_STATES
from warrant.apps.applications.selectors.chain import short_links
from warrant.apps.applications.selectors.presence import own_or_part_taken, part_taken
from warrant.apps.applications.selectors.timing import due_of_case
from warrant.apps.applications.selectors.watching import watching_queues
from warrant.apps.applications.types import STATE_FACES, STEP_NAMES
from warrant.apps.foundation.work import Glance, Queue, WorkItem
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.types import Panel
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.lifecycle import ApplicationState
from warrant.core.lifecycle.application import STEP_PERMISSION
from warrant.core.regulation.clock import Stage

S = ApplicationState


def waiting_for_decision(viewer: Actor) -> QuerySet[Application]:
    """Return the cases on which this very person may decide now: of the own units, not barred by four eyes."""
    condition = Q(pk__in=[])
    for state, permission in STEP_PERMISSION.items():
        grants = list(viewer.grants_for(permission))
        units = [grant.unit_id for grant in grants if grant.on_behalf_of is None]
        if units:
            condition |= Q(decides_as=state.value, waiting_unit_id__in=units)
        for grant in grants:
            if grant.on_behalf_of is not None and grant.unit_id not in units:
                handed_on = Q(decides_as=state.value, waiting_unit_id=grant.unit_id)
                condition |= handed_on & ~own_or_part_taken(grant.on_behalf_of.account_id)
    rows = Application.system.filter(condition).exclude(part_taken(viewer.account_id))
    return rows.exclude(officer__uid=viewer.officer_uid) if viewer.officer_uid else rows


def waiting_for_preparation(viewer: Actor) -> QuerySet[Application]:
    """Return what a registrar has to mend or to finish: returned cases of the scope, and own drafts."""
    rows = Application.objects.visible_to(viewer, Permission.APPLICATION_PREPARE)
    return rows.filter(Q(state=S.RETURNED) | Q(state=S.DRAFT, prepared_by_id=viewer.account_id))


def _decides(viewer: Actor) -> bool:
    return any(viewer.has_anywhere(permission) for permission in STEP_PERMISSION.values())


_OWN_FIELDS = ("number", "state", "waiting_since", "created_at", "due_on", "warn_on")
_OFFICER_FIELDS = ("officer__name", "officer__agency__name", "officer__agency__province__code")


def _item(application: Application) -> WorkItem:
    names = {"name": application.officer.name, "number": application.number}
    if application.state in STEP_NAMES:
        kind, tone = "application-decision", "waiting"
        title = _("%(step)s资格申请：%(name)s") % {"step": _(STEP_NAMES[application.state]), **names}
    elif application.state == S.RETURNED:
        kind, tone = "application-returned", "attention"
        title = _("补正资格申请：%(name)s") % names
    else:
        kind, tone = "application-draft", "waiting"
        title = _("完成资格申请草稿：%(name)s") % names
    due = due_of_case(application)
    return WorkItem(
        kind=kind,
        title=title,
        detail=_("%(agency)s，%(number)s") % {"agency": application.officer.agency.name, **names},
        url=reverse("application-detail", kwargs={"number": application.number}),
        waiting_since=application.waiting_since or application.created_at,
        tone=tone if due.stage is Stage.IN_TIME else due.tone,
        due=due.word,
    )


def work_queues(viewer: Actor) -> list[Queue]:
    """Return what waits for the viewer, oldest first."""
    fields, queues = (*_OWN_FIELDS, *_OFFICER_FIELDS), []
    if _decides(viewer):
        rows = waiting_for_decision(viewer).filter(not_with_others(viewer))
        queues.append(Queue(rows.order_by("waiting_since", "id"), fields, _item))
    if viewer.has_anywhere(Permission.APPLICATION_PREPARE):
        # A draft waits for nobody's decision yet: it counts from its beginning, and no database has to place a null.
        rows = waiting_for_preparation(viewer).annotate(since=Coalesce("waiting_since", "created_at"))
        queues.append(Queue(rows.order_by("since", "id"), fields, _item))
    return [*queues, *watching_queues(viewer)]


def glances(viewer: Actor) -> list[Glance]:
    """Return how many applications of the scope are on their way."""
    if not viewer.has_anywhere(Permission.APPLICATION_VIEW):
        return []
    rows = Application.objects.visible_to(viewer, Permission.APPLICATION_VIEW).filter(state__in=OPEN_STATES)
    return [Glance(_("在办资格申请"), rows, f"{reverse('application-list')}?state=open")]


def officer_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Return the box on the officer's page: the applications, and the way to a new one."""
    own = is_own(viewer, officer)
    if not (own or is_permitted(viewer, Permission.APPLICATION_VIEW, officer.place)):
        return None
    rows = list(Application.system.filter(officer=officer).order_by("-number"))
    for row in rows:
        row.officer = officer
    is_open = any(row.state in OPEN_STATES for row in rows)
    return Panel(
        title=_("资格申请"),
        template="applications/panel.jinja",
        context={
            "applications": [
                (row, STATE_FACES[row.state], short_links(row), due_of_case(row)) for row in rows
            ],
            "can_apply": not is_open
            and not own
            and is_permitted(viewer, Permission.APPLICATION_PREPARE, officer.place),
            "is_open": is_open,
        },
        order=50,
        count=len(rows),
        anchor="applications",
    )
