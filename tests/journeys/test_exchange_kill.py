"""Ministry and province as processes, killed at random moments while both write: nothing lost, doubled, reordered."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from warrant.nodes.launcher import NodeProcess, free_port, node_environment, run_for_node
from warrant.nodes.preparation import NodePlan, prepare_nodes

SEED = 20261122
KILLS = 10
LEVEL_SECONDS = 60.0
ROOT = Path(__file__).resolve().parents[2]


class RehearsalProcess(NodeProcess):
    """A node process that runs the rehearsal's server."""

    def start(self) -> None:
        environment = {**node_environment(self.node_file), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.exchange_rehearsal.serve"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def home(self) -> Path:
        return self.node_file.parent

    def rows(self, query: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(self.home / "node.sqlite3", timeout=20)) as database:
            return database.execute(query, values).fetchall()

    def written(self, peer: str) -> list[tuple]:
        """(seq from 1, subject, body) of the log to ``peer``."""
        query = "SELECT seq + 1, subject, body FROM log_entry WHERE stream_id = ? ORDER BY seq"
        return self.rows(query, f"to-{peer}")

    def received(self) -> list[tuple]:
        return self.rows("SELECT seq, subject, body FROM inbox_entry ORDER BY seq")


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, RehearsalProcess]]:
    plans = [
        NodePlan(kind, code, name, tmp_path / kind, free_port())
        for kind, code, name in (
            ("ministry", "ministry", "交通运输部"),
            ("province", "320000", "江苏省交通运输厅"),
            ("public", "public", "公众查验"),
        )
    ]
    prepare_nodes(plans)
    started = {}
    for plan in plans[:2]:
        run_for_node(plan.node_file, "node", "migrate")
        node = started[plan.kind] = RehearsalProcess(plan.kind, plan.node_file, plan.url)
        with closing(sqlite3.connect(node.home / "node.sqlite3")) as database:
            database.execute("CREATE TABLE rehearsal_cause (id INTEGER PRIMARY KEY, subject TEXT)")
            database.execute(
                "CREATE TABLE rehearsal_effect (id INTEGER PRIMARY KEY, seq INTEGER, subject TEXT, ver INTEGER)"
            )
            database.commit()
    yield started
    for node in started.values():
        node.kill()


def is_level(nodes: dict[str, RehearsalProcess]) -> bool:
    ministry, province = nodes["ministry"], nodes["province"]
    written = len(ministry.written("320000")), len(province.written("ministry"))
    taken = len(province.received()), len(ministry.received())
    acknowledged = (
        ministry.rows("SELECT size FROM outbox_receipt WHERE peer = '320000'"),
        province.rows("SELECT size FROM outbox_receipt WHERE peer = 'ministry'"),
    )
    return written == taken and acknowledged == ([(written[0],)], [(written[1],)])


def wait_until_level(nodes: dict[str, RehearsalProcess]) -> None:
    deadline = time.monotonic() + LEVEL_SECONDS
    while not is_level(nodes):
        if time.monotonic() > deadline:
            logs = "\n".join(node.log_file.read_text(encoding="utf-8")[-2000:] for node in nodes.values())
            pytest.fail(f"the two sides are not level after {LEVEL_SECONDS} s\n{logs}")
        time.sleep(0.2)


def expected_effects(written: list[tuple]) -> list[tuple]:
    versions: dict[str, int] = {}
    effects = []
    for seq, subject, _body in written:
        versions[subject] = versions.get(subject, 0) + 1
        effects.append((seq, subject, versions[subject]))
    return effects


@pytest.mark.journey
def test_killing_either_side_at_any_moment_loses_doubles_and_reorders_nothing(
    nodes: dict[str, RehearsalProcess],
) -> None:
    dice = random.Random(SEED)
    for node in nodes.values():
        node.start()
    for node in nodes.values():
        node.wait_until_ready()
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.1, 1.0))
        victim = nodes[dice.choice(("ministry", "province"))]
        victim.kill()
        time.sleep(dice.uniform(0.0, 0.4))
        victim.start()
        victim.wait_until_ready()
    for node in nodes.values():
        (node.home / "stop-writing").touch()
    time.sleep(0.5)  # the writers finish what they are at
    wait_until_level(nodes)

    ministry, province = nodes["ministry"], nodes["province"]
    for sender, peer, receiver in ((province, "ministry", ministry), (ministry, "320000", province)):
        written = sender.written(peer)
        assert len(written) > 10 * KILLS, "too few events flowed for the kills to hit any"
        assert receiver.received() == written
        assert sender.rows("SELECT subject FROM rehearsal_cause ORDER BY id") == [
            (subject,) for _, subject, _ in written
        ]
        assert receiver.rows(
            "SELECT seq, subject, ver FROM rehearsal_effect ORDER BY id"
        ) == expected_effects(written)
        assert receiver.rows("SELECT * FROM dead_letter") == []
        assert receiver.rows("SELECT fork_found_at FROM inbox_stream") == [(None,)]
