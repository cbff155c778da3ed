"""Whether a filing is looked at closely, and why: decided once, when it arrives, under the sampling rules of that day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django.db.models import Count, Q
from django.utils import timezone, translation

from warrant.apps.filing.models import Filing
from warrant.apps.filing.selectors.conditions import Recomputed, recomputed
from warrant.apps.filing.types import FiledCase
from warrant.apps.regulations.selectors import by_digest, in_force
from warrant.apps.regulations.types import InForce
from warrant.core.eligibility import Known, Outcome, evaluate, values_of
from warrant.core.errors import NotFound
from warrant.core.lifecycle import FilingState
from warrant.core.qualification.sampling import BOUNDARY, RETURNED_OFTEN, Candidate, Sampling, sampled
from warrant.core.regulation import RegulationKind


def rules_on(now: datetime) -> InForce:
    """Return the sampling rules of the day."""
    return in_force(RegulationKind.SAMPLING, "", timezone.localdate(now))


def reasons_for(
    case: FiledCase, province: str, request_hash: bytes, used: InForce, *, now: datetime
) -> tuple[str, ...]:
    """Return why an arriving filing is looked at closely; the filing itself is not in the register yet."""
    rules = cast(Sampling, used.document)
    found = recomputed(case, province)
    often = rules.line(RETURNED_OFTEN)
    since = now - timedelta(days=often.numbers["days"] if often else 0)
    filed = Filing.objects.filter(node_code=province)
    counts = filed.filter(received_at__gte=since).aggregate(
        decided=Count("pk", filter=~Q(state=FilingState.RECEIVED)),
        returned=Count("pk", filter=Q(state=FilingState.RETURNED)),
    )
    candidate = Candidate(
        province=province,
        request_hash=request_hash,
        has_waiver=found is not None and any(row.outcome is Outcome.WAIVED for row in found.results),
        is_on_boundary=found is not None and _is_on_boundary(case, found, rules),
        is_first_of_kind=not filed.filter(kind=case.kind).exists(),
        decided=counts["decided"],
        returned=counts["returned"],
    )
    return sampled(rules, candidate)


def _is_on_boundary(case: FiledCase, found: Recomputed, rules: Sampling) -> bool:
    """Tell whether a condition would stand otherwise a few days earlier or later, or a mark was only just reached."""
    line, filed = rules.line(BOUNDARY), case.eligibility
    if line is None or filed is None or found.rules is None:
        return False
    facts = filed.facts
    papers = Known(values_of(facts)).examinations() or ()
    if any(paper.is_passed and paper.score - paper.pass_mark <= line.numbers["points"] for paper in papers):
        return True
    here = {row.rule_id: row.outcome for row in found.results}
    for days in (-line.numbers["days"], line.numbers["days"]):
        day = filed.on + timedelta(days=days)
        for row in evaluate(found.rules.document, facts, day, case.kind):
            if row.rule_id in here and here[row.rule_id] is not row.outcome:
                return True
    return False


def reasons_in_words(filing: Filing) -> list[str]:
    """Return why a filing is looked at closely, in the words of the rules under which it was drawn."""
    if not filing.sample_reasons:
        return []
    try:
        rules = cast(Sampling, by_digest(RegulationKind.SAMPLING, filing.sampling_digest).document)
    except NotFound:
        return list(filing.sample_reasons)
    language = "en" if (translation.get_language() or "").startswith("en") else "zh"
    lines = [(rule_id, rules.lines.get(rule_id)) for rule_id in filing.sample_reasons]
    return [line.title[language] if line else rule_id for rule_id, line in lines]
