"""Roster rows are kept sealed: ID numbers stand in them."""

from __future__ import annotations

import json
from typing import Any

from warrant.core.crypto.sealing import open_sealed, seal
from warrant.core.crypto.secret import Secret

_written = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _row_place(roster_id: int, sheet: str, row: int) -> bytes:
    return f"roster-row:{roster_id}:{row}:{sheet}".encode()


def seal_row(key: Secret, roster_id: int, sheet: str, row: int, content: dict[str, Any]) -> bytes:
    """Seal what is known of one roster row; ``content`` is JSON."""
    return seal(key, _written(content).encode(), _row_place(roster_id, sheet, row))


def open_row(key: Secret, roster_id: int, sheet: str, row: int, sealed: bytes) -> dict[str, Any]:
    """Return what :func:`seal_row` sealed."""
    content: dict[str, Any] = json.loads(open_sealed(key, sealed, _row_place(roster_id, sheet, row)))
    return content


def seal_sample(key: Secret, roster_id: int, sample: list[dict[str, Any]]) -> bytes:
    """Seal the first rows of every sheet of a roster."""
    return seal(key, json.dumps(sample, ensure_ascii=False).encode(), f"roster-sample:{roster_id}".encode())


def open_sample(key: Secret, roster_id: int, sealed: bytes) -> list[dict[str, Any]]:
    """Return what :func:`seal_sample` sealed; nothing where nothing was."""
    if not sealed:
        return []
    opened = open_sealed(key, sealed, f"roster-sample:{roster_id}".encode())
    sample: list[dict[str, Any]] = json.loads(opened)
    return sample
