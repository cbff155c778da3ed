"""axe-core over pages that were read before: Chromium is served what the application answered, and no server runs.

Django's database and Playwright do not share a thread: first read every page, then look at all of them.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Route

HOST = "http://pages.test"
STATIC = "/static/"
GRAVE = ("serious", "critical")
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
}
"""The success criteria of WCAG 2.1 AA, and what axe's authors hold good besides."""


@dataclass(frozen=True)
class PageRead:
    """What the application answered: ``name`` tells it apart from all others, ``address`` is where it stands."""

    name: str
    address: str
    html: bytes


@dataclass(frozen=True)
class Eyes:
    """How somebody looks: ``width`` and ``height`` in CSS pixels, by day or by night."""

    width: int
    height: int
    scheme: Literal["light", "dark"]


DESK = Eyes(1440, 900, "light")
PHONE = Eyes(390, 844, "dark")


def read_page(client: Client, address: str, language: str, *, post: bool = False) -> PageRead | None:
    """Ask for a page, or send its form empty; nothing if the answer is not a page to look at."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.post(address) if post else client.get(address)
    kind = answer.headers.get("Content-Type", "")
    if answer.streaming or not kind.startswith("text/html") or answer.status_code in (301, 302, 303):
        return None
    if answer.content.lstrip()[:9].lower() != b"<!doctype":
        return None  # a part of a page, looked at inside the page that fetches it
    return PageRead(f"{'POST ' if post else ''}{address}", address, answer.content)


def _violations(browser: Browser, pages: Sequence[PageRead], eyes: Eyes) -> Iterator[str]:
    axe = Axe()
    shown: dict[str, bytes] = {}

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        found = finders.find(path.removeprefix(STATIC)) if path.startswith(STATIC) else None
        if isinstance(found, str):
            route.fulfill(path=found, content_type=mimetypes.guess_type(found)[0] or "text/plain")
        elif route.request.is_navigation_request():
            route.fulfill(body=shown["html"], content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=404, body="")

    context = browser.new_context(
        viewport={"width": eyes.width, "height": eyes.height},
        color_scheme=eyes.scheme,
        reduced_motion="reduce",
    )
    context.route("**/*", serve)
    tab = context.new_page()
    for page in pages:
        shown["html"] = page.html
        tab.goto(f"{HOST}{page.address}")
        tab.wait_for_function("!document.querySelector('.htmx-request')")  # paler while it is asked for
        for violation in axe.run(tab, options=OPTIONS).response["violations"]:
            if violation["impact"] in GRAVE:
                for node in violation["nodes"]:
                    yield f"{violation['id']}: {node['html'][:160]} on {page.name} ({eyes.width} {eyes.scheme})"
    context.close()


def grave_violations(browser: Browser, pages: Sequence[PageRead], eyes: Eyes) -> list[str]:
    """Return what axe-core calls serious or critical, one line for each part of a page."""
    return list(_violations(browser, pages, eyes))
