"""Draws what every card of a design has printed alike: ground, headings, micro-text, rosette and notice.

Source: order of content after the published descriptions of the unified certificate; exact places are our own
(assumption: the ministry's template is not public).
"""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from warrant.adapters.card_face import ground
from warrant.adapters.card_face.lettering import write, write_centred
from warrant.core.credential.face_design import FaceDesign

MM = ground.MM
MARGIN = 4.2 * MM

COUNTRY = "中华人民共和国"
TITLE = "交通运输行政执法证"
ENGLISH_TITLE = "TRANSPORT ADMINISTRATIVE LAW ENFORCEMENT"
ENGLISH_COUNTRY = "CHINA"
DESIGN_MARK = "版式"
NOTICE = (
    "一、本证是持证人从事交通运输行政执法活动的资格凭证，执法时应当主动出示。",
    "二、本证限持证人在核定的执法门类和执法区域内使用，不得涂改、转借。",
    "三、本证遗失、损毁的，应当立即报告所在单位和发证机关。",
    "四、扫描正面二维码，可以核验本证当前是否有效。",
)
_NOTICE_INK = HexColor(0x2B4468)
_MARK_SIZE = 3.6


def common_text(design: FaceDesign) -> str:
    """Return every character that the common face prints, for the font."""
    return "".join([COUNTRY, TITLE, DESIGN_MARK, str(design.version), design.pattern.micro_text, *NOTICE])


def draw_common_front(canvas: Canvas, design: FaceDesign, font: str) -> None:
    """Draw the front as it comes from the printing house."""
    ground.paint_front(canvas, design.pattern)
    deep = HexColor(design.pattern.letter_tint)
    middle = ground.WIDTH / 2
    write_centred(
        canvas, COUNTRY, (middle, ground.HEIGHT - 5.0 * MM), font=font, size=6.2, colour=deep, spacing=2.4
    )
    write_centred(
        canvas,
        TITLE,
        (middle, ground.HEIGHT - 10.9 * MM),
        font=font,
        size=14,
        colour=deep,
        bold=True,
        spacing=1.6,
    )
    level = ground.HEIGHT - 13.4 * MM
    ground.micro_text_line(canvas, design.pattern, (MARGIN, ground.WIDTH - MARGIN), level, font)


def draw_common_back(canvas: Canvas, design: FaceDesign, font: str) -> None:
    """Draw the back as it comes from the printing house."""
    ground.paint_back(canvas, design.pattern)
    deep = HexColor(design.pattern.letter_tint)
    middle, top = ground.WIDTH / 2, ground.HEIGHT
    write_centred(
        canvas, TITLE, (middle, top - 7.4 * MM), font=font, size=10.5, colour=deep, bold=True, spacing=2.0
    )
    write_centred(
        canvas, ENGLISH_TITLE, (middle, top - 11.2 * MM), font=font, size=5.4, colour=deep, spacing=0.55
    )
    write_centred(
        canvas, ENGLISH_COUNTRY, (middle, top - 14.0 * MM), font=font, size=5.4, colour=deep, spacing=2.4
    )
    ground.micro_text_line(canvas, design.pattern, (MARGIN, ground.WIDTH - MARGIN), top - 16.2 * MM, font)
    ground.paint_seal_rosette(canvas, (MARGIN + 11.6 * MM, 24.8 * MM))
    size, leading = 4.7, 2.35 * MM
    for index, sentence in enumerate(NOTICE):
        level = 3.6 * MM + (len(NOTICE) - 1 - index) * leading
        write(canvas, sentence, (MARGIN, level), font=font, size=size, colour=_NOTICE_INK)
    mark = (ground.WIDTH - MARGIN - 3.4 * MM, 3.6 * MM)
    write(canvas, f"{DESIGN_MARK}{design.version}", mark, font=font, size=_MARK_SIZE, colour=_NOTICE_INK)
