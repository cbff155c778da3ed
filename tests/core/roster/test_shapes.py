"""The shapes in which offices send the same thing."""

from tests.core.roster.rows import GOOD, HEADINGS, SECOND, check, found, sheet_of

from warrant.core.roster.grid import Sheet

TITLE = ["江苏省交通运输行政执法人员花名册", *[""] * 12]
TOTAL = ["合计", "2人", *[""] * 11]


def test_heading_is_found_under_title_and_blank_rows():
    sheet = sheet_of(GOOD, SECOND, above=(TITLE, [], ["", ""]))
    assert [row.row for row in check(sheet).rows] == [5, 6]


def test_total_closing_and_blank_rows_are_no_people():
    closing = ["填表人:张三", "", "审核人:李四"]
    sheet = sheet_of(GOOD, below=([], [2.0], TOTAL, closing, ["注: 本表一式两份"]))
    assert found(sheet) == []
    assert len(check(sheet).rows) == 1


def test_stray_date_or_stamp_below_the_table_is_no_person():
    stray = ["", "", "", "", "", "", "", "", "", "", "", "2026年11月20日", ""]
    assert found(sheet_of(GOOD, below=(stray, ["(盖章)"], ["本页小计", "1"]))) == []


def test_row_without_name_and_number_but_full_otherwise_is_a_person():
    person = GOOD | {"姓名": "", "身份证号码": "", "出生年月": "", "性别": ""}
    assert found(sheet_of(person)) == [(2, "error", "missing-name"), (2, "error", "missing-id")]


def test_row_without_name_is_still_a_person_when_it_has_a_number():
    assert found(sheet_of(GOOD | {"姓名": ""})) == [(2, "error", "missing-name")]


def test_repeated_heading_on_a_later_page_is_left_aside():
    sheet = sheet_of(GOOD, below=(list(HEADINGS), [SECOND.get(head, "") for head in HEADINGS]))
    assert [row.row for row in check(sheet).rows] == [2, 4]


def test_two_row_heading_with_merged_cells_is_read():
    upper = ["序号", "基本情况", "", "", "单位情况", "", "备注"]
    lower = ["", "姓名", "性别", "身份证号码", "所在单位", "执法门类", ""]
    person = [1.0, "许波", "女", "329923197201110221", "苏州市交通运输局", "公路路政", ""]
    merged = [(0, 0, 1, 0), (0, 1, 0, 3), (0, 4, 0, 5), (0, 6, 1, 6)]
    result = check(Sheet("表1", [upper, lower, person], merged=merged))
    assert [row.row for row in result.rows] == [3]
    assert result.findings == ()


def test_two_row_heading_joins_the_halves_of_a_name():
    upper = ["姓名", "身份证", "所在", "执法", "参加工作"]
    lower = ["", "号码", "单位", "门类", "时间"]
    person = ["许波", "329923197201110221", "苏州市交通运输局", "公路路政", "2031-07-01"]
    result = check(Sheet("表1", [upper, lower, person]))
    assert [(finding.row, finding.column, finding.code) for finding in result.findings] == [
        (3, "参加工作时间", "future-date")
    ]


def test_other_names_of_the_columns_are_known():
    other = {
        "姓 名": "许波",
        "公民身份号码*": "329923197201110221",
        "工作单位(全称)": "苏州市交通运输局",
        "执法\n类别": "公路路政",
        "文化程度": "本科",
    }
    sheet = Sheet("表1", [list(other), list(other.values())])
    assert found(sheet) == []


def test_several_sheets_are_read_and_one_without_a_roster_is_skipped():
    notes = Sheet("填表说明", [["一、请如实填写"], ["二、一人一行"]])
    result = check(notes, sheet_of(GOOD, name="一"), sheet_of(SECOND, name="二"))
    assert (result.skipped_sheets, len(result.rows), result.findings) == (("填表说明",), 2, ())


def test_file_without_any_roster_says_so():
    (finding,) = check(Sheet("Sheet1", [["今天天气不错"]])).findings
    assert (finding.severity.value, finding.code) == ("error", "no-roster")
    assert found(Sheet("Sheet1", [])) == [(1, "error", "no-roster")]


def test_heading_without_people_says_so():
    assert found(sheet_of()) == [(1, "error", "no-roster")]


def test_unit_column_that_is_missing_is_taken_from_the_title():
    headings = [head for head in HEADINGS if head != "所在单位"]
    title = ["填报单位(盖章)\uff1a苏州市交通运输局\u3000\u3000填报日期\uff1a2026年11月"]
    result = check(sheet_of(GOOD, headings=headings, above=(title,)))
    assert result.findings == ()
    assert result.rows[0].entry.agency_key == "320500"


def test_unit_column_that_is_missing_is_taken_from_the_name_of_the_sheet():
    headings = [head for head in HEADINGS if head != "所在单位"]
    result = check(sheet_of(GOOD, headings=headings, name="昆山市交通运输局"))
    assert result.rows[0].entry.agency_key == "320583"


def test_column_that_is_missing_is_named_once_for_the_sheet():
    headings = [head for head in HEADINGS if head != "执法门类"]
    assert found(sheet_of(GOOD, headings=headings)) == [
        (1, "error", "missing-column"),
        (2, "error", "missing-category"),
    ]


def test_unit_merged_down_over_several_people_counts_for_each():
    place = HEADINGS.index("所在单位")
    sheet = sheet_of(GOOD, SECOND | {"所在单位": ""}, merged=[(1, place, 2, place)])
    assert found(sheet) == []


def test_name_merged_down_does_not_become_the_name_of_the_next_person():
    sheet = sheet_of(GOOD, SECOND | {"姓名": ""}, merged=[(1, 1, 2, 1)])
    assert found(sheet) == [(3, "error", "missing-name")]
