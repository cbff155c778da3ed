"""Entering and changing officers, and their photo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.services import open_officer_account
from warrant.apps.audit.services import record
from warrant.apps.foundation.ports import photo_desk
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.agencies import AgencyDesk
from warrant.apps.officers.selectors.register import described
from warrant.apps.officers.selectors.sealing import id_number_index, id_number_of
from warrant.apps.officers.services.alike import alike_finding
from warrant.apps.officers.services.documents import JPEG, check_size, keep_file
from warrant.apps.officers.services.entering import (
    HEADINGS,
    basic_fields,
    examine_entry,
    new_officer,
)
from warrant.apps.officers.services.locking import lock_officers
from warrant.apps.officers.services.merging_edits import Choices, merged_values
from warrant.apps.officers.services.pairs import look_for_pairs
from warrant.apps.officers.services.writing import write_change, write_new
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, InvalidInput, NotFound
from warrant.core.lifecycle import ChangeKind, OfficerState
from warrant.core.ports import PhotoFinding
from warrant.core.roster.finding import Finding, Severity

LONGEST_REASON = 200


def subject_of(officer: Officer) -> str:
    """Return how the audit ledger names an officer."""
    return f"officer:{officer.pk}"


def locked_officer(actor: Actor, permission: Permission, pk: int) -> Officer:
    """Return an officer locked for a change by ``actor``.

    Raises:
        NotFound: out of reach.
        NotPermitted: in reach, without the permission.
    """
    officer = lock_officers([pk]).get(pk)
    if officer is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(actor, permission, officer.place)
    return officer


def _doubts(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is not Severity.ERROR]


@transaction.atomic
def enter_officer(
    actor: Actor, values: Mapping[str, str], *, on: date, now: datetime
) -> tuple[Officer, list[Finding]]:
    """Enter an officer by form; ``values`` are texts by field of ``HEADINGS``. Returns doubts and repairs too.

    Raises:
        EntryRefused: something typed is wrong.
        InvalidInput: the unit is out of reach, or the ID number is registered already.
    """
    desk = AgencyDesk(actor, Permission.OFFICER_EDIT, on)
    row = examine_entry(values, on, desk.find)
    agency = desk.unit(row.entry.agency_key)
    if not desk.is_in_scope(agency.code):
        raise InvalidInput(
            "out-of-scope-unit",
            N_("“%(unit)s”不在您的管辖范围内；请填写本辖区的单位"),
            place="agency",
            unit=agency.name,
        )
    known = (
        Officer.system.select_related("agency")
        .filter(id_number_index=id_number_index(row.entry.id_number))
        .first()
    )
    if known is not None and known.state == OfficerState.DELETED:
        raise InvalidInput(
            "deleted-record",
            N_("该身份证号码的档案已由“%(unit)s”删除；请由有确认权限的人恢复，不要重新登记"),
            place="id_number",
            unit=known.agency.name,
        )
    if known is not None:
        raise InvalidInput(
            "already-registered",
            N_("该身份证号码已由“%(unit)s”登记（%(name)s）；请核对，人员调动请办理调动手续"),
            place="id_number",
            unit=known.agency.name,
            name=known.name,
        )
    officer = write_new([new_officer(actor, row.entry, agency, now=now)], ChangeKind.ENTERED, actor, now=now)[
        0
    ]
    record(actor, "officer.entered", subject_of(officer), f"{officer.name} @ {agency.name}", now=now)
    alike = [alike_finding(actor, other, rule) for other, rule in look_for_pairs(officer, now=now)]
    return officer, [*_doubts(row.findings), *alike]


@transaction.atomic
def change_officer(
    actor: Actor,
    pk: int,
    values: Mapping[str, str],
    revision: int,
    *,
    on: date,
    now: datetime,
    choices: Choices | None = None,
) -> tuple[Officer, list[Finding], list[str]]:
    """Change basic data; returns the officer, doubts, and the headings of what changed.

    ``revision`` is that of the record that the person opened: what somebody else changed since then stays unless
    both changed it; ``choices`` says then whose words count. Unit and ID number stay: the one changes by transfer,
    the other by correction.

    Raises:
        EntryRefused: something typed is wrong.
        EditConflict: somebody else changed the same fields in the meantime.
    """
    officer = locked_officer(actor, Permission.OFFICER_EDIT, pk)
    before = described(officer)
    fixed = {"id_number": id_number_of(officer), "agency": officer.agency.name}
    row = examine_entry({**values, **fixed}, on, lambda _name: officer.agency.code)
    if revision != officer.revision:
        merged = merged_values(officer, revision, values, row.entry, choices or Choices())
        row = examine_entry({**merged, **fixed}, on, lambda _name: officer.agency.code)
    fields = {"name": row.entry.name, **basic_fields(row.entry)}
    if write_change(officer, fields, ChangeKind.CHANGED, actor, now=now) is None:
        return officer, _doubts(row.findings), []
    after = described(officer)
    changed = [field for field in after if after[field] != before[field]]
    record(
        actor,
        "officer.changed",
        subject_of(officer),
        "；".join(f"{HEADINGS[field]}：{before[field] or '—'} → {after[field] or '—'}" for field in changed),
        now=now,
        detail={field: [before[field], after[field]] for field in changed},
    )
    return officer, _doubts(row.findings), [HEADINGS[field] for field in changed]


def set_photo(
    actor: Actor, pk: int, raw: bytes, file_name: str, *, now: datetime
) -> tuple[Officer, tuple[PhotoFinding, ...]]:
    """Keep a photo that has no error, brought into the one form; returns the warnings.

    Raises:
        InvalidInput: an error was found in the photo; the earlier one stays.
    """
    with transaction.atomic():
        locked_officer(
            actor, Permission.OFFICER_EDIT, pk
        )  # who may not change gets no other answer than that
    check_size(raw)
    desk = photo_desk()
    check = desk.check_photo(raw)
    for finding in check.findings:
        if finding.severity == "error":
            raise InvalidInput(finding.code, finding.message, place="photo", **finding.fields)
    portrait = desk.normalise(raw)
    return _keep_photo(actor, pk, portrait, file_name, now=now), tuple(check.findings)


@transaction.atomic
def _keep_photo(actor: Actor, pk: int, portrait: bytes, file_name: str, *, now: datetime) -> Officer:
    """Keep a checked photo; drawing it anew came before, so that the database is not held during it."""
    officer = locked_officer(actor, Permission.OFFICER_EDIT, pk)
    document = keep_file(actor, portrait, file_name, JPEG, officer.place, now=now, officer_uid=officer.uid)
    write_change(officer, {"photo_id": document.pk}, ChangeKind.PHOTO_SET, actor, now=now)
    record(actor, "officer.photo-set", subject_of(officer), document.digest[:16], now=now)
    return officer


@transaction.atomic
def open_account_for_officer(
    actor: Actor, pk: int, username: str, *, now: datetime
) -> tuple[Officer, Account, str]:
    """Open the officer's own account; the password is returned once and kept nowhere.

    Raises:
        Conflict: there is one already.
        InvalidInput: the user name cannot be taken.
    """
    officer = locked_officer(actor, Permission.OFFICER_EDIT, pk)
    account, password = open_officer_account(
        actor, str(officer.uid), username, officer.name, officer.agency, now=now
    )
    record(actor, "officer.account-opened", subject_of(officer), account.username, now=now)
    return officer, account, password
