"""Which applications a person may see, what that person may do with one, and what was said about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.selectors.regulations import (
    province_code_of,
    steps_document,
    work_calendar,
)
from warrant.apps.applications.types import ACTION_FACES, AllowedAction
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import LAST_CHARACTER, is_own
from warrant.core.access import Actor, Grant, Permission, Principal, is_permitted
from warrant.core.errors import N_, NotFound, NotPermitted
from warrant.core.lifecycle import ApplicationState, Step, Transition
from warrant.core.lifecycle.application import OPEN_STATES as OPEN
from warrant.core.lifecycle.application import STEP_PERMISSION, reconsidering_step, steps_before

OPEN_STATES = tuple(state.value for state in OPEN)
_RELATED = (
    "officer__agency__province",
    "officer__agency__city",
    "officer__agency__county",
    "officer__photo",
    "officer__entered_by__agency",
    "prepared_by__agency",
    "assigned_to__agency",
)


def applications_for_list(viewer: Actor, *, state: str = "", text: str = "") -> QuerySet[Application]:
    """Return the applications that the viewer may see; ``text`` is the beginning of a number, or a whole name."""
    rows = Application.objects.visible_to(viewer, Permission.APPLICATION_VIEW)
    rows = rows.select_related("officer__agency__province").defer("statement", "officer__id_number_sealed")
    if state:
        rows = rows.filter(state=state)
    if text:
        number = text.upper()
        rows = rows.filter(Q(number__gte=number, number__lt=number + LAST_CHARACTER) | Q(officer__name=text))
    return rows


def application_for(viewer: Actor, number: str) -> Application:
    """Return an application that the viewer may see: within the scope, or about the viewer.

    Raises:
        NotFound: there is none, or it lies out of scope.
    """
    rows = Application.objects.visible_to(viewer, Permission.APPLICATION_VIEW).filter(number=number)
    if viewer.officer_uid and viewer.has_anywhere(Permission.OWN_RECORD):
        rows |= Application.system.filter(number=number, officer__uid=viewer.officer_uid)
    found = rows.select_related(*_RELATED).first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found


def open_application_of(officer: Officer) -> Application | None:
    """Return the officer's application that is on its way, if there is one."""
    return Application.system.filter(officer=officer, state__in=OPEN_STATES).first()


def opinions_of(application: Application) -> list[Opinion]:
    """Return every opinion, oldest first; the caller has checked that the viewer may see the case."""
    return list(application.opinions.order_by("seq"))


def awaited_permission(application: Application) -> Permission | None:
    """Return the permission that the awaited decision asks for; ``None`` while no decision is awaited."""
    return STEP_PERMISSION[ApplicationState(application.decides_as)] if application.decides_as else None


def deciding_grant(viewer: Actor, application: Application) -> Grant | None:
    """Return the grant with which the viewer decides for the awaited unit: an own one before one held as a substitute."""
    permission = awaited_permission(application)
    if permission is None:
        return None
    grants = [
        grant for grant in viewer.grants_for(permission) if grant.unit_id == application.waiting_unit_id
    ]
    return min(grants, key=lambda grant: grant.on_behalf_of is not None, default=None)


def principal_of(viewer: Actor, application: Application) -> Principal | None:
    """Return the person in whose place the viewer decides; nobody where the viewer holds the role."""
    grant = deciding_grant(viewer, application)
    return grant.on_behalf_of if grant is not None else None


def holds_step(viewer: Actor, application: Application) -> bool:
    """Tell whether the viewer decides for the very unit whose decision is awaited, not for one above it."""
    return deciding_grant(viewer, application) is not None


