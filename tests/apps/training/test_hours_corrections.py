"""Hours that a confirmed class credited are put right by two people, and by nobody alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from tests.apps.conftest import Enter
from tests.apps.training.classes import SHEET, fill_class, make_class
from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation.models import LogEntry
from warrant.apps.officers.models import Officer
from warrant.apps.training.models import (
    Attendance,
    Enrolment,
    HoursCorrection,
    TrainingAssignment,
    TrainingClass,
    TrainingRecord,
)
from warrant.apps.training.selectors import trainings_of
from warrant.apps.training.selectors.classes import finished_officers, work_queues
from warrant.apps.training.services import assign_training, correct_training
from warrant.apps.training.services.closing import confirm_class, hand_in_class
from warrant.apps.training.services.correcting import (
    ask_hours_correction,
    decide_hours_correction,
    withdraw_hours_correction,
)
from warrant.apps.training.services.enrolling import mark_attendance
from warrant.apps.training.types import HoursChange, Proof, TrainingEntry
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

WHY = "签到表第二页漏计一课"
PROOF = Proof(pdf("重新核对"), "重新核对的考勤表.pdf")


@pytest.fixture
def accounts(tree: SimpleNamespace, account_for: Callable[..., Account]) -> SimpleNamespace:
    return SimpleNamespace(
        clerk=account_for("clerk", tree.suzhou, Role.REGISTRAR),
        manager=account_for("manager", tree.jiangsu, Role.TRAINING_MANAGER),
        second=account_for("second", tree.jiangsu, Role.TRAINING_MANAGER),
        stranger=account_for("stranger", tree.nanjing, Role.REGISTRAR),
        verifier=account_for("verifier", tree.suzhou, Role.VERIFIER),
    )


@pytest.fixture
def people(accounts: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(**{name: actor_for(account) for name, account in vars(accounts).items()})


@pytest.fixture
def officers(enter: Enter) -> list[Officer]:
    return [enter("单书白"), enter("陆怀瑾"), enter("曾国安")]


@pytest.fixture
def confirmed(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> TrainingClass:
    """Ten hours for the first, six for the second, nothing for the third; handed in by the clerk."""
    assign_training(people.clerk, officers, "执法实务提高班", date(2026, 12, 31), "", now=now)
    made = make_class(people.clerk, tree, now)
    fill_class(people.clerk, made, officers, now=now)
    first = made.sessions.earliest("held_on", "begins_at").pk
    _one, two, three = enrolled(made)
    marks = {(first, two): "absent"}
    marks |= {(session, three): "absent" for session in made.sessions.values_list("pk", flat=True)}
    mark_attendance(people.clerk, made.pk, marks, now=now)
    hand_in_class(people.clerk, made.pk, SHEET, now=now)
    return confirm_class(people.manager, made.pk, now=now)


def enrolled(made: TrainingClass) -> list[int]:
    return list(made.enrolments.order_by("number").values_list("pk", flat=True))


def hours_of(officers: list[Officer]) -> list[list[int]]:
    return [[row.hours for row in trainings_of(officer)] for officer in officers]


def ask(actor: Actor, made: TrainingClass, now: datetime, **by_place: dict[str, int]) -> HoursCorrection:
    keys = enrolled(made)
    changes = [HoursChange(keys[int(place[1:]) - 1], hours) for place, hours in by_place.items()]
    return ask_hours_correction(actor, made.pk, changes, PROOF, WHY, now=now)


def test_the_new_hours_take_the_place_of_the_old_ones_once_another_agrees(
    people: SimpleNamespace, confirmed: TrainingClass, officers: list[Officer], now: datetime
) -> None:
    marks = list(Attendance.objects.order_by("pk").values_list("pk", "mark"))
    wrong = trainings_of(officers[1])[0]
    row = ask(people.clerk, confirmed, now, _2={"practice": 8, "conduct": 2}, _3={"conduct": 2})
    assert hours_of(officers) == [[10], [6], []]
    decide_hours_correction(people.manager, row.pk, "confirm", now=now)
    assert hours_of(officers) == [[10], [10], [2]]
    right = trainings_of(officers[1])[0]
    assert (right.corrects_id, right.correction_reason, right.proof) == (wrong.pk, WHY, row.proof)
    assert dict(right.subject_hours.values_list("subject", "hours")) == {"practice": 8, "conduct": 2}
    assert TrainingRecord.objects.get(pk=wrong.pk).hours == 6
    assert list(Attendance.objects.order_by("pk").values_list("pk", "mark")) == marks
    assert set(finished_officers(people.clerk, confirmed.pk)) == set(officers)
    assert TrainingAssignment.objects.filter(done_by=None).count() == 0
    told = LogEntry.objects.filter(kind="year-figures.changed").order_by("seq")
    assert [json.loads(bytes(one.body))["data"]["corrected"] for one in told] == [0, 1]
    actions = list(AuditRow.objects.order_by("pk").values_list("action", flat=True))
    assert [action for action in actions if "correct" in action] == [
        "class.correction-asked",
        "training.corrected",
        "class.corrected",
    ]


def test_hours_taken_away_altogether_open_the_assignment_again(
    people: SimpleNamespace, confirmed: TrainingClass, officers: list[Officer], now: datetime
) -> None:
    row = ask(people.clerk, confirmed, now, _1={"practice": 0, "conduct": 0})
    decide_hours_correction(people.manager, row.pk, "confirm", now=now)
    assert hours_of(officers) == [[0], [6], []]
    assert TrainingAssignment.objects.get(officer=officers[0]).done_by is None
    assert officers[0] not in finished_officers(people.clerk, confirmed.pk)
    back = ask(people.clerk, confirmed, now, _1={"practice": 8, "conduct": 2})
    decide_hours_correction(people.second, back.pk, "confirm", now=now)
    assert hours_of(officers)[0] == [10]
    assert TrainingAssignment.objects.get(officer=officers[0]).done_by is not None


def test_who_asked_who_handed_in_and_who_is_not_of_the_province_decides_nothing(
    people: SimpleNamespace, confirmed: TrainingClass, officers: list[Officer], now: datetime
) -> None:
    row = ask(people.manager, confirmed, now, _1={"practice": 4})
    TrainingClass.system.filter(pk=confirmed.pk).update(handed_in_by=people.second.account_id)
    for other in (people.manager, people.second, people.clerk, people.verifier):
        for action in ("confirm", "refuse"):
            with pytest.raises(NotPermitted):
                decide_hours_correction(other, row.pk, action, "理由充分", now=now)
    with pytest.raises(NotFound):
        decide_hours_correction(people.stranger, row.pk, "confirm", now=now)
    assert hours_of(officers)[0] == [10]
    with pytest.raises(IntegrityError), transaction.atomic():
        HoursCorrection.system.filter(pk=row.pk).update(
            state="confirmed", decided_by=people.manager.account_id
        )


def test_whoever_takes_part_neither_asks_nor_decides(
    people: SimpleNamespace,
    accounts: SimpleNamespace,
    confirmed: TrainingClass,
    officers: list[Officer],
    now: datetime,
) -> None:
    row = ask(people.clerk, confirmed, now, _1={"practice": 4})
    for account, officer in ((accounts.manager, officers[2]), (accounts.clerk, officers[1])):
        Account.objects.filter(pk=account.pk).update(officer_uid=officer.uid)
        account.refresh_from_db()
    with pytest.raises(NotPermitted) as raised:
        decide_hours_correction(actor_for(accounts.manager), row.pk, "confirm", now=now)
    assert raised.value.code == "own-record"
    withdraw_hours_correction(people.clerk, row.pk, now=now)
    with pytest.raises(NotPermitted):
        ask(actor_for(accounts.clerk), confirmed, now, _1={"practice": 4})


def test_a_correction_is_decided_once_and_only_one_waits(
    people: SimpleNamespace, confirmed: TrainingClass, officers: list[Officer], now: datetime
) -> None:
    row = ask(people.clerk, confirmed, now, _1={"practice": 4})
    with pytest.raises(Conflict) as raised:
        ask(people.manager, confirmed, now, _2={"practice": 1})
    assert raised.value.code == "correction-asked"
    with pytest.raises(InvalidInput) as refused:
        decide_hours_correction(people.manager, row.pk, "refuse", "不", now=now)
    assert refused.value.place == "answer"
    decide_hours_correction(people.manager, row.pk, "refuse", "证明看不清", now=now)
    with pytest.raises(Conflict):
        decide_hours_correction(people.second, row.pk, "confirm", now=now)
    with pytest.raises(Conflict):
        withdraw_hours_correction(people.clerk, row.pk, now=now)
    assert hours_of(officers) == [[10], [6], []]
    again = ask(people.clerk, confirmed, now, _1={"practice": 4})
    with pytest.raises(NotPermitted):
        withdraw_hours_correction(people.verifier, again.pk, now=now)
    with pytest.raises(NotFound):
        withdraw_hours_correction(people.stranger, again.pk, now=now)
    assert withdraw_hours_correction(people.clerk, again.pk, now=now).state == "withdrawn"


@pytest.mark.parametrize(
    ("hours", "reason", "proof", "place"),
    [
        ({"practice": 401}, WHY, PROOF, "h-"),
        ({"practice": -1}, WHY, PROOF, "h-"),
        ({"basic-law": 4}, WHY, PROOF, "h-"),
        ({"practice": 400, "conduct": 400}, WHY, PROOF, "h-"),
        ({"practice": 8, "conduct": 2}, WHY, PROOF, ""),
        ({"practice": 4}, "误", PROOF, "reason"),
        ({"practice": 4}, WHY, None, "proof"),
        ({"practice": 4}, WHY, Proof(b"nothing", "a.pdf"), "proof"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    people: SimpleNamespace,
    confirmed: TrainingClass,
    now: datetime,
    hours: dict[str, int],
    reason: str,
    proof: Proof | None,
    place: str,
) -> None:
    change = HoursChange(enrolled(confirmed)[0], hours)
    with pytest.raises(InvalidInput) as raised:
        ask_hours_correction(people.clerk, confirmed.pk, [change], proof, reason, now=now)
    assert raised.value.place.startswith(place)
    assert bool(raised.value.place) == bool(place)
    assert not HoursCorrection.system.exists()


def test_somebody_of_another_class_and_a_class_that_is_not_confirmed_are_refused(
    people: SimpleNamespace,
    tree: SimpleNamespace,
    confirmed: TrainingClass,
    officers: list[Officer],
    now: datetime,
) -> None:
    other = make_class(people.clerk, tree, now, term="第二期")
    fill_class(people.clerk, other, officers[:1], now=now)
    with pytest.raises(InvalidInput):
        ask_hours_correction(
            people.clerk,
            confirmed.pk,
            [HoursChange(enrolled(other)[0], {"practice": 1})],
            PROOF,
            WHY,
            now=now,
        )
    with pytest.raises(Conflict):
        ask(people.clerk, other, now, _1={"practice": 1})
    for stranger, error in ((people.stranger, NotFound), (people.verifier, NotPermitted)):
        with pytest.raises(error):
            ask(stranger, confirmed, now, _1={"practice": 1})


def test_an_officer_who_went_to_another_province_stops_the_correction_with_the_reason(
    people: SimpleNamespace,
    tree: SimpleNamespace,
    confirmed: TrainingClass,
    officers: list[Officer],
    now: datetime,
) -> None:
    row = ask(people.clerk, confirmed, now, _1={"practice": 4}, _2={"practice": 1})
    officers[1].put_at(tree.pudong.place)
    officers[1].agency = tree.pudong
    officers[1].save()
    with pytest.raises(Conflict) as raised:
        decide_hours_correction(people.manager, row.pk, "confirm", now=now)
    assert (raised.value.code, raised.value.fields["number"]) == ("officer-elsewhere", 2)
    assert hours_of(officers)[0] == [10]


def test_one_person_alone_is_refused_by_service_and_page(
    people: SimpleNamespace,
    accounts: SimpleNamespace,
    confirmed: TrainingClass,
    officers: list[Officer],
    now: datetime,
    sign_in: Callable[[Account], Client],
) -> None:
    (row,) = trainings_of(officers[0])
    entry = TrainingEntry(row.course, row.organiser, 40, row.started_on, row.finished_on)
    typed = {
        "course": row.course,
        "organiser": row.organiser,
        "hours": "40",
        "started_on": "2026-11-10",
        "finished_on": "2026-11-11",
        "reason": WHY,
    }
    for name in ("clerk", "manager", "second"):
        with pytest.raises(NotPermitted) as raised:
            correct_training(getattr(people, name), row.pk, entry, PROOF, WHY, now=now)
        assert raised.value.code == "class-course"
        client = sign_in(getattr(accounts, name))
        url = f"/training/records/{row.pk}/correct/"
        assert client.get(url).status_code == 403
        assert client.post(url, typed).status_code == 403
    assert hours_of(officers)[0] == [10]


def test_it_waits_for_those_who_may_decide_only(
    people: SimpleNamespace, confirmed: TrainingClass, now: datetime
) -> None:
    ask(people.manager, confirmed, now, _1={"practice": 4})
    waiting = {
        name: sum(queue.rows.count() for queue in work_queues(getattr(people, name)))
        for name in ("clerk", "manager", "second", "stranger")
    }
    assert waiting == {"clerk": 0, "manager": 0, "second": 1, "stranger": 0}


def test_hours_are_put_right_by_form_and_the_class_shows_who_and_why(
    accounts: SimpleNamespace,
    confirmed: TrainingClass,
    officers: list[Officer],
    sign_in: Callable[[Account], Client],
) -> None:
    clerk, manager = sign_in(accounts.clerk), sign_in(accounts.manager)
    url, first = f"/classes/{confirmed.pk}/", enrolled(confirmed)[0]
    assert "更正所选学员的学时" in clerk.get(url).content.decode()
    form = f"{url}correct/?person={first}"
    page = clerk.get(form).content.decode()
    assert (page.count('name="h-'), f'name="h-{first}-practice" value="8"' in page) == (2, True)
    typed: dict[str, Any] = {f"h-{first}-practice": "999", f"h-{first}-conduct": "2", "reason": WHY}

    def proof() -> SimpleUploadedFile:
        return SimpleUploadedFile("核对.pdf", pdf("核对"), "application/pdf")

    refused = clerk.post(form, {**typed, "proof": proof()})
    assert (refused.status_code, 'value="999"' in refused.content.decode()) == (400, True)
    assert clerk.post(form, {**typed, f"h-{first}-practice": "4"}).status_code == 400
    asked = clerk.post(form, {**typed, f"h-{first}-practice": "4", "proof": proof()})
    row = HoursCorrection.system.get()
    assert asked["Location"] == f"/hours-corrections/{row.pk}/"
    assert clerk.get(form).status_code == 409
    assert clerk.post(f"/hours-corrections/{row.pk}/decide/", {"then": "confirm"}).status_code == 403
    assert sign_in(accounts.stranger).get(f"/hours-corrections/{row.pk}/").status_code == 404
    page = manager.get(f"/hours-corrections/{row.pk}/").content.decode()
    assert "10 → <b>6</b>" in page
    assert manager.post(f"/hours-corrections/{row.pk}/decide/", {"then": "maybe"}).status_code == 400
    no_reason = manager.post(f"/hours-corrections/{row.pk}/decide/", {"then": "refuse", "answer": "无"})
    assert (no_reason.status_code, 'value="无"' in no_reason.content.decode()) == (400, True)
    done = {"then": "confirm"}
    assert manager.post(f"/hours-corrections/{row.pk}/decide/", done).status_code == 302
    assert manager.post(f"/hours-corrections/{row.pk}/decide/", done).status_code == 409
    page = clerk.get(url).content.decode()
    assert "10 →</a> 6" in page
    for shown in (WHY, "clerk", "manager", "已更正"):
        assert shown in page
    panel = manager.get(f"/officers/{officers[0].pk}/?part=qualification").content.decode()
    assert f"/classes/{confirmed.pk}/correct/?person={first}" in panel
    assert "已更正的 1 条" in panel
    assert Enrolment.objects.get(pk=first).record.hours == 6  # type: ignore[union-attr]  # it has one
