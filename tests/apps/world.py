"""One of everything at every place of the tree, made directly: for the tests that walk over all pages."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.urls import URLPattern, URLResolver
from django.urls.converters import IntConverter

from tests.apps.filing.conftest import case_content
from warrant.adapters.made_up_portraits import portrait
from warrant.apps.accounts.models import Account, Delegation, Leave, RoleAssignment
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Application
from warrant.apps.applications.types import DECLARATIONS
from warrant.apps.assessments.models import Assessment, Objection, OutcomeCorrection, Sheet
from warrant.apps.cardcentre.models import (
    Card,
    CardBatch,
    CardDestruction,
    CardJob,
    CardMovement,
    CardStore,
    KeyAct,
    KeyPart,
    KeySet,
    Parcel,
    ParcelLine,
    PeerTransportKey,
    Sam,
    SamBlockList,
    SamCount,
    StationBatch,
    StockDay,
)
from warrant.apps.cardcentre.services.ledger import carry_over
from warrant.apps.certificates.models import Certificate, CertificateEntry, StatusList
from warrant.apps.detectors.models import Finding
from warrant.apps.eligibility.models import EligibilityRecord, Waiver
from warrant.apps.examinations.models import (
    Candidate,
    EnteredScore,
    Entry,
    ExaminationRecord,
    ResultClaim,
    Sitting,
)
from warrant.apps.filing.models import DocumentRequest, Filing, FilingRequest
from warrant.apps.foundation.outbox import publish
from warrant.apps.officers.models import (
    AdditionalEntry,
    Document,
    DuplicatePair,
    EducationRecord,
    EntryProof,
    Officer,
    OfficerNameToken,
    PlannedLeaving,
    Proposal,
    RecordRequest,
    Transfer,
)
from warrant.apps.officers.selectors.sealing import id_number_index, seal_id_number
from warrant.apps.officers.services.documents import keep_file
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.regulations.services import keep_snapshot
from warrant.apps.reviews.models import ReviewBatch, ReviewCampaign, ReviewLine
from warrant.apps.rosters.models import RosterImport
from warrant.apps.rosters.services import preview_roster
from warrant.apps.training.models import (
    Attendance,
    Enrolment,
    HoursCorrection,
    Programme,
    TrainingAssignment,
    TrainingClass,
    TrainingRecord,
)
from warrant.core.access import ROLE_LEVELS, Actor, Level, Role
from warrant.core.standards import certificate_number
from warrant.core.standards.id_number import check_character
from warrant.nodes.wiring import ministry_settings

AT = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)
PDF = b"%PDF-1.4 made-up proof"

HOME_UNIT = {
    Role.REGISTRAR: "320583",
    Role.REVIEWER: "320583",
    Role.VERIFIER: "320500",
    Role.APPROVER: "320000",
    Role.SUPERVISOR: "320000",
    Role.STATISTICIAN: "320000",
    Role.TRAINING_MANAGER: "320000",
    Role.RULE_EDITOR: "320000",
    Role.CARD_OPERATOR: "320000",
    Role.KEY_CUSTODIAN: "320000",
    Role.SYSTEM_ADMINISTRATOR: "320000",
    Role.SECURITY_ADMINISTRATOR: "320000",
    Role.AUDIT_ADMINISTRATOR: "320000",
    Role.OFFICER: "320583",
}
"""Over which unit of Jiangsu's node each role is held here; a filing reviewer and an editor are the ministry's."""

NAMES = (
    "林书白",
    "陈予安",
    "赵明澈",
    "魏清和",
    "沈知微",
    "陆怀瑾",
    "顾庭芳",
    "周砚秋",
    "单书白",
    "曾国安",
    "仇英杰",
    "解明远",
)


@dataclass(frozen=True)
class Things:
    """What stands at one agency."""

    unit: Agency
    officer: Officer
    document: Document
    application: Application
    certificate: Certificate
    roster: RosterImport
    job: CardJob
    transfer: Transfer
    pair: DuplicatePair
    proposal: Proposal

    @property
    def enrolment(self) -> Enrolment:
        """The officer's place in a class that is not handed in yet."""
        return self.officer.enrolments.get(training_class__state="planned")

    @property
    def candidacy(self) -> Candidate:
        """The officer's place on the list of a sitting."""
        return self.officer.candidacies.get()

    @property
    def score_sheet(self) -> Sheet:
        """The officer's score sheet of a year."""
        return self.officer.assessment_sheets.get()

    @property
    def review(self) -> ReviewLine:
        """The certificate in the review of 2026."""
        return self.certificate.review_lines.get()

    @property
    def finding(self) -> Finding:
        """What a detector found about the officer."""
        return self.officer.findings.get()

    def arguments(self) -> dict[str, dict[str, Any]]:
        """The arguments with which each object page of a province shows this agency's thing."""
        officer: dict[str, Any] = {"pk": self.officer.pk}
        entry: dict[str, Any] = {"pk": self.officer.entries.get().pk}
        request: dict[str, Any] = {"pk": self.officer.record_requests.get().pk}
        draft: dict[str, Any] = {"form": "officer-change", "subject": self.officer.pk}
        pair: dict[str, Any] = {"pk": self.pair.pk}
        transfer: dict[str, Any] = {"pk": self.transfer.pk}
        proposal: dict[str, Any] = {"pk": self.proposal.pk}
        application: dict[str, Any] = {"number": self.application.number}
        certificate: dict[str, Any] = {"number": self.certificate.number}
        roster: dict[str, Any] = {"pk": self.roster.pk}
        job: dict[str, Any] = {"pk": self.job.pk}
        return {
            **dict.fromkeys(
                (
                    "officer-detail",
                    "officer-glance",
                    "officer-change",
                    "officer-photo",
                    "officer-photo-upload",
                    "officer-education-add",
                    "officer-account-open",
                    "officer-unmask",
                    "officer-history",
                    "deletion-request",
                    "id-number-correction",
                    "officer-sheet",
                    "officer-leave",
                    "officer-return",
                    "transfer-propose",
                    "training-new",
                    "officer-eligibility",
                    "examination-new",
                    "application-new",
                ),
                officer,
            ),
            "document-open": {"pk": self.document.pk},
            "eligibility-record": {"pk": self.officer.eligibility_records.get().pk},
            "waiver-ask": {**officer, "rule": "training"},
            **{key: {"pk": self.officer.waivers.get().pk} for key in ("waiver-detail", "waiver-decide")},
            **dict.fromkeys(("transfer-detail", "transfer-proof"), transfer),
            "transfer-act": {**transfer, "action": "refuse"},
            **dict.fromkeys(("duplicate-detail", "duplicate-merge", "duplicate-confirm"), pair),
            "duplicate-act": {**pair, "action": "tell-apart"},
            **dict.fromkeys(("proposal-detail", "proposal-answer", "proposal-withdraw"), proposal),
            "officer-entry-add": {**officer, "kind": "reward"},
            "officer-entry": entry,
            "officer-entry-correct": entry,
            "officer-entry-withdraw": entry,
            "leaving-cancel": {"pk": self.officer.planned_leavings.get().pk},
            "officer-education-correct": {"pk": self.officer.educations.earliest("pk").pk},
            "training-correct": {"pk": self.officer.trainings.earliest("pk").pk},
            "examination-correct": {"pk": self.officer.examinations.earliest("pk").pk},
            **{
                f"sitting-{page}": {"pk": self.candidacy.sitting_id}
                for page in ("detail", "people", "places", "scores", "import", "sheet", "cancel")
            },
            "sitting-paper": {"pk": self.candidacy.sitting_id, "paper": "list"},
            "candidate-remove": {"pk": self.candidacy.sitting_id, "candidate": self.candidacy.pk},
            **{
                f"assessment-{page}": {"pk": self.score_sheet.assessment_id}
                for page in ("detail", "scores", "refresh", "hand-in", "return", "confirm", "cancel")
            },
            **{
                f"assessment-{page}": {"pk": self.score_sheet.pk}
                for page in ("sheet", "sheet-score", "sheet-correct")
            },
            **{key: {"pk": self.score_sheet.pk} for key in ("own-assessment", "own-assessment-object")},
            **{
                f"assessment-{page}": {"pk": self.score_sheet.objection.pk}
                for page in ("objection", "objection-uphold", "objection-correct")
            },
            **{
                key: {"pk": self.score_sheet.corrections.get().pk}
                for key in ("outcome-correction", "outcome-correction-decide")
            },
            **{
                key: {"pk": self.officer.result_claims.get().pk}
                for key in ("result-claim", "result-claim-decide")
            },
            **{
                f"class-{page}": {"pk": self.enrolment.training_class_id}
                for page in (
                    "detail",
                    "people",
                    "places",
                    "attendance",
                    "hand-in",
                    "confirm",
                    "return",
                    "cancel",
                )
            },
            "class-correct": {
                "pk": self.officer.enrolments.get(training_class__term="第三期").training_class_id
            },
            **{
                key: {"pk": HoursCorrection.system.get(lines__enrolment__officer=self.officer).pk}
                for key in ("hours-correction", "hours-correction-decide", "hours-correction-withdraw")
            },
            "session-new": {"pk": self.enrolment.training_class_id},
            "session-sheet": {
                "pk": self.enrolment.training_class_id,
                "session": self.enrolment.training_class.sessions.earliest("pk").pk,
            },
            "session-remove": {
                "pk": self.enrolment.training_class_id,
                "session": self.enrolment.training_class.sessions.earliest("pk").pk,
            },
            "participant-remove": {"pk": self.enrolment.training_class_id, "enrolment": self.enrolment.pk},
            **{
                key: {"pk": self.enrolment.training_class.programme_id}
                for key in ("programme-detail", "programme-close")
            },
            "training-withdraw": {"pk": self.officer.assigned_trainings.get().pk},
            "record-request": request,
            "record-request-decide": request,
            "record-request-withdraw": request,
            "record-request-undo": request,
            "draft-save": draft,
            "draft-discard": draft,
            "roster-detail": roster,
            "roster-import": roster,
            "roster-mapping": roster,
            "roster-undo": roster,
            "roster-discard": roster,
            "roster-rejected": roster,
            "application-detail": application,
            "application-statement": application,
            "application-act": {**application, "action": "pass-review"},
            "application-holder": application,
            "application-proof": application,
            "application-paper": {**application, "paper": "form"},
            **{name: {"pk": self.review.pk} for name in ("review-line", "review-line-propose")},
            "review-batch": {"pk": self.review.batch_id},
            **{
                f"finding-{page}": {"pk": self.finding.pk}
                for page in ("detail", "assign", "put-back", "close")
            },
            "certificate-detail": certificate,
            "certificate-act": {**certificate, "action": "report-lost"},
            "certificate-loss-notice": certificate,
            "certificate-notice": {
                **certificate,
                "entry": self.certificate.entries.earliest("pk").pk,
                "kind": "declaration",
            },
            "card-job-detail": job,
            "card-job-resume": job,
            "card-job-spoil": job,
            "card-job-pass": job,
            "card-job-erase": job,
            "card-batch-put-back": {"pk": self.job.batch_id},
            "card-holder-receipt": certificate,
            **{
                name: {"pk": ParcelLine.objects.get(card=self.job.card_id).parcel_id}
                for name in ("card-parcel", "card-parcel-paper", "card-parcel-receive")
            },
            "card-face": certificate,
            "card-hand-over": certificate,
            "filing-request": application,
            "filing-documents": {
                "pk": DocumentRequest.objects.get(request_id=self.certificate.filing_request_id).pk
            },
            "filing-receipt": {**application, "request_id": self.certificate.filing_request_id},
            "filing-receipt-paper": {**application, "request_id": self.certificate.filing_request_id},
            "organisation-detail": {"code": self.unit.code},
            "organisation-open": {"code": self.unit.code},
            "organisation-rename": {"code": self.unit.code},
            "organisation-merge": {"code": self.unit.code},
            "organisation-close": {"code": self.unit.code},
            "year-figures-province": {"node": "320000"},
        }


