"""Changing the tree: each change has its day, and no day before it is touched."""

from datetime import date

import pytest

from warrant.apps.audit.models import AuditRow
from warrant.apps.organisations import selectors, services
from warrant.apps.organisations.models import Agency, AgencySuccession, AgencyVersion
from warrant.core.access import Level, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

JUNE = date(2026, 6, 1)


@pytest.fixture
def administrator(tree, actor):
    return actor("wang", tree.jiangsu, Role.SYSTEM_ADMINISTRATOR)


def test_renamed_agency_keeps_its_old_name_before_the_day(tree, administrator, now):
    services.rename_agency(
        administrator, tree.kunshan_brigade, name="昆山市交通运输执法大队", on=JUNE, now=now
    )
    agency = Agency.objects.get(pk=tree.kunshan_brigade.pk)
    assert agency.name == "昆山市交通运输执法大队"
    assert selectors.name_on(agency, date(2026, 5, 31)) == "昆山市交通运输综合行政执法大队"
    assert selectors.name_on(agency, JUNE) == "昆山市交通运输执法大队"
    assert AuditRow.objects.get(action="organisation.renamed").subject == "agency:320583-01"


def test_agency_is_found_by_its_former_name(tree, administrator, now, today):
    services.rename_agency(
        administrator, tree.kunshan_brigade, name="昆山市交通运输执法大队", on=JUNE, now=now
    )
    assert selectors.find_agency("昆山市交通运输综合行政执法大队", today) == tree.kunshan_brigade
    assert selectors.find_agency("昆山市交通运输执法大队", today) == tree.kunshan_brigade
    assert selectors.find_agency("昆山市交通运输执法大队", date(2026, 5, 1)) is None


def test_opened_agency_gets_the_next_code_and_its_place(tree, administrator, now):
    agency = services.open_agency(
        administrator, tree.kunshan, name="昆山市港航事业发展中心", level=Level.AGENCY, on=JUNE, now=now
    )
    assert agency.code == "320583-02"
    assert agency.place.county_id == tree.kunshan.pk
    assert agency.place.agency_id == agency.pk
    assert agency.division_code == "320583"


def test_opened_county_is_its_own_county(tree, administrator, now):
    county = services.open_agency(
        administrator,
        tree.suzhou,
        name="太仓市交通运输局",
        level=Level.COUNTY,
        division_code="320585",
        on=JUNE,
        now=now,
    )
    assert (county.code, county.county_id, county.city_id) == ("320585", county.pk, tree.suzhou.pk)


@pytest.mark.parametrize("division_code", ["", "3205", "330100", "320100", "32058x"])
def test_county_outside_the_city_cannot_be_opened(tree, administrator, now, division_code):
    with pytest.raises(InvalidInput) as caught:
        services.open_agency(
            administrator,
            tree.suzhou,
            name="某某县交通运输局",
            level=Level.COUNTY,
            division_code=division_code,
            on=JUNE,
            now=now,
        )
    assert caught.value.code == "agency-division"


def test_name_in_use_cannot_be_given_again(tree, administrator, now):
    with pytest.raises(InvalidInput) as caught:
        services.rename_agency(
            administrator, tree.kunshan_brigade, name="昆山市 交通运输局", on=JUNE, now=now
        )
    assert caught.value.code == "agency-name-taken"


@pytest.mark.parametrize("on", [date(2026, 11, 23), date(2010, 1, 1), date(2009, 1, 1)])
def test_change_cannot_count_from_tomorrow_or_before_what_it_changes(tree, administrator, now, on):
    with pytest.raises(InvalidInput) as caught:
        services.rename_agency(administrator, tree.kunshan, name="昆山市交通局新名", on=on, now=now)
    assert caught.value.code == "agency-date"


def test_merged_agency_ends_and_its_name_leads_to_the_successor(tree, administrator, now, today):
    services.merge_agencies(
        administrator,
        [tree.kunshan_brigade],
        tree.suzhou_brigade,
        on=JUNE,
        reason="苏编办〔2026〕1号",
        now=now,
    )
    assert Agency.objects.get(pk=tree.kunshan_brigade.pk).closed_on == JUNE
    assert selectors.find_agency("昆山市交通运输综合行政执法大队", today) == tree.suzhou_brigade
    assert selectors.find_agency("昆山市交通运输综合行政执法大队", date(2026, 5, 1)) == tree.kunshan_brigade
    assert AgencySuccession.objects.get().successor == tree.suzhou_brigade


def test_merge_that_fails_on_the_second_undoes_the_first(tree, administrator, now):
    with pytest.raises(Conflict) as caught:
        services.merge_agencies(
            administrator, [tree.jiangsu_brigade, tree.kunshan], tree.suzhou, on=JUNE, reason="x", now=now
        )
    assert caught.value.code == "agency-has-units"
    assert not Agency.objects.exclude(closed_on=None).exists()
    assert not AgencyVersion.objects.exclude(valid_until=None).exists()


def test_unit_with_units_below_cannot_be_closed(tree, administrator, now):
    with pytest.raises(Conflict) as caught:
        services.close_agency(administrator, tree.kunshan, on=JUNE, reason="撤并", now=now)
    assert caught.value.code == "agency-has-units"


def test_closed_agency_cannot_be_changed_any_more(tree, administrator, now, today):
    services.close_agency(administrator, tree.kunshan_brigade, on=JUNE, reason="撤并", now=now)
    assert selectors.find_agency("昆山市交通运输综合行政执法大队", today) is None
    with pytest.raises(Conflict) as caught:
        services.rename_agency(administrator, tree.kunshan_brigade, name="昆山市执法大队", on=today, now=now)
    assert caught.value.code == "agency-closed"


def test_closing_needs_a_reason(tree, administrator, now):
    with pytest.raises(InvalidInput) as caught:
        services.close_agency(administrator, tree.kunshan_brigade, on=JUNE, reason="  ", now=now)
    assert caught.value.code == "reason-missing"


def test_registrar_may_not_change_the_tree(tree, actor, now):
    registrar = actor("li", tree.kunshan, Role.REGISTRAR)
    with pytest.raises(NotPermitted):
        services.rename_agency(registrar, tree.kunshan_brigade, name="昆山市执法大队", on=JUNE, now=now)


def test_administrator_of_another_province_does_not_even_find_the_unit(tree, actor, now):
    elsewhere = actor("zhao", tree.shanghai, Role.SYSTEM_ADMINISTRATOR)
    with pytest.raises(NotFound):
        services.close_agency(elsewhere, tree.kunshan_brigade, on=JUNE, reason="撤并", now=now)


def test_seed_enters_the_tree_once(db, now, today):
    first = services.seed_organisations(now)
    again = services.seed_organisations(now)
    assert (first, again) == (Agency.objects.count(), 0)
    kunshan = Agency.objects.get(code="320583-01")
    assert (kunshan.province.code, kunshan.city.code, kunshan.county.code) == ("320000", "320500", "320583")
    assert selectors.agency_finder(today)("盐城市港航事业发展中心") == "320900-02"


def test_seed_does_not_undo_what_has_become_of_a_unit(db, now, actor):
    services.seed_organisations(now)
    jiangsu = Agency.objects.get(code="320000")
    administrator = actor("wang", jiangsu, Role.SYSTEM_ADMINISTRATOR)
    unit = Agency.objects.get(code="320583-01")
    services.rename_agency(administrator, unit, name="昆山市交通运输执法大队", on=JUNE, now=now)
    services.seed_organisations(now)
    assert Agency.objects.get(code="320583-01").name == "昆山市交通运输执法大队"
