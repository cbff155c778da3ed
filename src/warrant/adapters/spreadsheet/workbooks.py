"""The adapter behind the port ``workbooks``: spreadsheet files in, the workbook of rejected rows out."""

from __future__ import annotations

from collections.abc import Sequence

from warrant.adapters.spreadsheet.reading import read_spreadsheet
from warrant.adapters.spreadsheet.rejects import Translate, write_rejected
from warrant.core.roster.checking import RosterCheck
from warrant.core.roster.grid import Sheet


class Workbooks:
    """Reads and writes with no state of its own."""

    def read(self, content: bytes, file_name: str) -> Sequence[Sheet]:
        """Return the visible sheets of an uploaded file.

        Raises: InvalidInput when it is no spreadsheet, damaged, protected or out of bounds.
        """
        return read_spreadsheet(content, file_name)

    def write_rejected(self, sheets: Sequence[Sheet], check: RosterCheck, translate: Translate) -> bytes:
        """Return an .xlsx of the rows that an error keeps out, with the translated reasons beside them."""
        return write_rejected(sheets, check, translate)


def workbooks() -> Workbooks:
    """Make the adapter; a node names this as the factory of the port ``workbooks``."""
    return Workbooks()
