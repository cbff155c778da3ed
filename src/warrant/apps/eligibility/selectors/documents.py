"""The explanation as JSON: what the open address and the command line hand out."""

from __future__ import annotations

from typing import Any

from warrant.apps.eligibility.types import Explanation
from warrant.apps.officers.models import Officer
from warrant.core.eligibility import facts_to_json, results_to_json


def explanation_document(officer: Officer, explanation: Explanation) -> dict[str, Any]:
    """Return an explanation for programs: by codes, no name and no ID number; the officer by the register's own id."""
    return {
        "officer": str(officer.uid),
        "on": explanation.on.isoformat(),
        "kind": explanation.kind,
        "ruleset": explanation.rules.digest,
        "is_met": explanation.is_met,
        "results": results_to_json(explanation.results),
        "facts": facts_to_json(explanation.facts),
    }
