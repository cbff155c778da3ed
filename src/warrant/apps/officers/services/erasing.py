"""Erasing for good what was deleted 30 days ago, or undone; the row stays as a tombstone that names nobody.

Kept: uid, place, dates of the request, and who asked and decided; the audit ledger, which is append-only, keeps the
lines that were written about the record (never an ID number). The ministry is told by uid alone and does the same to
its copy. Source: ADR-0010, ADR-0014.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from warrant.apps.audit.services import record
from warrant.apps.officers.models import (
    AdditionalEntry,
    Document,
    EducationRecord,
    FormDraft,
    Officer,
    OfficerNameToken,
    OfficerVersion,
    PlannedLeaving,
    RecordRequest,
)
from warrant.apps.officers.selectors.documents import document_path
from warrant.apps.officers.selectors.sealing import unfindable_index
from warrant.apps.officers.services.register import subject_of
from warrant.apps.officers.services.replica import publish_erasure, settle_replica
from warrant.apps.officers.types import ERASED_NAME
from warrant.core.lifecycle import (
    RECORD_REQUEST,
    UNDO_TIME,
    OfficerState,
    RecordRequestKind,
    RecordRequestState,
)

log = structlog.get_logger(__name__)

ERASED_BIRTH_ON = date(1900, 1, 1)
_AT_ONCE = 50

TOMBSTONE: dict[str, Any] = {
    "name": ERASED_NAME,
    "sort_key": "",
    "sex": "",
    "birth_on": ERASED_BIRTH_ON,
    "ethnicity": "",
    "id_number_sealed": b"",
    "id_tail_index": b"",
    "political_status": "",
    "education": "",
    "degree": "",
    "school": "",
    "major": "",
    "categories": "",
    "post": "",
    "position": "",
    "staffing": "",
    "has_legal_qualification": False,
    "work_started_on": None,
    "enforcement_started_on": None,
    "phone": "",
    "remark": "",
    "photo": None,
    "left_on": None,
    "left_kind": "",
    "arrived_on": None,
    "certificate_number": "",
    "certificate_state": "",
    "certificate_valid_until": None,
    "reviewed_year": 0,
    "trained_year": 0,
    "examined_year": 0,
}


def erase_deleted(*, now: datetime) -> int:
    """Erase the records whose 30 days are over; returns how many. What fails for one stops no other."""
    due = RecordRequest.system.filter(
        kind=RecordRequestKind.DELETION.value,
        state=RecordRequestState.APPLIED.value,
        decided_at__lte=now - UNDO_TIME,
    )
    erased = 0
    for pk in due.order_by("decided_at").values_list("pk", flat=True)[:_AT_ONCE]:
        digests = _erase(pk, now=now)
        if digests is not None:
            erased += 1
            _remove_files(digests)
    return erased


@transaction.atomic
def _erase(pk: int, *, now: datetime) -> set[str] | None:
    """Blank one record; returns the digests of its files, or nothing if somebody brought it back meanwhile."""
    known = RecordRequest.system.get(pk=pk)
    officer = Officer.system.select_for_update().get(pk=known.officer_id)
    request = RecordRequest.system.select_for_update().get(pk=pk)
    if request.state != RecordRequestState.APPLIED or officer.state != OfficerState.DELETED:
        return None
    request.state = RECORD_REQUEST.next_state("erase", request.state).value
    request.save(update_fields=["state"])
    requests = RecordRequest.system.filter(officer=officer)
    requests.update(number_sealed=b"", proof=None, reason="", opinion="")
    for entry in AdditionalEntry.objects.filter(officer=officer):
        FormDraft.objects.filter(form="entry-correct", subject=entry.pk).delete()
    entries = AdditionalEntry.objects.filter(officer=officer)
    entries.update(corrects=None)
    entries.delete()
    PlannedLeaving.objects.filter(officer=officer).delete()
    educations = EducationRecord.objects.filter(officer=officer)
    educations.update(corrects=None)
    educations.delete()
    FormDraft.objects.filter(subject=officer.pk).exclude(form="entry-correct").delete()
    blank_records([officer.pk], now=now)
    Officer.system.filter(pk=officer.pk).update(id_number_index=unfindable_index(officer.uid))
    documents = Document.system.filter(officer_uid=officer.uid)
    digests = set(documents.values_list("digest", flat=True))
    documents.delete()
    record(None, "officer.erased", subject_of(officer), "—", now=now, detail={"request": request.pk})
    return digests - set(Document.system.filter(digest__in=digests).values_list("digest", flat=True))


@transaction.atomic
def blank_records(officer_ids: Collection[int], *, now: datetime) -> None:
    """Leave nothing that names deleted officers in their rows, versions and search tokens, nor with who follows.

    The caller has locked and deleted them, made their blind indexes unfindable, and audits it. What hangs on them
    (entries, files, drafts) is not touched.
    """
    told = settle_replica(officer_ids, now=now)
    blank_rows(officer_ids, now=now)
    publish_erasure(told, now=now)


def blank_rows(officer_ids: Collection[int], *, now: datetime) -> None:
    """Blank what stands in this database, here or at the ministry, in the running transaction."""
    OfficerNameToken.objects.filter(officer_id__in=officer_ids).delete()
    Officer.system.filter(pk__in=officer_ids).update(**TOMBSTONE, changed_at=now)
    OfficerVersion.system.filter(officer_id__in=officer_ids).update(content={}, changed_fields=[], reason="")
    for path in getattr(settings, "WARRANT_ERASURE_FOLLOWERS", ()):
        import_string(path)(officer_ids)


def _remove_files(digests: set[str]) -> None:
    """Take files off the disk that no row names any more, after the rows have gone."""
    for digest in digests:
        with contextlib.suppress(FileNotFoundError):
            document_path(digest).unlink()
            log.info("document-erased", digest=digest[:16])
