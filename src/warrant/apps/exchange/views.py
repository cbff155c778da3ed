"""The peer's side of a link (JSON, authenticated by signatures) and the page about all links."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from warrant.apps.exchange.models import DeadLetter, LinkCertificate
from warrant.apps.exchange.selectors import (
    counting_certificates,
    link_statuses,
    open_dead_letters,
    peer_name,
    peer_of_log,
    reader_of_log,
    removed_nodes,
)
from warrant.apps.exchange.services.admitting import admit_caller
from warrant.apps.exchange.services.reading import acceptance, admit_reader
from warrant.apps.exchange.services.receiving import receive_batch
from warrant.apps.exchange.services.sending import make_batch, with_report
from warrant.apps.exchange.services.watching import wait_for_more
from warrant.apps.exchange.types import MAX_BODY_BYTES, Batch, LinkState, LinkStatus, ReadRequest
from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import error_text, permission_for_view, render_page
from warrant.apps.foundation.paging import keyset_page
from warrant.core.access import Permission
from warrant.core.crypto.node_certificate import RENEWAL_DAYS, days_left
from warrant.core.errors import N_, InvalidInput, WarrantError

log = structlog.get_logger(__name__)

# Refused because root or signature are wrong, not because the text cannot be read.
_UNPROCESSABLE = {
    "batch-root-wrong",
    "checkpoint-origin",
    "checkpoint-signature-invalid",
    "log-position-invalid",
}


_STATE_WORDS = {
    LinkState.FORKED: (N_("分叉，已停止"), "broken"),
    LinkState.REFUSED: (N_("批次被拒"), "broken"),
    LinkState.NEVER: (N_("尚未联系"), "ended"),
    LinkState.SILENT: (N_("失去联系"), "broken"),
    LinkState.STUCK: (N_("积压"), "broken"),
    LinkState.DIFFERING: (N_("两端滞后不符"), "broken"),
    LinkState.CLOCK: (N_("时钟有偏差"), "attention"),
    LinkState.LATE: (N_("迟延"), "attention"),
    LinkState.LEVEL: (N_("畅通"), "valid"),
}


@permission_for_view(Permission.EXCHANGE_VIEW)
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """Show both directions of every link, and what could not be applied."""
    now = clock.now()
    links = link_statuses(now=now)
    letters = keyset_page(open_dead_letters(), "-found_at", request.GET.get("after", ""), size=30)
    return render_page(
        request,
        "exchange/status.jinja",
        {
            "page_title": _("数据交换"),
            "rows": [_link_row(link) for link in links],
            "forks": [(peer_name(link.peer), link.fork_found_at) for link in links if link.fork_found_at],
            "certificates": [_certificate_row(row, now) for row in counting_certificates()],
            "removed": [(peer_name(row.node), row.removed_at, row.reason) for row in removed_nodes()],
            "letters": letters,
            "letter_rows": [_letter_row(letter) for letter in letters.rows],
        },
    )


def _link_row(link: LinkStatus) -> dict[str, object]:
    word, tone = _STATE_WORDS[link.state]
    return {
        "peer": peer_name(link.peer),
        "direction": _("发往对方") if link.is_outgoing else _("来自对方"),
        "state": {"word": _(word), "tone": tone},
        "backlog": link.backlog,
        "lag": _duration(link.lag),
        "reported": _duration(link.reported_lag),
        "clock": _seconds(link.clock_difference),
        "size": link.size,
        "confirmed": link.confirmed,
        "parked": "" if link.is_outgoing else link.parked,
        "root": link.root,
        "level": _level_word(link),
        "contacted": link.contacted_at,
        "refusal": link.refusal,
    }


def _duration(lag: timedelta | None) -> str:
    if lag is None:
        return ""
    seconds = int(lag.total_seconds())
    if seconds < 120:
        return _("%(count)s 秒") % {"count": seconds}
    if seconds < 7200:
        return _("%(count)s 分钟") % {"count": seconds // 60}
    if seconds < 2 * 86400:
        return _("%(count)s 小时") % {"count": seconds // 3600}
    return _("%(count)s 天") % {"count": seconds // 86400}


def _seconds(difference: timedelta | None) -> str:
    if difference is None:
        return ""
    tenths = round(difference.total_seconds(), 1)
    return _("%(count)s 秒") % {"count": f"{tenths:+.1f}" if tenths else "0.0"}


def _certificate_row(certificate: LinkCertificate, now: datetime) -> dict[str, object]:
    left = days_left(certificate.valid_until, now=now)
    word, tone = _("有效"), "valid"
    if left < 0:
        word, tone = _("已过期"), "broken"
    elif left < RENEWAL_DAYS:
        word, tone = _("即将到期"), "attention"
    return {
        "node": peer_name(certificate.node),
        "state": {"word": word, "tone": tone},
        "left": left,
        "until": certificate.valid_until,
        "fingerprint": certificate.fingerprint[:16],
    }


def _level_word(link: LinkStatus) -> str:
    if link.fork_found_at is not None:
        return _("不一致")
    if link.contacted_at is None:
        return ""
    if link.is_level:
        return _("一致")
    return _("待对方确认") if link.is_outgoing else _("尚未收全")


def _letter_row(letter: DeadLetter) -> dict[str, object]:
    text = _(letter.message)
    return {
        "found": letter.found_at,
        "peer": peer_name(letter.entry.stream_id),
        "seq": letter.entry.seq,
        "kind": letter.entry.kind,
        "subject": letter.entry.subject,
        "reason": text % letter.fields if letter.fields else text,
        "code": letter.code,
    }


@permission_for_view(None)
@csrf_exempt
@require_POST
def append(request: HttpRequest, node: str) -> HttpResponse:
    """Take a batch of the peer's log ``node``; the certificate admits, the log's own key signs."""

    def answer() -> HttpResponse:
        peer = peer_of_log(node)
        _admit(request, peer)
        batch = Batch.parse(_body(request))
        held = receive_batch(peer, batch, now=clock.now())
        return _json_bytes(acceptance(settings.WARRANT_NODE.code, held).encode())

    return _answered(answer)


@permission_for_view(None)
@csrf_exempt
@require_POST
def read(request: HttpRequest, log_name: str) -> HttpResponse:
    """Hand out what comes next in this node's log ``log_name``, to its addressee only; wait for it if asked to."""

    def answer() -> HttpResponse:
        _admit(request, reader_of_log(log_name))
        asked = ReadRequest.parse(_body(request))
        peer, size = admit_reader(log_name, asked, now=clock.now())
        wait_for_more(peer, size, until=time.monotonic() + asked.wait_seconds)
        _admit(request, peer)  # it may have been removed while it waited
        return _json_bytes(with_report(peer, make_batch(peer, size + 1), now=clock.now()).encode())

    return _answered(answer)


def _admit(request: HttpRequest, peer: str) -> None:
    # The member is set by the listener that shook hands; a header of that name would arrive as HTTP_….
    fingerprint = str(request.META.get("warrant.link_certificate", ""))
    admit_caller(peer, fingerprint, str(request.META.get("REMOTE_ADDR", "")), now=clock.now())


def _body(request: HttpRequest) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not re.fullmatch(r"[0-9]{1,18}", length) or int(length) > MAX_BODY_BYTES:
        raise InvalidInput("message-too-long", N_("交换报文超过允许的长度。"))
    body = request.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise InvalidInput("message-too-long", N_("交换报文超过允许的长度。"))
    return body


def _answered(answer: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return answer()
    except WarrantError as error:
        status = error.status
        if error.code == "message-too-long":
            status = 413
        elif error.code in _UNPROCESSABLE:
            status = 422
        log.info("link refused", code=error.code, status=status)
        content: dict[str, object] = {"code": error.code, "message": error_text(error)}
        if "expected" in error.fields and error.code == "batch-gap":
            content["expected"] = error.fields["expected"]
        return JsonResponse(content, status=status)


def _json_bytes(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
