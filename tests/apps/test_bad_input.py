"""Everything that a page lets a person type, typed badly: refused on the page, beside its field, and nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from tests.apps.world import World, become, unit_of
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.types import TRANSPORT_KEY_LABEL
from warrant.apps.foundation import ports
from warrant.core.access import Role
from warrant.nodes.card_readers import virtual_readers

pytestmark = pytest.mark.django_db

LONG = "长" * 10_000
SCRIPT = '"><script>alert(1)</script><b>x</b>'
NUL = "a\x00b"
RARE = "𠮷🙂́\u202e\ufffd"
TEXTS = ("", LONG, NUL, "2026-02-30")
DATES = ("", "2026-02-30", "0001-01-01", "9999-12-31", NUL)
NUMBERS = ("", "-1", "9" * 40, "1e999", "NaN", NUL)
CHOICES = ("nothing", "9" * 40, NUL)
EVERYWHERE = ("", "   ", LONG, NUL, RARE, SCRIPT, "9" * 40, "=1+1", "a\r\nSet-Cookie: b=c")
"""Values typed into every field of a form at once."""

NEVER_TAKEN = {LONG, NUL}
"""Values that no field takes, whatever it is for."""

FILES: tuple[tuple[str, bytes, str], ...] = (
    ("empty.jpg", b"", "image/jpeg"),
    ("page.jpg", b"<html><script>alert(1)</script></html>", "image/jpeg"),
    ("cut.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02", "image/png"),
    ("cut.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 40, "image/jpeg"),
    ("cut.xlsx", b"PK\x03\x04" + b"\x00" * 40, "application/zip"),
    ("cut.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "application/vnd.ms-excel"),
    ("program.csv", b"MZ\x90\x00" + b"\xff" * 200, "text/csv"),
    ("large.pdf", b"%PDF-" + b"0" * (11 * 1024 * 1024), "application/pdf"),
)

GOOD = {
    "name": "顾长风",
    "username": "new.person",
    "display_name": "顾长风",
    "id_number": "329901198503020025",
    "agency": "昆山市交通运输综合行政执法大队",
    "serials": "1D00000000FF01",
    "count": "1",
    "counted": "1",
    "transport_key": "card-transport-key",
    "division_code": "",
    "hours": "40",
    "score": "80",
    "version": "9",
    "phone": "13800000000",
    "work_started": "2012-07",
    "enforcement_started": "2015-03-01",
    "started_on": "2026-08-03",
    "finished_on": "2026-08-14",
    "sat_on": "2026-09-01",
    "graduated_on": "2012-06-30",
    "on": "2026-09-01",
    "ethnicity": "汉族",
    "current_password": "made-up-Password-7",
    "new_password": "another-made-up-Word-8",
    "repeated_password": "another-made-up-Word-8",
    "statement": "品行良好，身体健康，同意申领。",
    "reason": "写明事实和依据，予以办理。",
    "received_by_name": "林书白",
}


@dataclass
class Field:
    """A control as the page has it."""

    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    is_required: bool = False


@dataclass
class Form:
    """A form as the page has it."""

    address: str
    method: str
    anchor: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    """Where its buttons send it, if not to ``address``: what comes back is another page with a form of its own."""


class FormReader(HTMLParser):
    """Reads the forms and the links of a page; remembers what the content policy would have to stop."""

    def __init__(self, address: str, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self._open: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "style" or (tag == "script" and "src" not in values):
            self.inline.append(tag)
        self.inline += [f"{tag} {name}" for name in values if name == "style" or name.startswith("on")]
        for name in ("href", "hx-get"):
            if values.get(name, "").startswith(("/", "?")) and tag != "link":
                self.links.append(urljoin(self.address, values[name]))
        if tag == "form":
            action = urljoin(self.address, values.get("action", "") or self.address)
            self._open = Form(action, values.get("method", "get").lower(), values.get("id", ""))
            self.forms.append(self._open)
        elif self._open is not None:
            self._control(self._open, tag, values)

    def _control(self, form: Form, tag: str, values: dict[str, str]) -> None:
        name, value = values.get("name", ""), values.get("value", "")
        if tag == "option" and self._select is not None:
            self._select.options.append(value)
            if "selected" in values:
                self._select.values.append(value)
        if tag == "button" and values.get("formaction"):
            form.elsewhere.append(urljoin(self.address, values["formaction"]))
        is_of_another = bool(values.get("form")) and values["form"] != form.anchor
        if not name or is_of_another or tag not in ("input", "select", "textarea", "button"):
            return
        kind = values.get("type", "text") if tag == "input" else tag
        control = form.fields.setdefault(name, Field(kind))
        control.is_required |= "required" in values
        if tag == "select":
            self._select = control
        elif tag == "textarea":
            self._area = control
        elif kind in ("checkbox", "radio"):
            control.options.append(value)
            if "checked" in values:
                control.values.append(value)
        else:
            control.values.append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            text = "".join(self._area.values)
            self._area.values = [text.removeprefix("\r\n").removeprefix("\n")]
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.values.append(data)


TEXT_KINDS = ("text", "search", "textarea", "date", "number", "tel")
NOT_TYPED = ("select", "checkbox", "radio", "hidden", "button", "submit")
NOT_SENT = ("/account/sign-out/", "/language/")
"""Forms that stand on every page; other tests are about them."""


def good_value(name: str, control: Field) -> list[str]:
    if control.kind in ("select", "checkbox", "radio"):
        return [next((value for value in control.options if value), "")]
    if control.kind in ("hidden", "button", "submit"):
        return control.values
    if name in GOOD:
        return [GOOD[name]]
    return [{"date": "2026-09-01", "number": "3"}.get(control.kind, "made-up text")]


def hostile_values(control: Field) -> tuple[str, ...]:
    if control.kind in NOT_TYPED:
        return CHOICES
    return {"date": DATES, "number": NUMBERS}.get(control.kind, TEXTS)


def shape(url: str) -> str:
    """The address without what names one thing: pages of one kind are opened once."""
    parts = urlsplit(url)
    path = "".join("0" if character.isdigit() else character for character in parts.path)
    return f"{path}?{'&'.join(sorted(part.split('=')[0] for part in parts.query.split('&')))}"


def walked(client: Client, seeds: list[str]) -> Iterator[tuple[str, FormReader]]:
    """Open the seeds and every kind of page that they lead to."""
    waiting, seen = list(seeds), {shape(url) for url in seeds}
    while waiting:
        url = waiting.pop(0)
        answer = client.get(url)
        assert answer.status_code < 500, url
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        page = FormReader(url, answer.content.decode())
        yield url, page
        for link in page.links:
            if shape(link) not in seen:
                seen.add(shape(link))
                waiting.append(link)


@pytest.fixture
def world(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    vault: SoftwareVault,
    settings: Any,
    tmp_path: Path,
) -> World:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    settings.WARRANT_CARD_BOX = str(tmp_path / "card-box")
    ports.forget_ports()
    box = virtual_readers()
    box.add_blank("1D000000000001", "sm4", vault.secret(TRANSPORT_KEY_LABEL, 16))
    box.put_in("virtual-1", "1D000000000001")
    return World(tree, account_for)


def seeds_of(world: World) -> list[str]:
    """Pages that no link leads to without a case of the right kind."""
    cases = [f"/applications/{case.number}/" for case in world.cases.values()]
    acts = ("report-lost", "withhold", "cancel", "revoke")
    certificates = [f"/certificates/{world.kunshan.certificate.number}/{act}/" for act in acts]
    filings = [f"/filings/{world.filing.pk}/{act}/" for act in ("grant", "return", "refuse")]
    cards = [f"/card-jobs/{world.job_at_work.pk}/", f"/hand-over/{world.made.number}/"]
    return [
        "/",
        "/account/password/",
        *cases,
        *cards,
        *certificates,
        *filings,
        "/keys/propose/hand-over-sub-keys/",
    ]


def has_text(form: Form) -> bool:
    """Tell whether a person types something into the form, and would lose it."""
    return any(control.kind in TEXT_KINDS for control in form.fields.values())


def is_bent(form: Form, typed: dict[str, Any]) -> bool:
    """Tell whether a program changed what nobody can type: what the form was about need not be known any more."""
    hidden = [name for name, control in form.fields.items() if control.kind == "hidden"]
    return any(
        typed.get(name) not in (*form.fields[name].values, form.fields[name].values) for name in hidden
    )


def sent_from(form: Form) -> list[Form]:
    """Return the form once for every place that its buttons send it to."""
    sent = [Form(there, form.method, form.anchor, form.fields, [there]) for there in form.elsewhere]
    return sent or [form]


class Typist:
    """Types into the forms of a page, and looks at what comes back; whatever happened is undone."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.faults: list[str] = []
        self.answers: dict[int, int] = {}
        tables = connection.introspection.django_table_names(only_existing=True)
        kept = [name for name in tables if name not in ("django_session", "axes_accessattempt")]
        self._counting = "SELECT " + ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in kept)

    def _counts(self) -> tuple[int, ...]:
        with connection.cursor() as cursor:
            cursor.execute(self._counting)
            return tuple(cursor.fetchone())

    def send(self, form: Form, typed: dict[str, Any], what: str, *, must_refuse: bool) -> None:
        before = self._counts()
        undoing = transaction.atomic()
        undoing._from_testcase = True  # type: ignore[attr-defined]  # a service may open the outermost transaction inside
        with undoing:
            answer = self.client.post(form.address, typed)
            after = self._counts()
            transaction.set_rollback(True)
        self._look(form, typed, f"{form.address} {what}", answer, after == before, must_refuse=must_refuse)

    def _look(
        self, form: Form, typed: dict[str, Any], what: str, answer: Any, is_same: bool, *, must_refuse: bool
    ) -> None:
        status = answer.status_code
        self.answers[status] = self.answers.get(status, 0) + 1
        page = answer.content.decode() if "text/html" in answer.headers.get("Content-Type", "") else ""
        if status not in (200, 204, 302, 400, 404, 409):
            self.faults.append(f"{what}: {status}")
        if must_refuse and status not in (400, 404, 409) and not is_same:
            self.faults.append(f"{what}: taken ({status})")
        if status >= 400 and not is_same:
            self.faults.append(f"{what}: refused ({status}), yet something was kept")
        if "<script>alert" in page or "<b>x</b>" in page:
            self.faults.append(f"{what}: not escaped")
        if status == 400:
            if 'class="errors' not in page and 'role="alert"' not in page:
                self.faults.append(f"{what}: refused without a word")
            if has_text(form) and not form.elsewhere and not is_bent(form, typed):
                self._compare(form, typed, what, page)

    def _compare(self, form: Form, typed: dict[str, Any], what: str, page: str) -> None:
        """What was typed stands in the form again."""
        for again in FormReader(form.address, page).forms:
            if again.method != "post" or set(again.fields) != set(form.fields):
                continue
            for name, control in again.fields.items():
                value = typed.get(name, "")
                if control.kind in TEXT_KINDS and isinstance(value, str) and "\x00" not in value:
                    shown = "".join(control.values).replace("\r\n", "\n").strip()
                    if shown != value.replace("\r\n", "\n").strip():
                        self.faults.append(f"{what}: {name} came back as {shown[:20]!r}")
            return
        self.faults.append(f"{what}: the form did not come back")

    def try_form(self, form: Form) -> None:
        good: dict[str, Any] = {}
        for name, control in form.fields.items():
            if control.kind != "file":
                good[name] = good_value(name, control)
        good = {name: values[0] if len(values) == 1 else values for name, values in good.items()}
        files = [name for name, control in form.fields.items() if control.kind == "file"]
        for name, control in form.fields.items():
            if name == "csrfmiddlewaretoken" or control.kind == "file":
                continue
            for value in hostile_values(control):
                what = f"{name}={value[:12]!r}"
                # A box with one value is ticked, whatever a program sends as its value.
                is_tick = control.kind == "checkbox" and len(control.options) == 1
                must_refuse = value in NEVER_TAKEN and not is_tick
                self.send(form, {**good, name: value}, what, must_refuse=must_refuse)
        for value in EVERYWHERE:
            everything = {name: value for name in form.fields if name not in files}
            must_refuse = has_text(form) and value in NEVER_TAKEN
            self.send(form, everything, f"all={value[:6]!r}", must_refuse=must_refuse)
            typed = {name: value for name in everything if form.fields[name].kind in TEXT_KINDS}
            if typed:
                self.send(form, good | typed, f"typed={value[:6]!r}", must_refuse=must_refuse)
        for name in files:
            for file_name, content, media_type in FILES:
                upload = SimpleUploadedFile(file_name, content, media_type)
                # A proof may be an image that no program opens; a photo and a roster may not.
                must_refuse = name != "proof" or not file_name.startswith("cut.")
                self.send(form, {**good, name: upload}, f"{name}={file_name}", must_refuse=must_refuse)
            self.send(form, good, f"no {name}", must_refuse=form.fields[name].is_required)

    def try_search(self, form: Form) -> None:
        for value in (*TEXTS, *EVERYWHERE):
            asked = dict.fromkeys(form.fields, value) | {"after": value}
            answer = self.client.get(form.address, asked)
            if answer.status_code not in (200, 302, 400, 404):
                self.faults.append(f"{form.address} all={value[:12]!r}: {answer.status_code}")
            if b"<script>alert" in answer.content:
                self.faults.append(f"{form.address}: not escaped")


