"""People deal with a finding: give it to somebody, put it back, close it with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.detectors.models import Finding, FindingEntry
from warrant.apps.detectors.selectors.findings import finding_for, possible_owners
from warrant.apps.detectors.services.looking import rules_today
from warrant.apps.detectors.types import LONGEST_REASON, SHORTEST_REASON
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle import FINDING
from warrant.core.lifecycle.finding import PENDING
from warrant.core.qualification.detection import Detector
from warrant.core.standards.id_number import without_id_numbers


def _locked(actor: Actor, pk: int) -> Finding:
    """Return the locked finding if the actor may deal with it. Raises: NotFound, NotPermitted."""
    finding_for(actor, pk)
    rows = Finding.system.select_for_update(of=("self",)).select_related("officer", "assigned_to")
    locked = rows.get(pk=pk)
    require(actor, Permission.FINDING_HANDLE, locked.place)
    return locked


def _move(finding: Finding, action: str, actor: Actor, text: str, now: datetime) -> None:
    before = finding.state
    finding.state = FINDING.next_state(action, before).value
    finding.is_pending = finding.state in PENDING
    FindingEntry.objects.create(
        finding=finding,
        action=action,
        from_state=before,
        to_state=finding.state,
        text=text,
        account_id=actor.account_id,
        account_name=actor.name,
        happened_at=now,
    )


def _record(finding: Finding, action: str, actor: Actor, text: str, now: datetime) -> None:
    record(
        actor,
        action,
        f"finding:{finding.pk}",
        f"{finding.officer.name} {finding.detector} {text}".strip(),
        now=now,
        detail={"subject": finding.subject, "officer": finding.officer_id},
    )


@transaction.atomic
def assign_finding(actor: Actor, pk: int, account_id: int, *, now: datetime) -> Finding:
    """Give a finding to a person of one of the units in charge, who may be the actor.

    Raises:
        NotFound, NotPermitted: it is out of reach, or the actor only looks.
        Conflict: it has ended, or lies with this person already.
        InvalidInput: the person has no right to deal with it (place ``owner``).
    """
    finding = _locked(actor, pk)
    FINDING.next_state("assign", finding.state)
    if finding.assigned_to_id == account_id:
        raise Conflict("assigned-already", N_("已经由该人办理，没有变化"))
    owner = possible_owners(finding).filter(pk=account_id).first()
    if owner is None:
        raise InvalidInput(
            "not-a-possible-owner", N_("只能交给本单位或者上级单位有权办理的人员，请重新选择"), place="owner"
        )
    _move(finding, "assign", actor, owner.display_name, now)
    finding.assigned_to, finding.assigned_at = owner, now
    finding.save(update_fields=["state", "is_pending", "assigned_to", "assigned_at"])
    _record(finding, "finding.assigned", actor, owner.display_name, now)
    return finding


@transaction.atomic
def put_finding_back(actor: Actor, pk: int, *, now: datetime) -> Finding:
    """Let an assigned finding lie with nobody again. Raises: NotFound, NotPermitted, Conflict."""
    finding = _locked(actor, pk)
    owner = finding.assigned_to.display_name if finding.assigned_to else ""
    _move(finding, "put-back", actor, owner, now)
    finding.assigned_to = finding.assigned_at = None
    finding.save(update_fields=["state", "is_pending", "assigned_to", "assigned_at"])
    _record(finding, "finding.put-back", actor, owner, now)
    return finding


def _checked_reason(reason: str) -> str:
    text = reason.strip()
    if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
        raise InvalidInput(
            "reason-length",
            N_("请写明核实的情况和已采取的措施，%(shortest)s 至 %(longest)s 个字"),
            place="reason",
            shortest=SHORTEST_REASON,
            longest=LONGEST_REASON,
        )
    if without_id_numbers(text) != text:
        raise InvalidInput("id-number-in-reason", N_("这里不要写身份证号码"), place="reason")
    return text


@transaction.atomic
def close_finding(actor: Actor, pk: int, reason: str, *, now: datetime) -> Finding:
    """Close a finding with a reason although it may still hold; it opens again if it does after its deadline.

    A finding that is overdue already gets a further limit for that.

    Raises: NotFound, NotPermitted, Conflict ``wrong-state``, InvalidInput ``reason-length``/``id-number-in-reason``.
    """
    finding = _locked(actor, pk)
    FINDING.next_state("close", finding.state)
    text = _checked_reason(reason)
    today = timezone.localdate(now)
    rules, calendar, _digest = rules_today(today)
    limit = rules.lines[Detector(finding.detector)].limit_workdays
    _move(finding, "close", actor, text, now)
    finding.looks_again_on = (
        finding.due_on if finding.due_on >= today else calendar.add_workdays(today, limit)
    )
    finding.assigned_to = finding.assigned_at = None
    finding.ended_at, finding.ended_by_name, finding.reason = now, actor.name, text
    finding.raise_on = None
    finding.save()
    _record(finding, "finding.closed", actor, text, now)
    return finding
