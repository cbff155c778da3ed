"""What the record says about certificates under review: a fixed number of queries for some hundreds at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from warrant.apps.certificates.models import Certificate
from warrant.apps.officers.models import COUNTING, AdditionalEntry
from warrant.apps.officers.selectors.entries import Standing, standings
from warrant.apps.regulations.selectors import by_digest
from warrant.apps.reviews.models import ReviewCampaign
from warrant.apps.training.models import TrainingRecord
from warrant.apps.training.selectors.hours import training_rules
from warrant.core.qualification.review import ReviewFacts, ReviewFinding, ReviewRules, review_findings
from warrant.core.record import EntryKind
from warrant.core.regulation import RegulationKind


def rules_of(campaign: ReviewCampaign) -> ReviewRules:
    """Return the rules under which the campaign was opened."""
    rules: ReviewRules = by_digest(RegulationKind.REVIEW, campaign.regulation_digest).document
    return rules


def _hours(officer_ids: Sequence[int], year: int) -> Mapping[int, int]:
    rows = TrainingRecord.objects.filter(COUNTING, officer__in=officer_ids, finished_on__year=year)
    return dict(rows.values("officer_id").annotate(total=Sum("hours")).values_list("officer_id", "total"))


def _entries(officer_ids: Sequence[int]) -> Mapping[int, list[AdditionalEntry]]:
    kinds = (EntryKind.ASSESSMENT.value, EntryKind.PUNISHMENT.value)
    rows = list(AdditionalEntry.objects.filter(officer__in=officer_ids, kind__in=kinds).order_by("pk"))
    found = standings(rows)
    by_officer: dict[int, list[AdditionalEntry]] = defaultdict(list)
    for row in rows:
        if found[row.pk] is Standing.VALID:
            by_officer[row.officer_id].append(row)
    return by_officer


def _band(entries: Sequence[AdditionalEntry], year: int) -> str:
    bands = [
        row.content["band"]
        for row in entries
        if row.kind == EntryKind.ASSESSMENT and row.content["year"] == str(year)
    ]
    return bands[-1] if bands else ""


def look_at(
    campaign: ReviewCampaign, certificates: Sequence[Certificate], on: date
) -> dict[int, tuple[ReviewFacts, tuple[ReviewFinding, ...]]]:
    """Return, by certificate, what the record says on a day and what a person has to look at.

    The certificates come with officer, agency and photo read along.
    """
    rules = rules_of(campaign)
    year = campaign.year
    owners = [certificate.officer_id for certificate in certificates]
    hours, entries = _hours(owners, year), _entries(owners)
    asked = training_rules(on).hours_asked(year)
    looked = {}
    for certificate in certificates:
        officer = certificate.officer
        mine = entries.get(officer.pk, [])
        facts = ReviewFacts(
            year=year,
            on=on,
            certificate_state=certificate.state,
            valid_until=certificate.valid_until,
            hours=hours.get(officer.pk, 0),
            hours_asked=asked,
            band=_band(mine, year),
            punished_on=tuple(
                row.from_on for row in mine if row.kind == EntryKind.PUNISHMENT and row.from_on.year >= year
            ),
            unit_printed=certificate.agency_name,
            unit_now=officer.agency.name,
            renewal_reason=certificate.renewal_reason,
            photo_on=timezone.localdate(officer.photo.uploaded_at) if officer.photo else None,
        )
        looked[certificate.pk] = (facts, review_findings(rules, facts))
    return looked


def facts_to_json(facts: ReviewFacts) -> dict[str, Any]:
    """Return the facts as JSON knows them, days as ISO text."""
    plain = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(facts).items()
    }
    return {**plain, "punished_on": [day.isoformat() for day in facts.punished_on]}


def findings_to_json(findings: Sequence[ReviewFinding]) -> list[dict[str, Any]]:
    """Return the findings as JSON knows them."""
    return [{"rule": one.rule_id, "code": one.code, "fields": dict(one.fields)} for one in findings]
