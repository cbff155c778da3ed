"""Findings as people read them: the queue, one of them, who can be given it, and what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.certificates.types import STATE_FACES as CERTIFICATE_FACES
from warrant.apps.detectors.models import Finding
from warrant.apps.detectors.types import STATE_FACES, Deadline
from warrant.apps.foundation import clock
from warrant.apps.foundation.work import Glance, Queue, WorkItem
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors import standing
from warrant.apps.officers.selectors.listing_columns import LEAVING_WORDS
from warrant.apps.officers.selectors.register import code_name
from warrant.apps.organisations.models import Agency
from warrant.core.access import ROLE_PERMISSIONS, Actor, Level, Permission, is_permitted
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import CertificateState, FindingState
from warrant.core.lifecycle.officer import HIDDEN_STATES
from warrant.core.qualification.detection import CURES, FACTS, SOURCES, SUBJECT_WORDS, Detector
from warrant.core.standards.codes import POST, STAFFING

SOON_DAYS = 3
HANDLING_ROLES = tuple(
    role.value for role, held in ROLE_PERMISSIONS.items() if Permission.FINDING_HANDLE in held
)
_COLUMN = {
    Level.PROVINCE.value: "province_unit",
    Level.CITY.value: "city_unit",
    Level.COUNTY.value: "county_unit",
    Level.AGENCY.value: "agency_unit",
}


WAITS, ENDED = Q(is_pending__in=[True]), Q(is_pending__in=[False])
"""Written so because SQLite finds a bare truth value through no index."""


def detector_word(code: str) -> str:
    """Return the short name of a detector, in the language of the request."""
    return _(SUBJECT_WORDS[Detector(code)])


def unit_condition(unit: Agency) -> Q:
    """Return the condition of findings at a unit and all below it."""
    column = _COLUMN.get(unit.level)
    return Q(**{column: unit.pk}) if column else Q()


def shown_condition(viewer: Actor, shown: str, today: date) -> Q:
    """Return the condition of one way to look at the queue, see ``types.SHOWN``."""
    conditions: Mapping[str, Q] = {
        "pending": WAITS,
        "overdue": WAITS & Q(due_on__lt=today),
        "mine": WAITS & Q(assigned_to=viewer.account_id),
        "closed": ENDED & Q(state=FindingState.CLOSED.value),
        "resolved": ENDED & Q(state=FindingState.RESOLVED.value),
    }
    return conditions[shown]


def findings_for(
    viewer: Actor,
    permission: Permission = Permission.FINDING_VIEW,
    *,
    shown: str = "pending",
    detector: str = "",
    unit: Agency | None = None,
) -> QuerySet[Finding]:
    """Return the findings that the viewer may see; whoever was deleted is not shown to anybody."""
    rows = Finding.objects.visible_to(viewer, permission).filter(
        shown_condition(viewer, shown, clock.today())
    )
    if detector:
        rows = rows.filter(detector=detector)
    if unit is not None:
        rows = rows.filter(unit_condition(unit))
    return rows.exclude(officer__state__in=HIDDEN_STATES).select_related(
        "officer__agency", "held_by", "assigned_to"
    )


def finding_for(viewer: Actor, pk: int) -> Finding:
    """Return one finding that the viewer may see. Raises: NotFound."""
    rows = Finding.objects.visible_to(viewer, Permission.FINDING_VIEW)
    rows = rows.exclude(officer__state__in=HIDDEN_STATES)
    related = ("officer__agency", "held_by", "assigned_to", "certificate")
    finding = rows.filter(pk=pk).select_related(*related).first()
    if finding is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return finding


def possible_owners(finding: Finding) -> QuerySet[Account]:
    """Return the people who deal with findings in one of the units on the finding's way up, by name."""
    place = finding.place
    units = [unit for unit in (place.province_id, place.city_id, place.county_id, place.agency_id) if unit]
    held = RoleAssignment.objects.filter(
        account=OuterRef("pk"), withdrawn_at=None, role__in=HANDLING_ROLES, unit__in=units
    )
    return Account.objects.filter(Exists(held), is_active=True).order_by("display_name", "pk")


def _worded(name: str, value: object) -> object:
    text = str(value)
    if name == "state" and text in {one.value for one in CertificateState}:
        return _(CERTIFICATE_FACES[CertificateState(text)].word)
    if name == "kind":
        return _(LEAVING_WORDS[text]) if text in LEAVING_WORDS else text or _("未注明")
    if name == "post":
        post = POST.find(text)
        return code_name(POST, post.code) if post is not None else text
    if name == "staffing":
        return code_name(STAFFING, text)
    return value


