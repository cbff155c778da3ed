"""The link against a real HTTP server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from warrant.adapters.http_link import HttpLink
from warrant.core.errors import Unavailable


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/redirect":
            self._answer(302, b"", ("Location", "/"))
        elif self.path == "/huge":
            self._answer(200, b"x" * ((8 << 20) + 1))
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"half")
            self.close_connection = True
        else:
            self._answer(409, self.headers["Content-Type"].encode() + b" " + body)

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def link() -> Iterator[HttpLink]:
    link = HttpLink()
    yield link
    link.close()


def test_status_and_body_of_the_answer_come_back_whatever_the_status(link, server):
    answer = link.post(f"{server}/echo", b'{"a":1}', timeout_seconds=5)
    assert answer == (409, b'application/json {"a":1}')


def test_a_redirect_is_not_followed(link, server):
    assert link.post(f"{server}/redirect", b"{}", timeout_seconds=5)[0] == 302


@pytest.mark.parametrize("path", ["huge", "cut"])
def test_an_answer_too_long_or_cut_off_is_no_answer(link, server, path):
    with pytest.raises(Unavailable, match="peer-unreachable"):
        link.post(f"{server}/{path}", b"{}", timeout_seconds=5)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "not a url", "http://"])
def test_a_peer_that_is_not_there_is_unreachable(link, url):
    with pytest.raises(Unavailable, match="peer-unreachable"):
        link.post(url, b"{}", timeout_seconds=5)
