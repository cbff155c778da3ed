"""A person at a real browser: the same journey, with clicks, dialogues and scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Request, sync_playwright

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
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium without a window. While it runs, this thread cannot use Django's database."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


class ChromiumPerson:
    """Drives Chromium as a person would: fills what is visible, clicks, answers the dialogues that open.

    ``troubles`` holds every error that the browser told, ``hosts`` every host and port that it asked.
    """

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.base_url = base_url
        self.context = browser.new_context(
            base_url=base_url, locale="zh-CN", viewport={"width": 1440, "height": 900}
        )
        self.context.set_default_timeout(TIMEOUT_MS)
        self.context.add_init_script(_TELL_VIOLATIONS)
        self.troubles: list[str] = []
        self.hosts: set[str] = set()
        self._refused: set[str] = set()
        self.context.on("weberror", lambda problem: self.troubles.append(str(problem.error)))
        self.context.on("console", self._hear)
        self.context.on("request", self._see)
        self.tab = self.context.new_page()

    def _hear(self, message: ConsoleMessage) -> None:
        # Chromium tells a page that answers 400 as an error; whether 400 was right is asked elsewhere.
        told = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        if message.type == "error" and not (
            told and _without_query(message.location["url"]) in self._refused
        ):
            self.troubles.append(f"{self.tab.url}: {message.text} ({message.location['url']})")

    def _see(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob"):
            self.hosts.add(address.netloc)

    def _page(self, status: int) -> Page:
        self.tab.wait_for_load_state("load")
        return Page(self.tab.url, status, self.tab.content())

    def _expect(self, address: str, status: int) -> None:
        if status >= 400:
            self._refused.add(_without_query(urljoin(self.base_url, address)))

    def open(self, address: str, status: int = 200) -> Page:
        """Open a page; any other status is unexpected."""
        self._expect(address, status)
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
        """Fill a form and press its button of that label or value, or else its first."""
        if self.tab.url != page.url:
            self.tab.goto(page.url)
        self._expect(urljoin(page.url, form.action), status)
        there = self.tab.locator("form").nth(_position(page, form))
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
        if kind == "checkbox":
            for box in field.all():
                box.set_checked(box.get_attribute("value") in values)
        elif kind == "radio":
            form.locator(f"[name='{name}'][value='{values[0]}']").check()
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
        """Fetch what is not a page, as this person."""
        response = self.context.request.get(urljoin(self.base_url, address))
        return Download(response.status, response.headers.get("content-type", ""), response.body())


def _without_query(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()


def _position(page: Page, form: Form) -> int:
    """Return which form of the page it is."""
    for position, other in enumerate(page.forms):
        if other is form:
            return position
    raise PageUnexpectedError(f"the form is not from {page.url}")
