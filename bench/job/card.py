"""``python -m bench.job.card PORT``: plays blanks in a reader's slot, a process of its own.

Reads lines: ``SERIAL SUITE TRANSPORT-KEY`` (hex) puts that blank in, an empty line takes it out. Each is answered.
"""

from __future__ import annotations

import sys

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.vpcd import VpcdCard, connect_to
from warrant.core.crypto.secret import Secret


def play(port: int) -> None:
    """Put in one blank after another until the input ends."""
    lying: VpcdCard | None = None
    for line in sys.stdin:
        if lying is not None:
            lying.remove()
        if line.strip():
            serial, suite, key = line.split()
            blank = VirtualCard.blank(suite, Secret(bytes.fromhex(key)), serial_number=bytes.fromhex(serial))
            lying = VpcdCard(blank, connect_to("127.0.0.1", port))
            lying.insert()
        sys.stdout.write("done\n")
        sys.stdout.flush()
    if lying is not None:
        lying.remove()


if __name__ == "__main__":
    play(int(sys.argv[1]))
