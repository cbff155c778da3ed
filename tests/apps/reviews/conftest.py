"""A certificate in use whose holder meets everything, a campaign, and two people who decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace

import pytest

from tests.apps.certificates.conftest import (
    active_certificate,
    approver,
    certificate,
    decision,
    filed,
    issuer,
    operator,
    photo,
    registrar,
)
from warrant.apps.certificates import services as certificate_services
from warrant.apps.certificates.models import Certificate
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.jobs import run_waiting_jobs
from warrant.apps.officers.models import AdditionalEntry, Officer
from warrant.apps.reviews.models import ReviewCampaign
from warrant.apps.reviews.services import open_campaign
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor, Role

__all__ = [
    "active_certificate",
    "approver",
    "certificate",
    "filed",
    "issuer",
    "operator",
    "photo",
    "registrar",
]


def meets_everything(officer: Officer, actor: Actor, now: datetime) -> None:
    """Give an officer the hours and the assessment of 2026."""
    TrainingRecord.objects.create(
        officer=officer,
        course="年度培训",
        organiser="江苏省交通运输厅",
        hours=80,
        started_on=date(2026, 5, 1),
        finished_on=date(2026, 5, 10),
        proof=officer.photo,
        recorded_by_id=actor.account_id,
        recorded_at=now,
    )
    AdditionalEntry.objects.create(
        officer=officer,
        kind="assessment",
        content={
            "year": "2026",
            "band": "competent",
            "decided_by": "昆山市交通运输局",
            "decided_on": "2026-11-01",
        },
        from_on=date(2026, 11, 1),
        recorded_by_id=actor.account_id,
        recorded_at=now,
    )


@pytest.fixture
def issued(
    filed: Callable[..., FilingRequest], operator: Actor, registrar: Actor, now: datetime
) -> Callable[[], Certificate]:
    """Issue one more certificate and hand it over: ``issued()``."""
    made: list[Certificate] = []

    def issue() -> Certificate:
        request = filed()
        certificate_services.prepare_certificate(decision(request, now, seq=len(made) + 1), now=now)
        fresh = Certificate.system.get(officer=request.application.officer)
        certificate_services.record_production(operator, fresh, now=now)
        made.append(certificate_services.hand_over(registrar, fresh, now=now))
        return made[-1]

    return issue


@pytest.fixture
def clean_certificate(issued: Callable[[], Certificate], registrar: Actor, now: datetime) -> Certificate:
    """A certificate that meets everything."""
    found = issued()
    meets_everything(found.officer, registrar, now)
    return found


@pytest.fixture
def exception(issued: Callable[[], Certificate], clean_certificate: Certificate) -> Certificate:
    """A certificate whose holder has neither hours nor an assessment."""
    return issued()


@pytest.fixture
def second(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    """The other approver."""
    return actor("wei", tree.jiangsu, Role.APPROVER)


@pytest.fixture
def campaign(
    approver: Actor, clean_certificate: Certificate, exception: Certificate, now: datetime
) -> ReviewCampaign:
    """The review of 2026, with the record read for both certificates."""
    opened = open_campaign(approver, 2026, now=now)
    run_waiting_jobs()
    return opened
