"""Documents of filings: which a filing names, what was asked for and said about them, and what waits for the province."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application
from warrant.apps.filing.models import DocumentRequest, Filing, FilingRequest
from warrant.apps.filing.selectors.faces import DOCUMENT_WORDS
from warrant.apps.filing.types import FiledCase
from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.officers.models import Document
from warrant.apps.officers.selectors.documents import document_content
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, InvalidInput, NotFound, Unavailable
from warrant.core.lifecycle.filing import DocumentRequestState, OriginalState

STATE_FACES = {
    DocumentRequestState.ASKED: (N_("等待该省核对"), "waiting"),
    DocumentRequestState.ANSWERED: (N_("已核对"), "valid"),
    DocumentRequestState.DROPPED: (N_("已随决定终止"), "ended"),
}
ORIGINAL_FACES = {
    OriginalState.AGREES: (N_("原件一致"), "valid"),
    OriginalState.DIFFERS: (N_("与原件不一致"), "broken"),
    OriginalState.MISSING: (N_("没有原件"), "attention"),
}


def named_documents(case: FiledCase) -> dict[str, str]:
    """Return the digests that a filing names, the photo first, with what each is of (a msgid)."""
    named = {case.photo_digest: DOCUMENT_WORDS["photo"]} if case.photo_digest else {}
    for document in case.documents:
        named.setdefault(document.digest, DOCUMENT_WORDS.get(document.kind, document.kind))
    for waiver in case.waivers:
        if waiver.digest:
            named.setdefault(waiver.digest, N_("豁免材料"))
    return named


def is_file_kept(digest: str) -> bool:
    """Tell whether this node holds a file of this digest whose bytes still give it."""
    document = Document.system.filter(digest=digest).first()
    if document is None:
        return False
    try:
        return hashlib.sha256(document_content(document)).hexdigest() == digest
    except (Unavailable, InvalidInput):
        return False


def requests_shown(of: Filing | FilingRequest, named: dict[str, str]) -> list[dict[str, Any]]:
    """Return what was asked for of one filing and what was said, newest first, in words."""
    rows = sorted(of.document_requests.all(), key=lambda row: -row.number)
    return [
        {
            "row": row,
            "state": _face(STATE_FACES[DocumentRequestState(row.state)]),
            "documents": [_(named.get(digest, "")) or digest[:16] for digest in row.digests],
            "answer": [
                {
                    **said,
                    "kind": _(named.get(said["digest"], "")),
                    "face": _face(ORIGINAL_FACES[OriginalState(said["original"])]),
                }
                for said in row.answer
            ],
        }
        for row in rows
    ]


def _face(face: tuple[str, str]) -> dict[str, str]:
    return {"word": _(face[0]), "tone": face[1]}


def document_request_for(viewer: Actor, pk: int) -> DocumentRequest:
    """Return a wish of the ministry about a case that the viewer may see. Raises: NotFound."""
    own = Application.objects.visible_to(viewer, Permission.APPLICATION_VIEW)
    rows = DocumentRequest.objects.select_related("request__application__officer", "request__entry")
    found = rows.filter(pk=pk, request__application__in=own).first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found


def document_work_queues(viewer: Actor) -> list[Queue]:
    """Return the documents that the province has to hold against their originals, oldest first."""
    if not viewer.has_anywhere(Permission.APPLICATION_APPROVE):
        return []
    own = Application.objects.visible_to(viewer, Permission.APPLICATION_APPROVE)
    # Few documents are asked for, and the applications are many: each request looks its own one up.
    rows = DocumentRequest.objects.filter(
        Exists(own.filter(pk=OuterRef("request__application_id"))), state=DocumentRequestState.ASKED.value
    ).order_by("asked_at", "id")
    fields = ("pk", "asked_at", "reason", "request__application__officer__name")
    return [Queue(rows, fields, _item)]


def _item(row: Any) -> WorkItem:
    return WorkItem(
        kind="filing-documents",
        title=_("核对材料原件：%(name)s") % {"name": row.request.application.officer.name},
        detail=row.reason,
        url=reverse("filing-documents", args=[row.pk]),
        waiting_since=row.asked_at,
        action=_("办理"),
    )
