"""Leaving the force, coming back, and who is due to retire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.officers.models import Officer, PlannedLeaving
from warrant.apps.officers.selectors.retiring import glances, last_birth_on, officers_retiring
from warrant.apps.officers.services import leaving as services
from warrant.apps.officers.services import open_account_for_officer
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound
from warrant.core.lifecycle import LeavingKind
from warrant.core.standards.retirement import statutory_on

WISH = services.LeavingWish(LeavingKind.RESIGNATION, date(2026, 11, 20), "本人申请", "昆交人〔2026〕3号")


@pytest.fixture
def leave(registrar: Actor, officer: Officer, now: datetime, today: date) -> Callable[..., Officer]:
    def make(**changes: Any) -> Officer:
        return services.record_leaving(
            registrar, officer.pk, replace(WISH, **changes), None, on=today, now=now
        )

    return make


@pytest.mark.django_db
def test_leaving_is_kept_as_a_version_and_the_old_unit_still_sees_the_record(
    leave: Any, registrar: Actor, officer: Officer
):
    leave()
    row = Officer.objects.get_visible(registrar, "officer.view", pk=officer.pk)
    assert (row.state, row.left_on, row.left_kind) == ("left", date(2026, 11, 20), "resignation")
    version = row.versions.get(revision=row.revision)
    assert (version.kind, version.effective_on, version.reason) == (
        "left",
        date(2026, 11, 20),
        "本人申请（昆交人〔2026〕3号）",
    )


@pytest.mark.django_db
def test_the_own_account_is_shut_and_opens_again_on_return(
    leave: Any, registrar: Actor, officer: Officer, now: datetime, today: date
):
    _officer, account, _password = open_account_for_officer(registrar, officer.pk, "shanshubai", now=now)
    leave()
    account.refresh_from_db()
    assert not account.is_active
    services.record_return(registrar, officer.pk, date(2026, 11, 21), "重新录用", "8号", on=today, now=now)
    account.refresh_from_db()
    assert account.is_active
    assert Officer.system.get().state == "active"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"left_on": date(2027, 11, 24)}, "left_on"),
        ({"left_on": date(2026, 11, 23), "kind": LeavingKind.DEATH}, "left_on"),
        ({"left_on": date(2011, 1, 1)}, "left_on"),
        ({"reason": ""}, "reason"),
        ({"document_number": ""}, "document_number"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(leave: Any, changes: Any, place: str):
    with pytest.raises(InvalidInput) as refused:
        leave(**changes)
    assert refused.value.place == place


@pytest.mark.django_db
def test_nobody_leaves_twice_and_the_dead_do_not_come_back(
    leave: Any, registrar: Actor, officer: Officer, now: datetime, today: date
):
    leave(kind=LeavingKind.DEATH, document_number="")
    with pytest.raises(Conflict, match="wrong-state"):
        leave()
    with pytest.raises(Conflict, match="is-dead"):
        services.record_return(registrar, officer.pk, today, "重新录用", "8号", on=today, now=now)


@pytest.mark.django_db
def test_somebody_of_another_unit_finds_nobody(stranger: Actor, officer: Officer, now: datetime, today: date):
    with pytest.raises(NotFound):
        services.record_leaving(stranger, officer.pk, WISH, None, on=today, now=now)


@given(st.sampled_from(["1", "2"]), st.dates(date(2015, 1, 1), date(2045, 1, 1)), st.integers(-40000, 40000))
def test_the_bound_parts_those_who_reach_the_age_from_those_who_do_not(sex: str, by: date, days: int):
    bound = last_birth_on(sex, by)
    assert statutory_on(bound, sex) <= by
    assert statutory_on(date.fromordinal(bound.toordinal() + 1), sex) > by


@pytest.mark.django_db
def test_who_retires_within_ninety_days_is_counted_on_the_first_page(
    registrar: Actor, officer: Officer, today: date, monkeypatch: Any
):
    monkeypatch.setattr("warrant.apps.officers.selectors.retiring.clock.today", lambda: today)
    assert not glances(registrar)[0].rows.exists()
    Officer.system.update(birth_on=date(1966, 3, 1))  # 60 years and 3 months: 2026-09 at the latest
    assert [row.pk for row in officers_retiring(registrar, today)] == [officer.pk]
    assert glances(registrar)[0].rows.count() == 1
    Officer.system.update(state="left")
    assert not glances(registrar)[0].rows.exists()


@pytest.mark.django_db
def test_pages_of_leaving_and_coming_back(
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
    officer: Officer,
):
    client = sign_in(account_for("page-registrar", tree.kunshan, Role.REGISTRAR))
    page = client.get(reverse("officer-detail", args=[officer.pk])).content.decode()
    assert reverse("officer-leave", args=[officer.pk]) in page
    address = reverse("officer-leave", args=[officer.pk])
    assert client.get(address).status_code == 200
    form = {"kind": "retirement", "left_on": "2099-01-01", "document_number": "9号", "reason": "到龄"}
    refused = client.post(address, form)
    assert refused.status_code == 400
    assert "9号" in refused.content.decode()
    answer = client.post(address, {**form, "left_on": "2026-11-01"}, follow=True)
    assert "已登记单书白离职" in answer.content.decode()
    back = reverse("officer-return", args=[officer.pk])
    assert client.get(back).status_code == 200
    assert client.get(reverse("officer-retiring")).status_code == 200


FIRST = date(2026, 12, 1)


def on_day(day: date) -> datetime:
    """Eight in the morning of a day, in China."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.django_db
