"""Made-up people with whom something is wrong, one at least for each standing detector, and what was done about some.

They stand in the register as years of work would have left them: written directly, with filings in a log of their own
that is sent to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from warrant.apps.applications.models import Application
from warrant.apps.cardcentre.models import Card, CardBatch, CardStore
from warrant.apps.cardcentre.services.ledger import carry_over
from warrant.apps.certificates.models import Certificate, CertificateSerial
from warrant.apps.certificates.services.status_lists import free_index, list_with_room
from warrant.apps.detectors.models import Finding
from warrant.apps.detectors.services import HandIn, assign_finding, close_finding, hand_in_case_figures
from warrant.apps.detectors.services.looking import look_with
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.log import append_entry
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.sealing import id_number_index, seal_id_number
from warrant.apps.officers.services.writing import write_new
from warrant.apps.organisations.models import Agency, AgencyVersion
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.regulations.services import keep_snapshot
from warrant.apps.reviews.models import ReviewCampaign, ReviewLine
from warrant.core.access import Level
from warrant.core.ledger.event import build_event
from warrant.core.lifecycle import CardState, CertificateState, ChangeKind, ReviewState, StoreKind
from warrant.core.qualification.detection import Detector
from warrant.core.regulation import RegulationKind
from warrant.core.standards import certificate_number
from warrant.core.standards.id_number import check_character
from warrant.nodes.samples.people import actor_of

STREAM = "made-up-filings"
PROVINCE = "32"
C = CertificateState


class _Register:
    """Writes officers, certificates and cards of one agency as they stood some time ago."""

    def __init__(self, unit: Agency, now: datetime) -> None:
        self.unit = unit
        self.now = now
        self.clerk = actor_of("registrar")
        self.number = 0
        self.certificates: list[Certificate] = []
        self.store, _ = CardStore.objects.get_or_create(
            kind=StoreKind.CENTRAL.value, defaults={"name": "中心库"}
        )
        self.batch = CardBatch.objects.create(
            supplier="虚构卡厂",
            first_serial="0000F00001",
            last_serial="0000F00001",
            count=0,
            received_by_id=self.clerk.account_id,
            received_at=now - timedelta(days=900),
            state="usable",
        )

    def officer(
        self,
        name: str,
        unit: Agency | None = None,
        born_on: date = date(1988, 5, 1),
        *,
        arrived_on: date | None = None,
        staffing: str = "public-institution",
    ) -> Officer:
        """Put somebody on an enforcement post, in the unit for three years unless ``arrived_on`` says else."""
        self.number += 1
        body = f"329901{born_on:%Y%m%d}{2 * self.number + 601:03d}"
        uid, text = uuid4(), body + check_character(body)
        began = self.now - timedelta(days=1100)
        officer = Officer(
            uid=uid,
            name=name,
            sex="1",
            birth_on=born_on,
            ethnicity="01",
            political_status="13",
            education="21",
            id_number_sealed=seal_id_number(uid, text),
            id_number_index=id_number_index(text),
            agency=unit or self.unit,
            categories="01",
            post="执法岗",
            position="科员",
            staffing=staffing,
            phone="13900000000",
            arrived_on=arrived_on or timezone.localdate(began),
            entered_by_id=self.clerk.account_id,
            entered_at=began,
            changed_at=began,
        )
        officer.put_at(officer.agency.place)
        return write_new([officer], ChangeKind.IMPORTED, None, now=self.now)[0]

    def _filing(self, officer: Officer, at: datetime) -> FilingRequest:
        application = Application(
            number=f"A{PROVINCE}{at.year}9{self.number:02d}{len(self.certificates):03d}",
            officer=officer,
            categories=officer.categories,
            prepared_by_id=self.clerk.account_id,
            created_at=at,
            state="filed",
        )
        application.put_at(officer.place)
        application.save()
        subject = f"application:{application.number}"

        def event(seq: int, version: int) -> bytes:
            return build_event(
                node=STREAM,
                seq=seq + 1,
                type="cn.warrant.filing.requested.v1",
                subject=subject,
                occurred_at=at,
                dataschema="urn:warrant:schema:filing.requested:1",
                data={"application": application.number},
                ver=version,
                prev_ver=version - 1,
            ).raw

        entry = append_entry(STREAM, "filing.requested", subject, event, now=at)
        return FilingRequest.objects.create(
            application=application,
            entry=entry,
            request_hash=bytes(entry.leaf_hash),
            state="granted",
            filing_number=f"BA{at.year}9{application.pk:07d}",
            requested_at=at,
            decided_at=at,
        )

    def certificate(
        self,
        officer: Officer,
        state: CertificateState = C.ACTIVE,
        *,
        ended_days_ago: int = 700,
        agency_name: str = "",
    ) -> Certificate:
        """Give a certificate of two years ago with its card in the holder's hands."""
        at = self.now - timedelta(days=800)
        changed_at = self.now - timedelta(days=ended_days_ago)
        serial, _ = CertificateSerial.objects.select_for_update().get_or_create(
            province_code=PROVINCE, defaults={"last_serial": 0}
        )
        serial.last_serial += 1
        serial.save(update_fields=["last_serial"])
        status_list = list_with_room(now=self.now)
        is_over = state is C.EXPIRED
        certificate = Certificate(
            number=certificate_number.make(PROVINCE, serial.last_serial),
            officer=officer,
            filing_request=self._filing(officer, at),
            categories=officer.categories,
            agency_name=agency_name or officer.agency.name,
            area_code="320583",
            area_name="江苏省昆山市",
            issuer_name="江苏省交通运输厅",
            state=state.value,
            valid_from=timezone.localdate(at),
            valid_until=timezone.localdate(changed_at if is_over else self.now + timedelta(days=1000)),
            status_list=status_list,
            status_index=free_index(status_list),
            created_at=at,
            changed_at=changed_at,
        )
        certificate.put_at(officer.place)
        certificate.save()
        self.certificates.append(certificate)
        is_alive = state in (C.ACTIVE, C.LOST, C.LAPSED)
        Card.objects.create(
            serial=f"0000F{len(self.certificates):05d}",
            batch=self.batch,
            store=self.store,
            state=(CardState.HANDED_OVER if is_alive else CardState.DEAD).value,
            certificate=certificate,
            key_suite="sm4",
            key_version=1,
            received_by_name=officer.name,
            handed_over_by_id=self.clerk.account_id,
            handed_over_at=at,
            changed_at=changed_at,
        )
        Officer.system.filter(pk=officer.pk).update(
            certificate_number=certificate.number,
            certificate_state=state.value,
            certificate_valid_until=certificate.valid_until,
        )
        return certificate

    def close(self) -> None:
        """Count the cards into the stock."""
        last = f"0000F{len(self.certificates):05d}"
        ranges = [["0000F00001", last]]
        CardBatch.objects.filter(pk=self.batch.pk).update(
            count=len(self.certificates), last_serial=last, ranges=ranges
        )
        carry_over()


