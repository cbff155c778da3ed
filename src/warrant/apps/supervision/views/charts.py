"""Charts as SVG, drawn on the server: no script, no inline style, readable in black and white.

Lengths are those of the view box; the style sheet gives the colours. Each chart says its title and all its values to
those who do not see it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup, escape

WIDTH = 420
ROW = 26
_EM = 12.5
_LATIN = 6.6
_LONGEST_LABEL = 160.0
_VALUE_WIDTH = 52.0


@dataclass(frozen=True)
class Bar:
    """One line of a chart; shares from 0 to 1, nothing where there is nobody to compare with."""

    label: str
    share: float
    above: float | None = None
    before: float | None = None


@dataclass(frozen=True)
class Stack:
    """One whole, split into shares from 0 to 1 in the order of the legend."""

    label: str
    shares: tuple[float, ...]


def percent(share: float) -> str:
    """Return a share as ``12.3%``."""
    return f"{share * 100:.1f}%"


def _width(text: str) -> float:
    return sum(_EM if unicodedata.east_asian_width(character) in "WF" else _LATIN for character in text)


def _shortened(text: str, room: float) -> str:
    if _width(text) <= room:
        return text
    kept = text
    while kept and _width(kept) + _LATIN > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _svg(key: str, height: float, title: str, told: str, body: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{key}-t {key}-d">'
        '<title id="{key}-t">{title}</title><desc id="{key}-d">{told}</desc>{body}</svg>'
    ).format(width=WIDTH, height=f"{height:g}", key=key, title=title, told=told, body=Markup("").join(body))


def bar_chart(key: str, title: str, bars: Sequence[Bar]) -> Markup:
    """Draw one bar a band, with a line where the unit above stands and a ring where it stood a year ago."""
    left = min(max((_width(bar.label) for bar in bars), default=0.0), _LONGEST_LABEL) + 8
    room = WIDTH - left - _VALUE_WIDTH
    largest = max(
        (share for bar in bars for share in (bar.share, bar.above, bar.before) if share is not None),
        default=0.0,
    )
    top = max(ceil(largest * 10), 1) / 10
    height = len(bars) * ROW + 4
    body = [
        Markup('<path class="chart-grid" d="M{x:.1f} 0V{height}"/>').format(
            x=left + room * step / 2, height=height
        )
        for step in (0, 1, 2)
    ]
    for number, bar in enumerate(bars):
        y = number * ROW
        middle = y + ROW / 2 + 1
        length = room * bar.share / top
        body.append(
            Markup(
                '<text class="chart-label" x="0" y="{base:.0f}">{label}</text>'
                '<rect class="chart-bar" x="{left:.1f}" y="{y}" width="{length:.1f}" height="14"/>'
            ).format(
                base=middle + 4, label=_shortened(bar.label, left - 8), left=left, y=y + 7, length=length
            )
        )
        if bar.above:
            body.append(
                Markup('<path class="chart-above" d="M{x:.1f} {y}v20"/>').format(
                    x=left + room * bar.above / top, y=y + 4
                )
            )
        if bar.before:
            body.append(
                Markup('<circle class="chart-before" cx="{x:.1f}" cy="{y:.0f}" r="4"/>').format(
                    x=left + room * bar.before / top, y=middle
                )
            )
        body.append(
            Markup('<text class="chart-value" x="{x}" y="{y:.0f}">{text}</text>').format(
                x=WIDTH, y=middle + 4, text=percent(bar.share)
            )
        )
    told = "; ".join(f"{bar.label} {percent(bar.share)}" for bar in bars)
    return _svg(key, height, title, told, body)


def stack_chart(key: str, title: str, names: Sequence[str], stacks: Sequence[Stack]) -> Markup:
    """Draw one full bar a whole, split in the order of ``names``; shares of 8 % and more are written into it."""
    left = min(max((_width(stack.label) for stack in stacks), default=0.0), _LONGEST_LABEL) + 8
    room = WIDTH - left
    body: list[Markup] = []
    for number, stack in enumerate(stacks):
        y = number * 34
        body.append(
            Markup('<text class="chart-label" x="0" y="{y}">{label}</text>').format(
                y=y + 20, label=_shortened(stack.label, left - 8)
            )
        )
        x = left
        for place, share in enumerate(stack.shares, start=1):
            length = room * share
            if share:
                body.append(
                    Markup(
                        '<rect class="chart-part part-{place}" x="{x:.1f}" y="{y}" width="{w:.1f}" height="24"/>'
                    ).format(place=place, x=x, y=y + 4, w=length)
                )
            if share >= 0.08:
                body.append(
                    Markup('<text class="chart-in in-{place}" x="{x:.1f}" y="{y}">{text}</text>').format(
                        place=place, x=x + length / 2, y=y + 20, text=percent(share)
                    )
                )
            x += length
    told = "; ".join(
        f"{stack.label}: "
        + ", ".join(f"{name} {percent(share)}" for name, share in zip(names, stack.shares, strict=True))
        for stack in stacks
    )
    return _svg(key, len(stacks) * 34 + 2, title, told, body)


@dataclass(frozen=True)
class Column:
    """One month: how many came in, and how many went out."""

    label: str
    coming: int
    going: int


def column_chart(key: str, title: str, columns: Sequence[Column]) -> Markup:
    """Draw those who came above a line and those who went below it, month by month."""
    largest = max((max(column.coming, column.going) for column in columns), default=0) or 1
    half, step = 70, WIDTH / max(len(columns), 1)
    base = half + 14
    body: list[Markup] = [Markup('<path class="chart-axis" d="M0 {y}H{width}"/>').format(y=base, width=WIDTH)]
    for number, column in enumerate(columns):
        x, wide = number * step + step * 0.22, step * 0.56
        middle = number * step + step / 2
        up, down = half * column.coming / largest, half * column.going / largest
        if column.coming:
            body.append(
                Markup(
                    '<rect class="chart-bar" x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}"/>'
                    '<text class="chart-small" x="{m:.1f}" y="{t:.1f}">{n}</text>'
                ).format(x=x, y=base - up, w=wide, h=up, m=middle, t=base - up - 3, n=column.coming)
            )
        if column.going:
            body.append(
                Markup(
                    '<rect class="chart-part part-3" x="{x:.1f}" y="{y}" width="{w:.1f}" height="{h:.1f}"/>'
                    '<text class="chart-small" x="{m:.1f}" y="{t:.1f}">{n}</text>'
                ).format(x=x, y=base, w=wide, h=down, m=middle, t=base + down + 11, n=column.going)
            )
        body.append(
            Markup('<text class="chart-small" x="{m:.1f}" y="{y}">{label}</text>').format(
                m=middle, y=base * 2 + 12, label=column.label
            )
        )
    told = "; ".join(f"{column.label}: +{column.coming} -{column.going}" for column in columns)
    return _svg(key, base * 2 + 16, title, escape(told), body)
