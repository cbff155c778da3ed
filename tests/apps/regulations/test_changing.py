"""Two people change a regulation, and the rest of the node follows from its first day."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.apps.regulations.conftest import CALENDAR_2028, HEADING, put_into_force
from tests.apps.regulations.sample import NATIONAL

from warrant.apps.audit.models import AuditRow
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors import forget_regulations, in_force
from warrant.apps.regulations.selectors.versions import (
    allowed_actions,
    clashing_provinces,
    is_up_to_date,
    version_for,
    versions_for,
)
from warrant.apps.regulations.services import (
    change_heading,
    change_line,
    change_rest,
    confirm_regulation,
    draft_regulation,
    drop_line,
    propose_regulation,
    rebase_draft,
    restore_line,
    send_back,
    withdraw_regulation,
)
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.regulation import RegulationKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_kind")]

FIRST_DAY = date(2026, 12, 1)
LAW_30 = {**NATIONAL["lines"][0], "hours": 30}


def hours(code: str = "320000", on: date = FIRST_DAY) -> Any:
    forget_regulations()
    return in_force("training", code, on).document


def test_a_confirmed_version_counts_from_its_first_day(editors: SimpleNamespace, now: datetime) -> None:
    version = put_into_force(editors, "training", LAW_30, now)
    assert (version.number, version.state, version.jurisdiction) == (1, "confirmed", "320000")
    assert hours() == {"law": 30, "practice": 40}
    assert hours(on=FIRST_DAY - timedelta(days=1)) == {"law": 20, "practice": 40}


def test_a_province_keeps_only_what_differs(editors: SimpleNamespace, now: datetime) -> None:
    version = put_into_force(editors, "training", LAW_30, now)
    assert version.layer == {"lines": [LAW_30]}
    assert version.content["lines"][1]["hours"] == 40


def test_whoever_wrote_on_a_draft_does_not_confirm_it(editors: SimpleNamespace, now: datetime) -> None:
    version = draft_regulation(editors.first, "training", HEADING, now=now)
    change_line(editors.second, version.pk, LAW_30, now=now)
    propose_regulation(editors.first, version.pk, now=now)
    for author in (editors.first, editors.second):
        with pytest.raises(NotPermitted, match="own-draft"):
            confirm_regulation(author, version.pk, now=now)
        assert "confirm" not in allowed_actions(author, version_for(author, version.pk))


def test_the_database_itself_refuses_one_person_for_both(editors: SimpleNamespace, now: datetime) -> None:
    version = put_into_force(editors, "training", LAW_30, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegulationVersion.objects.filter(pk=version.pk).update(confirmed_by=version.drafted_by)


def test_a_confirmed_text_never_changes(editors: SimpleNamespace, now: datetime) -> None:
    version = put_into_force(editors, "training", LAW_30, now)
    attempts = (
        lambda: change_line(editors.first, version.pk, LAW_30, now=now),
        lambda: change_heading(editors.first, version.pk, HEADING, now=now),
        lambda: drop_line(editors.first, version.pk, "law", now=now),
        lambda: withdraw_regulation(editors.first, version.pk, now=now),
        lambda: confirm_regulation(editors.second, version.pk, now=now),
        lambda: send_back(editors.second, version.pk, "请改学时", now=now),
    )
    for attempt in attempts:
        with pytest.raises(Conflict):
            attempt()


def test_without_the_right_nothing_is_drafted(editors: SimpleNamespace, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        draft_regulation(editors.registrar, "training", HEADING, now=now)


def test_a_province_cannot_change_the_calendar(editors: SimpleNamespace, now: datetime) -> None:
    with pytest.raises(Conflict, match="set-by-the-nation"):
        draft_regulation(editors.first, "calendar", HEADING, now=now)


def test_a_day_that_has_passed_is_refused(editors: SimpleNamespace, now: datetime) -> None:
    passed = dataclasses.replace(HEADING, valid_from=date(2026, 11, 21))
    with pytest.raises(InvalidInput) as refusal:
        draft_regulation(editors.first, "training", passed, now=now)
    assert (refusal.value.code, refusal.value.place) == ("valid-from-passed", "valid_from")


def test_what_waited_beyond_its_first_day_cannot_be_confirmed(
    editors: SimpleNamespace, now: datetime
) -> None:
    version = draft_regulation(editors.first, "training", HEADING, now=now)
    change_line(editors.first, version.pk, LAW_30, now=now)
    propose_regulation(editors.first, version.pk, now=now)
    with pytest.raises(InvalidInput, match="valid-from-passed"):
        confirm_regulation(editors.second, version.pk, now=now + timedelta(days=10))


def test_a_faulty_line_is_refused_at_its_field(editors: SimpleNamespace, now: datetime) -> None:
    version = draft_regulation(editors.first, "training", HEADING, now=now)
    with pytest.raises(InvalidInput) as refusal:
        change_line(editors.first, version.pk, {**LAW_30, "hours": 5}, now=now)
    assert refusal.value.place == "hours"
    version.refresh_from_db()
    assert version.content == NATIONAL


def test_a_draft_with_faults_can_be_kept_but_not_proposed(editors: SimpleNamespace, now: datetime) -> None:
    version = draft_regulation(editors.first, "training", HEADING, now=now)
    change_rest(editors.first, version.pk, {"least": 30}, now=now)
    with pytest.raises(InvalidInput) as refusal:
        propose_regulation(editors.first, version.pk, now=now)
    assert refusal.value.place == "lines.0.hours"


def test_a_draft_that_changes_nothing_cannot_be_proposed(editors: SimpleNamespace, now: datetime) -> None:
    version = draft_regulation(editors.first, "training", HEADING, now=now)
    with pytest.raises(InvalidInput, match="changes-nothing"):
        propose_regulation(editors.first, version.pk, now=now)


def test_lines_are_dropped_restored_and_added(editors: SimpleNamespace, now: datetime) -> None:
    version = draft_regulation(editors.first, "training", HEADING, now=now)
    drop_line(editors.first, version.pk, "law", now=now)
    change_line(editors.first, version.pk, {**LAW_30, "id": "ethics"}, now=now)
    version.refresh_from_db()
    assert [line["id"] for line in version.content["lines"]] == ["practice", "ethics"]
    with pytest.raises(NotFound):
        drop_line(editors.first, version.pk, "law", now=now)
    restore_line(editors.first, version.pk, "law", now=now)
    version = restore_line(editors.first, version.pk, "ethics", now=now)
    assert sorted(line["id"] for line in version.content["lines"]) == ["law", "practice"]


def test_of_two_people_at_one_draft_the_second_is_told(editors: SimpleNamespace, now: datetime) -> None:
    version = draft_regulation(editors.first, "training", HEADING, now=now)
    read_at = version.changed_at
    change_line(editors.second, version.pk, LAW_30, now=now + timedelta(minutes=1), read_at=read_at)
    with pytest.raises(Conflict, match="changed-meanwhile"):
        drop_line(editors.first, version.pk, "practice", now=now, read_at=read_at)


def test_a_draft_does_not_undo_what_was_confirmed_meanwhile(editors: SimpleNamespace, now: datetime) -> None:
    older = draft_regulation(editors.first, "training", HEADING, now=now)
    change_line(editors.first, older.pk, {**NATIONAL["lines"][1], "hours": 50}, now=now)
    put_into_force(editors, "training", LAW_30, now)
    forget_regulations()
    older.refresh_from_db()
    assert not is_up_to_date(older)
    with pytest.raises(Conflict, match="base-changed"):
        propose_regulation(editors.first, older.pk, now=now)
    rebase_draft(editors.first, older.pk, now=now)
    propose_regulation(editors.first, older.pk, now=now)
    second = confirm_regulation(editors.second, older.pk, now=now)
    assert second.number == 2
    assert hours() == {"law": 30, "practice": 50}


def test_a_draft_goes_back_with_a_reason_and_is_proposed_again(
    editors: SimpleNamespace, now: datetime
) -> None:
    version = draft_regulation(editors.first, "training", HEADING, now=now)
    change_line(editors.first, version.pk, LAW_30, now=now)
    propose_regulation(editors.first, version.pk, now=now)
    with pytest.raises(InvalidInput) as refusal:
        send_back(editors.second, version.pk, " 改 ", now=now)
    assert refusal.value.place == "reason"
    send_back(editors.second, version.pk, "学时依据不足，请补充", now=now)
    version.refresh_from_db()
    assert (version.state, version.remark) == ("draft", "学时依据不足，请补充")
    propose_regulation(editors.first, version.pk, now=now)
    version.refresh_from_db()
    assert (version.state, version.remark) == ("proposed", "")


def test_a_withdrawn_draft_is_over(editors: SimpleNamespace, now: datetime) -> None:
    version = draft_regulation(editors.first, "training", HEADING, now=now)
    withdraw_regulation(editors.second, version.pk, now=now)
    assert allowed_actions(editors.first, version_for(editors.first, version.pk)) == []


def test_drafts_are_for_those_who_draft(editors: SimpleNamespace, now: datetime) -> None:
    version = draft_regulation(editors.first, "training", HEADING, now=now)
    assert list(versions_for(editors.registrar)) == []
    with pytest.raises(NotFound):
        version_for(editors.registrar, version.pk)


def test_every_act_stands_in_the_ledger(editors: SimpleNamespace, now: datetime) -> None:
    version = put_into_force(editors, "training", LAW_30, now)
    acts = AuditRow.objects.filter(subject=f"regulation:{version.pk}").order_by("pk")
    assert list(acts.values_list("action", "account_name")) == [
        ("regulation.drafted", "first"),
        ("regulation.changed", "first"),
        ("regulation.propose", "first"),
        ("regulation.confirm", "second"),
    ]


def test_what_the_ministry_sets_counts_in_every_province(
    at_ministry: None, national_editors: SimpleNamespace, now: datetime
) -> None:
    put_into_force(national_editors, "calendar", CALENDAR_2028, now)
    forget_regulations()
    assert in_force("calendar", "320000", FIRST_DAY).document.years == (2025, 2026, 2027, 2028)


def test_a_province_whose_differences_do_not_go_with_the_nation_decides_nothing(
    editors: SimpleNamespace, now: datetime, settings: Any
) -> None:
    put_into_force(editors, "training", {**LAW_30, "hours": 12}, now)
    stricter = {**NATIONAL, "least": 15}
    assert clashing_provinces(RegulationKind.TRAINING, stricter, FIRST_DAY) == ["320000"]
    RegulationVersion.objects.create(
        kind="training",
        number=1,
        title="部",
        content=stricter,
        digest="0" * 64,
        valid_from=FIRST_DAY,
        state="confirmed",
        drafted_by_name="部",
        drafted_at=now,
        changed_at=now,
        confirmed_at=now,
    )
    with pytest.raises(Conflict, match="regulation-layers-clash"):
        hours()
    assert hours("310000") == {"law": 20, "practice": 40}