def _review(register: _Register, missed: Certificate) -> None:
    """Last year's review: everybody passed, one did not."""
    rules = in_force(RegulationKind.REVIEW, own_jurisdiction(), timezone.localdate(register.now))
    year = timezone.localdate(register.now).year - 1
    campaign = ReviewCampaign.objects.create(
        year=year,
        due_on=rules.document.due_on(year),
        warned_from=rules.document.warned_from(year),
        regulation_digest=keep_snapshot(rules),
        opened_by_id=register.clerk.account_id,
        opened_by_name=register.clerk.name,
        opened_at=register.now - timedelta(days=300),
        looked_at=register.now - timedelta(days=300),
    )
    for certificate in register.certificates:
        if certificate.state != C.ACTIVE:
            continue
        is_missed = certificate.pk == missed.pk
        line = ReviewLine(
            campaign=campaign,
            certificate=certificate,
            officer=certificate.officer,
            facts={},
            is_clean=True,
            state=(ReviewState.OPEN if is_missed else ReviewState.PASSED).value,
            decided_at=None if is_missed else register.now - timedelta(days=280),
        )
        line.put_at(certificate.place)
        line.save()


def _closed_unit(county: Agency, now: datetime) -> Agency:
    """A unit of the county that was closed two months ago."""
    closed_on = timezone.localdate(now) - timedelta(days=60)
    unit = Agency.objects.create(
        code=f"{county.code}-90",
        level=Level.AGENCY.value,
        division_code=county.division_code,
        province=county.province,
        city=county.city,
        county=county,
        name="昆山市航道管理站",
        parent=county,
        opened_on=date(2010, 1, 1),
        closed_on=closed_on,
    )
    AgencyVersion.objects.create(
        agency=unit, name=unit.name, parent=county, valid_from=unit.opened_on, valid_until=closed_on
    )
    return unit


