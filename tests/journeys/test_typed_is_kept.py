"""A session that ends in the middle of a form: what was typed waits for the same person to sign in again."""

from __future__ import annotations

import re

import pytest
from tests.journeys.test_two_edit_one import enter_officer
from tests.support.chromium import ChromiumPerson, chromium

from warrant.nodes.group import Logins
from warrant.nodes.journey.browser import sign_in
from warrant.nodes.launcher import NodeGroup

pytestmark = pytest.mark.journey

REASON = "同一人登记了两次，保留较早的一份。"


def walk(person: ChromiumPerson, asked: str, password: str) -> None:
    """Send a form with a reason after the session has ended, and sign in again."""
    tab = person.tab
    person.open(asked)
    tab.fill("main textarea", REASON)
    tab.context.clear_cookies(name=re.compile("_session$"))
    with tab.expect_navigation():
        tab.locator("main form:has(textarea) button").last.click()
    assert "/account/sign-in/" in tab.url
    assert "刚才填写的内容还在这个窗口里" in tab.locator("form.sign-in").inner_text()

    tab.fill("[name=username]", "kunshan-registrar")
    tab.fill("[name=password]", password)
    with tab.expect_navigation():
        tab.locator("form.sign-in button").click()
    assert tab.url == asked
    assert tab.input_value("main textarea") == REASON
    assert "还没有提交" in tab.locator("main").inner_text()
    assert tab.evaluate("sessionStorage.getItem('warrant-typed')") is None


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in(
    group: tuple[NodeGroup, Logins],
) -> None:
    nodes, logins = group
    province = nodes.nodes["province"]
    province.start()
    province.wait_until_ready()
    password = logins["province"]["kunshan-registrar"]
    with chromium() as browser:
        person = ChromiumPerson(browser, province.url)
        sign_in(person, "kunshan-registrar", password)
        walk(person, f"{enter_officer(person).split('?')[0]}deletion/", password)
        assert person.troubles == []
