"""What is filed with the ministry: the case in one JSON object, documents and opinions by their digests."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from django.utils import timezone

from warrant.apps.applications.models import Application, Opinion, Stay
from warrant.apps.applications.selectors.grounds import proofs_of
from warrant.apps.eligibility.models import EligibilityRecord, Waiver
from warrant.apps.examinations.selectors.results import examinations_of
from warrant.apps.officers.models import COUNTING, Officer
from warrant.apps.training.selectors import hours_in, trainings_of
from warrant.core.lifecycle import WaiverState
from warrant.core.lifecycle.application import STEP_PERMISSION
from warrant.core.standards import divisions

SCHEMA = 2
"""The version of what is filed: 1 had no explanation of the conditions. The ministry reads both.

``stays`` and ``waivers`` were added to 2; a ministry that does not know them lets them be.
"""


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def opinion_digest(number: str, opinion: Opinion) -> str:
    """Return SHA-256, hex, over the opinion as JSON in UTF-8: sorted keys, no blanks, nothing escaped."""
    content = {
        "application": number,
        "seq": opinion.seq,
        "state": opinion.state,
        "action": opinion.action,
        "reason": opinion.reason,
        "unit": opinion.unit_name,
        "person": opinion.account_name,
        "at": _instant(opinion.given_at),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def area_of(officer: Officer) -> tuple[str, str]:
    """Return code (GB/T 2260, six digits) and name of the area in which the officer's unit enforces."""
    agency = officer.agency
    for unit in (agency, agency.county, agency.city, agency.province):
        division = divisions.find(unit.division_code) if unit is not None and unit.division_code else None
        if division is not None:
            return division.full_code, divisions.full_name(division)
    return (agency.province.code, agency.province.name) if agency.province else ("", "")


def _officer_content(officer: Officer) -> dict[str, object]:
    area_code, area_name = area_of(officer)
    return {
        "uid": str(officer.uid),
        "name": officer.name,
        "sex": officer.sex,
        "birth_on": officer.birth_on.isoformat(),
        "id_index": bytes(officer.id_number_index).hex(),
        "agency_code": officer.agency.code,
        "agency_name": officer.agency.name,
        "area_name": area_name,
        "area_code": area_code,
        "post": officer.post,
        "position": officer.position,
        "staffing": officer.staffing,
        "education": officer.education,
    }


def _conditions(kept: EligibilityRecord) -> dict[str, object]:
    """Return the explanation under which the case was approved: facts, the rules' digest, and how each condition stood.

    The wording is left out: whoever holds the rules works it out again from the facts.
    """
    return {
        "on": kept.on.isoformat(),
        "ruleset": kept.ruleset_digest,
        "facts": kept.facts,
        "outcomes": [{"id": row["id"], "outcome": row["outcome"]} for row in kept.results],
        "sha256": kept.sha256,
    }


def _day(value: datetime) -> str:
    return timezone.localtime(value).date().isoformat()


def _stays(application: Application) -> list[dict[str, object]]:
    """Return how long the case waited at each step, earliest first; working days by the province's calendar."""
    rows = Stay.objects.filter(application=application, ended_at__isnull=False).order_by("begun_at", "pk")
    return [
        {
            "state": row.state,
            "begun_on": _day(row.begun_at),
            "ended_on": _day(row.ended_at),
            "workdays": row.workdays,
            "ended_by": row.ended_by,
        }
        for row in rows
        if row.ended_at is not None
    ]


def _waivers(application: Application, kept: EligibilityRecord) -> list[dict[str, object]]:
    """Return the waivers that counted on the day of the approval, each with the digest of its document."""
    rows = Waiver.system.filter(
        officer=application.officer_id,
        state=WaiverState.GRANTED.value,
        from_on__lte=kept.on,
        until_on__gte=kept.on,
    )
    return [
        {
            "rule": row.rule_id,
            "reason": row.reason,
            "basis": row.basis,
            "granted_by": row.decided_by_name,
            "granted_on": _day(row.decided_at),
            "until_on": row.until_on.isoformat(),
            "digest": row.proof.digest if row.proof else "",
        }
        for row in rows.select_related("proof").order_by("rule_id", "pk")
        if row.decided_at is not None
    ]


def filing_content(application: Application, *, now: datetime) -> dict[str, object]:
    """Return the content of the event ``filing.requested``; only opinions of the steps, and results that were passed.

    Raises:
        ValueError: the case was approved without keeping how its conditions stood.
    """
    officer = application.officer
    today = timezone.localtime(now).date()
    trainings = list(reversed(trainings_of(officer)))
    examinations = [
        row for row in reversed(examinations_of(officer)) if row.is_passed and row.sat_on <= today
    ]
    educations = officer.educations.filter(COUNTING).select_related("proof").order_by("graduated_on", "id")
    photo = officer.photo
    documents = [{"kind": "photo", "digest": photo.digest}] if photo else []
    documents += [{"kind": "education", "digest": row.proof.digest} for row in educations]
    documents += [{"kind": "training", "digest": row.proof.digest} for row in trainings]
    documents += [{"kind": "examination", "digest": row.proof.digest} for row in examinations]
    documents += [{"kind": row.kind, "digest": row.document.digest} for row in proofs_of(application)]
    steps = set(STEP_PERMISSION)
    opinions = list(application.opinions.select_related("eligibility").order_by("seq"))
    approved = next((row for row in reversed(opinions) if row.action == "approve"), None)
    if approved is None or approved.eligibility is None:
        raise ValueError(f"{application.number} was approved without an explanation")
    return {
        "schema": SCHEMA,
        "application": application.number,
        "kind": application.kind,
        "officer": _officer_content(officer),
        "categories": application.category_codes,
        "issuer_name": officer.agency.province.name if officer.agency.province else "",
        "opinions": [
            {
                "seq": row.seq,
                "state": row.state,
                "action": row.action,
                "unit": row.unit_name,
                "person": row.account_name,
                "at": _instant(row.given_at),
                "digest": opinion_digest(application.number, row),
                "conditions": row.eligibility.sha256 if row.eligibility else "",
            }
            for row in opinions
            if row.state in steps
        ],
        "documents": documents,
        "photo_digest": photo.digest if photo else "",
        "training_hours": hours_in(trainings, today),
        "examinations": [
            {"paper": row.paper, "score": f"{row.score:.1f}", "sat_on": row.sat_on.isoformat()}
            for row in examinations
        ],
        "certificate_number": application.certificate_number,
        "eligibility": _conditions(approved.eligibility),
        "stays": _stays(application),
        "waivers": _waivers(application, approved.eligibility),
    }
