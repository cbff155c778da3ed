"""A form is sent once however often its button is pressed; a paper that opens in another window is no sending of it."""

from __future__ import annotations

from importlib.resources import files
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import BrowserContext, Route
from tests.support.chromium import chromium

pytestmark = pytest.mark.journey

HOST = "http://province.example"
PAGE = """<!doctype html><meta charset="utf-8"><script src="/warrant.js" defer></script>
<form method="post" action="/act/"><textarea name="reason">写明事实</textarea>
<button id="act">办理</button><button name="preview" value="1" formtarget="_blank">预览</button></form>"""


def answering(context: BrowserContext, sent: list[dict[str, str]]) -> None:
    """Answer every address with the page; what is posted is kept in ``sent``."""
    script = (files("warrant.apps.foundation") / "static/warrant/warrant.js").read_text(encoding="utf-8")

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(dict(parse_qsl(route.request.post_data or "")))
        is_script = route.request.url.endswith(".js")
        route.fulfill(
            content_type="text/javascript" if is_script else "text/html", body=script if is_script else PAGE
        )

    context.route(f"{HOST}/**", answer)


def test_a_preview_in_another_window_keeps_nothing_from_being_sent_once() -> None:
    sent: list[dict[str, str]] = []
    with chromium() as browser:
        context = browser.new_context()
        answering(context, sent)
        tab = context.new_page()
        tab.goto(HOST)
        with context.expect_page() as shown:
            tab.click("[name=preview]")
        shown.value.wait_for_load_state()
        shown.value.close()
        assert tab.input_value("textarea") == "写明事实"
        with tab.expect_navigation():
            tab.evaluate("() => { act.click(); act.click(); }")
        tab.wait_for_load_state()
    assert sent == [{"reason": "写明事实", "preview": "1"}, {"reason": "写明事实"}]
