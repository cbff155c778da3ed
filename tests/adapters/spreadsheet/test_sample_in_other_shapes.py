"""The sample's people, sent the way other offices send them: the same things are found, nothing more."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from tests.adapters.spreadsheet.workbooks import xls_bytes, xlsx_bytes

from warrant.adapters.spreadsheet.checking import check_roster_content
from warrant.adapters.spreadsheet.reading import read_spreadsheet
from warrant.core.roster.text import text_of
from warrant.core.standards.agency_seed import seed_agency_finder

SAMPLES = Path(__file__).parents[3] / "samples"
EXPECTED = json.loads((SAMPLES / "roster-sample.expected.json").read_text(encoding="utf-8"))
PLANTED = sorted(what for what in EXPECTED.values() if not what.startswith("ok:"))
(SHEET,) = read_spreadsheet((SAMPLES / "roster-sample.xlsx").read_bytes(), "sample")
HEADINGS = [text_of(value) for value in SHEET.rows[2]]
PEOPLE = [[text_of(value) for value in row] for row in SHEET.rows[3:]]
OTHER_NAMES = {
    "身份证号码": "公民身份号码",
    "所在单位": "工作单位\n(全称)",
    "执法门类": "执法类别",
    "学历": "文化程度",
    "编制性质": "编制类型",
    "参加工作时间": "参加工作年月",
    "从事执法工作时间": "从事执法时间",
}
TOTAL = ["合计", "200人"] + [""] * 18


def as_csv(encoding):
    stream = io.StringIO()
    csv.writer(stream).writerows([["江苏省交通运输行政执法人员花名册"], [], HEADINGS, *PEOPLE, TOTAL])
    return stream.getvalue().encode(encoding)


def in_two_sheets_with_two_row_headings():
    upper = ["序号", "个人信息", *[""] * 10, "执法信息", *[""] * 4, "联系", "", "备注"]
    lower = ["", *[OTHER_NAMES.get(heading, heading) for heading in HEADINGS[1:-1]], ""]

    def prepare(book):
        second = book.create_sheet("第二页")
        for row in (["花名册(续)"], [], upper, lower, *PEOPLE[100:], TOTAL, ["填表人:", "", "审核人:"]):
            second.append(row)
        notes = book.create_sheet("填表说明", 0)
        notes.append(["一、按居民身份证填写"])

    rows = [["花名册"], upper, lower, *PEOPLE[:50], [], *PEOPLE[50:100]]
    return xlsx_bytes(rows, prepare)


@pytest.mark.parametrize(
    "content",
    [
        as_csv("utf-8-sig"),
        as_csv("gb18030"),
        xls_bytes([["花名册"], HEADINGS, *PEOPLE, TOTAL]),
        in_two_sheets_with_two_row_headings(),
    ],
    ids=["csv in UTF-8", "csv in GB18030", "xls", "two sheets with two-row headings"],
)
def test_same_things_are_found_in_another_shape(content):
    check = check_roster_content(content, "名册", date(2026, 11, 22), seed_agency_finder())
    assert sorted(f"{finding.severity}:{finding.code}" for finding in check.findings) == PLANTED
    assert len(check.rows) == 200
