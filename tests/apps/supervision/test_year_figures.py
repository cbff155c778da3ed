"""What provinces tell of organisers' years, and what the ministry makes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.apps.world import become
from warrant.apps.accounts.models import Account
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.supervision.models import OrganiserYear
from warrant.apps.supervision.selectors.organisers import provinces_of_year
from warrant.apps.supervision.services import receive_year_figures
from warrant.core.access import Actor, Role
from warrant.core.errors import InvalidInput, WarrantError
from warrant.core.ledger.event import build_event
from warrant.core.qualification.year_figures import FigureKind

TOLD_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FIGURES = {
    "kind": "examination",
    "organiser": "320500",
    "organiser_name": "苏州市交通运输局",
    "told_at": TOLD_AT.isoformat(),
    "year": 2026,
    "held": 4,
    "people": 50,
    "reached": 45,
    "base": 50,
    "late": 0,
    "corrected": 0,
    "uniform": 0,
}


@pytest.fixture
def supervisor(
    settings: Any, account_for: Callable[..., Account], actor: Callable[..., Actor], tree: SimpleNamespace
) -> Actor:
    """Somebody who supervises the nation."""
    become(settings, "ministry")
    return actor("supervisor", tree.ministry, Role.SUPERVISOR)


@pytest.fixture
def receive(db: None) -> Callable[..., None]:
    """The ministry takes figures in: ``receive(node="330000", year=2025)``."""

    def take(node: str = "320000", **changes: Any) -> None:
        event = build_event(
            node=node,
            seq=1,
            type="cn.warrant.year-figures.changed.v1",
            subject="figures:x",
            occurred_at=TOLD_AT,
            dataschema="urn:warrant:schema:year-figures.changed:1",
            data={**FIGURES, **changes},
            ver=1,
            prev_ver=0,
        )
        receive_year_figures(ReceivedEvent(event, node), now=TOLD_AT)

    return take


def test_what_was_told_later_counts_whichever_comes_first(receive: Callable[..., None]) -> None:
    receive(people=60, told_at=(TOLD_AT + timedelta(minutes=1)).isoformat())
    receive(people=50)
    receive(people=60, told_at=(TOLD_AT + timedelta(minutes=1)).isoformat())
    assert list(OrganiserYear.objects.values_list("people", flat=True)) == [60]


def test_an_earlier_year_that_comes_late_makes_the_later_one_odd(receive: Callable[..., None]) -> None:
    for year in (2026, 2024):
        receive(year=year, reached=39, base=50)
    assert set(OrganiserYear.objects.values_list("odd", flat=True)) == {""}
    receive(year=2025, reached=39, base=50)
    odd = dict(OrganiserYear.objects.values_list("year", "odd"))
    assert odd == {2024: "", 2025: "", 2026: "low"}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "wages"},
        {"told_at": "yesterday"},
        {"told_at": "2026-11-22T08:00:00"},
        {"organiser": ""},
        {"organiser": "3" * 25},
        {"organiser_name": "苏州\n市"},
        {"organiser_name": 7},
        {"people": -1},
        {"reached": 51},
    ],
)
def test_figures_that_cannot_be_read_leave_nothing(
    receive: Callable[..., None], change: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        receive(**change)
    assert refused.value.code == "figures-unreadable"
    assert not OrganiserYear.objects.exists()


def test_provinces_with_something_odd_stand_first(supervisor: Actor, receive: Callable[..., None]) -> None:
    receive("110000", organiser="110100", people=10, reached=9, base=10)
    receive("320000", late=2)
    receive("320000", organiser="320600", people=30, reached=15, base=30)
    receive("320000", kind="training", people=999)
    first, second = provinces_of_year(supervisor, FigureKind.EXAMINATION, 2026)
    assert (first.node, first.organisers, first.odd, first.people, first.rate, first.late) == (
        "320000",
        2,
        1,
        80,
        75,
        2,
    )
    assert (second.node, second.odd, second.rate) == ("110000", 0, 90)


def test_who_supervises_one_province_sees_no_other(
    settings: Any, actor: Callable[..., Actor], tree: SimpleNamespace, receive: Callable[..., None]
) -> None:
    become(settings, "ministry")
    receive()
    with pytest.raises(WarrantError):
        provinces_of_year(actor("li", tree.jiangsu, Role.SUPERVISOR), FigureKind.EXAMINATION, 2026)


def test_the_pages_lead_from_the_province_to_its_units(
    supervisor: Actor,
    receive: Callable[..., None],
    sign_in: Callable[[Account], Client],
    django_assert_max_num_queries: Any,
) -> None:
    for count in range(60):
        receive(organiser=f"3205{count:02d}", organiser_name=f"第{count:02d}大队", late=count % 2)
    browser = sign_in(Account.objects.get(pk=supervisor.account_id))
    browser.get("/")
    with django_assert_max_num_queries(10):
        page = browser.get(reverse("year-figures"))
    assert "江苏省" in page.content.decode()
    assert (
        f"{reverse('year-figures-province', args=['320000'])}?kind=examination&amp;year=2026"
        in page.content.decode()
    )
    with django_assert_max_num_queries(10):
        page = browser.get(reverse("year-figures-province", args=["320000"]), {"year": "2026"})
    assert len(page.content) < 60_000
    assert "有逾期登记的成绩" in page.content.decode()
    assert "第00大队" in page.content.decode()
    for query in ({"kind": "\x00", "year": "9" * 40}, {"after": "x"}, {"year": "²"}):
        assert browser.get(reverse("year-figures-province", args=["320000"]), query).status_code in (200, 400)
