"""Files that are what they say: the smallest whole PDF, PNG and JPEG."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def pdf(words: str = "made-up proof") -> bytes:
    """Return a PDF of one empty page; ``words`` stand in a comment and make files differ."""
    return (
        b"%PDF-1.4\n%" + words.encode() + b"\n"
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def image(kind: str = "JPEG", colour: str = "white") -> bytes:
    """Return a small picture as ``JPEG`` or ``PNG``."""
    stream = BytesIO()
    Image.new("RGB", (32, 24), colour).save(stream, kind)
    return stream.getvalue()
