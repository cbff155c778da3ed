"""What each detector points at on a day: read set-based, a few queries for the whole register."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from warrant.apps.cardcentre.models import Card
from warrant.apps.certificates.models import Certificate
from warrant.apps.detectors.models import LastAct
from warrant.apps.detectors.selectors.case_figures import Coverage, coverage_on
from warrant.apps.detectors.types import Candidate
from warrant.apps.officers.models import DuplicatePair, Officer
from warrant.apps.officers.selectors.retiring import last_birth_on
from warrant.apps.reviews.models import ReviewLine
from warrant.core.lifecycle import (
    CERTIFICATE,
    CardState,
    CertificateState,
    DuplicateState,
    OfficerState,
    ReviewState,
)
from warrant.core.lifecycle.certificate import IN_USE, UPCOMING
from warrant.core.qualification.detection import (
    Detection,
    Detector,
    DetectorLine,
    FindingFact,
    months_before,
    spellings,
)
from warrant.core.standards.retirement import GROUP_OF_SEX, statutory_on

_ALIVE = [state.value for state in CertificateState if state not in CERTIFICATE.final]
_IN_USE = [state.value for state in IN_USE]
_UPCOMING = frozenset(state.value for state in UPCOMING)
_ENDED = [state.value for state in CERTIFICATE.final]
_DEAD = [
    *_ENDED,
    *(state.value for state in (CertificateState.LOST, CertificateState.WITHHELD, CertificateState.LAPSED)),
]
_IN_HAND = Q(state__in=[CardState.HANDED_OVER.value, CardState.DEAD.value], handed_over_at__isnull=False)
_PLACE = ("province_unit", "city_unit", "county_unit", "agency_unit")
_AT_ONCE = 5000

CERTIFICATES, REGISTER, CARDS, REVIEWS = "certificates", "register", "cards", "reviews"
ORGANISATIONS, CASES, DUPLICATES, RETIREMENT = "organisations", "cases", "duplicates", "retirement"


@dataclass(frozen=True)
class Look:
    """What one look found. ``coverage``: where the detector could look at all; nothing where it could everywhere."""

    candidates: Mapping[str, Candidate]
    coverage: Coverage | None = None

    @property
    def lacks_source(self) -> bool:
        """Tell whether there was nothing to look at: nobody may take that for good news."""
        return self.coverage is not None and not self.coverage


def _fact(code: str, source: str, **fields: str | int) -> FindingFact:
    return FindingFact(code, fields, source)


def _day(at: datetime) -> date:
    return timezone.localdate(at)


def _rows(rows: QuerySet[Any], *columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield plain rows a few thousand at a time."""
    return rows.values_list(*columns).iterator(chunk_size=_AT_ONCE)


def _by_subject(found: Iterable[Candidate]) -> dict[str, Candidate]:
    """Return one candidate for each subject: what several rows say of one is put together."""
    together: dict[str, Candidate] = {}
    for one in found:
        known = together.get(one.subject)
        if known is None:
            together[one.subject] = one
        else:
            facts = [*known.facts, *(fact for fact in one.facts if fact not in known.facts)]
            together[one.subject] = Candidate(
                known.subject, known.officer_id, known.place, facts, known.certificate_id
            )
    return together


def _on_post(rules: Detection) -> Q:
    return Q(post__in=spellings(rules.lines[Detector.WITHOUT_CERTIFICATE].codes))


def _not_valid_fact(number: str, state: str, until: date | None, today: date) -> FindingFact:
    if state == CertificateState.ACTIVE.value and until is not None and until < today:
        return _fact("certificate-ran-out", CERTIFICATES, number=number, day=until.isoformat())
    return _fact("certificate-not-valid", CERTIFICATES, number=number, state=state)


