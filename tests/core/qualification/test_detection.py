"""What the standing detectors look for, and by when a finding has to be dealt with."""

from __future__ import annotations

import copy
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.qualification.detection import (
    CURES,
    FACTS,
    NATIONAL,
    SUBJECT_WORDS,
    Detector,
    months_before,
    parse,
    spellings,
)

RULES = parse(NATIONAL)


def _changed(rule_id, **values):
    content = copy.deepcopy(dict(NATIONAL))
    line = next(line for line in content["lines"] if line["id"] == rule_id)
    line.update(values)
    return content


def test_every_detector_has_a_line_a_name_and_a_cure():
    assert set(RULES.lines) == set(Detector) == set(CURES) == set(SUBJECT_WORDS)


def test_nobody_may_enforce_who_is_not_established():
    assert RULES.lines[Detector.UNESTABLISHED].codes == (
        "manual-staff",
        "contract",
        "agency-labour",
        "temporary",
        "seconded",
        "off-establishment",
    )


def test_an_enforcement_post_counts_however_it_is_written():
    found = spellings(("enforcement",))
    assert {"执法岗", "外勤", "enforcement"} <= found
    assert "审批岗" not in found


@pytest.mark.parametrize(
    ("rule_id", "values", "code"),
    [
        ("without-certificate", {"grace_days": -1}, "number-out-of-range"),
        ("without-certificate", {"limit_workdays": 0}, "number-out-of-range"),
        ("without-certificate", {"posts": []}, "nothing-listed"),
        ("unestablished", {"staffing": ["nobody"]}, "unknown-code-listed"),
        ("no-act", {"months": True}, "number-out-of-range"),
        ("holder-gone", {"is_asked": "yes"}, "not-yes-or-no"),
        ("two-cards", {"id": "three-cards"}, "unknown-detector"),
    ],
)
def test_a_wrong_line_is_refused(rule_id, values, code):
    with pytest.raises(InvalidInput) as caught:
        parse(_changed(rule_id, **values))
    assert caught.value.code == code


def test_a_missing_detector_is_refused():
    content = {"lines": [line for line in NATIONAL["lines"] if line["id"] != "no-act"]}
    with pytest.raises(InvalidInput) as caught:
        parse(content)
    assert caught.value.code == "detector-missing"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 22), 12, date(2025, 11, 22)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 31), 2, date(2025, 11, 30)),
        (date(2026, 12, 31), 6, date(2026, 6, 30)),
    ],
)
def test_months_are_counted_back_to_the_same_day(day, months, expected):
    assert months_before(day, months) == expected


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 36))
def test_a_period_of_months_is_as_long_as_it_says(day, months):
    begun = months_before(day, months)
    assert (day.year - begun.year) * 12 + day.month - begun.month == months
    assert timedelta(28 * months) <= day - begun <= timedelta(31 * months + 3)


def test_every_fact_names_its_values():
    assert FACTS["acted-after"].count("%(") == 3
