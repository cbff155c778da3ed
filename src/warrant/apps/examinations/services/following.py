"""What follows when two records of one person become one."""

from __future__ import annotations

from datetime import datetime

from warrant.apps.examinations.models import Candidate
from warrant.apps.officers.models import Officer
from warrant.core.access import Actor


def follow_merge(kept: Officer, gone: Officer, *, actor: Actor, now: datetime) -> None:
    """Let the sittings of the record that goes belong to the one that stays; where both sat, each list stays as it was."""
    both = Candidate.objects.filter(officer=kept).values("sitting_id")
    Candidate.objects.filter(officer=gone).exclude(sitting_id__in=both).update(officer=kept)