def without_certificate(rules: Detection, line: DetectorLine, today: date) -> Iterator[Candidate]:
    """Yield those on an enforcement post whose certificate is not valid, or who never had one for too long."""
    rows = Officer.system.filter(_on_post(rules), state=OfficerState.ACTIVE.value).filter(
        ~Q(certificate_state=CertificateState.ACTIVE.value) | Q(certificate_valid_until__lt=today)
    )
    unestablished = rules.lines[Detector.UNESTABLISHED]
    if unestablished.is_asked:  # found there, with another cure
        rows = rows.exclude(staffing__in=unestablished.codes)
    newest = today - timedelta(days=line.numbers["grace_days"])
    columns: tuple[str, ...] = (
        "pk", *_PLACE, "post", "certificate_number", "certificate_state", "certificate_valid_until",
        "arrived_on", "entered_at",
    )  # fmt: skip
    for pk, *rest in _rows(rows, *columns):
        place, (post, number, state, until, arrived_on, entered_at) = tuple(rest[:4]), rest[4:]
        facts = [_fact("on-post", REGISTER, post=post)]
        if not number or state in _UPCOMING:
            since = arrived_on or _day(entered_at)
            if since >= newest:
                continue
            if not number:
                facts.append(_fact("never-certified", REGISTER, since=since.isoformat()))
        if number:
            facts.append(_not_valid_fact(number, state, until, today))
        yield Candidate(f"officer:{pk}", pk, place, facts)


def dead_card_in_use(rules: Detection, line: DetectorLine, today: date) -> Iterator[Candidate]:
    """Yield cards of ended certificates that nobody took back, and certificates used after they were barred."""
    before = today - timedelta(days=line.numbers["return_days"])
    cards = Card.objects.filter(_IN_HAND, certificate__state__in=_ENDED)
    if rules.lines[Detector.TWO_CARDS].is_asked:  # whoever holds a living card as well is found there
        living = Card.objects.filter(
            _IN_HAND, certificate__officer=OuterRef("certificate__officer"), certificate__state__in=_IN_USE
        )
        cards = cards.exclude(Exists(living))
    columns: tuple[str, ...] = ("serial", "certificate_id", "certificate__officer_id", "certificate__number")
    columns += ("certificate__state", "certificate__changed_at")
    columns += tuple(f"certificate__{name}" for name in _PLACE)
    for serial, certificate_id, officer_id, number, state, changed_at, *place in _rows(cards, *columns):
        since = _day(changed_at)
        if since < before:
            fact = _fact("card-not-returned", CARDS, serial=serial, since=since.isoformat(), state=state)
            yield Candidate(f"certificate:{number}", officer_id, _tuple(place), [fact], certificate_id)
    used = Certificate.system.filter(
        state__in=_DEAD, officer__last_act__isnull=False, number=F("officer__certificate_number")
    )
    columns = (
        "pk",
        "officer_id",
        "number",
        "changed_at",
        "officer__last_act__acted_on",
        *_PLACE,
    )
    for pk, officer_id, number, changed_at, acted_on, *place in _rows(used, *columns):
        since = _day(changed_at)
        if acted_on > since:
            fact = _fact(
                "acted-after", CASES, number=number, since=since.isoformat(), day=acted_on.isoformat()
            )
            yield Candidate(f"certificate:{number}", officer_id, _tuple(place), [fact], pk)


def _tuple(place: list[Any]) -> tuple[int | None, int | None, int | None, int | None]:
    province, city, county, agency = place
    return province, city, county, agency


def holder_gone(_rules: Detection, line: DetectorLine, today: date) -> Iterator[Candidate]:
    """Yield certificates still alive whose holder has left, has reached the age, or moved long ago."""
    common = ("pk", "officer_id", "number", "state", *_PLACE)
    gone = Certificate.system.filter(state__in=_ALIVE, officer__state=OfficerState.LEFT.value)
    for pk, officer_id, number, state, *rest in _rows(
        gone, *common, "officer__left_on", "officer__left_kind"
    ):
        left_on, kind = rest[4:]
        left = _fact("left", REGISTER, day=left_on.isoformat() if left_on else "", kind=kind)
        alive = _fact("certificate-alive", CERTIFICATES, number=number, state=state)
        yield Candidate(f"certificate:{number}", officer_id, _tuple(rest[:4]), [left, alive], pk)
    old = Q(pk__in=[])
    for sex in GROUP_OF_SEX:
        old |= Q(officer__sex=sex, officer__birth_on__lte=last_birth_on(sex, today))
    aged = Certificate.system.filter(old, state__in=_ALIVE, officer__state=OfficerState.ACTIVE.value)
    for pk, officer_id, number, state, *rest in _rows(aged, *common, "officer__birth_on", "officer__sex"):
        reached = _fact("age-reached", RETIREMENT, day=statutory_on(*rest[4:]).isoformat())
        alive = _fact("certificate-alive", CERTIFICATES, number=number, state=state)
        yield Candidate(f"certificate:{number}", officer_id, _tuple(rest[:4]), [reached, alive], pk)
    yield from _moved(today - timedelta(days=line.numbers["change_days"]))


