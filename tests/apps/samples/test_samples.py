"""The samples of the demonstration are what the services make of them: whole, once, and with something for every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.apps.conftest import Enter, make_agency
from warrant.apps.accounts.models import Account
from warrant.apps.assessments.models import Assessment, Objection, Sheet
from warrant.apps.detectors.models import Finding
from warrant.apps.examinations.models import ExaminationRecord, Sitting
from warrant.apps.officers.models import Officer
from warrant.apps.reviews.models import ReviewCampaign
from warrant.apps.training.models import TrainingClass
from warrant.core.access import Level, Role
from warrant.core.qualification.detection import Detector
from warrant.nodes.people import JIANGSU_PEOPLE
from warrant.nodes.samples.command import make_samples

NAMES = [f"单书{character}" for character in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"]


@pytest.fixture
def demonstration(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    enter: Enter,
    settings: Any,
    tmp_path: Path,
) -> list[Officer]:
    """The people of the demonstration, twenty officers, one of them with an account of their own."""
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    units = {"320000": tree.jiangsu, "320500": tree.suzhou, "320583": tree.kunshan, "320100": tree.nanjing}
    for person in JIANGSU_PEOPLE:
        account_for(person.username, units[person.unit_code], *person.roles)
    for count in range(5):
        made = make_agency(f"32010000{count}", f"南京市执法支队{count}大队", Level.AGENCY, tree.nanjing)
        made.opened_on = made.opened_on.replace(year=2011)
        made.save()
        for place in range(3):
            enter(f"南{count}{place}", made)
    officers = [enter(name, sort_key=f"shanshu{place:02d}") for place, name in enumerate(NAMES)]
    own = account_for("shanshu", tree.kunshan_brigade, Role.OFFICER)
    own.officer_uid = officers[4].uid
    own.save()
    return officers


@pytest.fixture
def made(demonstration: list[Officer], now: datetime) -> dict[str, int]:
    return make_samples(now=now)


def test_every_kind_is_made_once(made: dict[str, int], now: datetime) -> None:
    assert made == {
        "training classes": 3,
        "examinations": 3,
        "yearly assessments": 2,
        "annual review": 1,
        "findings": 9,
    }
    assert set(make_samples(now=now).values()) == {0}


def test_classes_are_confirmed_under_way_and_to_come(made: dict[str, int]) -> None:
    assert list(TrainingClass.system.order_by("pk").values_list("state", flat=True)) == [
        "confirmed",
        "planned",
        "planned",
    ]


def test_one_examination_is_recorded_one_waits_for_the_second_person(made: dict[str, int]) -> None:
    done, waiting, coming = Sitting.system.order_by("pk")
    results = [one.result for one in done.candidates.select_related("result")]
    assert (done.state, sum(one is not None for one in results)) == ("recorded", 11)
    assert sum(1 for one in results if one is not None and one.is_passed) == 10
    assert (waiting.state, waiting.entries.count()) == ("planned", 1)
    assert (coming.state, coming.enrol_until is not None, coming.candidates.count()) == ("planned", True, 5)


def test_an_outcome_is_objected_to_and_units_are_half_scored(made: dict[str, int]) -> None:
    done, units = Assessment.system.order_by("pk")
    assert (done.kind, done.state, units.kind, units.state) == ("person", "confirmed", "agency", "scoring")
    assert Sheet.objects.get(objection__state="raised").officer.name == NAMES[4]
    assert Objection.system.count() == 1
    assert units.sheets.exclude(band="").count() == 4
    assert units.sheets.filter(band="").exists()


def test_the_review_of_the_year_is_open(made: dict[str, int], now: datetime) -> None:
    assert ReviewCampaign.objects.get(year=2026).year == now.year


def test_every_detector_has_something_to_show(made: dict[str, int]) -> None:
    found = set(Finding.system.values_list("detector", flat=True))
    assert found == {one.value for one in Detector}
    assert set(Finding.system.values_list("state", flat=True)) == {"open", "assigned", "closed"}


def test_pass_rates_show_papers_organisers_and_what_the_people_of_a_class_did_after_it(
    made: dict[str, int], sign_in: Callable[[Account], Client], django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(Account.objects.get(username="statistician"))
    by_organiser = browser.get("/sittings/pass-rates/").content.decode()
    assert "专门法律知识" in by_organiser
    assert "90%" in by_organiser
    with django_assert_max_num_queries(10):
        by_class = browser.get("/sittings/pass-rates/classes/").content.decode()
    cells = [cell for cell in ("昆山第一期", ">12<", ">11<", ">10<", "90%") if cell not in by_class]
    assert cells == []
    assert "省第一期" not in by_class, "it is not confirmed"
    assert "合格率偏低" not in by_class


def test_a_class_whose_people_fail_is_pointed_out(
    made: dict[str, int], sign_in: Callable[[Account], Client]
) -> None:
    ExaminationRecord.objects.update(score=50)
    browser = sign_in(Account.objects.get(username="statistician"))
    assert "合格率偏低" in browser.get("/sittings/pass-rates/classes/").content.decode()
    county = sign_in(Account.objects.get(username="nanjing-reviewer"))
    assert "昆山第一期" not in county.get("/sittings/pass-rates/classes/").content.decode()
