"""Campaigns, their lines and proposals, as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.foundation.work import Glance, Queue, WorkItem
from warrant.apps.organisations.models import Agency
from warrant.apps.reviews.models import ProvinceReview, ReviewBatch, ReviewCampaign, ReviewLine
from warrant.apps.reviews.types import RESULT_WORDS, Progress
from warrant.core.access import Actor, Permission
from warrant.core.chip.reviews import ReviewRecord, ReviewResult
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import ReviewBatchState, ReviewState
from warrant.core.qualification.review import FINDINGS

MOST_UNITS = 60
"""Units of a table; all are counted in the sum."""

_S = ReviewState
_OPEN = Q(state=_S.OPEN.value)
_CONDITIONS: Mapping[str, Q] = {
    "exceptions": _OPEN & Q(is_clean=False),
    "clean": _OPEN & Q(is_clean=True),
    "proposed": Q(state=_S.PROPOSED.value),
    "passed": Q(state=_S.PASSED.value),
    "not-passed": Q(state=_S.NOT_PASSED.value),
}
_COUNTS = {name.replace("-", "_"): Count("pk", filter=condition) for name, condition in _CONDITIONS.items()}


@dataclass(frozen=True)
class UnitProgress:
    """How a unit's certificates stand in a campaign; ``pk`` is the unit's."""

    pk: int
    name: str
    progress: Progress


def campaigns() -> QuerySet[ReviewCampaign]:
    """Return all campaigns of this node, the latest year first."""
    return ReviewCampaign.objects.order_by("-year")


def campaign_of(year: int) -> ReviewCampaign:
    """Return the campaign of a year. Raises: NotFound."""
    found = ReviewCampaign.objects.filter(year=year).first()
    if found is None:
        raise NotFound("no-such-campaign", N_("没有 %(year)s 年度的年审"), year=year)
    return found


@dataclass(frozen=True)
class ProvinceStanding:
    """How a province's campaign stands, with the province's name."""

    name: str
    year: int
    due_on: date
    total: int
    passed: int
    not_passed: int
    told_at: datetime

    @property
    def open(self) -> int:
        """Certificates without a result."""
        return self.total - self.passed - self.not_passed


def province_reviews() -> list[ProvinceStanding]:
    """Return how the provinces' campaigns stand, the latest year first."""
    rows = list(ProvinceReview.objects.order_by("-year", "node")[:200])
    names = dict(Agency.objects.filter(code__in={row.node for row in rows}).values_list("code", "name"))
    return [
        ProvinceStanding(
            names.get(row.node, row.node),
            row.year,
            row.due_on,
            row.total,
            row.passed,
            row.not_passed,
            row.told_at,
        )
        for row in rows
    ]


def lines_for(
    viewer: Actor, campaign: ReviewCampaign, shown: str = "", unit: int = 0
) -> QuerySet[ReviewLine]:
    """Return the lines in the viewer's scope; ``unit`` is the id of a unit above or at the certificate's."""
    rows = ReviewLine.objects.visible_to(viewer, Permission.CERTIFICATE_VIEW).filter(campaign=campaign)
    if shown in _CONDITIONS:
        rows = rows.filter(_CONDITIONS[shown])
    if unit:
        rows = rows.filter(Q(city_unit=unit) | Q(county_unit=unit) | Q(agency_unit=unit))
    return rows.select_related("officer__agency", "certificate", "campaign", "batch")


def line_for(viewer: Actor, pk: int) -> ReviewLine:
    """Return one line in the viewer's scope. Raises: NotFound."""
    rows = ReviewLine.objects.visible_to(viewer, Permission.CERTIFICATE_VIEW)
    line = rows.select_related("officer__agency", "certificate", "campaign", "batch").filter(pk=pk).first()
    if line is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return line


def batch_for(viewer: Actor, pk: int) -> ReviewBatch:
    """Return one proposal in the viewer's scope. Raises: NotFound."""
    rows = ReviewBatch.objects.visible_to(viewer, Permission.REVIEW_DECIDE).select_related("campaign")
    batch = rows.filter(pk=pk).first()
    if batch is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return batch


def waiting_batches(viewer: Actor, campaign: ReviewCampaign) -> list[ReviewBatch]:
    """Return proposals that nobody has decided on, oldest first."""
    rows = ReviewBatch.objects.visible_to(viewer, Permission.REVIEW_DECIDE)
    return list(rows.filter(campaign=campaign, state=ReviewBatchState.PROPOSED.value).order_by("pk")[:50])


