"""The official roster form, the record sheet and notices, drawn with the typeface that card faces have too."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import BinaryIO

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader

from warrant.adapters.card_face.font import embedded_font
from warrant.adapters.paper.sheet import MARGIN, Cell, Sheet
from warrant.core.ports import CellKind, PaperLetter, PaperRoster, PaperSection, RecordSheet

TITLE_SIZE = 17.0
TEXT_SIZE = 9.0
LETTER_SIZE = 12.0
ROW_SIZE = 8.5
LEAST_ROW = 7 * mm
PHOTO_WIDTH, PHOTO_HEIGHT = 25 * mm, 35 * mm
LABEL_WIDTH = 26 * mm
LINES_BESIDE_PHOTO = 4
SIGNATURE_ROOM = 16 * mm
NUMBER_WIDTH = 11 * mm
GAP = "\u3000\u3000"


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


class PaperForms:
    """Draws with no state of its own. One document is drawn at a time: the font's name means its own glyphs."""

    def print_roster(self, roster: PaperRoster, target: BinaryIO) -> None:
        """Write A4 landscape: title, facts, rows with their numbers, places for signature and stamp on the last page."""
        rows = [[_shown(value) for value in row] for row in roster.table.rows]
        labels = [column.label for column in roster.table.columns]
        words = "".join(
            chain(*rows, labels, roster.facts, roster.signatures, [roster.foot, roster.table.title])
        )
        drawn = io.BytesIO()
        with embedded_font(f"{words}{roster.page_label}{roster.number_label}{GAP}") as font:
            sheet = Sheet(
                drawn,
                landscape(A4),
                font,
                title=roster.table.title,
                author=roster.foot,
                foot=roster.foot,
                page_label=roster.page_label,
            )
            widths = self._widths(sheet, roster)
            self._roster_head(sheet, roster)
            self._column_heads(sheet, [roster.number_label, *labels], widths)
            for number, row in enumerate(rows, start=1):
                cells = self._roster_cells(number, row, roster, widths)
                if not sheet.has_room(sheet.row_height(cells, ROW_SIZE, LEAST_ROW)):
                    sheet.new_page()
                    self._column_heads(sheet, [roster.number_label, *labels], widths)
                sheet.row(cells, ROW_SIZE, least=LEAST_ROW)
            self._signatures(sheet, roster.signatures)
            sheet.save()
        target.write(drawn.getvalue())

    def _widths(self, sheet: Sheet, roster: PaperRoster) -> list[float]:
        room = sheet.inner_width - NUMBER_WIDTH
        wanted = [column.width for column in roster.table.columns]
        return [NUMBER_WIDTH, *(room * part / sum(wanted) for part in wanted)]

    def _roster_head(self, sheet: Sheet, roster: PaperRoster) -> None:
        sheet.text(roster.table.title, TITLE_SIZE, is_centred=True)
        sheet.y -= 2 * mm
        sheet.text(GAP.join(roster.facts), TEXT_SIZE)
        sheet.y -= 1 * mm

    def _column_heads(self, sheet: Sheet, labels: Sequence[str], widths: Sequence[float]) -> None:
        heads = [Cell(text, width) for text, width in zip(labels, widths, strict=True)]
        sheet.row(heads, ROW_SIZE, least=LEAST_ROW, is_head=True)

    def _roster_cells(
        self, number: int, row: Sequence[str], roster: PaperRoster, widths: Sequence[float]
    ) -> list[Cell]:
        centred = [column.kind is not CellKind.TEXT or column.width <= 8 for column in roster.table.columns]
        cells = [Cell(str(number), widths[0], is_centred=True)]
        cells += [
            Cell(text, width, is_centred=is_centred)
            for text, width, is_centred in zip(row, widths[1:], centred, strict=True)
        ]
        return cells

    def _signatures(self, sheet: Sheet, signatures: Sequence[str]) -> None:
        if not signatures:
            return
        if not sheet.has_room(SIGNATURE_ROOM):
            sheet.new_page()
        sheet.y -= 6 * mm
        width = sheet.inner_width / len(signatures)
        line = sheet.y
        for number, words in enumerate(signatures):
            sheet.y = line
            sheet.text(words, TEXT_SIZE, x=MARGIN + number * width, width=width)

    def print_record_sheet(self, sheet: RecordSheet, target: BinaryIO) -> None:
        """Write A4 portrait: basic data beside the photo, then the sections, then the places for stamps."""
        words = "".join(_words_of(sheet))
        drawn = io.BytesIO()
        with embedded_font(words) as font:
            paper = Sheet(
                drawn,
                A4,
                font,
                title=sheet.title,
                author=sheet.foot,
                foot=sheet.foot,
                page_label=sheet.page_label,
            )
            paper.text(sheet.title, TITLE_SIZE, is_centred=True)
            paper.y -= 1.5 * mm
            paper.text(sheet.subtitle, TEXT_SIZE, is_centred=True)
            paper.y -= 2 * mm
            self._basic(paper, sheet)
            for section in sheet.sections:
                self._section(paper, section, sheet.nothing)
            self._stamp_places(paper, sheet.signatures)
            paper.save()
        target.write(drawn.getvalue())

    def print_letter(self, letter: PaperLetter, target: BinaryIO) -> None:
        """Write A4 portrait: title, addressee, indented paragraphs, tables, and at the lower right who signs."""
        drawn = io.BytesIO()
        with embedded_font("".join((GAP, *_words_of_letter(letter)))) as font:
            paper = Sheet(
                drawn,
                A4,
                font,
                title=letter.title,
                author=letter.foot,
                foot=letter.foot,
                page_label=letter.page_label,
            )
            paper.text(letter.title, TITLE_SIZE, is_centred=True)
            paper.y -= 1.5 * mm
            paper.text(letter.subtitle, TEXT_SIZE, is_centred=True)
            paper.y -= 6 * mm
            self._paragraph(paper, letter.addressee)
            for paragraph in letter.paragraphs:
                for line in paragraph.splitlines():
                    self._paragraph(paper, f"{GAP}{line}")
            for section in letter.sections:
                paper.y -= 3 * mm
                self._section(paper, section, letter.nothing)
            self._signed(paper, letter.signed)
            paper.save()
        target.write(drawn.getvalue())

    def _paragraph(self, paper: Sheet, text: str) -> None:
        for line in paper.measure.lines(text, LETTER_SIZE, paper.inner_width):
            if not paper.has_room(LETTER_SIZE * 1.6):
                paper.new_page()
            paper.text(line, LETTER_SIZE)
            paper.y -= LETTER_SIZE * 0.3

    def _signed(self, paper: Sheet, lines: Sequence[str]) -> None:
        """Keep the lines together on one page, and leave room above for the stamp."""
        if not paper.has_room(30 * mm):
            paper.new_page()
        paper.y -= 14 * mm
        width = paper.inner_width / 2
        for line in lines:
            paper.text(line, LETTER_SIZE, x=MARGIN + width, width=width, is_centred=True)
            paper.y -= LETTER_SIZE * 0.3

    def _basic(self, paper: Sheet, sheet: RecordSheet) -> None:
        """Draw the pairs, two a line; beside the photo there is less room."""
        photo_top = paper.y
        photo_x = MARGIN + paper.inner_width - PHOTO_WIDTH
        waiting: list[tuple[str, str]] = []

        def width() -> float:
            beside = paper.y > photo_top - PHOTO_HEIGHT + 0.1
            return paper.inner_width - (PHOTO_WIDTH if beside else 0)

        def draw(pairs: Sequence[tuple[str, str]]) -> None:
            share = width() / len(pairs)
            cells = []
            for label, value in pairs:
                cells += [Cell(label, LABEL_WIDTH, is_label=True), Cell(value, share - LABEL_WIDTH)]
            is_beside = width() < paper.inner_width
            self._room_for(paper, cells, LEAST_ROW)
            paper.row(cells, TEXT_SIZE, least=PHOTO_HEIGHT / LINES_BESIDE_PHOTO if is_beside else LEAST_ROW)

        for pair in sheet.pairs:
            if pair[0] in sheet.wide:
                if waiting:
                    draw([*waiting])
                    waiting.clear()
                draw([pair])
                continue
            waiting.append(pair)
            if len(waiting) == 2:
                draw([*waiting])
                waiting.clear()
        if waiting:
            draw(waiting)
        self._photo(paper, sheet, photo_x, photo_top)
        paper.y = min(paper.y, photo_top - PHOTO_HEIGHT)

    def _photo(self, paper: Sheet, sheet: RecordSheet, x: float, top: float) -> None:
        paper.canvas.setLineWidth(0.5)
        paper.canvas.rect(x, top - PHOTO_HEIGHT, PHOTO_WIDTH, PHOTO_HEIGHT)
        if sheet.photo is not None:
            paper.canvas.drawImage(
                ImageReader(io.BytesIO(sheet.photo)),
                x + 0.5,
                top - PHOTO_HEIGHT + 0.5,
                PHOTO_WIDTH - 1,
                PHOTO_HEIGHT - 1,
                preserveAspectRatio=True,
            )
            return
        paper.canvas.setFont(paper.font, TEXT_SIZE)
        paper.canvas.drawCentredString(x + PHOTO_WIDTH / 2, top - PHOTO_HEIGHT / 2, sheet.photo_label)

    def _room_for(self, paper: Sheet, cells: Sequence[Cell], least: float) -> bool:
        if paper.has_room(paper.row_height(cells, TEXT_SIZE, least)):
            return False
        paper.new_page()
        return True

    def _section(self, paper: Sheet, section: PaperSection, nothing: str) -> None:
        share = paper.inner_width / sum(section.shares)
        widths = [part * share for part in section.shares]
        title = [Cell(section.title, paper.inner_width, is_label=True)]
        heads = [Cell(text, width) for text, width in zip(section.columns, widths, strict=True)]
        rows: Sequence[Sequence[str]] = section.rows

        def head(*, is_continued: bool = False) -> None:
            if not is_continued:
                paper.row(title, TEXT_SIZE, least=LEAST_ROW)
            if rows:
                paper.row(heads, ROW_SIZE, least=LEAST_ROW, is_head=True)

        if not paper.has_room(3 * LEAST_ROW):
            paper.new_page()
        head()
        if not rows:
            paper.row([Cell(nothing, paper.inner_width, is_centred=True)], ROW_SIZE, least=LEAST_ROW)
        for row in rows:
            cells = [Cell(text, width) for text, width in zip(row, widths, strict=True)]
            if not paper.has_room(paper.row_height(cells, ROW_SIZE, LEAST_ROW)):
                paper.new_page()
                head(is_continued=True)
            paper.row(cells, ROW_SIZE, least=LEAST_ROW)

    def _stamp_places(self, paper: Sheet, signatures: Sequence[str]) -> None:
        """Draw the boxes into which people sign and stamp; they stay together on one page."""
        if not signatures:
            return
        height = 26 * mm
        if not paper.has_room(height):
            paper.new_page()
        width = paper.inner_width / len(signatures)
        paper.canvas.setLineWidth(0.5)
        top = paper.y
        for number, words in enumerate(signatures):
            x = MARGIN + number * width
            paper.canvas.rect(x, top - height, width, height)
            paper.y = top - 2 * mm
            paper.text(words, ROW_SIZE, x=x + 2 * mm, width=width - 4 * mm)
        paper.y = top - height


def _words_of(sheet: RecordSheet) -> Iterator[str]:
    yield from (sheet.title, sheet.subtitle, sheet.photo_label, sheet.foot, sheet.page_label, sheet.nothing)
    for pair in sheet.pairs:
        yield from pair
    yield from _words_of_sections(sheet.sections)
    yield from sheet.signatures


def _words_of_letter(letter: PaperLetter) -> Iterator[str]:
    yield from (letter.title, letter.subtitle, letter.addressee, letter.foot, letter.page_label)
    yield letter.nothing
    yield from letter.paragraphs
    yield from _words_of_sections(letter.sections)
    yield from letter.signed


def _words_of_sections(sections: Sequence[PaperSection]) -> Iterator[str]:
    for section in sections:
        yield section.title
        yield from section.columns
        for row in section.rows:
            yield from row


def paper_forms() -> PaperForms:
    """Make the adapter; a node names this as the factory of the port ``paper_printer``."""
    return PaperForms()
