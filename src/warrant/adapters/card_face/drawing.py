"""Draws a whole card: CR80, front page and back page, everything embedded.

Source: order of content after the published descriptions of the unified certificate; exact places are our own
(assumption: the ministry's template is not public).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date

import segno
from reportlab.lib.colors import HexColor, white
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from warrant.adapters.card_face import ground
from warrant.adapters.card_face.font import embedded_font, missing_characters
from warrant.adapters.card_face.lettering import Setting, fit, write, write_centred
from warrant.adapters.photo import normalise
from warrant.core.errors import N_, InvalidInput
from warrant.core.ports import CardFace

MM = ground.MM
INK = HexColor(0x101B2D)
LABEL = HexColor(0x4A6A92)
DEEP = ground.DEEP
HAIRLINE = HexColor(0x8FB4D8)

COUNTRY = "中华人民共和国"
TITLE = "交通运输行政执法证"
ENGLISH_TITLE = "TRANSPORT ADMINISTRATIVE LAW ENFORCEMENT"
ENGLISH_COUNTRY = "CHINA"
QR_CAPTION = "扫码核验"
CATEGORY_SEPARATOR = "、"
LABELS = {
    "holder_name": "姓    名",
    "agency_name": "执法单位",
    "categories": "执法门类",
    "area_name": "执法区域",
    "certificate_number": "证    号",
    "issuer_name": "发证机关",
    "validity": "有效期限",
}
NOTICE = (
    "一、本证是持证人从事交通运输行政执法活动的资格凭证，执法时应当主动出示。",
    "二、本证限持证人在核定的执法门类和执法区域内使用，不得涂改、转借。",
    "三、本证遗失、损毁的，应当立即报告所在单位和发证机关。",
    "四、扫描正面二维码，可以核验本证当前是否有效。",
)

LABEL_SIZE = 5.6
LABEL_WIDTH = 4 * LABEL_SIZE + 1.5 * MM
LEAST_SIZE = 4.5
MARGIN = 4.2 * MM
PHOTO_WIDTH = 22.0 * MM
PHOTO_HEIGHT = 30.8 * MM
PHOTO_BOTTOM = 5.4 * MM
QR_BOX = 23.4 * MM
QR_BOTTOM = 4.4 * MM
# Card printers have 300 dots an inch; a module of whole dots is printed sharp.
DOT = 72 / 300
LEAST_MODULE_DOTS = 3
# The pale ground around the white box serves as the rest of the quiet zone.
QR_QUIET_MODULES = 2


@dataclass(frozen=True)
class Row:
    """One labelled field: ``width`` of label and value together and largest type ``size``, in points."""

    place: str
    width: float
    size: float
    max_lines: int
    bold: bool = False


@dataclass(frozen=True)
class _Sheet:
    canvas: Canvas
    font: str
    fields: dict[str, str]


def draw_card(face: CardFace) -> bytes:
    """Draw front and back; returns a PDF of two pages, 85.60 x 53.98 mm, the same bytes for the same face.

    Raises: InvalidInput ``characters-not-printable``, ``text-too-long-for-card``, ``qr-too-dense``,
    or what is wrong with the photo; ``place`` names the field of :class:`CardFace`.
    """
    _refuse_missing_characters(face)
    target = io.BytesIO()
    with embedded_font(_all_text(face)) as font:
        canvas = Canvas(
            target,
            pagesize=(ground.WIDTH, ground.HEIGHT),
            pageCompression=1,
            invariant=1,
            initialFontName=font,
            initialFontSize=6,
        )
        canvas.setTitle(f"{TITLE} {face.certificate_number}")
        canvas.setAuthor(face.issuer_name)
        canvas.setCreator("Warrant")
        _draw_front(canvas, face, font)
        canvas.showPage()
        _draw_back(canvas, face, font)
        canvas.showPage()
        canvas.save()
    return target.getvalue()


def _printed_fields(face: CardFace) -> dict[str, str]:
    return {
        "holder_name": face.holder_name,
        "agency_name": face.agency_name,
        "categories": CATEGORY_SEPARATOR.join(face.categories),
        "area_name": face.area_name,
        "certificate_number": face.certificate_number,
        "issuer_name": face.issuer_name,
    }


def _all_text(face: CardFace) -> str:
    fixed = (COUNTRY, TITLE, QR_CAPTION, "年月日至", ground.MICRO_TEXT, *LABELS.values(), *NOTICE)
    return "".join([*fixed, *_printed_fields(face).values()])


def _refuse_missing_characters(face: CardFace) -> None:
    for place, text in _printed_fields(face).items():
        missing = missing_characters(text)
        if missing:
            raise InvalidInput(
                "characters-not-printable",
                N_("证件字库中没有“%(characters)s”（%(code_points)s），无法印制。请核对用字，或先补充字库。"),
                place=place,
                characters=missing,
                code_points=" ".join(f"U+{ord(character):04X}" for character in missing),
            )


def _draw_front(canvas: Canvas, face: CardFace, font: str) -> None:
    ground.paint_front(canvas)
    _draw_heading(canvas, font)
    _draw_photo(canvas, face.photo)
    qr_left = ground.WIDTH - MARGIN - QR_BOX
    _draw_qr(canvas, face.qr_text, qr_left, QR_BOTTOM, font)

    left = MARGIN + PHOTO_WIDTH + 3.2 * MM
    wide = ground.WIDTH - MARGIN - left
    narrow = qr_left - 1.8 * MM - left
    sheet = _Sheet(canvas, font, _printed_fields(face))
    name_level = PHOTO_BOTTOM + PHOTO_HEIGHT - 3.1 * MM
    _draw_field(sheet, Row("holder_name", wide, 10.0, 1, bold=True), (left, name_level))
    rows = (
        Row("agency_name", wide, 7.0, 2),
        # From here on the rows stand beside the QR.
        Row("categories", narrow, 6.5, 4),
        Row("area_name", narrow, 6.5, 2),
        Row("certificate_number", narrow, 7.5, 1, bold=True),
    )
    _draw_spread(sheet, rows, left, name_level - 4.4 * MM, PHOTO_BOTTOM + 0.2 * MM)


def _draw_spread(sheet: _Sheet, rows: tuple[Row, ...], left: float, first: float, last: float) -> None:
    """Draw ``rows`` with even gaps, the first baseline at ``first``, the last at ``last``."""
    heights = [_fitted(sheet, row).height for row in rows]
    gap = (first - last - sum(heights)) / (len(rows) - 1)
    level = first
    for row, height in zip(rows, heights, strict=True):
        _draw_field(sheet, row, (left, level))
        level -= height + gap


def _draw_heading(canvas: Canvas, font: str) -> None:
    middle = ground.WIDTH / 2
    write_centred(
        canvas, COUNTRY, (middle, ground.HEIGHT - 5.0 * MM), font=font, size=6.2, colour=DEEP, spacing=2.4
    )
    write_centred(
        canvas,
        TITLE,
        (middle, ground.HEIGHT - 10.9 * MM),
        font=font,
        size=14,
        colour=DEEP,
        bold=True,
        spacing=1.6,
    )
    ground.micro_text_line(canvas, MARGIN, ground.WIDTH - MARGIN, ground.HEIGHT - 13.4 * MM, font)


def _draw_field(sheet: _Sheet, row: Row, at: tuple[float, float]) -> float:
    """Draw label and value from ``at``; returns the baseline of the last line."""
    left, level = at
    write(sheet.canvas, LABELS[row.place], at, font=sheet.font, size=LABEL_SIZE, colour=LABEL)
    setting = _fitted(sheet, row)
    for index, line in enumerate(setting.lines):
        start = (left + LABEL_WIDTH, level - index * setting.leading)
        write(sheet.canvas, line, start, font=sheet.font, size=setting.size, colour=INK, bold=row.bold)
    return level - setting.height


def _fitted(sheet: _Sheet, row: Row) -> Setting:
    return fit(
        sheet.fields[row.place],
        sheet.font,
        width=row.width - LABEL_WIDTH,
        size=row.size,
        least_size=LEAST_SIZE,
        max_lines=row.max_lines,
        place=row.place,
    )


def _draw_photo(canvas: Canvas, photo: bytes) -> None:
    box = (MARGIN, PHOTO_BOTTOM, PHOTO_WIDTH, PHOTO_HEIGHT)
    canvas.setFillColor(white)
    canvas.rect(*box, stroke=0, fill=1)
    canvas.drawImage(ImageReader(io.BytesIO(normalise(photo))), *box, preserveAspectRatio=True, anchor="c")
    canvas.setStrokeColor(HAIRLINE)
    canvas.setLineWidth(0.4)
    canvas.rect(*box, stroke=1, fill=0)


def _draw_qr(canvas: Canvas, text: str, left: float, bottom: float, font: str) -> None:
    rows, module = _qr_rows(text)
    size = module * (len(rows) + 2 * QR_QUIET_MODULES)
    left = left + QR_BOX - size
    canvas.setFillColor(white)
    canvas.rect(left, bottom, size, size, stroke=0, fill=1)
    path = canvas.beginPath()
    for row_index, row in enumerate(rows):
        y = bottom + size - (QR_QUIET_MODULES + row_index + 1) * module
        column = 0
        while column < len(row):
            if not row[column]:
                column += 1
                continue
            run = column
            while run < len(row) and row[run]:
                run += 1
            path.rect(left + (QR_QUIET_MODULES + column) * module, y, (run - column) * module, module)
            column = run
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)
    write_centred(
        canvas,
        QR_CAPTION,
        (left + size / 2, bottom - 2.0 * MM),
        font=font,
        size=4.6,
        colour=LABEL,
        spacing=1.0,
    )


def _qr_rows(text: str) -> tuple[tuple[bytearray, ...], float]:
    """Return the QR's rows and the module width in points; medium error correction, low where too dense."""
    for correction in ("m", "l"):
        try:
            rows = segno.make_qr(text, error=correction, boost_error=False).matrix
        except segno.DataOverflowError:
            continue
        dots = int(QR_BOX / (len(rows) + 2 * QR_QUIET_MODULES) / DOT)
        if dots >= LEAST_MODULE_DOTS:
            return rows, dots * DOT
    raise InvalidInput(
        "qr-too-dense",
        N_("二维码内容过长（%(length)s 个字符），印在证件上无法识读。"),
        place="qr_text",
        length=len(text),
    )


