"""The links between nodes: HTTP over mutual TLS, the calling end and the called one."""

from __future__ import annotations

from warrant.adapters.http_link.link import HttpLink
from warrant.adapters.http_link.listener import FINGERPRINT, LinkListener
from warrant.adapters.http_link.tls import TlsFiles

__all__ = ["FINGERPRINT", "HttpLink", "LinkListener", "TlsFiles"]
