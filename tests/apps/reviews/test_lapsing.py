"""Overdue means invalid: on the record, in the signed list, for the public, and back again when it is passed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from warrant.apps.audit.models import AuditRow
from warrant.apps.certificates.models import Certificate, StatusList
from warrant.apps.certificates.services import withhold
from warrant.apps.certificates.services.life import return_withheld
from warrant.apps.certificates.services.status_lists import statuses_of
from warrant.apps.foundation.models import LogEntry
from warrant.apps.reviews.models import ReviewCampaign, ReviewLine
from warrant.apps.reviews.services import confirm_batch, lapse_overdue, propose_clean, propose_line
from warrant.core.access import Actor
from warrant.core.credential.status_list import Status
from warrant.core.ledger.event import parse_event
from warrant.core.lifecycle import CertificateState

pytestmark = pytest.mark.django_db

AFTER = timedelta(days=130)
"""From the day of the tests to after the last day of the review, 31 March 2027."""


def listed(certificate: Certificate) -> Status:
    statuses = statuses_of(StatusList.objects.get(pk=certificate.status_list_id))
    return Status(statuses[certificate.status_index])


def test_nothing_lapses_before_the_last_day_is_over(
    campaign: ReviewCampaign, exception: Certificate, now: datetime
):
    assert lapse_overdue(now=now) == 0
    assert lapse_overdue(now=datetime(2027, 3, 31, 12, 0, tzinfo=now.tzinfo)) == 0
    assert lapse_overdue(now=datetime(2027, 3, 31, 16, 30, tzinfo=now.tzinfo)) == 2


def test_an_overdue_certificate_is_invalid_everywhere_at_once(
    campaign: ReviewCampaign,
    clean_certificate: Certificate,
    exception: Certificate,
    approver: Actor,
    second: Actor,
    now: datetime,
):
    confirm_batch(second, propose_clean(approver, campaign, now=now), now=now)
    version = StatusList.objects.get().version
    assert lapse_overdue(now=now + AFTER) == 1
    lapsed = Certificate.system.get(pk=exception.pk)
    told = parse_event(bytes(LogEntry.objects.filter(kind="certificate.changed").latest("pk").body)).data
    assert lapsed.state == CertificateState.LAPSED
    assert lapsed.officer.certificate_state == "lapsed"
    assert listed(lapsed) is Status.SUSPENDED
    assert StatusList.objects.get().version == version + 1
    assert (told["number"], told["state"]) == (lapsed.number, "lapsed")
    assert AuditRow.objects.get(action="certificate.lapse").subject == f"certificate:{lapsed.number}"
    assert lapsed.entries.latest("pk").reason == "2026 年度年审截止 2027-03-31，逾期未通过"
    assert Certificate.system.get(pk=clean_certificate.pk).state == CertificateState.ACTIVE
    assert lapse_overdue(now=now + AFTER) == 0


def test_a_late_pass_brings_the_certificate_back(
    campaign: ReviewCampaign, exception: Certificate, approver: Actor, second: Actor, now: datetime
):
    later = now + AFTER
    lapse_overdue(now=later)
    line = ReviewLine.system.get(certificate=exception)
    confirm_batch(second, propose_line(approver, line, "passed", "已补训", now=later), now=later)
    back = Certificate.system.get(pk=exception.pk)
    assert back.state == CertificateState.ACTIVE
    assert listed(back) is Status.VALID
    assert lapse_overdue(now=later) == 0


def test_a_certificate_returned_after_the_last_day_lapses_all_the_same(
    campaign: ReviewCampaign, exception: Certificate, approver: Actor, now: datetime
):
    until = timezone.localdate(now) + timedelta(days=90)
    withhold(approver, exception, "调查", ground="under-investigation", until=until, now=now)
    later = now + AFTER
    lapse_overdue(now=later)
    assert Certificate.system.get(pk=exception.pk).state == CertificateState.WITHHELD
    return_withheld(approver, exception, "查清", ground="cleared", now=later)
    assert lapse_overdue(now=later) == 1
