"""The measurement itself, on the card centre's fixtures; started by :mod:`bench.job.table`."""

from __future__ import annotations

import cProfile
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from tests.adapters.pcsc.daemon import running_daemon, wait_until

from bench.job.readers import TimedConnection, Trips
from warrant.adapters.software_vault import SoftwareVault
from warrant.adapters.virtual_card.vpcd import DEFAULT_PORT
from warrant.apps.cardcentre.models import CardStore
from warrant.apps.cardcentre.services import jobs
from warrant.apps.cardcentre.services.gate import chip_photo, pass_gate
from warrant.apps.cardcentre.services.stores import central_store
from warrant.apps.cardcentre.types import TRANSPORT_KEY_LABEL
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation import ports
from warrant.core.access import Actor
from warrant.core.lifecycle import CardJobState

pytest_plugins = ("tests.conftest", "tests.apps.conftest", "tests.apps.cardcentre.conftest")
JOBS = int(os.environ.get("WARRANT_BENCH_JOBS", "50"))
WARM_UP = 5


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Put SQLite into a file: in memory no commit waits for a disk."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "job.sqlite3")


@pytest.fixture
def put_in(tmp_path: Path, province_vault: SoftwareVault) -> Iterator[Callable[[str, str], str]]:
    """Put a blank into the first reader, from another process; return the reader's name."""
    key = province_vault.secret(TRANSPORT_KEY_LABEL, 16).reveal().hex()
    with running_daemon(tmp_path) as daemon:
        command = daemon.command(sys.executable, "-m", "bench.job.card", str(DEFAULT_PORT))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        player = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert player.stdin is not None
        assert player.stdout is not None
        asked, said = player.stdin, player.stdout

        def ask(line: str) -> None:
            asked.write(f"{line}\n")
            asked.flush()
            assert said.readline() == "done\n"

        def put(serial: str, suite: str) -> str:
            ask("")
            wait_until(lambda: not daemon.reader().is_card_present(), "the card to be missed")
            ask(f"{serial} {suite} {key}")
            wait_until(daemon.reader().is_card_present, "the card to be seen")
            return daemon.reader().name

        yield put
        asked.close()
        player.wait(timeout=10)
        said.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("suite", ["sm4", "3des"])
def test_jobs_are_measured(
    suite: str,
    settings: SimpleNamespace,
    operator: Actor,
    station: CardStore,
    receive: Callable[..., Any],
    move: Callable[..., Any],
    case_for: Callable[..., Certificate],
    put_in: Callable[[str, str], str],
    now: datetime,
) -> None:
    settings.WARRANT_PORTS = {**settings.WARRANT_PORTS, "card_readers": "bench.job.readers.timed_readers"}
    ports.forget_ports()
    count = JOBS + WARM_UP
    serials = [f"1D{place:012X}" for place in range(1, count + 1)]
    receive(f"{serials[0]} 至 {serials[-1]}", count, suite)
    move(central_store(), station, f"{serials[0]} 至 {serials[-1]}", count)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
    profile = cProfile.Profile() if os.environ.get("WARRANT_BENCH_PROFILE") else None
    measured: list[list[float]] = []
    for serial in serials:
        certificate = case_for()
        chip_photo(pass_gate(certificate).photo)  # made when a batch is taken to the station
        reader = put_in(serial, suite)
        trips = TimedConnection.trips = Trips()
        if profile and len(measured) >= WARM_UP:
            profile.enable()
        began = time.perf_counter()
        job = jobs.start_card_job(operator, certificate, reader, now=now)
        made = time.perf_counter()
        if profile:
            profile.disable()
        assert job.state == CardJobState.MADE, job.trouble
        jobs.pass_check(operator, job, now=now)
        checked = time.perf_counter()
        measured.append(
            [
                trips.count,
                *(1000 * one for one in (trips.seconds, made - began, trips.opening, checked - made)),
            ]
        )
    if profile:
        profile.dump_stats(f"{os.environ['WARRANT_BENCH_PROFILE']}-{suite}")
    line = json.dumps({"suite": suite, "jobs": measured[WARM_UP:]})
    with Path(os.environ["WARRANT_BENCH_OUTPUT"]).open("a", encoding="utf-8") as output:
        output.write(line + "\n")
