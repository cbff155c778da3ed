"""Draws what one card has printed for its holder: photo, fields with their labels, QR code."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date

import segno
from reportlab.lib.colors import HexColor, white
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from warrant.adapters.card_face import ground
from warrant.adapters.card_face.common import MARGIN
from warrant.adapters.card_face.font import missing_characters
from warrant.adapters.card_face.lettering import Setting, fit, write, write_centred
from warrant.adapters.photo import normalise
from warrant.core.errors import N_, InvalidInput
from warrant.core.ports import CardFace

MM = ground.MM
INK = HexColor(0x101B2D)
LABEL = HexColor(0x4A6A92)
HAIRLINE = HexColor(0x8FB4D8)

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

LABEL_SIZE = 5.6
LABEL_WIDTH = 4 * LABEL_SIZE + 1.5 * MM
LEAST_SIZE = 4.5
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


def personal_text(face: CardFace) -> str:
    """Return every character that the card of ``face`` prints for its holder, for the font."""
    return "".join([QR_CAPTION, "年月日至", *LABELS.values(), *_printed_fields(face).values()])


def _printed_fields(face: CardFace) -> dict[str, str]:
    return {
        "holder_name": face.holder_name,
        "agency_name": face.agency_name,
        "categories": CATEGORY_SEPARATOR.join(face.categories),
        "area_name": face.area_name,
        "certificate_number": face.certificate_number,
        "issuer_name": face.issuer_name,
    }


def refuse_missing_characters(face: CardFace) -> None:
    """Refuse what the font cannot print.

    Raises: InvalidInput ``characters-not-printable``; ``place`` names the field.
    """
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


def draw_personal_front(canvas: Canvas, face: CardFace, font: str) -> None:
    """Draw photo, QR and fields of the front."""
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


def draw_personal_back(canvas: Canvas, face: CardFace, font: str) -> None:
    """Draw issuer, validity and number on the back."""
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


def _draw_spread(sheet: _Sheet, rows: tuple[Row, ...], left: float, first: float, last: float) -> None:
    """Draw ``rows`` with even gaps, the first baseline at ``first``, the last at ``last``."""
    heights = [_fitted(sheet, row).height for row in rows]
    gap = (first - last - sum(heights)) / (len(rows) - 1)
    level = first
    for row, height in zip(rows, heights, strict=True):
        _draw_field(sheet, row, (left, level))
        level -= height + gap


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


def _validity(first: date, last: date) -> str:
    return "至".join(f"{day.year}年{day.month}月{day.day}日" for day in (first, last))