def _case_figures(register: _Register, county: Agency, silent: Sequence[Certificate]) -> None:
    """What the county tells of its cases: everybody enforced last month but the silent; somebody after the end."""
    until = timezone.localdate(register.now) - timedelta(days=10)
    rows = ["证件编号,最近执法日期"]
    for certificate in register.certificates:
        if certificate not in silent:
            rows.append(f"{certificate.number},{(until - timedelta(days=12)).isoformat()}")
    handed_in = HandIn(
        county.pk, until - timedelta(days=400), until, "\n".join(rows).encode(), "昆山办案系统导出.csv"
    )
    hand_in_case_figures(actor_of("kunshan-registrar"), handed_in, now=register.now)


@transaction.atomic
def make_sample_findings(*, now: datetime) -> list[Finding]:
    """Make people for every detector, look, and deal with some; nothing where a unit handed cases in already."""
    county = Agency.objects.get(code="320583")
    if Agency.objects.filter(code=f"{county.code}-90").exists():
        return []
    unit = Agency.objects.filter(county=county, level=Level.AGENCY.value, closed_on=None).earliest("code")
    register = _Register(unit, now)
    today = timezone.localdate(now)
    register.officer("罗长青")
    register.officer("冯远志", staffing="contract")
    register.certificate(register.officer("谢安平"), C.EXPIRED, ended_days_ago=90)
    register.certificate(register.officer("卢振华", born_on=date(1961, 3, 1)))
    moved = register.officer("施敬文", arrived_on=today - timedelta(days=60))
    register.certificate(moved, agency_name="太仓市交通运输综合行政执法大队")
    double = register.officer("于海宁")
    register.certificate(double, C.CANCELLED)
    register.certificate(double)
    silent = register.certificate(register.officer("苗一凡"))
    missed = register.certificate(register.officer("柏正清"))
    register.certificate(register.officer("汤志远", _closed_unit(county, now)))
    register.certificate(register.officer("倪书衡"))
    register.close()
    _review(register, missed)
    _case_figures(register, county, [silent])
    _look(now)
    return list(Finding.system.filter(is_pending=True))


def _look(now: datetime) -> None:
    """Some were found long ago and are overdue, the rest today; one was given to somebody, one explained."""
    for detector in (Detector.DEAD_CARD_IN_USE, Detector.UNESTABLISHED):
        look_with(detector, now=now - timedelta(days=30))
    for detector in Detector:
        look_with(detector, now=now)
    registrar, reviewer = actor_of("kunshan-registrar"), actor_of("kunshan-reviewer")
    for detector, act in ((Detector.TWO_CARDS, "assign"), (Detector.HOLDER_GONE, "close")):
        found = Finding.system.filter(detector=detector.value, is_pending=True).order_by("pk").first()
        if found is None:
            continue
        if act == "assign":
            assign_finding(registrar, found.pk, reviewer.account_id, now=now)
        else:
            reason = "已办理延迟退休手续，批准文件 昆交人〔2026〕12 号，档案正在更正"
            close_finding(registrar, found.pk, reason, now=now)
