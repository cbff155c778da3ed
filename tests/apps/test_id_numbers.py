"""A resident's ID number stands sealed in one column, is found through an index, and is shown nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors import id_number_of
from warrant.apps.officers.types import TABS
from warrant.apps.organisations.models import Agency
from warrant.apps.organisations.services import seed_organisations
from warrant.apps.rosters.models import RosterImport
from warrant.apps.rosters.selectors.preview import masked
from warrant.apps.rosters.services import import_roster, preview_roster
from warrant.core.access import Role

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parents[2] / "samples" / "roster-sample.xlsx"
NUMBER = re.compile(r"\d{17}[\dXx]")
AccountFor = Callable[..., Account]


def numbers_of_the_sample() -> set[str]:
    """Every ID number in the file, also those of rows that are kept out."""
    book = CalamineWorkbook.from_path(SAMPLE)
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return {found for rows in sheets for row in rows for cell in row for found in NUMBER.findall(str(cell))}


@pytest.fixture
def document_root(tmp_path: Path, settings: Any) -> Path:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    return tmp_path / "documents"


@pytest.fixture
def registrar(db: None, account_for: AccountFor, now: datetime) -> Account:
    seed_organisations(now)
    return account_for("registrar", Agency.objects.get(code="320000"), Role.REGISTRAR)


@pytest.fixture
def roster(vault: Any, document_root: Path, registrar: Account, today: date, now: datetime) -> RosterImport:
    actor = actor_for(registrar)
    previewed = preview_roster(actor, SAMPLE.read_bytes(), SAMPLE.name, on=today, now=now)
    return import_roster(actor, previewed.pk, now=now)


def cells_of_the_database() -> Iterator[tuple[str, str]]:
    """Every value of every column of every table as text, whatever lies in it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for column, value in zip(cursor.description, row, strict=True):
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    yield f"{table}.{column[0]}", raw.decode("latin-1")


def test_the_sample_has_enough_numbers_to_look_for(roster: RosterImport) -> None:
    imported = {id_number_of(officer) for officer in Officer.system.all()}
    assert len(imported) == roster.imported_count
    assert len(imported) > 150
    assert len(imported & numbers_of_the_sample()) > 150


def test_no_column_of_any_table_holds_an_id_number(roster: RosterImport) -> None:
    wanted = numbers_of_the_sample() | {id_number_of(officer) for officer in Officer.system.all()}
    places = {
        place
        for place, text in cells_of_the_database()
        for number in NUMBER.findall(text)
        if number in wanted
    }
    assert places == set()


def test_no_kept_file_can_be_read_without_the_key(roster: RosterImport, document_root: Path) -> None:
    files = [path for path in document_root.rglob("*") if path.is_file()]
    assert files
    for path in files:
        raw = path.read_bytes()
        assert not raw.startswith(b"PK")
        assert b"xl/worksheets" not in raw
        assert path.stat().st_mode & 0o077 == 0


def test_no_page_shows_an_id_number_to_any_role(
    roster: RosterImport, registrar: Account, account_for: AccountFor, sign_in: Callable[[Account], Client]
) -> None:
    wanted = numbers_of_the_sample() | {id_number_of(officer) for officer in Officer.system.all()}
    officers = list(Officer.system.order_by("pk")[:3])
    province = Agency.objects.get(code="320000")
    urls = ["/", "/officers/", "/rosters/", "/applications/", "/audit/"]
    urls += [f"/rosters/{roster.pk}/?severity={severity}" for severity in ("", "error", "warn", "fix")]
    for officer in officers:
        urls += [f"/officers/{officer.pk}/{part}" for part in ("", "glance/", "change/", "id-number/")]
        urls += [f"/officers/{officer.pk}/?part={part}" for part in TABS]
    shown = {}
    opened = 0
    for role in (Role.REGISTRAR, Role.APPROVER, Role.SUPERVISOR, Role.AUDIT_ADMINISTRATOR):
        client = sign_in(account_for(f"{role.value}-here", province, role))
        for url in urls:
            answer = client.get(url)
            opened += answer.status_code == 200
            found = set(NUMBER.findall(answer.content.decode())) & wanted
            if found:
                shown[role.value, url] = sorted(found)[:3]
    assert shown == {}
    assert opened > 40


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("329901199005011235", "329901**********35"),
        ("32990119900501123x", "329901**********3x"),
        ("329901 19900501 1235", "329901**********35"),
        ("'329901199005011235", "329901**********35"),
        ("329901900501123", "329901*******23"),
        ("３２９９０１１９９００５０１１２３５", "３２９９０１**********３５"),
        ("见 329901199005011235 号", "见 329901**********35 号"),
        ("13800000000", "13800000000"),
        ("2026-11-22", "2026-11-22"),
        ("单书白", "单书白"),
        (3, 3),
    ],
)
def test_findings_mask_what_may_be_an_id_number(written: object, shown: object) -> None:
    assert masked(written) == shown


def test_a_shown_number_leaves_its_reason_and_not_itself(
    roster: RosterImport, registrar: Account, sign_in: Callable[[Account], Client]
) -> None:
    officer = Officer.system.order_by("pk")[0]
    number = id_number_of(officer)
    client = sign_in(registrar)
    answer = client.post(f"/officers/{officer.pk}/id-number/", {"reason": "核对原件，办理调动"})
    assert number in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    kept = [text for _place, text in cells_of_the_database()]
    assert any("核对原件，办理调动".encode().decode("latin-1") in text for text in kept)
    assert not any(number in text for text in kept)


def test_looking_for_a_number_leaves_it_in_no_address(
    roster: RosterImport, registrar: Account, sign_in: Callable[[Account], Client]
) -> None:
    officer = Officer.system.order_by("pk")[0]
    number = id_number_of(officer)
    client = sign_in(registrar)
    answer = client.post("/officers/search/", {"q": number})
    assert answer.headers["Location"] == f"/officers/{officer.pk}/"
    by_address = client.get("/officers/", {"q": number})
    assert by_address.headers["Location"] == f"/officers/{officer.pk}/"
    swapped = client.post("/officers/search/", {"q": number}, headers={"HX-Request": "true"})
    assert swapped.headers["HX-Redirect"] == f"/officers/{officer.pk}/"
    assert number not in str({**answer.headers, **by_address.headers, **swapped.headers})
