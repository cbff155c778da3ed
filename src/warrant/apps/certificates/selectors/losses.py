"""The loss of a certificate: when it was reported, where it was published, what still bars a replacement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.applications.selectors.regulations import province_code_of, steps_document
from warrant.apps.applications.types import KeptProof, LossStanding
from warrant.apps.certificates.models import Certificate, CertificateEntry, CertificateNotice, LossNotice
from warrant.apps.certificates.selectors.reading import entries_of, is_own, latest_among
from warrant.apps.certificates.types import RECEIPT
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.lifecycle import CertificateState


def report_of(certificate: Certificate) -> CertificateEntry | None:
    """Return the report on which a lost certificate stands lost; nothing for one that is not."""
    if certificate.state != CertificateState.LOST:
        return None
    return latest_among(entries_of(certificate), "report-lost")


def can_record_notice(viewer: Actor, certificate: Certificate) -> bool:
    """Tell whether the certificate is lost and the viewer, its holder or of the unit, may record where that was published."""
    if certificate.state != CertificateState.LOST:
        return False
    return is_own(viewer, certificate) or is_permitted(
        viewer, Permission.CERTIFICATE_REPORT_LOST, certificate.place
    )


def in_use_from(report: CertificateEntry) -> date:
    """Return the day on which the certificate last came into use before it was reported: no notice can be older."""
    earlier = CertificateEntry.objects.filter(
        certificate=report.certificate_id, id__lt=report.pk, to_state=CertificateState.ACTIVE.value
    )
    began = earlier.exclude(action__in=("return", "reinstate")).order_by("-id").first()
    return timezone.localdate(began.happened_at) if began else report.certificate.valid_from


def notices_of(certificate: Certificate) -> list[LossNotice]:
    """Return all notices that were ever recorded about the certificate, newest first."""
    rows = LossNotice.objects.filter(report__certificate=certificate)
    return list(rows.select_related("document", "recorded_by", "report").order_by("-id"))


def notice_of(certificate: Certificate) -> LossNotice | None:
    """Return the notice that counts for the present loss; nothing while none was recorded."""
    report = report_of(certificate)
    return next((row for row in notices_of(certificate) if row.report == report), None) if report else None


@dataclass(frozen=True)
class ShownNotice:
    """The notice of one loss as a page shows it: the latest that was recorded of it, and by whom."""

    where: str
    happened_on: date
    document_id: int
    file_name: str
    recorded_by: str


@dataclass(frozen=True)
class HistoryRow:
    """One act with what hangs on it: the notice of a loss that was published, and the papers issued, by kind."""

    entry: CertificateEntry
    loss: ShownNotice | None
    papers: Mapping[str, Mapping[str, Any]]


def history_of(certificate: Certificate) -> list[HistoryRow]:
    """Return what happened to the certificate, newest first, with everything that hangs on each act: one query."""
    losses = LossNotice.objects.filter(report=OuterRef("pk")).order_by("-id")
    loss = JSONObject(
        where="where",
        happened_on="happened_on",
        document_id="document_id",
        file_name="document__file_name",
        recorded_by="recorded_by__display_name",
    )
    issued = CertificateNotice.objects.filter(entry=OuterRef("pk")).order_by("id")
    paper = JSONObject(
        kind="kind",
        unit="unit__name",
        year="year",
        seq="seq",
        document_id="document_id",
        issued_by="issued_by_name",
    )
    rows = certificate.entries.annotate(
        loss=Subquery(losses.values(shown=loss)[:1]),
        decision=Subquery(issued.exclude(kind=RECEIPT).values(shown=paper)[:1]),
        receipt=Subquery(issued.filter(kind=RECEIPT).values(shown=paper)[:1]),
    )
    return [
        HistoryRow(
            row,
            _shown(row.loss),
            {paper["kind"]: paper for paper in (row.decision, row.receipt) if paper is not None},
        )
        for row in rows.order_by("-happened_at", "-id")
    ]


def _shown(notice: dict[str, Any] | None) -> ShownNotice | None:
    if notice is None:
        return None
    return ShownNotice(**{**notice, "happened_on": date.fromisoformat(notice["happened_on"])})


def replaceable_from(certificate: Certificate, notice: KeptProof | ShownNotice) -> date:
    """Return the first day on which a replacement may be asked for, by the rule in force on the day of the notice."""
    rule = steps_document(province_code_of(certificate.officer), notice.happened_on).replacement
    return notice.happened_on + timedelta(days=rule.notice_days)


def loss_standing(number: str) -> LossStanding | None:
    """Return how the loss of a certificate stands, as applications ask for it; ``None`` if there is no such certificate."""
    certificate = Certificate.system.filter(number=number).first()
    if certificate is None:
        return None
    is_reported = certificate.state == CertificateState.LOST
    return LossStanding(
        number=number,
        is_reported=is_reported,
        notice=notice_of(certificate) if is_reported else None,
        url=reverse("certificate-loss-notice" if is_reported else "certificate-detail", args=[number]),
    )


def loss_words(certificate: Certificate, notice: KeptProof | ShownNotice | None) -> str:
    """Return who has to do what by when about a lost certificate."""
    if notice is None:
        words = _("请本人和所在单位在 %(day)s 前刊登遗失声明并在此登记；没有声明不能补发。找回的，解除挂失。")
        return words % {"day": certificate.due_on.isoformat() if certificate.due_on else "—"}
    first = replaceable_from(certificate, notice)
    words = _(
        "已于 %(day)s 在“%(where)s”刊登遗失声明；所在单位自 %(first)s 起可以申请补发。找回的，解除挂失。"
    )
    return words % {
        "day": notice.happened_on.isoformat(),
        "where": notice.where,
        "first": first.isoformat(),
    }
