"""A small tree with a person for every role, and a vault with a throw-away passphrase."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import translation

from tests.support import migrated
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.foundation import ports
from warrant.apps.foundation.models import LogEntry
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.sealing import seal_id_number
from warrant.apps.officers.services.writing import write_new
from warrant.apps.organisations.models import Agency, AgencyVersion
from warrant.apps.regulations.selectors import forget_regulations
from warrant.core.access import Actor, Level, Role
from warrant.core.crypto.secret import Secret
from warrant.core.ledger.event import parse_event
from warrant.core.lifecycle import ChangeKind
from warrant.core.standards.id_number import check_character

PASSWORD = "made-up-Password-7"
_ID_NUMBER = "32990119900501001" + check_character("32990119900501001")

Enter = Callable[..., Officer]
"""The fixture of this name: what puts an officer into the register."""


@pytest.fixture(scope="session")
def kept_database(request: pytest.FixtureRequest) -> Path | None:
    """Return where the migrated database is kept, None where every migration is run each time."""
    cache = getattr(request.config, "cache", None)  # there is none with -p no:cacheprovider
    if cache is None or settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        return None
    return migrated.kept_path(Path(cache.mkdir("migrated")))


@pytest.fixture(scope="session")
def django_db_use_migrations(kept_database: Path | None) -> bool:
    return kept_database is None or not kept_database.exists()


@pytest.fixture(scope="session")
def django_db_setup(
    kept_database: Path | None,
    django_db_use_migrations: bool,
    django_db_setup: None,
    django_db_blocker: Any,
) -> None:
    """Fill the tests' database from the kept one, or keep what the migrations have just made."""
    if kept_database is None:
        return
    settings.MIGRATION_MODULES = {}  # as it was: a test may ask about migrations that the set-up passed over
    with django_db_blocker.unblock():
        connection.ensure_connection()
        act = migrated.keep if django_db_use_migrations else migrated.fill
        act(connection.connection, kept_database)


def make_agency(code: str, name: str, level: Level, parent: Agency | None) -> Agency:
    agency = Agency(
        code=code,
        level=level.value,
        division_code=code[:6] if code[:6].isdigit() else "",
        name=name,
        parent=parent,
        opened_on=date(2010, 1, 1),
    )
    if parent is not None:
        agency.province, agency.city, agency.county = parent.province, parent.city, parent.county
    agency.save()
    if level in (Level.PROVINCE, Level.CITY, Level.COUNTY):
        setattr(agency, level.value, agency)
        agency.save()
    AgencyVersion.objects.create(agency=agency, name=name, parent=parent, valid_from=date(2010, 1, 1))
    return agency


def make_tree() -> SimpleNamespace:
    """Make ministry, Jiangsu with Suzhou and Kunshan, Nanjing, and Shanghai with a district: no city level."""
    ministry = make_agency("ministry", "交通运输部", Level.MINISTRY, None)
    jiangsu = make_agency("320000", "江苏省交通运输厅", Level.PROVINCE, ministry)
    suzhou = make_agency("320500", "苏州市交通运输局", Level.CITY, jiangsu)
    kunshan = make_agency("320583", "昆山市交通运输局", Level.COUNTY, suzhou)
    shanghai = make_agency("310000", "上海市交通委员会", Level.PROVINCE, ministry)
    return SimpleNamespace(
        ministry=ministry,
        jiangsu=jiangsu,
        jiangsu_brigade=make_agency("320000-01", "江苏省高速公路执法总队", Level.AGENCY, jiangsu),
        suzhou=suzhou,
        suzhou_brigade=make_agency("320500-01", "苏州市交通运输综合行政执法支队", Level.AGENCY, suzhou),
        kunshan=kunshan,
        kunshan_brigade=make_agency("320583-01", "昆山市交通运输综合行政执法大队", Level.AGENCY, kunshan),
        nanjing=make_agency("320100", "南京市交通运输局", Level.CITY, jiangsu),
        shanghai=shanghai,
        pudong=make_agency("310115", "浦东新区建设和交通委员会", Level.COUNTY, shanghai),
    )


