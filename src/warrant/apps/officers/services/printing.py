"""Printing an officer's record sheet: the same care as for every file that leaves the system."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.exports.models import ExportFile
from warrant.apps.exports.services import (
    check_whole_numbers,
    keep_file,
    paper_printer,
    unit_name,
    watermark,
)
from warrant.apps.exports.types import ExportRequest, IdNumbers
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.record_sheet import record_sheet
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.selectors.sealing import id_number_of, masked_id_number
from warrant.apps.officers.services.register import subject_of
from warrant.core.access import Actor, Permission, is_permitted, require
from warrant.core.errors import N_, InvalidInput, NotFound

SHEET = "record-sheet"


def print_record_sheet(
    actor: Actor, officer: Officer, on: date, wanted: ExportRequest, *, now: datetime
) -> ExportFile:
    """Make the record sheet of an officer as of a day, for the actor to fetch.

    Raises:
        NotFound, NotPermitted: the actor may not take this officer along, or not the whole ID number.
        InvalidInput: the day lies ahead or before the record; ``place`` names the field.
    """
    require(actor, Permission.OFFICER_EXPORT, officer.place)
    if on > timezone.localdate(now):
        raise InvalidInput("day-ahead", N_("不能打印将来的情况，请选今天或以前的日期"), place="on")
    may_unmask = is_permitted(actor, Permission.OFFICER_UNMASK, officer.place)
    check_whole_numbers(actor, wanted, 1, may_unmask=may_unmask, now=now)
    is_whole = wanted.id_numbers is IdNumbers.WHOLE
    sheet = record_sheet(
        officer,
        on,
        id_number=id_number_of(officer) if is_whole else masked_id_number(officer),
        foot=watermark(actor, unit_name(actor), wanted.purpose, now=now),
    )

    def write(target: BinaryIO) -> int:
        paper_printer().print_record_sheet(sheet, target)
        return 1

    return keep_file(
        actor,
        SHEET,
        _("%(name)s登记表") % {"name": officer.name},
        wanted,
        permission=Permission.OFFICER_EXPORT,
        described=[
            (_("人员"), officer.name),
            (_("单位"), officer.agency.name),
            (_("情况截至"), on.isoformat()),
        ],
        write=write,
        now=now,
    )


@transaction.atomic
def print_own_record_sheet(actor: Actor, officer: Officer, on: date, *, now: datetime) -> bytes:
    """Return the record sheet of the actor's own record as of a day, ID number masked; nothing of it is kept.

    Raises:
        NotFound: it is somebody else's record.
        InvalidInput: the day lies ahead or before the record.
    """
    if not is_own(actor, officer):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if on > timezone.localdate(now):
        raise InvalidInput("day-ahead", N_("不能打印将来的情况，请选今天或以前的日期"), place="on")
    sheet = record_sheet(
        officer,
        on,
        id_number=masked_id_number(officer),
        foot=watermark(actor, officer.agency.name, _("本人打印"), now=now),
    )
    target = BytesIO()
    paper_printer().print_record_sheet(sheet, target)
    record(actor, "officer.own-sheet-printed", subject_of(officer), on.isoformat(), now=now)
    return target.getvalue()
