"""The conditions as the province judged them, worked out again from the filed facts: agrees with the province or not.

Nothing that a province says about a condition is believed: only its facts, and the digest of the rules that it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.utils import translation

from warrant.apps.eligibility.selectors.wording import condition_of
from warrant.apps.eligibility.types import Condition
from warrant.apps.filing.types import FiledCase
from warrant.apps.regulations.selectors import by_digest, in_force
from warrant.apps.regulations.types import InForce
from warrant.core.eligibility import Facts, RuleResult, Ruleset, evaluate, not_met, results_to_json
from warrant.core.errors import NotFound
from warrant.core.regulation import RegulationKind


@dataclass(frozen=True)
class Recomputed:
    """The explanation worked out here. ``rules`` is missing where this node does not know the rules that were named.

    ``differing`` are ids of conditions that stand otherwise than the province says, ``against_nation`` what the
    nation's own rules of that day leave unmet although the province's are met.
    """

    rules: InForce | None
    results: tuple[RuleResult, ...] = ()
    differing: tuple[str, ...] = ()
    against_nation: tuple[RuleResult, ...] = ()

    @property
    def agrees(self) -> bool:
        """Tell whether every condition stands here as the province says."""
        return self.rules is not None and not self.differing


def named_rules(case: FiledCase, province: str) -> InForce | None:
    """Return the rules that a filing names by their digest, as this node knows them; ``province`` is the node's code."""
    filed = case.eligibility
    if filed is None:
        return None
    present = in_force(RegulationKind.ELIGIBILITY, province, filed.on)
    if present.digest == filed.ruleset:
        return present
    try:
        return by_digest(RegulationKind.ELIGIBILITY, filed.ruleset)
    except NotFound:
        return None


def recomputed(case: FiledCase, province: str) -> Recomputed | None:
    """Return the conditions worked out again; nothing for what was filed before explanations went along."""
    filed = case.eligibility
    if filed is None:
        return None
    rules = named_rules(case, province)
    if rules is None:
        return Recomputed(None)
    results = tuple(evaluate(cast(Ruleset, rules.document), filed.facts, filed.on, case.kind))
    here = {result.rule_id: result.outcome for result in results}
    ids = dict.fromkeys((*here, *filed.outcomes))
    differing = tuple(rule_id for rule_id in ids if here.get(rule_id) != filed.outcomes.get(rule_id))
    return Recomputed(rules, results, differing, _against_nation(case, rules, results))


def _against_nation(case: FiledCase, rules: InForce, results: Sequence[RuleResult]) -> tuple[RuleResult, ...]:
    filed = case.eligibility
    nation = in_force(RegulationKind.ELIGIBILITY, "", filed.on) if filed else None
    if filed is None or nation is None or nation.digest == rules.digest:
        return ()
    unmet = {result.rule_id for result in not_met(results)}
    found = not_met(evaluate(nation.document, filed.facts, filed.on, case.kind))
    return tuple(result for result in found if result.rule_id not in unmet)


def titles_of(case: FiledCase, found: Recomputed) -> list[str]:
    """Return the conditions that stand otherwise here, in words; one that is unknown here by its id."""
    language = translation.get_language() or ""
    words = {result.rule_id: result.title.in_language(language) for result in found.results}
    return [words.get(rule_id, rule_id) for rule_id in found.differing]


def conditions_in_words(found: Recomputed | None) -> list[Condition]:
    """Return every condition as it was worked out here, with the facts, for the reviewer to read."""
    return [condition_of(kept) for kept in results_to_json(found.results)] if found else []


def facts_in(case: FiledCase) -> Facts:
    """Return the facts that were filed with the explanation; none before schema 2."""
    return case.eligibility.facts if case.eligibility else {}