def _officer(unit: Agency, count: int, by: Account) -> Officer:
    officer = Officer(
        name=NAMES[count],
        sort_key=f"name {count}",
        sex="1",
        birth_on=date(1990, 5, 1),
        id_number_sealed=b"sealed",
        id_number_index=hashlib.sha256(str(count).encode()).digest()[:16],
        education="21",
        agency=unit,
        categories="02,08",
        post="执法员",
        position="一级主任科员",
        staffing="civil-servant",
        phone="13900000000",
        entered_by=by,
        entered_at=AT,
        changed_at=AT,
    )
    officer.put_at(unit.place)
    officer.save()
    return officer


def _records(officer: Officer, proof: Document, by: Account) -> None:
    common: dict[str, Any] = {"officer": officer, "proof": proof, "recorded_by": by, "recorded_at": AT}
    EducationRecord.objects.create(
        education="21", school="苏州大学", major="法学", graduated_on=date(2012, 6, 30), **common
    )
    PlannedLeaving.objects.create(
        officer=officer,
        kind="retirement",
        left_on=date(2027, 5, 1),
        reason="到龄退休",
        document_number="昆交人〔2026〕9号",
        planned_by=by,
        planned_at=AT,
    )
    entry = AdditionalEntry.objects.create(
        officer=officer,
        kind="reward",
        content={
            "reward": "third-class",
            "title": "治超专项行动",
            "decided_by": "江苏省交通运输厅",
            "decided_on": "2024-05-01",
        },
        from_on=date(2024, 5, 1),
        recorded_by=by,
        recorded_at=AT,
    )
    EntryProof.objects.create(entry=entry, document=proof)
    request = RecordRequest(
        kind="deletion", officer=officer, reason="同一人登记了两次", requested_by=by, requested_at=AT
    )
    request.put_at(officer.place)
    request.save()
    TrainingRecord.objects.create(
        course="岗前培训",
        organiser="江苏省交通运输厅",
        hours=60,
        started_on=date(2026, 9, 1),
        finished_on=date(2026, 9, 10),
        **common,
    )
    TrainingAssignment.objects.create(
        officer=officer, course="换证培训", due_on=date(2026, 12, 31), assigned_by=by, assigned_at=AT
    )
    waiver = Waiver(
        officer=officer,
        rule_id="education",
        title={"zh": "大专以上学历", "en": "College education or above"},
        reason="省政府引进的特殊人才",
        basis="苏交人〔2026〕9号",
        from_on=date(2026, 10, 1),
        until_on=date(2026, 12, 31),
        asked_by=by,
        asked_by_name=by.display_name,
        asked_at=AT,
    )
    waiver.put_at(officer.place)
    waiver.save()
    EligibilityRecord.objects.create(
        officer=officer,
        on=AT.date(),
        kind="first-issue",
        ruleset_digest="0" * 64,
        facts={},
        results=[],
        sha256="0" * 64,
        kept_at=AT,
    )
    for paper, day in (("special-law", 12), ("general-law", 20)):
        ExaminationRecord.objects.create(
            paper=paper,
            sat_on=date(2026, 9, day),
            organiser="江苏省交通运输厅",
            score="82.5",
            pass_mark="60.0",
            **common,
        )


