"""What a list of officers can be narrowed by: how each filter is written in an address, and which rows it keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.db.models import Lookup, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from warrant.apps.foundation.listing import (
    NONE,
    ListFilter,
    iso_day,
    number_up_to,
    one_of,
    plain_text,
    several,
)
from warrant.apps.officers.models import Officer, OfficerNameToken
from warrant.apps.officers.selectors.listing_columns import CERTIFICATE_STATE_WORDS, OFFICER_STATE_WORDS
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
from warrant.core.access import Level
from warrant.core.errors import N_
from warrant.core.lifecycle.officer import HIDDEN_STATES, LeavingKind
from warrant.core.standards import codes

SEEN_STATES = tuple(state for state in OFFICER_STATE_WORDS if state not in HIDDEN_STATES)
YES, NO = "yes", "no"
OLDEST = 150
MOST_DAYS = 3660

_UNIT_COLUMN = {
    Level.PROVINCE: "province_unit",
    Level.CITY: "city_unit",
    Level.COUNTY: "county_unit",
    Level.AGENCY: "agency_unit",
}
_TAIL = re.compile(r"[0-9a-f]{16}")


Rows = QuerySet[Officer]


def years_before(on: date, years: int) -> date:
    """Return the latest birth date of somebody who has completed ``years`` years on ``on``."""
    year = max(on.year - years, 1)
    try:
        return on.replace(year=year)
    except ValueError:  # 29 February, and the other year has none
        return date(year, 2, 28)


def _blind_tail(value: str) -> str:
    if not _TAIL.fullmatch(value):
        raise ValueError(value)
    return value


def _texts(value: str) -> str:
    return ",".join(part for part in (plain_text(part) for part in value.split(",")) if part)


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
    return rows.none() if unit is None else of_unit(rows, unit)


def of_unit(rows: Rows, unit: Agency) -> Rows:
    """Keep the rows of a unit and all below it."""
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
    "q": ListFilter(N_("查找"), plain_text, _matching),
    "tail": ListFilter(
        N_("身份证号码末四位"),
        _blind_tail,
        lambda rows, value, on: rows.filter(id_tail_index=bytes.fromhex(value)),
    ),
    "unit": ListFilter(N_("单位"), plain_text, _below_unit),
    "category": ListFilter(N_("执法门类"), several(codes.ENFORCEMENT_CATEGORY), _in_categories),
    "education": ListFilter(N_("学历"), several(_Educations()), _by_prefix("education", "4")),
    "degree": ListFilter(N_("学位"), several(codes.DEGREE), _by_prefix("degree")),
    "sex": ListFilter(N_("性别"), several(codes.SEX), _is_any("sex")),
    "age_from": ListFilter(
        N_("年龄不小于"),
        number_up_to(OLDEST),
        lambda rows, value, on: _ranged(rows, "birth_on", LessThanOrEqual, years_before(on, int(value))),
    ),
    "age_until": ListFilter(
        N_("年龄不大于"),
        number_up_to(OLDEST),
        lambda rows, value, on: _ranged(rows, "birth_on", GreaterThan, years_before(on, int(value) + 1)),
    ),
    "staffing": ListFilter(N_("编制性质"), several(codes.STAFFING), _is_any("staffing")),
    "post": ListFilter(N_("岗位"), _texts, _is_any("post")),
    "political": ListFilter(N_("政治面貌"), several(codes.POLITICAL_STATUS), _is_any("political_status")),
    "legal": ListFilter(
        N_("法律职业资格"),
        one_of(YES, NO),
        lambda rows, value, on: rows.filter(has_legal_qualification=value == YES),
    ),
    "state": ListFilter(N_("人员状态"), several(SEEN_STATES), _is_any("state")),
    "left_kind": ListFilter(
        N_("离职方式"), several([kind.value for kind in LeavingKind]), _is_any("left_kind")
    ),
    "left_from": ListFilter(N_("离职不早于"), iso_day, _compares("left_on", GreaterThanOrEqual)),
    "left_until": ListFilter(N_("离职早于"), iso_day, _compares("left_on", LessThan)),
    "arrived_from": ListFilter(N_("到现单位不早于"), iso_day, _compares("arrived_on", GreaterThanOrEqual)),
    "arrived_until": ListFilter(N_("到现单位早于"), iso_day, _compares("arrived_on", LessThan)),
    "certificate_state": ListFilter(
        N_("证件状态"), several(CERTIFICATE_STATE_WORDS), _is_any("certificate_state")
    ),
    "expires_after": ListFilter(
        N_("有效期不早于"), iso_day, _compares("certificate_valid_until", GreaterThanOrEqual)
    ),
    "expires_before": ListFilter(N_("有效期早于"), iso_day, _compares("certificate_valid_until", LessThan)),
    "expires_within": ListFilter(N_("证件到期"), number_up_to(MOST_DAYS), _expiring),
    "reviewed": ListFilter(N_("本年年审"), one_of(YES, NO), _this_year("reviewed_year")),
    "trained": ListFilter(N_("本年学时"), one_of(YES, NO), _this_year("trained_year")),
    "examined": ListFilter(N_("本年考试"), one_of(YES, NO), _this_year("examined_year")),
}
"""Every filter by its name in the address, in the order in which the chips stand."""
