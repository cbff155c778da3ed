"""Reading additional data: what stands, what was corrected or withdrawn, and what was known when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.officers.models import AdditionalEntry, Correctable, Document, Officer
from warrant.apps.officers.selectors.register import code_name, is_own
from warrant.apps.officers.types import Panel
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_, NotFound
from warrant.core.record import KINDS, EntryKind, Kind


class Standing(StrEnum):
    """Whether an entry counts."""

    VALID = "valid"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class EntryFace:
    """One entry as pages show it. ``cells`` is field to text in the language of the request."""

    entry: AdditionalEntry
    kind: Kind
    cells: Mapping[str, str]
    summary: str
    standing: Standing
    proofs: tuple[Document, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Tell whether the entry counts."""
        return self.standing is Standing.VALID


def entry_cells(kind: Kind, content: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of an entry in words; fields left empty are empty."""
    return {
        field.name: code_name(field.table, content.get(field.name, ""))
        if field.table is not None
        else content.get(field.name, "")
        for field in kind.fields
    }


def summary_of(kind: Kind, content: Mapping[str, str]) -> str:
    """Return what an entry is in one line."""
    cells = entry_cells(kind, content)
    return " ".join(cells[name] for name in kind.summary if cells[name])


def chinese_summary(kind: Kind, content: Mapping[str, str]) -> str:
    """Return the same line for the audit ledger, which speaks Chinese whoever reads it."""
    words = []
    for name in kind.summary:
        field, text = kind.field(name), content.get(name, "")
        words.append(field.table.by_code(text).name if field.table is not None and text else text)
    return f"{kind.title} {' '.join(filter(None, words))}"


def standings(entries: Iterable[Correctable], at: datetime | None = None) -> dict[int, Standing]:
    """Return how each entry stood at an instant, by primary key; what was not recorded yet is missing.

    ``at`` is now without a word. Withdrawing a correction lets the corrected entry count again.
    """
    known = [row for row in entries if at is None or row.recorded_at <= at]
    found = {
        row.pk: Standing.WITHDRAWN
        if row.ended_at is not None and (at is None or row.ended_at <= at)
        else Standing.VALID
        for row in known
    }
    for row in known:
        corrected = row.corrects_id or 0
        if found[row.pk] is not Standing.WITHDRAWN and found.get(corrected) is Standing.VALID:
            found[corrected] = Standing.CORRECTED
    return found


def entries_of(officer: Officer) -> list[AdditionalEntry]:
    """Return every entry, latest first, with its proofs; the caller has checked that the viewer may see them."""
    rows = officer.entries.select_related("recorded_by", "withdrawn_by").prefetch_related("proofs__document")
    return list(rows.order_by("-from_on", "-id"))


def faces_of(entries: list[AdditionalEntry], at: datetime | None = None) -> list[EntryFace]:
    """Return the entries as pages show them, in the same order; what was not known at ``at`` is left out."""
    found = standings(entries, at)
    return [
        EntryFace(
            entry=row,
            kind=KINDS[EntryKind(row.kind)],
            cells=entry_cells(KINDS[EntryKind(row.kind)], row.content),
            summary=summary_of(KINDS[EntryKind(row.kind)], row.content),
            standing=found[row.pk],
            proofs=tuple(proof.document for proof in row.proofs.all()),
        )
        for row in entries
        if row.pk in found
    ]


def entry_for(viewer: Actor, pk: int) -> AdditionalEntry:
    """Return an entry of an officer that the viewer may see, or of the viewer's own record.

    Raises:
        NotFound: there is none, or it lies out of scope.
    """
    officers = Officer.objects.visible_to(viewer, Permission.OFFICER_VIEW)
    condition = Q(officer__in=officers.values("pk"))
    if viewer.officer_uid and viewer.has_anywhere(Permission.OWN_RECORD):
        condition |= Q(officer__uid=viewer.officer_uid)
    rows = AdditionalEntry.objects.select_related("officer__agency", "recorded_by", "withdrawn_by")
    found = rows.prefetch_related("proofs__document").filter(condition, pk=pk).first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found


def can_edit(viewer: Actor, officer: Officer) -> bool:
    """Tell whether the viewer may add to this record; nobody adds to the own one."""
    return is_permitted(viewer, Permission.OFFICER_EDIT, officer.place) and not is_own(viewer, officer)


def _section(kind: Kind, faces: list[EntryFace], officer: Officer, *, may_add: bool) -> dict[str, Any]:
    mine = [face for face in faces if face.kind is kind]
    return {
        "title": _(kind.title),
        "columns": [(field.name, _(field.label)) for field in kind.fields],
        "faces": [face for face in mine if face.is_valid],
        "past": [face for face in mine if not face.is_valid],
        "add_url": reverse("officer-entry-add", args=[officer.pk, kind.kind.value]) if may_add else "",
    }


def entries_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Return the box with the additional data, kind by kind."""
    if not (is_own(viewer, officer) or is_permitted(viewer, Permission.OFFICER_VIEW, officer.place)):
        return None
    faces = faces_of(entries_of(officer))
    may_add = can_edit(viewer, officer)
    sections = [_section(kind, faces, officer, may_add=may_add) for kind in KINDS.values()]
    return Panel(
        title=_("附加信息"),
        template="officers/entries.jinja",
        context={
            "sections": [section for section in sections if section["faces"] or section["past"]],
            "empty_sections": [s for s in sections if not (s["faces"] or s["past"])],
            "may_add": may_add,
        },
        order=20,
        count=sum(face.is_valid for face in faces),
        anchor="entries",
    )


def documents_of(officer: Officer) -> list[Document]:
    """Return the files kept about an officer, latest first; the caller has checked that the viewer may see them."""
    rows = Document.system.filter(officer_uid=officer.uid).select_related("uploaded_by")
    return list(rows.order_by("-uploaded_at", "-id")[:200])


def documents_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Return the box with all files kept about the officer."""
    if not (is_own(viewer, officer) or is_permitted(viewer, Permission.OFFICER_VIEW, officer.place)):
        return None
    documents = documents_of(officer)
    return Panel(
        title=_("材料"),
        template="officers/documents.jinja",
        context={"documents": documents, "photo_id": officer.photo_id},
        order=50,
        count=len(documents),
        anchor="documents",
    )
