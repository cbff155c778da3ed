"""The ministry's page of what is published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from tests.apps.world import become

from warrant.apps.accounts.models import Account
from warrant.apps.publication.models import PublicRecord
from warrant.core.access import Role
from warrant.core.standards import certificate_number


def publish(serial: int, name: str, now: datetime, state: str = "active") -> str:
    number = certificate_number.make("32", serial)
    PublicRecord.objects.create(
        certificate_number=number,
        node_code="320000",
        holder_name=name,
        agency_name="昆山市交通运输综合行政执法大队",
        category_names=["公路路政"],
        area_name="昆山市",
        issuer_name="江苏省交通运输厅",
        valid_from=date(2026, 11, 1),
        valid_until=date(2031, 10, 31),
        state=state,
        photo=b"\xff\xd8",
        status_list_name="tsl:32-1",
        status_index=serial,
        changed_at=now,
        version=1,
    )
    return number


@pytest.fixture
def editor(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    settings: Any,
) -> Client:
    become(settings, "ministry")
    return sign_in(account_for("bai", tree.ministry, Role.PUBLICATION_EDITOR))


def test_an_editor_sees_what_the_public_is_told(editor: Client, now: datetime):
    publish(1, "林书白", now)
    publish(2, "陈予安", now, "lost")
    page = editor.get("/published/").content.decode()
    assert "林书白" in page
    assert "挂失" in page


def test_a_number_or_a_whole_name_finds_one(editor: Client, now: datetime):
    number = publish(1, "林书白", now)
    publish(2, "陈予安", now)
    for text in (number, "林书白"):
        page = editor.get("/published/", {"text": text}).content.decode()
        assert "林书白" in page
        assert "陈予安" not in page


def test_the_list_goes_on_by_number(editor: Client, now: datetime, django_assert_max_num_queries: Any):
    for serial in range(1, 53):
        publish(serial, f"林{serial:02d}", now)
    with django_assert_max_num_queries(12):
        first = editor.get("/published/")
    assert "林50" in first.content.decode()
    assert "林51" not in first.content.decode()
    address = first.content.decode().split('href="?text=&amp;after=')[1].split('"')[0]
    assert "林51" in editor.get(f"/published/?after={address}").content.decode()


def test_who_does_not_watch_over_publication_does_not_enter(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    settings: Any,
):
    become(settings, "ministry")
    assert (
        sign_in(account_for("du", tree.ministry, Role.SYSTEM_ADMINISTRATOR)).get("/published/").status_code
        == 403
    )
