"""Preparing nodes: homes, secrets, vaults, signers, and the public keys that they pin of each other.

The ceremony in production compares fingerprints by voice; here, one machine prepares all of them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import ED25519, ES256, PublicKey
from warrant.core.errors import Unavailable
from warrant.core.keys.vault import NODE_SIGNER, KeyVault
from warrant.nodes.factories import open_vault

LOG_SIGNER = "log"
ROOT_SIGNER = "root"
ISSUER_SIGNER = "issuer"

_SIGNERS = {
    "ministry": {LOG_SIGNER: ED25519, NODE_SIGNER: ES256, ROOT_SIGNER: ES256},
    "province": {LOG_SIGNER: ED25519, ISSUER_SIGNER: ES256},
    "public": {LOG_SIGNER: ED25519},
}


@dataclass(frozen=True)
class NodePlan:
    """A node to prepare. ``database_url`` is empty for SQLite in the node's home, ``vault`` for the sealed file there.

    With a PKCS#11 address in ``vault`` its PIN is the secret ``vault-passphrase``, placed there beforehand.
    """

    kind: str
    code: str
    name: str
    home: Path
    port: int
    database_url: str = ""
    vault: str = ""

    @property
    def url(self) -> str:
        """Where the node answers on this machine."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def node_file(self) -> Path:
        """The node's configuration."""
        return self.home / "node.toml"


def _secret(home: Path, name: str) -> str:
    """Return the secret of that name, made at random at the first call."""
    path = home / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(36), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _vault(plan: NodePlan) -> KeyVault:
    passphrase = Secret(_secret(plan.home, "vault-passphrase").encode())
    try:
        return open_vault(plan.home, plan.vault, passphrase)
    except Unavailable as error:
        if error.code != "vault-missing":
            raise
    return open_vault(plan.home, plan.vault, passphrase, is_new=True)


def _public_keys(plan: NodePlan, vault: KeyVault) -> Mapping[str, PublicKey]:
    return {
        label: vault.signer(label).public_key
        if vault.has_signer(label)
        else vault.create_signer(label, suite)
        for label, suite in _SIGNERS[plan.kind].items()
    }


def _toml(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def prepare_nodes(plans: list[NodePlan]) -> None:
    """Make what is missing in the nodes' homes and write their node files, so that they know each other.

    Called again it keeps every secret and key and only writes the addresses anew.
    """
    keys: dict[str, Mapping[str, PublicKey]] = {}
    ministry = next(plan for plan in plans if plan.kind == "ministry")
    public = next(plan for plan in plans if plan.kind == "public")
    vaults: dict[str, KeyVault] = {}
    for plan in plans:
        plan.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _secret(plan.home, "secret-key")
        _secret(plan.home, "metrics-token")
        vaults[plan.code] = _vault(plan)
        keys[plan.code] = _public_keys(plan, vaults[plan.code])
    for plan in plans:
        if plan.kind == "province":
            vaults[plan.code].trust_package_issuer(keys[ministry.code][NODE_SIGNER])
        peers = [ministry] if plan is not ministry else [other for other in plans if other is not ministry]
        lines = [
            f"kind = {_toml(plan.kind)}",
            f"code = {_toml(plan.code)}",
            f"name = {_toml(plan.name)}",
            f"port = {plan.port}",
            f"public_url = {_toml(public.url)}",
            "development = true",
        ]
        if plan.database_url:
            lines.append(f"database_url = {_toml(plan.database_url)}")
        if plan.vault:
            lines.append(f"vault = {_toml(plan.vault)}")
        for peer in peers:
            lines += [
                "",
                f"[peers.{_toml(peer.code)}]",
                f"url = {_toml(peer.url)}",
                f"log_key = {_toml(keys[peer.code][LOG_SIGNER].as_text())}",
            ]
            if peer is ministry:
                lines += [
                    f"package_key = {_toml(keys[peer.code][NODE_SIGNER].as_text())}",
                    f"root_key = {_toml(keys[peer.code][ROOT_SIGNER].as_text())}",
                ]
        plan.node_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
