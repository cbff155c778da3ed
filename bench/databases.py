"""The nation that is measured on, made once and kept: a folder of nodes on SQLite, another on PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from warrant.nodes.group import prepare_group
from warrant.nodes.launcher import NodeGroup, node_environment, run_for_node

OFFICERS = int(os.environ.get("WARRANT_BENCH_OFFICERS", "500000"))
FOLDER = Path(os.environ.get("WARRANT_BENCH_FOLDER", str(Path(tempfile.gettempdir()) / "warrant-bench")))
SEED = 1


@dataclass(frozen=True)
class Base:
    """A ministry node that holds the whole nation. ``postmaster`` is the process id of its PostgreSQL server, or 0."""

    kind: str
    folder: Path
    group: NodeGroup
    postmaster: int
    url: str

    @property
    def node_file(self) -> Path:
        """The configuration of the node that is measured."""
        return self.group.nodes["ministry"].node_file

    @contextmanager
    def copy_of(self, name: str) -> Iterator[Path]:
        """Yield the configuration of a copy of a node (``ministry`` has the nation, ``province`` nobody), to write into.

        The copy goes afterwards.
        """
        kept = self.group.nodes[name].node_file
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(kept.parent, copy)
        node_file = copy / kept.name
        if self.url:
            database = "nation" if name == "ministry" else name
            text = node_file.read_text(encoding="utf-8")
            node_file.write_text(text.replace(f"/{database}?", "/node_copy?"), encoding="utf-8")
            self._order("DROP DATABASE IF EXISTS node_copy")
            self._order(f"CREATE DATABASE node_copy TEMPLATE {database}")
        try:
            yield node_file
        finally:
            shutil.rmtree(copy)
            if self.url:
                self._order("DROP DATABASE node_copy")

    def _order(self, statement: str) -> None:
        with psycopg.connect(self.url.replace("/nation?", "/postgres?"), autocommit=True) as connection:
            connection.execute(statement.encode())


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError(
            "PostgreSQL's server programs are missing; scripts/system-packages run installs them"
        )
    return found[-1].parent


@contextmanager
def postgres(folder: Path) -> Iterator[tuple[Path, int]]:
    """Run a PostgreSQL server of our own over ``folder``; yields the folder of its socket and its process id.

    Its settings are those of a small machine: 1 GB of shared buffers, no flushing while the data is built. root lends
    the server to the system's own user for it, because it refuses to run as root.
    """
    binaries = _binaries()
    cluster = folder / "cluster"
    become: dict[str, Any] = {}
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        become = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    run: dict[str, Any] = {"capture_output": True, "cwd": "/", **become}
    if not cluster.exists():
        subprocess.run(
            [
                binaries / "initdb",
                "-D",
                cluster,
                "-U",
                "warrant",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
            check=True,
            **run,
        )
    settings = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=200 -c fsync=off "
        "-c shared_buffers=1GB -c work_mem=16MB -c maintenance_work_mem=256MB -c jit=off"
    )
    control: list[str | Path] = [binaries / "pg_ctl", "-D", cluster, "-w", "-l", folder / "server.log"]
    subprocess.run([*control, "-o", settings, "start"], check=True, **run)
    try:
        yield folder, int((cluster / "postmaster.pid").read_text().splitlines()[0])
    finally:
        subprocess.run([*control, "-m", "fast", "stop"], check=True, **run)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _build(kind: str, folder: Path, url: str, postmaster: int) -> Base:
    """Prepare the nodes and generate the nation where that has not been done, or take up what is there."""
    urls = {"ministry": url, "province": url.replace("/nation?", "/province?")} if url else None
    group, _logins = prepare_group(folder, database_urls=urls)
    base = Base(kind, folder, group, postmaster, url)
    done = folder / f"generated-{OFFICERS}"
    if not done.exists():
        _say(f"{kind}: generating {OFFICERS} officers")
        begun = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "warrant", "generate", "--officers", str(OFFICERS), "--seed", str(SEED)],
            env=node_environment(base.node_file),
            check=True,
        )
        done.write_text(f"{time.monotonic() - begun:.1f}", encoding="utf-8")
    else:
        run_for_node(base.node_file, "node", "migrate")
    return base


@contextmanager
def base_of(kind: str) -> Iterator[Base]:
    """Yield the base of ``kind`` (``sqlite`` or ``postgresql``), made if it is missing, its database server running."""
    folder = FOLDER / f"{kind}-{OFFICERS}"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if kind == "sqlite":
        yield _build(kind, folder / "nodes", "", 0)
        return
    with postgres(folder / "postgres") as (socket, postmaster):
        with psycopg.connect(
            host=str(socket), user="warrant", dbname="postgres", autocommit=True
        ) as connection:
            there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for name in sorted({"nation", "province"} - there):
                connection.execute(
                    f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'".encode()
                )
        yield _build(kind, folder / "nodes", f"postgresql://warrant@/nation?host={socket}", postmaster)
