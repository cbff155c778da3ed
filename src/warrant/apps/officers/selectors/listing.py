"""The list of officers as one value: what is asked for, how it is ordered, which columns; and the rows it means.

Lists, exports, saved views and the figures behind statistics all ask through here, so that they agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import QueryDict

from warrant.apps.foundation import clock
from warrant.apps.foundation.listing import (
    ListColumn,
    iso_day,
    read_columns,
    read_sort,
    read_values,
    sort_field,
    unusable,
)
from warrant.apps.officers.models import Officer, OfficerNameToken
from warrant.apps.officers.selectors.listing_columns import COLUMNS, DEFAULT_COLUMNS
from warrant.apps.officers.selectors.listing_filters import FILTERS, of_unit
from warrant.apps.officers.selectors.searching import Typed, is_short_token, kind_of, search_form
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Level, Permission
from warrant.core.errors import N_, InvalidInput

DEFAULT_SORT = "name"
MOST_CHOSEN = 1000
"""Rows that can be chosen one by one; beyond that one chooses all that match."""


@dataclass(frozen=True)
class Listing:
    """The whole state of a list. All values are texts as they stand in the address; empty means "any".

    ``education``, ``degree``, ``category``, ``staffing``, ``post``, ``state``, ``certificate_state``, ``sex``,
    ``political`` and ``left_kind`` take several codes joined by commas, any of which will do; ``none`` stands for
    "nothing recorded". One digit of an education means its whole group, 4 everything below it.
    ``age_from`` and ``age_until`` are completed years, both included. Days are ISO dates: ``…_from`` included,
    ``…_until`` and ``expires_before`` not; ``expires_after`` included; ``expires_within`` counts days from today.
    ``reviewed``, ``trained``, ``examined`` say ``yes`` or ``no`` about this year, ``legal`` about the qualification.
    ``tail`` is the keyed blind index (hex) of the last four characters of an ID number; no ID number stands in a
    listing. ``on`` is the day as of which ages and "this year" are counted; empty is today.
    """

    q: str = ""
    unit: str = ""
    category: str = ""
    education: str = ""
    degree: str = ""
    sex: str = ""
    age_from: str = ""
    age_until: str = ""
    staffing: str = ""
    post: str = ""
    political: str = ""
    legal: str = ""
    state: str = ""
    left_kind: str = ""
    left_from: str = ""
    left_until: str = ""
    arrived_from: str = ""
    arrived_until: str = ""
    certificate_state: str = ""
    expires_after: str = ""
    expires_before: str = ""
    expires_within: str = ""
    reviewed: str = ""
    trained: str = ""
    examined: str = ""
    tail: str = ""
    on: str = ""
    sort: str = DEFAULT_SORT
    columns: tuple[str, ...] = field(default=DEFAULT_COLUMNS)

    def as_params(self) -> dict[str, str]:
        """Return what stands in the address: only what differs from the plain list."""
        params = {name: text for name in FILTERS if (text := getattr(self, name))}
        if self.on:
            params["on"] = self.on
        if self.sort != DEFAULT_SORT:
            params["sort"] = self.sort
        if self.columns != DEFAULT_COLUMNS:
            params["columns"] = ",".join(self.columns)
        return params

    def without(self, *names: str) -> Listing:
        """Return the listing with these filters taken away."""
        kept = {name: text for name, text in self.as_params().items() if name not in names}
        return read_listing(kept)[0]

    def kept_params(self) -> dict[str, str]:
        """Return what a saved view holds: everything but what was found by an ID number."""
        return self.without("tail").as_params()

    @property
    def filters(self) -> dict[str, str]:
        """The filters in use, by name."""
        return {name: text for name in FILTERS if (text := getattr(self, name))}

    @property
    def sort_column(self) -> ListColumn:
        """The column that orders the list."""
        return COLUMNS[self.sort.removeprefix("-")]

    @property
    def sort_field(self) -> str:
        """The column of the table that orders the list, with ``-`` where it descends."""
        return sort_field(self.sort, COLUMNS)

    def day(self) -> date:
        """The day as of which ages and "this year" are counted."""
        return date.fromisoformat(self.on) if self.on else clock.today()


def read_listing(params: Mapping[str, str]) -> tuple[Listing, dict[str, InvalidInput]]:
    """Return the listing of an address, and what in it cannot be used, by name; that is left out."""
    values, errors = read_values(params, FILTERS)
    sort, wrong = read_sort(params, COLUMNS, DEFAULT_SORT)
    if wrong is not None:
        errors["sort"] = wrong
    if given := (params.get("on") or "").strip():
        try:
            values["on"] = iso_day(given)
        except ValueError:
            errors["on"] = unusable("on", given)
    return Listing(sort=sort, columns=chosen_columns(params.get("columns") or ""), **values), errors


def chosen_columns(text: str) -> tuple[str, ...]:
    """Return the known columns that ``text`` names, in its order; the name always stands first."""
    return read_columns(text, COLUMNS, DEFAULT_COLUMNS)


def listing_from(params: Mapping[str, str]) -> Listing:
    """Return the listing of an address.

    Raises:
        InvalidInput: a filter or the order cannot be used; ``place`` names it.
    """
    listing, errors = read_listing(params)
    for error in errors.values():
        raise error
    return listing


def matching(viewer: Actor, listing: Listing, unit: Agency | None = None) -> QuerySet[Officer]:
    """Return what :func:`rows_of` returns, without names of units; ``unit`` is that of the listing if known already."""
    rows: QuerySet[Officer] = Officer.objects.visible_to(viewer, Permission.OFFICER_VIEW)
    on = listing.day()
    for name, text in listing.filters.items():
        if name == "unit" and unit is not None:
            rows = of_unit(rows, unit)
        else:
            rows = FILTERS[name].narrow(rows, text, on)
    return rows


def short_token(listing: Listing) -> str:
    """Return the short token that the listing searches for (thousands may bear it); nothing for anything else."""
    if kind_of(listing.q) is not Typed.NAME:
        return ""
    token = search_form(listing.q)
    return token if is_short_token(token) else ""


def matching_in_name_order(
    viewer: Actor, listing: Listing, unit: Agency | None = None
) -> tuple[QuerySet[Officer], tuple[str, str] | None]:
    """Return :func:`matching` in the form in which a page in the order of names costs least.

    The second value is the ``copy`` of ``foundation.paging.keyset_values``. For a short token the page is read in the
    token's own index; within one city or less, officers are few and each is asked whether it bears the token.
    """
    token = short_token(listing)
    if not token:
        return matching(viewer, listing, unit), None
    rows = matching(viewer, replace(listing, q=""), unit)
    if _is_small(viewer, unit):
        borne = OfficerNameToken.objects.filter(officer=OuterRef("pk"), token=token)
        return rows.filter(Exists(borne)), None
    rows = rows.filter(name_tokens__token=token, name_tokens__sort_key__isnull=False)
    rows = rows.alias(token_key=F("name_tokens__sort_key"), token_pk=F("name_tokens__officer_id"))
    return rows, ("token_key", "token_pk")


def _is_small(viewer: Actor, unit: Agency | None) -> bool:
    """Tell whether the viewer sees, or the listing asks for, no more than a city's officers."""
    wide = (Level.MINISTRY, Level.PROVINCE)
    if unit is not None and Level(unit.level) not in wide:
        return True
    grants = viewer.grants_for(Permission.OFFICER_VIEW)
    return not any(grant.is_node_wide or grant.level in wide for grant in grants)


