"""The nation's shared keys: handed to each province once, sealed for it, and what waited goes when they have come."""

from __future__ import annotations

import base64
import dataclasses
from typing import Any

import pytest

from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import PeerTransportKey
from warrant.apps.cardcentre.services import keys
from warrant.apps.cardcentre.services.national_keys import (
    hand_out_national_keys,
    hand_out_on_arrival,
    receive_national_keys,
)
from warrant.apps.foundation.models import LogEntry
from warrant.apps.officers.selectors.national import NATIONAL_KEYS
from warrant.core.errors import Conflict, InvalidInput


@pytest.fixture
def transport_key(at_ministry: Any, deliver: Any, now: Any, ministry_vault: Any, province_vault: Any) -> Any:
    """Jiangsu's transport key, sent up; the event that brought it."""
    at_ministry(False)
    keys.publish_transport_key(now=now)
    at_ministry(True)
    received = deliver("to-ministry", "320000")
    keys.receive_transport_key(received, now=now)
    return received


def test_a_transport_key_is_answered_with_the_shared_keys(
    transport_key: Any, at_ministry: Any, deliver: Any, ministry_vault: Any, province_vault: Any, now: Any
) -> None:
    hand_out_on_arrival(transport_key, now=now)
    event = deliver("to-320000", "ministry")
    at_ministry(False)
    assert not any(province_vault.has_secret(label) for label in NATIONAL_KEYS)
    receive_national_keys(event, now=now)
    for label in NATIONAL_KEYS:
        assert province_vault.secret(label, 32) == ministry_vault.secret(label, 32)
        assert ministry_vault.secret(label, 32).reveal().hex().encode() not in event.event.raw
    receive_national_keys(event, now=now)
    assert AuditRow.objects.filter(action="national-keys.received").count() == 2


def test_the_same_key_gets_them_once_and_another_key_again(
    transport_key: Any, ministry_vault: Any, province_vault: Any, now: Any
) -> None:
    assert hand_out_national_keys(now=now) == 1
    assert hand_out_national_keys(now=now) == 0
    PeerTransportKey.objects.update(public_key=ministry_vault.transport_public_key())
    assert hand_out_national_keys(now=now) == 1
    assert LogEntry.objects.filter(stream="to-320000", kind="national-keys.published").count() == 2


def test_a_province_hands_out_nothing(transport_key: Any, at_ministry: Any, now: Any) -> None:
    at_ministry(False)
    assert hand_out_national_keys(now=now) == 0


def test_the_units_of_the_province_go_up_with_the_keys(
    transport_key: Any, at_ministry: Any, deliver: Any, tree: Any, now: Any
) -> None:
    hand_out_on_arrival(transport_key, now=now)
    event = deliver("to-320000", "ministry")
    at_ministry(False)
    receive_national_keys(event, now=now)
    told = LogEntry.objects.get(stream="to-ministry", kind="organisation.changed")
    assert "昆山市交通运输综合行政执法大队".encode() in bytes(told.body)
    assert "浦东新区".encode() not in bytes(told.body)


@pytest.mark.parametrize("package", ["", "###", base64.b64encode(b"{}").decode()])
def test_a_package_that_is_none_is_refused(
    transport_key: Any, at_ministry: Any, deliver: Any, now: Any, package: str
) -> None:
    hand_out_on_arrival(transport_key, now=now)
    event = deliver("to-320000", "ministry")
    at_ministry(False)
    broken = dataclasses.replace(event, event=dataclasses.replace(event.event, data={"package": package}))
    with pytest.raises(InvalidInput, match="key-package-damaged"):
        receive_national_keys(broken, now=now)


def test_only_the_ministry_hands_out_keys(
    transport_key: Any, at_ministry: Any, deliver: Any, now: Any
) -> None:
    hand_out_on_arrival(transport_key, now=now)
    event = deliver("to-320000", "ministry")
    with pytest.raises(Conflict, match="act-not-here"):
        receive_national_keys(event, now=now)
    at_ministry(False)
    with pytest.raises(Conflict, match="act-not-here"):
        receive_national_keys(dataclasses.replace(event, node="310000"), now=now)
