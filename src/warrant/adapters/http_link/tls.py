"""The files of one end of a link, and TLS contexts made from them: TLS 1.3, a certificate on both sides."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: own certificate, its private key, and the authority that issues everybody's."""

    certificate: Path
    key: Path
    authority: Path

    def are_there(self) -> bool:
        """Tell whether all three exist."""
        return all(path.is_file() for path in (self.certificate, self.key, self.authority))

    def stamp(self) -> tuple[int, ...]:
        """Return what changes when one of them is replaced. Raises: OSError."""
        return tuple(path.stat().st_mtime_ns for path in (self.certificate, self.key, self.authority))


class TlsContexts:
    """The context of one end, made anew when its files were replaced: a renewal needs no restart."""

    def __init__(self, files: TlsFiles, *, is_server: bool) -> None:
        self._files = files
        self._is_server = is_server
        self._lock = threading.Lock()
        self._stamp: tuple[int, ...] = ()
        self._context: ssl.SSLContext | None = None

    def newest(self) -> ssl.SSLContext:
        """Return the context for the next connection. Raises: OSError, ssl.SSLError: the files cannot be used."""
        with self._lock:
            stamp = self._files.stamp()
            if self._context is None or stamp != self._stamp:
                self._context = _context(self._files, is_server=self._is_server)
                self._stamp = stamp
            return self._context


def _context(files: TlsFiles, *, is_server: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cafile=files.authority)
    context.load_cert_chain(files.certificate, files.key)
    if is_server:
        context.num_tickets = 0  # every connection shows its certificate anew
    return context
