"""The pages of a review, as the people use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.apps.world import become
from warrant.apps.accounts.models import Account
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation import clock
from warrant.apps.reviews.models import ProvinceReview, ReviewBatch, ReviewCampaign, ReviewLine
from warrant.apps.reviews.services import propose_clean
from warrant.core.access import Actor, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of(
    account_for: Callable[..., Account], sign_in: Callable[[Account], Client], tree: SimpleNamespace
) -> Callable[[str, Role], Client]:
    def enter(name: str, role: Role) -> Client:
        unit = tree.jiangsu if role is Role.APPROVER else tree.kunshan
        return sign_in(account_for(name, unit, role))

    return enter


def test_an_approver_opens_a_review(client_of: Callable[[str, Role], Client], issuer: object):
    client = client_of("ning", Role.APPROVER)
    refused = client.post("/reviews/", {"year": "1999"})
    assert refused.status_code == 400
    assert "请选择列出的年度" in refused.content.decode()
    year = clock.today().year
    assert client.post("/reviews/", {"year": str(year)}).headers["Location"] == f"/reviews/{year}/"
    assert ReviewCampaign.objects.get().year == year


def test_a_campaign_shows_exceptions_with_their_reasons(
    campaign: ReviewCampaign, exception: Certificate, client_of: Callable[[str, Role], Client]
):
    page = client_of("ning", Role.APPROVER).get("/reviews/2026/").content.decode()
    assert "2026 年学时 0，要求" in page
    assert exception.number in page
    assert "提出各项符合的证件合格" in page


def test_a_county_sees_its_certificates_and_decides_nothing(
    campaign: ReviewCampaign, exception: Certificate, client_of: Callable[[str, Role], Client]
):
    client = client_of("zhao", Role.REGISTRAR)
    assert "提出各项符合的证件合格" not in client.get("/reviews/2026/").content.decode()
    line = ReviewLine.system.get(certificate=exception)
    assert client.get(f"/reviews/lines/{line.pk}/").status_code == 200
    assert client.post(f"/reviews/lines/{line.pk}/propose/", {"result": "passed"}).status_code == 403


def test_what_was_typed_stays_beside_its_error(
    campaign: ReviewCampaign, exception: Certificate, client_of: Callable[[str, Role], Client]
):
    client = client_of("ning", Role.APPROVER)
    line = ReviewLine.system.get(certificate=exception)
    page = client.post(f"/reviews/lines/{line.pk}/propose/", {"reason": "学时已补"})
    assert page.status_code == 400
    assert "请选择年审结果" in page.content.decode()
    assert "学时已补" in page.content.decode()


def test_the_second_person_confirms_on_the_page(
    campaign: ReviewCampaign,
    clean_certificate: Certificate,
    approver: Actor,
    client_of: Callable[[str, Role], Client],
    now: datetime,
):
    batch = propose_clean(approver, campaign, now=now)
    client = client_of("ning", Role.APPROVER)
    assert "2026 年度年审待确认：1 本证件" in client.get("/").content.decode()
    assert client.post(f"/reviews/batches/{batch.pk}/", {}).status_code == 400
    client.post(f"/reviews/batches/{batch.pk}/", {"then": "confirm"})
    assert ReviewBatch.system.get().state == "confirmed"
    assert clean_certificate.number in client.get("/reviews/2026/?show=passed").content.decode()


def test_an_unknown_year_is_not_found(client_of: Callable[[str, Role], Client]):
    assert client_of("ning", Role.APPROVER).get("/reviews/1950/").status_code == 404


def test_the_ministry_sees_the_provinces(
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
    settings: Any,
    now: datetime,
):
    become(settings, "ministry")
    ProvinceReview.objects.create(
        node="320000", year=2026, due_on=now.date(), total=20_000, passed=19_000, not_passed=5, told_at=now
    )
    page = sign_in(account_for("yan", tree.ministry, Role.SUPERVISOR)).get("/reviews/").content.decode()
    assert "江苏省交通运输厅" in page
    assert "995" in page