def fact_texts(finding: Finding) -> list[tuple[str, str]]:
    """Return what was found and where it is written, in the language of the request."""
    return [
        (
            _(FACTS[one["code"]]) % {name: _worded(name, value) for name, value in one["fields"].items()},
            _(SOURCES[one["source"]]),
        )
        for one in finding.facts
    ]


def evidence_line(finding: Finding) -> str:
    """Return what was found in one line."""
    return "；".join(text for text, _source in fact_texts(finding))


def state_face(finding: Finding) -> dict[str, str]:
    """Return word and tone of the finding's state."""
    word, tone = STATE_FACES[FindingState(finding.state)]
    return {"word": _(word), "tone": tone}


def deadline_of(due_on: date, *, is_pending: bool, today: date) -> Deadline:
    """Return by when it has to be dealt with, coloured while it waits."""
    day = {"day": due_on.isoformat()}
    if not is_pending:
        return Deadline(due_on, due_on.isoformat(), "ended")
    if due_on < today:
        return Deadline(due_on, _("%(day)s 已逾期") % day, "broken")
    is_soon = (due_on - today).days <= SOON_DAYS
    return Deadline(due_on, _("%(day)s 前") % day, "attention" if is_soon else "waiting")


def _held_units(viewer: Actor) -> list[int]:
    return sorted({grant.unit_id for grant in viewer.grants_for(Permission.FINDING_HANDLE)})


def work_queues(viewer: Actor) -> list[Queue]:
    """Return what lies with the viewer by name, and what lies with nobody at the viewer's own unit."""
    if not viewer.has_anywhere(Permission.FINDING_HANDLE):
        return []
    rows = Finding.objects.visible_to(viewer, Permission.FINDING_HANDLE).filter(is_pending=True)
    units = _held_units(viewer)
    fields = ("pk", "detector", "due_on", "opened_at", "officer__name", "officer__agency__name")
    mine = rows.filter(assigned_to=viewer.account_id).order_by("due_on", "pk")
    raised = rows.filter(held_by__in=units, raised_at__isnull=False).exclude(assigned_to=viewer.account_id)
    seen = Finding.objects.visible_to(viewer, Permission.FINDING_HANDLE)
    ours = seen.filter(WAITS, home_unit__in=units, state=FindingState.OPEN.value)
    # What came up again to where it already lies is one thing to do.
    ours = ours.exclude(raised_at__isnull=False, held_by__in=units)
    return [
        Queue(mine, fields, _item),
        Queue(raised.order_by("due_on", "pk"), fields, _raised_item, most=10),
        Queue(ours.order_by("due_on", "pk"), fields, _item, most=10),
    ]


def _raised_item(row: Finding) -> WorkItem:
    word = {"word": detector_word(row.detector), "name": row.officer.name}
    return replace(_item(row), title=_("上提督办·%(word)s：%(name)s") % word)


def _item(row: Finding) -> WorkItem:
    due = deadline_of(row.due_on, is_pending=True, today=clock.today())
    word = {"word": detector_word(row.detector), "name": row.officer.name}
    return WorkItem(
        kind="finding",
        title=_("监督发现·%(word)s：%(name)s") % word,
        detail=row.officer.agency.name,
        url=reverse("finding-detail", args=[row.pk]),
        waiting_since=row.opened_at,
        tone=due.tone,
        due=due.word,
    )


def glances(viewer: Actor) -> list[Glance]:
    """Return how many findings wait, and how many of them too long."""
    if not viewer.has_anywhere(Permission.FINDING_VIEW):
        return []
    rows = Finding.objects.visible_to(viewer, Permission.FINDING_VIEW).filter(WAITS)
    address = reverse("finding-list")
    return [
        Glance(_("监督发现未办结"), rows, address),
        Glance(_("监督发现逾期"), rows.filter(due_on__lt=clock.today()), f"{address}?shown=overdue"),
    ]


def officer_findings(viewer: Actor, officer: Officer) -> list[standing.Finding]:
    """Return what is wrong with an officer, to whoever sees the page; the way to deal with it to those who may."""
    rows = Finding.system.filter(officer=officer, is_pending=True).order_by("due_on", "pk")[:10]
    may_open = not officer.owner_node and is_permitted(viewer, Permission.FINDING_VIEW, officer.place)
    return [
        standing.Finding(
            "broken",
            _("%(word)s：%(name)s") % {"word": detector_word(one.detector), "name": evidence_line(one)},
            _("办理监督发现") if may_open else _(CURES[Detector(one.detector)]),
            reverse("finding-detail", args=[one.pk]) if may_open else "",
        )
        for one in rows
    ]
