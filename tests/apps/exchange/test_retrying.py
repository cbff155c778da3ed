"""A parked subject goes on, in order, once its cause is cured."""

from __future__ import annotations

from datetime import timedelta

import pytest

from warrant.apps.exchange.models import DeadLetter, InboxEntry, InboxSubject
from warrant.apps.exchange.services.receiving import receive_batch
from warrant.apps.exchange.services.retrying import retry_subject
from warrant.core.errors import Conflict, NotFound
from warrant.core.ledger.receipt import Receipt

pytestmark = pytest.mark.usefixtures("ministry_here")


@pytest.fixture
def parked(jiangsu, applied, now):
    """officer:1 is parked at its second event, with a third behind it."""
    for note in ("first", "refuse", "third"):
        jiangsu.says("officer:1", note)
    receive_batch("320000", jiangsu.batch(), now=now)
    applied.events.clear()


def test_what_waits_is_applied_in_order_with_receipts(parked, jiangsu, applied, now):
    applied.breaks_on = {}
    later = now + timedelta(hours=1)
    assert retry_subject("320000", "officer:1", now=later) == 2
    assert [received.event.data["note"] for received in applied.events] == ["refuse", "third"]
    for received in applied.events:
        Receipt.parse(received.receipt).verify(jiangsu.origin, jiangsu.signer.public_key)
    assert DeadLetter.objects.get().settled_at == later
    assert not InboxEntry.objects.filter(applied_at=None).exists()
    jiangsu.says("officer:1", "fourth")
    receive_batch("320000", jiangsu.batch(4, 4), now=later)
    assert applied.events[-1].event.data["note"] == "fourth"


def test_what_still_cannot_be_applied_stays_parked_with_its_new_reason(parked, applied, now):
    applied.breaks_on = {"refuse": Conflict("another-reason", "另一个理由")}
    assert retry_subject("320000", "officer:1", now=now) == 0
    assert (DeadLetter.objects.get().code, DeadLetter.objects.get().settled_at) == ("another-reason", None)
    assert InboxSubject.objects.get().is_parked
    assert applied.events == []


def test_a_subject_that_is_not_parked_is_not_tried_again(parked, now):
    with pytest.raises(NotFound):
        retry_subject("320000", "officer:2", now=now)
    with pytest.raises(NotFound):
        retry_subject("310000", "officer:1", now=now)
