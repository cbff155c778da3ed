"""A person at a browser without scripts: follows links, fills the forms that the pages really have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Protocol
from urllib.parse import urljoin

import httpx

TIMEOUT_SECONDS = 60

Upload = tuple[str, bytes, str]
"""File name, content, media type."""

FieldValue = str | Sequence[str]


@dataclass(frozen=True)
class Download:
    """What came instead of a page."""

    status: int
    media_type: str
    content: bytes


class PageUnexpectedError(AssertionError):
    """A page was not what the person expected; the message says which and shows what stood there."""


@dataclass
class Form:
    """A form as the page has it.

    ``buttons`` holds (name, value, label) of its submit buttons, ``options`` what the boxes of a name offer.
    """

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)


class _PageParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._link: str | None = None
        self._link_words: list[str] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._area: str | None = None
        self._button: tuple[str, str] | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "a" and "href" in values:
            self._link, self._link_words = values["href"], []
        elif tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._in_form(tag, values)

    def _in_form(self, tag: str, values: dict[str, str]) -> None:
        form = self._form
        if form is None:
            return
        name = values.get("name", "")
        if tag == "input" and name:
            kind = values.get("type", "text")
            form.names.append(name)
            if kind in ("checkbox", "radio"):
                form.options.setdefault(name, []).append(values.get("value", "on"))
                if "checked" in values:
                    form.fields.setdefault(name, []).append(values.get("value", "on"))
            elif kind == "submit":
                form.buttons.append((name, values.get("value", ""), values.get("value", "")))
            elif kind != "file":
                form.fields.setdefault(name, []).append(values.get("value", ""))
        elif tag == "select" and name:
            self._select = name
            form.names.append(name)
        elif tag == "option" and self._select and "selected" in values:
            form.fields.setdefault(self._select, []).append(values.get("value", ""))
        elif tag == "textarea" and name:
            self._area = name
            form.names.append(name)
            form.fields[name] = [""]
        elif tag == "button" and values.get("type", "submit") == "submit":
            self._button = (name, values.get("value", ""))
            self._link_words = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1
        elif tag == "a" and self._link is not None:
            self.links.append(("".join(self._link_words).strip(), self._link))
            self._link = None
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "button" and self._button is not None and self._form is not None:
            self._form.buttons.append((*self._button, "".join(self._link_words).strip()))
            self._button = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._area is not None and self._form is not None:
            self._form.fields[self._area][0] += data
        if self._link is not None or self._button is not None:
            self._link_words.append(data)
        if data.strip():
            self.words.append(data.strip())


class Page:
    """An answer, read."""

    def __init__(self, url: str, status: int, html: str) -> None:
        self.url = url
        self.status = status
        parser = _PageParser()
        parser.feed(html)
        self.forms = parser.forms
        self.links = parser.links
        self.text = " ".join(parser.words)

    def link(self, label_or_part: str) -> str:
        """Return the address of the link whose label is the text, or else the first whose label or address contains it."""
        for label, target in self.links:
            if label_or_part == label.strip():
                return urljoin(self.url, target)
        for label, target in self.links:
            if label_or_part in label:
                return urljoin(self.url, target)
        for _label, target in self.links:
            if label_or_part in target:
                return urljoin(self.url, target)
        raise PageUnexpectedError(f"no link '{label_or_part}' on {self.url}: {[x for x, _ in self.links]}")

    def form(self, *, action: str = "", with_field: str = "", with_button: str = "") -> Form:
        """Return the first form whose action contains, or that has the field or button."""
        for form in self.forms:
            if action and action not in urljoin(self.url, form.action):
                continue
            if with_field and with_field not in form.names:
                continue
            if with_button and not any(
                with_button in label or with_button == value for _n, value, label in form.buttons
            ):
                continue
            return form
        raise PageUnexpectedError(
            f"no form ({action or with_field or with_button}) on {self.url}; it says: {self.text[:1500]}"
        )

    def expect(self, *words: str) -> Page:
        """Return the page if it shows all of ``words``."""
        for word in words:
            if word not in self.text:
                raise PageUnexpectedError(f"'{word}' is not on {self.url}; it says: {self.text[:1500]}")
        return self


def expected(page: Page, status: int) -> Page:
    """Return the page if it came with ``status``."""
    if page.status != status:
        raise PageUnexpectedError(f"{page.status} at {page.url}: {page.text[:2000]}")
    return page


class Person(Protocol):
    """One person at one browser, whatever drives it."""

    def open(self, address: str, status: int = 200) -> Page:
        """Open a page; any other status is unexpected."""
        ...

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
        """Send a form with ``values`` over what it holds, by the button of that label or value."""
        ...

    def download(self, address: str) -> Download:
        """Fetch what is not a page."""
        ...


def sign_in(person: Person, username: str, password: str) -> Page:
    """Sign in and return the first page."""
    page = person.open("/account/sign-in/")
    return person.submit(page, page.form(with_field="password"), {"username": username, "password": password})


class HttpPerson:
    """A person at a browser without scripts."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS, follow_redirects=True)

    def _page(self, response: httpx.Response) -> Page:
        is_html = response.headers.get("content-type", "").startswith("text/html")
        return Page(str(response.url), response.status_code, response.text if is_html else "")

    def open(self, address: str, status: int = 200) -> Page:
        """Open a page; any other status is unexpected."""
        return expected(self._page(self.http.get(address)), status)

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
        """Send a form with ``values`` over what it holds, by the button of that label or value."""
        fields: dict[str, list[str]] = {name: list(held) for name, held in form.fields.items()}
        for name, value in (values or {}).items():
            if name not in form.names:
                raise PageUnexpectedError(f"the form on {page.url} has no field '{name}': {form.names}")
            fields[name] = [value] if isinstance(value, str) else list(value)
        for name, value, label in form.buttons:
            if name and button in (label, value):
                fields[name] = [value]
        target = urljoin(page.url, form.action or page.url)
        if form.method == "get":
            return self.open(str(httpx.URL(target, params=fields)), status)
        response = self.http.post(target, data=fields, files=files, headers={"Referer": page.url})
        return expected(self._page(response), status)

    def download(self, address: str) -> Download:
        """Fetch what is not a page."""
        response = self.http.get(address)
        return Download(response.status_code, response.headers.get("content-type", ""), response.content)
