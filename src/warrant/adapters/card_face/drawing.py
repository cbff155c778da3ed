"""Draws cards for the card printer, and the common face for the printing house, as PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas

from warrant.adapters.card_face import ground
from warrant.adapters.card_face.common import TITLE, common_text, draw_common_back, draw_common_front
from warrant.adapters.card_face.font import embedded_font
from warrant.adapters.card_face.lettering import write
from warrant.adapters.card_face.personal import (
    draw_personal_back,
    draw_personal_front,
    personal_text,
    refuse_missing_characters,
)
from warrant.core.credential.face_design import FaceDesign
from warrant.core.errors import N_, InvalidInput
from warrant.core.ports import CardFace, FacePart

MM = ground.MM
BLEED = 3 * MM
SLUG = 9 * MM
MARK = 4 * MM
MOST_CARDS = 500
FARTHEST_SHIFT = 3.0


def draw_cards(
    faces: Sequence[CardFace],
    design: FaceDesign,
    part: FacePart = FacePart.WHOLE,
    shift: tuple[float, float] = (0.0, 0.0),
) -> bytes:
    """Draw front and back of each card, 85.60 x 53.98 mm a page; the same bytes for the same faces.

    ``FacePart.PERSONAL`` leaves the common face out, for blanks on which it is printed already; ``shift`` moves what
    is drawn to the right and up, in millimetres, so that it meets the stock of a printer that feeds askew.

    Raises: InvalidInput ``no-cards``, ``too-many-cards``, ``shift-too-far``, ``characters-not-printable``,
    ``text-too-long-for-card``, ``qr-too-dense``, or what is wrong with a photo; ``place`` names the field of
    :class:`CardFace`.
    """
    if not faces:
        raise InvalidInput("no-cards", N_("没有要打印的证件"))
    if len(faces) > MOST_CARDS:
        raise InvalidInput("too-many-cards", N_("一次最多打印 %(most)s 张，请分批"), most=MOST_CARDS)
    if any(not -FARTHEST_SHIFT <= way <= FARTHEST_SHIFT for way in shift):
        raise InvalidInput(
            "shift-too-far", N_("打印偏移应在 ±%(most)s 毫米以内"), place="shift", most=FARTHEST_SHIFT
        )
    for face in faces:
        refuse_missing_characters(face)
    target = io.BytesIO()
    text = "".join([common_text(design), *(personal_text(face) for face in faces)])
    with embedded_font(text) as font:
        canvas = _canvas(target, (ground.WIDTH, ground.HEIGHT), font)
        canvas.setTitle(
            f"{TITLE} {faces[0].certificate_number}" + (f" +{len(faces) - 1}" if faces[1:] else "")
        )
        canvas.setAuthor(faces[0].issuer_name)
        sides = ((draw_common_front, draw_personal_front), (draw_common_back, draw_personal_back))
        for face in faces:
            for draw_common, draw_personal in sides:
                canvas.translate(shift[0] * MM, shift[1] * MM)
                if part is FacePart.WHOLE:
                    draw_common(canvas, design, font)
                draw_personal(canvas, face, font)
                canvas.showPage()
        canvas.save()
    return target.getvalue()


def draw_common_face(design: FaceDesign) -> bytes:
    """Draw the common face of ``design`` for the printing house: two pages with 3 mm over the edge and crop marks.

    Every page says its trim box; the same bytes for the same design.

    Raises: InvalidInput ``characters-not-printable``.
    """
    target = io.BytesIO()
    page = (ground.WIDTH + 2 * SLUG, ground.HEIGHT + 2 * SLUG)
    caption = f"{TITLE} · 版式 {design.version} · 85.60 × 53.98 mm"
    with embedded_font(common_text(design) + caption) as font:
        canvas = _canvas(target, page, font)
        canvas.setTitle(f"{TITLE} 版式 {design.version}")
        for draw in (draw_common_front, draw_common_back):
            canvas.setTrimBox((SLUG, SLUG, SLUG + ground.WIDTH, SLUG + ground.HEIGHT))
            canvas.setBleedBox(
                (SLUG - BLEED, SLUG - BLEED, SLUG + ground.WIDTH + BLEED, SLUG + ground.HEIGHT + BLEED)
            )
            canvas.saveState()
            canvas.translate(SLUG, SLUG)
            canvas.saveState()
            edge = canvas.beginPath()
            edge.rect(-BLEED, -BLEED, ground.WIDTH + 2 * BLEED, ground.HEIGHT + 2 * BLEED)
            canvas.clipPath(edge, stroke=0, fill=0)
            draw(canvas, design, font)
            canvas.restoreState()
            _crop_marks(canvas)
            canvas.restoreState()
            write(canvas, caption, (SLUG + 2 * MM, page[1] - 3.2 * MM), font=font, size=5, colour=black)
            canvas.showPage()
        canvas.save()
    return target.getvalue()


def _canvas(target: io.BytesIO, page: tuple[float, float], font: str) -> Canvas:
    canvas = Canvas(
        target, pagesize=page, pageCompression=1, invariant=1, initialFontName=font, initialFontSize=6
    )
    canvas.setCreator("Warrant")
    return canvas


def _crop_marks(canvas: Canvas) -> None:
    canvas.setStrokeColor(black)
    canvas.setLineWidth(0.25)
    for x, away in ((0.0, -1), (ground.WIDTH, 1)):
        for y, off in ((0.0, -1), (ground.HEIGHT, 1)):
            canvas.line(x + away * BLEED, y, x + away * (BLEED + MARK), y)
            canvas.line(x, y + off * BLEED, x, y + off * (BLEED + MARK))
