"""A PostgreSQL of the tests' own: started in a temporary folder, reached through a socket there, stopped at the end.

``python -m tests.support.postgres COMMAND…`` runs the command with ``WARRANT_TEST_DATABASE`` set to a new database.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise RuntimeError(
            "PostgreSQL's server programs are missing; scripts/system-packages run installs them"
        )
    return Path(on_path).parent


@dataclass(frozen=True)
class PostgresServer:
    """A running server."""

    folder: Path

    def url(self, database: str) -> str:
        return f"postgresql://warrant@/{database}?host={self.folder}"

    def create_database(self, name: str) -> str:
        """Make a database that sorts by code point, and return its URL."""
        with psycopg.connect(
            host=str(self.folder), user="warrant", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(
                f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
            )
        return self.url(name)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server; initdb refuses root, so root lends it to the system's own user for it."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="warrant-pg-"))
    become: dict[str, object] = {}
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o755)
        become = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    run = {"capture_output": True, "cwd": "/", **become}
    settings = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=200 -c fsync=off"
    )
    try:
        subprocess.run(
            [
                binaries / "initdb",
                "-D",
                folder / "data",
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
        subprocess.run(
            [binaries / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", settings, "start"],
            check=True,
            **run,
        )
        try:
            yield PostgresServer(folder)
        finally:
            subprocess.run(
                [binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"],
                check=True,
                **run,
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    with postgres_server() as server:
        environment = {**os.environ, "WARRANT_TEST_DATABASE": server.create_database("warrant")}
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
