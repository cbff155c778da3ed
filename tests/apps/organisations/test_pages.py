"""The organisation pages: who sees what, and what a refusal looks like."""

from datetime import date

import pytest

from warrant.apps.organisations import selectors, services
from warrant.apps.organisations.models import Agency
from warrant.core.access import Role


@pytest.fixture
def administrator(tree, account_for, sign_in):
    return sign_in(account_for("wang", tree.jiangsu, Role.SYSTEM_ADMINISTRATOR))


@pytest.fixture
def registrar(tree, account_for, sign_in):
    return sign_in(account_for("li", tree.kunshan, Role.REGISTRAR))


def test_tree_page_shows_the_first_level_only(registrar):
    page = registrar.get("/organisations/").content.decode()
    assert "江苏省交通运输厅" in page
    assert "/organisations/320500/" in page
    assert "/organisations/320583/" not in page


def test_tree_page_unfolds_the_way_down_to_a_unit_without_script(registrar):
    page = registrar.get("/organisations/", {"below": "320500"}).content.decode()
    assert "昆山市交通运输局" in page
    assert "昆山市交通运输综合行政执法大队" not in page
    assert 'href="?below=320583#u-320583"' in page


def test_an_opened_row_reads_its_level_alone(registrar):
    part = registrar.get("/organisations/", {"below": "320583", "part": "1"}).content.decode()
    assert part.startswith("<ul>")
    assert "昆山市交通运输综合行政执法大队" in part
    assert "苏州市交通运输局" not in part


def test_a_level_stays_on_the_chosen_day(registrar):
    page = registrar.get("/organisations/", {"on": "2026-05-31", "below": "320500"}).content.decode()
    assert 'hx-get="?on=2026-05-31&amp;below=320583&amp;part=1"' in page


@pytest.mark.parametrize("params", [{"below": "999999"}, {"below": "999999", "part": "1"}])
def test_the_level_of_an_unknown_unit_is_not_found(registrar, params):
    assert registrar.get("/organisations/", params).status_code == 404


def test_tree_page_of_the_whole_nation_is_light(registrar, django_assert_max_num_queries, now):
    services.seed_organisations(now)
    with django_assert_max_num_queries(10):
        answer = registrar.get("/organisations/", {"below": "320500"})
    assert answer.status_code == 200
    assert len(answer.content) <= 28_000


def test_search_lists_the_units_whose_name_fits(registrar):
    page = registrar.get("/organisations/", {"text": "昆山"}).content.decode()
    assert "昆山市交通运输综合行政执法大队" in page
    assert "苏州市交通运输综合行政执法支队" not in page


def test_search_without_a_hit_says_what_to_do(registrar):
    assert "没有名称相符的机构" in registrar.get("/organisations/", {"text": "火星"}).content.decode()


def test_tree_as_of_a_day_shows_the_name_of_that_day(registrar, tree, actor, now):
    administrator = actor("wang", tree.jiangsu, Role.SYSTEM_ADMINISTRATOR)
    services.rename_agency(
        administrator, tree.kunshan_brigade, name="昆山市交通执法大队", on=date(2026, 6, 1), now=now
    )
    page = registrar.get("/organisations/", {"on": "2026-05-31", "below": "320583"}).content.decode()
    assert "昆山市交通运输综合行政执法大队" in page
    assert "昆山市交通执法大队" not in page


def test_bad_day_is_answered_beside_the_tree(registrar):
    answer = registrar.get("/organisations/", {"on": "2026-02-30"})
    assert answer.status_code == 400
    assert "江苏省交通运输厅" in answer.content.decode()


def test_registrar_sees_the_unit_without_buttons_to_change_it(registrar):
    page = registrar.get("/organisations/320583-01/").content.decode()
    assert "名称沿革" in page
    assert "/rename/" not in page


def test_administrator_is_offered_every_change(administrator):
    page = administrator.get("/organisations/320583-01/").content.decode()
    for action in ("open", "rename", "merge", "close"):
        assert f"/organisations/320583-01/{action}/" in page


def test_unknown_unit_is_not_found(registrar):
    assert registrar.get("/organisations/999999/").status_code == 404


@pytest.mark.parametrize("action", ["open", "rename", "merge", "close"])
def test_registrar_is_refused_every_form(registrar, action):
    assert registrar.get(f"/organisations/320583-01/{action}/").status_code == 403


@pytest.mark.parametrize("action", ["open", "rename", "merge", "close"])
def test_form_is_shown_to_the_administrator(administrator, action):
    assert administrator.get(f"/organisations/320583-01/{action}/").status_code == 200


def test_renaming_goes_back_to_the_unit_and_says_what_happened(administrator):
    answer = administrator.post(
        "/organisations/320583-01/rename/", {"name": "昆山市交通执法大队", "on": "2026-06-01"}, follow=True
    )
    assert answer.redirect_chain == [("/organisations/320583-01/", 302)]
    assert "已更名为昆山市交通执法大队" in answer.content.decode()


def test_refused_name_stands_beside_its_field_and_stays_typed(administrator):
    answer = administrator.post(
        "/organisations/320583-01/rename/", {"name": "苏州市交通运输局", "on": "2026-06-01"}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "已有名为“苏州市交通运输局”的机构" in page
    assert 'value="苏州市交通运输局"' in page


def test_opening_and_closing_work_from_the_browser(administrator, tree, today):
    administrator.post(
        "/organisations/320583/open/",
        {"level": "agency", "name": "昆山市公路事业发展中心", "on": "2026-06-01"},
    )
    assert Agency.objects.get(code="320583-02").parent == tree.kunshan
    administrator.post("/organisations/320583-02/close/", {"on": "2026-07-01", "reason": "撤并"})
    assert selectors.find_agency("昆山市公路事业发展中心", today) is None


def test_merging_works_from_the_browser(administrator, tree, today):
    answer = administrator.post(
        "/organisations/320583-01/merge/",
        {"successor": tree.suzhou_brigade.pk, "on": "2026-06-01", "reason": "苏编办〔2026〕1号"},
    )
    assert answer.status_code == 302
    assert selectors.find_agency("昆山市交通运输综合行政执法大队", today) == tree.suzhou_brigade


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client, tree):
    assert client.get("/organisations/").status_code == 302
