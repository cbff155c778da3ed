"""Reading assessments: the list, one of them with its sheets, what the register hints at, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from warrant.apps.assessments.models import Assessment, OutcomeCorrection, Sheet
from warrant.apps.assessments.types import STATE_FACES, Hint
from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.officers.models import AdditionalEntry, Officer
from warrant.apps.officers.models.correctable import COUNTING
from warrant.apps.officers.selectors.entries import summary_of
from warrant.apps.officers.selectors.uses import counted
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import by_digest
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor, Level, Permission
from warrant.core.errors import N_
from warrant.core.lifecycle import AssessmentState, OfficerState, OutcomeCorrectionState
from warrant.core.qualification.assessment import SHEET_KINDS, AssessmentRules, ScoreSheet, SheetKind
from warrant.core.record import KINDS, EntryKind
from warrant.core.regulation import RegulationKind

MOST_UNITS = 400
_SCOPES = {Level.PROVINCE: "province", Level.CITY: "city", Level.COUNTY: "county", Level.AGENCY: "id"}


def assessments_for(viewer: Actor) -> QuerySet[Assessment]:
    """Return the assessments in the viewer's scope, with ``people`` and ``done``."""
    rows = Assessment.objects.visible_to(viewer, Permission.OFFICER_VIEW)
    done = ~Q(sheets__band="") | ~Q(sheets__not_assessed="")
    return rows.select_related("unit").annotate(
        people=Count("sheets"), done=Count("sheets", filter=done & Q(sheets__isnull=False))
    )


def assessment_for(viewer: Actor, pk: int) -> Assessment:
    """Return one assessment in the viewer's scope. Raises: NotFound."""
    found: Assessment = Assessment.objects.get_visible(viewer, Permission.OFFICER_VIEW, pk=pk)
    return found


def sheet_for(viewer: Actor, pk: int) -> Sheet | None:
    """Return one sheet of an assessment in the viewer's scope, if there is one."""
    reach = Assessment.objects.visible_to(viewer, Permission.OFFICER_VIEW)
    rows = Sheet.objects.select_related("assessment__unit", "officer__agency", "agency", "objection")
    return rows.filter(pk=pk, assessment__in=reach).first()


def form_of(assessment: Assessment) -> ScoreSheet:
    """Return the score sheet that an assessment uses. Raises: NotFound, it was not kept."""
    rules: AssessmentRules = by_digest(RegulationKind.ASSESSMENT, assessment.regulation_digest).document
    return rules.sheets[assessment.kind]


def words(texts: Mapping[str, str]) -> str:
    """Return a text of a regulation in the language of the request."""
    return texts["en" if (get_language() or "").startswith("en") else "zh"]


def title_of(assessment: Assessment) -> str:
    """Return what an assessment is called."""
    return _("%(year)s 年%(kind)s：%(unit)s") % {
        "year": assessment.year,
        "kind": _(SHEET_KINDS[assessment.kind]),
        "unit": assessment.unit.name,
    }


def state_of(assessment: Assessment) -> dict[str, str]:
    """Return word and tone of an assessment's state."""
    word, tone = STATE_FACES[assessment.state]
    return {"word": _(word), "tone": tone}


def sheets_of(assessment: Assessment) -> QuerySet[Sheet]:
    """Return the sheets of an assessment in the order of names, or of units."""
    rows = assessment.sheets.select_related("officer__agency", "agency", "objection")
    if assessment.kind == SheetKind.PERSON:
        return rows.order_by("officer__sort_key", "pk")
    return rows.order_by("agency__code", "pk")


def _within(viewer: Actor) -> Q:
    reach = Q(pk__in=[])
    for grant in viewer.grants_for(Permission.OFFICER_EDIT):
        if grant.level in _SCOPES:
            reach |= Q(**{f"{_SCOPES[Level(grant.level)]}": grant.unit_id})
    return reach


def units_for(viewer: Actor, kind: str) -> list[tuple[int, str]]:
    """Return the units that the viewer may open an assessment for: with officers, or with units below."""
    units = Agency.objects.filter(_within(viewer), closed_on=None)
    if kind == SheetKind.PERSON:
        manned = Officer.objects.visible_to(viewer, Permission.OFFICER_EDIT)
        units = units.filter(pk__in=manned.filter(state=OfficerState.ACTIVE.value).values("agency"))
    else:
        units = units.filter(children__closed_on=None, children__isnull=False).distinct()
    return list(units.order_by("code").values_list("pk", "name")[:MOST_UNITS])


def officers_known(officers: Iterable[int], year: int) -> set[int]:
    """Return those of the officers who have an assessment of a year already: by hand, or from another unit."""
    rows = AdditionalEntry.objects.filter(
        COUNTING,
        officer_id__in=list(officers),
        kind=EntryKind.ASSESSMENT.value,
        content__year=str(year),
        withdrawn_at=None,
    )
    return set(rows.values_list("officer_id", flat=True))


