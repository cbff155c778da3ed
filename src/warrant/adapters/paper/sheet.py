"""One PDF being drawn from top to bottom: pages, ruled rows, and the foot that every page bears."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from warrant.adapters.paper.lettering import Measure

MARGIN = 15 * mm
FOOT = 10 * mm
CELL_PADDING = 1.2 * mm
LINE_FACTOR = 1.3
RULE = 0.5
FRAME = 1.0
_SHADE = 0.94


class _NumberedCanvas(Canvas):  # type: ignore[misc]  # ReportLab has no types
    """Knows how many pages there are before it writes the number of each."""

    def __init__(self, *arguments: Any, draw_foot: Callable[[Any, int, int], None], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._drawn: list[dict[str, Any]] = []
        self._draw_foot = draw_foot

    def showPage(self) -> None:
        """Keep the page until all are drawn."""
        self._drawn.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Number the pages and write them."""
        pages = len(self._drawn)
        for number, drawn in enumerate(self._drawn, start=1):
            self.__dict__.update(drawn)
            self._draw_foot(self, number, pages)
            Canvas.showPage(self)
        Canvas.save(self)


@dataclass(frozen=True)
class Cell:
    """One cell of a row: its text, its width in points, whether it is a label (shaded, centred)."""

    text: str
    width: float
    is_label: bool = False
    is_centred: bool = False


class Sheet:
    """Draws downwards; ``y`` is where the next thing goes, in points from the bottom."""

    def __init__(
        self,
        target: BinaryIO,
        page_size: tuple[float, float],
        font: str,
        *,
        title: str,
        author: str,
        foot: str,
        page_label: str,
    ) -> None:
        self.width, self.height = page_size
        self.measure = Measure(font)
        self.font = font
        self._foot = foot
        self._page_label = page_label
        self.canvas: Any = _NumberedCanvas(
            target, pagesize=page_size, draw_foot=self._draw_foot, pageCompression=1
        )
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setCreator("Warrant")
        self.y = self.top

    @property
    def top(self) -> float:
        """Where a page begins."""
        return float(self.height - MARGIN)

    @property
    def bottom(self) -> float:
        """Where a page ends."""
        return float(MARGIN + FOOT)

    @property
    def inner_width(self) -> float:
        """Between the margins."""
        return float(self.width - 2 * MARGIN)

    def _draw_foot(self, canvas: Any, number: int, pages: int) -> None:
        label = self._page_label % {"page": number, "pages": pages}
        canvas.setFont(self.font, 7.5)
        canvas.setFillGray(0.35)
        room = self.inner_width - self.measure.width(label, 7.5) - 5 * mm
        for index, line in enumerate(self.measure.lines(self._foot, 7.5, room)[:2]):
            canvas.drawString(MARGIN, MARGIN + 3 - index * 9, line)
        canvas.drawRightString(self.width - MARGIN, MARGIN + 3, label)
        canvas.setFillGray(0)

    def new_page(self) -> None:
        """End the page."""
        self.canvas.showPage()
        self.y = self.top

    def has_room(self, height: float) -> bool:
        """Tell whether something so high still fits on this page."""
        return self.y - height >= self.bottom

    def text(
        self, text: str, size: float, *, x: float = MARGIN, width: float = 0.0, is_centred: bool = False
    ) -> None:
        """Set a text in lines, and move below it."""
        width = width or self.inner_width
        self.canvas.setFont(self.font, size)
        for line in self.measure.lines(text, size, width):
            baseline = self.y - size
            if is_centred:
                self.canvas.drawCentredString(x + width / 2, baseline, line)
            else:
                self.canvas.drawString(x, baseline, line)
            self.y -= size * LINE_FACTOR

    def row_height(self, cells: Sequence[Cell], size: float, least: float) -> float:
        """Return how high a row must be so that every cell holds its text."""
        most = max(len(self._lines(cell, size)) for cell in cells)
        return float(max(least, most * size * LINE_FACTOR + 2 * CELL_PADDING))

    def _lines(self, cell: Cell, size: float) -> list[str]:
        return self.measure.lines(cell.text, size, cell.width - 2 * CELL_PADDING)

    def row(
        self,
        cells: Sequence[Cell],
        size: float,
        *,
        x: float = MARGIN,
        least: float = 0.0,
        is_head: bool = False,
    ) -> None:
        """Draw a ruled row and move below it; the caller has seen to the room."""
        height = self.row_height(cells, size, least)
        self.canvas.setLineWidth(RULE)
        self.canvas.setFont(self.font, size)
        for cell in cells:
            if cell.is_label or is_head:
                self.canvas.setFillGray(_SHADE)
                self.canvas.rect(x, self.y - height, cell.width, height, stroke=0, fill=1)
                self.canvas.setFillGray(0)
            self.canvas.rect(x, self.y - height, cell.width, height, stroke=1, fill=0)
            lines = self._lines(cell, size)
            line_height = size * LINE_FACTOR
            baseline = self.y - (height - len(lines) * line_height) / 2 - size
            for line in lines:
                if cell.is_label or cell.is_centred or is_head:
                    self.canvas.drawCentredString(x + cell.width / 2, baseline, line)
                else:
                    self.canvas.drawString(x + CELL_PADDING, baseline, line)
                baseline -= line_height
            x += cell.width
        self.y -= height

    def save(self) -> None:
        """End the last page and write the file."""
        self.canvas.showPage()
        self.canvas.save()
