"""The papers behind a made-up certificate: the case with its opinions, the filing, the card, and what happened since.

Filings stand in a log of their own that is sent to nobody; they have no receipt, for only the ministry can sign one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import models

from warrant.apps.applications.models import Application, ApplicationCounter, Opinion
from warrant.apps.applications.types import DECLARATIONS, MINISTRY_NAME
from warrant.apps.cardcentre.models import Card, CardBatch, CardJob, CardStore
from warrant.apps.cardcentre.services.ledger import carry_over
from warrant.apps.certificates.models import Certificate, CertificateEntry, CertificateSerial, StatusList
from warrant.apps.certificates.services.publishing import issuer_code
from warrant.apps.certificates.services.status_lists import FULLEST, LIST_SIZE
from warrant.apps.filing.models import FilingCounter, FilingRequest
from warrant.apps.foundation.loading import bulk_load, reserve_ids
from warrant.apps.foundation.models import LogEntry, LogNode, LogStream
from warrant.apps.organisations.models import Agency
from warrant.core.access import Level
from warrant.core.ledger.event import build_event
from warrant.core.ledger.merkle import Frontier, leaf_hash
from warrant.core.lifecycle import (
    CERTIFICATE,
    BatchState,
    CardJobState,
    CardState,
    CertificateState,
    FilingRequestState,
    StoreKind,
)
from warrant.core.lifecycle import ApplicationState as S
from warrant.core.standards import divisions
from warrant.nodes.generation.careers import Career, Step

STREAM = "made-up-filings"
TABLES = (
    Application, Opinion, LogEntry, LogNode, FilingRequest, Certificate, CertificateEntry, Card, CardJob,
)  # fmt: skip
_SUITE = "sm4"
_PLACES = ("province_unit", "city_unit", "county_unit", "agency_unit")
_PEOPLE = ("周文清", "吴立新", "郑海燕", "沈国栋", "高建平", "林晓芳")
_REASONS = {
    CertificateState.LOST: ("report-lost", "证件遗失"),
    CertificateState.WITHHELD: ("withhold", "涉嫌违规，调查期间暂扣"),
    CertificateState.CANCELLED: ("cancel", "调离执法岗位"),
    CertificateState.REVOKED: ("revoke", "违法执法，情节严重"),
    CertificateState.EXPIRED: ("expire", ""),
}
_OPEN_SHARE = 0.55
"""Of those who may hold a certificate and have none: about one in thirty of all."""
_OPEN_STATES = (
    S.REVIEW,
    S.REVIEW,
    S.REVIEW,
    S.VERIFICATION,
    S.VERIFICATION,
    S.APPROVAL,
    S.APPROVAL,
    S.RETURNED,
    S.DRAFT,
)
_PASSES = {S.REVIEW: "pass-review", S.VERIFICATION: "pass-verification", S.APPROVAL: "approve"}


class _Rows:
    """Rows of one table on their way in; what a row does not say has the field's default."""

    def __init__(self, model: type[models.Model]) -> None:
        self._model = model
        self._defaults = {
            field.attname: field.get_default()
            for field in model._meta.concrete_fields
            if not field.primary_key or field.is_relation
        }
        self._rows: list[list[Any]] = []

    def add(self, pk: int | None, **values: Any) -> None:
        """Take one row; either all rows of a table bring their id or none does."""
        row = {**self._defaults, **values}
        self._rows.append([pk, *row.values()] if pk is not None else list(row.values()))

    def load(self) -> None:
        """Write what was taken."""
        if self._rows:
            has_pk = len(self._rows[0]) > len(self._defaults)
            bulk_load(self._model, (["id"] if has_pk else []) + list(self._defaults), self._rows)
        self._rows = []


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(1, 0), UTC) + timedelta(minutes=minute)


