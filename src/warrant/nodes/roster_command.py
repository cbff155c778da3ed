"""``warrant roster check``: what is wrong in a roster file, without a node."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from warrant.adapters.spreadsheet.checking import check_roster_file
from warrant.core.errors import InvalidInput
from warrant.core.roster.finding import Finding, Severity
from warrant.core.standards.agency_seed import seed_agency_finder

CHINA = ZoneInfo("Asia/Shanghai")


def _as_object(finding: Finding) -> dict[str, object]:
    return {
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.column,
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.text,
    }


def check(arguments: argparse.Namespace) -> int:
    """Print the findings; 0 if every row can be taken in, 1 if not, 2 if the file cannot be read at all."""
    try:
        on = date.fromisoformat(arguments.on) if arguments.on else datetime.now(CHINA).date()
        findings = check_roster_file(Path(arguments.file), on, seed_agency_finder())
    except InvalidInput as error:
        sys.stderr.write(f"warrant: {arguments.file}: {error.message % error.fields}\n")
        return 2
    except (OSError, ValueError) as error:
        sys.stderr.write(f"warrant: {arguments.file}: {error}\n")
        return 2
    for finding in findings:
        if arguments.json:
            sys.stdout.write(json.dumps(_as_object(finding), ensure_ascii=False) + "\n")
        else:
            place = f"{finding.sheet}!{finding.row} {finding.column}".strip()
            sys.stdout.write(f"{finding.severity.value:<5} {place}: {finding.text} [{finding.code}]\n")
    counts = Counter(finding.severity for finding in findings)
    if not arguments.json:
        sys.stdout.write(
            "".join(f"{severity.value} {counts[severity]}  " for severity in Severity).rstrip() + "\n"
        )
    return 1 if counts[Severity.ERROR] else 0
