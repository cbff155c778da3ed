"""Kept explanations: reading them, and working them out again."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import Q

from warrant.apps.eligibility.models import EligibilityRecord
from warrant.apps.officers.models import Officer
from warrant.apps.regulations.selectors import by_digest
from warrant.core.access import Actor, Permission
from warrant.core.eligibility import evaluate, facts_from_json, results_to_json
from warrant.core.errors import N_, NotFound
from warrant.core.regulation import RegulationKind, canonical


def fingerprint(record: EligibilityRecord) -> str:
    """Return SHA-256, hex, over what a record says, in canonical form; the officer's number is no part of it."""
    content: dict[str, Any] = {
        "on": record.on.isoformat(),
        "kind": record.kind,
        "ruleset": record.ruleset_digest,
        "facts": record.facts,
        "results": record.results,
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def recompute(record: EligibilityRecord) -> list[dict[str, Any]]:
    """Return the results that the kept facts give under the kept rules; equal to ``record.results`` unless tampered with.

    Raises:
        NotFound: the rules were not kept here.
        InvalidInput: facts or rules are damaged.
    """
    rules = by_digest(RegulationKind.ELIGIBILITY, record.ruleset_digest)
    facts = facts_from_json(record.facts)
    return results_to_json(evaluate(rules.document, facts, record.on, record.kind))


def record_for(viewer: Actor, pk: int) -> EligibilityRecord:
    """Return a kept explanation of an officer whom the viewer may see, or of the viewer.

    Raises:
        NotFound: there is none, or it lies out of scope.
    """
    officers = Officer.objects.visible_to(viewer, Permission.OFFICER_VIEW)
    condition = Q(officer__in=officers.values("pk"))
    if viewer.officer_uid and viewer.has_anywhere(Permission.OWN_RECORD):
        condition |= Q(officer__uid=viewer.officer_uid)
    rows = EligibilityRecord.objects.filter(condition, pk=pk).select_related("officer__agency")
    found = rows.first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found
