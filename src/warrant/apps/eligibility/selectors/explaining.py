"""The explanation: every condition on a day, met or not, by which text, on which facts, and how to cure it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from warrant.apps.eligibility.selectors.facts import facts_of
from warrant.apps.eligibility.types import KIND_NAMES, Case, Explanation
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.types import InForce
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.eligibility import CertificateFact, Fact, evaluate
from warrant.core.eligibility.ruleset import FIRST_ISSUE, RENEWAL
from warrant.core.eligibility.standing_checks import is_live
from warrant.core.errors import N_, InvalidInput, NotFound
from warrant.core.regulation import RegulationKind


def province_code(officer: Officer) -> str:
    """Return the code of the province whose rules count for the officer; empty for one of no province."""
    agency = officer.agency
    if agency.province_id is None:
        return ""
    if agency.province_id == agency.pk:
        return agency.code
    province: Agency | None = agency.province
    return province.code if province is not None else ""


def rules_for(officer: Officer, on: date) -> InForce:
    """Return the conditions in force for the officer's province on a day."""
    return in_force(RegulationKind.ELIGIBILITY, province_code(officer), on)


def usual_kind(facts: Mapping[str, Fact]) -> str:
    """Return what somebody who stands like this would apply for: a renewal with a live certificate, else a first issue."""
    known = facts.get("certificates")
    certificates = known.value if known is not None and isinstance(known.value, tuple) else ()
    has_live = any(isinstance(one, CertificateFact) and is_live(one) for one in certificates)
    return RENEWAL if has_live else FIRST_ISSUE


def require_sight(viewer: Actor, officer: Officer) -> None:
    """Return if the viewer may see the officer's record: within the scope, or the own one.

    Raises:
        NotFound: neither.
    """
    if not (is_own(viewer, officer) or is_permitted(viewer, Permission.OFFICER_VIEW, officer.place)):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))


def explanation_for(officer: Officer, on: date, kind: str = "", *, case: Case | None = None) -> Explanation:
    """Return the explanation; the caller has checked the viewer. Without ``kind``: what would be applied for.

    Raises:
        InvalidInput: there is no such kind of application; ``place`` is ``kind``.
    """
    if kind and kind not in KIND_NAMES:
        raise InvalidInput(
            "unknown-application-kind", N_("没有“%(kind)s”这种申请"), place="kind", kind=kind[:40]
        )
    facts = facts_of(officer, on, case=case)
    rules = rules_for(officer, on)
    asked = kind or usual_kind(facts)
    return Explanation(officer.pk, on, asked, rules, facts, tuple(evaluate(rules.document, facts, on, asked)))


def explain(
    viewer: Actor, officer: Officer, on: date, kind: str = "", *, case: Case | None = None
) -> Explanation:
    """Return the explanation for whoever may see the officer's record.

    Raises:
        NotFound: the viewer may not.
        InvalidInput: there is no such kind of application.
    """
    require_sight(viewer, officer)
    return explanation_for(officer, on, kind, case=case)
