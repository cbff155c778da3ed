"""Opening a campaign, and reading the record for every certificate of it in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation import clock
from warrant.apps.foundation.jobs import JobRun, start_job
from warrant.apps.foundation.models import Job
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.regulations.services import keep_snapshot
from warrant.apps.reviews.models import ReviewCampaign, ReviewLine
from warrant.apps.reviews.selectors.campaigns import campaign_of
from warrant.apps.reviews.selectors.looking import facts_to_json, findings_to_json, look_at
from warrant.apps.reviews.services.due_days import note_due_days
from warrant.apps.reviews.services.telling import tell_progress
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import ReviewState
from warrant.core.lifecycle.certificate import IN_USE
from warrant.core.regulation import RegulationKind

FILL = "reviews.fill"
CHUNK = 500
"""Certificates read in one transaction."""


def subject_of(campaign: ReviewCampaign) -> str:
    """Return how the audit record calls a campaign."""
    return f"review:{campaign.year}"


@transaction.atomic
def open_campaign(actor: Actor, year: int, *, now: datetime) -> ReviewCampaign:
    """Open the review of a year under the rules of today, and start reading the record for all certificates.

    Raises:
        NotFound, NotPermitted: only for those who may decide over the whole province.
        InvalidInput: this year and the last can be reviewed, each once (place ``year``).
    """
    require(actor, Permission.REVIEW_DECIDE, NATION)
    today = timezone.localdate(now)
    if not today.year - 1 <= year <= today.year:
        raise InvalidInput(
            "review-year-out-of-range",
            N_("只能开展 %(last)s 或 %(this)s 年度的年审"),
            place="year",
            last=today.year - 1,
            this=today.year,
        )
    if ReviewCampaign.objects.filter(year=year).exists():
        raise InvalidInput("review-already-open", N_("%(year)s 年度的年审已经开始"), place="year", year=year)
    rules = in_force(RegulationKind.REVIEW, own_jurisdiction(), today)
    campaign = ReviewCampaign.objects.create(
        year=year,
        due_on=rules.document.due_on(year),
        warned_from=rules.document.warned_from(year),
        regulation_digest=keep_snapshot(rules),
        opened_by_id=actor.account_id,
        opened_by_name=actor.name,
        opened_at=now,
    )
    _start_filling(actor, campaign, now)
    detail = {"due_on": campaign.due_on.isoformat(), "regulation": campaign.regulation_digest}
    record(actor, "review.opened", subject_of(campaign), str(year), now=now, detail=detail)
    return campaign


@transaction.atomic
def look_again(actor: Actor, campaign: ReviewCampaign, *, now: datetime) -> Job:
    """Read the record again for every certificate without a result; new certificates get their line.

    Raises: NotFound, NotPermitted.
    """
    require(actor, Permission.REVIEW_DECIDE, NATION)
    record(actor, "review.looked-again", subject_of(campaign), str(campaign.year), now=now)
    return _start_filling(actor, campaign, now)


def _start_filling(actor: Actor, campaign: ReviewCampaign, now: datetime) -> Job:
    title = _("%(year)s 年度年审：核对档案") % {"year": campaign.year}
    return start_job(actor, FILL, {"year": campaign.year}, title, now=now)


def run_fill(run: JobRun) -> None:
    """Read the record for all certificates of a campaign; begun again it starts from the beginning, which does no harm."""
    campaign = campaign_of(int(run.parameters["year"]))
    looked, exceptions = fill_campaign(campaign, now=clock.now(), told=run.progress)
    run.result_url = reverse("review-campaign", args=[campaign.year])
    run.result_text = _("核对 %(count)s 本证件，%(exceptions)s 本需逐一审查") % {
        "count": looked,
        "exceptions": exceptions,
    }


def fill_campaign(
    campaign: ReviewCampaign,
    *,
    now: datetime,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[int, int]:
    """Give every certificate in use its line, and read the record again for lines without a result.

    Returns how many certificates were read and how many of them need a person. A fixed number of queries for each
    ``CHUNK``.
    """
    today = timezone.localdate(now)
    due = Certificate.system.filter(
        state__in=[state.value for state in IN_USE], valid_from__lt=date(campaign.year + 1, 1, 1)
    )
    total, done, exceptions, last = due.count(), 0, 0, 0
    while True:
        keys = list(due.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if not keys:
            break
        last = keys[-1]
        exceptions += read_lines(campaign, keys, today)
        done += len(keys)
        told(done, total)
    with transaction.atomic():
        ReviewCampaign.objects.filter(pk=campaign.pk).update(looked_at=now)
        tell_progress(campaign, now=now)
    return done, exceptions


@transaction.atomic
def read_lines(campaign: ReviewCampaign, certificate_keys: Sequence[int], on: date) -> int:
    """Read the record for some certificates; returns how many of them need a person."""
    lines = {
        line.certificate_id: line
        for line in ReviewLine.system.select_for_update()
        .filter(campaign=campaign, certificate__in=certificate_keys)
        .order_by("pk")
    }
    rows = Certificate.system.select_related("officer__agency", "officer__photo").filter(
        pk__in=certificate_keys
    )
    certificates = [row for row in rows if row.pk not in lines or lines[row.pk].state == ReviewState.OPEN]
    found = look_at(campaign, certificates, on)
    made: list[ReviewLine] = []
    changed: list[ReviewLine] = []
    for certificate in certificates:
        facts, findings = found[certificate.pk]
        line = lines.get(certificate.pk) or ReviewLine(campaign=campaign, certificate=certificate)
        line.officer = certificate.officer
        line.put_at(certificate.place)
        line.facts, line.findings = facts_to_json(facts), findings_to_json(findings)
        line.is_clean = not findings
        (changed if line.pk else made).append(line)
    ReviewLine.system.bulk_create(made)
    columns = ["officer", "facts", "findings", "is_clean"]
    columns += ["province_unit", "city_unit", "county_unit", "agency_unit"]
    ReviewLine.system.bulk_update(changed, columns, batch_size=CHUNK)
    note_due_days([line.certificate_id for line in made])
    return sum(not line.is_clean for line in (*made, *changed))
