"""A campaign from opening to the officers' records: what two people decide, and what no one person can."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace

import pytest

from warrant.apps.audit.models import AuditRow
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import LogEntry
from warrant.apps.officers.models import AdditionalEntry, Officer
from warrant.apps.reviews.models import ProvinceReview, ReviewBatch, ReviewCampaign, ReviewLine
from warrant.apps.reviews.selectors.campaigns import lines_for, pending_chip_writes, progress_of
from warrant.apps.reviews.services import (
    chip_written,
    confirm_batch,
    open_campaign,
    propose_clean,
    propose_line,
    receive_review_changed,
    refuse_batch,
)
from warrant.apps.reviews.services.opening import fill_campaign
from warrant.core.access import Actor, Role
from warrant.core.chip.reviews import ReviewResult
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.ledger.event import parse_event

pytestmark = pytest.mark.django_db


def line_of(certificate: Certificate) -> ReviewLine:
    return ReviewLine.system.get(certificate=certificate)


def test_every_certificate_in_use_gets_a_line(
    campaign: ReviewCampaign, clean_certificate: Certificate, exception: Certificate
):
    assert campaign.due_on == date(2027, 3, 31)
    assert line_of(clean_certificate).is_clean
    assert [one["code"] for one in line_of(exception).findings] == ["hours-short", "assessment-missing"]


def test_a_year_is_opened_once(campaign: ReviewCampaign, approver: Actor, now: datetime):
    with pytest.raises(InvalidInput, match="review-already-open"):
        open_campaign(approver, 2026, now=now)
    with pytest.raises(InvalidInput, match="review-year-out-of-range"):
        open_campaign(approver, 2027, now=now)


def test_only_the_province_opens_a_review(registrar: Actor, now: datetime):
    with pytest.raises(NotFound):
        open_campaign(registrar, 2026, now=now)


def test_two_people_pass_what_is_clean(
    campaign: ReviewCampaign, clean_certificate: Certificate, approver: Actor, second: Actor, now: datetime
):
    batch = propose_clean(approver, campaign, now=now)
    confirm_batch(second, batch, now=now)
    officer = Officer.system.get(pk=clean_certificate.officer_id)
    entry = AdditionalEntry.objects.get(officer=officer, kind="annual-review")
    assert line_of(clean_certificate).state == "passed"
    assert officer.reviewed_year == 2026
    assert entry.content == {
        "year": "2026",
        "result": "passed",
        "reviewed_by": "江苏省交通运输厅",
        "reviewed_on": "2026-11-22",
        "certificate_number": clean_certificate.number,
    }
    assert AuditRow.objects.filter(action="review.confirmed", subject="review:2026").count() == 1


def test_nobody_confirms_the_own_proposal(campaign: ReviewCampaign, approver: Actor, now: datetime):
    batch = propose_clean(approver, campaign, now=now)
    with pytest.raises(NotPermitted, match="four-eyes"):
        confirm_batch(approver, batch, now=now)


def test_nobody_reviews_the_own_certificate(
    campaign: ReviewCampaign,
    clean_certificate: Certificate,
    exception: Certificate,
    approver: Actor,
    second: Actor,
    now: datetime,
):
    holder = Actor(
        second.account_id, second.name, second.agency_id, second.grants, str(clean_certificate.officer.uid)
    )
    batch = propose_clean(approver, campaign, now=now)
    with pytest.raises(NotPermitted, match="own-record"):
        confirm_batch(holder, batch, now=now)
    refuse_batch(approver, batch, "收回", now=now)
    with pytest.raises(Conflict, match="nothing-to-propose"):
        propose_clean(holder, campaign, now=now)
    with pytest.raises(NotPermitted, match="own-record"):
        propose_line(holder, line_of(clean_certificate), "passed", "本人", now=now)


def test_a_batch_is_decided_once(campaign: ReviewCampaign, approver: Actor, second: Actor, now: datetime):
    batch = propose_clean(approver, campaign, now=now)
    confirm_batch(second, batch, now=now)
    with pytest.raises(Conflict, match="wrong-state"):
        confirm_batch(second, batch, now=now)


def test_a_line_that_is_clean_no_longer_is_taken_out(
    campaign: ReviewCampaign, clean_certificate: Certificate, approver: Actor, second: Actor, now: datetime
):
    batch = propose_clean(approver, campaign, now=now)
    Certificate.system.filter(pk=clean_certificate.pk).update(renewal_reason="单位更名")
    done = confirm_batch(second, batch, now=now)
    line = line_of(clean_certificate)
    assert (done.taken_out, line.state, line.is_clean) == (1, "open", False)
    assert Officer.system.get(pk=clean_certificate.officer_id).reviewed_year == 0


def test_an_exception_needs_its_reason(
    campaign: ReviewCampaign, exception: Certificate, approver: Actor, now: datetime
):
    with pytest.raises(InvalidInput, match="reason-missing"):
        propose_line(approver, line_of(exception), "passed", "  ", now=now)
    with pytest.raises(InvalidInput, match="unknown-result"):
        propose_line(approver, line_of(exception), "perhaps", "学时已补", now=now)


def test_a_certificate_that_is_not_passed_is_withheld(
    campaign: ReviewCampaign, exception: Certificate, approver: Actor, second: Actor, now: datetime
):
    batch = propose_line(approver, line_of(exception), "not-passed", "全年没有参加培训", now=now)
    confirm_batch(second, batch, now=now)
    certificate = Certificate.system.get(pk=exception.pk)
    entry = AdditionalEntry.objects.get(officer=exception.officer_id, kind="annual-review")
    assert certificate.state == "withheld"
    assert certificate.entries.latest("pk").reason == "2026 年度年审不合格：全年没有参加培训"
    assert entry.content["result"] == "failed"
    assert certificate.officer.certificate_state == "withheld"


def test_who_was_not_passed_can_pass_later_and_the_entry_is_corrected(
    campaign: ReviewCampaign, exception: Certificate, approver: Actor, second: Actor, now: datetime
):
    confirm_batch(
        second, propose_line(approver, line_of(exception), "not-passed", "缺学时", now=now), now=now
    )
    confirm_batch(approver, propose_line(second, line_of(exception), "passed", "已补训", now=now), now=now)
    entries = list(AdditionalEntry.objects.filter(officer=exception.officer_id).order_by("pk"))
    assert [entry.content["result"] for entry in entries] == ["failed", "passed"]
    assert entries[1].corrects == entries[0]
    assert Officer.system.get(pk=exception.officer_id).reviewed_year == 2026


def test_a_refused_proposal_leaves_everything_open(
    campaign: ReviewCampaign, clean_certificate: Certificate, approver: Actor, second: Actor, now: datetime
):
    batch = propose_clean(approver, campaign, now=now)
    with pytest.raises(InvalidInput, match="reason-missing"):
        refuse_batch(second, batch, "", now=now)
    refuse_batch(second, batch, "名单须再核", now=now)
    assert line_of(clean_certificate).state == "open"
    assert ReviewBatch.system.get().state == "refused"


def test_looking_again_leaves_what_is_decided(
    campaign: ReviewCampaign, clean_certificate: Certificate, approver: Actor, second: Actor, now: datetime
):
    confirm_batch(second, propose_clean(approver, campaign, now=now), now=now)
    AdditionalEntry.objects.filter(kind="assessment").update(withdrawn_at=now)
    assert fill_campaign(campaign, now=now) == (2, 1)
    assert line_of(clean_certificate).state == "passed"


def test_units_see_their_own_lines(
    campaign: ReviewCampaign,
    registrar: Actor,
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
):
    elsewhere = actor("pan", tree.nanjing, Role.REGISTRAR)
    assert progress_of(lines_for(registrar, campaign)).total == 2
    assert progress_of(lines_for(elsewhere, campaign)).total == 0


def test_the_ministry_is_told_figures_and_no_names(
    campaign: ReviewCampaign, approver: Actor, second: Actor, now: datetime
):
    confirm_batch(second, propose_clean(approver, campaign, now=now), now=now)
    told = LogEntry.objects.filter(kind="review.changed").latest("pk")
    event = parse_event(bytes(told.body))
    assert {name: event.data[name] for name in ("year", "total", "passed", "not_passed")} == {
        "year": 2026,
        "total": 2,
        "passed": 1,
        "not_passed": 0,
    }
    receive_review_changed(ReceivedEvent(event, "320000"), now=now)
    kept = ProvinceReview.objects.get()
    assert (kept.node, kept.total, kept.passed, kept.due_on) == ("320000", 2, 1, date(2027, 3, 31))


def test_a_result_waits_for_the_card_until_a_station_wrote_it(
    campaign: ReviewCampaign,
    clean_certificate: Certificate,
    approver: Actor,
    second: Actor,
    operator: Actor,
    registrar: Actor,
    now: datetime,
):
    assert pending_chip_writes(clean_certificate.pk, "320000") == []
    confirm_batch(second, propose_clean(approver, campaign, now=now), now=now)
    [(key, written)] = pending_chip_writes(clean_certificate.pk, "320000")
    assert (written.year, written.result, written.reviewed_on) == (
        2026,
        ReviewResult.PASSED,
        date(2026, 11, 22),
    )
    with pytest.raises(NotPermitted):
        chip_written(registrar, clean_certificate.pk, [key], "1D00000000000001", now=now)
    assert chip_written(operator, clean_certificate.pk, [key], "1D00000000000001", now=now) == 1
    assert pending_chip_writes(clean_certificate.pk, "320000") == []
