"""A page key comes back in an address: whoever wrote it, it is followed or refused, and breaks nothing."""

from __future__ import annotations

import base64
import json

import pytest

from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation.paging import keyset_page
from warrant.core.errors import InvalidInput

pytestmark = pytest.mark.django_db


def key(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(parts)).encode()).decode().rstrip("=")


BAD_KEYS = [
    "x",
    "é",
    "=",
    base64.urlsafe_b64encode(b"[" * 3000).decode(),
    key(),
    key("n", "2026-11-22T00:00:00+00:00"),
    key("sideways", "2026-11-22T00:00:00+00:00", 1),
    key("n", None, 1),
    key("n", {"a": 1}, 1),
    key("n", ["a"], 1),
    key("n", "yesterday", 1),
    key("n", "2026-02-30T00:00:00+00:00", 1),
    key("n", "2026-11-22T00:00:00", 1),
    key("n", "0001-01-01T00:00:00+14:00", 1),
    key("n", "2026-11-22T00:00:00+00:00", "1"),
    key("n", "2026-11-22T00:00:00+00:00", 1 << 70),
]


@pytest.mark.parametrize("bad", BAD_KEYS)
def test_a_key_that_fits_no_instant_is_refused(bad: str) -> None:
    with pytest.raises(InvalidInput):
        keyset_page(AuditRow.objects.all(), "-at", bad)


@pytest.mark.parametrize("cell", [None, "a\x00b", "\ud800"])
def test_a_key_that_fits_no_text_is_refused(cell: object) -> None:
    with pytest.raises(InvalidInput):
        keyset_page(Account.objects.all(), "username", key("n", cell, 1))


@pytest.mark.parametrize("cell", [None, "a", [1], float("inf"), {}, 10**30, -(10**30)])
def test_a_key_that_fits_no_number_is_refused(cell: object) -> None:
    with pytest.raises(InvalidInput):
        keyset_page(AuditRow.objects.all(), "-entry_id", key("n", cell, 1))
