"""What can be chosen in the filters of the list, and the words in which a chosen filter stands on its chip."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from warrant.apps.foundation.listing import NONE
from warrant.apps.officers.selectors.listing import Listing
from warrant.apps.officers.selectors.listing_columns import (
    CERTIFICATE_STATE_WORDS,
    LEAVING_WORDS,
    OFFICER_STATE_WORDS,
    names_of,
)
from warrant.apps.officers.selectors.listing_filters import FILTERS, NO, SEEN_STATES, YES
from warrant.apps.officers.selectors.register import EDUCATION_GROUPS
from warrant.core.errors import N_
from warrant.core.standards import codes
from warrant.core.standards.code_table import CodeTable

Choices = list[tuple[str, str]]

_NOT_RECORDED = N_("未登记")
_WITHIN = (("30", N_("30 天内到期")), ("90", N_("90 天内到期")), ("180", N_("180 天内到期")))


def _codes(table: CodeTable, *, has_none: bool = True) -> Callable[[], Choices]:
    def choices() -> Choices:
        return [*names_of(table).items(), *([(NONE, _(_NOT_RECORDED))] if has_none else [])]

    return choices


def _yes_or_no(yes: str, no: str) -> Callable[[], Choices]:
    return lambda: [(YES, _(yes)), (NO, _(no))]


def _certificate_states() -> Choices:
    return [(state or NONE, _(word)) for state, (word, _tone) in CERTIFICATE_STATE_WORDS.items()]


def _educations() -> Choices:
    return [*((value, _(word)) for value, word in EDUCATION_GROUPS), (NONE, _(_NOT_RECORDED))]


def _posts() -> Choices:
    """Posts stand in records in Chinese, whatever the language of the page."""
    english = names_of(codes.POST)
    return [*((code.name, english[code.code]) for code in codes.POST), (NONE, _(_NOT_RECORDED))]


CHOICES: Mapping[str, Callable[[], Choices]] = {
    "category": _codes(codes.ENFORCEMENT_CATEGORY, has_none=False),
    "certificate_state": _certificate_states,
    "state": lambda: [(state, _(OFFICER_STATE_WORDS[state][0])) for state in SEEN_STATES],
    "education": _educations,
    "degree": lambda: [
        *((code, names_of(codes.DEGREE)[code]) for code in ("2", "3", "4")),
        (NONE, _(_NOT_RECORDED)),
    ],
    "sex": lambda: [(code, names_of(codes.SEX)[code]) for code in ("1", "2")],
    "staffing": _codes(codes.STAFFING),
    "post": _posts,
    "political": _codes(codes.POLITICAL_STATUS),
    "legal": _yes_or_no(N_("有"), N_("没有")),
    "left_kind": lambda: [(kind, _(word)) for kind, word in LEAVING_WORDS.items()],
    "expires_within": lambda: [(days, _(word)) for days, word in _WITHIN],
    "reviewed": _yes_or_no(N_("已年审"), N_("未年审")),
    "trained": _yes_or_no(N_("已达标"), N_("未达标")),
    "examined": _yes_or_no(N_("已合格"), N_("未合格")),
}
"""Filters that are chosen from a list, and what stands in it."""


_WHOLE_TABLES = {"education": codes.EDUCATION, "degree": codes.DEGREE}
"""Where the choices are groups, an address may still name a single code."""


def value_in_words(name: str, value: str, unit_name: str = "") -> str:
    """Return how the value of a filter is said."""
    if name == "unit":
        return unit_name or value
    if name == "tail":
        return "••••"
    if name == "expires_within":
        return _("%(days)s 天内") % {"days": value}
    if name not in CHOICES:
        return value
    known = dict(CHOICES[name]())
    if name in _WHOLE_TABLES:
        known |= names_of(_WHOLE_TABLES[name])
    return " / ".join(known.get(part, part) for part in value.split(","))


def chips_of(listing: Listing, unit_name: str) -> list[tuple[str, str, Listing]]:
    """Return label and words of every filter in use, and the listing without it."""
    return [
        (_(FILTERS[name].label), value_in_words(name, value, unit_name), listing.without(name))
        for name, value in listing.filters.items()
    ]
