"""One thing planted in a good row: it is found with its severity and code, and nothing else is."""

import pytest
from tests.core.roster.rows import GOOD, SECOND, check, found, found_in, sheet_of


def test_good_rows_have_no_findings():
    assert found(sheet_of(GOOD, SECOND)) == []


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"姓名": ""}, ("error", "missing-name")),
        ({"姓名": "—"}, ("error", "missing-name")),
        ({"姓名": "许1波"}, ("error", "name-characters")),
        ({"姓名": "许波(副)"}, ("error", "name-characters")),
        ({"姓名": "许\ufffd"}, ("error", "name-characters")),
        ({"姓名": "许\ue123"}, ("error", "name-private-use")),
        ({"姓名": "·许波"}, ("error", "name-characters")),
        ({"姓名": "许"}, ("warn", "name-short")),
        ({"姓名": "=许波"}, ("warn", "formula")),
        ({"姓名": " 许 波 "}, ("fix", "spaces-in-name")),
        ({"姓名": "许\u00a0波"}, ("fix", "spaces-in-name")),
        ({"姓名": "许\u200b波"}, ("fix", "hidden-characters")),
        ({"姓名": "\ufeff许波"}, ("fix", "hidden-characters")),
        ({"姓名": "买买提\u2022许波"}, ("fix", "long-name-dot")),
        ({"姓名": "买买提.许波"}, ("fix", "long-name-dot")),
        ({"姓名": "买买提\uff0e许波"}, ("fix", "long-name-dot")),
        ({"身份证号码": ""}, ("error", "missing-id")),
        ({"身份证号码": "329923197201110222"}, ("error", "id-checksum")),
        ({"身份证号码": "329923720111022"}, ("error", "id-length")),
        ({"身份证号码": 329923720111022.0}, ("error", "id-length")),
        ({"身份证号码": "3299231972011102211"}, ("error", "id-length")),
        ({"身份证号码": "32992319720111O221"}, ("error", "id-characters")),
        ({"身份证号码": "329923197202310221"}, ("error", "id-date")),
        ({"身份证号码": 3.29923197201110e17}, ("error", "id-precision-lost")),
        ({"身份证号码": 329923197201110221}, ("error", "id-precision-lost")),
        ({"身份证号码": "3.29923E+17"}, ("error", "id-precision-lost")),
        ({"身份证号码": "'329923197201110221"}, ("fix", "apostrophe-id")),
        ({"身份证号码": "\u2018329923197201110221"}, ("fix", "apostrophe-id")),
        ({"身份证号码": "329923 19720111 0221"}, ("fix", "id-spaces")),
        ({"身份证号码": "329923-19720111-0221"}, ("fix", "id-spaces")),
        ({"身份证号码": "329923197201110221\u200b"}, ("fix", "hidden-characters")),
        ({"性别": "男"}, ("error", "sex-mismatch")),
        ({"性别": "1"}, ("error", "sex-mismatch")),
        ({"性别": "妇"}, ("error", "unknown-sex")),
        ({"性别": "9"}, ("error", "unknown-sex")),
        ({"性别": ""}, ("fix", "sex-filled")),
        ({"出生年月": ""}, ("fix", "birth-filled")),
        ({"出生年月": "1972.02"}, ("error", "birth-mismatch")),
        ({"出生年月": "1972/1/32"}, ("error", "bad-date")),
        ({"民族": "火星族"}, ("error", "unknown-ethnic-group")),
        ({"学历": "高中"}, ("warn", "education-below")),
        ({"学历": "大专肄业"}, ("warn", "education-below")),
        ({"学历": "学富五车"}, ("error", "unknown-education")),
        ({"学历": ""}, ("warn", "missing-education")),
        ({"所在单位": ""}, ("error", "missing-unit")),
        ({"所在单位": "某某执法队"}, ("error", "unknown-unit")),
        ({"所在单位": "苏州市 交通运输局"}, ("fix", "spaces")),
        ({"执法门类": ""}, ("error", "missing-category")),
        ({"执法门类": "城市管理"}, ("error", "unknown-category")),
        ({"执法门类": "公路路政、城市管理"}, ("error", "unknown-category")),
        ({"执法门类": "海事行政"}, ("warn", "maritime-category")),
        ({"编制性质": "劳务派遣"}, ("warn", "staffing")),
        ({"编制性质": "临时工"}, ("warn", "staffing")),
        ({"编制性质": "志愿者"}, ("error", "unknown-staffing")),
        ({"编制性质": ""}, ("warn", "missing-staffing")),
        ({"参加工作时间": "2031-07-01", "从事执法工作时间": ""}, ("error", "future-date")),
        ({"从事执法工作时间": "2026-11-23"}, ("error", "future-date")),
        ({"从事执法工作时间": "1994/4/31"}, ("error", "bad-date")),
        ({"从事执法工作时间": "1995-07"}, ("error", "date-order")),
        ({"参加工作时间": "1971-08-03"}, ("error", "date-order")),
        ({"参加工作时间": "1980-08-03"}, ("warn", "started-young")),
        ({"参加工作时间": 34914.0}, ("fix", "date-serial")),
        ({"参加工作时间": 1995.1}, ("warn", "date-ambiguous")),
        ({"联系电话": "abc"}, ("warn", "phone")),
        ({"备注": "=1+1"}, ("warn", "formula")),
        ({"备注": "@SUM(A1)"}, ("warn", "formula")),
    ],
)
def test_planted_thing_is_the_only_finding(changed, finding):
    assert found_in(changed) == [finding]


