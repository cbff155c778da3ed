"""One person in two provinces: found on arrival, told to both, answered by them, settled by the records."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.apps.officers.entries import ID_NUMBER, entry
from tests.apps.officers.replica_world import OBSERVER, arrive, become_ministry, forget_officers, told
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.work import waiting
from warrant.apps.officers.models import NationalDuplicate, Officer, ReportedDuplicate
from warrant.apps.officers.selectors.national import NATIONAL_KEYS
from warrant.apps.officers.selectors.national_duplicates import national_work_queues, reported_work_queues
from warrant.apps.officers.services import enter_officer
from warrant.apps.officers.services.national import (
    answer_duplicate,
    dismiss_pair,
    inform_provinces,
    receive_duplicate_answered,
    receive_duplicate_found,
)
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound
from warrant.core.ledger.event import Event, parse_event
from warrant.core.lifecycle import ChangeKind

pytestmark = pytest.mark.django_db

OTHER_NUMBER = "329901199005011251"


@pytest.fixture
def keys(vault: SoftwareVault, settings: Any) -> SoftwareVault:
    for label in NATIONAL_KEYS:
        vault.secret(label, 32)
    settings.WARRANT_OFFICER_OBSERVERS = [OBSERVER]
    return vault


@pytest.fixture
def two_provinces(
    keys: SoftwareVault,
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    registrar: Actor,
    now: datetime,
    today: date,
    settings: Any,
) -> Callable[..., dict[str, list[Event]]]:
    """Let Jiangsu and Shanghai each enter somebody; the database is the ministry's then, and empty."""

    def enter(**of_shanghai: str) -> dict[str, list[Event]]:
        shanghai = actor("shanghai", tree.pudong, Role.REGISTRAR)
        events: dict[str, list[Event]] = {}
        told_so_far = 0
        for node, who, values in (
            ("320000", registrar, {}),
            ("310000", shanghai, {"agency": "浦东新区建设和交通委员会", **of_shanghai}),
        ):
            officer, _doubts = enter_officer(who, entry(**values), on=today, now=now)
            with transaction.atomic():
                write_change(officer, {"state": "left"}, ChangeKind.LEFT, who, now=now + timedelta(hours=1))
            events[node] = told("officers.changed")[told_so_far:]
            told_so_far += 2
            forget_officers()
        become_ministry(settings)
        return events

    return enter


@pytest.fixture
def supervisor(actor: Callable[..., Actor], tree: SimpleNamespace) -> Callable[[], Actor]:
    """Called when the node is the ministry: only there a grant over the ministry reaches the nation."""
    return lambda: actor("supervisor", tree.ministry, Role.SUPERVISOR)


def events_to(node: str) -> list[Event]:
    rows = LogEntry.objects.filter(stream=f"to-{node}", kind="duplicate.found").order_by("seq")
    return [parse_event(bytes(row.body)) for row in rows]


def test_the_same_number_in_two_provinces_is_found_once(
    two_provinces: Callable[..., Any], now: datetime
) -> None:
    events = two_provinces(name="单树白")
    arrive(events["320000"][:1], now)
    assert not NationalDuplicate.objects.exists()
    arrive(events["310000"][:1], now, node="310000")
    arrive(events["310000"][:1], now, node="310000")
    pair = NationalDuplicate.objects.select_related("first", "second").get()
    assert pair.ground == "id-number"
    assert (pair.first.name, pair.second.name) == ("单书白", "单树白")
    assert Officer.system.count() == 2


def test_the_same_name_and_birth_date_are_found(two_provinces: Callable[..., Any], now: datetime) -> None:
    events = two_provinces(id_number=OTHER_NUMBER)
    arrive(events["320000"][:1], now)
    arrive(events["310000"][:1], now, node="310000")
    assert NationalDuplicate.objects.get().ground == "name-and-birth"


def test_another_name_with_another_number_is_somebody_else(
    two_provinces: Callable[..., Any], now: datetime
) -> None:
    events = two_provinces(id_number=OTHER_NUMBER, name="单树白")
    arrive(events["320000"][:1], now)
    arrive(events["310000"][:1], now, node="310000")
    assert not NationalDuplicate.objects.exists()


def test_whoever_leaves_one_province_is_no_double_any_more(
    two_provinces: Callable[..., Any], now: datetime
) -> None:
    events = two_provinces()
    arrive(events["320000"][:1], now)
    arrive(events["310000"][:1], now, node="310000")
    arrive(events["310000"][1:], now, node="310000")
    assert NationalDuplicate.objects.get().state == "settled"


def test_whoever_has_left_already_is_none(two_provinces: Callable[..., Any], now: datetime) -> None:
    events = two_provinces()
    arrive(events["320000"], now)
    arrive(events["310000"][:1], now, node="310000")
    assert not NationalDuplicate.objects.exists()


@pytest.fixture
def pair(two_provinces: Callable[..., Any], now: datetime) -> NationalDuplicate:
    events = two_provinces()
    arrive(events["320000"][:1], now)
    arrive(events["310000"][:1], now, node="310000")
    return NationalDuplicate.objects.select_related("first", "second").get()


