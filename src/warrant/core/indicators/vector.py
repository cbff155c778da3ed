"""The vector of an officer: one raw number a dimension, from the columns that a version keeps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from warrant.core.indicators import dimensions
from warrant.core.indicators.profession import profession_of
from warrant.core.lifecycle.officer import OfficerState
from warrant.core.standards import codes

Vector = tuple[int, int, int, int, int, int, int, int, int, int, int, int]
"""Birth year, sex, education, profession, years of training, examination and review, year of arrival, categories
(bit ``1 << code``; bit 0 where none is recorded), post, staffing, certificate state: in the order of DIMENSIONS."""

CATEGORY_PLACE = 8
_LARGEST_CATEGORY = 8


def _year(value: Any) -> int:
    """Return the year of an ISO date or date; 0 without one."""
    return int(str(value)[:4]) if value else 0


@lru_cache(maxsize=4096)
def _category_mask(joined: str) -> int:
    mask = 0
    for code in joined.split(","):
        if code.isascii() and code.isdigit() and 0 < int(code) <= _LARGEST_CATEGORY:
            mask |= 1 << int(code)
    return mask or 1


@lru_cache(maxsize=4096)
def _post(text: str) -> int:
    if not text:
        return 0
    code = codes.POST.find(text)
    return dimensions.POSTS[code.code] if code else dimensions.OTHER_POST


@lru_cache(maxsize=4096)
def _profession(major: str) -> int:
    return dimensions.PROFESSIONS.get(profession_of(major), 0)


def vector_of(content: Mapping[str, Any]) -> Vector | None:
    """Return the vector of an officer; nothing for who does not count: who left, was deleted or merged.

    ``content`` holds the versioned columns as JSON knows them; it is empty where the record was erased.
    """
    if content.get("state") != OfficerState.ACTIVE.value:
        return None
    return (
        _year(content["birth_on"]),
        dimensions.SEXES.get(content["sex"], 0),
        dimensions.EDUCATION_GROUPS.get(content["education"][:1], 0),
        _profession(content["major"]),
        content["trained_year"],
        content["examined_year"],
        content["reviewed_year"],
        _year(content["arrived_on"]),
        _category_mask(content["categories"]),
        _post(content["post"]),
        dimensions.STAFFINGS.get(content["staffing"], 0),
        dimensions.CERTIFICATE_STATES.get(content["certificate_state"], 0),
    )


@lru_cache(maxsize=1024)
def categories_in(mask: int) -> tuple[int, ...]:
    """Return the category numbers of a mask, ascending; ``(0,)`` where none is recorded."""
    return tuple(number for number in range(_LARGEST_CATEGORY + 1) if mask >> number & 1)
