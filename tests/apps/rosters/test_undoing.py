"""A whole import is undone within 7 days, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.apps.officers.entries import ID_NUMBER
from tests.apps.officers.replica_world import OBSERVER, told
from tests.apps.rosters.test_importing import GOOD, SECOND, workbook
from warrant.apps.audit.models import AuditRow
from warrant.apps.officers.models import Officer, OfficerNameToken, OfficerVersion, ReplicaDue
from warrant.apps.officers.selectors import officers_for_list
from warrant.apps.officers.selectors.national import NATIONAL_KEYS
from warrant.apps.officers.selectors.sealing import KEY_LENGTH
from warrant.apps.officers.selectors.uses import counted
from warrant.apps.officers.services.spelling import sort_key
from warrant.apps.officers.services.writing import write_change
from warrant.apps.rosters.models import RosterImport
from warrant.apps.rosters.services import import_roster, preview_roster, undo_roster
from warrant.apps.supervision.models import OfficerFact
from warrant.apps.supervision.services import rebuild_statistics
from warrant.core.access import Actor
from warrant.core.errors import Conflict, NotFound
from warrant.core.lifecycle import ChangeKind

Imported = Callable[..., RosterImport]


@pytest.fixture
def imported(vault: Any, registrar: Actor, today: date, now: datetime) -> Imported:
    def send(*rows: list[str]) -> RosterImport:
        roster = preview_roster(registrar, workbook(*rows), "花名册.xlsx", on=today, now=now)
        return import_roster(registrar, roster.pk, now=now)

    return send


def everybody_is_used(pks: Collection[int]) -> list[Any]:
    return [counted(OfficerVersion.system.filter(officer_id__in=pks), "有 1 份资格申请")]


def test_nobody_of_an_undone_import_is_left_to_be_seen_or_found(
    imported: Imported, registrar: Actor, now: datetime
) -> None:
    roster = undo_roster(registrar, imported(GOOD, SECOND).pk, now=now + timedelta(days=6))
    assert (roster.state, roster.imported_count) == ("undone", 0)
    assert not officers_for_list(registrar).exists()
    assert not OfficerNameToken.objects.exists()
    assert not roster.rows.exclude(officer=None).exists()
    assert AuditRow.objects.filter(action="roster.undone").count() == 1


def test_nothing_that_names_anybody_is_left_after_undoing(
    imported: Imported, registrar: Actor, now: datetime, settings: Any
) -> None:
    settings.WARRANT_OFFICER_OBSERVERS = ["warrant.apps.supervision.services.follow_officers"]
    settings.WARRANT_ERASURE_FOLLOWERS = ["warrant.apps.supervision.services.forget_names"]
    roster = imported(GOOD, SECOND)
    undo_roster(registrar, roster.pk, now=now + timedelta(days=3))
    tables = (Officer.system, OfficerVersion.system, OfficerFact.system)
    kept = repr([list(table.values()) for table in tables])
    for words in (GOOD[0], SECOND[0], sort_key(GOOD[0]), sort_key(SECOND[0]), "1990-"):
        assert words not in kept
    assert [bytes(row.id_number_sealed) for row in Officer.system.all()] == [b"", b""]
    assert OfficerFact.system.count() == 2  # that two stood in the register for three days stays counted
    assert rebuild_statistics(now=now + timedelta(days=4)) == 2
    assert not OfficerFact.system.exists()


def test_of_an_undone_import_the_ministry_hears_nothing_or_everything(
    imported: Imported, registrar: Actor, now: datetime, settings: Any, vault: Any
) -> None:
    settings.WARRANT_OFFICER_OBSERVERS = [OBSERVER]
    undo_roster(registrar, imported(GOOD).pk, now=now)
    assert not ReplicaDue.objects.exists()
    for label in NATIONAL_KEYS:
        vault.secret(label, KEY_LENGTH)
    undo_roster(registrar, imported(SECOND).pk, now=now)
    heard: list[Any] = [event.data["officers"] for event in told("officers.changed", "officers.snapshot")]
    kinds = [(officer["revision"], officer["kind"]) for officers in heard for officer in officers]
    assert kinds == [(1, "imported"), (2, "deleted")]
    assert not ReplicaDue.objects.exists()


def test_id_numbers_of_an_undone_import_can_be_registered_again(
    imported: Imported, registrar: Actor, today: date, now: datetime
) -> None:
    undo_roster(registrar, imported(GOOD).pk, now=now)
    again = imported(GOOD)
    assert (again.imported_count, again.error_count) == (1, 0)
    assert officers_for_list(registrar, id_number=ID_NUMBER).count() == 1


def test_after_seven_days_it_is_too_late(imported: Imported, registrar: Actor, now: datetime) -> None:
    roster = imported(GOOD)
    with pytest.raises(Conflict) as refused:
        undo_roster(registrar, roster.pk, now=now + timedelta(days=7))
    assert refused.value.code == "too-late-to-undo"


def test_nothing_is_undone_where_one_officer_was_changed_since(
    imported: Imported, registrar: Actor, now: datetime
) -> None:
    roster = imported(GOOD, SECOND)
    write_change(
        Officer.system.get(name="曾国"), {"position": "科长"}, ChangeKind.CHANGED, registrar, now=now
    )
    with pytest.raises(Conflict) as refused:
        undo_roster(registrar, roster.pk, now=now)
    assert (refused.value.code, refused.value.fields["names"]) == ("built-on-import", "曾国")
    assert officers_for_list(registrar).count() == 2


def test_nothing_is_undone_where_another_app_built_on_an_officer(
    imported: Imported, registrar: Actor, now: datetime, settings: Any
) -> None:
    roster = imported(GOOD)
    settings.WARRANT_OFFICER_USES = ["tests.apps.rosters.test_undoing.everybody_is_used"]
    with pytest.raises(Conflict):
        undo_roster(registrar, roster.pk, now=now)
    assert officers_for_list(registrar).count() == 1


def test_an_import_is_undone_once_and_by_nobody_from_elsewhere(
    imported: Imported, registrar: Actor, stranger: Actor, now: datetime
) -> None:
    roster = imported(GOOD)
    with pytest.raises(NotFound):
        undo_roster(stranger, roster.pk, now=now)
    undo_roster(registrar, roster.pk, now=now)
    with pytest.raises(Conflict):
        undo_roster(registrar, roster.pk, now=now)
