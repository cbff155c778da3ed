"""Each detector: what it points at, and what it leaves alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from warrant.apps.detectors.models import DetectorLook
from warrant.apps.detectors.selectors.findings import fact_texts
from warrant.apps.detectors.services.looking import look_with
from warrant.apps.officers.models import DuplicatePair, Officer
from warrant.apps.organisations.models import Agency
from warrant.apps.reviews.models import ReviewCampaign, ReviewLine
from warrant.core.qualification.detection import Detector

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2026, 8, 1, 1, 0, tzinfo=UTC)
D = Detector


def _texts(finding):
    return [text for text, _source in fact_texts(finding)]


def _on_post(enter, name="单书白", **columns):
    return enter(name, **{"post": "执法岗", "arrived_on": date(2020, 1, 1), **columns})


def test_somebody_on_an_enforcement_post_who_never_had_a_certificate_is_found(enter, pending):
    officer = _on_post(enter)
    (found,) = pending(D.WITHOUT_CERTIFICATE)
    assert (found.subject, found.officer) == (f"officer:{officer.pk}", officer)
    assert _texts(found) == ["岗位：执法岗", "2020-01-01 起登记在册，从未取得执法证件"]


@pytest.mark.parametrize(
    ("arrived_on", "is_found"), [(date(2026, 10, 23), False), (date(2026, 10, 22), True)]
)
def test_whoever_came_in_the_last_thirty_days_has_time_to_apply(enter, pending, arrived_on, is_found):
    _on_post(enter, arrived_on=arrived_on)
    assert bool(pending(D.WITHOUT_CERTIFICATE)) is is_found


@pytest.mark.parametrize("post", ["审批岗", ""])
def test_other_posts_need_no_certificate(enter, pending, post):
    _on_post(enter, post=post)
    assert pending(D.WITHOUT_CERTIFICATE) == []


def test_a_valid_certificate_is_enough(enter, certify, pending):
    certify(_on_post(enter))
    assert pending(D.WITHOUT_CERTIFICATE) == []


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"state": "withheld"}, "证件 32000000001 的状态是“已暂扣”"),
        ({"state": "cancelled"}, "证件 32000000001 的状态是“已注销”"),
        ({"valid_until": date(2026, 11, 21)}, "证件 32000000001 有效期至 2026-11-21，已过期"),
    ],
)
def test_a_certificate_that_is_not_valid_is_none(enter, certify, pending, columns, text):
    certify(_on_post(enter), **columns)
    (found,) = pending(D.WITHOUT_CERTIFICATE)
    assert _texts(found) == ["岗位：执法岗", text]


def test_a_certificate_is_valid_on_its_last_day(enter, certify, pending):
    certify(_on_post(enter), valid_until=date(2026, 11, 22))
    assert pending(D.WITHOUT_CERTIFICATE) == []


def test_somebody_who_left_is_not_looked_for(enter, pending):
    _on_post(enter, state="left", left_on=date(2026, 1, 1), left_kind="retirement")
    assert pending(D.WITHOUT_CERTIFICATE) == []


def test_contract_staff_on_an_enforcement_post_are_found_once(enter, pending):
    officer = _on_post(enter, staffing="contract")
    assert pending(D.WITHOUT_CERTIFICATE) == []
    (found,) = pending(D.UNESTABLISHED)
    assert found.officer == officer
    assert _texts(found) == ["编制性质：合同制，不得从事执法", "岗位：执法岗"]


def test_contract_staff_with_a_certificate_are_found_whatever_their_post(enter, certify, pending):
    certify(enter("单书白", staffing="temporary", post="综合管理岗"))
    (found,) = pending(D.UNESTABLISHED)
    assert _texts(found)[1] == "证件 32000000001 仍是“有效”"


def test_contract_staff_elsewhere_are_no_matter(enter, pending):
    enter("单书白", staffing="contract", post="综合管理岗")
    assert pending(D.UNESTABLISHED) == []


@pytest.mark.parametrize(("days", "is_found"), [(10, False), (11, True)])
def test_a_card_of_an_ended_certificate_is_taken_back_in_ten_days(
    enter, certify, hand_out, pending, now, days, is_found
):
    ended = certify(enter("单书白"), state="cancelled", changed_at=now - timedelta(days=days))
    hand_out(ended, state="dead")
    assert bool(pending(D.DEAD_CARD_IN_USE)) is is_found


@pytest.mark.parametrize("state", ["returned", "destroyed", "spoiled"])
def test_a_card_that_was_taken_back_is_no_matter(enter, certify, hand_out, pending, state):
    ended = certify(enter("单书白"), state="expired", changed_at=LONG_AGO)
    hand_out(ended, state=state)
    assert pending(D.DEAD_CARD_IN_USE) == []


def test_a_certificate_still_alive_when_its_holder_has_left_is_found(enter, certify, pending):
    officer = enter("单书白")
    certify(officer)
    Officer.system.filter(pk=officer.pk).update(state="left", left_on=date(2026, 11, 1), left_kind="death")
    (found,) = pending(D.HOLDER_GONE)
    assert _texts(found) == ["2026-11-01 已离开执法队伍（死亡）", "证件 32000000001 仍是“有效”"]


def test_a_holder_past_the_age_of_retirement_is_found(enter, certify, pending):
    certify(enter("单书白", birth_on=date(1960, 5, 1)))
    certify(enter("陈予安", birth_on=date(1990, 5, 1)))
    (found,) = pending(D.HOLDER_GONE)
    assert _texts(found)[0] == "2020-05-01 已到法定退休年龄"


def test_a_certificate_of_the_unit_before_is_found_after_thirty_days(enter, certify, pending):
    for name, arrived_on in (("单书白", date(2026, 10, 22)), ("陈予安", date(2026, 10, 23))):
        certify(enter(name, arrived_on=arrived_on), agency_name="太仓市交通运输综合行政执法大队")
    (found,) = pending(D.HOLDER_GONE)
    assert _texts(found) == [
        "2026-10-22 起在昆山市交通运输综合行政执法大队，证上单位仍为太仓市交通运输综合行政执法大队"
    ]


def test_a_renamed_unit_is_no_move(enter, certify, pending):
    certify(enter("单书白", arrived_on=date(2019, 1, 1)), agency_name="昆山市运输管理处")
    assert pending(D.HOLDER_GONE) == []


def test_two_cards_in_one_hand_are_found_after_ten_days(enter, certify, hand_out, pending, now):
    for name, days in (("单书白", 11), ("陈予安", 10)):
        officer = enter(name)
        old = certify(officer, state="cancelled")
        hand_out(old, state="dead", at=LONG_AGO)
        hand_out(certify(officer), at=now - timedelta(days=days))
    (found,) = pending(D.TWO_CARDS)
    assert found.officer.name == "单书白"
    assert _texts(found) == ["同时有 2 张已发放、没有收回的证卡：1D000001、1D000002"]


def test_one_person_under_two_records_is_found_on_both_without_a_name(enter, certify, pending, now):
    first, second = enter("单书白"), enter("单书白")
    certify(first)
    certify(second)
    DuplicatePair.objects.create(first=first, second=second, rules="same-name", score=80, found_at=now)
    found = pending(D.TWO_CARDS)
    assert {one.officer_id for one in found} == {first.pk, second.pk}
    assert _texts(found[0]) == ["与另一份档案疑似同一人，两份都有在用证件（32000000001、32000000002）"]


def test_a_pair_known_to_be_two_people_is_no_matter(enter, certify, pending, now):
    first, second = enter("单书白"), enter("单书白")
    certify(first)
    certify(second)
    DuplicatePair.objects.create(
        first=first, second=second, rules="same-name", score=80, found_at=now, state="distinct"
    )
    assert pending(D.TWO_CARDS) == []


def _review(certificate, clerk, now, *, state="open", due_on=date(2026, 3, 31), year=2025):
    campaign, _ = ReviewCampaign.objects.get_or_create(
        year=year,
        defaults={
            "due_on": due_on,
            "warned_from": due_on,
            "regulation_digest": "0" * 64,
            "opened_by": clerk,
            "opened_by_name": "clerk",
            "opened_at": now,
        },
    )
    line = ReviewLine(
        campaign=campaign,
        certificate=certificate,
        officer=certificate.officer,
        facts={},
        is_clean=True,
        state=state,
    )
    line.put_at(certificate.place)
    line.save()


def test_a_review_that_was_missed_is_found_each_year_of_it(enter, certify, pending, clerk, now):
    certificate = certify(enter("单书白"), state="lapsed")
    _review(certificate, clerk, now, year=2024, due_on=date(2025, 3, 31))
    _review(certificate, clerk, now)
    (found,) = pending(D.REVIEW_OVERDUE)
    assert _texts(found) == [
        "2024 年度年审截止 2025-03-31，至今没有通过",
        "证件 32000000001 仍是“年审逾期失效”",
        "2025 年度年审截止 2026-03-31，至今没有通过",
    ]


@pytest.mark.parametrize(
    "review", [{"state": "passed"}, {"due_on": date(2026, 11, 22)}], ids=["passed", "last day"]
)
def test_a_review_passed_or_still_in_time_is_no_matter(enter, certify, pending, clerk, now, review):
    _review(certify(enter("单书白")), clerk, now, **review)
    assert pending(D.REVIEW_OVERDUE) == []


@pytest.mark.parametrize(("closed_on", "is_found"), [(date(2026, 10, 22), True), (date(2026, 10, 23), False)])
def test_a_certificate_of_a_closed_unit_is_found_after_thirty_days(
    enter, certify, pending, tree, closed_on, is_found
):
    certify(enter("单书白"))
    Agency.objects.filter(pk=tree.kunshan_brigade.pk).update(closed_on=closed_on)
    assert bool(pending(D.AGENCY_CLOSED)) is is_found


def test_without_case_figures_nobody_is_said_to_have_enforced(enter, certify, pending):
    certify(enter("单书白"))
    assert pending(D.NO_ACT) == []
    assert DetectorLook.objects.get(detector="no-act").lacks_source is True


def test_a_detector_that_the_rules_switch_off_finds_nothing(enter, now, monkeypatch):
    _on_post(enter)
    module = "warrant.core.qualification.detection.NATIONAL"
    from_law = __import__("warrant.core.qualification.detection", fromlist=["NATIONAL"]).NATIONAL
    off = {"lines": [{**line, "is_asked": line["id"] != "without-certificate"} for line in from_law["lines"]]}
    monkeypatch.setattr(module, off)
    assert look_with(D.WITHOUT_CERTIFICATE, now=now).holding == 0


def test_whoever_holds_a_living_card_too_is_found_as_two_cards_only(enter, certify, hand_out, pending):
    officer = enter("单书白")
    hand_out(certify(officer, state="cancelled", changed_at=LONG_AGO), state="dead", at=LONG_AGO)
    hand_out(certify(officer), at=LONG_AGO)
    assert pending(D.DEAD_CARD_IN_USE) == []
    assert len(pending(D.TWO_CARDS)) == 1
