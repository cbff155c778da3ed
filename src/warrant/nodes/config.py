"""What one deployment is told about itself: a TOML file, named by ``WARRANT_NODE_FILE``."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NODE_FILE_VARIABLE = "WARRANT_NODE_FILE"


class NodeFileError(RuntimeError):
    """The node file is missing or wrong; the message says which entry and how to cure it."""


@dataclass(frozen=True)
class Peer:
    """Another node: where it answers, and its public keys as text.

    ``log_key`` verifies its checkpoints, ``package_key`` the sub-key packages it sends, ``root_key`` the directory of
    issuer keys; the last two are the ministry's only.
    """

    code: str
    url: str
    log_key: str
    package_key: str = ""
    root_key: str = ""


@dataclass(frozen=True)
class NodeConfig:
    """One node. ``home`` holds its database (SQLite), vault, documents and card box.

    ``vault`` is a PKCS#11 address (RFC 7512); empty for the sealed file in ``home``. ``link_port`` is where peers are
    answered over mutual TLS; 0 where nobody calls. ``metrics_token`` opens ``/metrics``; without it there is none.
    """

    kind: str
    code: str
    name: str
    home: Path
    database_url: str
    host: str
    port: int
    public_url: str
    secret_key: str
    passphrase: str
    is_development: bool = False
    vault: str = ""
    link_host: str = "127.0.0.1"
    link_port: int = 0
    metrics_token: str = ""
    peers: Mapping[str, Peer] = field(default_factory=dict)


def _entry(table: Mapping[str, Any], key: str, where: Path) -> Any:
    if key not in table:
        raise NodeFileError(f"{where}: the entry '{key}' is missing")
    return table[key]


def read_secret(home: Path, name: str) -> str:
    """Return the secret in ``home/secrets/name``; only its owner may read the file."""
    path = home / "secrets" / name
    if not path.is_file():
        raise NodeFileError(f"{path}: the secret is missing; make the node again or restore it")
    if path.stat().st_mode & 0o077:
        raise NodeFileError(f"{path}: others may read this secret; run chmod 600 on it")
    return path.read_text(encoding="utf-8").strip()


def load_config(path: Path) -> NodeConfig:
    """Read the node file at ``path``.

    Raises:
        NodeFileError: the file or a secret is missing or wrong.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NodeFileError(f"{path}: cannot be read ({error.strerror}); set {NODE_FILE_VARIABLE}") from error
    except tomllib.TOMLDecodeError as error:
        raise NodeFileError(f"{path}: not TOML: {error}") from error
    home = (path.parent / table.get("home", ".")).resolve()
    kind = _entry(table, "kind", path)
    if kind not in ("ministry", "province", "public"):
        raise NodeFileError(f"{path}: kind must be ministry, province or public, not '{kind}'")
    peers = {
        code: Peer(
            code,
            str(_entry(peer, "url", path)),
            str(_entry(peer, "log_key", path)),
            str(peer.get("package_key", "")),
            str(peer.get("root_key", "")),
        )
        for code, peer in table.get("peers", {}).items()
    }
    return NodeConfig(
        kind=kind,
        code=_entry(table, "code", path),
        name=_entry(table, "name", path),
        home=home,
        database_url=table.get("database_url", f"sqlite:///{home / 'node.sqlite3'}"),
        host=table.get("host", "127.0.0.1"),
        port=int(_entry(table, "port", path)),
        public_url=_entry(table, "public_url", path),
        secret_key=read_secret(home, "secret-key"),
        passphrase=read_secret(home, "vault-passphrase"),
        is_development=bool(table.get("development", False)),
        vault=str(table.get("vault", "")),
        link_host=str(table.get("link_host", "127.0.0.1")),
        metrics_token=read_secret(home, "metrics-token")
        if (home / "secrets" / "metrics-token").exists()
        else "",
        link_port=int(table.get("link_port", 0)),
        peers=peers,
    )


def config_from_environment() -> NodeConfig:
    """Read the file that ``WARRANT_NODE_FILE`` names."""
    value = os.environ.get(NODE_FILE_VARIABLE)
    if not value:
        raise NodeFileError(f"{NODE_FILE_VARIABLE} is not set: it names the node's file, see docs/manual")
    return load_config(Path(value))