def _sitting(officer: Officer, by: Account) -> None:
    """A sitting whose scores one person has entered, and a correction that waits."""
    sitting = Sitting(
        paper="special-law",
        organiser=officer.agency,
        venue="第一考点",
        sat_on=date(2026, 9, 25),
        pass_mark="60.0",
        regulation_digest="0" * 64,
        scores_due_on=date(2026, 10, 20),
        planned_by=by,
        planned_by_name=by.display_name,
        planned_at=AT,
    )
    sitting.put_at(officer.place)
    sitting.save()
    candidate = Candidate.objects.create(sitting=sitting, officer=officer, number=1)
    entry = Entry.objects.create(
        sitting=sitting, seat=1, account=by, account_name=by.display_name, entered_at=AT
    )
    EnteredScore.objects.create(entry=entry, candidate=candidate, score="82.5")
    result = officer.examinations.earliest("pk")
    correction = ResultClaim(
        officer=officer,
        result=result,
        paper=result.paper,
        sat_on=result.sat_on,
        organiser=result.organiser,
        score="83.5",
        reason="第二页合计有误",
        asked_by=by,
        asked_by_name=by.display_name,
        asked_at=AT,
    )
    correction.put_at(officer.place)
    correction.save()


def _assessment(officer: Officer, by: Account) -> None:
    """A confirmed assessment of one person, with a correction and an objection that wait."""
    rules = in_force("assessment", own_jurisdiction(), AT.date())
    keep_snapshot(rules)
    assessment = Assessment(
        kind="person",
        year=2026,
        unit=officer.agency,
        state="confirmed",
        regulation_digest=rules.digest,
        due_on=date(2027, 3, 31),
        opened_by=by,
        opened_by_name=by.display_name,
        opened_at=AT,
        handed_in_at=AT,
        confirmed_at=AT,
    )
    assessment.put_at(officer.place)
    assessment.save()
    points = {"conduct": "18", "law": "18", "quality": "25", "diligence": "17", "manner": "8"}
    sheet = Sheet.objects.create(
        assessment=assessment,
        officer=officer,
        points=points,
        total="86.0",
        band="competent",
        scored_by=by,
        scored_by_name=by.display_name,
        scored_at=AT,
    )
    correction = OutcomeCorrection(
        sheet=sheet,
        points={**points, "manner": "9"},
        total="87.0",
        band="competent",
        reason="合计有误，复核加分",
        asked_by=by,
        asked_by_name=by.display_name,
        asked_at=AT,
    )
    correction.put_at(officer.place)
    correction.save()
    objection = Objection(sheet=sheet, reason="案卷扣分重复计算", raised_by=by, raised_at=AT)
    objection.put_at(officer.place)
    objection.save()