def decision_bar(viewer: Actor, application: Application, opinions: Sequence[Opinion]) -> NotPermitted | None:
    """Return why this very person may not decide on the case, or nothing.

    Nobody decides on the own case, on a record they entered, on what they prepared or submitted, at two different
    steps, twice in one round, or once more on what they refused; nor does a substitute where the person behind may not.
    Source: ADR-0007.
    """
    if is_own(viewer, application.officer):
        return NotPermitted("own-case", N_("这是您本人的申请，不能由您办理"))
    bar = part_of(viewer.account_id, application, opinions)
    principal = principal_of(viewer, application)
    if bar is not None or principal is None:
        return bar
    if Account.objects.filter(pk=principal.account_id, officer_uid=application.officer.uid).exists():
        return NotPermitted("own-case", N_("这是您所代理的人员本人的申请，不能由您办理"))
    if part_of(principal.account_id, application, opinions):
        return NotPermitted(
            "principal-took-part",
            N_("您所代理的%(name)s已经手本申请，须由其他人员办理"),
            name=principal.name,
        )
    return None


def part_of(account_id: int, application: Application, opinions: Sequence[Opinion]) -> NotPermitted | None:
    """Return which part of this person in the case bars a decision, in person or through a substitute."""
    if application.officer.entered_by_id == account_id:
        return NotPermitted("own-entry", N_("该人员信息由您登记，须由其他人员办理"))
    own = [row for row in opinions if account_id in (row.account_id, row.on_behalf_of_id)]
    if application.prepared_by_id == account_id or any(row.action == "submit" for row in own):
        return NotPermitted("own-preparation", N_("本申请由您填报，须由其他人员办理"))
    if any(row.action == "refuse" for row in own):
        return NotPermitted("own-refusal", N_("本申请曾由您不予通过，须由其他人员办理"))
    if any(row.round == application.round or row.state != application.state for row in own):
        return NotPermitted("second-opinion", N_("您已对本申请发表过意见，须由其他人员办理"))
    return None


def reconsideration_until(application: Application) -> date | None:
    """Return the last day on which a refusal may be taken to reconsideration; ``None`` where nobody here reconsiders."""
    if application.refused_at is None or not application.refused_in:
        return None
    if reconsidering_step(application.chain_of_steps, ApplicationState(application.refused_in)) is None:
        return None
    refused_on = timezone.localtime(application.refused_at).date()
    province_code = province_code_of(application.officer)
    days = steps_document(province_code, refused_on).reconsideration_asked_within
    return work_calendar(province_code, refused_on).add_workdays(refused_on, days)


def _may_ask_again(viewer: Actor, application: Application, opinions: Sequence[Opinion]) -> bool:
    if any(row.action == "ask-reconsideration" for row in opinions):
        return False
    until = reconsideration_until(application)
    if until is None or clock.today() > until:
        return False
    own = is_own(viewer, application.officer)
    return own or is_permitted(viewer, Permission.APPLICATION_PREPARE, application.place)


def earlier_steps(application: Application) -> tuple[Step, ...]:
    """Return the steps to which the case can be sent back from where it waits."""
    return steps_before(application.chain_of_steps, ApplicationState(application.state))


def _has_role(viewer: Actor, application: Application, row: Transition) -> bool:
    if "permission-of-the-step" in row.guards or "nobody-twice" in row.guards:
        return holds_step(viewer, application)
    return row.permission is not None and is_permitted(viewer, row.permission, application.place)


def allowed_actions(
    viewer: Actor, application: Application, opinions: Sequence[Opinion]
) -> list[AllowedAction]:
    """Return the acts that the viewer's roles allow in the present state, in table order."""
    found = []
    for row in application.machine.actions_from(ApplicationState(application.state)):
        if row.action not in ACTION_FACES:
            continue
        if row.action == "ask-reconsideration":
            if _may_ask_again(viewer, application, opinions):
                found.append(AllowedAction(row, ACTION_FACES[row.action], None))
            continue
        if not _has_role(viewer, application, row):
            continue
        if row.action == "return-to-step" and not earlier_steps(application):
            continue
        bar = decision_bar(viewer, application, opinions) if row.needs_second_person else None
        is_plain = not row.needs_second_person and row.action != "ask-reconsideration"
        if is_plain and is_own(viewer, application.officer):
            bar = NotPermitted("own-case", N_("这是您本人的申请，不能由您办理"))
        found.append(AllowedAction(row, ACTION_FACES[row.action], bar))
    return found
