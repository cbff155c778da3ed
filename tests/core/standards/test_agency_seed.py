"""The shipped tree and the lookup of names in it."""

import pytest

from warrant.core.standards.agency_seed import seed_agencies, seed_agency_finder


def test_tree_has_every_provincial_rank_and_jiangsu_complete():
    levels = [agency.level for agency in seed_agencies()]
    counted = {level: levels.count(level) for level in ("ministry", "province", "city", "county")}
    assert counted == {"ministry": 1, "province": 35, "city": 13, "county": 95}


def test_every_unit_comes_after_its_parent_and_codes_are_unique():
    seen = {""}
    for agency in seed_agencies():
        assert agency.parent_code in seen
        assert agency.code not in seen
        seen.add(agency.code)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("江苏省交通运输厅", "320000"),
        ("苏州市交通运输局", "320500"),
        ("江阴市交通运输局", "320281"),
        ("南京市江宁区交通运输局", "320115"),
        ("南京市交通运输综合行政执法支队", "320100-01"),
        ("南京市交通运输综合行政执法支队一大队", "320100-01-01"),
        ("昆山市交通运输综合行政执法大队", "320583-01"),
        ("盐城市港航事业发展中心", "320900-02"),
        ("江苏省苏州市交通运输局", "320500"),
        ("江宁区交通运输局", "320115"),
        ("苏州市昆山市交通运输局", "320583"),
        ("江苏省苏州市昆山市交通运输局", "320583"),
        (" 苏州市\u3000交通运输局", "320500"),
    ],
)
def test_unit_is_found_by_its_name_and_by_usual_spellings(name, code):
    assert seed_agency_finder()(name) == code


@pytest.mark.parametrize("name", ["", "长江以北某某执法队", "鼓楼区交通运输局", "交通运输局", "苏州市"])
def test_unknown_and_ambiguous_names_find_nothing(name):
    assert seed_agency_finder()(name) is None
