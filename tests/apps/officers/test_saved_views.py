"""Views of the list: kept by name, shared inside the unit, and without anything found by an ID number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from warrant.apps.officers.models import SavedView
from warrant.apps.officers.selectors.listing import listing_from
from warrant.apps.officers.selectors.saved_views import preference_of, view_for, views_of
from warrant.apps.officers.services.saved_views import choose_columns, delete_view, save_view
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

LISTING = listing_from({"category": "02", "sort": "-age", "tail": "00" * 8})


@pytest.fixture
def people(tree: Any, actor: Callable[..., Actor]) -> tuple[Actor, Actor, Actor]:
    """Two of Kunshan and one of Suzhou."""
    return (
        actor("li", tree.kunshan, Role.REGISTRAR),
        actor("wang", tree.kunshan, Role.REVIEWER),
        actor("zhao", tree.suzhou, Role.REGISTRAR),
    )


People = tuple[Actor, Actor, Actor]


def test_a_shared_view_is_seen_inside_the_unit_only(people: People, now: datetime) -> None:
    mine, colleague, other = people
    view = save_view(mine, " 运政  人员 ", LISTING, is_shared=True, is_first=False, now=now)
    assert (view.name, view.params) == ("运政 人员", "category=02&sort=-age")
    assert view_for(colleague, view.pk) == view
    with pytest.raises(NotFound):
        view_for(other, view.pk)


def test_a_view_of_ones_own_is_seen_by_nobody_else(people: People, now: datetime) -> None:
    mine, colleague, _other = people
    save_view(mine, "运政", LISTING, is_shared=False, is_first=False, now=now)
    assert [view.name for view in views_of(mine)] == ["运政"]
    assert not views_of(colleague)


def test_the_same_name_replaces_and_the_first_view_opens_the_list(people: People, now: datetime) -> None:
    mine = people[0]
    save_view(mine, "运政", LISTING, is_shared=False, is_first=True, now=now)
    assert preference_of(mine).opens_with == "category=02&sort=-age"
    save_view(mine, "运政", listing_from({"sex": "2"}), is_shared=False, is_first=False, now=now)
    assert SavedView.objects.get().params == "sex=2"
    assert preference_of(mine).opens_with == ""


def test_only_the_owner_deletes_a_shared_view(people: People, now: datetime) -> None:
    mine, colleague, other = people
    view = save_view(mine, "运政", LISTING, is_shared=True, is_first=True, now=now)
    with pytest.raises(NotPermitted):
        delete_view(colleague, view.pk, now=now)
    with pytest.raises(NotFound):
        delete_view(other, view.pk, now=now)
    assert delete_view(mine, view.pk, now=now) == "运政"
    assert preference_of(mine).opens_with == ""


def test_a_view_needs_a_name_and_there_is_an_end_to_them(people: People, now: datetime) -> None:
    mine = people[0]
    for name in (" ", "长" * 41):
        with pytest.raises(InvalidInput):
            save_view(mine, name, LISTING, is_shared=False, is_first=False, now=now)
    for count in range(40):
        save_view(mine, f"视图 {count}", LISTING, is_shared=False, is_first=False, now=now)
    with pytest.raises(Conflict):
        save_view(mine, "再一个", LISTING, is_shared=False, is_first=False, now=now)


def test_columns_are_remembered(people: People) -> None:
    mine, colleague, _other = people
    choose_columns(mine, ("name", "phone"))
    assert preference_of(mine).columns == "name,phone"
    assert preference_of(colleague).columns == ""
