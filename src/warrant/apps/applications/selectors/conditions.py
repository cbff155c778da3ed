"""The conditions of an application: the facts from every record, the rules of the day, and where to cure what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.cases import OPEN_STATES, open_application_of
from warrant.apps.applications.types import Condition
from warrant.apps.officers.models import COUNTING, EducationRecord, Officer
from warrant.apps.officers.selectors.register import code_name
from warrant.apps.training.models import ExaminationRecord, TrainingRecord
from warrant.apps.training.selectors import examination_facts, examinations_of, hours_in, trainings_of
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.eligibility import RULES, Facts, RuleResult, evaluate, not_met
from warrant.core.standards.codes import EDUCATION, STAFFING

_CURE_PAGES: Mapping[str, tuple[str, Permission]] = {
    "age": ("officer-change", Permission.OFFICER_EDIT),
    "retirement": ("officer-change", Permission.OFFICER_EDIT),
    "education": ("officer-change", Permission.OFFICER_EDIT),
    "education-proof": ("officer-education-add", Permission.OFFICER_EDIT),
    "staffing": ("officer-change", Permission.OFFICER_EDIT),
    "photo": ("officer-photo-upload", Permission.OFFICER_EDIT),
    "training": ("training-new", Permission.TRAINING_RECORD),
    "examination-special-law": ("examination-new", Permission.TRAINING_RECORD),
    "examination-general-law": ("examination-new", Permission.TRAINING_RECORD),
    "live-certificate": ("officer-detail", Permission.OFFICER_VIEW),
    "open-application": ("officer-detail", Permission.OFFICER_VIEW),
}


def _certificate_facts(officer: Officer) -> Mapping[str, str]:
    """Ask the app of certificates, which stands above; where the node names none, nothing is known."""
    path = getattr(settings, "WARRANT_CERTIFICATE_FACTS", "")
    if not path:
        return {}
    found: Mapping[str, str] = import_string(path)(officer)
    return found


def facts_of(
    application: Application,
    on: date,
    *,
    statement: str | None = None,
    trainings: list[TrainingRecord] | None = None,
    examinations: list[ExaminationRecord] | None = None,
    educations: list[EducationRecord] | None = None,
) -> Facts:
    """Return what is known on ``on``; rows that the caller has read already are taken from it."""
    officer = application.officer
    trainings = trainings_of(officer) if trainings is None else trainings
    examinations = examinations_of(officer) if examinations is None else examinations
    educations = list(officer.educations.filter(COUNTING)) if educations is None else educations
    # The database lets an officer have one open application only: while this one is open there is no other.
    other = None if application.state in OPEN_STATES else open_application_of(officer)
    certificates = _certificate_facts(officer)
    return Facts(
        birth_on=officer.birth_on,
        sex=officer.sex,
        education=officer.education or None,
        staffing=officer.staffing or None,
        has_photo=officer.photo_id is not None,
        has_education_proof=any(row.education == officer.education for row in educations),
        training_hours=hours_in(trainings, on),
        examinations=examination_facts(examinations),
        statement=application.statement if statement is None else statement,
        live_certificate=certificates.get("live_certificate"),
        revoked_certificate=certificates.get("revoked_certificate"),
        other_open_application=other.number if other else "",
    )


def missing_rules(application: Application, on: date) -> list[RuleResult]:
    """Return every condition that does not certainly hold; empty when the case may be submitted."""
    return not_met(evaluate(facts_of(application, on), RULES, on))


def _cure_url(viewer: Actor, application: Application, rule_id: str) -> str:
    if rule_id == "statement":
        return "#statement"
    page, permission = _CURE_PAGES.get(rule_id, ("", Permission.OFFICER_VIEW))
    if not page or not is_permitted(viewer, permission, application.officer.place):
        return ""
    return reverse(page, kwargs={"pk": application.officer_id})


def _found_text(result: RuleResult, facts: Facts) -> str:
    """Return what was found, with the names of codes in the language of the request."""
    fields = dict(result.found.fields)
    if "education" in fields:
        fields["education"] = code_name(EDUCATION, facts.education or "")
    if "staffing" in fields:
        fields["staffing"] = code_name(STAFFING, facts.staffing or "")
    text = _(result.found.message)
    return text % fields if fields else text


def conditions_of(viewer: Actor, application: Application, facts: Facts, on: date) -> list[Condition]:
    """Return every condition in words, with the page on which a missing one is cured."""
    shown = []
    for result in evaluate(facts, RULES, on):
        basis = _(result.basis)
        shown.append(
            Condition(
                rule_id=result.rule_id,
                title=_(result.title),
                basis=_("%(basis)s（推定）") % {"basis": basis} if result.is_assumption else basis,
                outcome=result.outcome.value,
                found=_found_text(result, facts),
                cure=_(result.cure) if result.cure else "",
                cure_url="" if result.is_met else _cure_url(viewer, application, result.rule_id),
            )
        )
    return shown
