"""The list of officers as one value: what is asked for, how it is ordered, which columns; and the rows it means.

Lists, exports, saved views and the figures behind statistics all ask through here, so that they agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db.models import Exists, F, Lookup, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.http import QueryDict

from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer, OfficerNameToken
from warrant.apps.officers.selectors.listing_columns import (
    CERTIFICATE_STATE_WORDS,
    COLUMNS,
    DEFAULT_COLUMNS,
    OFFICER_STATE_WORDS,
    ListColumn,
)
from warrant.apps.officers.selectors.sealing import id_number_index, id_tail_index
from warrant.apps.officers.selectors.searching import (
    LAST_CHARACTER,
    Typed,
    id_number_form,
    is_short_token,
    kind_of,
    search_form,
)
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Level, Permission
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle.officer import HIDDEN_STATES, LeavingKind
from warrant.core.standards import codes

NONE = "none"
"""As a value of a filter: those of whom nothing is known there."""

SEEN_STATES = tuple(state for state in OFFICER_STATE_WORDS if state not in HIDDEN_STATES)
YES, NO = "yes", "no"
DEFAULT_SORT = "name"
LONGEST_TEXT = 60
OLDEST = 150
MOST_DAYS = 3660
MOST_CHOSEN = 1000
"""Rows that can be chosen one by one; beyond that one chooses all that match."""

_UNIT_COLUMN = {
    Level.PROVINCE: "province_unit",
    Level.CITY: "city_unit",
    Level.COUNTY: "county_unit",
    Level.AGENCY: "agency_unit",
}
_TAIL = re.compile(r"[0-9a-f]{16}")
_HIDDEN_CHARACTERS = re.compile(r"[\x00-\x1f]")


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
        column = self.sort_column.sort or ""
        is_reversed = self.sort.startswith("-")
        bare = column.removeprefix("-")
        return f"-{bare}" if is_reversed != column.startswith("-") else bare

    def day(self) -> date:
        """The day as of which ages and "this year" are counted."""
        return date.fromisoformat(self.on) if self.on else clock.today()


Rows = QuerySet[Officer]


@dataclass(frozen=True)
class ListFilter:
    """One filter: ``label`` is a msgid, ``check`` returns the normal form of a value or raises ``ValueError``."""

    label: str
    check: Callable[[str], str]
    narrow: Callable[[Rows, str, date], Rows]


def years_before(on: date, years: int) -> date:
    """Return the latest birth date of somebody who has completed ``years`` years on ``on``."""
    year = max(on.year - years, 1)
    try:
        return on.replace(year=year)
    except ValueError:  # 29 February, and the other year has none
        return date(year, 2, 28)


def _text(value: str) -> str:
    return _HIDDEN_CHARACTERS.sub("", value).strip()[:LONGEST_TEXT]


def _one_of(*known: str) -> Callable[[str], str]:
    return _several(known, most=1)


def _several(known: object, most: int = 40) -> Callable[[str], str]:
    """Check codes joined by commas; ``known`` is whatever can tell whether a code is in it."""

    def check(value: str) -> str:
        given = list(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        if len(given) > most or not all(part == NONE or part in known for part in given):  # type: ignore[operator]  # a table or a collection
            raise ValueError(value)
        return ",".join(given)

    return check


def _number(most: int) -> Callable[[str], str]:
    def check(value: str) -> str:
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 6 else -1
        if not 0 <= number <= most:
            raise ValueError(value)
        return str(number)

    return check


def _iso_day(value: str) -> str:
    return date.fromisoformat(value).isoformat()


def _blind_tail(value: str) -> str:
    if not _TAIL.fullmatch(value):
        raise ValueError(value)
    return value


def _texts(value: str) -> str:
    return ",".join(part for part in (_text(part) for part in value.split(",")) if part)


class _Educations:
    """Two-digit codes, and single digits for their groups."""

    def __contains__(self, code: object) -> bool:
        return code in ("1", "2", "3", "4") or code in codes.EDUCATION


def _is_any(column: str) -> Callable[[Rows, str, date], Rows]:
    """Keep the rows whose column is one of the given codes; ``none`` is the empty one."""

    def narrow(rows: Rows, value: str, on: date) -> Rows:
        chosen = ["" if part == NONE else part for part in value.split(",")]
        return rows.filter(**{column: chosen[0]} if len(chosen) == 1 else {f"{column}__in": chosen})

    return narrow


def _by_prefix(column: str, last_group: str = "") -> Callable[[Rows, str, date], Rows]:
    """Keep the rows whose code begins with one of the given ones; ``last_group`` takes everything after it."""

    def narrow(rows: Rows, value: str, on: date) -> Rows:
        condition = Q()
        for part in value.split(","):
            if part == NONE:
                condition |= Q(**{column: ""})
            elif part == last_group:
                condition |= Q(**{f"{column}__gte": part})
            else:
                condition |= Q(**{f"{column}__gte": part, f"{column}__lt": part + LAST_CHARACTER})
        return rows.filter(condition)

    return narrow


def _in_categories(rows: Rows, value: str, on: date) -> Rows:
    condition = Q()
    for part in value.split(","):
        condition |= Q(categories="") if part == NONE else Q(categories__contains=part)
    return rows.filter(condition)


def _below_unit(rows: Rows, value: str, on: date) -> Rows:
    unit = Agency.objects.filter(code=value).only("pk", "level").first()
    return rows.none() if unit is None else _of_unit(rows, unit)


def _of_unit(rows: Rows, unit: Agency) -> Rows:
    column = _UNIT_COLUMN.get(Level(unit.level))
    return rows.filter(**{column: unit.pk}) if column else rows


def _this_year(column: str) -> Callable[[Rows, str, date], Rows]:
    def narrow(rows: Rows, value: str, on: date) -> Rows:
        return rows.filter(**{f"{column}__gte" if value == YES else f"{column}__lt": on.year})

    return narrow


def _ranged(rows: Rows, column: str, lookup: type[Lookup[bool]], day: date) -> Rows:
    """Keep the rows whose day compares with ``day``, without tempting SQLite into the index of that column.

    A range holds thousands of officers, who would all be read and sorted by name for a page of fifty; in the order of
    the page the first fifty are found at once. The function hides the column; the index is for ordering by it.
    """
    return rows.filter(lookup(Coalesce(column, column), day))


def _compares(column: str, lookup: type[Lookup[bool]]) -> Callable[[Rows, str, date], Rows]:
    return lambda rows, value, on: _ranged(rows, column, lookup, date.fromisoformat(value))


def _expiring(rows: Rows, value: str, on: date) -> Rows:
    begun = _ranged(rows, "certificate_valid_until", GreaterThanOrEqual, on)
    return _ranged(begun, "certificate_valid_until", LessThanOrEqual, on + timedelta(days=int(value)))


def _matching(rows: Rows, value: str, on: date) -> Rows:
    """Keep the rows that the text of the search box finds."""
    kind = kind_of(value)
    plain = id_number_form(value)
    if kind is Typed.ID_NUMBER:
        return rows.filter(id_number_index=id_number_index(plain))
    if kind is Typed.ID_TAIL:
        return rows.filter(id_tail_index=id_tail_index(plain))
    if kind is Typed.CERTIFICATE_NUMBER:
        return rows.filter(certificate_number=plain.replace("-", ""))
    token = search_form(value)
    if not token:
        return rows.none()
    if is_short_token(token):
        found = OfficerNameToken.objects.filter(token=token, sort_key__isnull=False)
    else:
        found = OfficerNameToken.objects.filter(token__gte=token, token__lt=token + LAST_CHARACTER)
    return rows.filter(pk__in=found.values("officer_id"))


FILTERS: Mapping[str, ListFilter] = {
    "q": ListFilter(N_("查找"), _text, _matching),
    "tail": ListFilter(
        N_("身份证号码末四位"),
        _blind_tail,
        lambda rows, value, on: rows.filter(id_tail_index=bytes.fromhex(value)),
    ),
    "unit": ListFilter(N_("单位"), _text, _below_unit),
    "category": ListFilter(N_("执法门类"), _several(codes.ENFORCEMENT_CATEGORY), _in_categories),
    "education": ListFilter(N_("学历"), _several(_Educations()), _by_prefix("education", "4")),
    "degree": ListFilter(N_("学位"), _several(codes.DEGREE), _by_prefix("degree")),
    "sex": ListFilter(N_("性别"), _several(codes.SEX), _is_any("sex")),
    "age_from": ListFilter(
        N_("年龄不小于"),
        _number(OLDEST),
        lambda rows, value, on: _ranged(rows, "birth_on", LessThanOrEqual, years_before(on, int(value))),
    ),
    "age_until": ListFilter(
        N_("年龄不大于"),
        _number(OLDEST),
        lambda rows, value, on: _ranged(rows, "birth_on", GreaterThan, years_before(on, int(value) + 1)),
    ),
    "staffing": ListFilter(N_("编制性质"), _several(codes.STAFFING), _is_any("staffing")),
    "post": ListFilter(N_("岗位"), _texts, _is_any("post")),
    "political": ListFilter(N_("政治面貌"), _several(codes.POLITICAL_STATUS), _is_any("political_status")),
    "legal": ListFilter(
        N_("法律职业资格"),
        _one_of(YES, NO),
        lambda rows, value, on: rows.filter(has_legal_qualification=value == YES),
    ),
    "state": ListFilter(N_("人员状态"), _several(SEEN_STATES), _is_any("state")),
    "left_kind": ListFilter(
        N_("离职方式"), _several([kind.value for kind in LeavingKind]), _is_any("left_kind")
    ),
    "left_from": ListFilter(N_("离职不早于"), _iso_day, _compares("left_on", GreaterThanOrEqual)),
    "left_until": ListFilter(N_("离职早于"), _iso_day, _compares("left_on", LessThan)),
    "arrived_from": ListFilter(N_("到现单位不早于"), _iso_day, _compares("arrived_on", GreaterThanOrEqual)),
    "arrived_until": ListFilter(N_("到现单位早于"), _iso_day, _compares("arrived_on", LessThan)),
    "certificate_state": ListFilter(
        N_("证件状态"), _several(CERTIFICATE_STATE_WORDS), _is_any("certificate_state")
    ),
    "expires_after": ListFilter(
        N_("有效期不早于"), _iso_day, _compares("certificate_valid_until", GreaterThanOrEqual)
    ),
    "expires_before": ListFilter(N_("有效期早于"), _iso_day, _compares("certificate_valid_until", LessThan)),
    "expires_within": ListFilter(N_("证件到期"), _number(MOST_DAYS), _expiring),
    "reviewed": ListFilter(N_("本年年审"), _one_of(YES, NO), _this_year("reviewed_year")),
    "trained": ListFilter(N_("本年学时"), _one_of(YES, NO), _this_year("trained_year")),
    "examined": ListFilter(N_("本年考试"), _one_of(YES, NO), _this_year("examined_year")),
}
"""Every filter by its name in the address, in the order in which the chips stand."""


def read_listing(params: Mapping[str, str]) -> tuple[Listing, dict[str, InvalidInput]]:
    """Return the listing of an address, and what in it cannot be used, by name; that is left out."""
    values: dict[str, str] = {}
    errors: dict[str, InvalidInput] = {}
    for name, one in FILTERS.items():
        given = (params.get(name) or "").strip()
        if not given:
            continue
        try:
            values[name] = one.check(given)
        except ValueError:
            errors[name] = InvalidInput(
                "bad-filter", N_("“%(value)s”不是可用的筛选条件；请重新选择"), place=name, value=given[:40]
            )
    sort = params.get("sort") or DEFAULT_SORT
    column = COLUMNS.get(sort.removeprefix("-"))
    if column is None or column.sort is None:
        errors["sort"] = InvalidInput(
            "bad-sort", N_("不能按“%(value)s”排序；请点列标题选择"), place="sort", value=sort[:40]
        )
        sort = DEFAULT_SORT
    if given := (params.get("on") or "").strip():
        try:
            values["on"] = _iso_day(given)
        except ValueError:
            errors["on"] = InvalidInput(
                "bad-filter", N_("“%(value)s”不是可用的筛选条件；请重新选择"), place="on", value=given[:40]
            )
    return Listing(sort=sort, columns=chosen_columns(params.get("columns") or ""), **values), errors


def chosen_columns(text: str) -> tuple[str, ...]:
    """Return the known columns that ``text`` names, in its order; the name always stands first."""
    named = list(dict.fromkeys(key for key in text.split(",") if key in COLUMNS and key != "name"))
    return ("name", *named) if named else DEFAULT_COLUMNS


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
            rows = _of_unit(rows, unit)
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
    "FILTERS",
    "MOST_CHOSEN",
    "Choice",
    "ListColumn",
    "ListFilter",
    "Listing",
    "choice_from",
    "chosen_columns",
    "listing_from",
    "matching_in_name_order",
    "read_listing",
    "rows_of",
    "rows_of_choice",
]
