"""Real readers whose every round trip is timed: nothing but the call that sends and waits for the answer."""

from __future__ import annotations

import time
from dataclasses import dataclass

from warrant.adapters.pcsc.reader import PcscConnection, PcscReader, pcsc_readers


@dataclass
class Trips:
    """What went to the card since it was last forgotten; times in seconds."""

    count: int = 0
    seconds: float = 0.0
    opening: float = 0.0


class TimedConnection(PcscConnection):
    """An open card that keeps the time of each command."""

    trips = Trips()

    def __init__(self, reader_name: str) -> None:
        began = time.perf_counter()
        super().__init__(reader_name)
        self.trips.opening += time.perf_counter() - began

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command."""
        began = time.perf_counter()
        try:
            return super().transmit(apdu)
        finally:
            self.trips.seconds += time.perf_counter() - began
            self.trips.count += 1

    def reset(self) -> None:
        """Reset the card; counted with its opening, not with the commands."""
        began = time.perf_counter()
        super().reset()
        self.trips.opening += time.perf_counter() - began

    def close(self) -> None:
        """Power the card down; counted with its opening."""
        began = time.perf_counter()
        super().close()
        self.trips.opening += time.perf_counter() - began


class TimedReader(PcscReader):
    """A reader that opens timed cards."""

    def connect(self) -> PcscConnection:
        """Power the card up."""
        return TimedConnection(self.name)


class TimedReaders:
    """The daemon's readers as the port ``card_readers``."""

    def names(self) -> list[str]:
        """Return their names."""
        return [reader.name for reader in pcsc_readers()]

    def reader(self, name: str) -> TimedReader:
        """Return a reader."""
        return TimedReader(name)


def timed_readers() -> TimedReaders:
    """Stand where the node's factory of the readers stands."""
    return TimedReaders()