@pytest.fixture(autouse=True)
def everything_in_chinese() -> Iterator[None]:
    """A page that another test read in English leaves English on in its thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def regulations_read_anew() -> Iterator[None]:
    """No version of another test counts here."""
    forget_regulations()
    yield
    forget_regulations()


@pytest.fixture
def tree(db: None) -> SimpleNamespace:
    """Ministry, Jiangsu with Suzhou and Kunshan, Nanjing, and Shanghai with a district: no city level."""
    return make_tree()


def account_opener(now: datetime) -> Callable[..., Account]:
    """Return what opens an account at ``now`` that holds the given roles over a unit."""

    def open_account(username: str, unit: Agency, *roles: Role) -> Account:
        account = Account(
            username=username, display_name=username, agency=unit, opened_at=now, must_change_password=False
        )
        account.set_password(PASSWORD)
        account.save()
        for role in roles:
            RoleAssignment.objects.create(account=account, role=role.value, unit=unit, assigned_at=now)
        return account

    return open_account


@pytest.fixture
def account_for(db: None, now: datetime) -> Callable[..., Account]:
    """Open an account that holds the given roles over a unit: ``account_for("li", unit, Role.REGISTRAR)``."""
    return account_opener(now)


@pytest.fixture
def actor(account_for: Callable[..., Account]) -> Callable[..., Actor]:
    """The actor of a new account: ``actor("li", tree.kunshan, Role.REGISTRAR)``."""

    def make(username: str, unit: Agency, *roles: Role) -> Actor:
        return actor_for(account_for(username, unit, *roles))

    return make


@pytest.fixture
def sign_in() -> Callable[[Account], Client]:
    """A browser-like client that is signed in as the account."""

    def enter(account: Account) -> Client:
        client = Client()
        client.force_login(account, backend="warrant.apps.accounts.middleware.AccountOfSession")
        return client

    return enter


class VaultHere:
    """Stands where the node's factory of the vault stands."""

    vault: SoftwareVault


def vault_here() -> SoftwareVault:
    return VaultHere.vault


@pytest.fixture
def vault(tmp_path: Path, settings: SimpleNamespace) -> Iterator[SoftwareVault]:
    """An opened vault behind ``foundation.ports.key_vault``."""
    VaultHere.vault = SoftwareVault.create(tmp_path / "vault", Secret(b"made-up passphrase"), cost_log2=4)
    settings.WARRANT_PORTS = {**settings.WARRANT_PORTS, "key_vault": "tests.apps.conftest.vault_here"}
    ports.forget_ports()
    yield VaultHere.vault
    ports.forget_ports()


@pytest.fixture
def enter(tree: SimpleNamespace, vault: Any, now: datetime) -> Enter:
    """Put somebody into the register: ``enter("单书白", tree.kunshan_brigade, sex="2")``."""

    def put(name: str, unit: Any = None, **columns: Any) -> Officer:
        uid = uuid4()
        officer = Officer(
            **{
                "uid": uid,
                "name": name,
                "sex": "1",
                "birth_on": date(1990, 5, 1),
                "id_number_sealed": seal_id_number(uid, _ID_NUMBER),
                "id_number_index": uid.bytes,
                "agency": unit or tree.kunshan_brigade,
                "categories": "02,08",
                "entered_at": now,
                "changed_at": now,
                **columns,
            }
        )
        officer.put_at(officer.agency.place)
        return write_new([officer], ChangeKind.ENTERED, None, now=now)[0]

    return put


@pytest.fixture
def told_figures(db: None) -> Callable[[], list[dict[str, Any]]]:
    """What the ministry was told of organisers' years, oldest first."""

    def read() -> list[dict[str, Any]]:
        rows = LogEntry.objects.filter(kind="year-figures.changed").order_by("seq")
        return [dict(parse_event(bytes(row.body)).data) for row in rows]

    return read