def _training_classes(officer: Officer, document: Document, by: Account) -> None:
    """A class that is over, half marked; a confirmed one with a correction that waits, and one without."""
    planned = _training_class(officer, by)
    for term, is_wrong in (("第二期", True), ("第三期", False)):
        confirmed = planned.programme.classes.create(
            **{
                column: getattr(planned, column)
                for column in (
                    "organiser",
                    "venue",
                    "teacher",
                    "starts_on",
                    "ends_on",
                    "capacity",
                    "planned_hours",
                    "regulation_digest",
                    "hand_in_due_on",
                    "planned_by",
                    "planned_by_name",
                    "planned_at",
                )
            },
            term=term,
            state="confirmed",
            proof=document,
            confirmed_by=by,
            confirmed_by_name=by.display_name,
            confirmed_at=AT,
        )
        confirmed.put_at(officer.place)
        confirmed.save()
        course = officer.trainings.create(
            course=f"执法实务班{term}",
            organiser=officer.agency.name,
            hours=8,
            started_on=planned.starts_on,
            finished_on=planned.ends_on,
            proof=document,
            recorded_by=by,
            recorded_at=AT,
        )
        enrolment = confirmed.enrolments.create(officer=officer, number=1, record=course)
        if is_wrong:
            correction = HoursCorrection(
                training_class=confirmed,
                reason="签到表漏计一课",
                proof=document,
                asked_by=by,
                asked_by_name=by.display_name,
                asked_at=AT,
            )
            correction.put_at(officer.place)
            correction.save()
            correction.lines.create(
                enrolment=enrolment,
                record=course,
                after={"practice": 4},
                hours_before=8,
                hours_after=4,
            )


def _training_class(officer: Officer, by: Account) -> TrainingClass:
    """A class of one day that is over, with one of its two lessons marked."""
    who: dict[str, Any] = {"made_by": by, "made_by_name": by.display_name, "made_at": AT}
    programme = Programme(name="执法实务班", kind="in-service", organiser=officer.agency, **who)
    programme.put_at(officer.place)
    programme.save()
    programme.subjects.create(subject="practice", hours=8)
    rules = in_force("training", own_jurisdiction(), AT.date())
    keep_snapshot(rules)
    day = date(2026, 9, 23)
    training_class = TrainingClass(
        programme=programme,
        term="第一期",
        organiser=officer.agency,
        venue="培训基地",
        teacher="陆老师",
        starts_on=day,
        ends_on=day,
        capacity=30,
        planned_hours=8,
        regulation_digest=rules.digest,
        hand_in_due_on=date(2026, 10, 15),
        planned_by=by,
        planned_by_name=by.display_name,
        planned_at=AT,
    )
    training_class.put_at(officer.place)
    training_class.save()
    enrolment = training_class.enrolments.create(officer=officer, number=1)
    for begins, ends in ((time(8, 30), time(11, 30)), (time(13, 30), time(16, 30))):
        session = training_class.sessions.create(
            held_on=day,
            begins_at=begins,
            ends_at=ends,
            subject="practice",
            hours=4,
            teacher="陆老师",
            venue="培训基地",
        )
    Attendance.objects.create(session=session, enrolment=enrolment, mark="present")
    return training_class


def _application(officer: Officer, number: str, by: Account, **fields: Any) -> Application:
    application = Application(
        number=number, officer=officer, categories="02,08", prepared_by=by, created_at=AT, **fields
    )
    application.put_at(officer.place)
    application.save()
    return application


def _certificate(application: Application, count: int, state: str = "active") -> Certificate:
    officer = application.officer
    with transaction.atomic():
        entry = publish(
            "ministry",
            "filing.requested",
            f"application:{application.number}",
            case_content(application=application.number),
            now=AT,
        )
    request = FilingRequest.objects.create(
        application=application,
        entry=entry,
        request_hash=bytes(entry.leaf_hash),
        state="granted",
        filing_number=f"交法备{count:05d}",
        receipt=b"receipt",
        requested_at=AT,
        decided_at=AT,
    )
    DocumentRequest.objects.create(
        request=request, number=1, reason="请对照原件核对", digests=["ab" * 32], asked_at=AT
    )
    status_list, _ = StatusList.objects.get_or_create(name="tsl:32-1", defaults={"size": 1 << 16})
    certificate = Certificate(
        number=certificate_number.make("32", count + 1),
        officer=officer,
        filing_request=request,
        categories="02,08",
        agency_name=officer.agency.name,
        area_code="320000",
        area_name="江苏省",
        issuer_name="江苏省交通运输厅",
        state=state,
        valid_from=date(2026, 10, 1),
        valid_until=date(2031, 9, 30),
        status_list=status_list,
        status_index=count,
        created_at=AT,
        changed_at=AT,
    )
    certificate.put_at(officer.place)
    certificate.save()
    CertificateEntry.objects.create(
        certificate=certificate,
        action="report-lost",
        from_state="active",
        to_state="lost",
        account_name="",
        happened_at=AT,
    )
    return certificate


