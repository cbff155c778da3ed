"""What units hand in about enforcement acts, and what the detectors make of it."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from warrant.apps.detectors.models import CaseFigures, DetectorLook, LastAct
from warrant.apps.detectors.selectors.findings import fact_texts
from warrant.apps.detectors.services import HandIn, hand_in_case_figures
from warrant.apps.foundation import clock
from warrant.core.access import Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.qualification.detection import Detector

pytestmark = pytest.mark.django_db

D = Detector.NO_ACT


def _sheet(*rows):
    return "\n".join(["证件编号,最近执法日期", *(f"{number},{day}" for number, day in rows)]).encode()


@pytest.fixture
def hand_in(registrar, tree, now):
    """Hand in for Kunshan: ``hand_in(("32000000001", "2026-10-01"))``."""

    def act(
        *rows, unit=None, from_on=date(2025, 11, 1), until_on=date(2026, 11, 20), actor=registrar, raw=None
    ):
        unit = unit or tree.kunshan
        content = _sheet(*rows) if raw is None else raw
        return hand_in_case_figures(actor, HandIn(unit.pk, from_on, until_on, content, "acts.csv"), now=now)

    return act


def test_whoever_did_not_enforce_for_a_year_is_found(enter, certify, hand_in, pending):
    for name in ("单书白", "陈予安", "魏清和"):
        certify(enter(name))
    hand_in(("32000000001", "2026-10-01"), ("32000000002", "2025-11-20"))
    found = pending(D)
    assert [(one.officer.name, [text for text, _ in fact_texts(one)]) for one in found] == [
        ("陈予安", ["2025-11-20 至 2026-11-20 没有执法记录", "最近一次执法在 2025-11-20"]),
        ("魏清和", ["2025-11-20 至 2026-11-20 没有执法记录"]),
    ]


def test_units_that_handed_nothing_in_are_not_judged(enter, certify, hand_in, pending, tree):
    certify(enter("单书白"))
    certify(enter("陈予安", tree.suzhou_brigade))
    hand_in()
    assert [one.officer.name for one in pending(D)] == ["单书白"]


def test_a_certificate_younger_than_the_period_is_not_judged(enter, certify, hand_in, pending):
    certify(enter("单书白"), valid_from=date(2025, 11, 21))
    hand_in()
    assert pending(D) == []


@pytest.mark.parametrize(
    ("from_on", "until_on"),
    [(date(2025, 12, 1), date(2026, 11, 20)), (date(2025, 1, 1), date(2026, 8, 21))],
    ids=["less than a year", "too old"],
)
def test_figures_that_cover_too_little_are_none(enter, certify, hand_in, pending, from_on, until_on):
    certify(enter("单书白"))
    hand_in(from_on=from_on, until_on=until_on)
    assert pending(D) == []
    assert DetectorLook.objects.get(detector="no-act").lacks_source is True


def test_two_hand_ins_without_a_gap_cover_one_period(enter, certify, hand_in, pending):
    certify(enter("单书白"))
    hand_in(("32000000001", "2024-05-01"), from_on=date(2025, 6, 1), until_on=date(2026, 5, 31))
    assert pending(D) == []
    hand_in(from_on=date(2026, 6, 1))
    assert len(pending(D)) == 1


def test_what_is_known_no_longer_is_not_said_to_be_mended(enter, certify, hand_in, pending):
    certify(enter("单书白"))
    hand_in()
    (found,) = pending(D)
    CaseFigures.system.all().delete()
    assert pending(D) == [found]


def test_an_act_after_the_loss_is_found(enter, certify, hand_in, pending, now):
    certify(enter("单书白"), state="lost", changed_at=now.replace(month=9, day=1))
    hand_in(("32000000001", "2026-09-02"))
    (found,) = pending(Detector.DEAD_CARD_IN_USE)
    assert fact_texts(found) == [
        ("证件 32000000001 于 2026-09-01 起不得使用，2026-09-02 仍有执法记录", "办案数据")
    ]


def test_an_act_on_the_day_of_the_loss_is_no_matter(enter, certify, hand_in, pending, now):
    certify(enter("单书白"), state="lost", changed_at=now.replace(month=9, day=1))
    hand_in(("32000000001", "2026-09-01"))
    assert pending(Detector.DEAD_CARD_IN_USE) == []


def test_an_older_hand_in_does_not_make_the_last_act_earlier(enter, certify, hand_in):
    certify(enter("单书白"))
    hand_in(("32000000001", "2026-10-01"))
    hand_in(("32000000001", "2026-05-01"))
    assert LastAct.objects.get().acted_on == date(2026, 10, 1)


def test_with_anything_wrong_nothing_is_taken(enter, certify, hand_in, tree):
    certify(enter("单书白"))
    certify(enter("陈予安", tree.suzhou_brigade))
    taken, findings = hand_in(("32000000001", "2026-10-01"), ("32000000002", "2026-10-01"), ("x", "y"))
    assert taken is None
    assert [one.row for one in findings] == [3, 4]
    assert not LastAct.objects.exists()


def test_one_file_counts_once(hand_in):
    hand_in()
    with pytest.raises(Conflict):
        hand_in()
    assert CaseFigures.system.count() == 1


@pytest.mark.parametrize(
    ("days", "place"),
    [
        ({"until_on": date(2026, 11, 23)}, "until_on"),
        ({"from_on": date(2026, 11, 21)}, "from_on"),
        ({"from_on": date(2022, 1, 1)}, "from_on"),
        ({"raw": b""}, "table"),
        ({"raw": "姓名\n单书白".encode()}, "table"),
        ({"raw": b"\x00" * 5_000_001}, "table"),
    ],
)
def test_wrong_days_and_files_are_refused_at_their_place(hand_in, days, place):
    with pytest.raises(InvalidInput) as caught:
        hand_in(**days)
    assert caught.value.place == place


def test_a_unit_hands_in_for_itself_and_below(hand_in, tree, reviewer, actor):
    with pytest.raises(NotFound):
        hand_in(unit=tree.suzhou)
    with pytest.raises(NotPermitted):
        hand_in(actor=reviewer)
    assert hand_in(actor=actor("top", tree.jiangsu, Role.REGISTRAR))[0] is not None


def test_the_page_takes_a_sheet_and_tells_what_is_wrong(
    enter, certify, account_for, sign_in, tree, now, monkeypatch
):
    monkeypatch.setattr(clock, "now", lambda: now)
    certify(enter("单书白"))
    client = sign_in(account_for("gu", tree.kunshan, Role.REGISTRAR))
    typed = {"unit": tree.kunshan.pk, "from_on": "2025-11-01", "until_on": "2026-11-20"}

    def send(content):
        return client.post(
            reverse("case-figures-new"), {**typed, "table": SimpleUploadedFile("acts.csv", content)}
        )

    answer = send(_sheet(("32000000009", "2026-10-01")))
    assert answer.status_code == 400
    assert "本单位没有编号 32000000009 的证件" in answer.content.decode()
    assert send(_sheet(("32000000001", "2026-10-01"))).status_code == 302
    assert "acts.csv" in client.get(reverse("case-figures-list")).content.decode()
