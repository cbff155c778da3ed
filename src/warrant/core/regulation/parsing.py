"""Values out of the content of a regulation, each with the way there when it cannot be understood.

``place`` is the way to the object that holds the value (``lines.3``), empty for the content itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from warrant.core.errors import N_, InvalidInput

LANGUAGES = ("zh", "en")


def way(place: str, name: str) -> str:
    """Return the way to ``name`` inside ``place``."""
    return f"{place}.{name}" if place else name


def whole(source: Mapping[str, Any], name: str, least: int, most: int, place: str = "") -> int:
    """Return a whole number, both ends allowed.

    Raises:
        InvalidInput: it is missing, no whole number, or outside.
    """
    value = source.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidInput(
            "number-out-of-range",
            N_("应为 %(least)s 至 %(most)s 的整数"),
            place=way(place, name),
            least=least,
            most=most,
        )
    return value


def words(source: Mapping[str, Any], name: str, place: str = "") -> Mapping[str, str]:
    """Return a text in Chinese and English.

    Raises:
        InvalidInput: one of the two is missing or blank.
    """
    value = source.get(name)
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        text = value.get(language) if isinstance(value, Mapping) else None
        if not isinstance(text, str) or not text.strip():
            raise InvalidInput(
                "not-in-two-languages", N_("请填写中文和英文"), place=f"{way(place, name)}.{language}"
            )
        texts[language] = text
    return MappingProxyType(texts)


def flag(source: Mapping[str, Any], name: str, place: str = "", *, missing: bool | None = None) -> bool:
    """Return yes or no; ``missing`` is what counts where nothing is written.

    Raises:
        InvalidInput: it is neither, or nothing is written and ``missing`` was not given.
    """
    value = source.get(name, missing)
    if not isinstance(value, bool):
        raise InvalidInput("not-yes-or-no", N_("请填是或否"), place=way(place, name))
    return value


def listed(source: Mapping[str, Any], name: str, place: str = "") -> Sequence[Any]:
    """Return a list; an empty one where nothing is written.

    Raises:
        InvalidInput: it is no list.
    """
    value = source.get(name, [])
    if not isinstance(value, list):
        raise InvalidInput("not-a-list", N_("应为列表"), place=way(place, name))
    return value


def day(value: object, place: str) -> date:
    """Return the day that is written as ``2026-11-22``; ``place`` leads to the value itself.

    Raises:
        InvalidInput: it is none.
    """
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise InvalidInput("not-a-day", N_("请按 2026-11-22 的格式填写日期"), place=place)