def rows_of(viewer: Actor, listing: Listing) -> QuerySet[Officer]:
    """Return the officers that the viewer may see and the listing asks for; neither ordered nor paged.

    Each row bears ``agency_name`` for the columns.
    """
    return matching(viewer, listing).annotate(agency_name=F("agency__name"))


@dataclass(frozen=True)
class Choice:
    """Whom somebody chose in a list: some rows, or everybody whom a listing finds."""

    pks: tuple[int, ...] = ()
    listing: Listing | None = None


def choice_from(post: QueryDict) -> Choice:
    """Read what the list posts to an action: ``pk`` (repeated), or ``all`` with the address in ``listing``.

    Raises:
        InvalidInput: nobody was chosen, or what came is not a choice.
    """
    if post.get("all"):
        return Choice(listing=listing_from(QueryDict(post.get("listing", ""))))
    given = post.getlist("pk")
    if not given:
        raise InvalidInput("nobody-chosen", N_("还没有选择人员；请返回名册，勾选后再办理"), place="pk")
    if not all(pk.isascii() and pk.isdigit() and len(pk) < 19 for pk in given) or len(given) > MOST_CHOSEN:
        raise InvalidInput(
            "bad-choice",
            N_("所选人员无法识别，或者超过 %(most)s 人；请返回名册重新选择"),
            place="pk",
            most=MOST_CHOSEN,
        )
    return Choice(pks=tuple(dict.fromkeys(map(int, given))))


def rows_of_choice(viewer: Actor, choice: Choice) -> QuerySet[Officer]:
    """Return the chosen officers whom the viewer may see, neither ordered nor limited."""
    if choice.listing is not None:
        return rows_of(viewer, choice.listing)
    return rows_of(viewer, Listing()).filter(pk__in=choice.pks)


__all__ = [
    "COLUMNS",
    "DEFAULT_COLUMNS",
    "MOST_CHOSEN",
    "Choice",
    "ListColumn",
    "Listing",
    "choice_from",
    "chosen_columns",
    "listing_from",
    "matching_in_name_order",
    "read_listing",
    "rows_of",
    "rows_of_choice",
]
