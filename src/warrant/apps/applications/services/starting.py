"""Opening applications for many officers at once, each by itself: one that cannot be opened stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from warrant.apps.applications.services.preparing import create_application
from warrant.apps.officers.models import Officer
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict, InvalidInput, WarrantError
from warrant.core.lifecycle import OfficerState
from warrant.core.standards.codes import MARITIME_CATEGORY

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Started:
    """What became of one officer: the number of the draft, or why there is none."""

    officer: Officer
    number: str = ""
    problem: WarrantError | None = None


def start_applications(actor: Actor, officers: Sequence[Officer], *, now: datetime) -> list[Started]:
    """Open a draft for each of the officers, for all categories that they are registered for but the maritime one.

    Each draft is a transaction of its own.

    Raises:
        InvalidInput: nobody, or more than can be opened at once.
    """
    if not officers or len(officers) > MOST_AT_ONCE:
        raise InvalidInput(
            "too-many-at-once", N_("一次可为 1 至 %(most)s 人发起申请；请缩小选择范围"), most=MOST_AT_ONCE
        )
    return [_start(actor, officer, now) for officer in officers]


def _start(actor: Actor, officer: Officer, now: datetime) -> Started:
    categories = [code for code in officer.category_codes if code != MARITIME_CATEGORY]
    try:
        if officer.state != OfficerState.ACTIVE:
            raise Conflict("officer-left", N_("该人员已离职，不能申请"))
        application = create_application(actor, officer.pk, categories, now=now)
    except WarrantError as error:
        return Started(officer, problem=error)
    return Started(officer, application.number)
