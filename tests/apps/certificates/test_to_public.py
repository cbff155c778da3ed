"""From the province over the ministry to the public: what one side writes, the next understands."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation.inbox import ReceivedEvent, event_kind
from warrant.apps.foundation.models import LogEntry
from warrant.apps.publication import services as publication
from warrant.apps.publication.models import KeyDirectory, PublicRecord, PublishedStatusList
from warrant.core.access import Actor
from warrant.core.credential.qr import qr_text
from warrant.core.ledger.event import parse_event
from warrant.nodes.base import PUBLIC_MIDDLEWARE

HANDLERS: dict[str, Callable[..., None]] = {
    "issuer-key.published": publication.receive_issuer_key,
    "key-directory.published": publication.receive_key_directory,
    "certificate.changed": publication.receive_certificate_changed,
    "status-list.published": publication.receive_status_list,
}


class Post:
    """Carries what stands in one log to the handlers of the next node, each event once and in order."""

    def __init__(self, stream: str, sender: str) -> None:
        self.stream, self.sender, self.position = stream, sender, 0

    def deliver(self, now: datetime) -> None:
        rows = LogEntry.objects.filter(stream__name=self.stream, seq__gte=self.position).order_by("seq")
        for row in list(rows):
            event = parse_event(bytes(row.body))
            handler = HANDLERS.get(event_kind(event.type))
            if handler is not None:
                handler(ReceivedEvent(event, self.sender), now=now)
            self.position = row.seq + 1


class Nation:
    """Three nodes in one database: what the public site has is kept apart by moving it out and in."""

    MODELS = (PublicRecord, PublishedStatusList, KeyDirectory)

    def __init__(self, settings: SimpleNamespace, root_text: str) -> None:
        self.settings, self.root_text = settings, root_text
        self.up, self.down = Post("to-ministry", "320000"), Post("to-public", "ministry")
        self.kept: dict[str, list[list[object]]] = {"ministry": [[], [], []], "public": [[], [], []]}
        self.here = "ministry"

    def _be(self, node: str) -> None:
        self.kept[self.here] = [list(model._default_manager.order_by("pk")) for model in self.MODELS]
        for model, rows in zip(self.MODELS, self.kept[node], strict=True):
            model._default_manager.all().delete()
            model._default_manager.bulk_create(rows)  # type: ignore[arg-type]  # rows of that very model
        self.here = node
        self.settings.WARRANT_CAPABILITIES = frozenset({"forward-to-public"} if node == "ministry" else ())
        self.settings.WARRANT_PINNED_ROOT = "" if node == "ministry" else self.root_text

    def exchange(self, now: datetime) -> None:
        self._be("ministry")
        self.up.deliver(now)
        self._be("public")
        self.down.deliver(now)


def answer(path: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("warrant.apps.foundation.clock.now", lambda: now)
    page = Client(headers={"accept-language": "zh-hans"}).get(path).content.decode()
    found = re.search(r"<h1>(.*?)</h1>", page)
    return found[1] if found else page


def test_every_change_is_what_the_public_sees(
    issuer: SoftwareVault,
    settings: SimpleNamespace,
    certificate: Certificate,
    operator: Actor,
    registrar: Actor,
    approver: Actor,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = issuer.create_signer("root", "es256")
    nation = Nation(settings, root.as_text())
    settings.ROOT_URLCONF = "warrant.nodes.public_urls"
    settings.MIDDLEWARE = PUBLIC_MIDDLEWARE
    path = f"/c/{certificate.number}"

    def seen() -> str:
        nation.exchange(now)
        return answer(path, now, monkeypatch)

    assert seen() == "查无此证"
    services.record_production(operator, certificate, now=now)
    assert seen() == "未发放"
    services.hand_over(registrar, certificate, now=now)
    assert seen() == "有效"
    token = services.issue_certificate_credential(certificate, b"chip photo", now=now)
    link = qr_text("http://127.0.0.1:8003", token).removeprefix("HTTP://127.0.0.1:8003")
    assert answer(link, now, monkeypatch) == "有效"
    services.report_lost(registrar, certificate, "遗失", ground="lost", now=now)
    assert seen() == "挂失"
    assert answer(link, now, monkeypatch) == "挂失"
    services.cancel_loss_report(registrar, certificate, "找回", ground="found", now=now)
    assert seen() == "有效"
    services.withhold(
        approver, certificate, "立案", ground="under-investigation", until=date(2026, 12, 20), now=now
    )
    assert seen() == "暂扣"
    services.return_withheld(approver, certificate, "结案", ground="cleared", now=now)
    assert seen() == "有效"
    services.cancel(approver, certificate, "退休", ground="left-post", now=now)
    assert seen() == "注销"
    assert answer(link, now, monkeypatch) == "注销"
    bodies = b"".join(bytes(row.body) for row in LogEntry.objects.filter(stream__name="to-public"))
    assert str(certificate.officer.uid).encode() not in bodies
    assert b"13900000000" not in bodies