def _review(certificate: Certificate, by: Account) -> None:
    """The certificate in the review of 2026, as an exception whose result waits for the second person."""
    rules = in_force("review", own_jurisdiction(), AT.date())
    campaign, _ = ReviewCampaign.objects.get_or_create(
        year=2026,
        defaults={
            "due_on": rules.document.due_on(2026),
            "warned_from": rules.document.warned_from(2026),
            "regulation_digest": keep_snapshot(rules),
            "opened_by": by,
            "opened_by_name": by.display_name,
            "opened_at": AT,
        },
    )
    batch = ReviewBatch(
        campaign=campaign,
        result="passed",
        reason="档案核实无误",
        count=1,
        proposed_by=by,
        proposed_by_name=by.display_name,
        proposed_at=AT,
    )
    batch.put_at(certificate.place)
    batch.save()
    line = ReviewLine(
        campaign=campaign,
        certificate=certificate,
        officer=certificate.officer,
        facts={
            "on": "2026-10-01",
            "hours": 60,
            "hours_asked": 60,
            "band": "",
            "punished_on": [],
            "valid_until": "2031-09-30",
            "unit_printed": certificate.agency_name,
            "unit_now": certificate.agency_name,
            "photo_on": "2026-10-01",
        },
        findings=[{"rule": "assessment", "code": "assessment-missing", "fields": {"year": 2026}}],
        is_clean=False,
        state="proposed",
        batch=batch,
    )
    line.put_at(certificate.place)
    line.save()


def _finding(certificate: Certificate) -> None:
    """What a detector found: the certificate's holder stands past the age."""
    rules = in_force("detection", own_jurisdiction(), AT.date())
    finding = Finding(
        detector="holder-gone",
        subject=f"certificate:{certificate.number}",
        officer=certificate.officer,
        certificate=certificate,
        facts=[
            {"code": "age-reached", "fields": {"day": "2026-05-01"}, "source": "retirement"},
            {
                "code": "certificate-alive",
                "fields": {"number": certificate.number, "state": "active"},
                "source": "certificates",
            },
        ],
        facts_digest="0" * 16,
        opened_at=AT,
        due_on=date(2026, 10, 15),
        regulation_digest=keep_snapshot(rules),
        held_by=certificate.officer.agency.parent,
    )
    finding.put_at(certificate.place)
    finding.save()


def _card_job(
    certificate: Certificate,
    by: Account,
    count: int,
    card_state: str = "handed-over",
    state: str = "finished",
) -> CardJob:
    store, _ = CardStore.objects.get_or_create(kind="station", name="一号制卡点")
    batch, _ = CardBatch.objects.get_or_create(
        supplier="苏州芯卡",
        number="B-2026-01",
        first_serial="1D000000000001",
        last_serial="1D00000000000F",
        ranges=[["1D000000000001", "1D00000000000F"]],
        key_suite="sm4",
        state="usable",
        defaults={"count": 15, "received_by": by, "received_at": AT},
    )
    Card.objects.create(
        serial=f"1D0000000000{count:02X}",
        batch=batch,
        key_suite="sm4",
        state="blank",
        store=store,
        changed_at=AT,
    )
    card = Card.objects.create(
        serial=f"1D0000000001{count:02X}",
        batch=batch,
        key_suite="sm4",
        key_version=1,
        state=card_state,
        store=store,
        certificate=certificate,
        changed_at=AT,
    )
    # Closed batches: a person has one open one at most.
    taken = StationBatch.objects.create(
        station="1号工位", taken_by=by, taken_at=AT, taken_count=1, closed_at=AT
    )
    return CardJob.objects.create(
        certificate=certificate,
        card=card,
        batch=taken,
        state=state,
        created_at=AT,
        started_by=by,
        started_at=AT,
    )


def _ceremony(kind: str, state: str, holder: Account) -> KeyAct:
    """A ceremony whose one part nobody has typed or seen; its time is not up for years."""
    act = KeyAct.objects.create(
        kind=kind,
        state=state,
        parameters={
            "suite": "sm4",
            "version": 7,
            "kind": "sub",
            "province_code": "320000",
            "threshold": 2,
            "announced": {},
        },
        proposed_at=AT,
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
    )
    KeyPart.objects.create(act=act, holder=holder)
    return act


def _stock(by: Account) -> None:
    """A delivery that nobody has counted, and blanks on their way from the central store to the station's."""
    central = CardStore.objects.create(kind="central", name="中心库")
    station, _ = CardStore.objects.get_or_create(kind="station", name="一号制卡点")
    ranges = [["1D0000000002A0", "1D0000000002A0"]]
    batch = CardBatch.objects.create(
        supplier="苏州芯卡",
        number="B-2026-02",
        delivery_note="S-7",
        first_serial=ranges[0][0],
        last_serial=ranges[0][1],
        ranges=ranges,
        key_suite="sm4",
        count=1,
        received_by=by,
        received_at=AT,
    )
    Card.objects.create(serial=ranges[0][0], batch=batch, key_suite="sm4", changed_at=AT)
    movement = CardMovement.objects.create(
        from_store=central,
        to_store=station,
        ranges=[["1D0000000002B0", "1D0000000002B0"]],
        count=1,
        given_by=by,
        given_at=AT,
    )
    Card.objects.create(
        serial="1D0000000002B0",
        batch=batch,
        key_suite="sm4",
        state="blank",
        store=central,
        movement=movement,
        changed_at=AT,
    )
    destruction = CardDestruction.objects.create(
        store=central,
        ranges=[["1D0000000002C0", "1D0000000002C0"]],
        count=1,
        method="剪断芯片后粉碎",
        proposed_by=by,
        proposed_at=AT,
    )
    Card.objects.create(
        serial="1D0000000002C0",
        batch=batch,
        key_suite="sm4",
        state="spoiled",
        spoiled_reason="卡面划伤",
        store=central,
        destruction=destruction,
        changed_at=AT,
    )
    carry_over()
    figures = {"opening": 0, "received": 2, "taken_over": 0, "given_over": 0}
    StockDay.objects.create(
        store=central,
        on=AT.date(),
        figures={**figures, "standings": {"in-store": 1, "spoiled": 1}},
        counted=1,
        missing=["1D0000000002C0"],
        surplus=["1D0000000002FF"],
        explanation="正在查找",
        closed_by=by,
        closed_at=AT,
    )


