"""Odd values sent to the pages of hours and places: refused on the page, nothing kept; and the pages stay light."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.apps.conftest import Enter
from tests.apps.training.classes import handed_in, make_class
from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.training.models import HoursCorrection, TrainingClass
from warrant.apps.training.services.closing import confirm_class
from warrant.core.access import Role

ODD = ("-1", "9" * 40, "1e9", "x", "a\x00b", "²")


def test_odd_values_are_refused_and_nothing_is_kept(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    enter: Enter,
    now: datetime,
    django_assert_max_num_queries: Any,
) -> None:
    clerk = account_for("clerk", tree.suzhou, Role.REGISTRAR)
    manager = account_for("manager", tree.jiangsu, Role.TRAINING_MANAGER)
    made = handed_in(actor_for(clerk), tree, [enter("单书白")], now)
    confirm_class(actor_for(manager), made.pk, now=now)
    browser, url = sign_in(clerk), f"/classes/{made.pk}/"
    key = made.enrolments.get().pk
    for value in ODD:
        proof = SimpleUploadedFile("核对.pdf", pdf(), "application/pdf")
        sent = {f"h-{key}-practice": value, "reason": "漏计一课", "proof": proof}
        assert browser.post(f"{url}correct/", sent).status_code == 400
    for person in ("0", "x", "9" * 40, "a%00b"):
        assert browser.get(f"{url}correct/?person={person}").status_code == 400
    assert browser.post(f"{url}correct/", {}).status_code == 400
    assert not HoursCorrection.system.exists()
    planned = make_class(actor_for(clerk), tree, now, term="第二期")
    for value in ("", *ODD):
        assert browser.post(f"/classes/{planned.pk}/places/", {"capacity": value}).status_code == 400
    bad_day = {"capacity": "5", "enrol_until": "2026-02-30"}
    assert browser.post(f"/classes/{planned.pk}/places/", bad_day).status_code == 400
    assert TrainingClass.system.get(pk=planned.pk).capacity == 3
    for address in (url, f"{url}correct/", f"/classes/{planned.pk}/", "/classes/?open=1"):
        with django_assert_max_num_queries(10):
            assert len(browser.get(address).content) < 60_000


pytestmark = pytest.mark.django_db