class Papers:
    """Writes the papers of many officers, chunk after chunk; at the end the counters from which the node goes on."""

    def __init__(self, random: Random, on: date, recorder_id: int, recorder_name: str) -> None:
        self._random = random
        self._on = on
        self._recorder_id = recorder_id
        self._recorder_name = recorder_name
        self._units = {unit.pk: unit for unit in Agency.objects.all()}
        self._tables = {model: _Rows(model) for model in TABLES}
        self._stream = LogStream.objects.create(name=STREAM, size=0, frontier=Frontier().encode())
        self._frontier = Frontier()
        self._case_numbers: dict[str, int] = {}
        self._filing_numbers: dict[int, int] = {}
        self._certificate_serials: dict[str, int] = {}
        self._certificates = 0
        self._list_id = 0
        self._batch = CardBatch.objects.create(
            supplier="虚构卡厂",
            first_serial=f"{0:010X}",
            last_serial=f"{0:010X}",
            count=0,
            received_by_id=recorder_id,
            received_at=_at(date(2021, 1, 4), 0),
            state=BatchState.USABLE.value,
        )
        self._store, _ = CardStore.objects.get_or_create(kind=StoreKind.CENTRAL, defaults={"name": "中心库"})

    def add(self, officers: Sequence[tuple[int, Career, Mapping[str, Any]]]) -> None:
        """Write the papers of a chunk: id, career and final columns of each, in the running transaction."""
        ids: dict[type[models.Model], Iterator[int]] = {
            model: iter(reserve_ids(model, 2 * len(officers)))
            for model in (Application, LogEntry, FilingRequest, Certificate, Card)
        }
        for pk, career, final in officers:
            issued = [step for step in career.steps if step.values.get("certificate_number")]
            if len(issued) > 1 or (issued and issued[0] is career.steps[0]):
                raise ValueError("a career gives one certificate, and not at entry")
            if issued:
                self._write_certificate(pk, career, issued[0], final, ids)
            elif final["state"] == "active" and final["education"] < "40":
                self._write_open_case(pk, final, ids)
        for rows in self._tables.values():  # each after those it points to
            rows.load()

    def finish(self) -> None:
        """Set every counter to the last number given."""
        LogStream.objects.filter(pk=STREAM).update(size=self._frontier.size, frontier=self._frontier.encode())
        lowest, highest = f"{1:010X}", f"{self._certificates:010X}"
        CardBatch.objects.filter(pk=self._batch.pk).update(
            first_serial=lowest, last_serial=highest, ranges=[[lowest, highest]], count=self._certificates
        )
        carry_over()
        for prefix, last in self._case_numbers.items():
            ApplicationCounter.objects.update_or_create(prefix=prefix, defaults={"last": last})
        for year, last in self._filing_numbers.items():
            FilingCounter.objects.update_or_create(year=year, defaults={"last": last})
        for province, last in self._certificate_serials.items():
            CertificateSerial.objects.update_or_create(province_code=province, defaults={"last_serial": last})

    def _write_certificate(
        self,
        officer_id: int,
        career: Career,
        issued: Step,
        final: Mapping[str, Any],
        ids: Mapping[type[models.Model], Iterator[int]],
    ) -> None:
        number = issued.values["certificate_number"]
        self._certificate_serials[number[:2]] = max(
            self._certificate_serials.get(number[:2], 0), int(number[2:10])
        )
        began_on = max(career.steps[0].on, issued.on - timedelta(days=30))
        request_id = self._write_case(officer_id, began_on, issued.on, final, ids, upto=S.FILED)
        unit = self._units[final["agency_id"]]
        area_code, area_name = self._area(unit)
        first = CertificateState(issued.values["certificate_state"])
        pk, at = next(ids[Certificate]), _at(issued.on, 60)
        state, before, changed_at = self._entries(pk, career, issued, first)
        self._tables[Certificate].add(
            pk,
            number=number,
            officer_id=officer_id,
            filing_request_id=request_id,
            categories=final["categories"],
            agency_name=unit.name,
            area_code=area_code,
            area_name=area_name,
            issuer_name=self._units[final["province_unit"]].name,
            state=state.value,
            state_before=before.value if state is CertificateState.WITHHELD else "",
            valid_from=issued.on,
            valid_until=date.fromisoformat(issued.values["certificate_valid_until"]),
            status_list_id=self._status_list(),
            status_index=self._certificates % FULLEST * 40_503 % LIST_SIZE,
            created_at=at,
            changed_at=changed_at,
            **{name: final[name] for name in _PLACES},
        )
        self._certificates += 1
        dead_at = changed_at if state in CERTIFICATE.final else None
        self._write_card(pk, first, issued.on, final["name"], ids, dead_at=dead_at)

    def _entries(
        self, pk: int, career: Career, issued: Step, first: CertificateState
    ) -> tuple[CertificateState, CertificateState, datetime]:
        """Add what happened to the certificate, and return its state, the one before, and when it last changed."""
        told = [("prepare", "", CertificateState.AWAITING_PRODUCTION, "", _at(issued.on, 60))]
        told.append(
            (
                "record-production",
                CertificateState.AWAITING_PRODUCTION,
                CertificateState.PRODUCED,
                "",
                _at(issued.on, 120),
            )
        )
        if first is CertificateState.ACTIVE:
            told.append(("hand-over", CertificateState.PRODUCED, first, "", _at(issued.on, 240)))
        state = before = first
        for step in career.steps[career.steps.index(issued) + 1 :]:
            if "certificate_state" in step.values:
                before, state = state, CertificateState(step.values["certificate_state"])
                action, reason = _REASONS[state]
                told.append((action, before, state, reason, _at(step.on, 300)))
        for action, earlier, later, reason, at in told:
            is_own = action in ("prepare", "expire")
            self._tables[CertificateEntry].add(
                None,
                certificate_id=pk,
                action=action,
                from_state=str(earlier),
                to_state=later.value,
                reason=reason,
                account_id=None if is_own else self._recorder_id,
                account_name="" if is_own else self._recorder_name,
                happened_at=at,
            )
        return state, before, told[-1][4]

    def _write_card(
        self,
        certificate_id: int,
        first: CertificateState,
        day: date,
        holder: str,
        ids: Mapping[type[models.Model], Iterator[int]],
        *,
        dead_at: datetime | None,
    ) -> None:
        is_handed_over = first is CertificateState.ACTIVE
        made = CardState.HANDED_OVER if is_handed_over else CardState.PERSONALISED
        card_id = next(ids[Card])
        self._tables[Card].add(
            card_id,
            serial=f"{self._certificates:010X}",
            batch_id=self._batch.pk,
            store_id=self._store.pk,
            state=(CardState.DEAD if dead_at else made).value,
            certificate_id=certificate_id,
            key_suite=_SUITE,
            key_version=1,
            received_by_name=holder if is_handed_over else "",
            handed_over_by_id=self._recorder_id if is_handed_over else None,
            handed_over_at=_at(day, 240) if is_handed_over else None,
            changed_at=dead_at or _at(day, 240 if is_handed_over else 120),
        )
        self._tables[CardJob].add(
            None,
            certificate_id=certificate_id,
            card_id=card_id,
            state=CardJobState.FINISHED.value,
            reader_name="1",
            key_suite=_SUITE,
            key_version=1,
            attempts=1,
            created_at=_at(day, 60),
            started_by_id=self._recorder_id,
            started_at=_at(day, 110),
            finished_by_id=self._recorder_id,
            finished_at=_at(day, 120),
        )

    def _write_open_case(
        self, officer_id: int, final: Mapping[str, Any], ids: Mapping[type[models.Model], Iterator[int]]
    ) -> None:
        if final["staffing"] in ("manual-staff", "contract") or self._random.random() >= _OPEN_SHARE:
            return
        wanted = _OPEN_STATES[int(self._random.random() * len(_OPEN_STATES))]
        day = self._on - timedelta(days=1 + int(self._random.random() * 20))
        self._write_case(officer_id, day, self._on, final, ids, upto=wanted)

    def _steps(self, final: Mapping[str, Any]) -> list[tuple[S, Level, int]]:
        """Return the chain of a case at the officer's place: county, city, province, as far as they are there."""
        found = []
        if final["county_unit"] is not None:
            found.append((S.REVIEW, Level.COUNTY, final["county_unit"]))
            if final["city_unit"] is not None:
                found.append((S.VERIFICATION, Level.CITY, final["city_unit"]))
        elif final["city_unit"] is not None:
            found.append((S.REVIEW, Level.CITY, final["city_unit"]))
        return [*found, (S.APPROVAL, Level.PROVINCE, final["province_unit"])]

    def _write_case(
        self,
        officer_id: int,
        began_on: date,
        ended_on: date,
        final: Mapping[str, Any],
        ids: Mapping[type[models.Model], Iterator[int]],
        *,
        upto: S,
    ) -> int:
        """Write a case that has come as far as ``upto``; returns the id of its filing request, 0 without one."""
        province = self._units[final["province_unit"]]
        prefix = f"A{province.code[:2]}{began_on.year}"
        self._case_numbers[prefix] = self._case_numbers.get(prefix, 0) + 1
        number = f"{prefix}{self._case_numbers[prefix]:06d}"
        steps = self._steps(final)
        if upto in _PASSES and upto not in [state for state, _level, _unit in steps]:
            upto = S.APPROVAL
        pk = next(ids[Application])
        is_submitted = upto is not S.DRAFT
        last_at = self._opinions(pk, steps, began_on, final, upto) if is_submitted else _at(began_on, 30)
        waiting = next((unit for state, _level, unit in steps if state is upto), None)
        self._tables[Application].add(
            pk,
            number=number,
            officer_id=officer_id,
            categories=final["categories"],
            state=upto.value,
            steps=[
                {"state": state.value, "level": level.value, "unit_id": unit} for state, level, unit in steps
            ]
            if is_submitted
            else [],
            round=1 if is_submitted else 0,
            statement="身体健康，品行端正，无违法犯罪记录。",
            declarations=dict.fromkeys(DECLARATIONS, True),
            prepared_by_id=self._recorder_id,
            created_at=_at(began_on, 20),
            submitted_at=_at(began_on, 30) if is_submitted else None,
            waiting_since=last_at if waiting is not None else None,
            waiting_unit_id=waiting,
            decides_as=upto.value if waiting is not None else "",
            **{name: final[name] for name in _PLACES},
        )
        if upto is not S.FILED:
            return 0
        return self._write_filing((pk, number, final["categories"]), last_at, ended_on, ids)

    def _opinions(
        self,
        application_id: int,
        steps: Sequence[tuple[S, Level, int]],
        began_on: date,
        final: Mapping[str, Any],
        upto: S,
    ) -> datetime:
        """Add what was said, one step a minute after the other, and return when the last was said."""
        said = [("submit", S.DRAFT, "", self._units[final["agency_id"]].name)]
        for state, _level, unit in steps:
            if state is upto:
                break
            if upto is S.RETURNED:
                said.append(("return-for-correction", state, "请补充培训证明", self._units[unit].name))
                break
            said.append((_PASSES[state], state, "", self._units[unit].name))
        if upto is S.FILED:
            said.append(("record-filing", S.FILING, "", MINISTRY_NAME))
        for seq, (action, state, reason, unit_name) in enumerate(said, start=1):
            is_ministry = action == "record-filing"
            self._tables[Opinion].add(
                None,
                application_id=application_id,
                seq=seq,
                round=1,
                state=state.value,
                action=action,
                reason=reason,
                account_id=None if is_ministry else self._recorder_id,
                account_name="" if is_ministry else _PEOPLE[(application_id + seq) % len(_PEOPLE)],
                unit_name=unit_name,
                given_at=_at(began_on, 20 + 10 * seq),
            )
        return _at(began_on, 20 + 10 * len(said))

    def _write_filing(
        self,
        application: tuple[int, str, str],
        at: datetime,
        decided_on: date,
        ids: Mapping[type[models.Model], Iterator[int]],
    ) -> int:
        """Write the filing of a case (id, number, categories) and return its id."""
        application_id, number, categories = application
        entry_id, pk = next(ids[LogEntry]), next(ids[FilingRequest])
        seq, subject = self._frontier.size, f"application:{number}"
        body = build_event(
            node=STREAM,
            seq=seq + 1,
            type="cn.warrant.filing.requested.v1",
            subject=subject,
            occurred_at=at,
            dataschema="urn:warrant:schema:filing.requested:1",
            data={"application": number, "kind": "first-issue", "categories": categories.split(",")},
            ver=1,
            prev_ver=0,
        ).raw
        leaf = leaf_hash(body)
        self._tables[LogEntry].add(
            entry_id,
            stream_id=STREAM,
            seq=seq,
            kind="filing.requested",
            subject=subject,
            body=body,
            leaf_hash=leaf,
            recorded_at=at,
        )
        for node in self._frontier.completed_by(leaf):
            self._tables[LogNode].add(
                None, stream_id=STREAM, level=node.level, position=node.index, digest=node.digest
            )
        self._frontier = self._frontier.append(leaf)
        self._filing_numbers[decided_on.year] = self._filing_numbers.get(decided_on.year, 0) + 1
        self._tables[FilingRequest].add(
            pk,
            application_id=application_id,
            entry_id=entry_id,
            request_hash=leaf,
            state=FilingRequestState.GRANTED.value,
            filing_number=f"BA{decided_on.year}{self._filing_numbers[decided_on.year]:08d}",
            requested_at=at,
            decided_at=_at(decided_on, 50),
        )
        return pk

    def _status_list(self) -> int:
        """Return the list on which the next certificate gets its place; it is signed by the node's upkeep."""
        if self._certificates % FULLEST == 0:
            name = f"tsl:{issuer_code()}-{self._certificates // FULLEST + 1}"
            self._list_id = StatusList.objects.create(name=name, size=LIST_SIZE).pk
        return self._list_id

    def _area(self, unit: Agency) -> tuple[str, str]:
        above = (unit.pk, unit.county_id, unit.city_id, unit.province_id)
        for pk in above:
            code = self._units[pk].division_code if pk is not None else ""
            division = divisions.find(code) if code else None
            if division is not None:
                return division.full_code, divisions.full_name(division)
        province = self._units[unit.province_id] if unit.province_id else unit
        return province.code[:6], province.name


__all__ = ["STREAM", "TABLES", "Papers"]
