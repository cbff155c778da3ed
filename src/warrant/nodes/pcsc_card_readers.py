"""Real readers over PC/SC as the port ``card_readers``; a module of its own, because pyscard is optional."""

from __future__ import annotations

from warrant.adapters.pcsc.reader import PcscReader, pcsc_readers
from warrant.core.errors import N_, NotFound


class PcscReaders:
    """The readers that the PC/SC daemon knows at this moment."""

    def names(self) -> list[str]:
        """Return their names. Raises: Unavailable ``pcsc-unavailable``."""
        return [reader.name for reader in pcsc_readers()]

    def reader(self, name: str) -> PcscReader:
        """Return a reader. Raises: NotFound ``reader-unknown``; Unavailable ``pcsc-unavailable``."""
        for reader in pcsc_readers():
            if reader.name == name:
                return reader
        raise NotFound("reader-unknown", N_("没有名为“%(reader)s”的读卡器"), place="reader", reader=name)


def real_readers() -> PcscReaders:
    """Return the readers of this machine: the factory of the port ``card_readers`` where they are switched on."""
    return PcscReaders()
