"""Looking: findings are opened, kept, opened again and resolved, by a job once a day and whenever somebody asks for it.

Of several looks at once the newest alone writes: each takes a number from the detector's row, and every chunk of writing
locks that row and stops if a newer look has taken the next number. Source: docs/adr/0029-standing-detectors.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.detectors.models import DetectorLook, Finding, FindingEntry
from warrant.apps.detectors.selectors.looking import Look, look
from warrant.apps.detectors.services.telling import tell_findings
from warrant.apps.detectors.types import Candidate, ScanResult
from warrant.apps.foundation import clock
from warrant.apps.foundation.jobs import JobRun, start_job
from warrant.apps.foundation.models import Job
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.regulations.services import keep_snapshot
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict
from warrant.core.lifecycle import FINDING, FindingState
from warrant.core.lifecycle.finding import PENDING
from warrant.core.qualification.detection import Detection, Detector, FindingFact
from warrant.core.regulation import RegulationKind, WorkCalendar

LOOK = "detectors.look"
CHUNK = 500
"""Findings written in one transaction."""
DAILY = "daily"
"""The row that says when the last daily look was begun."""
FROM_HOUR = 2
"""The daily look begins in the small hours."""

_NOBODY = Actor(account_id=0, name="system", agency_id=None)

_T = TypeVar("_T")


class SupersededError(Exception):
    """A newer look of the same detector has begun; this one writes no more."""


def rules_today(today: date) -> tuple[Detection, WorkCalendar, str]:
    """Return the detectors' rules and the calendar of this node, and the digest of the rules as they are kept."""
    rules = in_force(RegulationKind.DETECTION, own_jurisdiction(), today)
    calendar = in_force(RegulationKind.CALENDAR, own_jurisdiction(), today)
    return rules.document, calendar.document, keep_snapshot(rules)


@transaction.atomic
def start_look(actor: Actor, *, now: datetime) -> Job:
    """Start looking through the whole register in the background.

    Raises:
        NotFound, NotPermitted: only for those who see to findings over the whole node.
        Conflict: a look is under way already.
    """
    require(actor, Permission.FINDING_HANDLE, NATION)
    _daily_row()
    if _is_under_way():
        raise Conflict("look-under-way", N_("正在检查，完成后刷新本页即可看到结果"))
    job = start_job(actor, LOOK, {}, _("监督发现：检查全部档案"), now=now)
    record(actor, "finding.look-started", f"job:{job.pk}", "", now=now)
    return job


def _daily_row() -> DetectorLook:
    DetectorLook.objects.get_or_create(detector=DAILY)
    return DetectorLook.objects.select_for_update().get(detector=DAILY)


