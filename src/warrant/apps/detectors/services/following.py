"""Findings go where their officer goes; of a record that is merged away they end."""

from __future__ import annotations

from datetime import date, datetime

from warrant.apps.detectors.models import Finding, FindingEntry, LastAct
from warrant.apps.detectors.services.looking import authority_of
from warrant.apps.officers.models import Officer
from warrant.core.access import Actor, Place
from warrant.core.lifecycle import FINDING, FindingState
from warrant.core.lifecycle.finding import PENDING


def follow_transfer(
    officer: Officer,
    old_place: Place,
    new_place: Place,
    *,
    effective_on: date,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Move the officer's findings to the new unit; whoever had them at the old one has them no longer."""
    rows = Finding.system.select_for_update(of=("self",)).filter(officer=officer).order_by("pk")
    for finding in rows:
        finding.put_at(new_place)
        finding.facts_digest = ""
        if finding.state == FindingState.ASSIGNED.value:
            _move(finding, "put-back", actor, now)
            finding.assigned_to = finding.assigned_at = None
        finding.home_unit = authority_of(
            (new_place.province_id, new_place.city_id, new_place.county_id, new_place.agency_id)
        )
        if finding.is_pending:
            finding.held_by_id = finding.home_unit
        finding.save()


def _move(finding: Finding, action: str, actor: Actor | None, now: datetime) -> None:
    before = finding.state
    finding.state = FINDING.next_state(action, before).value
    finding.is_pending = finding.state in PENDING
    FindingEntry.objects.create(
        finding=finding,
        action=action,
        from_state=before,
        to_state=finding.state,
        account_id=actor.account_id if actor else None,
        account_name=actor.name if actor else "",
        happened_at=now,
    )


def follow_merge(kept: Officer, gone: Officer, *, actor: Actor, now: datetime) -> None:
    """End what was found about the record that goes, and keep the later of the two last acts.

    What holds for the record that stays is found by the next look.
    """
    rows = Finding.system.select_for_update(of=("self",)).filter(officer=gone)
    for finding in rows.exclude(state=FindingState.RESOLVED.value).order_by("pk"):
        _move(finding, "resolve", actor, now)
        finding.assigned_to = finding.assigned_at = finding.raise_on = finding.looks_again_on = None
        finding.ended_at, finding.ended_by_name = now, actor.name
        finding.save()
    act = LastAct.objects.select_for_update().filter(officer=gone).first()
    if act is not None:
        known = LastAct.objects.filter(officer=kept).first()
        if known is None or known.acted_on < act.acted_on:
            LastAct.objects.update_or_create(
                officer=kept, defaults={"acted_on": act.acted_on, "figures": act.figures}
            )
        act.delete()
