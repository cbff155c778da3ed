"""A small drawing surface: smooth shapes with soft edges, in the units of the finished picture."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

Point = tuple[float, float]
Colour = tuple[int, int, int]

# Drawn twice as large and reduced at the end: that is what makes the edges smooth.
OVERSAMPLING = 2


class Brush:
    """Paints on a white ground of ``width`` x ``height`` units; all lengths below are in these units."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._picture = Image.new("RGB", (width * OVERSAMPLING, height * OVERSAMPLING), (255, 255, 255))
        self._lift = 0.0

    def lift(self, height: float) -> None:
        """Draw everything from now on higher by ``height``; masks too."""
        self._lift = height

    def mask(self, points: Sequence[Point]) -> Image.Image:
        """Return a smooth closed shape as a mask, to clip later strokes with."""
        whole = Image.new("L", self._picture.size, 0)
        ImageDraw.Draw(whole).polygon(self._scaled(smooth(points)), fill=255)
        return whole

    def shape(
        self,
        points: Sequence[Point],
        colour: Colour,
        *,
        soft: float = 0.0,
        opacity: float = 1.0,
        clip: Image.Image | None = None,
        sharp: bool = False,
    ) -> None:
        """Fill a closed shape: smooth through ``points``, or with straight edges where ``sharp``."""
        outline = list(points) if sharp else smooth(points)
        self._paint(outline, colour, soft=soft, opacity=opacity, clip=clip)

    def ellipse(
        self,
        centre: Point,
        radii: Point,
        colour: Colour,
        *,
        soft: float = 0.0,
        opacity: float = 1.0,
        clip: Image.Image | None = None,
    ) -> None:
        """Fill an ellipse."""
        (x, y), (rx, ry) = centre, radii
        # Eight points on a Catmull-Rom curve come within 1 % of an ellipse.
        d = 0.70711
        points = [
            (x + rx, y),
            (x + d * rx, y + d * ry),
            (x, y + ry),
            (x - d * rx, y + d * ry),
            (x - rx, y),
            (x - d * rx, y - d * ry),
            (x, y - ry),
            (x + d * rx, y - d * ry),
        ]
        self._paint(smooth(points), colour, soft=soft, opacity=opacity, clip=clip)

    def stroke(
        self,
        points: Sequence[Point],
        colour: Colour,
        *,
        widths: Sequence[float],
        soft: float = 0.0,
        opacity: float = 1.0,
        clip: Image.Image | None = None,
    ) -> None:
        """Draw an open line whose width goes through ``widths`` from its start to its end."""
        line = smooth(points, closed=False)
        left: list[Point] = []
        right: list[Point] = []
        for index, (x, y) in enumerate(line):
            before, after = line[max(index - 1, 0)], line[min(index + 1, len(line) - 1)]
            dx, dy = after[0] - before[0], after[1] - before[1]
            length = (dx * dx + dy * dy) ** 0.5 or 1.0
            half = _between(widths, index / (len(line) - 1)) / 2
            left.append((x - dy / length * half, y + dx / length * half))
            right.append((x + dy / length * half, y - dx / length * half))
        self._paint([*left, *reversed(right)], colour, soft=soft, opacity=opacity, clip=clip)

    def outline(self, points: Sequence[Point], colour: Colour, *, width: float) -> None:
        """Draw the edge of a smooth closed shape with an even, hard line."""
        line = self._scaled(smooth(points))
        ImageDraw.Draw(self._picture).line(
            [*line, line[0], line[1]], fill=colour, width=round(width * OVERSAMPLING), joint="curve"
        )

    def lettering(self, text: str, centre: Point, colour: Colour, *, size: float) -> None:
        """Write a short plain text around ``centre`` in Pillow's built-in face."""
        ImageDraw.Draw(self._picture).text(
            self._scaled([centre])[0],
            text,
            fill=colour,
            font=ImageFont.load_default(size * OVERSAMPLING),
            anchor="mm",
        )

    def finish(self) -> Image.Image:
        """Return the picture at its final size."""
        return self._picture.resize(self._size, Image.Resampling.LANCZOS, reducing_gap=3.0)

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        return [(x * OVERSAMPLING, (y - self._lift) * OVERSAMPLING) for x, y in points]

    def _paint(
        self,
        outline: Sequence[Point],
        colour: Colour,
        *,
        soft: float,
        opacity: float,
        clip: Image.Image | None,
    ) -> None:
        # Only the part of the picture that the shape touches is worked on; blurring all of it costs 20 x.
        points = self._scaled(outline)
        margin = round(soft * OVERSAMPLING * 3) + 2
        left = max(0, int(min(x for x, _ in points)) - margin)
        top = max(0, int(min(y for _, y in points)) - margin)
        right = min(self._picture.width, int(max(x for x, _ in points)) + margin)
        bottom = min(self._picture.height, int(max(y for _, y in points)) + margin)
        if left >= right or top >= bottom:
            return
        # The blur must see what lies outside the picture, or shapes fade at the picture's edge.
        part = Image.new("L", (right - left + 2 * margin, bottom - top + 2 * margin), 0)
        shifted = [(x - left + margin, y - top + margin) for x, y in points]
        ImageDraw.Draw(part).polygon(shifted, fill=round(255 * opacity))
        if soft:
            part = part.filter(ImageFilter.BoxBlur(soft * OVERSAMPLING * 0.9))
            part = part.filter(ImageFilter.BoxBlur(soft * OVERSAMPLING * 0.9))
        part = part.crop((margin, margin, margin + right - left, margin + bottom - top))
        box = (left, top, right, bottom)
        if clip is not None:
            part = ImageChops.multiply(part, clip.crop(box))
        self._picture.paste(colour, box, part)


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 10) -> list[Point]:
    """Return a dense line through ``points`` (centripetal enough for our shapes: uniform Catmull-Rom)."""
    count = len(points)
    curve: list[Point] = []
    for index in range(count if closed else count - 1):
        p0 = points[(index - 1) % count] if closed or index else points[0]
        p1 = points[index]
        p2 = points[(index + 1) % count]
        p3 = points[(index + 2) % count] if closed or index + 2 < count else points[-1]
        for step in range(steps):
            t = step / steps
            curve.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    if not closed:
        curve.append(points[-1])
    return curve


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """Return ``first`` with ``share`` (0 to 1) of ``second`` in it."""
    return (
        round(first[0] + (second[0] - first[0]) * share),
        round(first[1] + (second[1] - first[1]) * share),
        round(first[2] + (second[2] - first[2]) * share),
    )


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def _between(values: Sequence[float], share: float) -> float:
    place = share * (len(values) - 1)
    index = min(int(place), len(values) - 2)
    return values[index] + (values[index + 1] - values[index]) * (place - index)
