"""The second person's decision: the result, the officers' records, the certificates and the ministry's figures at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.services.life import carry_out
from warrant.apps.certificates.services.standing import locked_certificate
from warrant.apps.officers.services.locking import lock_officers
from warrant.apps.officers.services.reviewing import ReviewOutcome, record_reviews
from warrant.apps.organisations.models import Agency
from warrant.apps.reviews.models import ReviewBatch, ReviewLine
from warrant.apps.reviews.selectors.looking import (
    facts_to_json,
    findings_to_json,
    look_at,
    rules_of,
)
from warrant.apps.reviews.services.due_days import note_due_days
from warrant.apps.reviews.services.lapsing import reinstate_passed
from warrant.apps.reviews.services.opening import subject_of
from warrant.apps.reviews.services.proposing import checked_reason, refuse_own_record
from warrant.apps.reviews.services.telling import tell_progress
from warrant.apps.reviews.types import ENTRY_RESULTS, NOT_PASSED, PASSED, RESULT_WORDS
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, NotPermitted
from warrant.core.lifecycle import (
    ANNUAL_REVIEW,
    CERTIFICATE,
    REVIEW_BATCH,
    CertificateState,
    ReviewState,
)
from warrant.core.qualification.review import NOT_PASSED as WITHHOLDING_RULE


def _locked_batch(actor: Actor, batch: ReviewBatch) -> tuple[ReviewBatch, list[ReviewLine]]:
    """Lock officers, then the proposal, then its lines, each with officer and certificate as they stand now."""
    require(actor, Permission.REVIEW_DECIDE, batch.place)
    owners = list(ReviewLine.system.filter(batch=batch).values_list("officer_id", flat=True))
    officers = lock_officers(owners)
    locked = ReviewBatch.system.select_for_update(of=("self",)).select_related("campaign").get(pk=batch.pk)
    rows = ReviewLine.system.select_for_update().filter(batch=locked, state=ReviewState.PROPOSED.value)
    lines = list(rows.order_by("pk"))
    certificates = {
        row.pk: row
        for row in Certificate.system.select_related("officer__agency", "officer__photo").filter(
            pk__in=[line.certificate_id for line in lines]
        )
    }
    for line in lines:
        if line.officer_id not in officers:
            raise Conflict("changed-meanwhile", N_("这批证件刚被他人处理过；请刷新页面查看最新状态"))
        line.officer = officers[line.officer_id]
        line.certificate = certificates[line.certificate_id]
        line.campaign = locked.campaign
    return locked, lines


def _take_out(batch: ReviewBatch, lines: Sequence[ReviewLine], now: datetime) -> list[ReviewLine]:
    """Give lines back that meet everything no longer, and return the others."""
    looked = look_at(batch.campaign, [line.certificate for line in lines], timezone.localdate(now))
    kept: list[ReviewLine] = []
    back: list[ReviewLine] = []
    for line in lines:
        facts, findings = looked[line.certificate_id]
        line.facts, line.findings = facts_to_json(facts), findings_to_json(findings)
        line.is_clean = not findings
        (back if findings else kept).append(line)
    for line in back:
        line.state = ANNUAL_REVIEW.next_state("refuse", line.state).value
        line.batch = None
    ReviewLine.system.bulk_update(back, ["facts", "findings", "is_clean", "state", "batch"], batch_size=500)
    batch.taken_out = len(back)
    return kept


def _withhold(actor: Actor, line: ReviewLine, reason: str, now: datetime) -> None:
    if not rules_of(line.campaign).asks(WITHHOLDING_RULE):
        return
    certificate = locked_certificate(line.certificate_id)
    if CertificateState(certificate.state) in CERTIFICATE.transition("withhold").sources:
        carry_out(
            certificate,
            "withhold",
            actor,
            f"{line.campaign.year} 年度{RESULT_WORDS[NOT_PASSED]}：{reason}",
            now=now,
        )


def _close(batch: ReviewBatch, action: str, actor: Actor, reason: str, now: datetime) -> None:
    batch.state = REVIEW_BATCH.next_state(action, batch.state).value
    batch.decided_by_id = actor.account_id
    batch.decided_by_name = actor.name
    batch.decided_at = now
    batch.decision_reason = reason
    batch.save()


@transaction.atomic
def confirm_batch(actor: Actor, batch: ReviewBatch, *, now: datetime) -> ReviewBatch:
    """Confirm a proposal: results, records, certificates and figures change together.

    Clean lines are looked at once more: one that meets everything no longer goes back among the exceptions.

    Raises:
        NotFound, NotPermitted: also for whoever proposed it (``four-eyes``) or whose own certificate is among them.
        Conflict: it was decided on meanwhile.
    """
    locked, lines = _locked_batch(actor, batch)
    REVIEW_BATCH.next_state("confirm", locked.state)
    if locked.proposed_by_id == actor.account_id:
        raise NotPermitted("four-eyes", N_("提出人不能确认自己提出的年审结果，请由他人办理"))
    refuse_own_record(actor, {str(line.officer.uid) for line in lines})
    is_clean_batch = locked.result == PASSED and not locked.reason
    decided = _take_out(locked, lines, now) if is_clean_batch else lines
    target = ReviewState(locked.result)
    for line in decided:
        line.state = ANNUAL_REVIEW.next_state("confirm", line.state, target).value
        line.decided_at = now
        line.chip_written_at = None
    ReviewLine.system.bulk_update(decided, ["state", "decided_at", "chip_written_at"], batch_size=500)
    note_due_days([line.certificate_id for line in decided])
    record_reviews(
        [
            ReviewOutcome(line.officer, ENTRY_RESULTS[locked.result], line.certificate.number)
            for line in decided
        ],
        locked.campaign.year,
        actor,
        reviewed_by=_reviewer(),
        on=timezone.localdate(now),
        now=now,
    )
    if target is ReviewState.NOT_PASSED:
        for line in decided:
            _withhold(actor, line, locked.reason, now)
    else:
        reinstate_passed(decided, now=now)
    _close(locked, "confirm", actor, "", now)
    _record(locked, "review.confirmed", actor, now, decided)
    tell_progress(locked.campaign, now=now)
    return locked


@transaction.atomic
def refuse_batch(actor: Actor, batch: ReviewBatch, reason: str, *, now: datetime) -> ReviewBatch:
    """Turn a proposal down, or take the own one back: its certificates are open again.

    Raises: NotFound, NotPermitted, InvalidInput ``reason-missing``, Conflict.
    """
    locked, lines = _locked_batch(actor, batch)
    REVIEW_BATCH.next_state("refuse", locked.state)
    said = checked_reason(reason)
    for line in lines:
        line.state = ANNUAL_REVIEW.next_state("refuse", line.state).value
        line.batch = None
    ReviewLine.system.bulk_update(lines, ["state", "batch"], batch_size=500)
    _close(locked, "refuse", actor, said, now)
    _record(locked, "review.refused", actor, now, lines)
    return locked


def _reviewer() -> str:
    """Return the name of the authority that reviews: the node's own unit."""
    name = Agency.objects.filter(code=settings.WARRANT_NODE.code).values_list("name", flat=True).first()
    return name or str(settings.WARRANT_NODE.code)


def _record(
    batch: ReviewBatch, action: str, actor: Actor, now: datetime, lines: Sequence[ReviewLine]
) -> None:
    record(
        actor,
        action,
        subject_of(batch.campaign),
        f"{batch.campaign.year} {RESULT_WORDS[batch.result]} {len(lines)}",
        now=now,
        detail={
            "batch": batch.pk,
            "lines": [line.pk for line in lines],
            "taken_out": batch.taken_out,
            "reason": batch.decision_reason or batch.reason,
        },
    )
