"""Asking for a waiver, and deciding on it: two people, a reason, a basis, a last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.eligibility.models import Waiver
from warrant.apps.eligibility.selectors.explaining import rules_for
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.register import locked_officer
from warrant.core.access import Actor, Permission, require
from warrant.core.eligibility import RuleLine
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import WAIVER, WaiverState

SHORTEST_REASON = 5
LONGEST_REASON = 300
LONGEST_BASIS = 200
LONGEST_DAYS = 366


@dataclass(frozen=True)
class WaiverRequest:
    """What is asked for; ``proof`` are the bytes and the name of a file, if there is one."""

    reason: str
    basis: str
    until_on: date
    proof: tuple[bytes, str] | None = None


def _text(value: str, place: str, longest: int) -> str:
    text = value.strip()
    if len(text) < SHORTEST_REASON:
        raise InvalidInput(
            "too-short", N_("请写明，至少 %(shortest)s 个字"), place=place, shortest=SHORTEST_REASON
        )
    if len(text) > longest:
        raise InvalidInput("too-long", N_("最多 %(longest)s 个字"), place=place, longest=longest)
    return text


def waivable_line(officer: Officer, rule_id: str, on: date) -> RuleLine:
    """Return the condition as it counts for the officer on a day.

    Raises:
        NotFound: there is no such condition.
        Conflict: it may not be waived.
    """
    line: RuleLine | None = rules_for(officer, on).document.line(rule_id)
    if line is None or not line.counts_on(on):
        raise NotFound("no-such-rule", N_("没有这项条件"))
    if not line.is_waivable:
        raise Conflict("rule-not-waivable", N_("条件“%(title)s”不能豁免"), title=line.title.zh)
    return line


@transaction.atomic
def ask_waiver(
    actor: Actor, officer_pk: int, rule_id: str, request: WaiverRequest, *, now: datetime
) -> Waiver:
    """Ask the province to waive one condition for one officer until a day.

    Raises:
        NotFound: the officer is out of reach, or there is no such condition.
        NotPermitted: the actor may not prepare applications here, or is the officer.
        Conflict: the condition may not be waived, or was asked for already.
        InvalidInput: reason, basis or last day will not do; ``place`` names the field.
    """
    officer = locked_officer(actor, Permission.APPLICATION_PREPARE, officer_pk)
    if is_own(actor, officer):
        raise NotPermitted("own-case", N_("这是您本人的条件，不能由您申请豁免"))
    today = timezone.localtime(now).date()
    line = waivable_line(officer, rule_id, today)
    if not today < request.until_on <= today + timedelta(days=LONGEST_DAYS):
        raise InvalidInput("bad-until", N_("豁免截止日期应在今天之后、一年以内"), place="until_on")
    rows = Waiver.system.filter(officer=officer, rule_id=rule_id)
    if rows.filter(state=WaiverState.ASKED.value).exists():
        raise Conflict("waiver-asked", N_("该人员的这项条件已经申请豁免，正在等待决定"))
    waiver = Waiver(
        officer=officer,
        rule_id=rule_id,
        title={"zh": line.title.zh, "en": line.title.en},
        reason=_text(request.reason, "reason", LONGEST_REASON),
        basis=_text(request.basis, "basis", LONGEST_BASIS),
        from_on=today,
        until_on=request.until_on,
        asked_by_id=actor.account_id,
        asked_by_name=actor.name,
        asked_at=now,
    )
    if request.proof is not None:
        raw, file_name = request.proof
        try:
            waiver.proof = store_document(
                actor, raw, file_name, officer.place, now=now, officer_uid=officer.uid
            )
        except InvalidInput as error:
            error.place = "proof"
            raise
    waiver.put_at(officer.place)
    waiver.save()
    record(
        actor,
        "waiver.asked",
        f"officer:{officer.pk}",
        f"{officer.name} {line.title.zh}",
        now=now,
        detail={"waiver": waiver.pk, "rule": rule_id, "until": request.until_on.isoformat()},
    )
    return waiver


def _decide(actor: Actor, pk: int, action: str, opinion: str, now: datetime) -> Waiver:
    found = Waiver.system.select_for_update(of=("self",)).select_related("officer__agency").filter(pk=pk)
    waiver = found.first()
    if waiver is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(actor, Permission.WAIVER_GRANT, waiver.place)
    if waiver.asked_by_id == actor.account_id or is_own(actor, waiver.officer):
        raise NotPermitted("four-eyes", N_("申请人和本人不能决定这项豁免，请由他人办理"))
    state = WAIVER.next_state(action, WaiverState(waiver.state))
    if action == "grant":
        waivable_line(waiver.officer, waiver.rule_id, timezone.localtime(now).date())
    waiver.opinion = _text(opinion, "opinion", LONGEST_REASON)
    waiver.state = state.value
    waiver.decided_by_id = actor.account_id
    waiver.decided_by_name = actor.name
    waiver.decided_at = now
    waiver.save()
    return waiver


def _record(actor: Actor, action: str, waiver: Waiver, now: datetime) -> None:
    record(
        actor,
        action,
        f"officer:{waiver.officer_id}",
        f"{waiver.officer.name} {waiver.title['zh']}",
        now=now,
        detail={"waiver": waiver.pk, "rule": waiver.rule_id, "opinion": waiver.opinion},
    )


@transaction.atomic
def grant_waiver(actor: Actor, pk: int, opinion: str, *, now: datetime) -> Waiver:
    """Waive the condition until the day that was asked for.

    Raises:
        NotFound: there is no such waiver in reach, or the condition is gone.
        NotPermitted: the actor may not, asked for it, or is the officer.
        Conflict: it was decided already, or the condition may no longer be waived.
        InvalidInput: the opinion is too short; ``place`` is ``opinion``.
    """
    waiver = _decide(actor, pk, "grant", opinion, now)
    _record(actor, "waiver.grant", waiver, now)
    return waiver


@transaction.atomic
def refuse_waiver(actor: Actor, pk: int, opinion: str, *, now: datetime) -> Waiver:
    """Let the condition stand. Raises as :func:`grant_waiver`."""
    waiver = _decide(actor, pk, "refuse", opinion, now)
    _record(actor, "waiver.refuse", waiver, now)
    return waiver
