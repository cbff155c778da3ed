"""The links *card made* and *handed over* of an officer's chain."""

from __future__ import annotations

from django.conf import settings
from django.db.models import FilteredRelation, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.cardcentre.models import CardJob
from warrant.apps.cardcentre.selectors.jobs import trouble_text
from warrant.apps.cardcentre.selectors.leaked import on_leaked_keys
from warrant.apps.cardcentre.types import SUITE_LABELS
from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.selectors import certificates_with_last_person, holding_links
from warrant.apps.officers.models import Officer
from warrant.apps.officers.types import ChainLink
from warrant.core.lifecycle import CERTIFICATE, CardJobState, CertificateState

_OF_THE_COUNTING_JOB: tuple[str, ...] = (
    "counting_job__card__handed_over_by__agency",
    "counting_job__finished_by",
)


def chain_links(officer: Officer) -> list[ChainLink]:
    """Return the links *card made* and *handed over* of the officer's newest certificate, and where it is broken.

    All in one query: of the jobs of a certificate at most one is not spoiled (``card_job_one_open``).
    """
    made, handed = _("制卡"), _("发放")
    job_that_counts = FilteredRelation("card_jobs", condition=~Q(card_jobs__state=CardJobState.SPOILED))
    certificate = (
        certificates_with_last_person(officer)
        .annotate(counting_job=job_that_counts)
        .annotate(is_on_leaked_keys=on_leaked_keys("counting_job__card"))
        .select_related(*_OF_THE_COUNTING_JOB)
        .first()
    )
    if certificate is None:
        return [ChainLink(title=made, order=70), ChainLink(title=handed, order=80)]
    job: CardJob | None = getattr(certificate, "counting_job", None)
    return [
        *_card_links(certificate, job, made, handed),
        *_leaked_links(certificate, job),
        *holding_links(certificate),
    ]


def _leaked_links(certificate: Certificate, job: CardJob | None) -> list[ChainLink]:
    """Say that the card of a certificate in use proves nothing: others know its keys."""
    if job is None or job.card is None or not getattr(certificate, "is_on_leaked_keys", False):
        return []
    if certificate.state in CERTIFICATE.final:
        return []
    return [
        ChainLink(
            title=_("证卡密钥"),
            tone="broken",
            at=None,
            unit=settings.WARRANT_NODE.name,
            note=_("%(suite)s 第 %(version)s 版密钥已泄露：这张卡的芯片不能再作为凭据")
            % {
                "suite": SUITE_LABELS.get(job.card.key_suite, job.card.key_suite),
                "version": job.card.key_version,
            },
            cure=_("收回此卡，为持证人补换"),
            cure_url=reverse("certificate-detail", args=[certificate.number]),
            order=82,
        )
    ]


def _card_links(certificate: Certificate, job: CardJob | None, made: str, handed: str) -> list[ChainLink]:
    centre = settings.WARRANT_NODE.name
    if job is None or job.state != CardJobState.FINISHED:
        return [_making_link(certificate, job, made, centre), ChainLink(title=handed, order=80)]
    person = job.finished_by.display_name if job.finished_by else ""
    first = ChainLink(title=made, tone="whole", at=job.finished_at, unit=centre, person=person, order=70)
    card = job.card
    if card is None or card.handed_over_at is None:
        return [first, ChainLink(title=handed, tone="current", note=_("待本人签收"), order=80)]
    giver = card.handed_over_by
    return [
        first,
        ChainLink(
            title=handed,
            tone="whole",
            at=card.handed_over_at,
            unit=giver.agency.name if giver else "",
            person=giver.display_name if giver else "",
            order=80,
        ),
    ]


def _making_link(certificate: Certificate, job: CardJob | None, title: str, centre: str) -> ChainLink:
    if certificate.state != CertificateState.AWAITING_PRODUCTION:
        return ChainLink(title=title, order=70)
    note = trouble_text(job.trouble) if job is not None else ""
    return ChainLink(title=title, tone="current", unit=centre, note=note or _("等待制卡中心制卡"), order=70)