def _moved(before: date) -> Iterator[Candidate]:
    """Yield certificates that still say where the holder was before moving."""
    rows = Certificate.system.filter(
        state__in=_IN_USE, officer__state=OfficerState.ACTIVE.value, officer__arrived_on__lt=before
    ).filter(
        ~Q(renewal_reason="")
        | ~Q(agency_name=F("officer__agency__name")) & Q(officer__arrived_on__gt=F("valid_from"))
    )
    columns: tuple[str, ...] = ("pk", "officer_id", "number", *_PLACE, "renewal_reason", "agency_name")
    columns += ("officer__agency__name", "officer__arrived_on")
    for pk, officer_id, number, *rest in _rows(rows, *columns):
        why, printed, now, arrived_on = rest[4:]
        facts = []
        if printed != now:
            day = arrived_on.isoformat()
            facts.append(_fact("unit-moved", ORGANISATIONS, day=day, printed=printed, now=now))
        if why:
            facts.append(_fact("print-not-true", CERTIFICATES, reason=why))
        yield Candidate(f"certificate:{number}", officer_id, _tuple(rest[:4]), facts, pk)


def two_cards(_rules: Detection, line: DetectorLine, today: date) -> Iterator[Candidate]:
    """Yield people with two cards in their hands, and records of what may be one person with a certificate each."""
    before = today - timedelta(days=line.numbers["return_days"])
    counted = (
        Card.objects.filter(_IN_HAND)
        .order_by()
        .values("certificate__officer_id")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
    )
    keys = [row["certificate__officer_id"] for row in counted]
    for start in range(0, len(keys), 500):
        yield from _two_in_hand(keys[start : start + 500], before)
    pairs = DuplicatePair.objects.filter(
        state__in=[DuplicateState.OPEN.value, DuplicateState.MERGE_PROPOSED.value],
        first__state=OfficerState.ACTIVE.value,
        second__state=OfficerState.ACTIVE.value,
        first__certificate_state__in=_IN_USE,
        second__certificate_state__in=_IN_USE,
    )
    sides = ("first", "second")
    columns = [f"{side}__{name}" for side in sides for name in ("id", "certificate_number", *_PLACE)]
    for row in _rows(pairs, *columns):
        numbers = "、".join((row[1], row[7]))
        for side in (row[:6], row[6:]):
            fact = _fact("same-person", DUPLICATES, numbers=numbers)
            yield Candidate(f"officer:{side[0]}", side[0], _tuple(list(side[2:])), [fact])


def _two_in_hand(officer_keys: list[int], before: date) -> Iterator[Candidate]:
    cards = Card.objects.filter(_IN_HAND, certificate__officer__in=officer_keys).order_by("serial")
    columns: tuple[str, ...] = ("serial", "certificate__officer_id", "certificate__state", "handed_over_at")
    columns += tuple(f"certificate__{name}" for name in _PLACE)
    held: dict[int, list[tuple[Any, ...]]] = {}
    for row in cards.values_list(*columns):
        held.setdefault(row[1], []).append(row)
    for officer_id, rows in held.items():
        is_one_alive = any(row[2] in _IN_USE for row in rows)
        if is_one_alive and _day(max(row[3] for row in rows)) < before:
            serials = "、".join(row[0] for row in rows)
            fact = _fact("cards-in-hand", CARDS, count=len(rows), serials=serials)
            yield Candidate(f"officer:{officer_id}", officer_id, _tuple(list(rows[0][4:])), [fact])


def no_act(line: DetectorLine, coverage: Coverage) -> Iterator[Candidate]:
    """Yield holders without an enforcement act in the whole period that their unit's figures cover."""
    months = line.numbers["months"]
    acts: dict[int, date] = dict(LastAct.objects.values_list("officer_id", "acted_on"))
    rows = Certificate.system.filter(
        state=CertificateState.ACTIVE.value, officer__state=OfficerState.ACTIVE.value
    ).filter(coverage.condition())
    for pk, officer_id, number, valid_from, *rest in _rows(
        rows, "pk", "officer_id", "number", "valid_from", *_PLACE
    ):
        place = _tuple(rest)
        until = coverage.until(place)
        since = months_before(until, months)
        acted_on = acts.get(officer_id)
        if valid_from > since or (acted_on is not None and acted_on > since):
            continue
        facts = [_fact("no-act", CASES, since=since.isoformat(), until=until.isoformat())]
        if acted_on is not None:
            facts.append(_fact("last-act", CASES, day=acted_on.isoformat()))
        yield Candidate(f"certificate:{number}", officer_id, place, facts, pk)


