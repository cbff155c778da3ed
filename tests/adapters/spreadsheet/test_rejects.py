"""The workbook of rejected rows: mended and sent again, it gets in."""

import io
from datetime import date

import openpyxl
import pytest
from tests.core.roster.rows import GOOD, HEADINGS, ON, SECOND, find_agency, sheet_of

from warrant.adapters.spreadsheet.reading import read_spreadsheet
from warrant.adapters.spreadsheet.rejects import write_rejected
from warrant.core.roster.checking import check_roster
from warrant.core.roster.grid import Sheet

TITLE = ["江苏省交通运输行政执法人员花名册"]
BAD = SECOND | {
    "性别": "女",
    "参加工作时间": date(2008, 11, 3),
    "备注": '=HYPERLINK("http://example.invalid")',
}


def rejected_of(*sheets):
    return write_rejected(sheets, check_roster(sheets, ON, find_agency))


def test_only_rejected_rows_stand_below_the_same_titles_and_headings():
    content = rejected_of(sheet_of(GOOD, BAD, above=(TITLE,)))
    rows = list(openpyxl.load_workbook(io.BytesIO(content))["花名册"].values)
    assert rows[0][0] == TITLE[0]
    assert rows[1] == (*HEADINGS, "未导入原因")
    assert [row[1] for row in rows[2:]] == ["邓波"]
    assert rows[2][-1].startswith("性别\uff1a性别填“女”")


def test_nothing_in_it_is_a_formula():
    workbook = openpyxl.load_workbook(io.BytesIO(rejected_of(sheet_of(BAD))))
    kinds = {cell.data_type for row in workbook.active for cell in row}
    assert "f" not in kinds
    assert workbook.active.cell(2, HEADINGS.index("备注") + 1).value.startswith("=HYPERLINK")


def test_sent_again_unmended_it_is_rejected_for_the_same_reason():
    again = check_roster(
        read_spreadsheet(rejected_of(sheet_of(BAD, above=(TITLE,))), "again.xlsx"), ON, find_agency
    )
    assert [(finding.row, finding.code) for finding in again.findings] == [
        (3, "formula"),
        (3, "sex-mismatch"),
    ]


def test_mended_in_place_and_sent_again_it_gets_in():
    workbook = openpyxl.load_workbook(io.BytesIO(rejected_of(sheet_of(GOOD, BAD, above=(TITLE,)))))
    sheet = workbook.active
    sheet.cell(3, HEADINGS.index("性别") + 1).value = "男"
    sheet.cell(3, HEADINGS.index("备注") + 1).value = None
    mended = io.BytesIO()
    workbook.save(mended)
    check = check_roster(read_spreadsheet(mended.getvalue(), "mended.xlsx"), ON, find_agency)
    assert check.findings == ()
    assert [row.entry.name for row in check.accepted_rows] == ["邓波"]
    assert str(check.rows[0].entry.working_from) == "2008-11-03"


def test_two_row_heading_is_found_again():
    upper = ["序号", "基本情况", "", "", "单位情况", ""]
    lower = ["", "姓名", "性别", "身份证号码", "所在单位", "执法门类"]
    person = [1.0, "许波", "男", "329923197201110221", "苏州市交通运输局", "公路路政"]
    sheet = Sheet("表1", [upper, lower, person], merged=[(0, 0, 1, 0), (0, 1, 0, 3), (0, 4, 0, 5)])
    again = check_roster(read_spreadsheet(rejected_of(sheet), "again.xlsx"), ON, find_agency)
    assert [(finding.row, finding.code) for finding in again.findings] == [(3, "sex-mismatch")]


def test_unit_that_was_merged_down_is_written_out():
    place = HEADINGS.index("所在单位")
    sheet = sheet_of(GOOD, BAD | {"所在单位": ""}, merged=[(1, place, 2, place)])
    rows = list(openpyxl.load_workbook(io.BytesIO(rejected_of(sheet))).active.values)
    assert rows[1][place] == "苏州市交通运输局"


@pytest.mark.parametrize("name", ["一/二:三[四]", "长" * 60, "'", "a\\b"])
def test_any_sheet_name_can_be_written(name):
    workbook = openpyxl.load_workbook(io.BytesIO(rejected_of(sheet_of(BAD, name=name))))
    assert len(workbook.sheetnames) == 1


def test_nothing_rejected_says_so():
    workbook = openpyxl.load_workbook(io.BytesIO(rejected_of(sheet_of(GOOD))))
    assert workbook.active["A1"].value == "没有未导入的人员"
