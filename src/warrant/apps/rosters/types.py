"""The port to spreadsheet files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from warrant.core.roster.checking import RosterCheck
from warrant.core.roster.grid import Sheet


class Workbooks(Protocol):
    """The port ``workbooks``: spreadsheet files in, and the workbook of rejected rows out."""

    def read(self, content: bytes, file_name: str) -> Sequence[Sheet]:
        """Return the sheets of an uploaded file.

        Raises:
            InvalidInput: the file is no spreadsheet, damaged, protected or out of bounds.
        """
        ...

    def write_rejected(
        self, sheets: Sequence[Sheet], check: RosterCheck, translate: Callable[[str], str]
    ) -> bytes:
        """Return a workbook of the rows that an error keeps out, with the translated reasons beside them."""
        ...
