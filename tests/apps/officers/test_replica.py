"""What a province records stands at the ministry: each version once, in order, without a plain ID number on the way."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.apps.officers.entries import ID_NUMBER, entry
from tests.apps.officers.replica_world import OBSERVER, arrive, become_ministry, forget_officers, told
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import LogEntry
from warrant.apps.officers.models import Officer, OfficerVersion, RecordRequest, ReplicaDue, UnknownUnit
from warrant.apps.officers.selectors.national import NATIONAL_KEYS, NationalSeal
from warrant.apps.officers.selectors.sealing import id_number_index, id_number_of
from warrant.apps.officers.services import enter_officer
from warrant.apps.officers.services.replica import queue_everything, send_due_versions
from warrant.apps.officers.services.replica_content import items_of
from warrant.apps.officers.services.replica_receiving import receive_officers_changed, standing_codes
from warrant.apps.officers.services.requests import apply_request, request_deletion
from warrant.apps.officers.services.writing import write_change
from warrant.apps.organisations.models import Agency, AgencyVersion
from warrant.apps.organisations.services import open_agency, rename_agency
from warrant.core.access import Actor, Level, Role
from warrant.core.errors import Conflict, InvalidInput
from warrant.core.ledger.event import Event
from warrant.core.lifecycle import ChangeKind
from warrant.core.standards.id_number import without_id_numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(vault: SoftwareVault) -> SoftwareVault:
    """A vault in which the nation's keys have arrived."""
    for label in NATIONAL_KEYS:
        vault.secret(label, 32)
    return vault


@pytest.fixture
def watched(settings: Any) -> None:
    settings.WARRANT_OFFICER_OBSERVERS = [OBSERVER]


def changed(officer: Officer, now: datetime, actor: Actor, **values: Any) -> None:
    with transaction.atomic():
        write_change(officer, values, ChangeKind.CHANGED, actor, now=now)


def changed_data(event: Event, **values: Any) -> dict[str, Any]:
    """The event's content with the first officer's members changed."""
    content = json.loads(json.dumps(dict(event.data)))
    content["officers"][0].update(values)
    return content


def received(event: Event, content: dict[str, Any], node: str = "320000") -> ReceivedEvent:
    return ReceivedEvent(event=replace(event, data=content), node=node)


@pytest.fixture
def three_events(
    keys: SoftwareVault, watched: None, registrar: Actor, now: datetime, today: date, settings: Any
) -> list[Event]:
    """Entered, post changed, name changed; then the database is the ministry's, and empty."""
    officer, _doubts = enter_officer(registrar, entry(remark=f"原证 {ID_NUMBER}"), on=today, now=now)
    changed(officer, now + timedelta(minutes=1), registrar, post="稽查岗")
    changed(officer, now + timedelta(minutes=2), registrar, name="单书墨")
    events = told("officers.changed")
    forget_officers()
    become_ministry(settings)
    return events


def test_a_change_leaves_one_event_without_the_id_number(
    keys: SoftwareVault, watched: None, registrar: Actor, now: datetime, today: date
) -> None:
    officer, _doubts = enter_officer(registrar, entry(remark=f"原证 {ID_NUMBER}"), on=today, now=now)
    [event] = told("officers.changed")
    [item] = event.data["officers"]  # type: ignore[misc]  # JSON
    assert event.subject == f"officer:{officer.uid}"
    assert item["agency"] == "320583-01"
    assert item["account"] == "registrar"
    assert item["unit"] == "昆山市交通运输局"
    assert item["content"]["name"] == "单书白"
    assert item["content"]["remark"] == "原证 329901**********35"
    assert "agency_id" not in item["content"]
    assert ID_NUMBER.encode() not in event.raw
    assert NationalSeal().open(officer.uid, base64.b64decode(item["sealed"])) == ID_NUMBER


def test_the_ministry_holds_what_the_province_recorded(
    three_events: list[Event], tree: SimpleNamespace, now: datetime
) -> None:
    later = now + timedelta(minutes=5)
    arrive(three_events, later)
    officer = Officer.system.get()
    assert (officer.name, officer.post, officer.revision) == ("单书墨", "稽查岗", 3)
    assert (officer.owner_node, officer.agency_id) == ("320000", tree.kunshan_brigade.pk)
    assert officer.county_unit == tree.kunshan.pk
    assert id_number_of(officer) == ID_NUMBER
    assert bytes(officer.id_number_index) == id_number_index(ID_NUMBER)
    versions = list(OfficerVersion.system.order_by("revision"))
    assert [version.kind for version in versions] == ["entered", "changed", "changed"]
    assert [version.changed_fields for version in versions] == [[], ["post"], ["name"]]
    assert [version.content["post"] for version in versions] == ["执法岗", "稽查岗", "稽查岗"]
    assert {version.arrived_at for version in versions} == {later}
    assert versions[1].recorded_at == now + timedelta(minutes=1)
    assert (versions[0].account_name, versions[0].account_unit) == ("registrar", "昆山市交通运输局")
    assert officer.name_tokens.filter(token="书墨").exists()
    assert not officer.name_tokens.filter(token="书白").exists()


