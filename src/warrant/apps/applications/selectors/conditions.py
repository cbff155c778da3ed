"""The conditions of an application: what the register knows, what the case adds, and where to cure what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from warrant.apps.applications.models import Application
from warrant.apps.eligibility.selectors import conditions_shown, explanation_for
from warrant.apps.eligibility.selectors.wording import condition_of
from warrant.apps.eligibility.types import Case, Condition, Explanation
from warrant.core.access import Actor
from warrant.core.eligibility import results_to_json


def case_of(application: Application) -> Case:
    """Return what the case adds to what the register knows of its officer."""
    return Case(
        number=application.number,
        categories=tuple(application.category_codes),
        statement=application.statement,
        declarations=application.declarations,
    )


def explanation_of(application: Application, on: date, *, statement: str | None = None) -> Explanation:
    """Return every condition of the case on a day; ``statement`` stands for the kept one while it is being written.

    The caller has checked that the viewer may see the case.
    """
    case = case_of(application)
    if statement is not None:
        case = replace(case, statement=statement)
    return explanation_for(application.officer, on, application.kind, case=case)


def missing_of(explanation: Explanation) -> list[Condition]:
    """Return every condition that is neither certainly met nor waived, in words; empty when the case may go on."""
    return [condition_of(kept) for kept in results_to_json(explanation.missing)]


def conditions_of(viewer: Actor, application: Application, on: date) -> list[Condition]:
    """Return every condition in words, with the page on which a missing one is cured."""
    return conditions_shown(viewer, application.officer, explanation_of(application, on), is_case=True)
