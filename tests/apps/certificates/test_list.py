"""The list of certificates: every filter, every order, views kept and shared, columns, and a file that follows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.apps.certificates.conftest import decision

from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models import Card, CardBatch, CardStore
from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate, CertificateEntry
from warrant.apps.certificates.selectors.listing import (
    CERTIFICATE_LIST,
    COLUMNS,
    FILTERS,
    list_page,
    matching,
    read_listing,
)
from warrant.apps.certificates.services.exporting import open_certificates, read_filter
from warrant.apps.filing.models import FilingRequest
from warrant.apps.officers.models import SavedView
from warrant.apps.officers.selectors.saved_views import views_of
from warrant.core.access import Actor, Role

SignIn = Callable[[Account], Client]
STATES = ("active", "lost", "withheld", "cancelled")
CARDS = ("handed-over", "handed-over", "spoiled", "dead")


@pytest.fixture
def four(
    filed: Callable[..., FilingRequest],
    tree: SimpleNamespace,
    now: datetime,
    account_for: Callable[..., Account],
) -> list[Certificate]:
    """Four certificates, each in another state, on another ground, with another card and other days."""
    today = timezone.localdate()
    for _ in STATES:
        services.prepare_certificate(decision(filed(), now), now=now)
    rows = list(Certificate.system.order_by("pk"))
    person = account_for("stock", tree.jiangsu, Role.CARD_OPERATOR)
    batch = CardBatch.objects.create(
        supplier="苏州芯卡", key_suite="sm4", first_serial="1D01", last_serial="1D04", count=4,
        received_by=person, received_at=now,
    )  # fmt: skip
    store = CardStore.objects.create(name="另一个库", kind="station")
    acts = (("", ""), ("report-lost", "stolen"), ("withhold", "assessment-failed"), ("cancel", "retired"))
    for place, row in enumerate(rows):
        row.state = STATES[place]
        row.valid_from = today - timedelta(days=100 - place)
        row.valid_until = today + timedelta(days=20 + 100 * place)
        row.due_on = (None, today - timedelta(days=1), today + timedelta(days=5), None)[place]
        row.review_due_on = (today - timedelta(days=3), today + timedelta(days=3), None, None)[place]
        row.review_warned_from = (today - timedelta(days=60), today - timedelta(days=1), None, None)[place]
        row.agency_name, row.area_name = f"单位{9 - place}", f"区域{place}"
        row.categories = ("02", "02,08", "08", "02")[place]
        row.changed_at = now + timedelta(minutes=place)
        row.save()
        action, ground = acts[place]
        if action:
            CertificateEntry.objects.create(
                certificate=row, action=action, from_state="active", to_state=row.state, ground=ground,
                account_name="xu", happened_at=now,
            )  # fmt: skip
        Card.objects.create(
            serial=f"1D0{place + 1}", batch=batch, store=store, state=CARDS[place], certificate=row,
            key_suite="sm4", changed_at=now,
        )  # fmt: skip
    return rows


def places(viewer: Actor, rows: list[Certificate], **asked: str) -> list[int]:
    """The places of the found ones among ``rows``."""
    listing, errors = read_listing(asked)
    assert not errors
    return sorted(rows.index(row) for row in matching(viewer, listing))


DAY = "days from today"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"state": "lost"}, [1]),
        ({"state": "lost,withheld"}, [1, 2]),
        ({"card": "handed-over"}, [0, 1]),
        ({"card": "spoiled"}, [2]),
        ({"card": "dead"}, [3]),
        ({"card": "none"}, []),
        ({"ground": "report-lost:stolen"}, [1]),
        ({"ground": "report-lost:lost"}, []),
        ({"ground": "cancel:retired"}, [3]),
        ({"since": 20, "until": 120}, [0, 1]),
        ({"since": 21, "until": 119}, []),
        ({"within": "30"}, [0]),
        ({"review": "overdue"}, [0]),
        ({"review": "near"}, [0, 1]),
        ({"due": "overdue"}, [1]),
        ({"due": "open"}, [2]),
        ({"category": "08"}, [1, 2]),
        ({"state": "expiring"}, [0]),
        ({"state": "overdue"}, [1]),
        ({"state": "review-due"}, [0, 1]),
        ({"state": "withheld", "card": "spoiled", "due": "open", "category": "08"}, [2]),
    ],
)
def test_each_filter_keeps_what_it_means(
    four: list[Certificate], approver: Actor, asked: dict[str, Any], expected: list[int]
) -> None:
    today = timezone.localdate()
    texts = {
        name: (today + timedelta(days=value)).isoformat() if isinstance(value, int) else value
        for name, value in asked.items()
    }
    assert places(approver, four, **texts) == expected


def test_a_later_act_of_the_same_kind_counts(four: list[Certificate], approver: Actor, now: datetime) -> None:
    CertificateEntry.objects.create(
        certificate=four[2], action="withhold", from_state="active", to_state="withheld",
        ground="under-investigation", happened_at=now,
    )  # fmt: skip
    assert places(approver, four, ground="withhold:assessment-failed") == []
    assert places(approver, four, ground="withhold:under-investigation") == [2]


ORDERS = {
    "number": [0, 1, 2, 3], "state": [0, 3, 1, 2], "agency": [3, 2, 1, 0], "categories": [0, 3, 1, 2],
    "area": [0, 1, 2, 3], "valid_from": [0, 1, 2, 3], "valid_until": [0, 1, 2, 3], "due_on": [1, 2, 0, 3],
    "review_due_on": [0, 1, 2, 3], "changed": [0, 1, 2, 3], "name": [0, 1, 2, 3],
}  # fmt: skip


@pytest.mark.parametrize("key", [key for key, column in COLUMNS.items() if column.sort])
@pytest.mark.parametrize("turned", [False, True])
def test_each_column_orders_the_list_page_by_page_and_back(
    four: list[Certificate],
    approver: Actor,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    turned: bool,
) -> None:
    monkeypatch.setattr("warrant.apps.certificates.selectors.listing.PAGE_SIZE", 1)
    listing = read_listing({"sort": f"-{key}" if turned else key})[0]
    found, page = [], list_page(approver, listing, "")
    while page.next_key:
        found.append(four.index(page.rows[0]))
        page = list_page(approver, listing, page.next_key)
    found.append(four.index(page.rows[0]))
    blank = [place for place in range(4) if getattr(four[place], COLUMNS[key].sort or "", 1) is None]
    filled = [place for place in ORDERS[key] if place not in blank]
    expected = [*(reversed(filled) if turned else filled), *(reversed(blank) if turned else blank)]
    assert found == expected
    back = []
    while page.previous_key:
        page = list_page(approver, listing, page.previous_key)
        back.append(four.index(page.rows[0]))
    assert back == expected[-2::-1]


@pytest.mark.parametrize(
    "query",
    ["state=nonsense", "card=blank", "ground=cancel:lost", "since=tomorrow", "sort=card", "unit=x", "due=1"],
)
def test_what_cannot_be_meant_is_said_and_left_out(
    four: list[Certificate],
    account_for: Callable[..., Account],
    sign_in: SignIn,
    tree: SimpleNamespace,
    query: str,
) -> None:
    client = sign_in(account_for("gu", tree.kunshan, Role.REGISTRAR))
    response = client.get(f"/certificates/?{query}")
    assert response.status_code == 400
    assert "请" in response.content.decode()
    assert four[0].number in response.content.decode()


VALUES: dict[str, st.SearchStrategy[str]] = {
    "text": st.sampled_from(["林", "3200"]),
    "state": st.sampled_from(["active", "lost,withheld"]),
    "card": st.sampled_from(["dead", "none"]),
    "ground": st.sampled_from(["cancel:retired", "withhold:assessment-failed"]),
    "category": st.just("08"),
    "unit": st.integers(1, 99).map(str),
    "since": st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(date.isoformat),
    "until": st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(date.isoformat),
    "within": st.integers(0, 400).map(str),
    "review": st.sampled_from(["near", "overdue"]),
    "due": st.sampled_from(["open", "overdue"]),
}


@hypothesis_settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    values=st.fixed_dictionaries({}, optional=VALUES),
    sort=st.sampled_from([key for key, column in COLUMNS.items() if column.sort]),
    columns=st.lists(st.sampled_from(list(COLUMNS)), unique=True),
)
def test_the_address_says_the_whole_state(values: dict[str, str], sort: str, columns: list[str]) -> None:
    assert set(VALUES) == set(FILTERS)
    listing, errors = read_listing({**values, "sort": f"-{sort}", "columns": ",".join(columns)})
    assert not errors
    assert listing.filters == values
    assert read_listing(listing.as_params()) == (listing, {})


def test_a_view_is_kept_shared_inside_the_unit_and_opens_the_list(
    four: list[Certificate],
    account_for: Callable[..., Account],
    sign_in: SignIn,
    tree: SimpleNamespace,
    approver: Actor,
    registrar: Actor,
) -> None:
    mine = sign_in(account_for("gu", tree.jiangsu, Role.APPROVER))
    sent = {"listing": "state=lost&sort=-valid_until", "name": "挂失的", "is_shared": "1", "is_first": "1"}
    assert mine.post("/certificates/views/save/", sent).status_code == 302
    view = SavedView.objects.get()
    assert (view.list_name, view.params) == ("certificates", "state=lost&sort=-valid_until")
    assert mine.get("/certificates/")["Location"] == "/certificates/?state=lost&sort=-valid_until"
    assert mine.get("/officers/").status_code == 200
    assert list(views_of(approver, CERTIFICATE_LIST)) == [view]
    assert not views_of(registrar, CERTIFICATE_LIST)
    assert not views_of(approver)
    other = sign_in(account_for("gu2", tree.jiangsu, Role.APPROVER))
    assert "挂失的" in other.get("/certificates/views/").content.decode()
    assert other.post(f"/certificates/views/{view.pk}/delete/").status_code == 403
    assert other.post(f"/officers/views/{view.pk}/delete/").status_code == 404
    refused = mine.post("/certificates/views/save/", {"listing": "state=lost", "name": ""})
    assert refused.status_code == 400
    assert "state=lost" in refused.content.decode()
    assert mine.post(f"/certificates/views/{view.pk}/delete/").status_code == 302


def test_columns_are_kept_beside_those_of_officers_and_a_file_follows(
    four: list[Certificate],
    account_for: Callable[..., Account],
    sign_in: SignIn,
    tree: SimpleNamespace,
    approver: Actor,
) -> None:
    client = sign_in(account_for("gu", tree.jiangsu, Role.APPROVER))
    sent = {"listing": "state=withheld&sort=-area", "column": ["card", "due_on", "area"]}
    moved = client.post("/certificates/columns/", sent)["Location"]
    assert parse_qs(urlsplit(moved).query)["columns"] == ["number,card,due_on,area"]
    page = client.get("/certificates/?state=withheld").content.decode()
    assert "废卡" in page
    assert four[2].due_on is not None
    assert four[2].due_on.isoformat() in page
    assert 'data-column="name"' not in page
    assert client.get("/officers/").status_code == 200
    client.post("/certificates/columns/", {"listing": "", "reset": "1"})
    assert 'data-column="name"' in client.get("/certificates/").content.decode()
    parameters = read_filter(client.get(moved).wsgi_request.GET)
    source = open_certificates(approver, parameters)
    assert source.chosen == ("number", "due_on", "area")
    assert [words for _label, words in source.described] == ["已暂扣"]
    assert source.back_url.endswith("columns=number%2Ccard%2Cdue_on%2Carea")


def test_a_filter_may_stay_empty_and_the_address_says_what_is_asked_only(
    four: list[Certificate], account_for: Callable[..., Account], sign_in: SignIn, tree: SimpleNamespace
) -> None:
    client = sign_in(account_for("gu", tree.jiangsu, Role.APPROVER))
    page = client.get("/certificates/?all=1").content.decode()
    form = page[page.index('id="certificate-list-filters"') : page.index("</form>")]
    assert "required" not in form
    assert "aria-invalid" not in form
    sent = {**dict.fromkeys(FILTERS, ""), "state": "lost", "sort": "-due_on", "columns": "number,card"}
    answer = client.get("/certificates/", sent, headers={"HX-Request": "true"})
    assert answer["HX-Push-Url"] == "/certificates/?state=lost&sort=-due_on&columns=number%2Ccard"
    plain = client.get("/certificates/", dict.fromkeys(FILTERS, ""), headers={"HX-Request": "true"})
    assert plain["HX-Push-Url"] == "/certificates/?all=1"


def test_the_list_is_light_with_everything_shown(
    four: list[Certificate],
    account_for: Callable[..., Account],
    sign_in: SignIn,
    tree: SimpleNamespace,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    client = sign_in(account_for("gu", tree.jiangsu, Role.APPROVER))
    asked = f"/certificates/?sort=-due_on&card=handed-over&unit={tree.suzhou.pk}&columns={','.join(COLUMNS)}"
    client.get(asked)
    with django_assert_max_num_queries(10):
        assert client.get(asked).status_code == 200