def unestablished(rules: Detection, line: DetectorLine, _today: date) -> Iterator[Candidate]:
    """Yield staff who may not enforce and are on an enforcement post or hold a certificate."""
    rows = Officer.system.filter(state=OfficerState.ACTIVE.value, staffing__in=line.codes).filter(
        _on_post(rules) | Q(certificate_state__in=_IN_USE)
    )
    columns: tuple[str, ...] = ("pk", *_PLACE, "staffing", "post", "certificate_number", "certificate_state")
    posts = spellings(rules.lines[Detector.WITHOUT_CERTIFICATE].codes)
    for pk, *rest in _rows(rows, *columns):
        staffing, post, number, state = rest[4:]
        facts = [_fact("staffing", REGISTER, staffing=staffing)]
        if post in posts:
            facts.append(_fact("on-post", REGISTER, post=post))
        if state in _IN_USE:
            facts.append(_fact("certificate-alive", CERTIFICATES, number=number, state=state))
        yield Candidate(f"officer:{pk}", pk, _tuple(rest[:4]), facts)


def review_overdue(_rules: Detection, _line: DetectorLine, today: date) -> Iterator[Candidate]:
    """Yield certificates in use that did not pass a review whose last day is over."""
    rows = ReviewLine.system.filter(campaign__due_on__lt=today, certificate__state__in=_IN_USE)
    rows = rows.exclude(state=ReviewState.PASSED.value).order_by("campaign__year", "pk")
    columns: tuple[str, ...] = ("certificate_id", "officer_id", "certificate__number", "certificate__state")
    columns += ("campaign__year", "campaign__due_on", *_PLACE)
    for pk, officer_id, number, state, year, due_on, *place in _rows(rows, *columns):
        facts = [
            _fact("review-missed", REVIEWS, year=year, day=due_on.isoformat()),
            _fact("certificate-alive", CERTIFICATES, number=number, state=state),
        ]
        yield Candidate(f"certificate:{number}", officer_id, _tuple(place), facts, pk)


def agency_closed(_rules: Detection, line: DetectorLine, today: date) -> Iterator[Candidate]:
    """Yield certificates still alive whose holder's unit has been closed for too long."""
    before = today - timedelta(days=line.numbers["grace_days"])
    rows = Certificate.system.filter(state__in=_ALIVE, officer__agency__closed_on__lt=before)
    columns: tuple[str, ...] = ("pk", "officer_id", "number", "state", *_PLACE)
    columns += ("officer__agency__name", "officer__agency__closed_on")
    for pk, officer_id, number, state, *rest in _rows(rows, *columns):
        agency, closed_on = rest[4:]
        facts = [
            _fact("agency-closed", ORGANISATIONS, agency=agency, day=closed_on.isoformat()),
            _fact("certificate-alive", CERTIFICATES, number=number, state=state),
        ]
        yield Candidate(f"certificate:{number}", officer_id, _tuple(rest[:4]), facts, pk)


_Source = Callable[[Detection, DetectorLine, date], Iterator[Candidate]]
_SOURCES: Mapping[Detector, _Source] = {
    Detector.WITHOUT_CERTIFICATE: without_certificate,
    Detector.DEAD_CARD_IN_USE: dead_card_in_use,
    Detector.HOLDER_GONE: holder_gone,
    Detector.TWO_CARDS: two_cards,
    Detector.UNESTABLISHED: unestablished,
    Detector.REVIEW_OVERDUE: review_overdue,
    Detector.AGENCY_CLOSED: agency_closed,
}


def look(detector: Detector, rules: Detection, today: date) -> Look:
    """Return what ``detector`` points at on ``today``; nothing where the rules do not ask for it."""
    line = rules.lines[detector]
    if not line.is_asked:
        return Look({})
    if detector is Detector.NO_ACT:
        coverage = coverage_on(today, line.numbers["months"], line.numbers["fresh_days"])
        return Look(_by_subject(no_act(line, coverage) if coverage else ()), coverage)
    return Look(_by_subject(_SOURCES[detector](rules, line, today)))