@pytest.mark.parametrize("kind", ["province", "ministry"])
def test_bad_input_is_refused_where_it_was_typed(
    world: World, settings: Any, sign_in: Callable[[Account], Client], kind: str
) -> None:
    become(settings, kind)
    faults: list[str] = []
    seen: set[tuple[str, tuple[str, ...], str]] = set()
    for role in Role:
        unit = unit_of(world.tree, role, kind)
        if unit is None:
            continue
        client = sign_in(world.account_of(role, unit))
        typist = Typist(client)
        for url, page in list(walked(client, seeds_of(world))):
            assert not page.inline, (url, page.inline)
            for form in (one for found in page.forms for one in sent_from(found)):
                key = (shape(form.address), tuple(form.fields), form.method)
                if key in seen or urlsplit(form.address).path in NOT_SENT or form.method == "dialog":
                    continue
                seen.add(key)
                if form.method == "post":
                    typist.try_form(form)
                else:
                    typist.try_search(form)
        faults += [f"{role.value}: {fault}" for fault in typist.faults]
    assert not faults, "\n".join(faults)
    assert len([method for _address, _names, method in seen if method == "post"]) >= FORMS_AT_LEAST[kind]


FORMS_AT_LEAST = {"province": 30, "ministry": 10}
"""So that a change of the pages cannot leave the walk without anything to type into."""
