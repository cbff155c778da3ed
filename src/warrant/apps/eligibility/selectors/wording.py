"""Conditions in words: what was found with the names of codes, the facts with their records, and where to cure it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from warrant.apps.eligibility.types import Condition, Explanation, FactShown
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.listing_columns import CERTIFICATE_STATE_WORDS, OFFICER_STATE_WORDS
from warrant.apps.officers.selectors.register import code_name, is_own
from warrant.apps.training.selectors.hours import training_rules
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.eligibility import FACTS, SOURCE_NAMES, Fact, RuleResult, facts_from_json, results_to_json
from warrant.core.eligibility.facts import FactType
from warrant.core.record.tables import ASSESSMENT, PUNISHMENT
from warrant.core.standards import codes
from warrant.core.standards.code_table import CodeTable

_FIELD_TABLES: Mapping[str, CodeTable] = {
    "education": codes.EDUCATION,
    "staffing": codes.STAFFING,
    "punishment": PUNISHMENT,
    "band": ASSESSMENT,
}
_FACT_TABLES: Mapping[str, CodeTable] = {
    "sex": codes.SEX,
    "education": codes.EDUCATION,
    "degrees": codes.DEGREE,
    "staffing": codes.STAFFING,
    "categories": codes.ENFORCEMENT_CATEGORY,
    "assessment_bands": ASSESSMENT,
}
_OF_SUBJECTS = frozenset({"training_hours_by_subject", "training_subjects_asked"})
CURE_PAGES: Mapping[str, tuple[str, Permission]] = {
    "in-post": ("officer-detail", Permission.OFFICER_VIEW),
    "minimum-age": ("officer-change", Permission.OFFICER_EDIT),
    "below-retirement": ("officer-change", Permission.OFFICER_EDIT),
    "education": ("officer-change", Permission.OFFICER_EDIT),
    "education-proof": ("officer-education-add", Permission.OFFICER_EDIT),
    "permitted-staffing": ("officer-change", Permission.OFFICER_EDIT),
    "enforcement-post": ("officer-change", Permission.OFFICER_EDIT),
    "unit-time": ("officer-change", Permission.OFFICER_EDIT),
    "photo": ("officer-photo-upload", Permission.OFFICER_EDIT),
    "training-hours": ("training-new", Permission.TRAINING_RECORD),
    "training-subjects": ("training-new", Permission.TRAINING_RECORD),
    "in-service-hours": ("training-new", Permission.TRAINING_RECORD),
    "special-law-paper": ("examination-new", Permission.TRAINING_RECORD),
    "general-law-paper": ("examination-new", Permission.TRAINING_RECORD),
    "no-live-certificate": ("officer-detail", Permission.OFFICER_VIEW),
    "held-certificate": ("officer-detail", Permission.OFFICER_VIEW),
    "no-open-application": ("officer-detail", Permission.OFFICER_VIEW),
    "no-transfer": ("officer-detail", Permission.OFFICER_VIEW),
}
"""Where what a check asks is put right, for whoever holds the permission."""

CASE_PLACES: Mapping[str, str] = {
    "statement": "#statement",
    "health": "#declarations",
    "conduct": "#declarations",
    "clean-record": "#declarations",
}
"""Where on the page of a case its own part is put right."""


def _word_of(words: Mapping[str, Any], value: str) -> str:
    found = words.get(value)
    return _(found[0]) if found else value


def _subject_title(code: str) -> str:
    """Return what today's regulation of training calls a subject; the code itself for one that it does not have."""
    subject = training_rules(clock.today()).subjects.get(code)
    if subject is None:
        return code
    return subject.title["en" if (translation.get_language() or "").startswith("en") else "zh"]


