"""Code tables: official codes, and the spellings that offices use."""

import pytest

from warrant.core.errors import InvalidInput
from warrant.core.standards import codes


@pytest.mark.parametrize(
    ("table", "text", "code"),
    [
        (codes.SEX, "女", "2"),
        (codes.SEX, "1", "1"),
        (codes.EDUCATION, "大学本科", "21"),
        (codes.EDUCATION, "硕士研究生", "14"),
        (codes.EDUCATION, "大专", "31"),
        (codes.EDUCATION, "高中", "61"),
        (codes.DEGREE, "学士", "4"),
        (codes.DEGREE, "法学学士", "403"),
        (codes.POLITICAL_STATUS, "中共预备党员", "02"),
        (codes.ETHNIC_GROUP, "土家族", "15"),
        (codes.ETHNIC_GROUP, "汉", "01"),
        (codes.ETHNIC_GROUP, "基诺族", "56"),
        (codes.ENFORCEMENT_CATEGORY, "交通综合行政执法", "08"),
        (codes.ENFORCEMENT_CATEGORY, "交通运输综合行政执法", "08"),
        (codes.STAFFING, "参公", "civil-service-law"),
        (codes.POST, "法制审核岗", "legal-review"),
    ],
)
def test_spelling_in_use_leads_to_the_official_code(table, text, code):
    found = table.find(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("find", "wording", "code"),
    [
        (codes.find_staffing, "事业编外人员", "off-establishment"),
        (codes.find_staffing, "劳务派遣(驾驶员)", "agency-labour"),
        (codes.find_staffing, "参照公务员法管理的事业单位人员", "civil-service-law"),
        (codes.find_staffing, "事业单位聘用人员", "public-institution"),
        (codes.find_staffing, "行政执法编制", "civil-servant"),
        (codes.find_education, "大学本科(在职)", "21"),
        (codes.find_education, "全日制大学本科学历", "21"),
        (codes.find_education, "省委党校研究生", "14"),
        (codes.find_education, "本科/学士", "21"),
        (codes.find_education, "在职大专", "31"),
        (codes.find_education, "高中学历", "61"),
        (codes.find_category, "水路运政执法", "03"),
        (codes.find_category, "公路路政类", "01"),
        (codes.find_category, "交通综合行政执法", "08"),
    ],
)
def test_longer_wording_leads_to_the_code_that_it_means(find, wording, code):
    found = find(wording)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("find", "wording"),
    [
        (codes.find_staffing, "志愿者"),
        (codes.find_education, "学富五车"),
        (codes.find_education, ""),
        (codes.find_category, "城市管理"),
        (codes.find_category, "渔政执法"),
        (codes.find_category, "执法"),
    ],
)
def test_wording_that_means_nothing_known_finds_nothing(find, wording):
    assert find(wording) is None


def test_unknown_spelling_is_not_guessed():
    assert codes.ENFORCEMENT_CATEGORY.find("城市管理") is None


def test_unknown_code_is_refused():
    with pytest.raises(InvalidInput) as caught:
        codes.SEX.by_code("3")
    assert caught.value.code == "unknown-code"


def test_tables_have_the_size_of_the_standard():
    sizes = (len(codes.ETHNIC_GROUP), len(codes.ENFORCEMENT_CATEGORY), len(codes.POLITICAL_STATUS))
    assert sizes == (58, 8, 13)


def test_dispatched_staff_may_not_enforce():
    assert not codes.may_staffing_enforce(codes.STAFFING.by_code("agency-labour"))
    assert codes.may_staffing_enforce(codes.STAFFING.by_code("public-institution"))
