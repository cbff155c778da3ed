"""Administrative divisions of GB/T 2260."""

import pytest

from warrant.core.standards import divisions


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("32", "江苏省"),
        ("320000", "江苏省"),
        ("3205", "苏州市"),
        ("320500", "苏州市"),
        ("320102", "玄武区"),
        ("320115", "江宁区"),
        ("320281", "江阴市"),
        ("320583", "昆山市"),
        ("320613", "崇川区"),
        ("320685", "海安市"),
        ("65", "新疆维吾尔自治区"),
    ],
)
def test_code_names_the_division(code, name):
    found = divisions.find(code)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("code", ["320584", "320611", "3299", "99", ""])
def test_retired_and_unknown_codes_are_not_found(code):
    assert divisions.find(code) is None


def test_jiangsu_has_13_cities_and_95_counties():
    cities = divisions.children_of("32")
    counties = [county for city in cities for county in divisions.children_of(city.code)]
    assert (len(divisions.provinces()), len(cities), len(counties)) == (34, 13, 95)
    assert sum(county.is_district for county in counties) == 55


def test_district_is_named_after_its_city_and_a_county_level_city_is_not():
    names = [divisions.full_name(division) for division in divisions.all_divisions()]
    assert "南京市江宁区" in names
    assert "昆山市" in names
    assert "苏州市昆山市" not in names


@pytest.mark.parametrize(
    ("code", "short"), [("321000", "3210"), ("500000", "50"), ("320100", "3201"), ("320583", "320583")]
)
def test_short_code_drops_whole_pairs_of_zeros_only(code, short):
    assert divisions.short_code(code) == short
