"""A person at a real browser: the same journey, with clicks, dialogues and scripts."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from playwright.sync_api import Browser, Locator

from warrant.nodes.journey.browser import (
    Download,
    FieldValue,
    Form,
    Page,
    PageUnexpectedError,
    Upload,
    expected,
)

TIMEOUT_MS = 30_000


class ChromiumPerson:
    """Drives Chromium as a person would: fills what is visible, clicks, answers the dialogues that open."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.context = browser.new_context(
            base_url=base_url, locale="zh-CN", viewport={"width": 1440, "height": 900}
        )
        self.context.set_default_timeout(TIMEOUT_MS)
        self.tab = self.context.new_page()
        self.troubles: list[str] = []
        self.tab.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.tab.on(
            "console", lambda message: self.troubles.append(message.text) if message.type == "error" else None
        )

    def _page(self, status: int) -> Page:
        self.tab.wait_for_load_state("load")
        return Page(self.tab.url, status, self.tab.content())

    def open(self, address: str, status: int = 200) -> Page:
        response = self.tab.goto(address)
        return expected(self._page(response.status if response else 0), status)

    def submit(
        self,
        page: Page,
        form: Form,
        values: Mapping[str, FieldValue] | None = None,
        *,
        files: Mapping[str, Upload] | None = None,
        button: str = "",
        status: int = 200,
    ) -> Page:
        if self.tab.url != page.url:
            self.tab.goto(page.url)
        there = self.tab.locator("form").nth(page.forms.index(form))
        self._make_visible(there)
        for name, value in (values or {}).items():
            self._fill(there, name, [value] if isinstance(value, str) else list(value))
        for name, (file_name, content, media_type) in (files or {}).items():
            there.locator(f"input[type=file][name='{name}']").set_input_files(
                {"name": file_name, "mimeType": media_type, "buffer": content}
            )
        with self.tab.expect_navigation() as navigation:
            self._press(there, form, button)
        answer = navigation.value
        return expected(self._page(answer.status if answer else 0), status)

    def _make_visible(self, form: Locator) -> None:
        dialogue = form.locator("xpath=ancestor::dialog")
        if dialogue.count() and not dialogue.evaluate("element => element.open"):
            self.tab.locator(f"[data-opens='{dialogue.get_attribute('id')}']").first.click()
        for details in form.locator("xpath=ancestor::details[not(@open)]").all():
            details.locator("summary").first.click()

    def _fill(self, form: Locator, name: str, values: list[str]) -> None:
        field = form.locator(f"[name='{name}']")
        if field.count() == 0:
            raise PageUnexpectedError(f"no field '{name}' on {self.tab.url}")
        kind = field.first.evaluate("element => element.tagName == 'INPUT' ? element.type : element.tagName")
        if kind in ("checkbox", "radio"):
            for value in values:
                form.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "SELECT":
            field.first.select_option(values)
        else:
            field.first.fill(values[0])

    def _press(self, form: Locator, described: Form, label: str) -> None:
        buttons = form.locator("button:not([type=button]), input[type=submit]")
        wanted = buttons.first
        for position, (_name, value, text) in enumerate(described.buttons):
            if label and label in (value, text):
                wanted = buttons.nth(position)
        asks = any(part.get_attribute("data-confirm") is not None for part in (form, wanted))
        wanted.click()
        if asks:
            self.tab.locator("dialog[open] button[value='yes']").click()

    def download(self, address: str) -> Download:
        response = self.context.request.get(urljoin(self.tab.url, address))
        return Download(response.status, response.headers.get("content-type", ""), response.body())
