"""How a certificate stands is written on its officer, in the transaction of each change."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.apps.certificates.conftest import decision

from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate
from warrant.apps.officers.models import Officer
from warrant.core.lifecycle import ChangeKind

pytestmark = pytest.mark.django_db


def standing(officer: Officer) -> tuple[str, str, date | None]:
    row = Officer.system.get(pk=officer.pk)
    return row.certificate_number, row.certificate_state, row.certificate_valid_until


def test_a_new_certificate_is_written_on_its_officer(certificate: Certificate):
    assert standing(certificate.officer) == (certificate.number, "awaiting-production", date(2031, 11, 21))


def test_each_change_of_the_certificate_is_written_and_kept_as_a_version(
    active_certificate: Certificate, approver: Any, now: datetime
):
    services.withhold(
        approver,
        active_certificate,
        "涉嫌违法，暂扣调查",
        ground="under-investigation",
        until=date(2026, 12, 20),
        now=now,
    )
    officer = Officer.system.get(pk=active_certificate.officer_id)
    assert officer.certificate_state == "withheld"
    latest = officer.versions.order_by("-revision").first()
    assert latest is not None
    assert (latest.kind, latest.content["certificate_state"], latest.changed_fields) == (
        ChangeKind.CERTIFICATE_CHANGED.value,
        "withheld",
        ["certificate_state"],
    )


def test_expiry_of_many_certificates_is_written_on_each_officer(
    filed: Any, now: datetime, django_assert_max_num_queries: Any
):
    for _ in range(3):
        services.prepare_certificate(decision(filed(), now), now=now)
    Certificate.system.update(state="active")
    services.expire_certificates(now=now + timedelta(days=6 * 365))
    assert {standing(officer)[1] for officer in Officer.system.all()} == {"expired"}
    assert {officer.revision for officer in Officer.system.all()} == {3}


def test_the_officer_is_locked_before_the_certificate(
    active_certificate: Certificate, django_assert_num_queries: Any
):
    with django_assert_num_queries(4) as seen:
        services.locked_certificate(active_certificate.pk)
    tables = [query["sql"].split('FROM "')[1].split('"')[0] for query in seen.captured_queries]
    assert tables == ["certificate", "officer", "officer", "certificate"]