def _parcel(job: CardJob, unit: Agency, by: Account) -> None:
    parcel = Parcel(agency=unit, carrier="顺丰 SF0001", card_count=1, sent_by=by, sent_at=AT)
    parcel.put_at(unit.place)
    parcel.save()
    assert job.card is not None
    ParcelLine.objects.create(parcel=parcel, card=job.card, certificate=job.certificate)


def _transfer(officer: Officer, proof: Document, by: Account) -> Transfer:
    """A transfer that never leaves the unit, so that both of its sides are seen by the same people."""
    transfer = Transfer(
        officer=officer,
        from_agency=officer.agency,
        to_agency=officer.agency,
        side="sending",
        kind="rotation",
        categories="02,08",
        effective_on=date(2026, 10, 1),
        reason="交流轮岗",
        document_number="苏交人〔2026〕1号",
        proof=proof,
        proposed_by=by,
        proposed_at=AT,
        changed_at=AT,
    )
    transfer.put_at(officer.place)
    transfer.aim_at(officer.place)
    transfer.save()
    transfer.steps.create(action="propose", account=by, account_name=by.display_name, happened_at=AT)
    return transfer


def _pair(officer: Officer, by: Account) -> DuplicatePair:
    """The officer and a record of the same unit that was deleted, so that no list counts it."""
    twin = Officer(
        name=officer.name,
        sort_key=officer.sort_key,
        sex=officer.sex,
        birth_on=officer.birth_on,
        id_number_sealed=b"",
        id_number_index=hashlib.sha256(f"twin {officer.pk}".encode()).digest()[:16],
        agency=officer.agency,
        categories=officer.categories,
        state="deleted",
        entered_by=by,
        entered_at=AT,
        changed_at=AT,
    )
    twin.id_number_sealed = seal_id_number(twin.uid, made_up_id_number(officer.pk + 700))
    twin.put_at(officer.place)
    twin.save()
    return DuplicatePair.objects.create(
        first=officer, second=twin, rules="same-name-and-birth", score=70, found_at=AT
    )


def _proposal(officer: Officer, proof: Document, by: Account) -> Proposal:
    proposal = Proposal(officer=officer, reason="号码变更", proof=proof, proposed_by=by, proposed_at=AT)
    proposal.put_at(officer.place)
    proposal.save()
    proposal.fields.create(field="phone", before=officer.phone, after="13900000001")
    return proposal


@cache
def _portrait(seed: int) -> bytes:
    return portrait(seed, "male")


def _roster(actor: Actor, unit: Agency, officer: Officer) -> RosterImport:
    """A previewed roster with one row that can be taken in and one that cannot."""
    lines = (
        "姓名,身份证号码,所在单位,执法门类,学历",
        f"单书白,{made_up_id_number(officer.pk + 500)},{unit.name},公路路政,大学本科",
        f"曾国,{made_up_id_number(officer.pk + 600)[:-1]},{unit.name},公路路政,大学本科",
    )
    return preview_roster(actor, "\n".join(lines).encode(), f"{unit.code}.csv", on=AT.date(), now=AT)


def made_up_id_number(count: int) -> str:
    """An ID number of a made-up area, male, born 1990-05-01."""
    body = f"32990119900501{2 * count + 1:03d}"[:17]
    return body + check_character(body)


REGULATION_PAGES = (
    "regulation-version",
    "regulation-heading",
    "regulation-rest",
    "regulation-line",
    "regulation-line-new",
    "regulation-line-drop",
    "regulation-line-restore",
    "regulation-rebase",
)


def _regulation(jurisdiction: str, by: Account) -> RegulationVersion:
    """A draft of the conditions, of the nation or of a province, in which nothing is changed yet."""
    found = in_force("eligibility", jurisdiction, AT.date())
    keep_snapshot(found)
    return RegulationVersion.objects.create(
        kind="eligibility",
        jurisdiction=jurisdiction,
        title="资格条件修订",
        basis="省厅文件",
        content=found.content,
        digest=found.digest,
        base_digest=found.digest,
        valid_from=date(2027, 1, 1),
        drafted_by=by,
        drafted_by_name=by.display_name,
        drafted_at=AT,
        changed_at=AT,
    )


