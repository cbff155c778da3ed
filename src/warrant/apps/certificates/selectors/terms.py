"""By when a lost or withheld certificate has to be dealt with, by whom, and what has been done so far."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.applications.types import KeptProof
from warrant.apps.certificates.models import Certificate, CertificateEntry
from warrant.apps.certificates.selectors.due_reviews import due_review
from warrant.apps.certificates.selectors.losses import ShownNotice, loss_words
from warrant.apps.certificates.selectors.reading import EXPIRY_NOTICE, entries_of, latest_among
from warrant.apps.foundation import clock
from warrant.apps.officers.models import COUNTING
from warrant.apps.training.models import TrainingRecord
from warrant.core.lifecycle import CertificateState
from warrant.core.lifecycle.certificate import IN_USE
from warrant.core.lifecycle.certificate_grounds import (
    DECLARATIONS,
    LONGEST_WITHHOLDING,
    LOSS_TERM,
    asks_training,
)


def is_overdue(certificate: Certificate) -> bool:
    """Tell whether a lost or withheld certificate should have been dealt with before today."""
    return certificate.due_on is not None and certificate.due_on < clock.today()


def due_words(certificate: Certificate) -> str:
    """Return by when a lost or withheld certificate is to be dealt with; empty where no day is set."""
    if certificate.due_on is None:
        return ""
    day = {"day": certificate.due_on.isoformat()}
    return _("%(day)s 已到期") % day if is_overdue(certificate) else _("%(day)s 前办理") % day


def deadline_after(action: str, on: date) -> list[str]:
    """Return by when an act of today would have to be followed up; nothing where it sets no day."""
    if action == "report-lost":
        day = {"day": (on + LOSS_TERM).isoformat()}
        return [_("期限：请在 %(day)s 前刊登遗失声明并登记；找回的，解除挂失。") % day]
    if DECLARATIONS[action].asks_until:
        last = {"last": (on + LONGEST_WITHHOLDING).isoformat()}
        return [_("期限：最长暂扣至 %(last)s；到期不会自动发还，须作出决定。") % last]
    return []


def due_cell(certificate: Certificate, on: date) -> dict[str, str] | None:
    """Return for a list what is nearest about a certificate: overdue, due, its review, its last day; or nothing."""
    if certificate.due_on is not None:
        return {"word": due_words(certificate), "tone": "broken" if certificate.due_on < on else "attention"}
    review = due_review(certificate, on)
    if review is not None:
        return {"word": review.word, "tone": review.tone}
    is_in_use = certificate.state in IN_USE
    if is_in_use and on <= certificate.valid_until <= on + EXPIRY_NOTICE:
        return {
            "word": _("证件 %(count)s 天后到期") % {"count": (certificate.valid_until - on).days},
            "tone": "attention",
        }
    return None


def withholding_of(certificate: Certificate) -> CertificateEntry | None:
    """Return the act by which a withheld certificate was withheld; nothing for any other."""
    if certificate.state != CertificateState.WITHHELD:
        return None
    return latest_among(entries_of(certificate), "withhold")


def training_since(certificate: Certificate, withholding: CertificateEntry, on: date) -> list[TrainingRecord]:
    """Return the courses that the holder began after the withholding and had completed by a day, newest first."""
    since = timezone.localdate(withholding.happened_at)
    rows = TrainingRecord.objects.filter(
        COUNTING, officer=certificate.officer_id, started_on__gte=since, finished_on__lte=on
    )
    return list(rows.order_by("-finished_on", "-pk"))


def next_step_words(
    certificate: Certificate,
    notice: KeptProof | ShownNotice | None,
    withholding: CertificateEntry | None,
    trainings: list[TrainingRecord],
) -> str:
    """Return who has to do what by when with a lost or withheld certificate; empty for any other."""
    if certificate.state == CertificateState.LOST:
        return loss_words(certificate, notice)
    if certificate.state != CertificateState.WITHHELD:
        return ""
    parts = []
    if certificate.due_on is not None:
        day = {"day": certificate.due_on.isoformat()}
        parts.append(
            _("暂扣至 %(day)s；请有权发还的单位在此日前决定发还、注销或者吊销，不会自动发还。") % day
        )
    if withholding is not None and asks_training(withholding.ground):
        parts.append(
            _("离岗培训已完成：%(course)s，%(day)s。")
            % {"course": trainings[0].course, "day": trainings[0].finished_on.isoformat()}
            if trainings
            else _("离岗培训尚未完成：请所在单位安排培训并登记，完成后才能发还。")
        )
    return " ".join(parts)
