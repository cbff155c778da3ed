"""The result of an annual review in the officers' records: the entry, and the year reviewed last. For hundreds at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from warrant.apps.officers.models import AdditionalEntry, Officer
from warrant.apps.officers.selectors.entries import Standing, chinese_summary, standings
from warrant.apps.officers.services.writing import write_change, write_changes
from warrant.core.access import Actor
from warrant.core.lifecycle import ChangeKind
from warrant.core.record import KINDS, EntryKind

PASSED_CODE = "passed"
_KIND = KINDS[EntryKind.ANNUAL_REVIEW]
_CORRECTED = "以年审决定为准"


@dataclass(frozen=True)
class ReviewOutcome:
    """What was decided about one officer, who is locked; ``result`` is a code of ``review_result``."""

    officer: Officer
    result: str
    certificate_number: str


def _standing_entries(officer_ids: Sequence[int], year: int) -> Mapping[int, AdditionalEntry]:
    rows = list(AdditionalEntry.objects.filter(officer__in=officer_ids, kind=EntryKind.ANNUAL_REVIEW.value))
    found = standings(rows)
    return {
        row.officer_id: row
        for row in rows
        if found[row.pk] is Standing.VALID and row.content["year"] == str(year)
    }


def _keep_failed(outcome: ReviewOutcome, year: int, actor: Actor, *, on: date, now: datetime) -> None:
    """Keep a version for a review not passed; a year that was noted as passed by hand is passed no longer."""
    officer = outcome.officer
    rows = list(officer.entries.filter(kind=EntryKind.ANNUAL_REVIEW.value))
    found = standings(rows)
    years = [
        int(row.content["year"])
        for row in rows
        if found[row.pk] is Standing.VALID and row.content["result"] == PASSED_CODE
    ]
    is_noted = officer.reviewed_year == year
    write_change(
        officer,
        {"reviewed_year": max(years, default=0)} if is_noted else {},
        ChangeKind.ENTRY_ADDED,
        actor,
        now=now,
        effective_on=on,
        reason=chinese_summary(_KIND, {"year": str(year), "result": outcome.result}),
        is_always_kept=True,
    )


def record_reviews(
    outcomes: Sequence[ReviewOutcome],
    year: int,
    actor: Actor,
    *,
    reviewed_by: str,
    on: date,
    now: datetime,
) -> None:
    """Write the results into the records; an entry that stands there for the year is corrected, never overwritten.

    The caller has locked the officers, checked the right and writes the audit row.
    """
    standing = _standing_entries([one.officer.pk for one in outcomes], year)
    AdditionalEntry.objects.bulk_create(
        AdditionalEntry(
            officer=one.officer,
            kind=EntryKind.ANNUAL_REVIEW.value,
            content={
                "year": str(year),
                "result": one.result,
                "reviewed_by": reviewed_by,
                "reviewed_on": on.isoformat(),
                "certificate_number": one.certificate_number,
            },
            from_on=on,
            corrects=standing.get(one.officer.pk),
            correction_reason=_CORRECTED if one.officer.pk in standing else "",
            recorded_by_id=actor.account_id,
            recorded_at=now,
        )
        for one in outcomes
    )
    for one in outcomes:
        if one.result != PASSED_CODE:
            _keep_failed(one, year, actor, on=on, now=now)
    passed = [one.officer for one in outcomes if one.result == PASSED_CODE]
    write_changes(
        [(officer, {"reviewed_year": max(officer.reviewed_year, year)}) for officer in passed],
        ChangeKind.REVIEWED,
        actor,
        now=now,
        effective_on=on,
        reason=chinese_summary(_KIND, {"year": str(year), "result": PASSED_CODE}),
    )
