"""Versions of the common face, from the draft of the regulation to the sheet for the printing house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.apps.world import become
from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.selectors.designs import designs_for
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors import forget_regulations
from warrant.apps.regulations.services import (
    Heading,
    change_line,
    confirm_regulation,
    draft_regulation,
    propose_regulation,
)
from warrant.core.access import Actor, Role
from warrant.core.credential.face_design import NATIONAL
from warrant.core.errors import NotPermitted

SECOND = {
    **NATIONAL["lines"][0],
    "id": "2",
    "title": {"zh": "第二版", "en": "Second design"},
    "used_from": "2027-01-01",
    "band_tint": "#C08040",
    "is_assumption": False,
}


@pytest.fixture
def ministry(settings: Any, actor: Callable[..., Actor], tree: SimpleNamespace) -> SimpleNamespace:
    become(settings, "ministry")
    return SimpleNamespace(
        first=actor("first", tree.ministry, Role.RULE_EDITOR),
        second=actor("second", tree.ministry, Role.RULE_EDITOR),
    )


@pytest.fixture
def draft(ministry: SimpleNamespace, now: datetime) -> RegulationVersion:
    heading = Heading("第二版证件版式", "交通运输部令", date(2026, 12, 1))
    version = draft_regulation(ministry.first, "card-face", heading, now=now)
    change_line(ministry.first, version.pk, SECOND, read_at=version.changed_at, now=now)
    return RegulationVersion.objects.get(pk=version.pk)


def test_a_draft_is_seen_by_its_editors_before_it_counts(
    draft: RegulationVersion, ministry: SimpleNamespace, sign_in: Callable[[Account], Client]
) -> None:
    browser = sign_in(Account.objects.get(pk=ministry.second.account_id))
    page = browser.get(reverse("card-designs")).content.decode()
    sheet = reverse("card-design-draft-sheet", args=[draft.pk, 2])
    assert sheet in page
    answer = browser.get(sheet)
    assert answer.content[:5] == b"%PDF-"
    assert browser.get(reverse("card-design-sheet", args=[2])).status_code == 404


def test_once_two_people_released_it_the_design_is_used_from_its_day(
    draft: RegulationVersion, ministry: SimpleNamespace, now: datetime
) -> None:
    propose_regulation(ministry.first, draft.pk, now=now)
    confirm_regulation(ministry.second, draft.pk, now=now)
    forget_regulations()
    designs = designs_for(ministry.first, date(2026, 12, 1))
    assert designs.used_on(date(2026, 12, 31)).version == 1
    assert designs.used_on(date(2027, 1, 1)).version == 2


def test_a_reader_without_the_right_sees_no_designs(
    actor: Callable[..., Actor], tree: SimpleNamespace
) -> None:
    with pytest.raises(NotPermitted):
        designs_for(actor("he", tree.jiangsu, Role.KEY_CUSTODIAN), date(2026, 11, 23))


def test_an_operator_takes_the_sheet_and_no_other_version_is_invented(
    operator: Actor, sign_in: Callable[[Account], Client]
) -> None:
    client = sign_in(Account.objects.get(pk=operator.account_id))
    assert "制卡正在使用" in client.get(reverse("card-designs")).content.decode()
    answer = client.get(reverse("card-design-sheet", args=[1]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert client.get(reverse("card-design-sheet", args=[255])).status_code == 404
