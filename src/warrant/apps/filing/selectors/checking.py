"""What a reviewer should look at: the filed facts against the dated rules, and the chain of opinions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils import translation

from warrant.apps.eligibility.selectors.wording import field_words
from warrant.apps.filing.types import FiledCase
from warrant.apps.regulations.selectors import in_force
from warrant.core.eligibility import ExaminationFact, Fact, Facts, Ruleset, Source, evaluate, pass_mark_on
from warrant.core.eligibility.facts import Value
from warrant.core.errors import N_
from warrant.core.lifecycle import ApplicationState
from warrant.core.lifecycle.application import STEP_PASS_ACTION
from warrant.core.regulation import RegulationKind


@dataclass(frozen=True)
class CaseCheck:
    """One check; ``title`` and ``message`` are msgids or in the language of the request, ``fields`` fill the message."""

    title: str
    is_met: bool
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


def checks_of(case: FiledCase, on: date) -> list[CaseCheck]:
    """Return every check of the case as of ``on``, in the order in which officials ask."""
    rules = in_force(RegulationKind.ELIGIBILITY, "", on).document
    facts = _facts(case, on)
    language = translation.get_language() or ""
    checks = [
        CaseCheck(
            result.title.in_language(language),
            result.is_met,
            result.found.message,
            field_words(result.found.fields),
        )
        for result in evaluate(rules, facts, on, case.kind)
        if _is_filed(rules, result.rule_id, facts)
    ]
    return [*checks, _documents(case), _chain(case)]


def _is_filed(rules: Ruleset, rule_id: str, facts: Facts) -> bool:
    """Tell whether a filing carries what the condition asks; the rest the province checked before it submitted."""
    line = rules.line(rule_id)
    return line is not None and any(name in facts for name in line.check.reads)


def is_clean(case: FiledCase, on: date) -> bool:
    """Tell whether no check asks for a closer look."""
    return all(check.is_met for check in checks_of(case, on))


def _facts(case: FiledCase, on: date) -> dict[str, Fact]:
    officer = case.officer
    values: dict[str, Value] = {
        "birth_on": officer.birth_on,
        "sex": officer.sex,
        "education": officer.education or None,
        "staffing": officer.staffing or None,
        "post": officer.post or None,
        "categories": case.categories,
        "photo": bool(case.photo_digest),
        "training_hours": case.training_hours,
        "examinations": tuple(
            ExaminationFact(
                paper=examination.paper,
                sat_on=examination.sat_on,
                score=examination.score,
                pass_mark=pass_mark_on(examination.sat_on),
            )
            for examination in case.examinations
        ),
    }
    return {name: Fact(value, Source.FILING, on) for name, value in values.items()}


def _documents(case: FiledCase) -> CaseCheck:
    title = N_("证明材料")
    if not case.documents:
        return CaseCheck(title, False, N_("没有报送任何证明材料的摘要"))
    return CaseCheck(title, True, N_("已报送 %(count)s 份材料的摘要"), {"count": len(case.documents)})


def _chain(case: FiledCase) -> CaseCheck:
    title = N_("逐级审批")
    passed: dict[ApplicationState, set[str]] = {}
    for opinion in case.opinions:
        if STEP_PASS_ACTION.get(opinion.state) == opinion.action:
            passed.setdefault(opinion.state, set()).add(opinion.person)
    if ApplicationState.APPROVAL not in passed:
        return CaseCheck(title, False, N_("没有省级审批意见"))
    people = [person for persons in passed.values() for person in persons]
    twice = sorted({person for person in people if people.count(person) > 1})
    if twice:
        return CaseCheck(title, False, N_("%(person)s在不同环节都作了决定"), {"person": twice[0]})
    return CaseCheck(title, True, N_("各环节由不同的人办理"))
