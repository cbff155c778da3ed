"""How much long work does at once, so that whoever else writes waits for a moment only."""

from __future__ import annotations

from warrant.apps.foundation.loading import keeps_writers_out

LOCK_SECONDS = 0.05
"""What a transaction should take, with everything that follows its officers, where others wait for it.

A third of what others may wait: on a busy machine one in a hundred takes twice as long.
"""


class Pace:
    """``size`` is how many officers the next transaction takes."""

    def __init__(self, first: int, smallest: int, largest: int) -> None:
        self.size = first
        self._smallest = smallest
        self._largest = largest

    def fit(self, seconds: float) -> None:
        """Note how long the last transaction took: take more or fewer at once; fewer without delay."""
        if not keeps_writers_out():
            self.size = self._largest
            return
        fitting = int(self.size * LOCK_SECONDS / max(seconds, 0.001))
        wanted = min(fitting, (self.size + fitting) // 2)
        self.size = min(max(wanted, self._smallest), self._largest)