def hints_for(officers: Collection[int], year: int) -> dict[int, Hint]:
    """Return what the register knows of the officers' year, by primary key; in two queries."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    found = {pk: Hint() for pk in officers}
    trained = TrainingRecord.objects.filter(
        COUNTING, officer_id__in=officers, finished_on__range=(first, last)
    )
    for pk, hours in trained.order_by().values_list("officer_id").annotate(total=Sum("hours")):
        found[pk] = Hint(hours=hours)
    rows = AdditionalEntry.objects.filter(
        COUNTING,
        officer_id__in=officers,
        kind__in=(EntryKind.REWARD.value, EntryKind.PUNISHMENT.value),
        from_on__range=(first, last),
        withdrawn_at=None,
    )
    for row in rows.order_by("from_on", "pk"):
        hint = found[row.officer_id]
        kept = hint.rewards if row.kind == EntryKind.REWARD else hint.punishments
        kept.append(summary_of(KINDS[EntryKind(row.kind)], row.content))
    return found


def hint_words(hint: Hint) -> str:
    """Return a hint in one line."""
    parts = [_("本年学时 %(hours)s") % {"hours": hint.hours}]
    if hint.rewards:
        parts.append(_("奖励：%(what)s") % {"what": "、".join(hint.rewards)})
    if hint.punishments:
        parts.append(_("惩处：%(what)s") % {"what": "、".join(hint.punishments)})
    return "；".join(parts)


def _confirm_item(row: Assessment) -> WorkItem:
    return WorkItem(
        kind="assessment",
        title=_("确认考核：%(title)s") % {"title": title_of(row)},
        detail=_("由%(name)s上报") % {"name": row.handed_in_by_name},
        url=reverse("assessment-detail", args=[row.pk]),
        waiting_since=row.handed_in_at or row.opened_at,
        action=_("核对"),
    )


def _scoring_item(row: Assessment) -> WorkItem:
    return WorkItem(
        kind="assessment",
        title=_("考核评分：%(title)s") % {"title": title_of(row)},
        detail=row.return_reason or _("%(day)s 前上报") % {"day": row.due_on},
        url=reverse("assessment-detail", args=[row.pk]),
        waiting_since=row.opened_at,
        tone="attention" if row.return_reason else "waiting",
        action=_("评分"),
    )


def _correction_item(row: OutcomeCorrection) -> WorkItem:
    return WorkItem(
        kind="outcome-correction",
        title=_("确认更正考核结果"),
        detail=row.reason,
        url=reverse("outcome-correction", args=[row.pk]),
        waiting_since=row.asked_at,
        action=_("核对"),
    )


def work_queues(viewer: Actor) -> list[Queue]:
    """Return what waits for the viewer: sheets to score, assessments and corrections of others to confirm."""
    queues = []
    fields = ("pk", "kind", "year", "unit__name")
    if viewer.has_anywhere(Permission.OFFICER_EDIT):
        open_ones = Assessment.objects.visible_to(viewer, Permission.OFFICER_EDIT)
        open_ones = open_ones.filter(state=AssessmentState.SCORING.value).order_by("opened_at", "pk")
        queues.append(Queue(open_ones, (*fields, "return_reason", "due_on", "opened_at"), _scoring_item))
    if viewer.has_anywhere(Permission.OFFICER_CONFIRM):
        waiting = Assessment.objects.visible_to(viewer, Permission.OFFICER_CONFIRM)
        waiting = waiting.filter(state=AssessmentState.HANDED_IN.value)
        waiting = waiting.exclude(handed_in_by_id=viewer.account_id).order_by("handed_in_at", "pk")
        queues.append(
            Queue(waiting, (*fields, "handed_in_by_name", "handed_in_at", "opened_at"), _confirm_item)
        )
        asked = OutcomeCorrection.objects.visible_to(viewer, Permission.OFFICER_CONFIRM)
        asked = asked.filter(state=OutcomeCorrectionState.ASKED.value).exclude(asked_by_id=viewer.account_id)
        asked = asked.exclude(
            Q(objection__isnull=False)
            & (
                Q(sheet__scored_by_id=viewer.account_id)
                | Q(sheet__assessment__handed_in_by_id=viewer.account_id)
                | Q(sheet__assessment__confirmed_by_id=viewer.account_id)
            )
        )
        queues.append(Queue(asked.order_by("asked_at", "pk"), ("pk", "reason", "asked_at"), _correction_item))
    return queues


def officer_uses(pks: Collection[int]) -> list[QuerySet[Any, Any]]:
    """Ask how many score sheets each of the officers has."""
    return [counted(Sheet.objects.filter(officer_id__in=pks), N_("有 %(count)s 张年度考核表"))]


def correction_for(viewer: Actor, pk: int) -> OutcomeCorrection:
    """Return one correction in the viewer's scope. Raises: NotFound."""
    found: OutcomeCorrection = OutcomeCorrection.objects.get_visible(viewer, Permission.OFFICER_VIEW, pk=pk)
    return found