class World:
    """Jiangsu's node (or the ministry's) with everything on it, and a person for every role."""

    def __init__(self, tree: SimpleNamespace, account_for: Callable[..., Account]) -> None:
        self.tree = tree
        self._account_for = account_for
        self._count = 0
        self.clerk = account_for("clerk", tree.jiangsu, Role.REGISTRAR)
        self.kunshan = self._things(tree.kunshan_brigade)
        self.suzhou = self._things(tree.suzhou_brigade)
        self.jiangsu = self._things(tree.jiangsu_brigade)
        self.pudong = self._things(tree.pudong)
        self.cases = {state: self._case(state) for state in ("draft", "review", "verification", "approval")}
        self.waiting = self._waiting("awaiting-production")
        self.made = self._waiting("produced")
        _stock(self.clerk)
        self.job_made = _card_job(self.made, self.clerk, 20, "personalised")
        self.job_at_work = _card_job(
            self._waiting("awaiting-production"), self.clerk, 21, "reserved", "running"
        )
        self.key_act = KeyAct.objects.create(
            kind="generate-master", parameters={"suite": "sm4", "version": 1}, proposed_at=AT
        )
        self.restore = _ceremony("restore-keys", "proposed", self.clerk)
        self.backup = _ceremony("back-up-keys", "done", self.clerk)
        self.key_set = KeySet.objects.create(
            suite="sm4",
            version=1,
            kind="sub",
            province_code="320000",
            check_values={},
            created_at=AT,
            state="active",
        )
        PeerTransportKey.objects.create(node_code="320000", public_key=b"\x04" * 65, received_at=AT)
        self.sam = _sam(self.clerk)
        self.sam_count = SamCount.objects.create(
            expected=[], missing=[], counted_by=self.clerk, counted_at=AT
        )
        self.filing = self._filing()
        self.regulations = {code: _regulation(code, self.clerk) for code in ("", "320000")}
        self.account = account_for("somebody", tree.kunshan, Role.REVIEWER)
        self.leave = Leave.objects.create(
            account=self.clerk,
            from_on=AT.date(),
            until_on=AT.date(),
            noted_by=self.clerk,
            noted_at=AT,
        )
        self.delegation = Delegation.objects.create(
            from_account=self.account,
            to_account=account_for("substitute", tree.kunshan, Role.STATISTICIAN),
            role=Role.REVIEWER.value,
            unit=tree.kunshan,
            from_on=AT.date(),
            until_on=AT.date(),
            reason="年休假一天",
            proposed_at=AT,
        )

    def _things(self, unit: Agency) -> Things:
        self._count += 1
        count = self._count
        actor = actor_for(self._account_for(f"clerk-{unit.code}", unit, Role.REGISTRAR))
        officer = self._officer(unit)
        raw = _portrait(10 + count)
        officer.photo = keep_file(actor, raw, "photo.jpg", "image/jpeg", unit.place, now=AT)
        officer.save()
        document = keep_file(actor, PDF, "proof.pdf", "application/pdf", unit.place, now=AT)
        _records(officer, document, self.clerk)
        _sitting(officer, self.clerk)
        _assessment(officer, self.clerk)
        _training_classes(officer, document, self.clerk)
        application = _application(officer, f"A322026{count:06d}", self.clerk, state="filed")
        certificate = _certificate(application, count)
        _review(certificate, self.clerk)
        _finding(certificate)
        roster = _roster(actor, unit, officer)
        job = _card_job(certificate, self.clerk, count)
        _parcel(job, unit, self.clerk)
        return Things(
            unit,
            officer,
            document,
            application,
            certificate,
            roster,
            job,
            _transfer(officer, document, self.clerk),
            _pair(officer, self.clerk),
            _proposal(officer, document, self.clerk),
        )

    def _officer(self, unit: Agency) -> Officer:
        count = Officer.system.exclude(state="deleted").count()
        officer = _officer(unit, count, self.clerk)
        number = made_up_id_number(count)
        officer.id_number_sealed = seal_id_number(officer.uid, number)
        officer.id_number_index = id_number_index(number)
        officer.save()
        OfficerNameToken.objects.create(officer=officer, token=officer.name)
        return officer

    def _case(self, state: str) -> Application:
        """An application of a further officer of Kunshan that waits in ``state``."""
        tree, officer = self.tree, self._officer(self.tree.kunshan_brigade)
        steps = [
            {"state": "review", "level": "county", "unit_id": tree.kunshan.pk},
            {"state": "verification", "level": "city", "unit_id": tree.suzhou.pk},
            {"state": "approval", "level": "province", "unit_id": tree.jiangsu.pk},
        ]
        waiting = next((step["unit_id"] for step in steps if step["state"] == state), None)
        return _application(
            officer,
            f"A3220269{officer.pk:05d}",
            self.clerk,
            state=state,
            steps=[] if state == "draft" else steps,
            statement="品行良好，身体健康，同意申领。",
            declarations=dict.fromkeys(DECLARATIONS, True),
            submitted_at=None if state == "draft" else AT,
            waiting_since=None if state == "draft" else AT,
            waiting_unit_id=waiting,
            decides_as="" if waiting is None else state,
        )

    def _waiting(self, state: str) -> Certificate:
        """A certificate of a further officer of Kunshan, on its way."""
        officer = self._officer(self.tree.kunshan_brigade)
        application = _application(officer, f"A3220268{officer.pk:05d}", self.clerk, state="filed")
        return _certificate(application, 100 + officer.pk, state)

    def _filing(self) -> Filing:
        content = case_content()
        return Filing.objects.create(
            node_code="320000",
            application_number="A322026000001",
            request_hash=b"\x01" * 32,
            event_raw=b"{}",
            officer_name="林书白",
            agency_name="昆山市交通运输综合行政执法大队",
            content=content,
            received_at=AT,
        )

    def account_of(self, role: Role, unit: Agency) -> Account:
        """Open an account with the role over the unit; an officer's account is that of Kunshan's officer."""
        account = self._account_for(f"{role.value}-{unit.code}", unit, role)
        if role is Role.OFFICER:
            account.officer_uid = self.kunshan.officer.uid
            account.save()
        return account

    def arguments(self) -> dict[str, dict[str, Any]]:
        """The arguments with which every page shows something that exists, by name."""
        key_act: dict[str, Any] = {"pk": self.key_act.pk}
        filing: dict[str, Any] = {"filing_id": self.filing.pk}
        account: dict[str, Any] = {"account_id": self.account.pk}
        return {
            **self.kunshan.arguments(),
            **{name: {"year": 2026} for name in ("review-campaign", "review-propose", "review-look-again")},
            "account-detail": account,
            "account-role-assign": account,
            "account-role-withdraw": {
                **account,
                "assignment_id": RoleAssignment.objects.get(account=self.account).pk,
            },
            "account-password-reset": account,
            "account-disable": account,
            "delegation-act": {"pk": self.delegation.pk, "action": "end"},
            "leave-end": {"pk": self.leave.pk},
            "key-act-propose": {"kind": "generate-master"},
            "key-ceremony-propose": {"kind": "back-up-keys"},
            "key-part-enter": {"pk": self.restore.pk},
            "key-part-show": {"pk": self.backup.pk},
            "key-act-detail": key_act,
            "key-act-decide": {**key_act, "decision": "acknowledge"},
            "key-act-compare": key_act,
            "key-act-reject": key_act,
            "key-act-record": key_act,
            "key-set-detail": {"pk": self.key_set.pk},
            **{
                f"sam-{page}": {"serial": self.sam.serial}
                for page in ("detail", "accept", "issue", "receipt")
            },
            "sam-act": {"serial": self.sam.serial, "action": "block"},
            "sam-count-detail": {"pk": self.sam_count.pk},
            "sam-count-decide": {"pk": self.sam_count.pk, "action": "confirm"},
            "key-set-change": {"pk": self.key_set.pk, "kind": "revoke-keys"},
            "card-design-sheet": {"design": 1},
            "card-design-draft-sheet": {"pk": self.regulations[own_jurisdiction()].pk, "design": 1},
            **{
                f"card-{page}": {"serial": "1D000000000001"}
                for page in ("detail", "spoil", "take-back", "find")
            },
            **{
                f"card-batch-{page}": {"pk": CardBatch.objects.get(number="B-2026-02").pk}
                for page in ("detail", "count", "settle")
            },
            **{
                f"card-movement-{page}": {"pk": CardMovement.objects.get().pk}
                for page in ("detail", "take", "refuse")
            },
            **{
                name: {"pk": CardStore.objects.get(kind="station").pk}
                for name in ("card-store-close", "stock-day-close")
            },
            **{
                f"card-destruction-{page}": {"pk": CardDestruction.objects.get().pk}
                for page in ("detail", "witness", "withdraw", "record")
            },
            **{
                f"stock-day-{page}": {"pk": StockDay.objects.get().pk}
                for page in ("detail", "confirm", "reject")
            },
            **{name: {"pk": self.regulations[own_jurisdiction()].pk} for name in REGULATION_PAGES},
            "regulation-act": {"pk": self.regulations[own_jurisdiction()].pk, "action": "propose"},
            "regulation-kind": {"kind": "eligibility"},
            "regulation-draft": {"kind": "eligibility"},
            "work-calendar-year": {"year": 2026},
            "filing-detail": filing,
            "filing-documents-ask": filing,
            "filing-paper": filing,
            "filing-decide": {**filing, "action": "return"},
            "exchange-append": {"node": "320000"},
            "exchange-read": {"log_name": "ministry-320000"},
        }


