"""Findings for other programs: one flat record each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from warrant.core.roster.finding import Finding


def as_record(finding: Finding) -> dict[str, str | int]:
    """Return sheet, row, column, severity, code and the Chinese message; the order is part of the interface."""
    return {
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.column,
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.text,
    }


def as_json_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield one JSON object a finding, without line ends, Chinese unescaped."""
    for finding in findings:
        yield json.dumps(as_record(finding), ensure_ascii=False)
