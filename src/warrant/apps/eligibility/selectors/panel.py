"""The box on the officer's page: how the person stands today, and what is missing."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.eligibility.selectors.explaining import explanation_for
from warrant.apps.eligibility.selectors.wording import conditions_shown
from warrant.apps.eligibility.types import KIND_NAMES
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.types import Panel
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.eligibility import Ruleset
from warrant.core.lifecycle import OfficerState


def officer_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Return the box with the conditions that are missing today, and the way to all of them."""
    if not (is_own(viewer, officer) or is_permitted(viewer, Permission.OFFICER_VIEW, officer.place)):
        return None
    if officer.state != OfficerState.ACTIVE:
        return None
    explanation = explanation_for(officer, clock.today())
    conditions = conditions_shown(viewer, officer, explanation)
    asked_later = {
        result.rule_id
        for result in explanation.results
        if not result.is_met and _is_of_case(explanation.rules.document, result.rule_id)
    }
    missing = [row for row in conditions if not row.is_met and row.rule_id not in asked_later]
    return Panel(
        title=_("资格条件"),
        template="eligibility/panel.jinja",
        context={
            "kind": _(KIND_NAMES[explanation.kind]),
            "missing": missing,
            "count": len(conditions),
            "met": sum(row.is_met for row in conditions),
            "asked_later": [row.title for row in conditions if row.rule_id in asked_later],
            "all_url": reverse("officer-eligibility", args=[officer.pk]),
        },
        order=30,
        count=len(missing) or None,
        anchor="eligibility",
    )


def _is_of_case(rules: Ruleset, rule_id: str) -> bool:
    line = rules.line(rule_id)
    return line is not None and line.check.is_of_case
