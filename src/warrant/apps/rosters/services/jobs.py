"""Rosters as background jobs: checked, imported and undone beside the server, with true progress."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.accounts.selectors import actor_of_account
from warrant.apps.foundation import clock
from warrant.apps.foundation.jobs import JobCancelledError, JobRun, start_job
from warrant.apps.foundation.models import Job
from warrant.apps.rosters.models import RosterImport
from warrant.apps.rosters.selectors.preview import is_nobody_at
from warrant.apps.rosters.services.checking import (
    PAUSE_SECONDS,
    check_rows,
    decide_plan,
    locked_roster,
    receive_roster,
)
from warrant.apps.rosters.services.importing import begin_import, import_rows
from warrant.apps.rosters.services.undoing import (
    begin_undo,
    give_up_undo,
    undo_rows,
    undo_what_was_imported,
)
from warrant.core.access import Actor
from warrant.core.errors import N_, InvalidInput

State = RosterImport.State
_NO_TABLE = (b"%PDF", b"{\\rtf", b"MZ", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
"""First bytes of what people take for a roster by mistake: refused at once, not after a job has waited its turn."""

CHECK, IMPORT, UNDO = "roster.check", "roster.import", "roster.undo"


def _start(actor: Actor, kind: str, roster: RosterImport, title: str, *, now: datetime) -> Job:
    job = start_job(actor, kind, {"roster": roster.pk}, title, now=now)
    roster.job_id = job.pk
    roster.save(update_fields=["job_id"])
    return job


def _broken_off(actor: Actor, pk: int, state: RosterImport.State) -> RosterImport | None:
    """Return the locked roster if it is in ``state`` and nobody is at it any more."""
    roster = locked_roster(actor, pk, *RosterImport.State)
    return roster if roster.state == state and is_nobody_at(roster) else None


def _titled(pattern: str, roster: RosterImport) -> str:
    return pattern % {"file_name": roster.document.file_name}


@transaction.atomic
def start_check(actor: Actor, raw: bytes, file_name: str, *, now: datetime) -> Job:
    """Keep an uploaded roster and have it checked in the background.

    Raises:
        NotPermitted: the actor may not import rosters anywhere.
        InvalidInput: the file is empty or too large, or no table at all.
    """
    if raw.startswith(_NO_TABLE):
        raise InvalidInput(
            "file-format", N_("不支持该文件格式；请另存为 .xlsx、.xls、.ods 或 .csv 后上传"), place="file"
        )
    roster = receive_roster(actor, raw, file_name, on=clock.today(), now=now)
    return _start(actor, CHECK, roster, _titled(_("检查花名册“%(file_name)s”"), roster), now=now)


@transaction.atomic
def start_check_again(actor: Actor, pk: int, plan: dict[str, object], *, now: datetime) -> Job:
    """Keep how a roster is to be read and have it checked again in the background."""
    roster = decide_plan(actor, pk, plan, now=now)
    return _start(actor, CHECK, roster, _titled(_("检查花名册“%(file_name)s”"), roster), now=now)


@transaction.atomic
def start_import(actor: Actor, pk: int, *, now: datetime) -> Job:
    """Have the good rows of a previewed roster taken in, in the background; or what an import left that broke off.

    Raises:
        Conflict: it was imported or discarded already, or is being imported.
    """
    roster = _broken_off(actor, pk, State.IMPORTING) or begin_import(actor, pk, now=now)
    return _start(actor, IMPORT, roster, _titled(_("导入花名册“%(file_name)s”"), roster), now=now)


@transaction.atomic
def start_undo(actor: Actor, pk: int, *, now: datetime) -> Job:
    """Have a whole import undone in the background; or what an undoing left that broke off.

    Raises:
        Conflict: too late, or it is being undone.
    """
    roster = _broken_off(actor, pk, State.UNDOING) or begin_undo(actor, pk, now=now)
    return _start(actor, UNDO, roster, _titled(_("撤销导入“%(file_name)s”"), roster), now=now)


def run_roster_check(run: JobRun) -> None:
    """Check a roster; begun again from the first row after a crash."""
    actor = actor_of_account(run.account_id)
    pk = int(run.parameters["roster"])
    roster = check_rows(actor, pk, now=clock.now(), progress=run.progress, pause=PAUSE_SECONDS)
    run.result_url = reverse("roster-detail", args=[pk])
    run.result_text = _("%(rows)s 行，可导入 %(good)s 人，有误 %(errors)s 行") % {
        "rows": roster.row_count,
        "good": roster.good_count,
        "errors": roster.error_count,
    }


def run_roster_import(run: JobRun) -> None:
    """Import a roster; goes on where a crash stopped it. Whoever cancels it takes back what was entered."""
    actor = actor_of_account(run.account_id)
    pk = int(run.parameters["roster"])
    now = RosterImport.system.values_list("imported_at", flat=True).get(pk=pk) or clock.now()
    try:
        roster = import_rows(actor, pk, now=now, progress=run.progress, pause=PAUSE_SECONDS)
    except JobCancelledError:
        roster = RosterImport.system.select_related("document").get(pk=pk)
        undo_what_was_imported(actor, roster, now=clock.now(), pause=PAUSE_SECONDS)
        RosterImport.system.filter(pk=pk).update(state=RosterImport.State.PREVIEWED, imported_at=None)
        raise
    run.result_url = reverse("roster-detail", args=[pk])
    run.result_text = _("已导入 %(count)s 人，%(errors)s 行有误未导入") % {
        "count": roster.imported_count,
        "errors": roster.error_count,
    }


def run_roster_undo(run: JobRun) -> None:
    """Undo a whole import; goes on where a crash stopped it. Cancelled before anybody is out, it is as before."""
    actor = actor_of_account(run.account_id)
    pk = int(run.parameters["roster"])
    before = RosterImport.system.values_list("imported_count", flat=True).get(pk=pk)
    try:
        roster = undo_rows(actor, pk, now=clock.now(), progress=run.progress, pause=PAUSE_SECONDS)
    except JobCancelledError:
        give_up_undo(actor, pk)
        raise
    run.result_url = reverse("roster-detail", args=[pk])
    run.result_text = _("已撤销 %(count)s 人的登记") % {"count": before - roster.imported_count}
