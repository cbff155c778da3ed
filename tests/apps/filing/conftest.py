"""An approved case of a made-up officer, and both ends of its filing in one database."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import transaction

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Application
from warrant.apps.applications.services import Decision, decide
from warrant.apps.applications.types import DECLARATIONS
from warrant.apps.examinations.models import ExaminationRecord
from warrant.apps.filing.models import Filing, FilingRequest
from warrant.apps.filing.services import receive_filing_decision, receive_filing_request, review
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.log import stored_tree
from warrant.apps.foundation.models import LogEntry, LogStream
from warrant.apps.officers.models import Document, EducationRecord, Officer
from warrant.apps.organisations.models import Agency
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor, Permission, Role
from warrant.core.crypto.signing import SoftwareSigner
from warrant.core.ledger.checkpoint import Checkpoint
from warrant.core.ledger.event import origin_of, parse_event
from warrant.core.ledger.receipt import Receipt
from warrant.nodes.config import Peer

NAMES = ("林书白", "陈予安", "赵明澈", "魏清和", "沈知微")


def case_content(**changes: object) -> dict[str, object]:
    """The content of a ``filing.requested`` that raises no question."""
    content: dict[str, object] = {
        "application": "A322026000001",
        "kind": "first-issue",
        "officer": {
            "uid": "0a1b2c3d-0000-4000-8000-000000000001",
            "name": "林书白",
            "sex": "1",
            "birth_on": "1990-01-01",
            "id_index": "00" * 16,
            "agency_code": "320583-01",
            "agency_name": "昆山市交通运输综合行政执法大队",
            "area_name": "江苏省苏州市昆山市",
            "area_code": "320583",
            "post": "enforcement",
            "position": "",
            "staffing": "civil-servant",
            "education": "21",
        },
        "categories": ["02", "08"],
        "issuer_name": "江苏省交通运输厅",
        "opinions": [
            {
                "seq": seq,
                "state": state,
                "action": action,
                "unit": unit,
                "person": person,
                "at": f"2026-11-{10 + seq}T02:00:00.000000Z",
                "digest": f"{seq:02x}" * 32,
            }
            for seq, state, action, unit, person in (
                (2, "review", "pass-review", "昆山市交通运输局", "顾庭芳"),
                (3, "verification", "pass-verification", "苏州市交通运输局", "陆怀瑾"),
                (4, "approval", "approve", "江苏省交通运输厅", "沈国栋"),
            )
        ],
        "documents": [
            {"kind": "photo", "digest": "ab" * 32},
            {"kind": "education", "digest": "cd" * 32},
        ],
        "photo_digest": "ab" * 32,
        "training_hours": 64,
        "examinations": [
            {"paper": "special-law", "score": "88.5", "sat_on": "2026-09-01"},
            {"paper": "general-law", "score": "76.0", "sat_on": "2026-09-15"},
        ],
    }
    return {**content, **changes}


class TwoNodes:
    """Switches between the ministry and Jiangsu, and carries events with receipts between them."""

    def __init__(self, settings: SimpleNamespace) -> None:
        self.settings = settings
        self.signer = SoftwareSigner.generate("ed25519")
        peer = Peer("ministry", "http://127.0.0.1:1", self.signer.public_key.as_text())
        self.province = dataclasses.replace(settings.WARRANT_NODE, peers={"ministry": peer})
        self.ministry = dataclasses.replace(
            settings.WARRANT_NODE, kind="ministry", code="ministry", name="交通运输部"
        )

    def be_province(self) -> None:
        self.settings.WARRANT_NODE = self.province
        self.settings.ROOT_URLCONF = "warrant.nodes.province_urls"
        self.settings.WARRANT_CAPABILITIES = frozenset()
        self.settings.WARRANT_NAVIGATION = "warrant.nodes.navigation.PROVINCE"
        self.settings.WARRANT_SEARCH = ("officer-search", Permission.OFFICER_VIEW)

    def be_ministry(self) -> None:
        self.settings.WARRANT_NODE = self.ministry
        self.settings.ROOT_URLCONF = "warrant.nodes.ministry_urls"
        self.settings.WARRANT_CAPABILITIES = frozenset({"keep-filing-register"})
        self.settings.WARRANT_NAVIGATION = "warrant.nodes.navigation.MINISTRY"
        self.settings.WARRANT_SEARCH = None

    def receipt(self, entry: LogEntry) -> bytes:
        """The proof of one entry of the ministry's log, as the exchange would make it."""
        tree = stored_tree(LogStream.objects.get(name=entry.stream_id))
        origin = origin_of(f"ministry-{self.province.code}")
        signed = Checkpoint(origin, tree.size, tree.root(tree.size)).signed(self.signer)
        path = tuple(tree.inclusion_proof(entry.seq, tree.size))
        return Receipt(bytes(entry.body), entry.seq, path, signed).encode()

    def last_decision(self) -> ReceivedEvent:
        entry = LogEntry.objects.filter(stream="to-320000", kind="filing.decided").order_by("seq").last()
        assert entry is not None
        return ReceivedEvent(parse_event(bytes(entry.body)), "ministry", self.receipt(entry))

    def carry_up(self, request: FilingRequest, now: datetime) -> Filing:
        """Bring a request to the ministry."""
        self.be_ministry()
        event = parse_event(bytes(request.entry.body))
        with transaction.atomic():  # as the inbox does
            receive_filing_request(ReceivedEvent(event, "320000"), now=now)
        return Filing.objects.get(request_hash=event.digest)

    def carry_down(self, now: datetime) -> None:
        """Bring the newest decision to the province."""
        self.be_province()
        with transaction.atomic():
            receive_filing_decision(self.last_decision(), now=now)


