"""The sheet in which a unit says when its officers last enforced."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.qualification.case_acts import read_acts, read_day

UNTIL = date(2026, 11, 20)
HEAD = ("证件编号", "姓名", "最近执法日期")


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 11, 2),
        datetime(2026, 11, 2, 10, 30),
        "2026-11-02",
        "2026/11/2",
        "2026.11.02",
        "2026年11月2日",
        "20261102",
        " 2026-11-02 10:30 ",
    ],
)
def test_a_day_is_read_however_it_is_written(cell):
    assert read_day(cell) == date(2026, 11, 2)


@pytest.mark.parametrize(
    "cell", [None, "", "昨天", "2026-13-01", "2026-02-30", "11-02", 2026, "2026112", True]
)
def test_what_is_no_day_is_none(cell):
    assert read_day(cell) is None


def test_the_latest_of_several_rows_counts():
    rows = [("昆山办案数据",), HEAD, ("32000000001", "", "2026-03-01"), (32000000001, "", "2026-10-01"), ()]
    reading = read_acts(rows, UNTIL)
    assert reading.acts == {"32000000001": date(2026, 10, 1)}
    assert reading.rows == {"32000000001": 4}
    assert reading.findings == []


def test_every_wrong_row_is_told():
    rows = [
        HEAD,
        ("单书白", "", "2026-03-01"),
        ("32000000001", "", "三月"),
        ("32000000002", "", "2026-11-21"),
    ]
    found = read_acts(rows, UNTIL).findings
    assert [(one.row, one.message % one.fields) for one in found] == [
        (2, "证件编号“单书白”不正确"),
        (3, "日期“三月”无法识别"),
        (4, "2026-11-21 晚于所填的截止日 2026-11-20"),
    ]


def test_a_sheet_without_the_two_columns_is_refused():
    with pytest.raises(InvalidInput) as caught:
        read_acts([("姓名", "日期"), ("单书白", "2026-03-01")], UNTIL)
    assert caught.value.code == "no-heading"


@given(
    st.lists(st.lists(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.dates()), max_size=4))
)
def test_no_sheet_breaks_the_reading(rows):
    reading = read_acts([HEAD, *rows], UNTIL)
    assert all(day <= UNTIL for day in reading.acts.values())
