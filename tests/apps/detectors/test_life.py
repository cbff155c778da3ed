"""A finding's life: it opens once, ends by itself, opens again, goes up when it is overdue."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support.at_once import at_once, shared_database
from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.audit.models import AuditRow
from warrant.apps.detectors.models import DetectorLook, Finding
from warrant.apps.detectors.selectors import looking as looking_selectors
from warrant.apps.detectors.selectors.findings import findings_for, work_queues
from warrant.apps.detectors.services import (
    assign_finding,
    close_finding,
    follow_transfer,
    free_findings,
    look_daily,
    put_finding_back,
    raise_overdue,
    start_look,
)
from warrant.apps.detectors.services import looking as looking_services
from warrant.apps.detectors.services.looking import SupersededError, look_with
from warrant.apps.foundation.jobs import run_waiting_jobs
from warrant.apps.foundation.models import Job
from warrant.apps.foundation.work import waiting
from warrant.apps.officers.models import Officer
from warrant.core.access import Permission, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.qualification.detection import Detector

pytestmark = pytest.mark.django_db

D = Detector.WITHOUT_CERTIFICATE


@pytest.fixture
def officer(enter):
    return enter("单书白", post="执法岗", arrived_on=date(2020, 1, 1))


@pytest.fixture
def finding(officer, pending):
    (found,) = pending(D)
    return found


def _mend(officer):
    Officer.system.filter(pk=officer.pk).update(post="综合管理岗")


def _break(officer):
    Officer.system.filter(pk=officer.pk).update(post="执法岗")


def test_a_finding_is_due_after_ten_working_days_at_the_county(finding, tree):
    assert (finding.due_on, finding.held_by) == (date(2026, 12, 4), tree.kunshan)
    assert finding.place.county_id == tree.kunshan.pk


def test_looking_again_changes_nothing(finding, pending, now):
    (again,) = pending(D, now + timedelta(days=1))
    assert (again.pk, again.opened_at, again.due_on) == (finding.pk, finding.opened_at, finding.due_on)
    assert list(again.entries.all()) == []


def test_what_no_longer_holds_ends_by_itself(finding, officer, pending, now):
    _mend(officer)
    assert pending(D, now + timedelta(days=1)) == []
    finding.refresh_from_db()
    assert (finding.state, finding.entries.get().action) == ("resolved", "resolve")


def test_what_holds_again_opens_again_with_a_new_deadline(finding, officer, pending, now):
    _mend(officer)
    pending(D, now + timedelta(days=1))
    _break(officer)
    (again,) = pending(D, now + timedelta(days=8))
    assert (again.pk, again.times_opened, again.due_on) == (finding.pk, 2, date(2026, 12, 14))
    assert [entry.action for entry in again.entries.order_by("pk")] == ["resolve", "reopen"]


def test_a_closed_finding_rests_until_its_deadline_and_opens_if_it_still_holds(
    finding, registrar, pending, now
):
    close_finding(registrar, finding.pk, "已调离执法岗位，档案正在更正", now=now)
    assert pending(D, now + timedelta(days=12)) == []
    (again,) = pending(D, now + timedelta(days=13))
    assert (again.state, again.reason, again.times_opened) == ("open", "", 2)


def test_a_finding_closed_too_late_gets_one_more_term(finding, registrar, now):
    done = close_finding(registrar, finding.pk, "已调离执法岗位，档案正在更正", now=now + timedelta(days=20))
    assert done.looks_again_on == date(2026, 12, 25)


def test_a_closed_finding_that_was_mended_is_resolved(finding, officer, registrar, pending, now):
    close_finding(registrar, finding.pk, "已调离执法岗位，档案正在更正", now=now)
    _mend(officer)
    pending(D, now + timedelta(days=1))
    finding.refresh_from_db()
    assert (finding.state, finding.reason) == ("resolved", "")


def test_two_looks_at_once_make_one_finding(officer, now, monkeypatch):
    read = looking_selectors.look

    def read_slowly(*arguments):
        found = read(*arguments)
        monkeypatch.setattr(looking_services, "look", read)
        look_with(D, now=now)
        return found

    monkeypatch.setattr(looking_services, "look", read_slowly)
    with pytest.raises(SupersededError):
        look_with(D, now=now)
    assert Finding.system.count() == 1
    assert DetectorLook.objects.get(detector=D.value).ended_round == 2


def test_a_finding_is_given_to_a_person_and_put_back(finding, registrar, reviewer, now):
    given = assign_finding(registrar, finding.pk, reviewer.account_id, now=now)
    assert (given.state, given.assigned_to_id) == ("assigned", reviewer.account_id)
    back = put_finding_back(reviewer, finding.pk, now=now)
    assert (back.state, back.assigned_to) == ("open", None)
    assert [(one.action, one.text) for one in back.entries.order_by("pk")] == [
        ("assign", "lu"),
        ("put-back", "lu"),
    ]
    assert AuditRow.objects.filter(action__startswith="finding.").count() == 3


def test_giving_it_to_the_same_person_twice_is_a_conflict(finding, registrar, now):
    assign_finding(registrar, finding.pk, registrar.account_id, now=now)
    with pytest.raises(Conflict):
        assign_finding(registrar, finding.pk, registrar.account_id, now=now)


def test_only_somebody_who_deals_with_findings_on_the_way_up_can_be_given_one(
    finding, registrar, statistician, actor, tree, now
):
    elsewhere = actor("he", tree.nanjing, Role.REGISTRAR)
    for person in (statistician, elsewhere):
        with pytest.raises(InvalidInput) as caught:
            assign_finding(registrar, finding.pk, person.account_id, now=now)
        assert caught.value.code == "not-a-possible-owner"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("改了", "reason-length"),
        ("改" * 301, "reason-length"),
        ("32990119900501001X 已调离岗位", "id-number-in-reason"),
    ],
)
def test_a_finding_is_closed_with_words(finding, registrar, now, reason, code):
    with pytest.raises(InvalidInput) as caught:
        close_finding(registrar, finding.pk, reason, now=now)
    assert caught.value.code == code


def test_a_closed_finding_cannot_be_closed_again(finding, registrar, now):
    close_finding(registrar, finding.pk, "已调离执法岗位", now=now)
    with pytest.raises(Conflict):
        close_finding(registrar, finding.pk, "已调离执法岗位", now=now)


def test_out_of_reach_there_is_nothing_and_looking_is_not_handling(finding, statistician, actor, tree, now):
    with pytest.raises(NotFound):
        close_finding(actor("he", tree.nanjing, Role.REGISTRAR), finding.pk, "已调离执法岗位", now=now)
    with pytest.raises(NotPermitted):
        close_finding(statistician, finding.pk, "已调离执法岗位", now=now)


def _titles(viewer):
    return [item.title for item in waiting(work_queues(viewer))]


def test_an_overdue_finding_goes_up_one_level_at_a_time(finding, registrar, verifier, approver, tree, now):
    assert _titles(registrar) == ["监督发现·无证在执法岗位：单书白"]
    assert _titles(verifier) == []
    assert raise_overdue(now=now + timedelta(days=12)) == 0
    assert raise_overdue(now=now + timedelta(days=13)) == 1
    assert raise_overdue(now=now + timedelta(days=13)) == 0
    finding.refresh_from_db()
    assert (finding.held_by, finding.raise_on) == (tree.suzhou, date(2026, 12, 18))
    assert _titles(verifier) == ["上提督办·无证在执法岗位：单书白"]
    assert _titles(registrar) == ["监督发现·无证在执法岗位：单书白"]
    assert _titles(approver) == []
    raise_overdue(now=now + timedelta(days=30))
    finding.refresh_from_db()
    assert (finding.held_by, finding.raise_on) == (tree.jiangsu, None)
    assert _titles(approver) == ["上提督办·无证在执法岗位：单书白"]
    assert [one.action for one in finding.entries.all()] == ["raise", "raise"]


def test_a_finding_goes_with_its_officer_and_leaves_the_old_colleague(finding, officer, registrar, tree, now):
    assign_finding(registrar, finding.pk, registrar.account_id, now=now)
    follow_transfer(
        officer,
        officer.place,
        tree.suzhou_brigade.place,
        effective_on=now.date(),
        actor=registrar,
        now=now,
    )
    finding.refresh_from_db()
    assert (finding.state, finding.held_by, finding.county_unit) == ("open", tree.suzhou, None)


def test_a_scope_shows_its_own_findings_only(finding, registrar, actor, tree):
    assert list(findings_for(registrar)) == [finding]
    assert list(findings_for(actor("he", tree.nanjing, Role.REGISTRAR))) == []
    assert list(findings_for(actor("card", tree.jiangsu, Role.CARD_OPERATOR))) == []


def test_the_day_begins_with_one_look(now, tree):
    early = now.replace(hour=20)  # 4:00 of the next day in China
    look_daily(now=early)
    look_daily(now=early + timedelta(minutes=1))
    assert Job.objects.filter(kind="detectors.look").count() == 1
    run_waiting_jobs()
    assert Job.objects.get().state == "done"
    look_daily(now=early + timedelta(days=1))
    assert Job.objects.filter(kind="detectors.look").count() == 2


def test_whoever_deals_with_findings_of_the_whole_node_can_look_now(officer, approver, registrar, now):
    with pytest.raises(NotFound):
        start_look(registrar, now=now)
    job = start_look(approver, now=now)
    with pytest.raises(Conflict):
        start_look(approver, now=now)
    run_waiting_jobs()
    job.refresh_from_db()
    assert job.result_text == "共 1 项；新发现 1，重新列出 0，已消除 0"


@pytest.mark.django_db(transaction=True)
def test_two_people_close_a_finding_once(finding, registrar, reviewer, now, tmp_path):
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda who=who: close_finding(who, finding.pk, "已调离执法岗位", now=now)
                for who in (registrar, reviewer)
            )
        )
        assert sorted(ends) == ["done", "wrong-state"]
        assert finding.entries.count() == 1


def test_nobody_looks_at_findings_by_a_right_to_officers_alone(finding, statistician):
    assert findings_for(statistician, Permission.FINDING_VIEW).count() == 1
    assert findings_for(statistician, Permission.FINDING_HANDLE).count() == 0


@pytest.mark.parametrize("gone", ["account", "role"])
def test_nothing_lies_with_somebody_who_has_left(finding, registrar, reviewer, now, gone):
    assign_finding(registrar, finding.pk, reviewer.account_id, now=now)
    assert free_findings(now=now) == 0
    if gone == "account":
        Account.objects.filter(pk=reviewer.account_id).update(is_active=False)
    else:
        RoleAssignment.objects.filter(account=reviewer.account_id).update(withdrawn_at=now)
    assert free_findings(now=now) == 1
    finding.refresh_from_db()
    assert (finding.state, finding.assigned_to) == ("open", None)
    assert finding.entries.latest("pk").text == "lu"


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_start_one_look(approver, actor, tree, now, tmp_path):
    second = actor("wei", tree.jiangsu, Role.APPROVER)
    with shared_database(tmp_path):
        ends = at_once(*(lambda who=who: start_look(who, now=now) for who in (approver, second)))
        assert sorted(ends) == ["done", "look-under-way"]
        assert Job.objects.filter(kind="detectors.look").count() == 1
