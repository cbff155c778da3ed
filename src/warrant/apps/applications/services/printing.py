"""Printing the papers of a case: nothing of them is kept, who printed what is."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.papers import PAPER_NAMES, paper_of
from warrant.apps.applications.services.moving import subject_of
from warrant.apps.audit.services import record
from warrant.apps.exports.services import paper_printer, unit_name, watermark
from warrant.apps.officers.selectors.register import is_own
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_, NotFound
from warrant.core.ports import PaperLetter

LETTERS = frozenset({"receipt", "refusal"})
"""Papers that are handed to the applicant: they say who printed them, not that they are internal."""


def _foot(actor: Actor, paper: str, *, now: datetime) -> str:
    unit = unit_name(actor)
    if paper not in LETTERS:
        return watermark(actor, unit, _("打印%(paper)s") % {"paper": _(PAPER_NAMES[paper])}, now=now)
    at = timezone.localtime(now).strftime("%Y-%m-%d %H:%M")
    return _("%(unit)s%(person)s打印于 %(at)s") % {"unit": unit, "person": actor.name, "at": at}


@transaction.atomic
def print_paper(actor: Actor, application: Application, paper: str, *, now: datetime) -> bytes:
    """Return one paper of a case as PDF, the ID number masked.

    Raises:
        NotFound: the case is out of reach, or there is no such paper.
        Conflict: there is none of this case as it stands.
    """
    is_concerned = is_own(actor, application.officer)
    if not (is_concerned or is_permitted(actor, Permission.APPLICATION_VIEW, application.place)):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    foot = _foot(actor, paper, now=now) if paper in PAPER_NAMES else ""
    content = paper_of(application, paper, foot)
    target = BytesIO()
    if isinstance(content, PaperLetter):
        paper_printer().print_letter(content, target)
    else:
        paper_printer().print_record_sheet(content, target)
    record(
        actor,
        "application.printed",
        subject_of(application),
        f"{application.officer.name} {application.number} {PAPER_NAMES[paper]}",
        now=now,
        detail={"paper": paper},
    )
    return target.getvalue()
