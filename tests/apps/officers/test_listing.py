"""The list query: every filter, the way into an address and back, and nothing beyond the viewer's scope."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from tests.apps.conftest import Enter
from warrant.apps.officers.selectors.listing import (
    COLUMNS,
    choice_from,
    listing_from,
    read_listing,
    rows_of,
    rows_of_choice,
)
from warrant.apps.officers.selectors.listing_filters import FILTERS, years_before
from warrant.apps.officers.selectors.register import age_on
from warrant.apps.officers.selectors.sealing import id_number_index, id_tail_index
from warrant.core.access import Actor, Role
from warrant.core.errors import InvalidInput

ID_NUMBER = "329901199005010010"


@pytest.fixture
def names(tree: SimpleNamespace, actor: Callable[..., Actor]) -> Callable[..., set[str]]:
    """The names that a registrar of Suzhou finds: ``names(q="shan")``."""
    viewer = actor("li", tree.suzhou, Role.REGISTRAR)

    def found(**params: str) -> set[str]:
        return {row.name for row in rows_of(viewer, listing_from(params))}

    return found


Names = Callable[..., set[str]]


def test_a_name_is_found_by_any_part_by_pinyin_and_by_initials(enter: Enter, names: Names) -> None:
    enter("单书白")
    enter("曾国安")
    for text in ("书白", "白", "shanshubai", "SSB", "shu", "单 书白"):
        assert names(q=text) == {"单书白"}, text


def test_whole_id_number_its_end_and_the_certificate_number_find(enter: Enter, names: Names) -> None:
    enter(
        "单书白",
        id_number_index=id_number_index(ID_NUMBER),
        id_tail_index=id_tail_index(ID_NUMBER),
        certificate_number="32000000018",
    )
    enter("曾国安")
    assert names(q=ID_NUMBER) == names(q="0010") == names(q="32000000018") == {"单书白"}
    assert names(tail=id_tail_index("0010").hex()) == {"单书白"}
    assert names(q="0011") == set()


def test_nobody_beyond_the_scope_is_listed(tree: SimpleNamespace, enter: Enter, names: Names) -> None:
    enter("单书白")
    enter("陆怀瑾", tree.nanjing)
    assert names() == {"单书白"}
    assert names(unit=tree.nanjing.code) == set()
    assert names(unit=tree.jiangsu.code) == {"单书白"}


def test_a_unit_takes_in_everything_below_it(tree: SimpleNamespace, enter: Enter, names: Names) -> None:
    enter("单书白", tree.kunshan_brigade)
    enter("陆怀瑾", tree.suzhou_brigade)
    assert names(unit=tree.suzhou.code) == {"单书白", "陆怀瑾"}
    assert names(unit=tree.kunshan.code) == names(unit=tree.kunshan_brigade.code) == {"单书白"}
    assert names(unit="999999") == set()


@pytest.mark.parametrize(
    ("params", "columns"),
    [
        ({"category": "01"}, {"categories": "01,08"}),
        ({"education": "1"}, {"education": "14"}),
        ({"education": "4"}, {"education": "61"}),
        ({"education": "none", "degree": "none"}, {}),
        ({"education": "1,31"}, {"education": "31"}),
        ({"degree": "3"}, {"degree": "303"}),
        ({"sex": "2"}, {"sex": "2"}),
        ({"staffing": "contract"}, {"staffing": "contract"}),
        ({"post": "执法岗,审批岗"}, {"post": "审批岗"}),
        ({"political": "01"}, {"political_status": "01"}),
        ({"legal": "yes"}, {"has_legal_qualification": True}),
        ({"state": "left"}, {"state": "left"}),
        ({"left_kind": "retirement"}, {"left_kind": "retirement"}),
        ({"left_from": "2026-01-01", "left_until": "2027-01-01"}, {"left_on": date(2026, 6, 1)}),
        ({"arrived_from": "2026-01-01", "arrived_until": "2026-06-02"}, {"arrived_on": date(2026, 6, 1)}),
        ({"certificate_state": "lost,withheld"}, {"certificate_state": "withheld"}),
        ({"expires_after": "2027-01-01"}, {"certificate_valid_until": date(2027, 1, 1)}),
        ({"expires_before": "2027-01-02"}, {"certificate_valid_until": date(2027, 1, 1)}),
        ({"expires_within": "90", "on": "2026-11-22"}, {"certificate_valid_until": date(2027, 2, 20)}),
        ({"reviewed": "yes", "on": "2026-11-22"}, {"reviewed_year": 2026}),
        ({"trained": "yes", "on": "2026-11-22"}, {"trained_year": 2026}),
        ({"examined": "yes", "on": "2026-11-22"}, {"examined_year": 2026}),
        ({"age_from": "60", "on": "2026-11-22"}, {"birth_on": date(1966, 11, 22)}),
        ({"age_until": "29", "on": "2026-11-22"}, {"birth_on": date(1996, 11, 23)}),
    ],
)
def test_a_filter_keeps_whom_it_means_and_nobody_else(
    enter: Enter, names: Names, params: dict[str, str], columns: dict[str, Any]
) -> None:
    enter("单书白", **columns)
    other = {"education": "21", "degree": "404"} if "none" in params.values() else {}
    enter("曾国安", education=other.get("education", "21"), degree=other.get("degree", ""))
    assert names(**params) == {"单书白"}


def test_without_a_certificate_is_a_state_to_ask_for(enter: Enter, names: Names) -> None:
    enter("单书白")
    enter("曾国安", certificate_state="active")
    assert names(certificate_state="none") == {"单书白"}
    assert names(certificate_state="none,active") == {"单书白", "曾国安"}


def test_what_cannot_be_used_is_named_and_the_rest_stays() -> None:
    listing, errors = read_listing({"age_from": "old", "sex": "1", "sort": "shoe-size", "category": "02,77"})
    assert set(errors) == {"age_from", "sort", "category"}
    assert listing.as_params() == {"sex": "1"}
    with pytest.raises(InvalidInput) as refused:
        listing_from({"expires_before": "tomorrow"})
    assert refused.value.place == "expires_before"


def test_an_address_holds_the_whole_state() -> None:
    params = {
        "q": "单",
        "unit": "320500",
        "age_from": "30",
        "sort": "-age",
        "columns": "name,phone,age",
        "on": "2026-01-01",
    }
    assert listing_from(params).as_params() == params
    assert listing_from({}).as_params() == {}


def test_a_high_age_is_an_early_birth_date() -> None:
    assert listing_from({"sort": "age"}).sort_field == "-birth_on"
    assert listing_from({"sort": "-age"}).sort_field == "birth_on"
    assert listing_from({"sort": "-name"}).sort_field == "-sort_key"


@given(st.dictionaries(st.sampled_from([*FILTERS, "on", "sort", "columns"]), st.text(max_size=30)))
def test_any_address_can_be_read_and_written_again(params: dict[str, str]) -> None:
    listing, _ = read_listing(params)
    assert listing_from(listing.as_params()) == listing


@given(
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.integers(0, 99),
)
def test_the_latest_birth_date_of_an_age_agrees_with_the_age(birth_on: date, on: date, years: int) -> None:
    assert (birth_on <= years_before(on, years)) == (age_on(birth_on, on) >= years)


def test_every_column_says_something_of_every_officer(enter: Enter, tree: Any, actor: Any) -> None:
    enter("单书白", education="21", certificate_state="active", state="left", left_kind="retirement")
    viewer = actor("zhao", tree.suzhou, Role.REGISTRAR)
    officer = rows_of(viewer, listing_from({})).get()
    texts = {key: column.text(officer) for key, column in COLUMNS.items()}
    assert (texts["name"], texts["agency"]) == ("单书白", "昆山市交通运输综合行政执法大队")
    assert (texts["state"], texts["certificate"], texts["categories"]) == (
        "退休",
        "有效",
        "道路运政、交通综合行政执法",
    )
    assert texts["valid_until"] == ""


def test_chosen_rows_stay_within_the_scope(enter: Enter, tree: Any, actor: Any) -> None:
    mine, other = enter("单书白"), enter("陆怀瑾", tree.nanjing)
    viewer = actor("qian", tree.suzhou, Role.REGISTRAR)
    some = choice_from(QueryDict(f"pk={mine.pk}&pk={other.pk}&pk={mine.pk}"))
    everybody = choice_from(QueryDict("all=1&listing=sex%3D1"))
    assert [row.pk for row in rows_of_choice(viewer, some)] == [mine.pk]
    assert [row.pk for row in rows_of_choice(viewer, everybody)] == [mine.pk]


@pytest.mark.parametrize("text", ["", "pk=", "pk=x", "pk=1e3", "all=1&listing=sex%3D7", "pk=" + "9" * 30])
def test_a_choice_of_nobody_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        choice_from(QueryDict(text))
