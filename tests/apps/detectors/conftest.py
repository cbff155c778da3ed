"""Officers with certificates and cards as the register holds them, and the looks of the detectors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from tests.apps.filing.conftest import case_content
from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application
from warrant.apps.cardcentre.models import Card, CardBatch, CardStore
from warrant.apps.certificates.models import Certificate, StatusList
from warrant.apps.detectors.models import Finding
from warrant.apps.detectors.services.looking import look_with
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.outbox import publish
from warrant.apps.officers.models import Officer
from warrant.core.access import Actor, Role
from warrant.core.qualification.detection import Detector

Certify = Callable[..., Certificate]
HandOut = Callable[..., Card]
Pending = Callable[..., list[Finding]]


@pytest.fixture
def clerk(account_for: Callable[..., Account], tree: SimpleNamespace) -> Account:
    return account_for("clerk", tree.jiangsu, Role.REGISTRAR)


@pytest.fixture
def registrar(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    """Who deals with findings in Kunshan."""
    return actor("gu", tree.kunshan, Role.REGISTRAR)


@pytest.fixture
def reviewer(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    """A colleague in Kunshan."""
    return actor("lu", tree.kunshan, Role.REVIEWER)


@pytest.fixture
def verifier(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    """Who is above, in Suzhou."""
    return actor("qian", tree.suzhou, Role.VERIFIER)


@pytest.fixture
def approver(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    """Who is at the top, in Jiangsu."""
    return actor("shen", tree.jiangsu, Role.APPROVER)


@pytest.fixture
def statistician(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    """Who only looks."""
    return actor("fang", tree.jiangsu, Role.STATISTICIAN)


@pytest.fixture
def certify(clerk: Account, now: datetime) -> Certify:
    """Give an officer a certificate: ``certify(officer, state="lost")``; the officer's row says the same."""
    numbers = count(1)

    def make(
        officer: Officer, *, state: str = "active", changed_at: datetime = now, **columns: Any
    ) -> Certificate:
        number = next(numbers)
        case = f"A322026{number:06d}"
        application = Application(
            number=case,
            officer=officer,
            categories="02,08",
            prepared_by=clerk,
            created_at=now,
            state="filed",
        )
        application.put_at(officer.place)
        application.save()
        with transaction.atomic():
            entry = publish(
                "ministry", "filing.requested", f"application:{case}", case_content(application=case), now=now
            )
        request = FilingRequest.objects.create(
            application=application,
            entry=entry,
            request_hash=bytes(entry.leaf_hash),
            state="granted",
            filing_number=f"交法备{number:05d}",
            requested_at=now,
            decided_at=now,
        )
        status_list, _ = StatusList.objects.get_or_create(name="tsl:32-1", defaults={"size": 1 << 16})
        certificate = Certificate(
            **{
                "number": f"320000{number:05d}",
                "officer": officer,
                "filing_request": request,
                "categories": "02,08",
                "agency_name": officer.agency.name,
                "area_code": "320583",
                "area_name": "江苏省昆山市",
                "issuer_name": "江苏省交通运输厅",
                "state": state,
                "valid_from": date(2024, 1, 1),
                "valid_until": date(2028, 12, 31),
                "status_list": status_list,
                "status_index": number,
                "created_at": changed_at,
                "changed_at": changed_at,
                **columns,
            }
        )
        certificate.put_at(officer.place)
        certificate.save()
        Officer.system.filter(pk=officer.pk).update(
            certificate_number=certificate.number,
            certificate_state=state,
            certificate_valid_until=certificate.valid_until,
        )
        return certificate

    return make


@pytest.fixture
def hand_out(clerk: Account, now: datetime) -> HandOut:
    """Put a card of a certificate into its holder's hands: ``hand_out(certificate, state="dead")``."""
    numbers = count(1)

    def make(certificate: Certificate, *, state: str = "handed-over", at: datetime = now) -> Card:
        store, _ = CardStore.objects.get_or_create(kind="central", defaults={"name": "中心库"})
        batch, _ = CardBatch.objects.get_or_create(
            supplier="苏州芯卡",
            first_serial="1D00",
            last_serial="1D99",
            state="usable",
            defaults={"count": 99, "received_by": clerk, "received_at": now},
        )
        return Card.objects.create(
            serial=f"1D{next(numbers):06X}",
            batch=batch,
            state=state,
            store=store,
            certificate=certificate,
            key_suite="sm4",
            handed_over_by=clerk,
            handed_over_at=at,
            changed_at=at,
        )

    return make


@pytest.fixture
def pending(now: datetime) -> Pending:
    """Look with one detector and return what waits: ``pending(Detector.TWO_CARDS)``; ``at`` is when it looks."""

    def look(detector: Detector, at: datetime = now) -> list[Finding]:
        look_with(detector, now=at)
        return list(Finding.system.filter(detector=detector.value, is_pending=True).order_by("pk"))

    return look
