"""A filed application of a made-up officer, and the certificate that the grant makes of it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import transaction
from PIL import Image

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application
from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish
from warrant.apps.officers.models import Document, Officer
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Role
from warrant.core.ledger.event import build_event

NAMES = ("林书白", "陈予安", "赵明澈", "魏清和")


class PublicPhotos:
    """The photo desk as far as certificates use it: what comes in goes out."""

    def for_public(self, raw: bytes) -> bytes:
        return raw


def public_photos() -> PublicPhotos:
    return PublicPhotos()


def portrait() -> bytes:
    """A small grey JPEG of the right shape."""
    buffer = io.BytesIO()
    Image.new("RGB", (100, 140), (200, 205, 210)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def issuer(vault: SoftwareVault, settings: SimpleNamespace, tmp_path: Path) -> SoftwareVault:
    """A province's vault with its issuer key, the photo desk, and a document store of its own."""
    vault.create_signer("issuer", "es256")
    settings.WARRANT_PORTS = {
        **settings.WARRANT_PORTS,
        "photo_desk": "tests.apps.certificates.conftest.public_photos",
    }
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    return vault


@pytest.fixture
def photo(monkeypatch: pytest.MonkeyPatch, db: None, now: datetime) -> Document:
    """The filed photo, kept by its digest."""
    raw = portrait()
    monkeypatch.setattr(
        "warrant.apps.certificates.services.preparation.document_content", lambda document: raw
    )
    return Document.system.create(
        digest=hashlib.sha256(raw).hexdigest(),
        media_type="image/jpeg",
        size=len(raw),
        file_name="photo.jpg",
        uploaded_at=now,
    )


@pytest.fixture
def filed(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    photo: Document,
    issuer: SoftwareVault,
    now: datetime,
) -> Callable[..., FilingRequest]:
    """File an application of a made-up officer: ``filed(agency)``; the request has been granted."""
    made: list[FilingRequest] = []

    def file(agency: Agency | None = None, state: str = "granted") -> FilingRequest:
        unit = agency or tree.kunshan_brigade
        count = len(made) + 1
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
            phone="13900000000",
            photo=photo,
            entered_at=now,
            changed_at=now,
        )
        officer.put_at(unit.place)
        officer.save()
        application = Application(
            number=f"A{count:08d}",
            officer=officer,
            categories="02,08",
            state="filed" if state == "granted" else "filing",
            prepared_by=account_for(f"clerk{count}", unit, Role.REGISTRAR),
            created_at=now,
        )
        application.put_at(unit.place)
        application.save()
        with transaction.atomic():
            entry = publish(
                "ministry",
                "filing.requested",
                f"application:{application.number}",
                {
                    "application": application.number,
                    "officer": {
                        "uid": str(officer.uid),
                        "name": officer.name,
                        "agency_name": unit.name,
                        "area_name": "昆山市",
                        "area_code": "320583",
                    },
                    "categories": ["02", "08"],
                    "issuer_name": "江苏省交通运输厅",
                    "photo_digest": photo.digest,
                },
                now=now,
            )
        request = FilingRequest.objects.create(
            application=application,
            entry=entry,
            request_hash=bytes(entry.leaf_hash),
            state=state,
            filing_number=f"交法备{count:05d}" if state == "granted" else "",
            receipt=b"receipt" if state == "granted" else None,
            requested_at=now,
            decided_at=now,
        )
        made.append(request)
        return request

    return file


def decision(request: FilingRequest, now: datetime, decided: str = "granted", seq: int = 1) -> ReceivedEvent:
    """The ministry's event about a request."""
    event = build_event(
        node="ministry-320000",
        seq=seq,
        type="cn.warrant.filing.decided.v1",
        subject=f"application:{request.application.number}",
        occurred_at=now,
        dataschema="urn:warrant:schema:filing.decided:1",
        data={"request_hash": bytes(request.request_hash).hex(), "decision": decided},
        ver=1,
        prev_ver=0,
    )
    return ReceivedEvent(event, "ministry")


@pytest.fixture
def certificate(filed: Callable[..., FilingRequest], now: datetime) -> Certificate:
    """A certificate that awaits its card."""
    with transaction.atomic():
        services.prepare_certificate(decision(filed(), now), now=now)
    return Certificate.system.get()


@pytest.fixture
def operator(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    return actor("tang", tree.jiangsu, Role.CARD_OPERATOR)


@pytest.fixture
def registrar(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    return actor("zhou", tree.kunshan, Role.REGISTRAR)


@pytest.fixture
def approver(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    return actor("xu", tree.jiangsu, Role.APPROVER)


@pytest.fixture
def active_certificate(
    certificate: Certificate, operator: Actor, registrar: Actor, now: datetime
) -> Certificate:
    """A certificate whose holder has the card."""
    services.record_production(operator, certificate, now=now)
    return services.hand_over(registrar, certificate, now=now)


@pytest.fixture
def holder(active_certificate: Certificate, account_for: Callable[..., Account]) -> Account:
    """The account of the officer who holds the certificate."""
    account = account_for("holder", active_certificate.officer.agency, Role.OFFICER)
    account.officer_uid = active_certificate.officer.uid
    account.save()
    return account
