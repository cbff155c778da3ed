"""Proposing results: clean certificates in hundreds, an exception alone and with its reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.reviews.models import ReviewBatch, ReviewCampaign, ReviewLine
from warrant.apps.reviews.selectors.campaigns import lines_for
from warrant.apps.reviews.services.opening import subject_of
from warrant.apps.reviews.types import NOT_PASSED, PASSED, RESULT_WORDS
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.lifecycle import ANNUAL_REVIEW, ReviewState
from warrant.core.standards.id_number import without_id_numbers

MOST_AT_ONCE = 500
"""Certificates of a proposal: what a second person can answer for, and what one transaction holds."""
LONGEST_REASON = 300


def checked_reason(text: str, *, is_needed: bool = True) -> str:
    """Return a reason as it is kept.

    Raises: InvalidInput ``reason-missing``, ``reason-too-long`` (place ``reason``).
    """
    reason = without_id_numbers(text.strip())
    if is_needed and not reason:
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(
            "reason-too-long", N_("理由不能超过 %(limit)s 字"), place="reason", limit=LONGEST_REASON
        )
    return reason


def refuse_own_record(actor: Actor, uids: set[str]) -> None:
    """Return unless one of the officers is the person who acts. Raises: NotPermitted ``own-record``."""
    if actor.officer_uid is not None and actor.officer_uid in uids:
        raise NotPermitted("own-record", N_("不能审查本人的证件，请由其他人员办理"))


def _propose(
    actor: Actor, lines: list[ReviewLine], *, result: str, reason: str, now: datetime
) -> ReviewBatch:
    campaign = lines[0].campaign
    batch = ReviewBatch(
        campaign=campaign,
        result=result,
        reason=reason,
        count=len(lines),
        proposed_by_id=actor.account_id,
        proposed_by_name=actor.name,
        proposed_at=now,
    )
    if len(lines) == 1:
        batch.put_at(lines[0].place)
    else:
        batch.province_unit = lines[0].province_unit
    batch.save()
    for line in lines:
        line.state = ANNUAL_REVIEW.next_state("propose", line.state).value
        line.batch = batch
    ReviewLine.system.bulk_update(lines, ["state", "batch"], batch_size=MOST_AT_ONCE)
    record(
        actor,
        "review.proposed",
        subject_of(campaign),
        f"{campaign.year} {RESULT_WORDS[result]} {len(lines)}",
        now=now,
        detail={"batch": batch.pk, "lines": [line.pk for line in lines], "reason": reason},
    )
    return batch


@transaction.atomic
def propose_clean(actor: Actor, campaign: ReviewCampaign, *, unit: int = 0, now: datetime) -> ReviewBatch:
    """Propose that certificates which meet everything pass, at most ``MOST_AT_ONCE``; ``unit`` picks one city or agency.

    Raises:
        NotFound, NotPermitted: only for those who may decide over the whole province.
        Conflict ``nothing-to-propose``: there is none.
    """
    require(actor, Permission.REVIEW_DECIDE, NATION)
    rows = lines_for(actor, campaign, "clean", unit).select_related(None)
    if actor.officer_uid is not None:
        rows = rows.exclude(officer__uid=actor.officer_uid)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    locked = (
        ReviewLine.system.select_for_update(of=("self",))
        .select_related("campaign")
        .filter(pk__in=keys, state=ReviewState.OPEN.value, is_clean=True)
    )
    lines = list(locked.order_by("pk"))
    if not lines:
        raise Conflict("nothing-to-propose", N_("没有各项符合而待审的证件"))
    return _propose(actor, lines, result=PASSED, reason="", now=now)


@transaction.atomic
def propose_line(actor: Actor, line: ReviewLine, result: str, reason: str, *, now: datetime) -> ReviewBatch:
    """Propose the result of one certificate, with the reason: it does not meet everything, or is not to pass.

    Raises:
        NotFound, NotPermitted: also for the holder.
        InvalidInput: no such result, no reason.
        Conflict ``wrong-state``: somebody has proposed or decided meanwhile.
    """
    require(actor, Permission.REVIEW_DECIDE, line.place)
    refuse_own_record(actor, {str(line.officer.uid)})
    if result not in (PASSED, NOT_PASSED):
        raise InvalidInput("unknown-result", N_("请选择年审结果"), place="result")
    locked = ReviewLine.system.select_for_update(of=("self",)).select_related("campaign").get(pk=line.pk)
    ANNUAL_REVIEW.next_state("propose", locked.state)
    said = checked_reason(reason)
    return _propose(actor, [locked], result=result, reason=said, now=now)