def _sam(clerk: Account) -> Sam:
    """A SAM that waits for its second custodian, and a block list."""
    SamBlockList.objects.create(token=b"", count=0, issued_at=AT, expires_at=AT)
    return Sam.objects.create(
        serial="5A00000000000001",
        key_suite="sm4",
        key_versions=[1],
        supplier="部密钥中心",
        received_by=clerk,
        received_at=AT,
        changed_at=AT,
    )


def unit_of(tree: SimpleNamespace, role: Role, kind: str) -> Agency | None:
    """Return where a role is held on a node of ``kind``; none if that node does not have it."""
    if kind == "ministry":
        return tree.ministry if Level.MINISTRY in ROLE_LEVELS[role] else None
    found: Agency = next(
        unit
        for unit in (tree.kunshan, tree.suzhou, tree.jiangsu, tree.ministry)
        if Level(unit.level) in ROLE_LEVELS[role]
    )
    return None if found is tree.ministry else _home(tree, role)


def _home(tree: SimpleNamespace, role: Role) -> Agency:
    code = HOME_UNIT[role]
    homes: dict[str, Agency] = {"320583": tree.kunshan, "320500": tree.suzhou, "320000": tree.jiangsu}
    return homes[code]


def become(settings: Any, kind: str) -> None:
    """Make the running node a province or the ministry: its name, its pages, its wiring."""
    if kind == "province":
        return
    node = dataclasses.replace(settings.WARRANT_NODE, kind="ministry", code="ministry", name="交通运输部")
    kept = {"WARRANT_PORTS", "WARRANT_DOCUMENT_ROOT", "WARRANT_CARD_BOX", "DATABASES", "PASSWORD_HASHERS"}
    for name, value in ministry_settings(node).items():
        if (name.startswith("WARRANT_") and name not in kept) or name == "ROOT_URLCONF":
            setattr(settings, name, value)


def named_patterns(urlconf: str) -> Iterator[URLPattern]:
    """Yield every URL of a node."""

    def walk(entries: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
        for entry in entries:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns)
            else:
                yield entry

    yield from walk(import_module(urlconf).urlpatterns)


def made_up_arguments(pattern: URLPattern, number: int = 999_999_999) -> dict[str, object]:
    """Arguments that fit the address and name nothing."""
    whole = re.compile(pattern.pattern.regex.pattern) if hasattr(pattern.pattern, "regex") else None
    converters = getattr(pattern.pattern, "converters", {})
    arguments: dict[str, object] = {
        name: number if isinstance(converter, IntConverter) else "nothing"
        for name, converter in converters.items()
    }
    if not converters and whole is not None:
        for name in whole.groupindex:
            arguments[name] = {"pk": min(number, 10**18 - 1), "decision": "confirm"}.get(name, "nothing")
    return arguments
