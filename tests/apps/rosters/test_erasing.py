"""What an office sent is not kept longer than it is needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.apps.rosters.test_importing import GOOD, SECOND, WRONG, workbook
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.officers.selectors.documents import document_path
from warrant.apps.rosters.models import RosterImport, RosterRow
from warrant.apps.rosters.services import discard_roster, import_roster, preview_roster, undo_roster
from warrant.apps.rosters.services.erasing import erase_old_rosters
from warrant.core.access import Actor

pytestmark = pytest.mark.django_db
Preview = Callable[..., RosterImport]


@pytest.fixture
def preview(vault: Any, registrar: Actor, today: date, now: datetime) -> Preview:
    def send(*rows: list[str]) -> RosterImport:
        return preview_roster(registrar, workbook(*rows), "花名册.xlsx", on=today, now=now)

    return send


def has_file(roster: RosterImport) -> bool:
    return document_path(roster.document.digest).exists()


def test_an_undone_import_leaves_neither_file_nor_rows(
    preview: Preview, registrar: Actor, now: datetime
) -> None:
    roster = import_roster(registrar, preview(GOOD, SECOND).pk, now=now)
    assert has_file(roster)
    undo_roster(registrar, roster.pk, now=now)
    roster.refresh_from_db()
    assert not has_file(roster)
    assert not RosterRow.objects.exists()
    assert bytes(roster.sample_sealed) == b""
    assert (roster.contents_erased_at, len(roster.document.digest)) == (now, 64)
    assert AuditRow.objects.filter(action="roster.erased").count() == 1


def test_an_import_is_kept_for_thirty_days_and_then_erased(
    preview: Preview, registrar: Actor, now: datetime
) -> None:
    roster = import_roster(registrar, preview(GOOD, WRONG).pk, now=now)
    assert erase_old_rosters(now=now + timedelta(days=29, hours=23)) == 0
    assert RosterRow.objects.count() == 2
    assert erase_old_rosters(now=now + timedelta(days=30)) == 1
    assert not RosterRow.objects.exists()
    assert not has_file(roster)
    assert erase_old_rosters(now=now + timedelta(days=31)) == 0


def test_a_discarded_roster_is_erased_and_one_that_waits_is_not(
    preview: Preview, registrar: Actor, now: datetime
) -> None:
    waiting = preview(GOOD)
    discard_roster(registrar, preview(SECOND).pk, now=now)
    assert erase_old_rosters(now=now + timedelta(days=30)) == 1
    assert list(RosterRow.objects.values_list("roster_id", flat=True)) == [waiting.pk]
    assert has_file(waiting)


def test_a_file_that_another_roster_needs_stays(preview: Preview, registrar: Actor, now: datetime) -> None:
    raw = workbook(GOOD)
    first, second = (
        preview_roster(registrar, raw, "花名册.xlsx", on=date(2026, 11, 22), now=now) for _turn in range(2)
    )
    assert first.document.digest == second.document.digest
    discard_roster(registrar, first.pk, now=now)
    erase_old_rosters(now=now + timedelta(days=30))
    assert has_file(second)
    discard_roster(registrar, second.pk, now=now)
    erase_old_rosters(now=now + timedelta(days=30))
    assert not has_file(second)


def test_the_page_says_that_it_was_erased(
    preview: Preview, registrar: Actor, now: datetime, client: Client
) -> None:
    roster = import_roster(registrar, preview(GOOD, WRONG).pk, now=now)
    erase_old_rosters(now=now + timedelta(days=30))
    client.force_login(Account.objects.get(pk=registrar.account_id))
    page = client.get(reverse("roster-detail", args=[roster.pk])).content.decode()
    assert "文件和各行内容已于" in page
    assert reverse("roster-rejected", args=[roster.pk]) not in page
    assert client.get(reverse("roster-rejected", args=[roster.pk])).status_code == 404
