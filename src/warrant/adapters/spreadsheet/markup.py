"""Streaming XML with nothing that can expand: a document type declaration is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from warrant.adapters.spreadsheet.bounds import unreadable

OnStart = Callable[[str, Mapping[str, str]], None]
OnEnd = Callable[[str], None]
OnText = Callable[[str], None]


def _nothing(_: str) -> None:
    """Ignore the event."""


def scan(
    chunks: Iterable[bytes], on_start: OnStart, on_end: OnEnd = _nothing, on_text: OnText = _nothing
) -> None:
    """Feed a document through callbacks. Names lose their prefix (``table:table-cell`` becomes ``table-cell``).

    Raises: InvalidInput("file-unreadable") for malformed XML or a document type declaration.
    """

    def start(name: str, attributes: dict[str, str]) -> None:
        on_start(_local(name), {_local(key): value for key, value in attributes.items()})

    def refuse(*_: object) -> None:
        raise unreadable()

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: on_end(_local(name))
    parser.CharacterDataHandler = on_text
    parser.StartDoctypeDeclHandler = refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise unreadable() from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]
