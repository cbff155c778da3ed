"""What becomes of applications when their officer moves, leaves or is merged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.cases import OPEN_STATES, open_application_of
from warrant.apps.applications.services.moving import add_opinion, locked_application, move, unit_name_of
from warrant.apps.applications.types import STATE_FACES
from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.following import Obstacle
from warrant.core.access import Actor, Place
from warrant.core.lifecycle import APPLICATION_MACHINES, ApplicationKind, ApplicationState, LeavingKind

_CAN_BE_WITHDRAWN = APPLICATION_MACHINES[ApplicationKind.FIRST_ISSUE].transition("withdraw").sources
"""The same in every kind's table."""


def withdraw_by_rule(actor: Actor | None, number: str, reason: str, *, now: datetime) -> None:
    """Withdraw an open case because its officer moves or leaves: that decision carries the right to it.

    Raises: Conflict ``wrong-state`` for a case that waits for the ministry.
    """
    application = locked_application(number)
    before = application.state
    move(application, "withdraw", now=now)
    unit_name = unit_name_of(actor) if actor else ""
    add_opinion(application, actor, "withdraw", state=before, reason=reason, unit_name=unit_name, now=now)


def follow_transfer(
    officer: Officer,
    old_place: Place,
    new_place: Place,
    *,
    effective_on: date,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Let the officer's cases, closed ones as a rule, be seen by the new unit: the file goes with the person."""
    Application.system.filter(officer=officer).update(
        province_unit=new_place.province_id,
        city_unit=new_place.city_id,
        county_unit=new_place.county_id,
        agency_unit=new_place.agency_id,
    )


def follow_leaving(
    officer: Officer,
    kind: LeavingKind,
    *,
    is_for_cause: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Withdraw what can be withdrawn; what waits for the ministry's answer gets no certificate when it comes."""
    rows = Application.system.filter(officer=officer, state__in=OPEN_STATES)
    for number, state in list(rows.values_list("number", "state")):
        if ApplicationState(state) in _CAN_BE_WITHDRAWN:
            withdraw_by_rule(actor, number, reason, now=now)


def follow_merge(kept: Officer, gone: Officer, *, actor: Actor, now: datetime) -> None:
    """Point the cases of the record that goes at the one that stays."""
    rows = Application.system.filter(officer=gone)
    numbers = list(rows.values_list("number", flat=True))
    place = kept.place
    rows.update(
        officer=kept,
        province_unit=place.province_id,
        city_unit=place.city_id,
        county_unit=place.county_id,
        agency_unit=place.agency_id,
    )
    for number in numbers:
        record(actor, "application.re-pointed", f"application:{number}", f"{kept.name} {number}", now=now)


def obstacles(officer: Officer) -> list[Obstacle]:
    """Return the officer's open case: it has to be closed, or withdrawn along with the move."""
    application = open_application_of(officer)
    if application is None:
        return []
    names = {"number": application.number, "state": _(STATE_FACES[application.state].word)}
    if ApplicationState(application.state) in _CAN_BE_WITHDRAWN:
        text = _("有在办的资格申请 %(number)s（%(state)s）；请先撤回或办结") % names
        clear: Callable[..., None] | None = partial(_clear, application.number)
    else:
        text = _("资格申请 %(number)s 正在等待部级备案；请等备案决定后再办理") % names
        clear = None
    url = reverse("application-detail", args=[application.number])
    return [Obstacle("application", text, url, clear)]


def _clear(number: str, actor: Actor | None, reason: str, *, now: datetime) -> None:
    withdraw_by_rule(actor, number, reason, now=now)
