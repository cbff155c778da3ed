"""The one place that moves an application through its table, and what every act on it needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.services.timing import follow_move
from warrant.apps.applications.types import OPINION_LABELS, STATE_FACES
from warrant.apps.audit.services import record
from warrant.apps.eligibility.models import EligibilityRecord
from warrant.apps.officers.services.locking import hold_officers
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Principal
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.lifecycle import ApplicationState, Machine
from warrant.core.lifecycle.application import STEP_PERMISSION, Step, reconsidering_step

SHORTEST_REASON = 5
LONGEST_REASON = 1000
S = ApplicationState
_READ_ALONG = (
    "officer__agency__province",
    "officer__agency__city",
    "officer__agency__county",
    "officer__photo",
    "assigned_to",
)

STARTS_ROUND = frozenset({"submit", "filing-returned", "return-to-step", "overturn-refusal"})
"""Acts after which the case is judged anew; see ADR-0007."""


def subject_of(application: Application) -> str:
    """Return how the audit ledger and the exchange name an application."""
    return f"application:{application.number}"


def locked_application(number: str) -> Application:
    """Return the application as it stands now, locked until the transaction ends; its officer is locked before it.

    Raises:
        NotFound: there is none of this number.
    """
    hold_officers(Application.system.filter(number=number).values_list("officer_id", flat=True))
    rows = Application.system.select_for_update(of=("self",))
    application = rows.select_related(*_READ_ALONG).filter(number=number).first()
    if application is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return application


def checked_reason(machine: Machine, action: str, reason: str) -> str:
    """Return the reason trimmed.

    Raises:
        InvalidInput: the action asks for one and it is too short, or it is too long; ``place`` is ``reason``.
    """
    text = reason.strip()
    if machine.transition(action).needs_reason and len(text) < SHORTEST_REASON:
        raise InvalidInput(
            "reason-too-short",
            N_("请写明理由，至少 %(shortest)s 个字，使对方知道如何补正"),
            place="reason",
            shortest=SHORTEST_REASON,
        )
    if len(text) > LONGEST_REASON:
        raise InvalidInput(
            "reason-too-long", N_("最多 %(longest)s 个字"), place="reason", longest=LONGEST_REASON
        )
    return text


def require_state(application: Application, action: str) -> None:
    """Return if ``action`` is possible in the present state.

    Raises:
        Conflict: it is not; the message names both in words.
    """
    if application.state not in application.machine.transition(action).sources:
        raise Conflict(
            "wrong-state",
            N_("申请 %(number)s 现为“%(state)s”，不能“%(action)s”；请刷新页面查看最新状态"),
            number=application.number,
            state=_(STATE_FACES[application.state].word),
            action=_(OPINION_LABELS[action][0]),
        )


def require_awaited(application: Application) -> None:
    """Return if the case waits for a decision.

    Raises:
        Conflict: it does not.
    """
    if not application.decides_as:
        raise Conflict("wrong-state", N_("申请 %(number)s 现在不等待办理"), number=application.number)


def awaited_step(application: Application) -> Step | None:
    """Return the step whose unit has to decide now: of the chain, or the one that reconsiders; ``None`` for no decision."""
    steps = application.chain_of_steps
    if application.state == S.RECONSIDERATION:
        return reconsidering_step(steps, ApplicationState(application.refused_in))
    return next((step for step in steps if step.state == application.state), None)


def _note_refusal(application: Application, action: str, before: str, now: datetime) -> None:
    if action in ("refuse", "filing-refused"):
        application.refused_in, application.refused_at = before, now
    elif action == "overturn-refusal":
        application.refused_in, application.refused_at = "", None


def _let_go(application: Application) -> None:
    """Forget with whom the case lay: the next decision is another matter."""
    application.assigned_to = application.assigned_at = None
    application.freed_at = application.stuck_since = None
    application.assigned_why = application.freed_from = application.freed_why = ""


def move(
    application: Application, action: str, *, now: datetime, target: ApplicationState | None = None
) -> None:
    """Apply one row of the kind's table and set who decides since when; the caller holds the lock.

    Raises:
        Conflict: the table does not allow it.
    """
    require_state(application, action)
    before = ApplicationState(application.state)
    state = application.machine.next_state(action, before, target)
    application.state = state.value
    _note_refusal(application, action, before.value, now)
    if action in STARTS_ROUND:
        application.round += 1
    step = awaited_step(application)
    application.decides_as = step.state.value if step and step.state in STEP_PERMISSION else ""
    application.waiting_unit_id = step.unit_id if step else None
    if state == S.RETURNED:
        application.waiting_unit_id = application.officer.agency_id
    is_over = state in application.machine.final or state == S.REFUSED
    application.waiting_since = None if is_over else now
    _let_go(application)
    follow_move(application, step, action, now=now)
    application.save()


def name_of_unit(unit_id: int | None) -> str:
    """Return today's name of a unit; empty for none."""
    if unit_id is None:
        return ""
    return Agency.objects.values_list("name", flat=True).get(pk=unit_id)


def name_of_awaited(application: Application) -> str:
    """Return the name of the unit whose decision is awaited: one above the officer's, unless that was moved since."""
    agency = application.officer.agency
    for unit in (agency, agency.county, agency.city, agency.province):
        if unit is not None and unit.pk == application.waiting_unit_id:
            return unit.name
    return name_of_unit(application.waiting_unit_id)


def unit_name_of(actor: Actor) -> str:
    """Return the name of the unit in which the actor works."""
    return name_of_unit(actor.agency_id)


def _name_said(actor: Actor | None, principal: Principal | None) -> str:
    """Return the name under which an opinion stands: that of a substitute names the person behind too."""
    if actor is None:
        return ""
    return f"{actor.name}（代{principal.name}）" if principal else actor.name


def add_opinion(
    application: Application,
    actor: Actor | None,
    action: str,
    *,
    state: str,
    reason: str,
    unit_name: str,
    now: datetime,
    remedy: str = "",
    marked_fields: Sequence[str] = (),
    round_said: int | None = None,
    eligibility: EligibilityRecord | None = None,
    principal: Principal | None = None,
    said_before: int | None = None,
) -> Opinion:
    """Keep what was decided, and write it to the audit ledger; without actor it is the ministry's answer.

    ``state`` is the one in which it was said, ``round_said`` the round if the act has begun a new one, ``said_before``
    the number of opinions if it is known. The lock on the case makes ``seq`` run without holes from 1.
    """
    opinion = Opinion.objects.create(
        application=application,
        seq=(application.opinions.count() if said_before is None else said_before) + 1,
        round=application.round if round_said is None else round_said,
        state=state,
        action=action,
        reason=reason,
        remedy=remedy,
        marked_fields=list(marked_fields),
        eligibility=eligibility,
        account_id=actor.account_id if actor else None,
        account_name=_name_said(actor, principal),
        on_behalf_of_id=principal.account_id if principal else None,
        unit_name=unit_name,
        given_at=now,
    )
    record(
        actor,
        f"application.{action}",
        subject_of(application),
        f"{application.officer.name} {application.number} {OPINION_LABELS[action][0]}",
        now=now,
        detail={
            "opinion": opinion.seq,
            "from": state,
            "to": application.state,
            "reason": reason,
            **({"on_behalf_of": principal.account_id} if principal else {}),
        },
    )
    return opinion
