"""A person who meets every condition of the qualification, and for each condition one who does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from warrant.core.eligibility import (
    NATIONAL,
    CertificateFact,
    ExaminationFact,
    Fact,
    Facts,
    PunishmentFact,
    RuleResult,
    Ruleset,
    Source,
    evaluate,
    parse,
)
from warrant.core.eligibility.ruleset import KINDS

TODAY = date(2026, 11, 22)
SIXTY = Decimal("60.0")


def exam(paper: str, sat_on: date, score: str) -> ExaminationFact:
    return ExaminationFact(paper, sat_on, Decimal(score), SIXTY)


BOTH_PAPERS = (exam("special-law", date(2026, 3, 1), "60.0"), exam("general-law", date(2026, 4, 1), "75.5"))
QUALIFIED: Mapping[str, Any] = {
    "state": "active",
    "birth_on": date(1990, 5, 1),
    "sex": "1",
    "education": "21",
    "degrees": ("408",),
    "education_proof": True,
    "staffing": "civil-servant",
    "post": "执法岗",
    "categories": ("08",),
    "legal_qualification": None,
    "photo": True,
    "arrived_on": date(2020, 1, 1),
    "training_hours": 60,
    "training_hours_by_subject": (("basic-law", 20), ("practice", 40)),
    "training_hours_by_year": (("2025", 60),),
    "training_hours_asked": (("2025", 60), ("2026", 60)),
    "training_hours_by_day": (("2026-02-01", 60),),
    "training_subjects_asked": (("basic-law", 20), ("practice", 40)),
    "examinations": BOTH_PAPERS,
    "punishments": (),
    "assessment_bands": (("2025", "competent"),),
    "certificates": (),
    "transfer": "",
    "duplicates": 0,
    "open_applications": (),
    "waivers": (),
    "statement": "品行良好，身体健康，适合执法岗位",
    "declared_health": True,
    "declared_conduct": True,
    "declared_no_crime": True,
    "declared_no_dismissal": True,
}
LIVE = CertificateFact("32000000018", "active", date(2030, 1, 1))


def facts(**changes: Any) -> Facts:
    """The facts of a qualified person, with some of them changed."""
    values = {**QUALIFIED, **changes}
    return {name: Fact(value, Source.OFFICER, TODAY) for name, value in values.items()}


def rules(rule_id: str = "", **changes: Any) -> Ruleset:
    """The national conditions, all of them asked, with one line changed; or a ruleset of that line alone."""
    lines = []
    for line in NATIONAL["lines"]:
        asked = {**line, "is_asked": True}
        if line["id"] == "training-subjects":
            asked["parameters"] = {
                "subjects": {"basic-law": 20, "practice": 40},
                "law_degree_exempts": ["basic-law"],
                "courses_from": "2026-01-01",
            }
            asked["valid_from"] = "2009-11-25"
        if line["id"] == rule_id:
            asked["parameters"] = {**asked["parameters"], **changes.pop("parameters", {})}
            asked.update(changes)
            asked["kinds"] = list(KINDS)
        lines.append(asked)
    return parse({"lines": [line for line in lines if not rule_id or line["id"] == rule_id]})


def result(rule_id: str, known: Facts, on: date = TODAY, **changes: Any) -> RuleResult:
    """How one condition stands for a renewal or whatever else; every kind asks it here."""
    return evaluate(rules(rule_id, **changes), known, on, "first-issue")[0]


def outcome(rule_id: str, known: Facts, on: date = TODAY, **changes: Any) -> str:
    return result(rule_id, known, on, **changes).outcome.value


FAILING: Sequence[tuple[Mapping[str, Any], str]] = [
    ({"state": "left"}, "in-post"),
    ({"birth_on": date(2008, 11, 23)}, "age"),
    ({"birth_on": date(1960, 1, 1)}, "retirement"),
    ({"education": "61"}, "education"),
    ({"education": "32"}, "education"),
    ({"education_proof": False}, "education-proof"),
    ({"staffing": "contract"}, "staffing"),
    ({"post": "驾驶员"}, "post"),
    ({"declared_health": False}, "health"),
    ({"declared_conduct": False}, "conduct"),
    ({"declared_no_crime": False}, "clean-record"),
    ({"declared_no_dismissal": False}, "clean-record"),
    ({"punishments": (PunishmentFact("dismissal", date(2019, 5, 6)),)}, "clean-record"),
    ({"photo": False}, "photo"),
    ({"training_hours": 59}, "training"),
    (
        {"training_hours_by_subject": (("basic-law", 20), ("practice", 39)), "training_hours": 59},
        "training-subjects",
    ),
    ({"training_hours_by_year": (("2025", 59), ("2024", 90))}, "in-service-hours"),
    ({"examinations": BOTH_PAPERS[1:]}, "examination-special-law"),
    ({"examinations": BOTH_PAPERS[:1]}, "examination-general-law"),
    ({"assessment_bands": (("2025", "incompetent"),)}, "last-assessment"),
    ({"arrived_on": date(2025, 11, 23)}, "unit-time"),
    ({"statement": "同意"}, "statement"),
    ({"certificates": (LIVE,)}, "live-certificate"),
    ({}, "certificate-in-use"),
    ({"certificates": (CertificateFact("1", "withheld", date(2030, 1, 1)),)}, "certificate-to-renew"),
    ({"certificates": (CertificateFact("1", "cancelled", date(2030, 1, 1)),)}, "certificate-to-replace"),
    ({"certificates": (CertificateFact("1", "revoked", date(2030, 1, 1), TODAY),)}, "revoked-certificate"),
    ({"open_applications": ("A322026000001",)}, "open-application"),
    ({"transfer": "南京市交通运输局"}, "transfer"),
    ({"duplicates": 1}, "duplicate"),
]
"""What makes a condition fail, and that condition; every one that ships is here."""
