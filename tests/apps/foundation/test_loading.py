"""Rows loaded past the ORM are the rows that the ORM would have written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from warrant.apps.foundation.loading import (
    bulk_load,
    loading_at_length,
    ready_rows,
    reserve_ids,
    settle_log,
)
from warrant.apps.foundation.models import LogEntry, LogStream
from warrant.apps.officers.models import Officer, OfficerVersion
from warrant.apps.organisations.models import AgencyVersion

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 16, 45, 1, 250, tzinfo=UTC)


def _raw(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return [tuple(bytes(c) if isinstance(c, memoryview) else c for c in row) for row in cursor.fetchall()]


def _column_values(officer: Officer) -> tuple[list[str], list[object]]:
    names = [field.attname for field in Officer._meta.concrete_fields if field.attname != "id"]
    return names, [getattr(officer, name) for name in names]


def _officer(tree: SimpleNamespace) -> Officer:
    officer = Officer(
        uid=UUID("018f0000-0000-7000-8000-000000000001"),
        name="周文清",
        sort_key="zhou wen qing",
        sex="1",
        birth_on=date(1980, 2, 29),
        id_number_sealed=b"\x01\x00sealed",
        id_number_index=b"i" * 16,
        agency=tree.kunshan,
        categories="02,08",
        has_legal_qualification=True,
        entered_at=AT,
        changed_at=AT,
    )
    officer.put_at(tree.kunshan.place)
    return officer


def test_a_loaded_row_equals_a_saved_one_in_every_column(tree: SimpleNamespace) -> None:
    officer = _officer(tree)
    names, values = _column_values(officer)
    with transaction.atomic():
        assert bulk_load(Officer, names, [values]) == 1
    (loaded,) = _raw("officer")
    Officer.system.all().delete()
    officer.save(force_insert=True)
    (saved,) = _raw("officer")
    assert loaded[1:] == saved[1:]


def test_a_row_made_ready_before_the_transaction_is_the_same_row(tree: SimpleNamespace) -> None:
    names, values = _column_values(_officer(tree))
    with transaction.atomic():
        bulk_load(Officer, names, [values])
    (at_once,) = _raw("officer")
    Officer.system.all().delete()
    (ready,) = ready_rows(Officer, names, [values])
    with transaction.atomic():
        bulk_load(Officer, names, [ready], are_ready=True)
    (loaded,) = _raw("officer")
    assert loaded[1:] == at_once[1:]


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_left_as_it_was_after_loading() -> None:
    if connection.vendor != "sqlite":
        with loading_at_length():
            settle_log()
        return

    def settings() -> list[int]:
        with connection.cursor() as cursor:
            return [
                cursor.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("cache_size", "wal_autocheckpoint", "synchronous")
            ]

    before = settings()
    with loading_at_length():
        assert settings() == [-65_536, 0, 1]
        settle_log()
    assert settings() == before


def test_lists_and_texts_go_into_json_columns(tree: SimpleNamespace) -> None:
    officer = _officer(tree)
    officer.save()
    columns = ("officer_id", "revision", "kind", "effective_on", "content", "changed_fields", "reason",
               "account_name", "account_unit", "recorded_at", "arrived_at")  # fmt: skip
    with transaction.atomic():
        bulk_load(
            OfficerVersion,
            columns,
            [(officer.pk, 1, "entered", date(2026, 11, 22), '{"name": "周"}', ["name"], "", "", "", AT, AT)],
        )
    version = OfficerVersion.system.get()
    assert version.content == {"name": "周"}
    assert version.changed_fields == ["name"]
    assert version.recorded_at == AT


def test_rows_may_come_one_by_one_and_in_any_number(tree: SimpleNamespace) -> None:
    def rows() -> Iterator[tuple[object, ...]]:
        for day in range(1, 2502):
            yield tree.kunshan.pk, "昆山", "昆山", date.fromordinal(day), None

    with transaction.atomic():
        count = bulk_load(
            AgencyVersion, ("agency_id", "name", "name_key", "valid_from", "valid_until"), rows()
        )
    assert count == 2501
    assert AgencyVersion.objects.filter(agency=tree.kunshan, name="昆山").count() == 2501


def test_a_row_against_a_constraint_loads_nothing(tree: SimpleNamespace) -> None:
    names, values = _column_values(_officer(tree))
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk_load(Officer, names, [values, values])
    assert Officer.system.count() == 0


def test_reserved_ids_are_given_to_nobody_else(tree: SimpleNamespace) -> None:
    names, values = _column_values(_officer(tree))
    with transaction.atomic():
        first, second = reserve_ids(Officer, 3), reserve_ids(Officer, 2)
        assert len({*first, *second}) == 5
        assert max(first) < min(second)
        bulk_load(Officer, ["id", *names], [[second[1], *values]])
    other = _officer(tree)
    other.uid, other.id_number_index = UUID(int=2), b"j" * 16
    other.save()
    assert other.pk > second[1]


def test_no_ids_are_reserved_for_no_rows() -> None:
    with transaction.atomic():
        assert list(reserve_ids(Officer, 0)) == []


@pytest.mark.django_db(transaction=True)
def test_loading_without_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        bulk_load(LogStream, ("name", "size", "frontier"), [("x", 0, b"")])
    with pytest.raises(TransactionManagementError):
        reserve_ids(LogEntry, 1)
