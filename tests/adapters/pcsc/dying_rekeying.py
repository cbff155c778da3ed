"""A process that re-keys the card in a reader and is killed on the way: ``READER SUITE COMMANDS``."""

from __future__ import annotations

import os
import signal
import sys

from tests.adapters.pcsc.test_rekeying import SUITES, Breaking, plan

from warrant.adapters.pcsc.reader import PcscReader
from warrant.core.chip.rekeying import rekey


class Killed(Breaking):
    """Ends the process as ``kill -9`` does: nothing is closed, nothing is said."""

    def end(self) -> None:
        """Die."""
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    reader, suite, lives = sys.argv[1:]
    rekey(Killed(PcscReader(reader).connect(), int(lives)), plan(next(one for one in SUITES if one == suite)))
