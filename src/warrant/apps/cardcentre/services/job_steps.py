"""The steps of a card job on record, and the time at which each began and ended."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from warrant.apps.cardcentre.models import CardJob, CardJobStep
from warrant.core.chip.personalisation import StepMoment, StepName

WRITTEN_EVERY_SECONDS = 0.05
"""Each writing is a commit that the card waits for. A kill loses what happened since: the chip knows it anyway."""


class Stopwatch:
    """Tells instants of one piece of work from the one at which it began, without reading the clock."""

    def __init__(self, began_at: datetime) -> None:
        self._began_at = began_at
        self._started = time.monotonic()

    def now(self) -> datetime:
        """Return the instant at which the work has arrived."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._started)


class StepLog:
    """Takes down the steps of one attempt; called by the personalisation before and after each."""

    def __init__(self, job: CardJob, elapsed: Stopwatch) -> None:
        self._job = job
        self._elapsed = elapsed
        self._written_at = time.monotonic()
        self._records: dict[StepName, CardJobStep] = {}
        self._changed: set[StepName] = set()

    def __call__(self, name: StepName, moment: StepMoment) -> None:
        """Take down one moment; write everything now and then."""
        now = self._elapsed.now()
        if moment is StepMoment.BEGUN:
            self._records[name] = CardJobStep(
                job=self._job, attempt=self._job.attempts, name=name.value, begun_at=now
            )
        else:
            self._records[name].done_at = now
        self._changed.add(name)
        if time.monotonic() - self._written_at > WRITTEN_EVERY_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what is not written yet, in two statements at most."""
        changed = [self._records[name] for name in StepName if name in self._changed]
        CardJobStep.objects.bulk_update([row for row in changed if row.pk], ["done_at"])
        CardJobStep.objects.bulk_create([row for row in changed if not row.pk])
        self._changed.clear()
        self._written_at = time.monotonic()
