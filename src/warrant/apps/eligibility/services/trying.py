"""Starting a what-if of a draft, and the background job that works it out."""

from __future__ import annotations

import time
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.eligibility.models import WhatIf, WhatIfPerson
from warrant.apps.eligibility.selectors.trying import Question, draft_contents, try_out
from warrant.apps.eligibility.types import KIND_NAMES
from warrant.apps.foundation import clock
from warrant.apps.foundation.jobs import JobRun, start_job
from warrant.apps.foundation.models import Job
from warrant.apps.regulations.models import RegulationVersion
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, InvalidInput, NotFound
from warrant.core.regulation import RegulationKind, canonical, digest

WHAT_IF = "eligibility.what-if"
MOST_LISTED = 20_000
"""How many people are listed by name; all are counted."""


def draft_to_try(pk: int) -> RegulationVersion:
    """Return the version of the conditions that is to be tried.

    Raises:
        NotFound: there is none of that number.
    """
    rows = RegulationVersion.objects.filter(kind=RegulationKind.ELIGIBILITY.value, pk=pk)
    version = rows.first()
    if version is None:
        raise NotFound("no-such-draft", N_("没有这份资格条件草案"))
    return version


@transaction.atomic
def start_what_if(actor: Actor, version_pk: int, on: date, kind: str, *, now: datetime) -> Job:
    """Start working out, in the background, what a draft of the conditions would change.

    Raises:
        NotFound, NotPermitted: only for those who may draft regulations over the whole node; no such draft.
        InvalidInput: the draft cannot be applied, or there is no such kind of application.
    """
    require(actor, Permission.REGULATION_DRAFT, NATION)
    version = draft_to_try(version_pk)
    if kind and kind not in KIND_NAMES:
        raise InvalidInput(
            "unknown-application-kind", N_("没有“%(kind)s”这种申请"), place="kind", kind=kind[:40]
        )
    draft_contents(version, on)
    title = _("试算：%(title)s") % {"title": version.title}
    parameters = {"version": version.pk, "on": on.isoformat(), "kind": kind}
    job = start_job(actor, WHAT_IF, parameters, title[:200], now=now)
    record(
        actor, "eligibility.what-if", f"regulation:{version.pk}", version.title, now=now, detail=parameters
    )
    return job


def work_out(
    version: RegulationVersion,
    on: date,
    kind: str,
    *,
    account_id: int | None,
    now: datetime,
    run: JobRun | None = None,
) -> WhatIf:
    """Work out what a draft would change and keep the report; all-or-nothing.

    Raises:
        InvalidInput: the draft cannot be applied.
    """
    begun = time.monotonic()
    present, content = draft_contents(version, on)
    question = Question(canonical(present.content), canonical(content), on, kind)
    tally = try_out(question, run.progress if run is not None else lambda _done, _total: None)
    units = sorted(tally.by_unit.items(), key=lambda item: (-item[1][1] - item[1][2], item[0]))
    with transaction.atomic():
        report = WhatIf.objects.create(
            version=version,
            title=version.title,
            draft_digest=digest(content),
            present_digest=present.digest,
            on=on,
            kind=kind,
            changed_rules=list(tally.changed),
            left_out=list(tally.left_out),
            by_unit=[[unit, *counts] for unit, counts in units],
            by_rule=[[rule, *counts] for rule, counts in tally.by_rule.items()],
            looked_at=tally.looked_at,
            gain=tally.gain,
            lose=tally.lose,
            milliseconds=int((time.monotonic() - begun) * 1000),
            started_by_id=account_id,
            started_at=now,
        )
        WhatIfPerson.objects.bulk_create(
            [
                WhatIfPerson(what_if=report, officer_id=officer, gains=gains, rules=rules[:200])
                for officer, gains, rules in tally.people[:MOST_LISTED]
            ],
            batch_size=500,
        )
    return report


def run_what_if(run: JobRun) -> None:
    """Work out one what-if; begun again it starts from the beginning."""
    parameters = run.parameters
    report = work_out(
        draft_to_try(int(parameters["version"])),
        date.fromisoformat(parameters["on"]),
        str(parameters["kind"]),
        account_id=run.account_id,
        now=clock.now(),
        run=run,
    )
    run.result_url = reverse("what-if-report", args=[report.pk])
    run.result_text = _("看过 %(count)s 人：新增符合 %(gain)s 人，不再符合 %(lose)s 人") % {
        "count": report.looked_at,
        "gain": report.gain,
        "lose": report.lose,
    }