def test_the_number_of_a_deleted_record_may_come_again(
    keys: SoftwareVault,
    watched: None,
    registrar: Actor,
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
    now: datetime,
    today: date,
    settings: Any,
) -> None:
    officer, _doubts = enter_officer(registrar, entry(), on=today, now=now)
    request = request_deletion(registrar, officer.pk, "登记错人了", now=now)
    apply_request(actor("second", tree.kunshan, Role.REVIEWER), request.pk, now=now)
    enter_officer(registrar, entry(name="单书墨"), on=today, now=now)
    events = told("officers.changed")
    RecordRequest.system.all().delete()
    forget_officers()
    become_ministry(settings)
    arrive(events, now)
    assert dict(Officer.system.values_list("name", "state")) == {"单书白": "deleted", "单书墨": "active"}
    assert Officer.system.get(id_number_index=id_number_index(ID_NUMBER)).name == "单书墨"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2, 1, 0), (2, 2, 0, 1)])
def test_any_order_and_any_repetition_end_the_same(
    three_events: list[Event], now: datetime, order: tuple[int, ...]
) -> None:
    arrive([three_events[at] for at in order], now)
    officer = Officer.system.get()
    assert (officer.name, officer.post, officer.revision) == ("单书墨", "稽查岗", 3)
    assert list(officer.versions.order_by("revision").values_list("revision", flat=True)) == [1, 2, 3]


def test_another_node_cannot_write_the_officer(three_events: list[Event], now: datetime) -> None:
    arrive(three_events[:1], now)
    with pytest.raises(Conflict, match="replica-of-another-node"):
        arrive(three_events[1:2], now, node="310000")


def test_a_province_cannot_place_its_officer_elsewhere(three_events: list[Event], now: datetime) -> None:
    content = changed_data(three_events[0], agency="310115")
    with pytest.raises(InvalidInput, match="replica-unit-foreign"):
        receive_officers_changed(received(three_events[0], content), now=now)


def test_an_index_that_belongs_to_another_number_is_refused(three_events: list[Event], now: datetime) -> None:
    content = changed_data(three_events[0], index="00" * 16)
    with pytest.raises(InvalidInput, match="replica-index-wrong"):
        receive_officers_changed(received(three_events[0], content), now=now)


@pytest.mark.parametrize(
    "change",
    [
        {"revision": 0},
        {"revision": True},
        {"kind": "invented"},
        {"uid": "x"},
        {"recorded_at": "2026-11-22T08:45:00"},
        {"sealed": "***"},
        {"account": "长" * 81},
        {"content": {"name": "单书白"}},
        {
            "content": {
                "name": "单书白",
                "sex": "1",
                "birth_on": "1990-05-01",
                "state": "active",
                "agency_id": 1,
            }
        },
        {"content": {"name": "单" * 61, "sex": "1", "birth_on": "1990-05-01", "state": "active"}},
        {"content": {"name": "单\x00", "sex": "1", "birth_on": "1990-05-01", "state": "active"}},
        {"content": {"name": "单书白", "sex": "1", "birth_on": "1990-02-30", "state": "active"}},
        {"content": {"name": "单书白", "sex": "1", "birth_on": "1990-05-01", "state": "gone"}},
    ],
)
def test_content_that_is_none_is_refused_whole(
    three_events: list[Event], now: datetime, change: dict[str, Any]
) -> None:
    content = changed_data(three_events[0], **change)
    with pytest.raises(InvalidInput, match="replica-content-invalid"):
        receive_officers_changed(received(three_events[0], content), now=now)
    assert not Officer.system.exists()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


