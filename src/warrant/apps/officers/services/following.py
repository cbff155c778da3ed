"""What other apps do when an officer moves, leaves or is merged, in the running transaction.

Lock order: the officer (already locked), then the application, then the certificate, then the card.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from warrant.apps.officers.models import Officer
from warrant.core.access import Actor, Place
from warrant.core.lifecycle import LeavingKind


class TransferFollower(Protocol):
    """Moves what hangs on an officer. Named in ``settings.WARRANT_TRANSFER_FOLLOWERS``.

    ``officer`` is at the new place already, with the categories of afterwards.
    """

    def __call__(
        self,
        officer: Officer,
        old_place: Place,
        new_place: Place,
        *,
        effective_on: date,
        actor: Actor | None,
        now: datetime,
    ) -> None:
        """Move it."""


class LeavingFollower(Protocol):
    """Ends what somebody who leaves no longer needs. Named in ``settings.WARRANT_LEAVING_FOLLOWERS``."""

    def __call__(
        self,
        officer: Officer,
        kind: LeavingKind,
        *,
        is_for_cause: bool,
        reason: str,
        actor: Actor | None,
        now: datetime,
    ) -> None:
        """End it; without an actor a leaving that was planned takes effect."""


class MergeFollower(Protocol):
    """Points rows of the record that goes at the one that stays. Named in ``settings.WARRANT_MERGE_FOLLOWERS``."""

    def __call__(self, kept: Officer, gone: Officer, *, actor: Actor, now: datetime) -> None:
        """Point them; nothing is lost."""


def follow_transfer(
    officer: Officer,
    old_place: Place,
    new_place: Place,
    *,
    effective_on: date,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Let every app move what hangs on the officer."""
    for path in getattr(settings, "WARRANT_TRANSFER_FOLLOWERS", ()):
        follower: TransferFollower = import_string(path)
        follower(officer, old_place, new_place, effective_on=effective_on, actor=actor, now=now)


def follow_leaving(
    officer: Officer,
    kind: LeavingKind,
    *,
    is_for_cause: bool,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Let every app end what the officer no longer needs."""
    for path in getattr(settings, "WARRANT_LEAVING_FOLLOWERS", ()):
        follower: LeavingFollower = import_string(path)
        follower(officer, kind, is_for_cause=is_for_cause, reason=reason, actor=actor, now=now)


def follow_merge(kept: Officer, gone: Officer, *, actor: Actor, now: datetime) -> None:
    """Let every app point its rows at the record that stays."""
    for path in getattr(settings, "WARRANT_MERGE_FOLLOWERS", ()):
        follower: MergeFollower = import_string(path)
        follower(kept, gone, actor=actor, now=now)
