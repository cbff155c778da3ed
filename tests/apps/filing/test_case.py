"""A filed case is read strictly, and checked against the rules of the day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.apps.filing.conftest import case_content

from warrant.apps.filing.selectors.checking import checks_of, is_clean
from warrant.apps.filing.types import filed_case
from warrant.core.errors import InvalidInput

TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.django_db


def officer_of(content: dict[str, object]) -> dict[str, object]:
    officer = content["officer"]
    assert isinstance(officer, dict)
    return dict(officer)


def rows_of(content: dict[str, object], name: str) -> list[dict[str, object]]:
    rows = content[name]
    assert isinstance(rows, list)
    return [dict(row) for row in rows]


def changed_officer(**changes: object) -> dict[str, object]:
    return case_content(officer={**officer_of(case_content()), **changes})


def unmet(content: dict[str, object]) -> list[str]:
    return [check.title for check in checks_of(filed_case(content), TODAY) if not check.is_met]


def test_every_member_is_read():
    case = filed_case(case_content())
    assert case.application == "A322026000001"
    assert case.officer.birth_on == date(1990, 1, 1)
    assert case.categories == ("02", "08")
    assert [opinion.person for opinion in case.opinions] == ["顾庭芳", "陆怀瑾", "沈国栋"]
    assert case.examinations[0].score == Decimal("88.5")
    assert case.training_hours == 64


def test_members_that_are_not_asked_for_are_let_be():
    assert filed_case(case_content(ver=1, prev_ver=0, later="x")) == filed_case(case_content())


@pytest.mark.parametrize("name", sorted(case_content()))
def test_a_missing_member_is_refused_and_named(name: str):
    content = case_content()
    del content[name]
    with pytest.raises(InvalidInput) as caught:
        filed_case(content)
    assert caught.value.code == "filing-content-invalid"
    assert caught.value.place == name


@pytest.mark.parametrize("name", sorted(officer_of(case_content())))
def test_a_missing_member_of_the_officer_is_refused_and_named(name: str):
    officer = officer_of(case_content())
    del officer[name]
    with pytest.raises(InvalidInput) as caught:
        filed_case(case_content(officer=officer))
    assert caught.value.place == f"officer.{name}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("application", 5),
        ("application", "A" * 21),
        ("application", "  "),
        ("kind", "second-hand"),
        ("categories", []),
        ("categories", ["08", "08"]),
        ("categories", ["99"]),
        ("categories", "08"),
        ("opinions", []),
        ("officer", "林书白"),
        ("photo_digest", "AB" * 32),
        ("photo_digest", "ab" * 31),
        ("training_hours", True),
        ("training_hours", -1),
        ("training_hours", "64"),
    ],
)
def test_a_wrong_member_is_refused(name: str, value: object):
    with pytest.raises(InvalidInput) as caught:
        filed_case(case_content(**{name: value}))
    assert caught.value.place == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sex", "7"),
        ("birth_on", "1990-02-30"),
        ("id_index", "0" * 31),
        ("education", "00"),
        ("staffing", "king"),
        ("name", "林" * 61),
    ],
)
def test_a_wrong_member_of_the_officer_is_refused(name: str, value: object):
    with pytest.raises(InvalidInput) as caught:
        filed_case(changed_officer(**{name: value}))
    assert caught.value.place == f"officer.{name}"


@pytest.mark.parametrize(
    ("list_name", "name", "value"),
    [
        ("opinions", "at", "2026-11-12T02:00:00"),
        ("opinions", "state", "somewhere"),
        ("opinions", "digest", "zz" * 32),
        ("documents", "digest", ""),
        ("examinations", "paper", "special_law"),
        ("examinations", "score", "NaN"),
        ("examinations", "score", "100.5"),
        ("examinations", "score", 88),
        ("examinations", "sat_on", "yesterday"),
    ],
)
def test_a_wrong_member_of_a_row_is_refused_and_its_row_named(list_name: str, name: str, value: object):
    rows = rows_of(case_content(), list_name)
    rows[1 if len(rows) > 1 else 0][name] = value
    with pytest.raises(InvalidInput) as caught:
        filed_case(case_content(**{list_name: rows}))
    assert caught.value.place == f"{list_name}.2.{name}"


def test_a_case_in_order_raises_no_question():
    assert is_clean(filed_case(case_content()), TODAY)


def test_too_few_hours_are_for_the_reviewer_to_see():
    assert unmet(case_content(training_hours=59)) == ["岗前培训满六十学时"]


def test_a_failed_paper_is_for_the_reviewer_to_see():
    rows = [
        {"paper": "special-law", "score": "59.5", "sat_on": "2026-09-01"},
        {"paper": "general-law", "score": "76.0", "sat_on": "2026-09-15"},
    ]
    assert unmet(case_content(examinations=rows)) == [
        "专门法律知识考试合格（五年内）",
        "通用法律知识考试合格（五年内，在专门法律之后）",
    ]


def test_contract_staff_are_for_the_reviewer_to_see():
    assert unmet(changed_officer(staffing="contract")) == ["在编在职"]


def test_an_unknown_education_never_counts_as_met():
    assert unmet(changed_officer(education="")) == ["大专以上学历"]


def test_no_documents_are_for_the_reviewer_to_see():
    assert unmet(case_content(documents=[])) == ["证明材料"]


def test_a_case_without_approval_is_for_the_reviewer_to_see():
    opinions = case_content()["opinions"]
    assert isinstance(opinions, list)
    assert unmet(case_content(opinions=opinions[:2])) == ["逐级审批"]


def test_one_person_at_two_steps_is_for_the_reviewer_to_see():
    opinions = rows_of(case_content(), "opinions")
    opinions[2]["person"] = "顾庭芳"
    assert unmet(case_content(opinions=opinions)) == ["逐级审批"]