def field_words(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of a finding with the names of codes in the language of the request."""
    found: dict[str, object] = dict(fields)
    for name, table in _FIELD_TABLES.items():
        if name in found:
            found[name] = code_name(table, str(found[name])) or found[name]
    if "subject" in found:
        found["subject"] = _subject_title(str(found["subject"]))
    if "certificate_state" in found:
        found["certificate_state"] = _word_of(CERTIFICATE_STATE_WORDS, str(found["certificate_state"]))
    return found


def found_words(message: str, fields: Mapping[str, object]) -> str:
    """Return what was found, in the language of the request."""
    text = _(message)
    return text % field_words(fields) if fields else text


def _coded(name: str, value: str) -> str:
    table = _FACT_TABLES.get(name)
    return (code_name(table, value) or value) if table is not None else value


def value_words(name: str, fact: Fact) -> str:
    """Return a fact's value in words; a known nothing is said, too."""
    kind, value = FACTS[name].type, fact.value
    if kind is FactType.FLAG:
        return _("是") if value else _("否")
    if kind is FactType.TEXT:
        if name == "state":
            return _word_of(OFFICER_STATE_WORDS, str(value))
        return _coded(name, str(value)) or _("无")
    if not isinstance(value, tuple):
        return value.isoformat() if isinstance(value, date) else str(value)
    return _("；").join(_part_words(name, kind, one) for one in value) or _("无")


def _part_words(name: str, kind: FactType, one: Any) -> str:
    if kind is FactType.EXAMINATIONS:
        paper = _("专门法律知识") if one.paper == "special-law" else _("通用法律知识")
        return _("%(paper)s %(sat_on)s %(score)s 分") % {
            "paper": paper,
            "sat_on": one.sat_on,
            "score": one.score,
        }
    if kind is FactType.CERTIFICATES:
        return f"{one.number} {_word_of(CERTIFICATE_STATE_WORDS, one.state)}"
    if kind is FactType.PUNISHMENTS:
        return f"{one.decided_on} {code_name(PUNISHMENT, one.punishment) or one.punishment}"
    if kind is FactType.WAIVERS:
        return _("第 %(number)s 号，至 %(until_on)s") % {"number": one.waiver, "until_on": one.until_on}
    if kind is FactType.COUNTS:
        label = _subject_title(one[0]) if name in _OF_SUBJECTS else one[0]
        return _("%(name)s：%(count)s 学时") % {"name": label, "count": one[1]}
    if kind is FactType.WORDS:
        return f"{one[0]} {_coded(name, one[1])}"
    return _coded(name, str(one))


def facts_shown(facts: Mapping[str, Fact]) -> tuple[FactShown, ...]:
    """Return the facts that a condition read, in words."""
    return tuple(
        FactShown(_(FACTS[name].label), value_words(name, fact), _(SOURCE_NAMES[fact.source]), fact.as_of)
        for name, fact in facts.items()
    )


def condition_of(kept: Mapping[str, Any]) -> Condition:
    """Return one condition in words, from the form in which results are kept: so an old decision reads like a new one."""
    language = "en" if (translation.get_language() or "").startswith("en") else "zh"
    basis = kept["basis"][language]
    is_met = kept["outcome"] in ("met", "waived")
    return Condition(
        rule_id=kept["id"],
        title=kept["title"][language],
        basis=_("%(basis)s（推定）") % {"basis": basis} if kept["is_assumption"] else basis,
        outcome=kept["outcome"],
        found=found_words(kept["message"], kept["fields"]),
        facts=facts_shown(facts_from_json(kept["facts"])),
        cure="" if is_met else kept["cure"][language],
    )


def _cure_url(viewer: Actor, officer: Officer, check: str, *, is_case: bool) -> str:
    if is_case and check in CASE_PLACES:
        return CASE_PLACES[check]
    page, permission = CURE_PAGES.get(check, ("", Permission.OFFICER_VIEW))
    if not page or is_own(viewer, officer) or not is_permitted(viewer, permission, officer.place):
        return ""
    try:
        return reverse(page, kwargs={"pk": officer.pk})
    except NoReverseMatch:  # a node that only looks on has no page for it
        return ""


def _cured(
    viewer: Actor, officer: Officer, explanation: Explanation, result: RuleResult, *, is_case: bool
) -> Condition:
    shown = condition_of(results_to_json([result])[0])
    line = explanation.rules.document.line(result.rule_id)
    if result.is_met or line is None:
        return shown
    url = _cure_url(viewer, officer, line.check_name, is_case=is_case)
    return Condition(**{**vars(shown), "cure_url": url})


def conditions_shown(
    viewer: Actor, officer: Officer, explanation: Explanation, *, is_case: bool = False
) -> list[Condition]:
    """Return every condition in words, with the page on which a missing one is cured.

    ``is_case`` says that they stand on the page of an application, where its own part is put right.
    """
    return [_cured(viewer, officer, explanation, result, is_case=is_case) for result in explanation.results]
