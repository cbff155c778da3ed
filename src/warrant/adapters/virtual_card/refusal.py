"""A command refused with a status word: how the parts of the card tell the dispatcher to stop."""

from __future__ import annotations


class Refusal(Exception):
    """Ends a command with ``sw``; ``field`` is sent back as well (warnings carry what was read)."""

    def __init__(self, sw: int, field: bytes = b"") -> None:
        super().__init__(f"{sw:04X}")
        self.sw = sw
        self.field = field
