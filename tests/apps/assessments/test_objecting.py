"""An officer objects to the own outcome once and in time; others than those who scored and confirmed reconsider it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.apps.assessments.conftest import FAIR, GOOD, POOR, YEAR, filled, score, sheet_of
from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.assessments.models import Assessment, Objection, Sheet
from warrant.apps.assessments.selectors.objections import officer_panel, unit_panel, work_queues
from warrant.apps.assessments.selectors.rounds import work_queues as round_queues
from warrant.apps.assessments.services import (
    ask_correction,
    confirm_assessment,
    correct_on_objection,
    decide_correction,
    hand_in_assessment,
    open_assessment,
    raise_objection,
    uphold_outcome,
)
from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

AGENCY = ("licensing", "penalties", "supervision", "institutions", "outside")


@pytest.fixture
def others(tree: SimpleNamespace, actor: Callable[..., Actor]) -> SimpleNamespace:
    """Two who had no part in the assessment."""
    return SimpleNamespace(
        one=actor("one", tree.suzhou, Role.VERIFIER), two=actor("two", tree.jiangsu, Role.APPROVER)
    )


@pytest.fixture
def sheet(assessment: Assessment, people: SimpleNamespace, now: datetime) -> Sheet:
    """The confirmed sheet of 单书白: 78.5 points, competent."""
    score(people.first, assessment, now)
    hand_in_assessment(people.first, assessment.pk, now=now)
    confirm_assessment(people.confirmer, assessment.pk, now=now)
    return sheet_of(assessment, "单书白")


@pytest.fixture
def officer(sheet: Sheet, account_for: Callable[..., Account]) -> Actor:
    """单书白 with the own account."""
    assert sheet.officer is not None
    account = account_for("own", sheet.officer.agency, Role.OFFICER)
    account.officer_uid = sheet.officer.uid
    account.save()
    return actor_for(account)


@pytest.fixture
def objection(officer: Actor, sheet: Sheet, now: datetime) -> Objection:
    return raise_objection(officer, sheet.pk, "案卷扣分重复计算", None, now=now)


def test_the_last_day_is_fifteen_workdays_after_the_outcome(sheet: Sheet, today: date) -> None:
    assert today == date(2026, 11, 22)
    assert sheet.objection_due_on == date(2026, 12, 11)


def test_an_objection_is_raised_once(officer: Actor, objection: Objection, now: datetime) -> None:
    with pytest.raises(Conflict) as raised:
        raise_objection(officer, objection.sheet_id, "再次申请复核", None, now=now)
    assert raised.value.code == "objected-already"
    assert AuditRow.objects.filter(action="assessment.objection-raised").count() == 1


def test_after_the_last_day_there_is_none(officer: Actor, sheet: Sheet, now: datetime) -> None:
    with pytest.raises(Conflict) as raised:
        raise_objection(officer, sheet.pk, "案卷扣分重复计算", None, now=now + timedelta(days=20))
    assert raised.value.code == "objection-late"
    raise_objection(officer, sheet.pk, "案卷扣分重复计算", None, now=now + timedelta(days=19))


def test_nobody_objects_for_somebody_else(
    officer: Actor, assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    of_another = sheet_of(assessment, "陆怀瑾")
    for who, pk in ((officer, of_another.pk), (people.first, of_another.pk)):
        with pytest.raises(NotFound):
            raise_objection(who, pk, "案卷扣分重复计算", None, now=now)


def test_a_reason_is_needed(officer: Actor, sheet: Sheet, now: datetime) -> None:
    with pytest.raises(InvalidInput):
        raise_objection(officer, sheet.pk, " ", None, now=now)


def test_who_scored_or_confirmed_does_not_reconsider(
    objection: Objection, people: SimpleNamespace, now: datetime
) -> None:
    with pytest.raises(NotPermitted) as raised:
        uphold_outcome(people.confirmer, objection.pk, "扣分有据可查", now=now)
    assert raised.value.code == "had-part"
    with pytest.raises(NotPermitted):
        uphold_outcome(people.first, objection.pk, "扣分有据可查", now=now)
    with pytest.raises(NotFound):
        uphold_outcome(people.stranger, objection.pk, "扣分有据可查", now=now)


def test_an_outcome_is_upheld_with_an_answer_once(
    objection: Objection, others: SimpleNamespace, now: datetime
) -> None:
    with pytest.raises(InvalidInput):
        uphold_outcome(others.one, objection.pk, "", now=now)
    uphold_outcome(others.one, objection.pk, "扣分有据可查", now=now)
    objection.refresh_from_db()
    assert (objection.state, objection.answer) == ("upheld", "扣分有据可查")
    with pytest.raises(Conflict):
        correct_on_objection(others.two, objection.pk, GOOD, "漏算加分", now=now)


def test_an_objection_is_granted_through_a_correction_by_another_person(
    objection: Objection, others: SimpleNamespace, people: SimpleNamespace, now: datetime
) -> None:
    correct_on_objection(others.one, objection.pk, GOOD, "案卷扣分重复", now=now)
    row = objection.corrections.get()
    for who in (others.one, people.confirmer):
        with pytest.raises(NotPermitted):
            decide_correction(who, row.pk, "confirm", now=now)
    decide_correction(others.two, row.pk, "confirm", now=now)
    objection.refresh_from_db()
    sheet = Sheet.objects.get(pk=objection.sheet_id)
    assert (objection.state, objection.decided_by_name) == ("corrected", others.one.name)
    assert (sheet.band, sheet.total) == ("excellent", Decimal(93))
    assert sheet.entry is not None
    assert sheet.entry.content["band"] == "excellent"


def test_a_refused_correction_lets_the_objection_wait_again(
    objection: Objection, others: SimpleNamespace, now: datetime
) -> None:
    correct_on_objection(others.one, objection.pk, GOOD, "案卷扣分重复", now=now)
    decide_correction(others.two, objection.corrections.get().pk, "refuse", now=now)
    objection.refresh_from_db()
    assert (objection.state, objection.answer, objection.decided_by) == ("raised", "", None)
    uphold_outcome(others.two, objection.pk, "扣分有据可查", now=now)


def test_an_outcome_corrected_later_may_be_objected_to_from_then_on(
    sheet: Sheet, people: SimpleNamespace, now: datetime
) -> None:
    asked = ask_correction(people.first, sheet.pk, POOR, "案卷扣分漏算", now=now)
    decide_correction(people.confirmer, asked.pk, "confirm", now=now + timedelta(days=30))
    sheet.refresh_from_db()
    assert sheet.objection_due_on == date(2027, 1, 13)


def test_the_officer_is_told_and_work_waits_for_those_without_part(
    sheet: Sheet, officer: Actor, others: SimpleNamespace, people: SimpleNamespace, now: datetime
) -> None:
    def waiting(who: Actor) -> list[int]:
        return [queue.rows.count() for queue in work_queues(who)]

    assert waiting(officer) == [1, 0]
    objection = raise_objection(officer, sheet.pk, "案卷扣分重复计算", None, now=now)
    assert (waiting(officer), waiting(others.one), waiting(people.confirmer)) == ([0, 0], [1], [0])
    correct_on_objection(others.one, objection.pk, GOOD, "案卷扣分重复", now=now)
    assert [queue.rows.count() for queue in round_queues(people.confirmer)] == [0, 0]
    assert [queue.rows.count() for queue in round_queues(others.two)] == [0, 1]
    decide_correction(others.two, objection.corrections.get().pk, "confirm", now=now)
    assert waiting(officer) == [0, 1]


def test_the_officers_page_shows_the_outcome_by_year(sheet: Sheet, officer: Actor) -> None:
    assert sheet.officer is not None
    panel = officer_panel(officer, sheet.officer)
    assert panel is not None
    (line,) = panel.context["lines"]
    assert (line["band"], line["url"], line["may_object"]) == (
        "称职",
        f"/own/assessments/{sheet.pk}/",
        True,
    )


def test_a_unit_sees_its_own_outcome_but_not_the_sheet_above_it(
    tree: SimpleNamespace, people: SimpleNamespace, officers: list[Officer], actor: Any, now: datetime
) -> None:
    made = open_assessment(people.first, "agency", YEAR, tree.suzhou.pk, now=now)
    score(people.first, made, now, good=filled("18", "25", "18", "15", "8", items=AGENCY))
    clerk = actor("clerk", tree.kunshan, Role.REGISTRAR)
    assert unit_panel(clerk, tree.kunshan) is None
    hand_in_assessment(people.first, made.pk, now=now)
    confirm_assessment(people.confirmer, made.pk, now=now)
    panel = unit_panel(clerk, tree.kunshan)
    assert panel is not None
    assert [(row["year"], row["band"], row["url"]) for row in panel.rows] == [("2026", "达标", "")]
    above = unit_panel(people.first, tree.kunshan)
    assert above is not None
    assert above.rows[0]["url"]
    assert unit_panel(people.stranger, tree.kunshan) is None


@pytest.fixture
def client_of(sign_in: Callable[[Account], Client]) -> Callable[[Actor], Client]:
    return lambda who: sign_in(Account.objects.get(pk=who.account_id))


def test_objecting_and_upholding_by_form(
    client_of: Callable[[Actor], Client], officer: Actor, sheet: Sheet, others: SimpleNamespace
) -> None:
    mine = client_of(officer)
    url = f"/own/assessments/{sheet.pk}/"
    assert "申请复核" in mine.get(url).content.decode()
    assert mine.post(f"{url}object/", {"reason": ""}).status_code == 400
    wrong = SimpleUploadedFile("证明.pdf", b"not a pdf")
    refused = mine.post(f"{url}object/", {"reason": "案卷扣分重复计算", "proof": wrong})
    assert refused.status_code == 400
    assert "案卷扣分重复计算" in refused.content.decode()
    proof = SimpleUploadedFile("证明.pdf", pdf())
    assert mine.post(f"{url}object/", {"reason": "案卷扣分重复计算", "proof": proof}).status_code == 302
    assert mine.post(f"{url}object/", {"reason": "案卷扣分重复计算"}).status_code == 409
    objection = Objection.system.get()
    page = f"/assessments/objections/{objection.pk}/"
    other = client_of(others.one)
    assert "维持结果" in other.get(page).content.decode()
    assert mine.get(page).status_code == 403
    assert other.post(f"{page}uphold/", {"reason": ""}).status_code == 400
    assert other.post(f"{page}uphold/", {"reason": "扣分有据可查"}).status_code == 302
    assert other.post(f"{page}uphold/", {"reason": "扣分有据可查"}).status_code == 409
    assert "扣分有据可查" in mine.get(url).content.decode()


def test_correcting_on_an_objection_by_form(
    client_of: Callable[[Actor], Client], objection: Objection, others: SimpleNamespace
) -> None:
    page = f"/assessments/objections/{objection.pk}/correct/"
    other = client_of(others.one)
    typed = {f"points-{item}": text for item, text in GOOD.points.items()}
    refused = other.post(page, {**typed, "points-law": "21", "reason": "案卷扣分重复"})
    assert refused.status_code == 400
    assert 'value="21"' in refused.content.decode()
    same = {f"points-{item}": text for item, text in FAIR.points.items()}
    assert other.post(page, {**same, "reason": "案卷扣分重复"}).status_code == 400
    assert other.post(page, {**typed, "reason": "案卷扣分重复"}).status_code == 302
    assert other.post(page, {**typed, "reason": "案卷扣分重复"}).status_code == 409


def test_the_own_sheet_is_nobody_elses(
    client_of: Callable[[Actor], Client], officer: Actor, assessment: Assessment, people: SimpleNamespace
) -> None:
    other = sheet_of(assessment, "陆怀瑾").pk
    assert client_of(officer).get(f"/own/assessments/{other}/").status_code == 404
    assert client_of(people.first).get(f"/own/assessments/{other}/").status_code == 403


def test_own_pages_are_read_in_ten_queries(
    client_of: Callable[[Actor], Client],
    officer: Actor,
    objection: Objection,
    django_assert_max_num_queries: Any,
) -> None:
    mine = client_of(officer)
    for url in (f"/own/assessments/{objection.sheet_id}/", "/own/?part=additional"):
        with django_assert_max_num_queries(10):
            assert mine.get(url).status_code == 200
    assert clock.today() == date(2026, 11, 22)


def test_the_first_page_tells_the_officer_and_who_reconsiders(
    client_of: Callable[[Actor], Client], officer: Actor, sheet: Sheet, others: SimpleNamespace, now: datetime
) -> None:
    mine = client_of(officer)
    assert "2026 年度考核结果：称职" in mine.get("/").content.decode()
    objection = raise_objection(officer, sheet.pk, "案卷扣分重复计算", None, now=now)
    assert "复核考核结果：单书白" in client_of(others.one).get("/").content.decode()
    uphold_outcome(others.one, objection.pk, "扣分有据可查", now=now)
    assert "2026 年度考核复核：复核后维持" in mine.get("/").content.decode()


def test_the_list_of_sheets_shows_which_outcome_is_objected_to(
    objection: Objection, sheet: Sheet, sign_in: Callable[[Account], Client], people: SimpleNamespace
) -> None:
    browser = sign_in(Account.objects.get(pk=people.confirmer.account_id))
    shown = browser.get(f"/assessments/{sheet.assessment_id}/").content.decode()
    assert shown.count("复核中") == 1