def test_a_day_in_the_future_changes_nothing_until_it_comes(leave: Any, officer: Officer):
    leave(left_on=FIRST, kind=LeavingKind.RETIREMENT)
    assert Officer.system.get().state == "active"
    assert services.apply_planned_leavings(now=on_day(date(2026, 11, 30))) == 0
    assert Officer.system.get().state == "active"
    assert services.apply_planned_leavings(now=on_day(FIRST)) == 1
    row = Officer.system.get()
    assert (row.state, row.left_on, row.left_kind) == ("left", FIRST, "retirement")
    version = row.versions.get(revision=row.revision)
    assert (version.kind, version.effective_on, version.account_id) == ("left", FIRST, None)
    assert AuditRow.objects.filter(action="officer.left").count() == 1
    assert services.apply_planned_leavings(now=on_day(FIRST)) == 0
    assert PlannedLeaving.objects.get().state == "in-effect"


@pytest.mark.django_db
def test_the_own_account_is_shut_on_the_day_and_not_before(
    leave: Any, registrar: Actor, officer: Officer, now: datetime
):
    account = open_account_for_officer(registrar, officer.pk, "shanshubai", now=now)[1]
    leave(left_on=FIRST)
    account.refresh_from_db()
    assert account.is_active
    services.apply_planned_leavings(now=on_day(FIRST))
    account.refresh_from_db()
    assert not account.is_active


@pytest.mark.django_db
def test_a_plan_is_taken_back_with_a_reason_and_never_takes_effect(
    leave: Any, registrar: Actor, stranger: Actor, officer: Officer, now: datetime
):
    leave(left_on=FIRST)
    plan = PlannedLeaving.objects.get()
    with pytest.raises(NotFound):
        services.cancel_planned_leaving(stranger, plan.pk, "批准延迟退休", now=now)
    with pytest.raises(InvalidInput):
        services.cancel_planned_leaving(registrar, plan.pk, "", now=now)
    services.cancel_planned_leaving(registrar, plan.pk, "批准延迟退休", now=now)
    assert services.apply_planned_leavings(now=on_day(FIRST)) == 0
    assert Officer.system.get().state == "active"
    with pytest.raises(Conflict):
        services.cancel_planned_leaving(registrar, plan.pk, "批准延迟退休", now=now)


@pytest.mark.django_db
def test_nobody_is_planned_to_leave_twice(leave: Any):
    leave(left_on=FIRST)
    with pytest.raises(Conflict, match="leaving-planned"):
        leave(left_on=date(2026, 12, 5))
    with pytest.raises(Conflict, match="leaving-planned"):
        leave()


@pytest.mark.django_db
def test_what_cannot_take_effect_says_why_and_is_tried_again(leave: Any, officer: Officer, monkeypatch: Any):
    leave(left_on=FIRST)
    with monkeypatch.context() as patched:
        patched.setattr(services, "follow_leaving", refuse)
        assert services.apply_planned_leavings(now=on_day(FIRST)) == 0
    assert Officer.system.get().state == "active"
    assert PlannedLeaving.objects.get().trouble == "请先办结"
    assert services.apply_planned_leavings(now=on_day(date(2026, 12, 2))) == 1
    assert Officer.system.get().left_on == FIRST


def refuse(*_args: Any, **_names: Any) -> None:
    raise Conflict("not-yet", "请先办结")


@pytest.mark.django_db
def test_a_plan_for_somebody_no_longer_in_post_lapses(leave: Any, officer: Officer):
    leave(left_on=FIRST)
    Officer.system.update(state="deleted")
    assert services.apply_planned_leavings(now=on_day(FIRST)) == 0
    assert PlannedLeaving.objects.get().state == "cancelled"


@pytest.mark.django_db
def test_pages_show_the_plan_and_take_it_back(
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
    officer: Officer,
    leave: Any,
):
    leave(left_on=FIRST, kind=LeavingKind.RETIREMENT)
    client = sign_in(account_for("page-registrar", tree.kunshan, Role.REGISTRAR))
    address = reverse("officer-detail", args=[officer.pk])
    assert "自 2026-12-01 起离职（退休），到日自动生效" in client.get(address).content.decode()
    assert "2026-12-01" in client.get(reverse("planned-leavings")).content.decode()
    Officer.system.update(birth_on=date(1966, 3, 1))
    assert "2026-12-01" in client.get(reverse("officer-retiring")).content.decode()
    cancel = reverse("leaving-cancel", args=[PlannedLeaving.objects.get().pk])
    assert client.get(cancel).status_code == 200
    assert client.post(cancel, {"reason": ""}).status_code == 400
    answer = client.post(cancel, {"reason": "批准延迟退休"}, follow=True).content.decode()
    assert "已取消单书白的离职计划" in answer
    assert "到日自动生效" not in answer
