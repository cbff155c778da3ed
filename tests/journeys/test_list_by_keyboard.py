"""The list of officers with the keyboard alone, in a real browser, on a register of a made-up nation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from tests.support.chromium import ChromiumPerson, chromium

from warrant.nodes.group import Logins
from warrant.nodes.journey.browser import sign_in
from warrant.nodes.launcher import NodeGroup, run_for_node

pytestmark = pytest.mark.journey

FOCUSED_ROW = """
() => {
  const row = document.activeElement.closest("#officers tbody tr");
  return row ? row.querySelector("th").innerText : null;
}
"""
UNNAMED = """
() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary, [role=grid]")]
  .filter((one) => one.checkVisibility() && !one.closest("[aria-hidden=true]"))
  .filter((one) => !(one.innerText || one.ariaLabel || one.title || one.labels?.length
                     || one.querySelector("[aria-label], .unseen")))
  .map((one) => one.outerHTML.slice(0, 120))
"""


@pytest.fixture
def person(group: tuple[NodeGroup, Logins]) -> Iterator[ChromiumPerson]:
    """The registrar of the province before a list of 300 officers."""
    nodes, logins = group
    province = nodes.nodes["province"]
    run_for_node(province.node_file, "generate", "--officers", "300", "--seed", "3")
    province.start()
    province.wait_until_ready()
    with chromium() as browser:
        someone = ChromiumPerson(browser, province.url)
        sign_in(someone, "registrar", logins["province"]["registrar"])
        yield someone
        assert someone.troubles == []


def names(tab: Page) -> list[str]:
    return tab.locator("#officers tbody th").all_inner_texts()


def focused(tab: Page) -> str | None:
    found: str | None = tab.evaluate(FOCUSED_ROW)
    return found


def chosen(tab: Page) -> str:
    return tab.locator("[data-chosen-count]").inner_text()


def test_somebody_finds_chooses_looks_and_opens_without_a_mouse(person: ChromiumPerson) -> None:
    tab = person.tab
    person.open("/officers/")
    first = names(tab)
    keys = tab.keyboard

    keys.press("j")
    assert focused(tab) == first[0]
    keys.press("j")
    keys.press("ArrowDown")
    keys.press("k")
    assert focused(tab) == first[1]
    assert tab.locator("#officers tbody tr[tabindex='0']").count() == 1

    keys.press("Space")
    assert chosen(tab) == "1"
    keys.press("Shift+ArrowDown")
    keys.press("Shift+ArrowDown")
    assert chosen(tab) == "3"
    keys.press("x")
    assert chosen(tab) == "2"
    assert tab.locator("#officers tr[aria-selected='true']").count() == 2

    keys.press("o")
    tab.locator("#panel h2").wait_for()
    assert tab.locator("#panel h2").inner_text() == first[3]
    keys.press("Escape")
    assert tab.locator("#panel h2").count() == 0
    assert focused(tab) == first[3]

    keys.press("]")
    tab.wait_for_function(
        "name => !document.querySelector('#officers tbody th').innerText.includes(name)", arg=first[0]
    )
    second = names(tab)
    assert "after=" in tab.url
    assert focused(tab) == second[0]
    assert chosen(tab) == "2"
    keys.press("[")
    tab.wait_for_function(
        "name => document.querySelector('#officers tbody th').innerText.includes(name)", arg=first[0]
    )
    assert tab.locator("#officers tr[aria-selected='true']").count() == 2

    keys.press("?")
    assert tab.locator("#list-keys").is_visible()
    keys.press("Escape")
    keys.press("/")
    assert tab.evaluate("document.activeElement.name") == "q"
    keys.type("wang")
    tab.wait_for_url("**/officers/?q=wang")
    assert tab.evaluate("document.activeElement.name") == "q"
    assert chosen(tab) == "0" or not tab.locator(".chosen-bar").is_visible()
    keys.press("ArrowDown")
    wanted = focused(tab)
    keys.press("Enter")
    tab.wait_for_url("**/officers/*/")
    assert wanted is not None
    assert wanted in tab.locator("h1").inner_text()
    tab.go_back()
    tab.wait_for_url("**/officers/?q=wang")
    assert tab.locator("[data-list-search]").input_value() == "wang"


def test_everything_on_the_list_has_a_name_and_22_rows_fit(person: ChromiumPerson) -> None:
    tab = person.tab
    person.open("/officers/")
    assert tab.evaluate(UNNAMED) == []
    assert tab.locator("#officers").get_attribute("role") == "grid"
    fits = """
    () => {
      const bottom = document.querySelector(".table-scroll").getBoundingClientRect().bottom;
      return [...document.querySelectorAll("#officers tbody tr")]
        .filter((row) => row.getBoundingClientRect().bottom <= bottom).length;
    }
    """
    assert tab.evaluate(fits) >= 22
    wrapped = "() => [...document.querySelectorAll('#officers tbody th')].filter((one) => one.offsetHeight > 34).length"
    assert tab.evaluate(wrapped) == 0