@pytest.fixture(autouse=True)
def nothing_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at no filing closely; what sampling does has its own tests."""
    monkeypatch.setattr(review, "reasons_for", lambda *_args, **_kwargs: ())


@pytest.fixture
def nodes(settings: SimpleNamespace) -> TwoNodes:
    both = TwoNodes(settings)
    both.be_province()
    return both


@pytest.fixture
def reviewer(nodes: TwoNodes, tree: SimpleNamespace, account_for: Callable[..., Account]) -> Actor:
    """The ministry's filing reviewer."""
    account = account_for("filing", tree.ministry, Role.FILING_REVIEWER)
    was_province = nodes.settings.WARRANT_NODE is nodes.province
    nodes.be_ministry()
    found = actor_for(account)
    if was_province:
        nodes.be_province()
    return found


def _document(digest: str, now: datetime) -> Document:
    return Document.system.create(
        digest=digest, media_type="image/jpeg", size=1, file_name="proof.jpg", uploaded_at=now
    )


@pytest.fixture
def waiting_case(
    tree: SimpleNamespace, account_for: Callable[..., Account], now: datetime
) -> Callable[..., Application]:
    """A case that waits for the province's approval: ``waiting_case()``."""
    made: list[Application] = []

    def make() -> Application:
        count = len(made) + 1
        unit: Agency = tree.jiangsu_brigade
        clerk = account_for(f"clerk{count}", unit, Role.REGISTRAR)
        photo = _document(hashlib.sha256(f"photo {count}".encode()).hexdigest(), now)
        proof = _document(hashlib.sha256(f"proof {count}".encode()).hexdigest(), now)
        officer = Officer(
            name=NAMES[count - 1],
            sort_key=f"name {count}",
            sex="1",
            birth_on=date(1990, 1, 1),
            id_number_sealed=b"sealed",
            id_number_index=count.to_bytes(16, "big"),
            education="21",
            agency=unit,
            categories="02,08",
            staffing="civil-servant",
            post="enforcement",
            photo=photo,
            entered_at=now,
            changed_at=now,
        )
        officer.put_at(unit.place)
        officer.save()
        common = {"officer": officer, "proof": proof, "recorded_by": clerk, "recorded_at": now}
        TrainingRecord.objects.create(
            course="岗前培训",
            organiser="江苏省交通运输厅",
            hours=64,
            started_on=date(2026, 8, 3),
            finished_on=date(2026, 8, 14),
            **common,
        )
        for paper, day in (("special-law", date(2026, 9, 1)), ("general-law", date(2026, 9, 15))):
            ExaminationRecord.objects.create(
                paper=paper,
                sat_on=day,
                organiser="江苏省交通运输厅",
                score=Decimal("81.5"),
                pass_mark=Decimal("60.0"),
                **common,
            )
        EducationRecord.objects.create(
            education="21", school="东南大学", major="法学", graduated_on=date(2012, 6, 30), **common
        )
        application = Application(
            number=f"A322026{count:06d}",
            officer=officer,
            categories="02,08",
            state="approval",
            steps=[{"state": "approval", "level": "province", "unit_id": tree.jiangsu.pk}],
            statement="品行端正，身体健康，符合条件。",
            declarations=dict.fromkeys(DECLARATIONS, True),
            prepared_by=clerk,
            created_at=now,
            submitted_at=now,
            waiting_since=now,
            waiting_unit_id=tree.jiangsu.pk,
            decides_as="approval",
        )
        application.put_at(unit.place)
        application.save()
        made.append(application)
        return application

    return make


@pytest.fixture
def requested(
    nodes: TwoNodes,
    waiting_case: Callable[..., Application],
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    now: datetime,
) -> Callable[..., FilingRequest]:
    """Approve a case, so that it is filed: ``requested()``."""
    approvers: list[Actor] = []

    def approve() -> FilingRequest:
        nodes.be_province()
        if not approvers:
            approvers.append(actor("approver", tree.jiangsu, Role.APPROVER))
        application = waiting_case()
        decide(approvers[0], application.number, Decision("approve"), now=now)
        return FilingRequest.objects.select_related("entry", "application").get(application=application)

    return approve


@pytest.fixture
def filing(nodes: TwoNodes, requested: Callable[..., FilingRequest], now: datetime) -> Filing:
    """A filing that waits in the ministry's register."""
    return nodes.carry_up(requested(), now)
