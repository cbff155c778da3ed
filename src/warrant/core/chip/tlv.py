"""Tag, length, value: the codec below the card's files.

A file is ``length (2 bytes, big-endian) ‖ fields ‖ zeros to the end``, a field is ``tag (1 byte) ‖ length
(2 bytes, big-endian) ‖ value``. Fields stand in ascending order of their tags, so that one content has one encoding.
"""

from __future__ import annotations

from collections.abc import Sequence

from warrant.core.chip.layout import FileRow
from warrant.core.errors import N_, InvalidInput

Field = tuple[int, bytes]


def malformed(row: FileRow) -> InvalidInput:
    """The one error for everything that can be wrong with the bytes of a card's file."""
    return InvalidInput(
        "card-content-malformed", N_("证卡文件“%(file)s”的内容格式错误"), place=row.title, file=row.label
    )


def encode_file(fields: Sequence[Field], row: FileRow) -> bytes:
    """Return exactly as many bytes as the file has.

    Raises: InvalidInput ``card-content-too-long`` when the fields do not fit.
    """
    body = b"".join(bytes((tag,)) + len(value).to_bytes(2, "big") + value for tag, value in fields)
    if len(body) + 2 > row.size:
        raise InvalidInput(
            "card-content-too-long",
            N_("写入证卡文件“%(file)s”的内容过长：需要 %(needed)s 字节，最多 %(size)s 字节"),
            place=row.title,
            file=row.label,
            needed=len(body) + 2,
            size=row.size,
        )
    return len(body).to_bytes(2, "big") + body.ljust(row.size - 2, b"\x00")


def decode_file(image: bytes, row: FileRow) -> list[Field]:
    """Return the fields of a file, tags ascending (a tag may repeat).

    Raises: InvalidInput ``card-content-malformed`` for truncated, over-long or otherwise wrong bytes.
    """
    if len(image) != row.size:
        raise malformed(row)
    length = int.from_bytes(image[:2], "big")
    body, padding = image[2 : 2 + length], image[2 + length :]
    if len(body) != length or any(padding):
        raise malformed(row)
    fields: list[Field] = []
    position = 0
    while position < length:
        tag = body[position]
        start = position + 3
        end = start + int.from_bytes(body[position + 1 : start], "big")
        if start > length or end > length or (fields and tag < fields[-1][0]):
            raise malformed(row)
        fields.append((tag, body[start:end]))
        position = end
    return fields