@pytest.mark.parametrize(
    "changed",
    [
        {"性别": "2"},
        {"性别": 2.0},
        {"性别": "女性"},
        {"民族": "汉"},
        {"姓名": "许\U0002cb4e"},
        {"姓名": "阿卜杜拉·买买提"},
        {"姓名": "许〇"},
        {"出生年月": "1972年1月"},
        {"出生年月": 26309.0},
        {"执法门类": "公路路政、道路运政"},
        {"执法门类": "交通运输综合行政执法"},
        {"编制性质": "参公"},
        {"联系电话": 19900006042.0},
        {"联系电话": "0512-65551234"},
        {"联系电话": "+8619900006042"},
        {"从事执法工作时间": "1995.08"},
        {"从事执法工作时间": ""},
        {"备注": "-"},
    ],
)
def test_usual_spelling_has_no_finding(changed):
    assert found_in(changed) == []


def test_over_retirement_is_a_warning():
    person = SECOND | {
        "身份证号码": "329935195806012575",
        "出生年月": "19580601",
        "参加工作时间": "",
        "从事执法工作时间": "",
    }
    assert found(sheet_of(person)) == [(2, "warn", "over-retirement")]


def test_second_occurrence_is_the_error_and_names_the_first_row():
    result = check(sheet_of(GOOD, SECOND, GOOD))
    (finding,) = result.findings
    assert (finding.row, finding.code, finding.fields["first_row"]) == (4, "duplicate-in-file", 2)


def test_duplicate_on_another_sheet_names_that_sheet():
    result = check(sheet_of(GOOD, name="一大队"), sheet_of(GOOD, name="二大队"))
    (finding,) = result.findings
    assert (finding.sheet, finding.row, finding.fields["first_sheet"]) == ("二大队", 2, "一大队")


def test_formula_cell_is_shown_whatever_its_value():
    sheet = sheet_of(GOOD, formulas={(1, 4): "=MID(D2,7,8)"})
    assert found(sheet) == [(2, "warn", "formula")]


def test_formula_in_the_serial_column_is_nobodys_business():
    assert found(sheet_of(GOOD, formulas={(1, 0): "=ROW()-1"})) == []


def test_several_categories_are_kept_in_order():
    result = check(sheet_of(GOOD | {"执法门类": "道路运政\uff0c公路路政\n港口行政 道路运政"}))
    assert result.rows[0].entry.category_codes == ("02", "01", "05")


def test_higher_of_two_educations_counts():
    headings = ["姓名", "身份证号码", "所在单位", "执法门类", "全日制学历", "在职学历"]
    person = GOOD | {"全日制学历": "高中", "在职学历": "大学本科"}
    result = check(sheet_of(person, headings=headings))
    assert (result.findings, result.rows[0].entry.education_code) == ((), "21")


def test_repair_shows_before_and_after():
    result = check(sheet_of(SECOND | {"身份证号码": "32990419860328019x"}))
    (finding,) = result.findings
    assert finding.fields == {"before": "32990419860328019x", "after": "32990419860328019X"}
    assert "32990419860328019x" in finding.text
