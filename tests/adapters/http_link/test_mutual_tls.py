"""Mutual TLS over real sockets: who is let in, whom the caller believes, and OpenSSL's own client from outside."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from tests.support.link_papers import LinkPapers, facts

from warrant.adapters.http_link import FINGERPRINT, HttpLink, LinkListener, TlsFiles
from warrant.core.errors import Unavailable

PATH = "/exchange/v1/logs/320000/append"


class Called:
    """A WSGI application that remembers who called and answers with the fingerprint."""

    def __init__(self) -> None:
        self.requests: list[dict] = []

    def __call__(self, environ, start_response):
        self.requests.append(environ)
        start_response("409 Conflict", [("Content-Type", "application/json")])
        return [environ[FINGERPRINT].encode(), b" ", environ["wsgi.input"].read()]


@contextmanager
def listening(files: TlsFiles, application) -> Iterator[int]:
    listener = LinkListener(("127.0.0.1", 0), files, application)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield listener.server_address[1]
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


@pytest.fixture(scope="module")
def papers(tmp_path_factory) -> LinkPapers:
    return LinkPapers(tmp_path_factory.mktemp("papers") / "ministry")


@pytest.fixture(scope="module")
def strangers(tmp_path_factory) -> LinkPapers:
    return LinkPapers(tmp_path_factory.mktemp("papers") / "strangers")


@pytest.fixture
def called() -> Called:
    return Called()


@pytest.fixture
def port(papers, called) -> Iterator[int]:
    with listening(papers.issue("ministry", is_server=True), called) as port:
        yield port


@pytest.fixture
def post(port) -> Iterator[Callable]:
    links = []

    def send(files: TlsFiles | None, body: bytes = b"{}") -> tuple[int, bytes]:
        link = HttpLink(files)
        links.append(link)
        return link.post(f"https://127.0.0.1:{port}{PATH}", body, timeout_seconds=5)

    yield send
    for link in links:
        link.close()


def test_the_application_learns_whose_certificate_was_shown(papers, post):
    jiangsu = papers.issue("320000")
    assert post(jiangsu, b'{"a":1}') == (409, facts(jiangsu).fingerprint.encode() + b' {"a":1}')


def test_a_connection_is_kept_for_the_next_request(papers, port, called):
    link = HttpLink(papers.issue("320000"))
    for _ in range(3):
        link.post(f"https://127.0.0.1:{port}{PATH}", b"{}", timeout_seconds=5)
    link.close()
    assert len({request["REMOTE_PORT"] for request in called.requests}) == 1
    assert len(called.requests) == 3


def test_a_certificate_of_another_authority_is_refused(strangers, papers, post, called):
    with pytest.raises(Unavailable, match="peer-unreachable"):
        post(strangers.issue("320000", trusts=papers.authority))
    assert called.requests == []


def test_an_expired_certificate_is_refused(papers, post, called):
    with pytest.raises(Unavailable, match="peer-unreachable"):
        post(papers.issue("320000", days_ago=366))
    assert called.requests == []


def test_the_ministrys_certificate_is_not_one_to_call_with(papers, post, called):
    with pytest.raises(Unavailable, match="peer-unreachable"):
        post(papers.issue("ministry", is_server=True))
    assert called.requests == []


def test_a_node_without_its_certificate_does_not_call(post, tmp_path):
    with pytest.raises(Unavailable, match="link-certificate-missing"):
        post(TlsFiles(tmp_path / "c", tmp_path / "k", tmp_path / "a"))


@pytest.mark.parametrize("impostor", ["another province", "another authority", "expired"])
def test_nothing_is_sent_to_who_is_not_the_ministry(papers, strangers, called, impostor):
    shown = {
        "another province": lambda: papers.issue("310000"),
        "another authority": lambda: strangers.issue("ministry", is_server=True, trusts=papers.authority),
        "expired": lambda: papers.issue("ministry", is_server=True, days_ago=366),
    }[impostor]()
    link = HttpLink(papers.issue("320000"))
    with listening(shown, called) as port, pytest.raises(Unavailable, match="peer-unreachable"):
        link.post(f"https://127.0.0.1:{port}{PATH}", b"secret", timeout_seconds=5)
    link.close()
    assert called.requests == []


def test_a_renewed_certificate_counts_without_a_restart(papers, called):
    jiangsu, renewed = papers.issue("320000"), papers.issue("320000")
    server = papers.issue("ministry", is_server=True, days_ago=366)
    link = HttpLink(jiangsu)
    with listening(server, called) as port:
        url = f"https://127.0.0.1:{port}{PATH}"
        with pytest.raises(Unavailable):
            link.post(url, b"{}", timeout_seconds=5)
        good = papers.issue("ministry", is_server=True)
        shutil.copy(good.key, server.key)
        shutil.copy(good.certificate, server.certificate)
        assert link.post(url, b"", timeout_seconds=5)[1].decode().strip() == facts(jiangsu).fingerprint
        shutil.copy(renewed.key, jiangsu.key)
        shutil.copy(renewed.certificate, jiangsu.certificate)
        assert link.post(url, b"", timeout_seconds=5)[1].decode().strip() == facts(renewed).fingerprint
    link.close()


def test_plain_http_is_not_understood_and_plain_addresses_are_not_called(port, called):
    with closing(HttpLink()) as link:
        with pytest.raises(Unavailable, match="peer-unreachable"):
            link.post(f"http://127.0.0.1:{port}{PATH}", b"{}", timeout_seconds=5)
        with pytest.raises(Unavailable, match="link-tls-required"):
            link.post(f"http://192.0.2.1:{port}{PATH}", b"{}", timeout_seconds=5)
    with closing(HttpLink(allows_plain=False)) as link, pytest.raises(Unavailable, match="link-tls-required"):
        link.post(f"http://127.0.0.1:{port}{PATH}", b"{}", timeout_seconds=5)
    assert called.requests == []


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"POST /accounts/ HTTP/1.1\r\nContent-Length: 0\r\n\r\n", b"404"),
        (b"POST /exchange/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"404"),
        (b"POST /exchange/x HTTP/1.1\r\n\r\n", b"411"),
        (b"POST /exchange/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"411"),
        (b"POST /exchange/x HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"GET /exchange/ HTTP/1.1\r\n\r\n", b"501"),
    ],
)
def test_openssls_client_reaches_nothing_but_the_exchange(papers, port, called, request_head, status):
    answer = s_client(port, papers.issue("320000"), request_head)
    assert answer.stdout.split(b"HTTP/1.1 ", 1)[1][:3] == status
    assert called.requests == []


def s_client(port: int, files: TlsFiles | None, request: bytes, *options: str) -> subprocess.CompletedProcess:
    shown = (
        ["-cert", str(files.certificate), "-key", str(files.key), "-CAfile", str(files.authority)]
        if files
        else []
    )
    command = [
        "openssl",
        "s_client",
        "-connect",
        f"127.0.0.1:{port}",
        "-quiet",
        "-servername",
        "x",
        *shown,
        *options,
    ]
    return subprocess.run(command, input=request, capture_output=True, timeout=20, check=False)


def test_openssls_client_gets_in_with_a_certificate_and_not_without(papers, port, called):
    request = f"POST {PATH} HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode()
    jiangsu = papers.issue("320000")
    assert facts(jiangsu).fingerprint.encode() in s_client(port, jiangsu, request, "-ign_eof").stdout
    without = s_client(port, None, request, "-ign_eof")
    assert b"certificate required" in without.stderr
    assert without.stdout == b""
    older = s_client(port, jiangsu, request, "-ign_eof", "-tls1_2")
    assert b"protocol version" in older.stderr
    assert len(called.requests) == 1


def test_somebody_who_says_nothing_keeps_nobody_else_waiting(papers, port, post):
    with socket.create_connection(("127.0.0.1", port)):
        assert post(papers.issue("320000"))[0] == 409
