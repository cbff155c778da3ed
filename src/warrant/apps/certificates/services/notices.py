"""Issuing a notice: numbered by unit and year, drawn once, kept sealed; whoever opens it again gets the same bytes."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from warrant.apps.audit.services import record
from warrant.apps.certificates.models import Certificate, CertificateEntry, CertificateNotice, NoticeCounter
from warrant.apps.certificates.selectors.notices import is_due_after, kind_of_act, letter_of, notice_number
from warrant.apps.certificates.selectors.reading import is_own
from warrant.apps.certificates.services.life import check_act
from warrant.apps.certificates.services.standing import locked_certificate
from warrant.apps.certificates.types import NOTICES
from warrant.apps.exports.services import paper_printer
from warrant.apps.officers.services.documents import keep_file
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle.certificate_grounds import Declared

PDF = "application/pdf"
PREVIEW = N_("预览，未编号，不生效")
"""Stands where a notice has its number."""


@transaction.atomic
def issue_notice(
    actor: Actor, certificate: Certificate, entry_pk: int, kind: str, *, now: datetime
) -> CertificateNotice:
    """Issue one notice about one act; issued before, the same one is returned and nothing is written.

    Raises: NotFound (also for an act that has no such notice), NotPermitted.
    """
    locked = locked_certificate(certificate.pk)
    found = NOTICES.get(kind)
    entry = locked.entries.filter(pk=entry_pk).first()
    if found is None or entry is None or not is_due_after(found, entry):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if not (found.is_for_own_record and is_own(actor, locked)):
        require(actor, found.permission, locked.place)
    issued = CertificateNotice.objects.filter(entry=entry, kind=kind).select_related("document").first()
    if issued is not None:
        return issued
    return _issue(actor, locked, entry, kind, now)


def preview_notice(
    actor: Actor, certificate: Certificate, action: str, declared: Declared, *, now: datetime
) -> bytes:
    """Return what the notice of an act would say, as PDF without a number; nothing is done and nothing is kept.

    Raises: KeyError for an act that nobody declares; NotFound, NotPermitted, Conflict ``wrong-state``, InvalidInput.
    """
    check_act(actor, certificate, action, declared, now=now)
    entry = CertificateEntry(
        certificate=certificate,
        action=action,
        from_state=certificate.state,
        ground=declared.ground,
        reason=declared.reason.strip(),
        until=declared.until,
        happened_at=now,
    )
    target = BytesIO()
    with translation.override(settings.LANGUAGE_CODE):
        words = _(PREVIEW)
        letter = letter_of(
            certificate, entry, kind_of_act(action), words, _unit(actor, certificate).name, now=now
        )
        paper_printer().print_letter(letter, target)
    return target.getvalue()


def _unit(actor: Actor, certificate: Certificate) -> Agency:
    """Return the unit that issues: the actor's, or the holder's own."""
    return Agency.objects.get(pk=actor.agency_id) if actor.agency_id else certificate.officer.agency


def _issue(
    actor: Actor, certificate: Certificate, entry: CertificateEntry, kind: str, now: datetime
) -> CertificateNotice:
    unit = _unit(actor, certificate)
    year = timezone.localdate(now).year
    counter, _made = NoticeCounter.objects.select_for_update().get_or_create(unit=unit, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    number = notice_number(unit.name, year, counter.last)
    target = BytesIO()
    with translation.override(settings.LANGUAGE_CODE):
        paper_printer().print_letter(letter_of(certificate, entry, kind, number, unit.name, now=now), target)
    document = keep_file(
        actor,
        target.getvalue(),
        f"{certificate.number}-{kind}.pdf",
        PDF,
        certificate.officer.place,
        now=now,
        permission=Permission.CERTIFICATE_VIEW,
        officer_uid=certificate.officer.uid,
    )
    notice = CertificateNotice.objects.create(
        entry=entry,
        kind=kind,
        unit=unit,
        year=year,
        seq=counter.last,
        document=document,
        issued_by_id=actor.account_id,
        issued_by_name=actor.name,
        issued_at=now,
    )
    record(
        actor,
        "certificate.notice",
        f"certificate:{certificate.number}",
        f"{certificate.officer.name} {certificate.number} {NOTICES[kind].title} {number}",
        now=now,
        detail={"kind": kind, "sha256": document.digest},
    )
    return notice
