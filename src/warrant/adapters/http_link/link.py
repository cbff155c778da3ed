"""One request, one answer, both of bounded size, over connections that are kept open."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from urllib.parse import urlsplit

import httpx

from warrant.adapters.http_link.tls import TlsContexts, TlsFiles
from warrant.core.crypto.node_certificate import SERVER_NAME
from warrant.core.errors import N_, Unavailable

MAX_ANSWER_BYTES = 8 << 20
CONNECT_SECONDS = 5.0


class HttpLink:
    """Posts JSON to peers. Threads may share one; redirects and the environment's proxies are not followed.

    An ``https`` address is called with this node's certificate (``files``), and nothing is sent before the other end
    has shown the ministry's. Plain ``http`` goes to this very machine only, and only if ``allows_plain``.
    """

    def __init__(self, files: TlsFiles | None = None, *, allows_plain: bool = True) -> None:
        self._files = files
        self._allows_plain = allows_plain
        self._contexts = TlsContexts(files, is_server=False) if files else None
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None
        self._secured: list[httpx.Client] = []
        self._plain = httpx.Client(trust_env=False, follow_redirects=False)

    def post(self, url: str, body: bytes, *, timeout_seconds: float) -> tuple[int, bytes]:
        """Send JSON ``body`` and return HTTP status and body of the answer.

        Raises:
            Unavailable: ``peer-unreachable``: no answer in time, or more than 8 MiB of it; ``link-tls-required``;
                ``link-certificate-missing``.
        """
        client = self._client_for(url)
        timeout = httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        extensions = {} if client is self._plain else {"sni_hostname": SERVER_NAME}
        received = bytearray()
        try:
            with client.stream(
                "POST", url, content=body, headers=headers, timeout=timeout, extensions=extensions
            ) as answer:
                for piece in answer.iter_bytes():
                    received += piece
                    if len(received) > MAX_ANSWER_BYTES:
                        raise _unreachable("AnswerTooLong")
                return answer.status_code, bytes(received)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(type(error).__name__) from error

    def close(self) -> None:
        """Close the connections that are kept open."""
        for client in (self._plain, *self._secured):
            client.close()

    def _client_for(self, url: str) -> httpx.Client:
        try:
            parts = urlsplit(url)
            scheme, host = parts.scheme, parts.hostname or ""
        except ValueError as error:
            raise _unreachable(type(error).__name__) from error
        if scheme == "https":
            return self._secured_client()
        if scheme == "http" and host and not (self._allows_plain and _is_this_machine(host)):
            raise Unavailable("link-tls-required", N_("节点之间只能用双向 TLS 交换，未加密的地址已被拒绝。"))
        return self._plain

    def _secured_client(self) -> httpx.Client:
        if self._files is None or self._contexts is None or not self._files.are_there():
            raise Unavailable("link-certificate-missing", N_("本节点尚未安装链路证书，不能与对方交换。"))
        with self._lock:
            try:
                context = self._contexts.newest()
            except (OSError, ssl.SSLError) as error:
                raise _unreachable(type(error).__name__) from error
            if context is not self._context:
                # The client before it is kept: another thread may wait for an answer on it. It happens once a year.
                self._secured.append(httpx.Client(trust_env=False, follow_redirects=False, verify=context))
                self._context = context
            return self._secured[-1]


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unreachable(reason: str) -> Unavailable:
    return Unavailable(
        "peer-unreachable", N_("暂时无法连接对方节点（%(reason)s），系统会自动重试。"), reason=reason
    )
