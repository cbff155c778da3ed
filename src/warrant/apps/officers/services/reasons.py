"""Written reasons, as every decision about a person asks for one."""

from __future__ import annotations

from warrant.core.errors import N_, InvalidInput

SHORTEST_REASON = 2
LONGEST_REASON = 300


def checked_reason(reason: str, place: str = "reason") -> str:
    """Return the reason trimmed. Raises: InvalidInput ``reason-missing``, ``-unreadable``, ``-too-long``."""
    text = reason.strip()
    if len(text) < SHORTEST_REASON:
        raise InvalidInput("reason-missing", N_("请写明理由"), place=place)
    if "\x00" in text:
        raise InvalidInput("reason-unreadable", N_("理由中有无法识别的字符，请重新填写"), place=place)
    if len(text) > LONGEST_REASON:
        raise InvalidInput(
            "reason-too-long", N_("理由不能超过 %(limit)s 字"), place=place, limit=LONGEST_REASON
        )
    return text