@hypothesis_settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(content=st.fixed_dictionaries({"officers": st.lists(_JSON, min_size=1, max_size=2) | _JSON}))
def test_whatever_a_province_sends_is_read_or_refused(content: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        items_of(content)


def test_without_the_keys_versions_wait_and_go_when_they_have_come(
    vault: SoftwareVault, watched: None, registrar: Actor, now: datetime, today: date, settings: Any
) -> None:
    officer, _doubts = enter_officer(registrar, entry(), on=today, now=now)
    changed(officer, now, registrar, post="稽查岗")
    assert told("officers.changed") == []
    assert send_due_versions(now=now) == 0
    assert ReplicaDue.objects.count() == 2
    for label in NATIONAL_KEYS:
        vault.secret(label, 32)
    assert send_due_versions(now=now) == 2
    assert ReplicaDue.objects.count() == 0
    [event] = told("officers.snapshot")
    forget_officers()
    become_ministry(settings)
    arrive([event], now)
    assert Officer.system.get().post == "稽查岗"
    assert OfficerVersion.system.count() == 2


def test_everything_is_queued_once(keys: SoftwareVault, officer: Officer) -> None:
    assert queue_everything() == OfficerVersion.system.count()
    assert queue_everything() == 0


def test_an_unknown_unit_is_noted_and_the_nearest_one_stands_in(
    three_events: list[Event], tree: SimpleNamespace, now: datetime
) -> None:
    content = changed_data(three_events[0], agency="320583-07", agency_name="昆山市交通运输执法七中队")
    receive_officers_changed(received(three_events[0], content), now=now)
    officer = Officer.system.get()
    assert officer.agency_id == tree.kunshan.pk
    assert (officer.county_unit, officer.agency_unit) == (tree.kunshan.pk, None)
    assert UnknownUnit.objects.get().agency_name == "昆山市交通运输执法七中队"


def test_a_new_unit_of_a_province_reaches_the_ministry_and_takes_its_officers(
    keys: SoftwareVault,
    watched: None,
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    registrar: Actor,
    now: datetime,
    today: date,
    settings: Any,
) -> None:
    system = actor("system", tree.jiangsu, Role.SYSTEM_ADMINISTRATOR)
    unit = open_agency(
        system, tree.kunshan, name="昆山市交通运输执法二大队", level=Level.AGENCY, on=today, now=now
    )
    rename_agency(system, tree.kunshan_brigade, name="昆山市交通运输执法一大队", on=today, now=now)
    enter_officer(registrar, entry(agency="昆山市交通运输执法二大队"), on=today, now=now)
    officers, units = told("officers.changed"), told("organisation.changed")
    forget_officers()
    AgencyVersion.objects.filter(agency=unit).delete()
    unit.delete()
    Agency.objects.filter(pk=tree.kunshan_brigade.pk).update(name="昆山市交通运输综合行政执法大队")
    AgencyVersion.objects.filter(agency=tree.kunshan_brigade).exclude(valid_until=None).update(
        valid_until=None
    )
    become_ministry(settings)
    arrive(officers, now)
    assert Officer.system.get().agency_id == tree.kunshan.pk
    arrive(units, now)
    placed = Officer.system.select_related("agency").get()
    assert placed.agency.name == "昆山市交通运输执法二大队"
    assert placed.agency_unit == placed.agency_id
    assert placed.versions.get().agency_unit == placed.agency_id
    assert not UnknownUnit.objects.exists()
    tree.kunshan_brigade.refresh_from_db()
    assert tree.kunshan_brigade.name == "昆山市交通运输执法一大队"
    assert AgencyVersion.objects.filter(agency=tree.kunshan_brigade).count() == 2


def test_a_province_cannot_change_another_provinces_units(
    keys: SoftwareVault,
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    now: datetime,
    today: date,
    settings: Any,
) -> None:
    system = actor("system", tree.jiangsu, Role.SYSTEM_ADMINISTRATOR)
    rename_agency(system, tree.suzhou_brigade, name="苏州市交通运输执法支队", on=today, now=now)
    events = told("organisation.changed")
    become_ministry(settings)
    with pytest.raises(InvalidInput, match="organisation-foreign"):
        arrive(events, now, node="310000")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("320583-01-02", ["320583-01-02", "320583-01", "320583", "320500", "320000"]),
        ("320583", ["320583", "320500", "320000"]),
        ("320000", ["320000"]),
    ],
)
def test_the_nearest_known_unit_stands_in(code: str, expected: list[str]) -> None:
    assert standing_codes(code, "320000") == expected


def test_the_log_holds_no_plain_number_whatever_is_typed(
    keys: SoftwareVault, watched: None, registrar: Actor, now: datetime, today: date
) -> None:
    officer, _doubts = enter_officer(registrar, entry(), on=today, now=now)
    with transaction.atomic():
        write_change(
            officer,
            {"remark": f"({ID_NUMBER})"},
            ChangeKind.CHANGED,
            registrar,
            now=now,
            reason=f"核对{ID_NUMBER}",
        )
    for row in LogEntry.objects.filter(stream="to-ministry"):
        assert ID_NUMBER.encode() not in bytes(row.body)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("329901199005011235", "329901**********35"),
        ("号码329901199005011235。", "号码329901**********35。"),
        ("32990119900501123x", "329901**********3x"),
        ("329901199013011235", "329901199013011235"),
        ("A329901199005011235", "A329901199005011235"),
        ("1329901199005011235", "1329901199005011235"),
        ("13800000000", "13800000000"),
    ],
)
def test_texts_lose_the_middle_of_what_reads_like_a_number(text: str, shown: str) -> None:
    assert without_id_numbers(text) == shown