def _progress(counts: Mapping[str, Any]) -> Progress:
    numbers = {name: int(counts[name] or 0) for name in _COUNTS}
    return Progress(total=sum(numbers.values()), **numbers)


def progress_of(rows: QuerySet[ReviewLine]) -> Progress:
    """Count lines by what became of them, in one query."""
    return _progress(rows.select_related(None).order_by().aggregate(**_COUNTS))


def progress_by_unit(viewer: Actor, campaign: ReviewCampaign) -> tuple[Progress, list[UnitProgress]]:
    """Count the viewer's lines: all together, and by city (those without one by agency), most still open first.

    One query for the figures, one for the names of at most ``MOST_UNITS``.
    """
    rows = lines_for(viewer, campaign).select_related(None).order_by()
    unit = Coalesce("city_unit", "agency_unit", "province_unit")
    found = {
        int(counts["unit"]): _progress(counts)
        for counts in rows.annotate(unit=unit).values("unit").annotate(**_COUNTS)
        if counts["unit"] is not None
    }
    together = _progress(
        {name: sum(getattr(progress, name) for progress in found.values()) for name in _COUNTS}
    )
    shown = dict(sorted(found.items(), key=lambda item: -item[1].open)[:MOST_UNITS])
    names = dict(Agency.objects.filter(pk__in=shown).values_list("pk", "name"))
    units = [UnitProgress(pk, names[pk], progress) for pk, progress in shown.items() if pk in names]
    return together, sorted(units, key=lambda one: (-one.progress.open, one.name))


def finding_texts(line: ReviewLine) -> list[str]:
    """Return why a person has to look at the line, in the language of the request."""
    return [_(FINDINGS[one["code"]]) % one["fields"] for one in line.findings]


def is_late(campaign: ReviewCampaign) -> bool:
    """Tell whether the last day is over."""
    return campaign.due_on < clock.today()


def work_queues(viewer: Actor) -> list[Queue]:
    """Return proposals that wait for a second person."""
    if not viewer.has_anywhere(Permission.REVIEW_DECIDE):
        return []
    rows = ReviewBatch.objects.visible_to(viewer, Permission.REVIEW_DECIDE)
    waiting = rows.filter(state=ReviewBatchState.PROPOSED.value).exclude(proposed_by=viewer.account_id)
    fields = ("pk", "result", "count", "proposed_at", "proposed_by_name", "campaign__year")
    return [Queue(waiting.order_by("proposed_at"), fields, _item)]


def _item(row: ReviewBatch) -> WorkItem:
    return WorkItem(
        kind="review",
        title=_("%(year)s 年度年审待确认：%(count)s 本证件，%(result)s")
        % {"year": row.campaign.year, "count": row.count, "result": _(RESULT_WORDS[row.result])},
        detail=row.proposed_by_name,
        url=reverse("review-batch", args=[row.pk]),
        waiting_since=row.proposed_at,
    )


def glances(viewer: Actor) -> list[Glance]:
    """Return how many certificates have not passed a review that ends soon or is over."""
    if not viewer.has_anywhere(Permission.CERTIFICATE_VIEW):
        return []
    rows = ReviewLine.objects.visible_to(viewer, Permission.CERTIFICATE_VIEW)
    waiting = rows.filter(campaign__warned_from__lte=clock.today()).exclude(state=_S.PASSED.value)
    return [Glance(_("年审将截止或逾期未过"), waiting, reverse("review-list"))]


def pending_chip_writes(certificate_pk: int, division_code: str) -> Sequence[tuple[int, ReviewRecord]]:
    """Return results that are not on the card yet, the oldest year first: the line's key, and the record to write.

    ``division_code``: of the reviewing province, 6 digits.
    """
    rows = ReviewLine.system.filter(
        certificate=certificate_pk,
        state__in=[_S.PASSED.value, _S.NOT_PASSED.value],
        chip_written_at=None,
        decided_at__isnull=False,
    )
    return [
        (
            row.pk,
            ReviewRecord(
                row.campaign.year,
                ReviewResult.PASSED if row.state == _S.PASSED else ReviewResult.NOT_PASSED,
                timezone.localdate(row.decided_at),
                division_code,
            ),
        )
        for row in rows.select_related("campaign").order_by("campaign__year")
        if row.decided_at is not None
    ]
