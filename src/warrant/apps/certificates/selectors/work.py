"""What waits for somebody, and the figures of the first page.

Source of the terms: ``core.lifecycle.certificate_grounds``. What is overdue goes to the unit above as well.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.certificates.models import Certificate, CertificateEntry, LossNotice
from warrant.apps.certificates.selectors.listing import certificates_for
from warrant.apps.certificates.selectors.reading import SUSPENDED, face_of
from warrant.apps.certificates.selectors.terms import due_words, is_overdue
from warrant.apps.foundation import clock
from warrant.apps.foundation.work import Glance, Queue, WorkItem
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle import CertificateState

_LATEST_REPORT = CertificateEntry.objects.filter(
    certificate=OuterRef(OuterRef("pk")), action="report-lost"
).order_by("-id")
_IS_PUBLISHED = Exists(LossNotice.objects.filter(report=Subquery(_LATEST_REPORT.values("pk")[:1])))
_FIELDS = ("number", "state", "agency_name", "changed_at", "due_on", "officer__name")


def work_queues(viewer: Actor) -> list[Queue]:
    """Return lost certificates for the unit, and what is withheld or overdue for whoever may end or return it.

    A loss waits for the unit from the first day, and for every unit above once its term is over.
    """
    queues = []
    overdue = Q(due_on__lt=clock.today())
    if viewer.has_anywhere(Permission.CERTIFICATE_REPORT_LOST):
        units = {grant.unit_id for grant in viewer.grants_for(Permission.CERTIFICATE_REPORT_LOST)}
        rows = Certificate.objects.visible_to(viewer, Permission.CERTIFICATE_REPORT_LOST)
        rows = rows.filter(state=CertificateState.LOST.value).annotate(
            nearest=Coalesce("county_unit", "city_unit", "province_unit"),
            is_published=_IS_PUBLISHED,
        )
        own = Q(nearest__in=units) | Q(agency_unit__in=units)
        queues.append(
            Queue(rows.filter(own | overdue).order_by("changed_at"), (*_FIELDS, "is_published"), _loss_item)
        )
    if viewer.has_anywhere(Permission.CERTIFICATE_WITHHOLD):
        rows = Certificate.objects.visible_to(viewer, Permission.CERTIFICATE_WITHHOLD).filter(
            Q(state=CertificateState.WITHHELD.value) | overdue, state__in=SUSPENDED
        )
        queues.append(Queue(rows.order_by("changed_at"), _FIELDS, _item))
    return queues


def _item(row: Certificate) -> WorkItem:
    return WorkItem(
        kind="certificate",
        title=_("%(word)s待处理：%(name)s") % {"word": _(face_of(row).word), "name": row.officer.name},
        detail=f"{row.agency_name} {row.number}",
        url=reverse("certificate-detail", args=[row.number]),
        waiting_since=row.changed_at,
        tone="broken" if is_overdue(row) else "waiting",
        due=due_words(row),
    )


def _loss_item(row: Certificate) -> WorkItem:
    is_published = bool(getattr(row, "is_published", False))
    title = _("已刊登遗失声明，待申请补发：%(name)s") if is_published else _("待刊登遗失声明：%(name)s")
    return WorkItem(
        kind="certificate",
        title=title % {"name": row.officer.name},
        detail=f"{row.agency_name} {row.number}",
        url=reverse("certificate-detail" if is_published else "certificate-loss-notice", args=[row.number]),
        waiting_since=row.changed_at,
        tone="broken" if is_overdue(row) else "waiting",
        due=due_words(row),
    )


def glances(viewer: Actor) -> list[Glance]:
    """Return how many certificates are valid, lost or withheld, and about to expire."""
    if viewer.officer_uid and viewer.has_anywhere(Permission.OWN_RECORD):
        own = Certificate.system.filter(officer__uid=viewer.officer_uid, state=CertificateState.ACTIVE.value)
        return [Glance(_("本人有效证件"), own, reverse("own-record"))]
    if not viewer.has_anywhere(Permission.CERTIFICATE_VIEW):
        return []
    url = reverse("certificate-list")
    figures = [
        (_("有效证件"), CertificateState.ACTIVE.value),
        (_("已挂失"), CertificateState.LOST.value),
        (_("已暂扣"), CertificateState.WITHHELD.value),
        (_("60 日内到期"), "expiring"),
    ]
    return [
        Glance(label, certificates_for(viewer, state=state), f"{url}?state={state}")
        for label, state in figures
    ]
