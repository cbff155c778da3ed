"""What the card forgets without power: selected files, security states, the challenge.

Readings of the manual where it is silent or says two things (docs/card-format.md lists them):

- a directory without any file when it is entered (or just erased) grants every access right until it is left;
  files that demand a MAC demand it even then;
- selecting the MF gives the current directory the MF's state; selecting any other directory sets it to 0;
- authentication in the MF sets both states, in a DF only the DF's.

Source: FMCOS 2.0 manual, 4.3, 5.1 to 5.3, 7.2, 7.4, 7.11.
"""

from __future__ import annotations

from warrant.adapters.virtual_card.files import Directory, ElementaryFile
from warrant.adapters.virtual_card.refusal import Refusal


class SecurityState:
    """Volatile state of a powered card."""

    def __init__(self, master: Directory) -> None:
        self._master = master
        self.directory = master
        self.file: ElementaryFile | None = None
        self.challenge: bytes | None = None
        self._master_state = 0
        self._directory_state = 0
        self._open: Directory | None = master if master.is_empty else None

    def enter(self, directory: Directory) -> None:
        """Make a directory the current one."""
        is_same = directory is self.directory
        self.directory = directory
        self.file = None
        self._directory_state = self._master_state if directory is self._master else 0
        if not is_same or self._open is not directory:
            self._open = directory if directory.is_empty else None

    def note_erased(self) -> None:
        """The current directory has just been emptied: it is open until it is left."""
        self._open = self.directory
        self.file = None

    def reach(self, state: int) -> None:
        """An authentication succeeded in the current directory: take its following state (low nibble)."""
        self._directory_state = state & 0x0F
        if self.directory is self._master:
            self._master_state = self._directory_state

    def allows(self, access: int) -> bool:
        """Whether an access byte is satisfied now."""
        if self._open is self.directory:
            return True
        return self.satisfies(access)

    def satisfies(self, access: int) -> bool:
        """Whether the states satisfy an access byte; an open directory makes no difference."""
        upper, lower = access >> 4, access & 0x0F
        if upper == 0:
            return self._master_state >= lower
        return lower <= self._directory_state <= upper

    def demand_service(self) -> None:
        """Raises: Refusal 9303 or 6A81 while the current directory is blocked."""
        if self.directory.is_blocked_for_ever:
            raise Refusal(0x9303)
        if self.directory.is_blocked:
            raise Refusal(0x6A81)

    def demand(self, access: int) -> None:
        """Raises: Refusal 6982 unless the access byte is satisfied."""
        if not self.allows(access):
            raise Refusal(0x6982)
