"""Applying the rules of a day to the facts of a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from warrant.core.eligibility.facts import Facts
from warrant.core.eligibility.finding import Outcome
from warrant.core.eligibility.rules import Rule, RuleResult


def evaluate(facts: Facts, rules: Sequence[Rule], on: date) -> list[RuleResult]:
    """Return one result for each rule that counts on ``on``, in the order of ``rules``.

    A fact that is not known makes the outcome ``unknown``, never ``met``.
    """
    results = []
    for rule in rules:
        if not rule.counts_on(on):
            continue
        finding = rule.check(facts, rule.parameters, on)
        is_met = finding.outcome is Outcome.MET
        results.append(
            RuleResult(
                rule.rule_id,
                rule.title,
                rule.basis,
                rule.is_assumption,
                finding.outcome,
                finding,
                cure="" if is_met else rule.cure,
            )
        )
    return results


def not_met(results: Sequence[RuleResult]) -> list[RuleResult]:
    """Return what is missing: every result that is not certainly met."""
    return [result for result in results if not result.is_met]
