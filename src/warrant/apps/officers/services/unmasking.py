"""Showing a whole ID number: for a reason that can be read, so many times an hour, and never without a trace.

Source: Personal Information Protection Law, art. 6 and 51 (only what is needed, access controlled and logged); the
limit is an own decision, ADR-0014.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from warrant.apps.accounts.models import Account
from warrant.apps.audit.services import record
from warrant.apps.officers.models import IdNumberLook, Officer
from warrant.apps.officers.selectors.sealing import id_number_of
from warrant.apps.officers.services.register import locked_officer, subject_of
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.standards.id_number import without_id_numbers

LOOKS_IN_AN_HOUR = 20
"""The limit of a person unless the node's settings say otherwise (``WARRANT_ID_NUMBER_LOOKS``)."""
SHORTEST_REASON = 5
FEWEST_CHARACTERS = 3
LONGEST_REASON = 200
_HOUR = timedelta(hours=1)


def unmask_id_number(actor: Actor, pk: int, reason: str, *, now: datetime) -> tuple[Officer, str]:
    """Return the whole ID number for one look; who, when and why is recorded first.

    Raises:
        NotFound, NotPermitted.
        InvalidInput: ``reason-missing``: too short, or no words.
        Conflict: ``unmask-limit``: as many looks within an hour as a person may take; the attempt is recorded.
    """
    with transaction.atomic():
        # The person's own row is the lock: two browsers of one person cannot both take the last look.
        Account.objects.select_for_update(of=("self",)).get(pk=actor.account_id)
        officer = locked_officer(actor, Permission.OFFICER_UNMASK, pk)
        cleaned = checked_reason(reason)
        free_at = _next_look_at(actor, now)
        if free_at is None:
            IdNumberLook.objects.create(
                account_id=actor.account_id, officer=officer, reason=cleaned, looked_at=now
            )
            record(actor, "officer.id-number-seen", subject_of(officer), cleaned, now=now)
            return officer, id_number_of(officer)
        record(actor, "officer.id-number-refused", subject_of(officer), cleaned, now=now)
    raise Conflict(
        "unmask-limit",
        N_("一小时内最多查看 %(most)s 个完整身份证号码；%(time)s 以后可再查看，本次尝试已写入审计记录"),
        most=looks_in_an_hour(),
        time=timezone.localtime(free_at).strftime("%H:%M"),
    )


def looks_in_an_hour() -> int:
    """Return how often a person may look within an hour on this node."""
    return int(getattr(settings, "WARRANT_ID_NUMBER_LOOKS", LOOKS_IN_AN_HOUR))


def checked_reason(reason: str) -> str:
    """Return a reason that says something, ID numbers in it masked.

    Raises: InvalidInput ``reason-missing`` with place ``reason``.
    """
    cleaned = " ".join(reason.split())
    words = [character for character in cleaned if character.isalpha()]
    if len(words) < SHORTEST_REASON or len(set(words)) < FEWEST_CHARACTERS:
        raise InvalidInput(
            "reason-missing",
            N_("请写明查看完整身份证号码的事由，至少 %(least)s 个字，例如“办理调动，核对原件”"),
            place="reason",
            least=SHORTEST_REASON,
        )
    return without_id_numbers(cleaned)[:LONGEST_REASON]


def _next_look_at(actor: Actor, now: datetime) -> datetime | None:
    """Return when the person may look again, nothing if now."""
    most = looks_in_an_hour()
    looks = IdNumberLook.objects.filter(account_id=actor.account_id, looked_at__gt=now - _HOUR)
    recent = list(looks.order_by("-looked_at").values_list("looked_at", flat=True)[:most])
    return recent[-1] + _HOUR if len(recent) >= most else None


__all__ = ["LOOKS_IN_AN_HOUR", "checked_reason", "looks_in_an_hour", "unmask_id_number"]
