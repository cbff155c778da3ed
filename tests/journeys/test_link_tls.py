"""Ministry and province as processes over mutual TLS: enrolled by the commands, level, then removed and back."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from warrant.nodes.launcher import NodeDidNotStartError, NodeProcess, free_port, run_for_node
from warrant.nodes.preparation import NodePlan, prepare_nodes

LEVEL_SECONDS = 40.0


def edit(node_file: Path, old: str, new: str) -> None:
    text = node_file.read_text(encoding="utf-8")
    assert old in text
    node_file.write_text(text.replace(old, new), encoding="utf-8")


def ask(node: NodeProcess, query: str) -> list[tuple]:
    with closing(sqlite3.connect(node.node_file.parent / "node.sqlite3", timeout=20)) as database:
        return database.execute(query).fetchall()


def wait_for(condition: Callable[[], bool], nodes: dict[str, NodeProcess]) -> None:
    deadline = time.monotonic() + LEVEL_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(
                "\n".join(node.log_file.read_text(encoding="utf-8")[-2000:] for node in nodes.values())
            )
        time.sleep(0.2)


def after(word: str, printed: str) -> str:
    return next(line for line in printed.splitlines() if line.startswith(word)).removeprefix(word).strip()


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, NodeProcess]]:
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
    link_port = free_port()
    for plan in plans[:2]:
        edit(plan.node_file, "development = true", "development = false")
        started[plan.kind] = NodeProcess(plan.kind, plan.node_file, plan.url)
    edit(plans[0].node_file, "development = false", f"development = false\nlink_port = {link_port}")
    edit(plans[1].node_file, f'url = "{plans[0].url}"', f'url = "https://127.0.0.1:{link_port}"')
    for node in started.values():
        run_for_node(node.node_file, "node", "migrate")
    yield started
    for node in started.values():
        node.stop()


def enrol(ministry: Path, node: Path, code: str, folder: Path) -> None:
    """The node asks, the ministry issues, the node installs; each types what the other reads aloud."""
    request, issued = str(folder / "request.pem"), str(folder / "issued.pem")
    spoken_key = after("key", run_for_node(node, "exchange", "request", request))
    wrong = ("exchange", "issue", request, issued, "--node", code, "--key", "00" * 32)
    with pytest.raises(NodeDidNotStartError, match="differs"):
        run_for_node(ministry, *wrong)
    spoken = run_for_node(ministry, *wrong[:-1], spoken_key)
    with pytest.raises(NodeDidNotStartError, match="differs"):
        run_for_node(node, "exchange", "install", issued, "--authority", spoken_key)
    run_for_node(node, "exchange", "install", issued, "--authority", after("authority", spoken))


@pytest.mark.journey
def test_a_province_is_enrolled_works_is_removed_and_comes_back(
    nodes: dict[str, NodeProcess], tmp_path: Path
):
    ministry, province = nodes["ministry"], nodes["province"]
    run_for_node(ministry.node_file, "exchange", "authority")
    enrol(ministry.node_file, province.node_file, "320000", tmp_path)
    enrol(ministry.node_file, tmp_path / "public" / "node.toml", "public", tmp_path)
    run_for_node(province.node_file, "node", "seed")
    for node in nodes.values():
        node.start()
    for node in nodes.values():
        node.wait_until_ready()

    contacts = "SELECT count(*) FROM inbox_stream WHERE refusal = '' AND contacted_at IS NOT NULL"
    wait_for(lambda: ask(ministry, contacts) == [(1,)] and ask(province, contacts) == [(1,)], nodes)
    listed = run_for_node(ministry.node_file, "exchange", "certificates").split()
    assert (listed[0], listed[3], listed[4], listed[7]) == ("320000", "364", "ministry", "364")

    run_for_node(ministry.node_file, "exchange", "remove", "320000", "--reason", "演练")
    refused = "SELECT refusal FROM outbox_receipt WHERE peer = 'ministry'"
    wait_for(lambda: ask(province, refused) == [("node-removed",)], nodes)

    run_for_node(ministry.node_file, "exchange", "readmit", "320000", "--reason", "演练结束")
    enrol(ministry.node_file, province.node_file, "320000", tmp_path)
    wait_for(lambda: ask(province, refused) == [("",)], nodes)
