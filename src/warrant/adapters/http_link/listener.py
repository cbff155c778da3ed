"""The called end of the links: HTTP/1.1 over mutual TLS, handed to a WSGI application in this process.

The server of the pages cannot tell an application who shook hands; this one puts the certificate's fingerprint into
``environ["warrant.link_certificate"]``. It serves ``POST /exchange/…`` and nothing else, passes on no header, and
gives up a connection whose handshake or request stalls.
"""

from __future__ import annotations

import hashlib
import io
import re
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog

from warrant.adapters.http_link.tls import TlsContexts, TlsFiles

log = structlog.get_logger(__name__)

FINGERPRINT = "warrant.link_certificate"
"""The member of ``environ`` that holds SHA-256 (hex) of the caller's certificate."""
MAX_REQUEST_BYTES = 5 << 20
MAX_CONNECTIONS = 256
HANDSHAKE_SECONDS = 10.0
IDLE_SECONDS = 90.0

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class LinkListener(ThreadingHTTPServer):
    """Listens for peers; one thread a connection, each kept open between requests.

    ``after_connection`` is called in its thread when a connection ends. Raises: OSError, ssl.SSLError.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        files: TlsFiles,
        application: Application,
        *,
        after_connection: Callable[[], None] = lambda: None,
    ) -> None:
        self.application = application
        self._contexts = TlsContexts(files, is_server=True)
        self._contexts.newest()
        self._after_connection = after_connection
        self._room = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection, or drop it where there are too many."""
        if not self._room.acquire(blocking=False):
            log.warning("link full", address=client_address[0])
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Shake hands and serve one connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()
            self._after_connection()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection once both sides have shown a certificate of the authority."""
        request.settimeout(HANDSHAKE_SECONDS)
        try:
            secured = self._contexts.newest().wrap_socket(request, server_side=True)
        except (OSError, ValueError) as error:
            reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
            log.warning("link handshake refused", address=client_address[0], reason=reason)
            return
        with secured:
            secured.settimeout(IDLE_SECONDS)
            _Handler(secured, client_address, self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is everyday; anything else is told."""
        if not isinstance(sys.exc_info()[1], OSError):
            log.exception("link connection", address=client_address[0])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LinkListener
    connection: ssl.SSLSocket

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._fingerprint = hashlib.sha256(self.connection.getpeercert(binary_form=True) or b"").hexdigest()

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not self.path.startswith("/exchange/") or "Transfer-Encoding" in self.headers:
            self._refuse(404)
        elif not re.fullmatch(r"[0-9]{1,9}", length):
            self._refuse(411)
        elif int(length) > MAX_REQUEST_BYTES:
            self._refuse(413)
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                self._answer(body)
            else:
                self.close_connection = True

    def _answer(self, body: bytes) -> None:
        status: list[Any] = []

        def start_response(line: str, headers: list[tuple[str, str]], error: object = None) -> None:
            status[:] = [line, headers]

        answer = self.server.application(self._environ(body), start_response)
        try:
            content = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        line, headers = status
        code, _, reason = line.partition(" ")
        self.send_response_only(int(code), reason)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        return {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_PORT": str(self.client_address[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            FINGERPRINT: self._fingerprint,
        }

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self.send_response_only(status)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass
