"""What an office does not see on its screen is said: rows that are hidden; and texts that would fill the memory."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.spreadsheet.workbooks import ROSTER, ods_bytes, shared_table, xls_bytes, xlsx_bytes

from warrant.adapters.spreadsheet.reading import read_spreadsheet
from warrant.adapters.spreadsheet.shared_texts import SharedTexts
from warrant.core.errors import InvalidInput
from warrant.core.roster.checking import check_roster

TWO = [*ROSTER, ["邓波", "32990419860328019X", "苏州市交通运输局", "道路运政", "男"]]
ODS_HIDDEN = "".join(
    f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    for text in TWO[2]
)


def hide(*rows):
    def prepare(book):
        for row in rows:
            book.active.row_dimensions[row].hidden = True

    return prepare


def hide_with_formula(book):
    hide(3)(book)
    book.active["F2"] = "=1+1"


HIDDEN = {
    "xlsx": xlsx_bytes(TWO, hide(3)),
    "xlsx with a formula": xlsx_bytes(TWO, hide_with_formula),
    "ods": ods_bytes(ROSTER, f'<table:table-row table:visibility="filter">{ODS_HIDDEN}</table:table-row>'),
    "xls": xls_bytes(TWO, hidden_rows=[2]),
}


def find_agency(name):
    return "320500" if name == "苏州市交通运输局" else None


@pytest.mark.parametrize("kind", HIDDEN)
def test_a_hidden_row_is_read_with_a_warning(kind):
    check = check_roster(read_spreadsheet(HIDDEN[kind], "名册"), date(2026, 11, 22), find_agency)
    assert [row.entry.name for row in check.accepted_rows] == ["许波", "邓波"]
    told = [
        (finding.row, finding.severity.value) for finding in check.findings if finding.code == "hidden-row"
    ]
    assert told == [(3, "warn")]


def test_rows_hidden_far_below_the_people_are_not_told():
    (sheet,) = read_spreadsheet(xlsx_bytes(TWO, hide(3, 9, 5000, 1_048_576)), "名册.xlsx")
    assert [row for row in range(10_000) if row in sheet.hidden_rows] == [2, 8, 4999]
    check = check_roster([sheet], date(2026, 11, 22), find_agency)
    assert [finding.row for finding in check.findings] == [3]


def test_rows_in_sight_are_not_told():
    for content in (xlsx_bytes(TWO), xls_bytes(TWO), ods_bytes(TWO)):
        (sheet,) = read_spreadsheet(content, "名册")
        assert not any(row in sheet.hidden_rows for row in range(10))


def test_one_long_shared_text_in_very_many_cells_of_xls_is_refused():
    table = shared_table(["长" * 30_000])  # 90 kB as UTF-8: in 1,800 cells 162 MB
    with pytest.raises(InvalidInput) as refused:
        read_spreadsheet(
            xls_bytes(shared=table, shared_cells=[(row, 6, 0) for row in range(1, 1801)]), "名册.xls"
        )
    assert refused.value.code == "file-too-large"


def test_shared_texts_of_xls_are_read():
    rows = [[], [], TWO[2]]
    table = shared_table(ROSTER[0])
    heading = [(1, column, column) for column in range(5)]
    (sheet,) = read_spreadsheet(xls_bytes(rows, shared=table, shared_cells=heading), "名册.xls")
    assert list(sheet.rows[1]) == ROSTER[0]


@given(
    st.lists(
        st.text(max_size=30).filter(lambda text: all(ord(c) < 0xFFFF for c in text)), min_size=1, max_size=8
    ),
    st.data(),
)
def test_a_text_counts_its_characters_wherever_the_table_is_cut(texts, data):
    split_at = data.draw(st.integers(0, len(texts[-1]) - 1)) if texts[-1] else None
    table = shared_table(texts, split_at)
    length = int.from_bytes(table[2:4], "little")
    shared = SharedTexts()
    shared.begin(table[4 : 4 + length])
    if split_at is not None:
        shared.go_on(table[4 + length + 4 :])
    assert [shared.size_of(number) for number in range(len(texts))] == [3 * len(text) for text in texts]


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_bytes_of_a_table_are_counted_or_given_up(records):
    shared = SharedTexts()
    shared.begin(b"\0" * 8)
    for record in records:
        shared.go_on(record)
    assert shared.size_of(0) >= 0