def test_both_provinces_are_told_of_the_other_side_without_a_number(
    pair: NationalDuplicate, supervisor: Callable[[], Actor], now: datetime
) -> None:
    who = supervisor()
    assert [item.title for item in waiting(national_work_queues(who), 5)] == ["跨省重复：单书白"]
    inform_provinces(who, pair.pk, "同一证件号码两省在册，请核实", now=now)
    [to_jiangsu], [to_shanghai] = events_to("320000"), events_to("310000")
    assert to_jiangsu.data["officer"] == str(pair.first.uid)
    assert to_jiangsu.data["other_province"] == "上海市交通委员会"
    assert to_shanghai.data["officer"] == str(pair.second.uid)
    assert to_shanghai.data["other_unit"] == "昆山市交通运输综合行政执法大队"
    assert ID_NUMBER.encode() not in to_jiangsu.raw + to_shanghai.raw
    assert waiting(national_work_queues(who), 5) == []
    with pytest.raises(Conflict, match="wrong-state"):
        inform_provinces(who, pair.pk, "同一证件号码两省在册，请核实", now=now)


@pytest.mark.parametrize("note", ["", "  ", "核实", "长" * 301])
def test_an_explanation_is_needed(
    pair: NationalDuplicate, supervisor: Callable[[], Actor], now: datetime, note: str
) -> None:
    with pytest.raises(InvalidInput, match="text-too"):
        inform_provinces(supervisor(), pair.pk, note, now=now)


def test_a_province_answers_once_and_the_ministry_sees_it_on_its_side(
    pair: NationalDuplicate,
    supervisor: Callable[[], Actor],
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
    now: datetime,
    settings: Any,
) -> None:
    inform_provinces(supervisor(), pair.pk, "同一证件号码两省在册，请核实", now=now)
    [event] = events_to("320000")
    settings.ROOT_URLCONF = "warrant.nodes.province_urls"
    Officer.system.filter(uid=pair.first.uid).update(owner_node="")  # the province's own record
    receive_duplicate_found(ReceivedEvent(event, "ministry"), now=now)
    row = ReportedDuplicate.system.get()
    reviewer = actor("reviewer", tree.kunshan, Role.REVIEWER)
    assert [item.kind for item in waiting(reported_work_queues(reviewer), 5)] == ["reported-duplicate"]
    assert waiting(reported_work_queues(actor("nanjing", tree.nanjing, Role.REVIEWER)), 5) == []
    with pytest.raises(NotFound):
        answer_duplicate(actor("nanjing-2", tree.nanjing, Role.REVIEWER), row.pk, "查无此人在岗", now=now)
    answer_duplicate(reviewer, row.pk, "本人在昆山在岗，上海系借调", now=now)
    with pytest.raises(Conflict, match="answered-already"):
        answer_duplicate(reviewer, row.pk, "本人在昆山在岗，上海系借调", now=now)
    [answered] = told("duplicate.answered")
    Officer.system.filter(uid=pair.first.uid).update(owner_node="320000")
    receive_duplicate_answered(ReceivedEvent(answered, "320000"), now=now)
    pair.refresh_from_db()
    assert (pair.first_answer, pair.second_answer) == ("本人在昆山在岗，上海系借调", "")
    with pytest.raises(Conflict, match="duplicate-unknown"):
        receive_duplicate_answered(ReceivedEvent(answered, "330000"), now=now)


@pytest.mark.parametrize(
    "change", [{"uid": "x"}, {"ground": "guess"}, {"note": 5}, {"other_name": "长" * 61}, {"officer": None}]
)
def test_a_report_that_is_none_is_refused(
    pair: NationalDuplicate, supervisor: Callable[[], Actor], now: datetime, change: dict[str, Any]
) -> None:
    inform_provinces(supervisor(), pair.pk, "同一证件号码两省在册，请核实", now=now)
    [event] = events_to("320000")
    content = {**json.loads(json.dumps(dict(event.data))), **change}
    with pytest.raises(InvalidInput, match="duplicate-content-invalid"):
        receive_duplicate_found(ReceivedEvent(replace(event, data=content), "ministry"), now=now)


def test_two_persons_stay_two_persons(
    pair: NationalDuplicate, supervisor: Callable[[], Actor], two_provinces: Any, now: datetime
) -> None:
    dismiss_pair(supervisor(), pair.pk, "经两省核对照片，不是同一人", now=now)
    pair.refresh_from_db()
    assert (pair.state, pair.reason) == ("dismissed", "经两省核对照片，不是同一人")


@pytest.fixture
def client(
    account_for: Callable[..., Account], sign_in: Callable[[Account], Client], tree: SimpleNamespace
) -> Client:
    account = account_for("pages", tree.ministry, Role.SUPERVISOR)
    assert actor_for(account).grants
    return sign_in(account)


def test_the_pages_show_both_sides_and_take_the_decision(pair: NationalDuplicate, client: Client) -> None:
    page = client.get("/duplicates/national/").content.decode()
    assert "身份证号码相同" in page
    assert "江苏省交通运输厅 昆山市交通运输综合行政执法大队" in page
    detail = client.get(f"/duplicates/national/{pair.pk}/").content.decode()
    for text in ("江苏省交通运输厅", "上海市交通委员会", "329901**********35", "在职", "通知两省核实"):
        assert text in detail
    assert ID_NUMBER not in page + detail
    act = f"/duplicates/national/{pair.pk}/inform/"
    short = client.post(act, {"note": "核实"})
    assert short.status_code == 400
    assert "至少 5 个字" in short.content.decode()
    assert client.post(act, {"note": "两省在册，请核实"}).status_code == 302
    assert "两省核实中" in client.get("/duplicates/national/?state=informed").content.decode()
    assert client.get(act).status_code == 409
    assert client.get(f"/duplicates/national/{pair.pk}/settle/").status_code == 404
    assert client.get("/duplicates/national/999999/").status_code == 404
