"""The shell's script in a real browser under the strict content security policy."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import django_htmx
import pytest
from jinja2 import FileSystemLoader
from playwright.sync_api import Page, Route, sync_playwright

from warrant.apps import foundation
from warrant.apps.foundation.pages import Shell, ShellAccount, ShellItem, ShellSection
from warrant.nodes.jinja import environment

HERE = Path(foundation.__file__).parent
STATIC = {
    "warrant": HERE / "static",
    "django_htmx": Path(django_htmx.__file__).parent / "static",
}
SHELL = Shell(
    "江苏省交通运输厅",
    "province",
    ShellAccount("顾庭芳", "昆山市交通运输局", ("审查员",)),
    [ShellSection("人员", [ShellItem("执法人员", "/officers", "users", True)])],
    "zh-hans",
    datetime(2026, 11, 22, 8, 45, tzinfo=UTC),
)
LIST = """{% extends "page_list.jinja" %}{% block actions %}
<form method="post" action="/sent" data-confirm="确认提交？"><button id="send">提交</button></form>
<form method="post" action="/sent" data-autosave="/draft"><input id="note" name="note">
<input id="number" data-resident-id><input id="born" data-from-id="born-on"><input id="sex" data-from-id="sex">
<span id="saved" data-autosave-status data-saving="正在保存" data-saved="草稿已保存" data-failed="未能保存"></span></form>
{% endblock %}"""


class Site:
    """Answers the browser's requests without a server, with the policy that the nodes send."""

    def __init__(self) -> None:
        pages = environment(loader=FileSystemLoader(HERE / "jinja2"), autoescape=True)
        pages.globals.update(
            static=lambda path: f"/static/{path}",
            url=lambda name, **_: f"/{name}",
            get_messages=lambda request: [],
        )
        names = ("林书白", "陈予安", "赵明澈")
        self.list = pages.from_string(LIST).render(
            shell=SHELL,
            request=SimpleNamespace(path="/", get_full_path=lambda: "/"),
            csrf_input="",
            csrf_token="t",
            page_title="执法人员",
            table_name="officers",
            columns=[{"key": "name", "label": "姓名"}, {"key": "number", "label": "证件编号"}],
            rows=[
                {"name": n, "number": i, "url": f"/officer/{i}", "panel_url": f"/look/{i}"}
                for i, n in enumerate(names)
            ],
        )
        self.posted: list[str] = []

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix("http://node.test").split("?")[0]
        if route.request.method == "POST":
            self.posted.append(path)
        if path.startswith("/static/"):
            file = STATIC[path.split("/")[2]] / path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0] or "text/plain"
            route.fulfill(body=file.read_bytes(), content_type=kind)
        elif path.startswith("/look/"):
            route.fulfill(body="<header><h2>速览</h2></header>", content_type="text/html; charset=utf-8")
        else:
            body = self.list if path == "/list" else f"<h1>{path}</h1>"
            policy = {"Content-Security-Policy": "default-src 'self'"}
            route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=policy)


@pytest.fixture(scope="module")
def site() -> Site:
    return Site()


@pytest.fixture(scope="module")
def browser_page(site: Site) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.route("**/*", site.answer)
        yield page
        browser.close()


@pytest.fixture
def page(browser_page: Page, site: Site) -> Iterator[Page]:
    complaints: list[str] = []

    def note(message: object) -> None:
        complaints.append(str(message))

    browser_page.on("pageerror", note)
    browser_page.goto("http://node.test/list")
    browser_page.evaluate("localStorage.clear()")
    site.posted.clear()
    yield browser_page
    browser_page.remove_listener("pageerror", note)
    assert complaints == []


def test_arrows_move_in_the_table_and_enter_opens_the_row(page: Page) -> None:
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/officer/1")


def test_escape_closes_the_side_panel_and_returns_to_the_row(page: Page) -> None:
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#panel h2")
    page.keyboard.press("Escape")
    assert page.locator("#panel").inner_html() == ""
    assert page.evaluate("document.activeElement.dataset.url") == "/officer/0"


def test_g_and_a_number_goes_to_that_item_of_the_navigation(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("1")
    page.wait_for_url("**/officers")


def test_a_hidden_column_stays_hidden_after_loading_again(page: Page) -> None:
    page.click("summary:has-text('列')")
    page.uncheck("[data-chooses=officers] input[value=number]")
    page.reload()
    assert page.locator("#officers th:has-text('证件编号')").is_hidden()
    assert page.locator("#officers tbody td").first.is_hidden()
    assert page.locator("#officers tbody th").first.is_visible()


def test_nothing_is_sent_before_the_question_is_answered(page: Page, site: Site) -> None:
    page.click("#send")
    page.click("#confirm button[value=no]")
    assert site.posted == []
    page.click("#send")
    assert page.locator("#confirm [data-question]").inner_text() == "确认提交？"
    page.click("#confirm button[value=yes]")
    page.wait_for_url("**/sent")
    assert site.posted == ["/sent"]


def test_a_draft_is_saved_while_typing(page: Page, site: Site) -> None:
    page.fill("#note", "材料齐全")
    page.get_by_text("草稿已保存").wait_for()
    assert site.posted == ["/draft"]


def test_the_id_number_fills_in_birth_date_and_sex(page: Page) -> None:
    page.fill("#number", "32990119900223002X")
    assert page.input_value("#born") == "1990-02-23"
    assert page.input_value("#sex") == "2"


def test_twenty_two_rows_fit_beneath_the_heading(page: Page) -> None:
    tops = page.evaluate(
        "['.table-scroll', '.list-foot', 'tbody tr'].map(s => document.querySelector(s).getBoundingClientRect().top)"
    )
    row_height = page.evaluate("document.querySelector('tbody tr').getBoundingClientRect().height")
    assert row_height == 32
    assert (tops[1] - tops[2]) // row_height >= 22
