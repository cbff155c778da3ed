"""What a reviewer should look at: the filed facts against the dated rules, and the chain of opinions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext

from warrant.apps.eligibility.selectors.wording import field_words
from warrant.apps.filing.selectors.conditions import Recomputed, facts_in, recomputed, titles_of
from warrant.apps.filing.types import FiledCase
from warrant.apps.regulations.selectors import in_force
from warrant.core.eligibility import (
    FACTS,
    ExaminationFact,
    Fact,
    Facts,
    RuleResult,
    Ruleset,
    Source,
    evaluate,
    not_met,
)
from warrant.core.eligibility.facts import Value
from warrant.core.errors import N_
from warrant.core.lifecycle import ApplicationState
from warrant.core.lifecycle.application import STEP_PASS_ACTION
from warrant.core.qualification.examination import ExaminationRules
from warrant.core.regulation import RegulationKind


@dataclass(frozen=True)
class CaseCheck:
    """One check; ``title`` and ``message`` are msgids or in the language of the request, ``fields`` fill the message."""

    title: str
    is_met: bool
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


def checks_of(case: FiledCase, on: date, province: str = "") -> list[CaseCheck]:
    """Return every check of the case, in the order in which officials ask.

    What was filed with its explanation is worked out again as of its own day, under the rules that ``province`` named;
    what was filed before is held against the nation's rules of the day ``on``.
    """
    found = recomputed(case, province)
    conditions = _by_rules_of(case, on) if found is None else _explained(case, found)
    return [*conditions, _documents(case), _chain(case)]


def _explained(case: FiledCase, found: Recomputed) -> list[CaseCheck]:
    return [_agreement(case, found), _conditions_met(found), _nation(found), _same_facts(case)]


def _agreement(case: FiledCase, found: Recomputed) -> CaseCheck:
    title = N_("与省级结论一致")
    if found.rules is None:
        return CaseCheck(title, False, N_("本节点没有该省所依据的规则版本，无法复算"))
    if found.differing:
        titles = "；".join(titles_of(case, found))
        return CaseCheck(title, False, N_("按报送的事实复算，与省级结论不同：%(titles)s"), {"titles": titles})
    return CaseCheck(
        title,
        True,
        N_("按报送的事实和同一规则复算 %(count)s 项条件，结论全部相同"),
        {"count": len(found.results)},
    )


def _titles(results: Sequence[RuleResult]) -> dict[str, object]:
    language = translation.get_language() or ""
    return {"titles": "；".join(result.title.in_language(language) for result in results)}


def _conditions_met(found: Recomputed) -> CaseCheck:
    title = N_("资格条件")
    missing = not_met(found.results)
    if found.rules is None:
        return CaseCheck(title, False, N_("未能复算"))
    if missing:
        return CaseCheck(title, False, N_("没有满足，也未豁免：%(titles)s"), _titles(missing))
    return CaseCheck(title, True, N_("全部满足或已豁免"))


def _nation(found: Recomputed) -> CaseCheck:
    title = N_("与全国规则的差异")
    if found.against_nation:
        return CaseCheck(
            title,
            False,
            N_("只按该省规则满足，按全国规则没有满足：%(titles)s"),
            _titles(found.against_nation),
        )
    return CaseCheck(title, True, N_("按全国规则结论相同"))


def _same_facts(case: FiledCase) -> CaseCheck:
    """Hold the facts of the explanation against the officer that is filed: both come from the same record."""
    facts = facts_in(case)
    filed = _facts(case, date.min)
    names = [
        name
        for name in _COMPARED
        if name in facts and (facts[name].value or None) != (filed[name].value or None)
    ]
    title = N_("事实与报送内容一致")
    if names:
        words = "、".join(gettext(FACTS[name].label) for name in names)
        return CaseCheck(title, False, N_("条件所用的事实与报送的人员内容不同：%(names)s"), {"names": words})
    return CaseCheck(title, True, N_("条件所用的事实与报送的人员内容相同"))


_COMPARED = (
    "birth_on",
    "sex",
    "education",
    "staffing",
    "post",
    "categories",
    "photo",
    "training_hours",
)


def _by_rules_of(case: FiledCase, on: date) -> list[CaseCheck]:
    rules = in_force(RegulationKind.ELIGIBILITY, "", on).document
    facts = _facts(case, on)
    language = translation.get_language() or ""
    return [
        CaseCheck(
            result.title.in_language(language),
            result.is_met,
            result.found.message,
            field_words(result.found.fields),
        )
        for result in evaluate(rules, facts, on, case.kind)
        if _is_filed(rules, result.rule_id, facts)
    ]


def _is_filed(rules: Ruleset, rule_id: str, facts: Facts) -> bool:
    """Tell whether a filing carries what the condition asks; the rest the province checked before it submitted."""
    line = rules.line(rule_id)
    return line is not None and any(name in facts for name in line.check.reads)


def is_clean(case: FiledCase, on: date, province: str = "") -> bool:
    """Tell whether no check asks for a closer look."""
    return all(check.is_met for check in checks_of(case, on, province))


def _pass_mark(paper: str, day: date) -> Decimal:
    """Return the nation's mark: a filing of the first form names the score only."""
    rules: ExaminationRules = in_force(RegulationKind.EXAMINATION, "", day).document
    return rules.papers[paper].pass_mark


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
                pass_mark=_pass_mark(examination.paper, examination.sat_on),
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
