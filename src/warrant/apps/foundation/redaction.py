"""The last thing before a line of a log leaves the process: nothing that reads like an ID number stands in it whole."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

from warrant.core.standards.id_number import without_id_numbers


def mask_line(_logger: Any, _method: str, line: str | MutableMapping[str, Any]) -> str:
    """Mask a rendered line; the last of structlog's processors."""
    return without_id_numbers(str(line))


class MaskingFormatter(logging.Formatter):
    """Masks whatever Django and libraries log, tracebacks with their values included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line as it may be written."""
        return without_id_numbers(super().format(record))
