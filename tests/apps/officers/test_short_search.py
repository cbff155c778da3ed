"""One character finds the same people in every way of asking, in the order of the names, page by page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace

import pytest

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors import listing_page
from warrant.apps.officers.selectors.listing import Listing, matching, matching_in_name_order
from warrant.apps.officers.services.spelling import sort_key
from warrant.apps.officers.services.writing import write_new
from warrant.core.access import Actor, Role
from warrant.core.lifecycle import ChangeKind

pytestmark = pytest.mark.django_db

NAMES = ("王伟", "李王平", "张王伟", "汪洋", "王小明", "李丽", "王伟", "万平", "吴王")


@pytest.fixture
def officers(tree: SimpleNamespace, vault: SoftwareVault, now: datetime) -> list[Officer]:
    made = []
    for number, name in enumerate(NAMES):
        officer = Officer(
            name=name,
            sort_key=sort_key(name),
            sex="1",
            birth_on=date(1990, 1, 1),
            id_number_sealed=b"",
            id_number_index=bytes([number]) * 16,
            agency=tree.kunshan if number % 2 else tree.nanjing,
            categories="02",
            entered_at=now,
            changed_at=now,
        )
        officer.put_at(officer.agency.place)
        made.append(officer)
    return write_new(made, ChangeKind.ENTERED, None, now=now)


def _paged(viewer: Actor, listing: Listing) -> list[str]:
    names: list[str] = []
    key, pages = "", 0
    while key or not pages:
        page = listing_page.list_page(viewer, listing, key)
        names += [row.name for row in page.rows]
        key, pages = page.next_key, pages + 1
    return names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王", ["李王平", "王伟", "王伟", "王小明", "吴王", "张王伟"]),
        ("w", ["李王平", "万平", "王伟", "王伟", "王小明", "汪洋", "吴王", "张王伟"]),
        ("ww", ["王伟", "王伟", "吴王", "张王伟"]),
        ("wang", ["李王平", "王伟", "王伟", "王小明", "汪洋", "吴王", "张王伟"]),
        ("li", ["李丽", "李王平"]),
        ("王伟", ["王伟", "王伟", "张王伟"]),
        ("wangw", ["王伟", "王伟", "张王伟"]),
    ],
)
def test_a_short_text_finds_in_the_order_of_names(
    officers: list[Officer],
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    expected: list[str],
) -> None:
    monkeypatch.setattr(listing_page, "PAGE_SIZE", 2)
    viewer = actor("li", tree.jiangsu, Role.REGISTRAR)
    assert _paged(viewer, Listing(q=text)) == expected
    assert _paged(viewer, Listing(q=text, sort="-name")) == expected[::-1]
    assert sorted(row.name for row in matching(viewer, Listing(q=text))) == sorted(expected)


def test_within_a_county_only_its_people_are_found(
    officers: list[Officer], tree: SimpleNamespace, actor: Callable[..., Actor]
) -> None:
    viewer = actor("gu", tree.kunshan, Role.REGISTRAR)
    rows, copy = matching_in_name_order(viewer, Listing(q="王"))
    assert copy is None
    assert {row.name for row in rows} == {"李王平"}
    wide = actor("zhou", tree.jiangsu, Role.REGISTRAR)
    assert matching_in_name_order(wide, Listing(q="王"))[1] is not None
    assert matching_in_name_order(wide, Listing(q="王"), tree.kunshan)[1] is None
    assert matching_in_name_order(wide, Listing(q="王伟"))[1] is None
