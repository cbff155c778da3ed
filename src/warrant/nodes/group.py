"""The three nodes of the demonstration, the journey and the tests: ministry, Jiangsu, public."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from warrant.nodes.launcher import NodeGroup, NodeProcess, free_port, run_for_node
from warrant.nodes.people import PEOPLE
from warrant.nodes.preparation import NodePlan, prepare_nodes

NODES = (
    ("ministry", "ministry", "交通运输部"),
    ("province", "320000", "江苏省交通运输厅"),
    ("public", "public", "交通运输行政执法证件公众查验"),
)

Logins = dict[str, dict[str, str]]
"""Passwords by node kind and user name."""

LOGINS_FILE = "logins.json"

Progress = Callable[[str], None]


def _ports(base: Path) -> dict[str, int]:
    """Return a free port for each node, the one of the last time where it is still free."""
    path = base / "ports.json"
    last = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    chosen: dict[str, int] = {}
    for kind, _code, _name in NODES:
        port = free_port(last.get(kind, 0))
        while port in chosen.values():
            port = free_port()
        chosen[kind] = port
    path.write_text(json.dumps(chosen), encoding="utf-8")
    return chosen


def keep_logins(base: Path, logins: Logins) -> None:
    """Write the generated passwords where only the owner of ``base`` can read them."""
    logins_file = base / LOGINS_FILE
    logins_file.touch(mode=0o600)
    logins_file.write_text(json.dumps(logins, ensure_ascii=False), encoding="utf-8")


def prepare_group(
    base: Path, *, database_urls: Mapping[str, str] | None = None, progress: Progress = lambda line: None
) -> tuple[NodeGroup, Logins]:
    """Prepare the three nodes under ``base``, or take up what is there, and return them with their logins.

    The first time it makes databases, units, accounts and keys; later it only finds free ports again.
    """
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    ports = _ports(base)
    urls = database_urls or {}
    plans = [
        NodePlan(kind, code, name, (base / kind).resolve(), ports[kind], urls.get(kind, ""))
        for kind, code, name in NODES
    ]
    progress("keys and secrets")
    prepare_nodes(plans)
    logins_file = base / LOGINS_FILE
    progress("databases")
    with ThreadPoolExecutor(len(plans)) as pool:
        list(pool.map(lambda plan: run_for_node(plan.node_file, "node", "migrate"), plans))
    if logins_file.exists():
        logins: Logins = json.loads(logins_file.read_text(encoding="utf-8"))
    else:
        progress("units and accounts")
        staffed = [plan for plan in plans if PEOPLE[plan.kind]]
        with ThreadPoolExecutor(len(staffed)) as pool:
            seeded = pool.map(lambda plan: run_for_node(plan.node_file, "node", "seed"), staffed)
        logins = {plan.kind: json.loads(text) for plan, text in zip(staffed, seeded, strict=True)}
        keep_logins(base, logins)
    nodes = {plan.kind: NodeProcess(plan.name, plan.node_file, plan.url) for plan in plans}
    return NodeGroup(nodes), logins
