"""A node's end of the links: where its TLS files lie, what calls with them, and what answers."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connections

from warrant.adapters.http_link import HttpLink, LinkListener, TlsFiles
from warrant.adapters.http_link.listener import Application
from warrant.nodes.config import NodeConfig

log = structlog.get_logger(__name__)

RETRY_SECONDS = 5.0


def link_files(home: Path) -> TlsFiles:
    """Return the files of the node's end: its certificate, its key, and the link authority's certificate."""
    return TlsFiles(
        home / "link" / "certificate.pem", home / "secrets" / "link-key.pem", home / "link" / "authority.pem"
    )


def http_link() -> HttpLink:
    """Return what calls peers with this node's certificate: the factory that a node names."""
    node: NodeConfig = settings.WARRANT_NODE
    return HttpLink(link_files(node.home), allows_plain=node.is_development)


def serve_links(application: Application, stop: threading.Event) -> None:
    """Answer peers over mutual TLS; where the files are not there yet, look again until they are."""
    node: NodeConfig = settings.WARRANT_NODE
    while not stop.is_set():
        try:
            listener = LinkListener(
                (node.link_host, node.link_port),
                link_files(node.home),
                application,
                after_connection=connections.close_all,
            )
        except (OSError, ssl.SSLError) as error:
            log.warning("link not served", error=type(error).__name__, port=node.link_port)
            stop.wait(RETRY_SECONDS)
            continue
        with listener:
            listener.serve_forever()