def _draw_back(canvas: Canvas, face: CardFace, font: str) -> None:
    ground.paint_back(canvas)
    middle, top = ground.WIDTH / 2, ground.HEIGHT
    write_centred(
        canvas, TITLE, (middle, top - 7.4 * MM), font=font, size=10.5, colour=DEEP, bold=True, spacing=2.0
    )
    write_centred(
        canvas, ENGLISH_TITLE, (middle, top - 11.2 * MM), font=font, size=5.4, colour=DEEP, spacing=0.55
    )
    write_centred(
        canvas, ENGLISH_COUNTRY, (middle, top - 14.0 * MM), font=font, size=5.4, colour=DEEP, spacing=2.4
    )
    ground.micro_text_line(canvas, MARGIN, ground.WIDTH - MARGIN, top - 16.2 * MM, font)
    ground.paint_seal_rosette(canvas, (MARGIN + 11.6 * MM, 24.8 * MM))

    validity = _validity(face.valid_from, face.valid_until)
    sheet = _Sheet(canvas, font, _printed_fields(face) | {"validity": validity})
    left = MARGIN + 26.4 * MM
    width = ground.WIDTH - MARGIN - left
    rows = (
        Row("issuer_name", width, 7.0, 2),
        Row("validity", width, 6.5, 1),
        Row("certificate_number", width, 7.5, 1, bold=True),
    )
    _draw_spread(sheet, rows, left, 31.6 * MM, 18.4 * MM)
    _draw_notice(canvas, font)


def _draw_notice(canvas: Canvas, font: str) -> None:
    size, leading = 4.7, 2.35 * MM
    for index, sentence in enumerate(NOTICE):
        level = 3.6 * MM + (len(NOTICE) - 1 - index) * leading
        write(canvas, sentence, (MARGIN, level), font=font, size=size, colour=HexColor(0x2B4468))


def _validity(first: date, last: date) -> str:
    return "至".join(f"{day.year}年{day.month}月{day.day}日" for day in (first, last))
