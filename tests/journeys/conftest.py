"""What the journeys share: three nodes prepared once and copied, a PostgreSQL, and processes known by a mark."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.postgres import PostgresServer, postgres_server

from warrant.nodes.group import Logins, prepare_group
from warrant.nodes.launcher import NodeGroup


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The homes of ministry, Jiangsu and public on SQLite, with units, accounts and keys; to be copied, not used."""
    home = tmp_path_factory.mktemp("prepared") / "nodes"
    prepare_group(home)
    return home


@pytest.fixture
def home(prepared_home: Path, tmp_path: Path) -> Path:
    """Homes of this test's own."""
    return Path(shutil.copytree(prepared_home, tmp_path / "nodes"))


@pytest.fixture
def group(home: Path) -> Iterator[tuple[NodeGroup, Logins]]:
    """The three nodes on ports of their own, not started; whatever runs of them at the end is killed."""
    nodes, logins = prepare_group(home)
    yield nodes, logins
    for node in nodes.nodes.values():
        node.kill()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the tests' own."""
    with postgres_server() as server:
        yield server
