"""By when a certificate has to pass shows from the day that the rules name, and goes the moment it has passed."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.selectors import certificates_for, due_cell, due_review
from warrant.apps.foundation import clock
from warrant.apps.reviews import services
from warrant.apps.reviews.models import ReviewCampaign, ReviewLine
from warrant.apps.reviews.services.opening import fill_campaign
from warrant.core.access import Actor


@pytest.fixture
def campaign(
    approver: Actor, clean_certificate: Certificate, exception: Certificate, now: datetime
) -> ReviewCampaign:
    """The review of 2026, to be passed by 2027-03-31 and shown from 2027-01-30."""
    opened = services.open_campaign(approver, 2026, now=now)
    fill_campaign(opened, now=now)
    return opened


def words(certificate: Certificate, on: date) -> tuple[str, str] | None:
    found = due_review(Certificate.system.get(pk=certificate.pk), on)
    return (found.word, found.tone) if found else None


def test_it_shows_from_sixty_days_before_and_turns_red_after(
    campaign: ReviewCampaign, exception: Certificate
) -> None:
    assert words(exception, date(2027, 1, 29)) is None
    assert words(exception, date(2027, 1, 30)) == ("年审 2027-03-31 截止，还有 60 天", "attention")
    assert words(exception, date(2027, 3, 31)) == ("年审 2027-03-31 截止，还有 0 天", "attention")
    assert words(exception, date(2027, 4, 1)) == ("年审已于 2027-03-31 截止，逾期未过", "broken")


def test_it_goes_in_the_transaction_that_confirms_the_pass(
    campaign: ReviewCampaign,
    clean_certificate: Certificate,
    exception: Certificate,
    approver: Actor,
    second: Actor,
    now: datetime,
) -> None:
    services.confirm_batch(second, services.propose_clean(approver, campaign, now=now), now=now)
    assert words(clean_certificate, date(2027, 3, 1)) is None
    line = ReviewLine.system.select_related("officer").get(certificate=exception)
    refused = services.propose_line(approver, line, "not-passed", "学时不足", now=now)
    services.confirm_batch(second, refused, now=now)
    assert words(exception, date(2027, 3, 1)) is not None


def test_list_finds_them_and_says_so_in_its_column(
    campaign: ReviewCampaign, exception: Certificate, approver: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2027, 3, 1))
    found = list(certificates_for(approver, state="review-due").order_by("pk"))
    assert exception.pk in [row.pk for row in found]
    assert due_cell(found[0], date(2027, 3, 1)) == {
        "word": "年审 2027-03-31 截止，还有 30 天",
        "tone": "attention",
    }
    monkeypatch.setattr(clock, "today", lambda: date(2027, 1, 2))
    assert not certificates_for(approver, state="review-due").exists()
