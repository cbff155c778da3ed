"""Applying the rules of a day to the facts of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from warrant.core.eligibility.facts import Fact, Facts, Known, WaiverFact, values_of
from warrant.core.eligibility.finding import Finding, Outcome
from warrant.core.eligibility.ruleset import RuleLine, Ruleset, Wording


@dataclass(frozen=True)
class RuleResult:
    """One condition with what was found.

    ``facts`` are those that the check reads and that are known, by name; ``waiver`` the one by which a condition that
    does not hold was waived.
    """

    rule_id: str
    title: Wording
    basis: Wording
    cure: Wording
    is_assumption: bool
    is_waivable: bool
    outcome: Outcome
    found: Finding
    facts: Mapping[str, Fact]
    waiver: WaiverFact | None = None

    @property
    def is_met(self) -> bool:
        """Tell whether the condition holds for certain, or was waived."""
        return self.outcome in (Outcome.MET, Outcome.WAIVED)


def outcome_of(line: RuleLine, known: Known, on: date) -> Outcome:
    """Return how one condition stands, without the words; as :func:`evaluate` does."""
    outcome = line.check.run(known, line.parameters, on).outcome
    if outcome is not Outcome.MET and _waiver(line, known, on) is not None:
        return Outcome.WAIVED
    return outcome


def _waiver(line: RuleLine, known: Known, on: date) -> WaiverFact | None:
    if not line.is_waivable:
        return None
    return next(
        (one for one in known.waivers() if one.rule_id == line.rule_id and one.from_on <= on <= one.until_on),
        None,
    )


def evaluate(ruleset: Ruleset, facts: Facts, on: date, kind: str) -> list[RuleResult]:
    """Return one result for each condition that counts on ``on`` for ``kind``, in the order of the ruleset.

    A fact that is not known makes the outcome ``unknown``, never ``met``; a waiver counts only where the line may be
    waived at all.
    """
    values = values_of(facts)
    known = Known(values)
    results = []
    for line in ruleset.lines_on(on, kind, known.texts("categories") or ()):
        found = line.check.run(known, line.parameters, on)
        waiver = _waiver(line, known, on) if found.outcome is not Outcome.MET else None
        results.append(
            RuleResult(
                rule_id=line.rule_id,
                title=line.title,
                basis=line.basis,
                cure=line.cure,
                is_assumption=line.is_assumption,
                is_waivable=line.is_waivable,
                outcome=found.outcome if waiver is None else Outcome.WAIVED,
                found=found,
                facts={name: facts[name] for name in line.check.reads if _is_known(facts.get(name))},
                waiver=waiver,
            )
        )
    return results


def _is_known(fact: Fact | None) -> bool:
    return fact is not None and fact.value is not None


def not_met(results: Sequence[RuleResult]) -> list[RuleResult]:
    """Return what is missing: every result that is neither certainly met nor waived."""
    return [result for result in results if not result.is_met]
