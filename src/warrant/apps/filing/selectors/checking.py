"""What a reviewer should look at: the filed facts against the dated rules, and the chain of opinions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from warrant.apps.filing.types import FiledCase
from warrant.core.eligibility import RULES, ExaminationFact, Facts, evaluate, pass_mark_on
from warrant.core.errors import N_
from warrant.core.lifecycle import ApplicationState
from warrant.core.lifecycle.application import STEP_PASS_ACTION

FILED_RULES = frozenset(
    {"age", "retirement", "education", "staffing", "photo", "training", "examination-special-law"}
    | {"examination-general-law"}
)
"""The rules whose facts are part of a filing; the province checked the others before it submitted."""


@dataclass(frozen=True)
class CaseCheck:
    """One check; ``title`` and ``message`` are msgids, ``fields`` fill the message."""

    title: str
    is_met: bool
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


def checks_of(case: FiledCase, on: date) -> list[CaseCheck]:
    """Return every check of the case as of ``on``, in the order in which officials ask."""
    rules = [rule for rule in RULES if rule.rule_id in FILED_RULES]
    results = evaluate(_facts(case), rules, on)
    checks = [
        CaseCheck(result.title, result.is_met, result.found.message, result.found.fields)
        for result in results
    ]
    return [*checks, _documents(case), _chain(case)]


def is_clean(case: FiledCase, on: date) -> bool:
    """Tell whether no check asks for a closer look."""
    return all(check.is_met for check in checks_of(case, on))


def _facts(case: FiledCase) -> Facts:
    officer = case.officer
    return Facts(
        birth_on=officer.birth_on,
        sex=officer.sex,
        education=officer.education or None,
        staffing=officer.staffing or None,
        has_photo=bool(case.photo_digest),
        training_hours=case.training_hours,
        examinations=tuple(
            ExaminationFact(
                paper=examination.paper,
                sat_on=examination.sat_on,
                score=examination.score,
                pass_mark=pass_mark_on(examination.sat_on),
            )
            for examination in case.examinations
        ),
    )


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
