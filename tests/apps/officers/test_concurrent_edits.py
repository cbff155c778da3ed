"""Two people change one record at once: nothing typed is lost, and nobody's words are overwritten unseen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.apps.officers.entries import entry, posted
from warrant.apps.accounts.models import Account
from warrant.apps.officers.models import FormDraft, Officer
from warrant.apps.officers.services import change_officer
from warrant.apps.officers.services.merging_edits import (
    EDITED_FIELDS,
    Choices,
    EditConflict,
    three_way,
)
from warrant.core.access import Actor, Role

Save = Callable[..., Officer]


def changes(**texts: str) -> dict[str, str]:
    return {name: text for name, text in entry(**texts).items() if name not in ("id_number", "agency")}


@pytest.fixture
def save(officer: Officer, registrar: Actor, today: date, now: Any) -> Save:
    """Save what somebody typed who had opened revision 1."""

    def save(choices: Choices | None = None, **texts: str) -> Officer:
        changed, _doubts, _fields = change_officer(
            registrar, officer.pk, changes(**texts), 1, on=today, now=now, choices=choices
        )
        return changed

    return save


def test_changes_of_different_fields_are_brought_together(save: Save) -> None:
    save(position="副大队长", education="14", degree="2")
    officer = save(phone="13900000000")
    assert (officer.position, officer.education, officer.phone, officer.revision) == (
        "副大队长",
        "14",
        "13900000000",
        3,
    )


def test_the_same_change_twice_is_no_conflict(save: Save) -> None:
    save(position="副大队长")
    assert save(position="副大队长").revision == 2


def test_a_field_that_both_changed_is_shown_with_three_texts(save: Save) -> None:
    save(position="副大队长", ethnicity="03")
    with pytest.raises(EditConflict) as refused:
        save(position="大队长", phone="13900000000")
    conflict = refused.value
    assert [(c.field, c.opened, c.theirs, c.mine) for c in conflict.conflicts] == [
        ("position", "一级主任科员", "副大队长", "大队长")
    ]
    assert (conflict.taken_over, conflict.kept) == (("民族",), ("联系电话",))
    assert (conflict.seen, conflict.by, conflict.status) == (2, "registrar", 409)


@pytest.mark.parametrize(("side", "position"), [("mine", "大队长"), ("theirs", "副大队长")])
def test_what_was_chosen_is_saved_and_the_rest_of_both(save: Save, side: str, position: str) -> None:
    save(position="副大队长", ethnicity="03")
    officer = save(Choices(2, {"position": side}), position="大队长", phone="13900000000")
    assert (officer.position, officer.ethnicity, officer.phone) == (position, "03", "13900000000")


def test_a_choice_against_words_that_changed_again_does_not_count(save: Save) -> None:
    save(position="副大队长")
    save(Choices(2, {"position": "mine"}), position="教导员")
    with pytest.raises(EditConflict) as refused:
        save(Choices(2, {"position": "mine"}), position="大队长")
    assert refused.value.conflicts[0].theirs == "教导员"


def test_without_the_version_that_was_opened_every_difference_is_shown(save: Save, officer: Officer) -> None:
    save(position="副大队长")
    officer.versions.filter(revision=1).delete()
    with pytest.raises(EditConflict) as refused:
        save(phone="13900000000")
    assert {c.field for c in refused.value.conflicts} == {"position", "phone"}


@given(st.tuples(*[st.tuples(*[st.sampled_from("ab")] * 3)] * len(EDITED_FIELDS)))
def test_no_ones_words_are_lost_unseen(texts: Any) -> None:
    opened, theirs, mine = (
        dict(zip(EDITED_FIELDS, column, strict=True)) for column in zip(*texts, strict=True)
    )
    sides, conflicts = three_way(opened, theirs, mine, {})
    assert set(sides) | {c.field for c in conflicts} == set(EDITED_FIELDS)
    for field, side in sides.items():
        kept, dropped = (mine, theirs) if side == "mine" else (theirs, mine)
        assert dropped[field] in (opened[field], kept[field])


def test_the_page_offers_the_choice_and_keeps_everything_typed(
    officer: Officer,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    registrar: Actor,
    today: date,
    now: Any,
) -> None:
    client = sign_in(account_for("second", tree.kunshan, Role.REGISTRAR))
    address = reverse("officer-change", args=[officer.pk])
    change_officer(
        registrar, officer.pk, changes(position="副大队长"), 1, on=today, now=now + timedelta(minutes=5)
    )
    sent = posted(position="大队长", phone="13900000000", revision="1")
    page = client.post(address, sent)
    text = page.content.decode()
    assert page.status_code == 409
    assert "副大队长" in text
    assert "打开时：一级主任科员" in text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
    again: dict[str, Any] = {}
    for name, value in hidden:
        again.setdefault(name, []).append(value)
    assert again["phone"] == ["13900000000"]
    assert again["categories"] == ["01", "02"]
    assert client.post(address, {**again, "choice-position": "mine"}).status_code == 302
    officer.refresh_from_db()
    assert (officer.position, officer.phone) == ("大队长", "13900000000")


def test_a_draft_remembers_the_version_that_was_opened(
    officer: Officer, registrar: Actor, sign_in: Callable[[Account], Client], today: date, now: Any
) -> None:
    client = sign_in(Account.objects.get(pk=registrar.account_id))
    client.post(
        reverse("draft-save", args=["officer-change", officer.pk]),
        posted(position="大队长", revision="1", categories=["08"]),
    )
    change_officer(registrar, officer.pk, changes(position="副大队长"), 1, on=today, now=now)
    address = reverse("officer-change", args=[officer.pk])
    page = client.get(f"{address}?draft=1").content.decode()
    assert 'name="revision" value="1"' in page
    assert 'value="大队长"' in page
    assert re.findall(r'name="categories" value="(\d+)"[^>]*checked', page) == ["08"]
    assert client.post(address, posted(position="大队长", revision="1")).status_code == 409
    assert FormDraft.objects.exists()
