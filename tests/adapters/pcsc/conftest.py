"""The daemon for the whole session, and a virtual card that is put into its first slot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.adapters.pcsc.daemon import Daemon, running_daemon


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with running_daemon(tmp_path_factory.mktemp("pcscd")) as daemon:
        yield daemon
