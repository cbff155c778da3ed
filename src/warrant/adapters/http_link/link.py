"""One request, one answer, both of bounded size, over connections that are kept open."""

from __future__ import annotations

import httpx

from warrant.core.errors import N_, Unavailable

MAX_ANSWER_BYTES = 8 << 20
CONNECT_SECONDS = 5.0


class HttpLink:
    """Posts JSON to peers. Threads may share one; redirects and the environment's proxies are not followed."""

    def __init__(self) -> None:
        self._client = httpx.Client(trust_env=False, follow_redirects=False)

    def post(self, url: str, body: bytes, *, timeout_seconds: float) -> tuple[int, bytes]:
        """Send JSON ``body`` and return HTTP status and body of the answer.

        Raises: Unavailable ``peer-unreachable``: no answer in time, or more than 8 MiB of it.
        """
        timeout = httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        received = bytearray()
        try:
            with self._client.stream("POST", url, content=body, headers=headers, timeout=timeout) as answer:
                for piece in answer.iter_bytes():
                    received += piece
                    if len(received) > MAX_ANSWER_BYTES:
                        raise _unreachable("AnswerTooLong")
                return answer.status_code, bytes(received)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(type(error).__name__) from error

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._client.close()


def http_link() -> HttpLink:
    """Return a link: the factory that a node names."""
    return HttpLink()


def _unreachable(reason: str) -> Unavailable:
    return Unavailable(
        "peer-unreachable", N_("暂时无法连接对方节点（%(reason)s），系统会自动重试。"), reason=reason
    )
