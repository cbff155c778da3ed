"""The history: differences in words, the record on any day, and backdated corrections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.officers.models import Officer, OfficerVersion
from warrant.apps.officers.selectors.history import changes_of, record_on, said_on, true_on, versions_of
from warrant.apps.officers.services.entries import add_entry, withdraw_entry
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor
from warrant.core.lifecycle import ChangeKind

ENTERED = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return ENTERED


@pytest.fixture
def client(registrar: Actor, officer: Officer, sign_in: Callable[[Account], Client]) -> Client:
    return sign_in(Account.objects.get(pk=registrar.account_id))


def _change(officer: Officer, actor: Actor, month: int, effective_on: date, **values: Any) -> None:
    now = datetime(2026, month, 10, 2, 0, tzinfo=UTC)
    write_change(
        officer, values, ChangeKind.CHANGED, actor, now=now, effective_on=effective_on, reason="核对"
    )


@pytest.fixture
def changed(officer: Officer, registrar: Actor) -> Officer:
    """Promoted in March; in June it was found that school and post had been wrong since February."""
    _change(officer, registrar, 3, date(2026, 3, 1), position="四级调研员", post="法制审核岗")
    _change(officer, registrar, 6, date(2026, 2, 1), school="苏州大学")
    return officer


def _words(officer: Officer, on: date) -> dict[str, tuple[str, str]]:
    fields = record_on(versions_of(officer), on).fields
    return {field.label: (field.text, field.said) for field in fields}


def test_a_change_is_told_field_by_field_in_words(changed: Officer) -> None:
    latest, promotion, entered = changes_of(versions_of(changed))
    assert [(d.label, d.before, d.after) for d in promotion.differences] == [
        ("岗位", "执法岗", "法制审核岗"),
        ("职务", "一级主任科员", "四级调研员"),
    ]
    assert [(d.label, d.before, d.after) for d in latest.differences] == [
        ("毕业院校", "河海大学", "苏州大学")
    ]
    assert (latest.is_backdated, promotion.person, promotion.unit) == (True, "registrar", "昆山市交通运输局")
    assert (entered.title, entered.differences) == ("登记入册", ())


def test_changes_are_found_by_field_and_by_kind(changed: Officer) -> None:
    versions = versions_of(changed)
    assert [change.version.revision for change in changes_of(versions, field="school")] == [3, 1]
    assert [change.version.revision for change in changes_of(versions, kind="changed")] == [3, 2]
    assert [change.version.revision for change in changes_of(versions, field="post", kind="changed")] == [2]


def test_a_backdated_correction_counts_from_its_day_and_leaves_later_changes_to_theirs(
    changed: Officer,
) -> None:
    february = _words(changed, date(2026, 2, 15))
    assert february["毕业院校"] == ("苏州大学", "河海大学")
    assert february["职务"] == ("一级主任科员", "一级主任科员")
    april = _words(changed, date(2026, 4, 15))
    assert april["毕业院校"] == ("苏州大学", "河海大学")
    assert april["职务"] == ("四级调研员", "四级调研员")
    january = _words(changed, date(2026, 1, 20))
    assert january["毕业院校"] == ("河海大学", "河海大学")


def test_before_the_first_version_nothing_is_known(changed: Officer) -> None:
    record = record_on(versions_of(changed), date(2025, 12, 31))
    assert (record.is_known, record.was_registered, record.known_from) == (False, False, date(2026, 1, 5))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 200),
            st.dictionaries(
                st.sampled_from(["post", "position", "phone"]), st.sampled_from(["", "甲", "乙"]), min_size=1
            ),
        ),
        max_size=8,
    )
)
def test_today_what_was_true_and_what_was_said_agree(steps: list[tuple[int, dict[str, str]]]) -> None:
    first = date(2026, 1, 1)
    content: dict[str, Any] = {"post": "", "position": "", "phone": ""}
    versions = [OfficerVersion(revision=1, effective_on=first, content=dict(content), recorded_at=ENTERED)]
    for number, (days, values) in enumerate(steps):
        content |= values
        versions.append(
            OfficerVersion(
                revision=number + 2,
                effective_on=first + timedelta(days=days),
                content=dict(content),
                changed_fields=sorted(values),
                recorded_at=ENTERED + timedelta(days=number),
            )
        )
    last = date(2026, 12, 31)
    assert true_on(versions, last) == said_on(versions, last) == content


def test_the_page_of_a_day_is_marked_and_shows_the_entries_of_that_day(
    client: Client, changed: Officer, registrar: Actor, today: date
) -> None:
    typed = {
        "reward": "commendation",
        "title": "年度嘉奖",
        "decided_by": "昆山局",
        "decided_on": "2026-01-20",
    }
    entry = add_entry(
        registrar,
        changed.pk,
        "reward",
        typed,
        [(pdf(), "a.pdf")],
        on=today,
        now=datetime(2026, 5, 1, tzinfo=UTC),
    )
    address = reverse("officer-detail", args=[changed.pk])
    page = client.get(address, {"on": "2026-02-15"}).content.decode()
    assert "2026-02-15 当日的记录" in page
    assert "当时登记册所载不同" in page
    assert "嘉奖 年度嘉奖" in page
    assert "当时尚未登记" in page
    assert "officer-change" not in page
    assert f"{address}change/" not in page
    assert "嘉奖 年度嘉奖" not in client.get(address, {"on": "2026-01-10"}).content.decode()
    withdraw_entry(registrar, entry.pk, "登记错人", now=datetime(2026, 7, 1, tzinfo=UTC))
    assert "当时有效，后来更正或撤销" in client.get(address, {"on": "2026-06-01"}).content.decode()
    assert "嘉奖 年度嘉奖" not in client.get(address, {"on": "2026-07-02"}).content.decode()


@pytest.mark.parametrize("day", ["2099-01-01", "yesterday", "2026-02-30", "a\x00b"])
def test_a_day_that_is_none_or_has_not_come_is_refused(client: Client, officer: Officer, day: str) -> None:
    assert client.get(reverse("officer-detail", args=[officer.pk]), {"on": day}).status_code == 400


def test_the_history_page_is_filtered_and_paged(client: Client, officer: Officer, registrar: Actor) -> None:
    for number in range(30):
        _change(officer, registrar, 7, date(2026, 7, 1), phone=f"1380001{number:04d}")
    address = reverse("officer-history", args=[officer.pk])
    page = client.get(address).content.decode()
    assert "共 31 次变更" in page
    assert "13800010029" in page
    assert "登记入册</span></h2>" not in page
    assert "before=7" in page
    assert "登记入册</span></h2>" in client.get(address, {"before": "7"}).content.decode()
    assert "没有符合条件的变更" in client.get(address, {"field": "school", "kind": "left"}).content.decode()
    assert client.get(address, {"before": "x"}).status_code == 400
