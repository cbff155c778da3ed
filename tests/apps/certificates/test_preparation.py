"""A granted filing, and only that, becomes a certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from tests.apps.certificates.conftest import decision

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.audit.models import AuditRow
from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate, CertificateEntry, StatusList
from warrant.apps.certificates.services.preparation import validity_from
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.models import LogEntry
from warrant.apps.officers.models import Document
from warrant.core.credential.qr import qr_text
from warrant.core.credential.status_list import Status, open_status_list
from warrant.core.credential.token import open_credential
from warrant.core.errors import Conflict

Filed = Callable[..., FilingRequest]


def test_a_granted_filing_makes_a_certificate_that_awaits_its_card(filed: Filed, now: datetime) -> None:
    services.prepare_certificate(decision(filed(), now), now=now)
    made = Certificate.system.get()
    assert made.state == "awaiting-production"
    assert made.number == "32000000015"
    assert (made.valid_from, made.valid_until) == (date(2026, 11, 22), date(2031, 11, 21))
    assert made.categories == "02,08"
    assert made.area_code == "320583"
    assert CertificateEntry.objects.get().action == "prepare"
    assert AuditRow.objects.filter(action="certificate.prepare").count() == 1


def test_a_refused_filing_makes_none(filed: Filed, now: datetime) -> None:
    services.prepare_certificate(decision(filed(), now, "refused"), now=now)
    assert not Certificate.system.exists()


def test_a_grant_that_this_node_has_not_recorded_makes_none(filed: Filed, now: datetime) -> None:
    services.prepare_certificate(decision(filed(state="requested"), now), now=now)
    assert not Certificate.system.exists()


def test_the_same_grant_twice_makes_one_certificate(filed: Filed, now: datetime) -> None:
    request = filed()
    services.prepare_certificate(decision(request, now), now=now)
    services.prepare_certificate(decision(request, now), now=now)
    assert Certificate.system.count() == 1


def test_serials_count_up_and_places_are_not_serials(filed: Filed, now: datetime) -> None:
    for _ in range(3):
        services.prepare_certificate(decision(filed(), now), now=now)
    numbers = list(Certificate.system.order_by("id").values_list("number", flat=True))
    assert [number[:10] for number in numbers] == ["3200000001", "3200000002", "3200000003"]
    places = list(Certificate.system.values_list("status_index", flat=True))
    assert len(set(places)) == 3
    assert sorted(places) != [0, 1, 2]


def test_an_officer_with_a_live_certificate_gets_no_second(
    certificate: Certificate, filed: Filed, now: datetime
) -> None:
    request = filed()
    request.application.officer = certificate.officer
    request.application.save()
    with pytest.raises(Conflict, match="has-an-upcoming-certificate"):
        services.prepare_certificate(decision(request, now), now=now)
    Certificate.system.update(state="active")
    with pytest.raises(Conflict, match="has-a-certificate"):
        services.prepare_certificate(decision(request, now), now=now)


def test_no_certificate_without_the_filed_photo(filed: Filed, now: datetime) -> None:
    request = filed()
    Document.system.update(digest="0" * 64)
    with pytest.raises(Conflict, match="filed-photo-missing"):
        services.prepare_certificate(decision(request, now), now=now)


def test_the_first_certificate_opens_a_list_in_which_every_place_is_invalid(
    certificate: Certificate, issuer: SoftwareVault
) -> None:
    status_list = StatusList.objects.get()
    assert status_list.name == "tsl:32-1"
    key = issuer.signer("issuer").public_key
    listed = open_status_list(bytes(status_list.token or b""), {key.key_id: key})
    assert listed.uri == "tsl:32-1"
    assert listed.statuses.size == 65536
    assert {listed.statuses[index] for index in (0, 65535, certificate.status_index)} == {Status.INVALID}


def test_the_public_hears_nothing_of_a_certificate_before_its_card_is_made(certificate: Certificate) -> None:
    kinds = set(LogEntry.objects.filter(stream__name="to-ministry").values_list("kind", flat=True))
    assert kinds == {"filing.requested", "issuer-key.published", "status-list.published"}


def test_five_years_end_the_day_before_the_anniversary() -> None:
    assert validity_from(date(2026, 3, 1)) == (date(2026, 3, 1), date(2031, 2, 28))
    assert validity_from(date(2028, 2, 29)) == (date(2028, 2, 29), date(2033, 2, 28))


def test_the_credential_says_what_the_certificate_says_until_the_end_of_its_last_day(
    certificate: Certificate, issuer: SoftwareVault, now: datetime
) -> None:
    token = services.issue_certificate_credential(certificate, b"chip photo", now=now)
    key = issuer.signer("issuer").public_key
    claims = open_credential(token, {key.key_id: key})
    assert claims.issuer == "32"
    assert claims.certificate_number == certificate.number
    assert claims.categories == ("02", "08")
    assert claims.area == "320583"
    assert claims.expires_at.isoformat() == "2031-11-21T16:00:00+00:00"
    assert len(qr_text("http://127.0.0.1:8003", token)) < 535


def test_the_issuer_key_is_told_before_the_first_list(certificate: Certificate) -> None:
    told = LogEntry.objects.filter(stream__name="to-ministry").order_by("seq").values_list("kind", flat=True)
    assert list(told) == ["filing.requested", "issuer-key.published", "status-list.published"]
