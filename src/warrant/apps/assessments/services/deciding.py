"""Handing in, returning and confirming; confirming writes the outcome of each officer into the register, once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.assessments.models import Assessment, Sheet
from warrant.apps.assessments.selectors.objections import objection_due_on
from warrant.apps.assessments.selectors.rounds import form_of
from warrant.apps.assessments.services.opening import locked_assessment, said, subject_of, wanted_changes
from warrant.apps.assessments.services.telling import tell_year
from warrant.apps.audit.services import record
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.services.entries import record_assessment
from warrant.apps.officers.services.locking import lock_officers
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, NotPermitted
from warrant.core.lifecycle import ASSESSMENT
from warrant.core.qualification.assessment import BAND_NAMES


def _check_list(assessment: Assessment) -> None:
    missing, changed = wanted_changes(assessment)
    if missing or changed:
        raise Conflict(
            "list-changed",
            N_("名单有变化（%(count)s 人或单位），请先点“更新名单”；已上报的请先退回"),
            count=len(missing) + len(changed),
        )


def _second_person(actor: Actor, assessment: Assessment) -> None:
    """Refuse whoever scored, handed in, or is assessed. Raises: NotPermitted."""
    has_scored = assessment.sheets.filter(scored_by_id=actor.account_id).exists()
    if has_scored or assessment.handed_in_by_id == actor.account_id:
        raise NotPermitted("four-eyes", N_("您评过分或上报过这次考核，须由另一人确认或退回"))
    officers = assessment.sheets.select_related("officer").exclude(officer=None)
    if actor.officer_uid and any(is_own(actor, one.officer) for one in officers if one.officer is not None):
        raise NotPermitted("own-record", N_("您是这次考核的对象，须由另一人确认或退回"))


@transaction.atomic
def hand_in_assessment(actor: Actor, pk: int, *, now: datetime) -> Assessment:
    """Hand in an assessment on which everything is scored or excused.

    Raises:
        NotFound, NotPermitted: out of reach, or without the right.
        Conflict: the list has changed, something is left to score, too many are the best, or it is handed in.
    """
    assessment = locked_assessment(actor, pk, Permission.OFFICER_EDIT)
    state = ASSESSMENT.next_state("hand-in", assessment.state)
    _check_list(assessment)
    sheets = list(assessment.sheets.all())
    left = sum(1 for one in sheets if not one.is_done)
    if left:
        raise Conflict("not-scored", N_("还有 %(count)s 张考核表没有评分"), count=left)
    form = form_of(assessment)
    assessed = sum(1 for one in sheets if one.band)
    best = sum(1 for one in sheets if one.band == form.best)
    most = form.most_best(assessed)
    if best > most:
        raise Conflict(
            "too-many-best",
            N_(
                "参加考核 %(assessed)s 个，最高等次最多 %(most)s 个（%(share)s%%），现有 %(best)s 个，请调整评分"
            ),
            assessed=assessed,
            most=most,
            share=form.best_share_percent,
            best=best,
        )
    is_late = timezone.localtime(now).date() > assessment.due_on
    if assessment.handed_in_at is None:
        assessment.is_late = is_late
    assessment.state, assessment.return_reason = state.value, ""
    assessment.handed_in_by_id, assessment.handed_in_by_name = actor.account_id, actor.name
    assessment.handed_in_at = now
    assessment.save()
    record(
        actor,
        "assessment.handed-in",
        subject_of(assessment),
        f"考核 {assessed}，最高等次 {best}" + ("，逾期" if assessment.is_late else ""),
        now=now,
    )
    return assessment


@transaction.atomic
def return_assessment(actor: Actor, pk: int, reason: str, *, now: datetime) -> Assessment:
    """Return what was handed in, with a reason.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the person who scored.
        Conflict: it is not handed in.
        InvalidInput: no reason.
    """
    assessment = locked_assessment(actor, pk, Permission.OFFICER_CONFIRM)
    state = ASSESSMENT.next_state("return", assessment.state)
    _second_person(actor, assessment)
    text = said(reason, N_("请写明退回的理由，至少四个字"))
    assessment.state, assessment.return_reason = state.value, text
    assessment.returns += 1
    assessment.save()
    record(actor, "assessment.returned", subject_of(assessment), text, now=now)
    return assessment


@transaction.atomic
def confirm_assessment(actor: Actor, pk: int, *, now: datetime) -> Assessment:
    """Confirm what another person scored and handed in; every officer assessed gets one entry in the register.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, the person who scored, or somebody assessed.
        Conflict: it is not handed in, or the list has changed since.
    """
    keys = Sheet.objects.filter(assessment=pk).exclude(officer=None).exclude(band="")
    officers = lock_officers(keys.values_list("officer_id", flat=True))
    assessment = locked_assessment(actor, pk, Permission.OFFICER_CONFIRM)
    state = ASSESSMENT.next_state("confirm", assessment.state)
    _second_person(actor, assessment)
    _check_list(assessment)
    today = timezone.localtime(now).date()
    last_day = objection_due_on(form_of(assessment), today)
    for sheet in assessment.sheets.exclude(officer=None).exclude(band="").order_by("officer_id"):
        sheet.entry = record_assessment(
            actor,
            officers[sheet.officer_id or 0],
            {
                "year": str(assessment.year),
                "band": sheet.band,
                "decided_by": assessment.unit.name,
                "decided_on": today.isoformat(),
            },
            on=today,
            now=now,
        )
        sheet.objection_due_on = last_day
        sheet.save(update_fields=["entry", "objection_due_on"])
    assessment.state = state.value
    assessment.confirmed_by_id, assessment.confirmed_by_name = actor.account_id, actor.name
    assessment.confirmed_at = now
    assessment.save()
    bands: dict[str, int] = {}
    for band in assessment.sheets.exclude(band="").values_list("band", flat=True):
        bands[band] = bands.get(band, 0) + 1
    summary = "，".join(f"{BAND_NAMES[band]} {count}" for band, count in sorted(bands.items()))
    record(actor, "assessment.confirmed", subject_of(assessment), summary or "—", now=now)
    tell_year(assessment, now=now)
    return assessment
