"""A certificate that takes the place of another: one in use, one on its way, and the old one ends at hand-over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest

from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate, CertificateEntry
from warrant.apps.certificates.services.standing import held_certificate
from warrant.apps.officers.models import Officer
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict


@pytest.fixture
def lost(certificate: Certificate) -> Certificate:
    """The officer's certificate, reported lost."""
    Certificate.system.filter(pk=certificate.pk).update(state="lost")
    return Certificate.system.select_related("filing_request__application").get(pk=certificate.pk)


def replaced(lost: Certificate, approver: Actor, now: datetime) -> Certificate:
    application = lost.filing_request.application
    application.certificate_number = lost.number
    services.prepare_replacement(application, approver, now=now)
    return Certificate.system.get(replaces=lost)


@pytest.fixture
def approver(tree: SimpleNamespace, actor: Callable[..., Actor]) -> Actor:
    """Whoever approved the replacement."""
    return actor("approver-of-replacement", tree.jiangsu, Role.APPROVER)


@pytest.fixture
def clerk(tree: SimpleNamespace, actor: Callable[..., Actor]) -> Actor:
    """Whoever hands cards over."""
    return actor("clerk-of-cards", tree.jiangsu, Role.REGISTRAR)


def test_a_replacement_says_the_same_under_a_new_number(
    lost: Certificate, approver: Actor, now: datetime
) -> None:
    new = replaced(lost, approver, now)
    assert new.number != lost.number
    assert (new.state, new.valid_until, new.categories) == (
        "awaiting-production",
        lost.valid_until,
        lost.categories,
    )
    assert bytes(new.public_photo.jpeg) == bytes(lost.public_photo.jpeg)
    assert CertificateEntry.objects.get(certificate=new).account_name == approver.name


def test_the_officer_stands_with_the_one_in_use_until_hand_over(
    lost: Certificate, approver: Actor, clerk: Actor, now: datetime
) -> None:
    new = replaced(lost, approver, now)
    officer = Officer.system.get(pk=lost.officer_id)
    assert (officer.certificate_number, officer.certificate_state) == (lost.number, "lost")
    held = held_certificate(officer)
    assert held is not None
    assert held.number == lost.number
    Certificate.system.filter(pk=new.pk).update(state="produced")
    services.hand_over(clerk, Certificate.system.get(pk=new.pk), now=now)
    assert dict(Certificate.system.values_list("number", "state")) == {
        lost.number: "cancelled",
        new.number: "active",
    }
    officer.refresh_from_db()
    assert (officer.certificate_number, officer.certificate_state) == (new.number, "active")


def test_there_is_one_successor_only(lost: Certificate, approver: Actor, now: datetime) -> None:
    replaced(lost, approver, now)
    application = lost.filing_request.application
    with pytest.raises(Conflict, match="has-an-upcoming-certificate"):
        services.prepare_replacement(application, approver, now=now)


def test_an_ended_certificate_is_not_replaced(lost: Certificate, approver: Actor, now: datetime) -> None:
    Certificate.system.filter(pk=lost.pk).update(state="revoked")
    application = lost.filing_request.application
    application.certificate_number = lost.number
    with pytest.raises(Conflict, match="certificate-ended"):
        services.prepare_replacement(application, approver, now=now)
    assert Certificate.system.count() == 1


def test_after_a_cancelled_successor_comes_another(lost: Certificate, approver: Actor, now: datetime) -> None:
    first = replaced(lost, approver, now)
    Certificate.system.filter(pk=first.pk).update(state="cancelled")
    services.prepare_replacement(lost.filing_request.application, approver, now=now)
    second = Certificate.system.exclude(pk=first.pk).get(replaces=lost)
    assert (second.state, second.number != first.number) == ("awaiting-production", True)
