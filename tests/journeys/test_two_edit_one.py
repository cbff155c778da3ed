"""Two people change one officer at once, each in a browser of their own: the second sees both versions and chooses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from tests.support.chromium import ChromiumPerson, chromium

from warrant.nodes.group import Logins
from warrant.nodes.journey.browser import sign_in
from warrant.nodes.launcher import NodeGroup

pytestmark = pytest.mark.journey

UNIT = "昆山市交通运输综合行政执法大队"
PASTED = "３２９９０１ 1990 0501 ０２３２"
"""An ID number as somebody pastes it from a document: full-width digits and spaces."""


@pytest.fixture
def two(group: tuple[NodeGroup, Logins]) -> Iterator[tuple[ChromiumPerson, ChromiumPerson]]:
    """The registrars of Kunshan and of the province."""
    nodes, logins = group
    province = nodes.nodes["province"]
    province.start()
    province.wait_until_ready()
    with chromium() as browser:
        people = ChromiumPerson(browser, province.url), ChromiumPerson(browser, province.url)
        for person, username in zip(people, ("kunshan-registrar", "registrar"), strict=True):
            sign_in(person, username, logins["province"][username])
        yield people
        assert [trouble for person in people for trouble in person.troubles] == []


def enter_officer(person: ChromiumPerson) -> str:
    """Enter an officer as people write, and return where the record stands."""
    page = person.open("/officers/new/")
    there = person.submit(
        page,
        page.form(with_field="id_number"),
        {
            "name": "林书白",
            "id_number": PASTED,
            "agency": UNIT,
            "categories": ["02"],
            "post": "执法员",
            "phone": "13900000000",
            "work_started": "2012.7.1",
            "enforcement_started": "2019年3月",
            "remark": "原来的备注",
        },
    )
    return there.url


def shown(tab: Page, field: str) -> str:
    return tab.locator(f"[name='{field}']").input_value()


def test_the_second_sees_both_versions_field_by_field_and_nothing_is_lost(
    two: tuple[ChromiumPerson, ChromiumPerson],
) -> None:
    first, second = two
    record = enter_officer(first)
    change = f"{record.split('?')[0]}change/"

    first_page, second_page = first.open(change), second.open(change)
    assert (shown(first.tab, "work_started"), shown(first.tab, "enforcement_started")) == (
        "2012-07-01",
        "2019-03",
    )
    first.submit(
        first_page,
        first_page.form(with_field="revision"),
        {"phone": "13900000001", "remark": "县里改的备注", "post": "法制审核员"},
    )
    second.submit(
        second_page,
        second_page.form(with_field="revision"),
        {"phone": "13900000002", "remark": "省里改的备注", "position": "二级主任科员"},
        status=409,
    )

    tab = second.tab
    choices = tab.locator("fieldset.choice")
    seen = [choice.inner_text().split("\n") for choice in choices.all()]
    texts = [[line.strip() for line in lines if line.strip()] for lines in seen]
    assert texts == [
        ["联系电话 打开时：13900000000", "对方改为", "13900000001", "我改为", "13900000002"],
        ["备注 打开时：原来的备注", "对方改为", "县里改的备注", "我改为", "省里改的备注"],
    ]
    told = tab.locator("main .notice").inner_text()
    assert "顾晓岚" in told
    assert "照对方的保留：岗位" in told
    assert "照您的保存：职务" in told

    # nothing is chosen for anybody: the browser asks before it sends
    tab.get_by_role("button", name="按所选保存").click()
    assert choices.count() == 2
    choices.nth(0).locator("input[value=mine]").check()
    choices.nth(1).locator("input[value=theirs]").check()
    with tab.expect_navigation():
        tab.get_by_role("button", name="按所选保存").click()
    assert tab.url == record.split("?")[0]

    second.open(change)
    fields = ("phone", "remark", "post", "position", "work_started")
    assert [shown(tab, field) for field in fields] == [
        "13900000002",
        "县里改的备注",
        "法制审核员",
        "二级主任科员",
        "2012-07-01",
    ]


def test_changes_that_do_not_meet_are_brought_together(two: tuple[ChromiumPerson, ChromiumPerson]) -> None:
    first, second = two
    record = enter_officer(first).split("?")[0]
    first_page, second_page = first.open(f"{record}change/"), second.open(f"{record}change/")
    first.submit(first_page, first_page.form(with_field="revision"), {"phone": "13900000001"})
    there = second.submit(second_page, second_page.form(with_field="revision"), {"position": "二级主任科员"})

    assert there.url == record
    assert "已修改林书白的职务" in second.tab.locator("main").inner_text()
    second.open(f"{record}change/")
    assert shown(second.tab, "phone") == "13900000001"
    assert shown(second.tab, "position") == "二级主任科员"
