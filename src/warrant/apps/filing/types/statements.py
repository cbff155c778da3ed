"""What a province says about a document that the ministry wants to have held against its original."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle.filing import OriginalState

LONGEST_NAME = 80
LONGEST_PLACE = 120
LONGEST_NOTE = 400


@dataclass(frozen=True)
class Statement:
    """One document: ``digest`` (SHA-256, hex) as filed; ``is_kept``: the province's node still holds a file of this digest.

    ``original`` is a value of ``OriginalState``; who saw it, on which day and where. Without an original the note says
    why.
    """

    digest: str
    is_kept: bool
    original: str
    seen_by: str
    seen_on: str
    place: str
    note: str

    def as_json(self) -> dict[str, object]:
        """Return it as the event holds it."""
        return asdict(self)


def _bad(place: str) -> InvalidInput:
    return InvalidInput(
        "document-answer-invalid",
        N_("材料核对结果不完整或不正确（%(field)s），已拒收。"),
        place=place,
        field=place,
    )


def _text(row: Mapping[str, object], name: str, longest: int, place: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise _bad(f"{place}.{name}")
    return value


def read_statements(rows: object, digests: Sequence[str]) -> list[Statement]:
    """Return the statements of an answer: one for each of ``digests``, in their order.

    Raises:
        InvalidInput: ``document-answer-invalid``; ``place`` names the member, ``documents.2.seen_on`` say.
    """
    if not isinstance(rows, list) or len(rows) != len(digests):
        raise _bad("documents")
    found = []
    for number, (row, digest) in enumerate(zip(rows, digests, strict=True), start=1):
        place = f"documents.{number}"
        if not isinstance(row, dict) or row.get("digest") != digest:
            raise _bad(f"{place}.digest")
        if not isinstance(row.get("is_kept"), bool):
            raise _bad(f"{place}.is_kept")
        original = _text(row, "original", 12, place)
        if original not in set(OriginalState):
            raise _bad(f"{place}.original")
        seen_on = _text(row, "seen_on", 10, place)
        if original != OriginalState.MISSING or seen_on:
            try:
                date.fromisoformat(seen_on)
            except ValueError as error:
                raise _bad(f"{place}.seen_on") from error
        found.append(
            Statement(
                digest=digest,
                is_kept=bool(row["is_kept"]),
                original=original,
                seen_by=_text(row, "seen_by", LONGEST_NAME, place),
                seen_on=seen_on,
                place=_text(row, "place", LONGEST_PLACE, place),
                note=_text(row, "note", LONGEST_NOTE, place),
            )
        )
    return found
