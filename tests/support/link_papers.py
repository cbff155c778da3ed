"""A link authority of the tests' own, and what it issues, as files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from warrant.adapters.http_link import TlsFiles
from warrant.core.crypto import node_certificate
from warrant.core.crypto.node_certificate import NodeCertificate


class LinkPapers:
    """Issues certificates for nodes; every one lies in a folder of its own under ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._key = node_certificate.new_key()
        self.authority = folder / "authority.pem"
        self.authority.write_bytes(node_certificate.make_authority(self._key, now=datetime.now(UTC)))

    def issue(
        self, code: str, *, is_server: bool = False, days_ago: int = 0, trusts: Path | None = None
    ) -> TlsFiles:
        """Issue a certificate for the node, as it was done ``days_ago``; the node trusts this authority, or ``trusts``."""
        home = self.folder / f"{code}-{len(list(self.folder.iterdir()))}"
        home.mkdir()
        key = node_certificate.new_key()
        pem = node_certificate.issue(
            code,
            node_certificate.make_request(code, key),
            self.authority.read_bytes(),
            self._key,
            is_server=is_server,
            now=datetime.now(UTC) - timedelta(days=days_ago),
        )
        (home / "certificate.pem").write_bytes(pem)
        (home / "key.pem").write_bytes(key.reveal())
        return TlsFiles(home / "certificate.pem", home / "key.pem", trusts or self.authority)


def facts(files: TlsFiles) -> NodeCertificate:
    """What the node's certificate says."""
    return node_certificate.read_certificate(files.certificate.read_bytes())
