"""The proofs of a replacement: which one a case asks for on a day, whether it is there, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application, GroundsProof
from warrant.apps.applications.selectors.regulations import province_code_of, steps_document
from warrant.core.lifecycle import ApplicationKind
from warrant.core.lifecycle.application_grounds import ProofKind, proof_kind


def proof_kind_of(application: Application) -> ProofKind | None:
    """Return the proof that belongs to the grounds of a case, whether it is asked for or not."""
    return proof_kind(ApplicationKind(application.kind), application.grounds)


def proofs_of(application: Application) -> list[GroundsProof]:
    """Return the proofs that were kept, with their documents; no query for kinds that have none."""
    if proof_kind_of(application) is None:
        return []
    if "grounds_proofs" in getattr(application, "_prefetched_objects_cache", {}):
        return list(application.grounds_proofs.all())
    return list(application.grounds_proofs.select_related("document").order_by("pk"))


@dataclass(frozen=True)
class ProofStanding:
    """The proof a case has room for: its kind, what was kept of it, and in words what is still wanted (or nothing)."""

    kind: ProofKind
    kept: GroundsProof | None
    is_asked: bool
    missing: str


def proof_standing(application: Application, on: date) -> ProofStanding | None:
    """Return how the proof of a replacement stands on a day; ``None`` for a case without such grounds."""
    kind = proof_kind_of(application)
    if kind is None:
        return None
    kept = next((row for row in proofs_of(application) if row.kind == kind.code), None)
    asked = steps_document(province_code_of(application.officer), on).replacement
    is_asked = kind.code in asked.asked
    missing = ""
    if is_asked and kept is None:
        missing = _("缺少%(proof)s：请填写%(where)s、%(day)s并上传%(file)s") % {
            "proof": _(kind.title),
            "where": _(kind.where),
            "day": _(kind.day),
            "file": _(kind.file_hint),
        }
    elif is_asked and kept is not None and kind.code == "loss-notice":
        first = kept.happened_on + timedelta(days=asked.notice_days)
        if first > on:
            missing = _("遗失声明须刊登满 %(days)s 日，自 %(first)s 起可以办理") % {
                "days": asked.notice_days,
                "first": first.isoformat(),
            }
    return ProofStanding(kind, kept, is_asked, missing)


def missing_proof(application: Application, on: date) -> str:
    """Return in words what the grounds of a case still want on a day; empty when they are proven or nothing is asked."""
    standing = proof_standing(application, on)
    return standing.missing if standing is not None else ""


def proof_lines(application: Application) -> list[tuple[str, str, str, str, str]]:
    """Return what papers say of each proof: what, where, on which day, the file's name, its SHA-256."""
    kind = proof_kind_of(application)
    return [
        (_(kind.title), row.where, row.happened_on.isoformat(), row.document.file_name, row.document.digest)
        for row in proofs_of(application)
        if kind is not None
    ]
