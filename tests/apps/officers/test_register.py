"""Entering and changing officers: the rules, the scope, the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.officers.entries import ID_NUMBER, entry
from tests.support.proofs import pdf
from warrant.adapters.made_up_portraits import portrait
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors import (
    chain_of,
    document_content,
    id_number_of,
    masked_id_number,
    officer_for,
    officers_for_list,
    own_officer,
    timeline_of,
)
from warrant.apps.officers.services import (
    add_education_record,
    change_officer,
    enter_officer,
    open_account_for_officer,
    set_photo,
    unmask_id_number,
)
from warrant.apps.officers.services.entering import EntryRefused
from warrant.apps.officers.types import ChainLink
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

PDF = pdf("made-up diploma")


def changes(**fields: str) -> dict[str, str]:
    return {name: text for name, text in entry(**fields).items() if name not in ("id_number", "agency")}


def actions(officer: Officer) -> list[str]:
    rows = AuditRow.objects.filter(subject=f"officer:{officer.pk}").order_by("entry_id")
    return [row.action for row in rows]


def test_the_id_number_says_sex_and_birth_date(officer: Officer) -> None:
    assert (officer.sex, officer.birth_on) == ("1", date(1990, 5, 1))


def test_an_officer_lies_where_the_unit_lies(officer: Officer, tree: SimpleNamespace) -> None:
    assert officer.place == tree.kunshan_brigade.place
    assert actions(officer) == ["officer.entered"]


def test_a_date_is_kept_as_precisely_as_it_was_known(officer: Officer) -> None:
    assert (officer.work_started_on, officer.work_started_precision) == (date(2012, 7, 1), "month")
    assert (officer.enforcement_started_on, officer.enforcement_started_precision) == (
        date(2015, 3, 1),
        "day",
    )


def test_the_id_number_is_sealed_for_this_officer_only(
    officer: Officer, registrar: Actor, now: datetime, today: date
) -> None:
    assert ID_NUMBER.encode() not in bytes(officer.id_number_sealed)
    assert id_number_of(officer) == ID_NUMBER
    assert masked_id_number(officer) == "329901**********35"
    other, _doubts = enter_officer(
        registrar, entry(name="曾某", id_number="329901198503020025"), on=today, now=now
    )
    other.id_number_sealed = officer.id_number_sealed
    with pytest.raises(InvalidInput):
        id_number_of(other)


def test_several_wrong_things_are_told_at_once(
    vault: Any, registrar: Actor, now: datetime, today: date
) -> None:
    wrong = entry(name="", id_number="329901199005011234", agency="不存在的大队", work_started="2030-01")
    with pytest.raises(EntryRefused) as refused:
        enter_officer(registrar, wrong, on=today, now=now)
    found = {(finding.column, finding.code) for finding in refused.value.findings}
    assert found >= {
        ("姓名", "missing-name"),
        ("身份证号码", "id-checksum"),
        ("所在单位", "unknown-unit"),
        ("参加工作时间", "future-date"),
    }
    assert not Officer.system.exists()


def test_nobody_is_registered_twice(officer: Officer, registrar: Actor, now: datetime, today: date) -> None:
    with pytest.raises(InvalidInput) as refused:
        enter_officer(registrar, entry(), on=today, now=now)
    assert (refused.value.code, refused.value.place) == ("already-registered", "id_number")


def test_nobody_enters_officers_of_another_unit(
    vault: Any, stranger: Actor, now: datetime, today: date
) -> None:
    with pytest.raises(InvalidInput) as refused:
        enter_officer(stranger, entry(), on=today, now=now)
    assert (refused.value.code, refused.value.place) == ("out-of-scope-unit", "agency")


def test_a_change_is_recorded_with_before_and_after(
    officer: Officer, registrar: Actor, now: datetime, today: date
) -> None:
    _changed, _doubts, fields = change_officer(
        registrar,
        officer.pk,
        changes(position="副大队长"),
        officer.revision,
        on=today,
        now=now,
    )
    assert fields == ["职务"]
    row = AuditRow.objects.get(action="officer.changed")
    assert row.summary == "职务：一级主任科员 → 副大队长"


def test_nothing_changed_leaves_no_trace(
    officer: Officer, registrar: Actor, now: datetime, today: date
) -> None:
    _same, _doubts, fields = change_officer(
        registrar, officer.pk, changes(), officer.revision, on=today, now=now
    )
    assert fields == []
    assert actions(officer) == ["officer.entered"]


def test_a_new_name_is_found_and_the_old_one_is_not(
    officer: Officer, registrar: Actor, now: datetime, today: date
) -> None:
    change_officer(registrar, officer.pk, changes(name="曾书白"), officer.revision, on=today, now=now)
    assert officers_for_list(registrar, token="zsb").get().name == "曾书白"
    assert not officers_for_list(registrar, token="单").exists()


@pytest.mark.parametrize(
    ("unit", "role", "error"),
    [("nanjing", Role.REGISTRAR, NotFound), ("kunshan", Role.REVIEWER, NotPermitted)],
)
def test_out_of_scope_and_without_the_right_are_told_apart(
    officer: Officer,
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    now: datetime,
    today: date,
    unit: str,
    role: Role,
    error: type[Exception],
) -> None:
    somebody = actor("somebody", getattr(tree, unit), role)
    with pytest.raises(error):
        change_officer(somebody, officer.pk, changes(post=""), officer.revision, on=today, now=now)


def test_seeing_the_id_number_needs_a_reason_and_leaves_a_trace(
    officer: Officer, registrar: Actor, now: datetime
) -> None:
    with pytest.raises(InvalidInput):
        unmask_id_number(registrar, officer.pk, "  ", now=now)
    _officer, text = unmask_id_number(registrar, officer.pk, "核对社保信息", now=now)
    assert text == ID_NUMBER
    row = AuditRow.objects.get(action="officer.id-number-seen")
    assert (row.account_name, row.summary) == ("registrar", "核对社保信息")


def test_no_whole_id_number_stands_in_the_ledger(officer: Officer, registrar: Actor, now: datetime) -> None:
    unmask_id_number(registrar, officer.pk, "核对社保信息", now=now)
    assert all(ID_NUMBER.encode() not in bytes(row.entry.body) for row in AuditRow.objects.all())


def test_a_supervisor_sees_no_whole_id_number(
    officer: Officer, tree: SimpleNamespace, actor: Callable[..., Actor], now: datetime
) -> None:
    supervisor = actor("supervisor", tree.suzhou, Role.SUPERVISOR)
    with pytest.raises(NotPermitted):
        unmask_id_number(supervisor, officer.pk, "好奇", now=now)


def test_the_highest_education_becomes_the_officers(
    officer: Officer, registrar: Actor, now: datetime, today: date
) -> None:
    values = {
        "education": "14",
        "degree": "3",
        "school": "东南大学",
        "major": "交通工程",
        "graduated_on": date(2018, 6, 30),
    }
    row = add_education_record(registrar, officer.pk, values, PDF, "diploma.pdf", on=today, now=now)
    officer.refresh_from_db()
    assert (officer.education, officer.school) == ("14", "东南大学")
    assert document_content(row.proof) == PDF
    lower = {**values, "education": "31", "school": "扬州职业大学", "graduated_on": date(2010, 6, 30)}
    add_education_record(registrar, officer.pk, lower, PDF, "old.pdf", on=today, now=now)
    officer.refresh_from_db()
    assert officer.education == "14"


@pytest.mark.parametrize(
    ("graduated_on", "raw", "place"),
    [
        (date(2027, 1, 1), PDF, "graduated_on"),
        (date(1995, 1, 1), PDF, "graduated_on"),
        (date(2018, 6, 30), b"MZ", "proof"),
        (date(2018, 6, 30), b"", "proof"),
    ],
)
def test_a_wrong_education_is_told_beside_its_field(
    officer: Officer, registrar: Actor, now: datetime, today: date, graduated_on: date, raw: bytes, place: str
) -> None:
    values = {"education": "21", "degree": "", "school": "甲", "major": "乙", "graduated_on": graduated_on}
    with pytest.raises(InvalidInput) as refused:
        add_education_record(registrar, officer.pk, values, raw, "x.pdf", on=today, now=now)
    assert refused.value.place == place


def test_a_good_photo_is_kept_and_a_bad_one_leaves_the_earlier(
    officer: Officer, registrar: Actor, now: datetime
) -> None:
    set_photo(registrar, officer.pk, portrait(7, "male"), "photo.jpg", now=now)
    officer.refresh_from_db()
    assert officer.photo is not None
    kept = officer.photo.digest
    with pytest.raises(InvalidInput) as refused:
        set_photo(registrar, officer.pk, PDF, "photo.jpg", now=now)
    assert refused.value.place == "photo"
    officer.refresh_from_db()
    assert officer.photo is not None
    assert officer.photo.digest == kept
    assert actions(officer) == ["officer.entered", "officer.photo-set"]


def test_the_officers_account_reaches_the_own_record_only(
    officer: Officer, registrar: Actor, now: datetime, today: date
) -> None:
    _officer, account, password = open_account_for_officer(registrar, officer.pk, "shan.shubai", now=now)
    assert account.check_password(password)
    other, _doubts = enter_officer(
        registrar, entry(name="曾某", id_number="329901198503020025"), on=today, now=now
    )
    from_login = actor_for(account)
    assert own_officer(from_login) == officer
    assert officer_for(from_login, officer.pk) == officer
    with pytest.raises(NotFound):
        officer_for(from_login, other.pk)
    with pytest.raises(Conflict):
        open_account_for_officer(registrar, officer.pk, "shan.second", now=now)


def test_the_chain_shows_what_is_still_to_come_at_this_place(
    officer: Officer, tree: SimpleNamespace, registrar: Actor, settings: Any
) -> None:
    settings.WARRANT_CHAIN_PROVIDERS = []
    assert [(link.title, link.tone) for link in chain_of(officer)] == [
        ("登记入册", "whole"),
        ("资格条件", "pending"),
        ("审查", "pending"),
        ("核审", "pending"),
        ("审批", "pending"),
        ("备案", "pending"),
        ("制卡", "pending"),
        ("发放", "pending"),
        ("本年年审", "pending"),
    ]
    officer.put_at(tree.jiangsu_brigade.place)
    assert [link.title for link in chain_of(officer)][1:4] == ["资格条件", "审批", "备案"]


def applying(officer: Officer) -> list[ChainLink]:
    return [ChainLink("备案", "current", order=60), ChainLink("备案", "pending", order=60)]


def filing(officer: Officer) -> list[ChainLink]:
    return [ChainLink("备案", "whole", unit="交通运输部", order=60)]


def test_two_apps_that_speak_of_one_link_make_one_link(officer: Officer, settings: Any) -> None:
    here = "tests.apps.officers.test_register"
    settings.WARRANT_CHAIN_PROVIDERS = [f"{here}.applying"]
    assert [link.tone for link in chain_of(officer) if link.order == 60] == ["current"]
    settings.WARRANT_CHAIN_PROVIDERS = [f"{here}.applying", f"{here}.filing"]
    assert [link.unit for link in chain_of(officer) if link.order == 60] == ["交通运输部"]


def test_the_timeline_tells_who_did_what(officer: Officer, registrar: Actor, now: datetime) -> None:
    unmask_id_number(registrar, officer.pk, "办理调动，核对原件", now=now)
    assert [(line.title, line.person) for line in timeline_of(officer)] == [
        ("查看完整身份证号码", "registrar"),
        ("登记入册", "registrar"),
    ]
