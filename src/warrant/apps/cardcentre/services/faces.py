"""The printed face of a finished card; drawn from what was filed, behind the same gate as the chip."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from warrant.apps.cardcentre.models import CardJob
from warrant.apps.cardcentre.services.gate import pass_gate
from warrant.apps.cardcentre.types import WHITE
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation.ports import card_face_printer
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.core.credential.face_design import FaceDesign, FaceDesigns
from warrant.core.credential.qr import qr_text
from warrant.core.errors import N_, Conflict
from warrant.core.lifecycle import CardJobState
from warrant.core.ports import CardFace, FacePart
from warrant.core.regulation.kinds import RegulationKind
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY


@dataclass(frozen=True)
class PrintLayout:
    """What is printed (nothing said: what the blanks lack), and how far right and up it is moved, in millimetres."""

    part: FacePart | None = None
    shift: tuple[float, float] = (0.0, 0.0)


AS_THE_BLANKS_ASK = PrintLayout()
DRAWABLE = (CardJobState.MADE, CardJobState.FINISHED)
"""The face is printed before the card is checked."""


def draw_face(certificate: Certificate, layout: PrintLayout = AS_THE_BLANKS_ASK) -> bytes:
    """Return the PDF of front and back; the caller has checked that it may.

    Raises: Conflict ``card-missing``, ``no-verified-receipt``, ``blank-printed``; InvalidInput for a character that has no glyph, or a
    shift that is too far.
    """
    return draw_faces([certificate], layout)


def draw_faces(certificates: Sequence[Certificate], layout: PrintLayout = AS_THE_BLANKS_ASK) -> bytes:
    """Return one PDF for several cards, front and back of each in turn; the caller has checked that it may.

    All have to be of one design: cards of two designs go into the printer with two kinds of blanks.

    Raises: as :func:`draw_face`; Conflict ``two-designs``, ``two-kinds-of-blanks``.
    """
    jobs = CardJob.objects.filter(certificate__in=[row.pk for row in certificates], state__in=DRAWABLE)
    jobs = jobs.select_related("card__batch")
    made = {job.certificate_id: job for job in jobs}
    faces, designs, printed = [], set(), set()
    for certificate in certificates:
        job = made.get(certificate.pk)
        if job is None or job.card is None or job.credential is None:
            raise Conflict("card-missing", N_("该证件还没有制成的卡"))
        design = design_of(job)
        designs.add(design.version)
        printed.add(job.card.batch.face_version)
        faces.append(_face(certificate, job))
    if len(designs) > 1:
        raise Conflict("two-designs", N_("这些卡用了不同的版式，请逐张打印"))
    if not faces:
        raise Conflict("card-missing", N_("没有待打印的卡"))
    return card_face_printer().draw_cards(faces, design, _part(layout.part, printed), layout.shift)


def _part(asked: FacePart | None, printed: Collection[int]) -> FacePart:
    """Return what goes onto blanks with these common faces on them."""
    if len(printed) > 1:
        raise Conflict("two-kinds-of-blanks", N_("这些卡有的已印好版面，有的没有，请逐张打印"))
    is_printed = WHITE not in printed
    if asked is FacePart.WHOLE and is_printed:
        raise Conflict("blank-printed", N_("空白卡上已印好版面，只能打印个人内容"))
    return asked or (FacePart.PERSONAL if is_printed else FacePart.WHOLE)


def _face(certificate: Certificate, job: CardJob) -> CardFace:
    case = pass_gate(certificate)
    return CardFace(
        certificate_number=certificate.number,
        holder_name=str(case.officer["name"]),
        agency_name=str(case.officer["agency_name"]),
        categories=tuple(ENFORCEMENT_CATEGORY.by_code(code).name for code in case.categories),
        area_name=str(case.officer["area_name"]),
        issuer_name=case.issuer_name,
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        photo=case.photo,
        qr_text=public_link(job),
    )


def design_of(job: CardJob) -> FaceDesign:
    """Return the common face of the card that ``job`` made: the one in use on the day it was made.

    Raises: Conflict ``no-face-design``.
    """
    made_on = timezone.localdate(job.made_at or job.finished_at)
    designs: FaceDesigns = in_force(RegulationKind.CARD_FACE, own_jurisdiction(), made_on).document
    return designs.used_on(made_on)


def public_link(job: CardJob) -> str:
    """Return the text of the card's QR code, which is a link to the public site; empty before it is made."""
    return qr_text(settings.WARRANT_NODE.public_url, bytes(job.credential)) if job.credential else ""