def _is_under_way() -> bool:
    return Job.objects.filter(kind=LOOK, state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists()


def look_daily(*, now: datetime) -> None:
    """Start the look of the day, once, from ``FROM_HOUR`` on: the upkeep calls it again and again."""
    local = timezone.localtime(now)
    begun = DetectorLook.objects.filter(detector=DAILY).values_list("begun_at", flat=True).first()
    is_begun_today = begun is not None and timezone.localdate(begun) == local.date()
    if is_begun_today or (local.hour < FROM_HOUR and begun is not None):
        return
    with transaction.atomic():
        row = _daily_row()
        if row.begun_at is not None and timezone.localdate(row.begun_at) == local.date():
            return
        row.begun_at = now
        row.round += 1
        row.save(update_fields=["begun_at", "round"])
        if not _is_under_way():
            start_job(_NOBODY, LOOK, {}, "监督发现：每日检查", now=now)


def run_look(run: JobRun) -> None:
    """Look with every detector; begun again it starts from the beginning, which does no harm."""
    detectors = list(Detector)
    total = ScanResult(0, 0, 0, 0)
    for done, detector in enumerate(detectors):
        run.progress(done, len(detectors))
        try:
            found = look_with(detector, now=clock.now())
        except SupersededError:
            run.result_text = _("另一次检查正在进行，以那一次的结果为准")
            run.result_url = reverse("finding-overview")
            return
        total = ScanResult(
            total.holding + found.holding,
            total.opened + found.opened,
            total.reopened + found.reopened,
            total.resolved + found.resolved,
        )
    tell_findings(now=clock.now())
    run.progress(len(detectors), len(detectors))
    run.result_url = reverse("finding-overview")
    run.result_text = _(
        "共 %(holding)s 项；新发现 %(opened)s，重新列出 %(reopened)s，已消除 %(resolved)s"
    ) % {
        "holding": total.holding,
        "opened": total.opened,
        "reopened": total.reopened,
        "resolved": total.resolved,
    }


def look_with(detector: Detector, *, now: datetime) -> ScanResult:
    """Look with one detector and write down what differs from what is known.

    A fixed number of queries to read, and a few for each ``CHUNK`` that changes.

    Raises:
        SupersededError: a newer look has begun meanwhile.
    """
    today = timezone.localdate(now)
    rules, calendar, rules_digest = rules_today(today)
    writing = _Writing(detector, now, _begin(detector, now), rules_digest)
    writing.due_on = calendar.add_workdays(today, rules.lines[detector].limit_workdays)
    found = look(detector, rules, today)
    counts = writing.write(found, today)
    _end(writing, found, counts)
    return counts


@transaction.atomic
def _begin(detector: Detector, now: datetime) -> int:
    DetectorLook.objects.get_or_create(detector=detector.value)
    row = DetectorLook.objects.select_for_update().get(detector=detector.value)
    row.round += 1
    row.begun_at = now
    row.save(update_fields=["round", "begun_at"])
    return row.round


@transaction.atomic
def _end(writing: _Writing, found: Look, counts: ScanResult) -> None:
    writing.hold()
    DetectorLook.objects.filter(detector=writing.detector.value).update(
        ended_at=writing.now,
        ended_round=writing.round,
        holding=counts.holding,
        lacks_source=found.lacks_source,
    )
    if counts.opened or counts.reopened or counts.resolved:
        detail = {"opened": counts.opened, "reopened": counts.reopened, "resolved": counts.resolved}
        record(
            None,
            "finding.looked",
            f"detector:{writing.detector.value}",
            f"{writing.detector.value} {counts.holding}",
            now=writing.now,
            detail=detail,
        )


def facts_as_json(facts: Sequence[FindingFact]) -> list[dict[str, Any]]:
    """Return facts as a finding keeps them."""
    return [{"code": one.code, "fields": dict(one.fields), "source": one.source} for one in facts]


def _digest(candidate: Candidate) -> str:
    kept = [candidate.place, [(one.code, sorted(one.fields.items())) for one in candidate.facts]]
    return hashlib.sha256(json.dumps(kept, ensure_ascii=False).encode()).hexdigest()[:16]


def _chunks(rows: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def authority_of(place: tuple[int | None, int | None, int | None, int | None]) -> int | None:
    """Return the lowest competent authority of a place: county, else city, else province."""
    province, city, county, _agency = place
    return county or city or province


class _Writing:
    """One look's writing: chunk after chunk, each holding the detector's row."""

    def __init__(self, detector: Detector, now: datetime, look_round: int, rules_digest: str) -> None:
        self.detector = detector
        self.now = now
        self.round = look_round
        self.rules_digest = rules_digest
        self.due_on: date = timezone.localdate(now)

    def hold(self) -> None:
        """Lock the detector's row; the caller's transaction may write if this returns.

        Raises: SupersededError.
        """
        row = DetectorLook.objects.select_for_update().get(detector=self.detector.value)
        if row.round != self.round:
            raise SupersededError

    def write(self, found: Look, today: date) -> ScanResult:
        """Hold what was found against what is known, and write the difference."""
        known: dict[str, tuple[int, str, str, date | None]] = {}
        gone: list[int] = []
        rows = Finding.system.filter(detector=self.detector.value).values_list(
            "subject", "pk", "state", "facts_digest", "looks_again_on",
            "province_unit", "city_unit", "county_unit", "agency_unit",
        )  # fmt: skip
        coverage = found.coverage
        for subject, pk, state, digest, looks_again_on, *place in rows.iterator(chunk_size=5000):
            if subject in found.candidates:
                known[subject] = (pk, state, digest, looks_again_on)
            elif state != FindingState.RESOLVED.value:
                province, city, county, agency = place
                # Where nobody handed in what the detector reads, nothing is known to be better.
                if coverage is None or coverage.covers((province, city, county, agency)):
                    gone.append(pk)
        fresh = [one for one in found.candidates.values() if one.subject not in known]
        again: dict[int, Candidate] = {}
        changed: dict[int, Candidate] = {}
        for subject, (pk, state, digest, looks_again_on) in known.items():
            candidate = found.candidates[subject]
            is_over = looks_again_on is not None and looks_again_on < today
            if state == FindingState.RESOLVED.value or (state == FindingState.CLOSED.value and is_over):
                again[pk] = candidate
            elif digest != _digest(candidate):
                changed[pk] = candidate
        for piece in _chunks(fresh):
            self._open(piece)
        reopened = sum(self._in_chunks(list(again), self._reopen, again))
        for _count in self._in_chunks(list(changed), self._change, changed):
            pass
        resolved = sum(self._in_chunks(gone, self._resolve, {}))
        return ScanResult(len(found.candidates), len(fresh), reopened, resolved)

    @transaction.atomic
    def _open(self, candidates: Sequence[Candidate]) -> None:
        self.hold()
        Finding.system.bulk_create([self._row(one) for one in candidates], batch_size=CHUNK)

    def _row(self, candidate: Candidate) -> Finding:
        row = Finding(
            detector=self.detector.value,
            subject=candidate.subject,
            officer_id=candidate.officer_id,
            opened_at=self.now,
            due_on=self.due_on,
            raise_on=self.due_on,
            regulation_digest=self.rules_digest,
        )
        self._show(row, candidate)
        row.held_by_id = authority_of(candidate.place)
        return row

    @staticmethod
    def _show(row: Finding, candidate: Candidate) -> None:
        row.province_unit, row.city_unit, row.county_unit, row.agency_unit = candidate.place
        row.officer_id = candidate.officer_id
        row.certificate_id = candidate.certificate_id
        row.home_unit = authority_of(candidate.place)
        row.facts = facts_as_json(candidate.facts)
        row.facts_digest = _digest(candidate)

    def _in_chunks(
        self,
        keys: Sequence[int],
        act: Callable[[list[Finding], Mapping[int, Candidate]], int],
        candidates: Mapping[int, Candidate],
    ) -> Iterable[int]:
        for piece in _chunks(keys):
            with transaction.atomic():
                self.hold()
                rows = Finding.system.select_for_update(of=("self",)).filter(pk__in=piece).order_by("pk")
                yield act(list(rows), candidates)

    def _move(self, rows: Sequence[Finding], action: str) -> None:
        """Move locked rows by themselves, and note it in the history of each."""
        entries = []
        for row in rows:
            before = row.state
            row.state = FINDING.next_state(action, before).value
            row.is_pending = row.state in PENDING
            row.assigned_to_id = row.assigned_at = None
            entries.append(
                FindingEntry(
                    finding=row,
                    action=action,
                    from_state=before,
                    to_state=row.state,
                    happened_at=self.now,
                )
            )
        FindingEntry.objects.bulk_create(entries, batch_size=CHUNK)

    def _reopen(self, rows: list[Finding], candidates: Mapping[int, Candidate]) -> int:
        moved = [row for row in rows if row.state not in PENDING]
        self._move(moved, "reopen")
        for row in moved:
            self._show(row, candidates[row.pk])
            row.opened_at = self.now
            row.due_on = row.raise_on = self.due_on
            row.held_by_id = authority_of(candidates[row.pk].place)
            row.raised_at = row.ended_at = row.looks_again_on = None
            row.ended_by_name = row.reason = ""
            row.times_opened += 1
            row.regulation_digest = self.rules_digest
        Finding.system.bulk_update(
            moved,
            [
                *_STATE_COLUMNS,
                *_SHOWN_COLUMNS,
                "opened_at", "due_on", "raise_on", "held_by", "raised_at", "ended_at", "looks_again_on",
                "ended_by_name", "reason", "times_opened", "regulation_digest",
            ],
        )  # fmt: skip
        return len(moved)

    def _change(self, rows: list[Finding], candidates: Mapping[int, Candidate]) -> int:
        for row in rows:
            old = row.place
            self._show(row, candidates[row.pk])
            if row.place != old and row.raised_at is None:
                row.held_by_id = authority_of(candidates[row.pk].place)
        Finding.system.bulk_update(rows, [*_SHOWN_COLUMNS, "held_by"])
        return len(rows)

    def _resolve(self, rows: list[Finding], _candidates: Mapping[int, Candidate]) -> int:
        moved = [row for row in rows if row.state != FindingState.RESOLVED.value]
        self._move(moved, "resolve")
        for row in moved:
            row.ended_at = self.now
            row.ended_by_name = row.reason = ""
            row.raise_on = row.looks_again_on = None
        Finding.system.bulk_update(
            moved, [*_STATE_COLUMNS, "ended_at", "ended_by_name", "reason", "raise_on", "looks_again_on"]
        )
        return len(moved)


_STATE_COLUMNS = ("state", "is_pending", "assigned_to", "assigned_at")
_SHOWN_COLUMNS = (
    "officer", "certificate", "facts", "facts_digest", "home_unit",
    "province_unit", "city_unit", "county_unit", "agency_unit",
)  # fmt: skip
