"""Sets text so that it fits: shrinks first, then wraps, and refuses rather than overruns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import Color
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from warrant.core.errors import N_, InvalidInput

# Characters that must not begin a line.
NOT_FIRST = "、,。;:!?)》」』】·,.;:!?)"
ITEM_END = "、"
SIZE_STEP = 0.25
# Noto Sans CJK comes in one weight; an outline of this share of the size makes it a semi-bold.
BOLD_OUTLINE = 0.032


@dataclass(frozen=True)
class Setting:
    """Text as it will be set: ``size`` and ``leading`` in points."""

    lines: tuple[str, ...]
    size: float
    leading: float

    @property
    def height(self) -> float:
        """From the first baseline to the last, in points."""
        return self.leading * (len(self.lines) - 1)


def text_width(text: str, font: str, size: float) -> float:
    """Return the set width in points."""
    return float(pdfmetrics.stringWidth(text, font, size))


def fit(
    text: str, font: str, *, width: float, size: float, least_size: float, max_lines: int, place: str
) -> Setting:
    """Find the largest setting of ``text`` within ``width``, at most ``max_lines`` lines.

    One line is preferred as long as it is not smaller than 85 % of ``size``.

    Raises: InvalidInput ``text-too-long-for-card`` where even ``least_size`` does not fit.
    """
    single = size
    while single >= max(size * 0.85, least_size):
        if text_width(text, font, single) <= width:
            return Setting((text,), single, single * 1.25)
        single -= SIZE_STEP
    # A list breaks between its items as long as that does not make the type much smaller.
    for units, least in ((_items(text), max(size * 0.8, least_size)), (list(text), least_size)):
        trial = size
        while trial >= least:
            lines = _wrap(units, font, trial, width)
            if len(lines) <= max_lines and all(text_width(line, font, trial) <= width for line in lines):
                return Setting(tuple(_balanced(units, lines, font, trial, width)), trial, trial * 1.25)
            trial -= SIZE_STEP
    raise InvalidInput(
        "text-too-long-for-card",
        N_("“%(text)s”太长，证件版面印不下。请使用规范简称。"),
        place=place,
        text=text,
    )


def write(
    canvas: Canvas,
    text: str,
    at: tuple[float, float],
    *,
    font: str,
    size: float,
    colour: Color,
    bold: bool = False,
    spacing: float = 0.0,
) -> None:
    """Write one line from ``at`` (left end of the baseline)."""
    line = canvas.beginText(*at)
    line.setFont(font, size)
    line.setFillColor(colour)
    line.setStrokeColor(colour)
    line.setCharSpace(spacing)
    line.setTextRenderMode(2 if bold else 0)
    canvas.saveState()
    canvas.setLineWidth(size * BOLD_OUTLINE)
    canvas.setLineJoin(1)
    line.textOut(text)
    line.setTextRenderMode(0)
    line.setCharSpace(0)
    canvas.drawText(line)
    canvas.restoreState()


def write_centred(
    canvas: Canvas,
    text: str,
    at: tuple[float, float],
    *,
    font: str,
    size: float,
    colour: Color,
    bold: bool = False,
    spacing: float = 0.0,
) -> None:
    """Write one line around ``at`` (middle of the baseline)."""
    width = text_width(text, font, size) + spacing * (len(text) - 1)
    start = (at[0] - width / 2, at[1])
    write(canvas, text, start, font=font, size=size, colour=colour, bold=bold, spacing=spacing)


def _items(text: str) -> list[str]:
    """Cut a list at its enumeration commas; text without any breaks between all characters."""
    if ITEM_END not in text:
        return list(text)
    *items, last = text.split(ITEM_END)
    return [item + ITEM_END for item in items] + [last]


def _wrap(units: Sequence[str], font: str, size: float, width: float) -> list[str]:
    lines: list[str] = []
    line: list[str] = []
    for unit in units:
        if line and text_width("".join(line) + unit, font, size) > width:
            carried = [line.pop()] if unit in NOT_FIRST and len(line) > 1 else []
            lines.append("".join(line))
            line = [*carried, unit]
        else:
            line.append(unit)
    return [*lines, "".join(line)]


def _balanced(units: Sequence[str], lines: list[str], font: str, size: float, width: float) -> list[str]:
    """Make the lines of about equal length, so that none holds a single character."""
    for share in range(50, 100, 5):
        candidate = _wrap(units, font, size, width * share / 100)
        fits = all(text_width(line, font, size) <= width for line in candidate)
        if len(candidate) == len(lines) and fits:
            return candidate
    return lines
