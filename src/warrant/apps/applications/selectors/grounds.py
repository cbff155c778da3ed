"""The proofs of a replacement: which one a case asks for on a day, whether it is there, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application, GroundsProof
from warrant.apps.applications.selectors.regulations import province_code_of, steps_document
from warrant.apps.applications.types import KeptProof, LossStanding
from warrant.core.lifecycle import ApplicationKind, ApplicationState
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


_WITH_UNIT = (ApplicationState.DRAFT.value, ApplicationState.RETURNED.value)


def loss_standing(application: Application) -> LossStanding | None:
    """Return how the loss of the certificate of a case stands, as the app above knows it."""
    path = settings.WARRANT_LOSS_STANDING
    if not path or not application.certificate_number:
        return None
    found: LossStanding | None = import_string(path)(application.certificate_number)
    return found


@dataclass(frozen=True)
class ProofStanding:
    """The proof a case has room for: its kind, what was kept of it, and in words what is still wanted (or nothing).

    ``url``: where a proof that is kept with the certificate is recorded.
    """

    kind: ProofKind
    kept: KeptProof | None
    is_asked: bool
    missing: str
    url: str = ""


def proof_standing(application: Application, on: date) -> ProofStanding | None:
    """Return how the proof of a replacement stands on a day; ``None`` for a case without such grounds.

    What is kept with the certificate is read there as long as the case is with the unit; then its own copy counts.
    """
    kind = proof_kind_of(application)
    if kind is None:
        return None
    kept: KeptProof | None = next((row for row in proofs_of(application) if row.kind == kind.code), None)
    asked = steps_document(province_code_of(application.officer), on).replacement
    is_asked = kind.code in asked.asked
    loss = loss_standing(application) if kind.is_of_certificate and application.state in _WITH_UNIT else None
    if kind.is_of_certificate and application.state in _WITH_UNIT:
        kept = loss.notice if loss is not None else None
    missing = ""
    if is_asked and kept is None:
        missing = _missing_words(kind, application, loss)
    elif is_asked and kept is not None and kind.is_of_certificate:
        first = kept.happened_on + timedelta(days=asked.notice_days)
        if first > on:
            missing = _("遗失声明须刊登满 %(days)s 日，自 %(first)s 起可以办理") % {
                "days": asked.notice_days,
                "first": first.isoformat(),
            }
    return ProofStanding(kind, kept, is_asked, missing, loss.url if loss is not None else "")


def _missing_words(kind: ProofKind, application: Application, loss: LossStanding | None) -> str:
    number = {"number": application.certificate_number}
    if kind.is_of_certificate:
        return (
            _("证件 %(number)s 没有登记遗失声明：请在证件页登记刊登处、刊登日期并上传声明") % number
            if loss is None or loss.is_reported
            else _("证件 %(number)s 不在挂失状态：请先挂失并登记遗失声明") % number
        )
    return _("缺少%(proof)s：请填写%(where)s、%(day)s并上传%(file)s") % {
        "proof": _(kind.title),
        "where": _(kind.where),
        "day": _(kind.day),
        "file": _(kind.file_hint),
    }


def loss_gone(application: Application, on: date) -> str:
    """Return in words that the certificate of a case is not lost now, where the rules of the day ask for its notice."""
    standing = proof_standing(application, on)
    if standing is None or not standing.is_asked or not standing.kind.is_of_certificate:
        return ""
    loss = loss_standing(application)
    if loss is not None and loss.is_reported:
        return ""
    return _("证件 %(number)s 已不在挂失状态，不能按遗失补发") % {"number": application.certificate_number}


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
