"""The state of the links for machines: Prometheus' text format, for whoever holds the node's metrics token.

Source: Prometheus exposition formats, text format 0.0.4.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from warrant.apps.exchange.selectors import counting_certificates, link_statuses, open_dead_letters
from warrant.apps.exchange.types import LinkState, LinkStatus
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import permission_for_view

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[dict[str, str], float]


@permission_for_view(None)
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the metrics of all links; without a token in the node's secrets there is no such page."""
    token = settings.WARRANT_NODE.metrics_token
    if not token:
        raise Http404
    shown = request.headers.get("Authorization", "")
    if not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse("".join(_lines()), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _lines() -> Iterator[str]:
    now = clock.now()
    links = link_statuses(now=now)
    incoming = [link for link in links if not link.is_outgoing]
    yield from _gauge(
        "backlog_events", "Events not yet taken over.", [(_of(link), link.backlog) for link in links]
    )
    yield from _gauge(
        "lag_seconds",
        "Age of the oldest event not taken over, as found here.",
        [(_of(link), link.lag.total_seconds()) for link in links],
    )
    yield from _gauge(
        "reported_lag_seconds",
        "The same as the sender reports it.",
        [
            ({"peer": link.peer}, link.reported_lag.total_seconds())
            for link in incoming
            if link.reported_lag is not None
        ],
    )
    yield from _gauge(
        "lags_agree",
        "1 if both ends find the same lag, within a minute.",
        [({"peer": link.peer}, link.lags_agree) for link in incoming],
    )
    yield from _gauge(
        "clock_difference_seconds",
        "The peer's clock less ours.",
        [
            ({"peer": link.peer}, link.clock_difference.total_seconds())
            for link in incoming
            if link.clock_difference is not None
        ],
    )
    yield from _gauge(
        "parked_subjects",
        "Subjects that wait behind an event that could not be applied.",
        [({"peer": link.peer}, link.parked) for link in incoming],
    )
    yield from _gauge("log_entries", "Size of the log.", [(_of(link), link.size) for link in links])
    yield from _gauge(
        "held_entries", "Size that the receiver holds.", [(_of(link), link.confirmed) for link in links]
    )
    yield from _gauge(
        "level",
        "1 if sizes and roots are equal at both ends.",
        [(_of(link), link.is_level) for link in links],
    )
    yield from _gauge(
        "last_contact_timestamp_seconds",
        "When the peer was last heard of.",
        [(_of(link), link.contacted_at.timestamp()) for link in links if link.contacted_at],
    )
    yield from _gauge(
        "state",
        "1 for the state in which the link is.",
        [({**_of(link), "state": state.value}, link.state is state) for link in links for state in LinkState],
    )
    yield from _gauge(
        "dead_letters", "Events that could not be applied.", [({}, open_dead_letters().count())]
    )
    yield from _gauge(
        "certificate_days_left",
        "Days until the link certificate of a node ends; negative afterwards.",
        [
            ({"node": row.node}, (row.valid_until - now).total_seconds() / 86400)
            for row in counting_certificates()
        ],
    )


def _of(link: LinkStatus) -> dict[str, str]:
    return {"peer": link.peer, "direction": "out" if link.is_outgoing else "in"}


def _gauge(name: str, text: str, samples: Iterable[Sample]) -> Iterator[str]:
    # Labels are codes of nodes and words of our own: nothing in them needs escaping.
    full = f"warrant_exchange_{name}"
    yield f"# HELP {full} {text}\n# TYPE {full} gauge\n"
    for labels, value in samples:
        inside = ",".join(f'{key}="{word}"' for key, word in labels.items())
        number = f"{float(value):.3f}".rstrip("0").rstrip(".")
        yield f"{full}{{{inside}}} {number}\n" if inside else f"{full} {number}\n"
