"""Checking a roster file: read it, then let the rules of core speak."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from warrant.adapters.spreadsheet.bounds import check_size
from warrant.adapters.spreadsheet.reading import read_spreadsheet
from warrant.core.roster.checking import RosterCheck, check_roster
from warrant.core.roster.finding import Finding
from warrant.core.roster.row import FindAgency


def check_roster_content(content: bytes, file_name: str, on: date, find_agency: FindAgency) -> RosterCheck:
    """Check an uploaded roster as of the day ``on``.

    Raises: InvalidInput when the file cannot be read.
    """
    return check_roster(read_spreadsheet(content, file_name), on, find_agency)


def check_roster_file(path: Path, on: date, find_agency: FindAgency) -> list[Finding]:
    """Check a roster file on disk as of the day ``on``; findings in reading order.

    Raises: InvalidInput when the file cannot be read; OSError when it cannot be opened.
    """
    check_size(path.stat().st_size)
    return list(check_roster_content(path.read_bytes(), path.name, on, find_agency).findings)
