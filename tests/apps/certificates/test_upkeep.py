"""What time alone makes due is done by the node's loop."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from warrant.apps.certificates.models import Certificate, StatusList
from warrant.core.errors import Unavailable
from warrant.nodes import upkeep


def out_of_order(*, now: datetime) -> None:
    raise Unavailable("vault-closed", "%(now)s", now=now)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("warrant.apps.foundation.clock.now", lambda: moment)


def test_a_round_renews_lists_and_expires_certificates(
    active_certificate: Certificate, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, now + timedelta(hours=1))
    upkeep.keep_up()
    assert StatusList.objects.get().issued_at == now + timedelta(hours=1)
    assert Certificate.system.get().state == "active"
    at(monkeypatch, now + timedelta(days=5 * 366))
    upkeep.keep_up()
    assert Certificate.system.get().state == "expired"


def test_the_failure_of_one_service_stops_no_other(
    active_certificate: Certificate,
    now: datetime,
    settings: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.WARRANT_UPKEEP = [
        "tests.apps.certificates.test_upkeep.out_of_order",
        "warrant.apps.certificates.services.renew_status_lists",
    ]
    at(monkeypatch, now + timedelta(hours=1))
    upkeep.keep_up()
    assert StatusList.objects.get().issued_at == now + timedelta(hours=1)


def test_the_loop_ends_when_it_is_told_to(settings: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WARRANT_UPKEEP = []
    monkeypatch.setattr(upkeep, "close_old_connections", lambda: None)
    stop = threading.Event()
    stop.set()
    upkeep.run_upkeep(stop)
