"""Keeping the explanation under which something is decided."""

from __future__ import annotations

from datetime import datetime

from warrant.apps.eligibility.models import EligibilityRecord, Waiver
from warrant.apps.eligibility.selectors.records import fingerprint
from warrant.apps.eligibility.types import Explanation
from warrant.apps.officers.models import Officer
from warrant.apps.regulations.services import keep_snapshot
from warrant.core.access import Actor
from warrant.core.eligibility import facts_to_json, results_to_json


def keep_record(explanation: Explanation, *, now: datetime) -> EligibilityRecord:
    """Keep an explanation and the rules behind it for ever; call it in the transaction of the decision."""
    record = EligibilityRecord(
        officer_id=explanation.officer_id,
        on=explanation.on,
        kind=explanation.kind,
        ruleset_digest=keep_snapshot(explanation.rules),
        facts=facts_to_json(explanation.facts),
        results=results_to_json(explanation.results),
        kept_at=now,
    )
    record.sha256 = fingerprint(record)
    record.save()
    return record


def follow_merge(kept: Officer, gone: Officer, *, actor: Actor, now: datetime) -> None:
    """Let what was kept about the record that goes belong to the one that stays; part of a merger."""
    EligibilityRecord.objects.filter(officer=gone).update(officer=kept)
    place = kept.place
    known = Waiver.system.filter(officer=kept, state="asked").values("rule_id")
    Waiver.system.filter(officer=gone).exclude(state="asked", rule_id__in=known).update(
        officer=kept,
        province_unit=place.province_id,
        city_unit=place.city_id,
        county_unit=place.county_id,
        agency_unit=place.agency_id,
    )
