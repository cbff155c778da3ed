"""The steps of the journey: each by the right person, from the pages that they would use.

Every step returns one line for the reader and raises :class:`PageUnexpectedError` where something did not hold.
"""

from __future__ import annotations

import io
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar

import httpx
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

import warrant
from warrant.adapters.made_up_portraits import portrait
from warrant.core.credential.directory import read_key_directory
from warrant.core.credential.qr import token_from_text
from warrant.core.credential.verdict import verdict
from warrant.core.crypto.signing import PublicKey
from warrant.nodes.config import load_config
from warrant.nodes.group import Logins
from warrant.nodes.journey.browser import HttpPerson, Page, PageUnexpectedError, Person, sign_in
from warrant.nodes.launcher import NodeGroup

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAMPLE = Path(warrant.__file__).resolve().parents[2] / "samples" / "roster-sample.xlsx"
"""The roster in the checkout; the journey belongs to it, not to an installed package."""
PUBLIC_SECONDS = 5.0
ARRIVAL_SECONDS = 20.0
PROVINCE = "320000"
SUITES = ("sm4", "3des")
FIRST_SERIAL, LAST_SERIAL = "3200000001", "3200000005"
LISTED_WORDS = {"not-issued": "cancelled"}
"""Where two bits cannot say as much as the live answer: not valid is one value on the list."""

_DECLARED = dict.fromkeys(("health", "conduct", "no-crime", "no-dismissal"), "yes")

T = TypeVar("T")


@dataclass(frozen=True)
class Subject:
    """The officer of the roster who is walked through the chain; all work in Kunshan's brigade."""

    name: str
    username: str
    category: str
    portrait_seed: int
    sex: Literal["male", "female"]
    education: str = "21"


HU_XIUYAN = Subject("胡秀艳", "hu.xiuyan", "公路路政", 3, "female")


@dataclass
class Walk:
    """What the steps share: the nodes, the people at their browsers, and what was found on the way."""

    group: NodeGroup
    logins: Logins
    folder: Path
    person_at: Callable[[str], Person] = HttpPerson
    subject: Subject = HU_XIUYAN
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    officer_url: str = ""
    application_number: str = ""
    certificate_number: str = ""
    qr_text: str = ""

    def person(self, kind: str, username: str) -> Person:
        """Return the person, signed in."""
        if (kind, username) not in self.people:
            person = self.person_at(self.group.nodes[kind].url)
            sign_in(person, username, self.logins[kind][username])
            self.people[kind, username] = person
        return self.people[kind, username]

    def stranger(self) -> Person:
        """Return somebody without an account, at the public site."""
        return self.person_at(self.group.nodes["public"].url)


def wait_for(what: str, look: Callable[[], T | None], seconds: float = ARRIVAL_SECONDS) -> T:
    """Return what ``look`` finds, asked again and again.

    Raises:
        PageUnexpectedError: nothing was found in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None and found is not False:
            return found
        if time.monotonic() > deadline:
            raise PageUnexpectedError(f"{what}: not within {seconds:g} s")
        time.sleep(0.1)


def _proof(title: str) -> tuple[str, bytes, str]:
    """Return a made-up proof document as an upload."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(72, 720, title)
    canvas.save()
    return (f"{title}.pdf", buffer.getvalue(), "application/pdf")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise PageUnexpectedError(what)


def roster(walk: Walk) -> str:
    """The provincial registrar uploads the roster, looks at the preview and takes the good rows in."""
    registrar = walk.person("province", "registrar")
    sample = SAMPLE.read_bytes()
    page = registrar.open("/rosters/")
    page = registrar.submit(page, page.form(with_field="file"), files={"file": ("花名册.xlsx", sample, XLSX)})
    page.expect("189 可导入", "11 有误")
    preview = page.url
    page = registrar.submit(page, page.form(action="/import/"))
    page.expect("已导入 189 人")
    rejected = registrar.download(preview + "rejected/")
    _require(rejected.status == 200 and rejected.content[:2] == b"PK", "no workbook of the rejected rows")
    page = registrar.open("/rosters/")
    page = registrar.submit(
        page, page.form(with_field="file"), files={"file": ("改正.xlsx", rejected.content, XLSX)}
    )
    page.expect("11 有误")
    return "200 rows: 189 taken in, 11 sent back with reasons"


def _record(walk: Walk) -> None:
    """The county registrar completes the officer's record: photo, education, training, examinations."""
    registrar = walk.person("province", "kunshan-registrar")
    page = registrar.open(f"/officers/?q={walk.subject.name}")
    walk.officer_url = page.link(walk.subject.name)
    page = registrar.open(walk.officer_url + "photo/new/")
    square = io.BytesIO()
    Image.new("RGB", (600, 600), "white").save(square, "JPEG", quality=95)
    refused = registrar.submit(
        page,
        page.form(with_field="photo"),
        files={"photo": ("方.jpg", square.getvalue(), "image/jpeg")},
        status=400,
    )
    registrar.submit(
        refused,
        refused.form(with_field="photo"),
        files={"photo": ("照片.jpg", portrait(walk.subject.portrait_seed, walk.subject.sex), "image/jpeg")},
    )
    page = registrar.open(walk.officer_url + "education/new/")
    registrar.submit(
        page,
        page.form(with_field="graduated_on"),
        {
            "education": walk.subject.education,
            "degree": "",
            "school": "长安大学",
            "major": "行政管理",
            "graduated_on": "2016-06-30",
        },
        files={"proof": _proof("diploma")},
    )
    page = registrar.open(walk.officer_url + "training/new/")
    registrar.submit(
        page,
        page.form(with_field="hours"),
        {
            "course": "岗前培训",
            "organiser": "江苏省交通运输厅",
            "started_on": "2026-09-01",
            "finished_on": "2026-09-12",
            "hours": "72",
        },
        files={"proof": _proof("training")},
    )
    for paper, sat_on, score in (("special-law", "2026-09-20", "86"), ("general-law", "2026-09-21", "91.5")):
        page = registrar.open(walk.officer_url + "examinations/new/")
        registrar.submit(
            page,
            page.form(with_field="score"),
            {"paper": paper, "sat_on": sat_on, "organiser": "江苏省交通运输厅", "score": score},
            files={"proof": _proof(paper)},
        )


def application(walk: Walk) -> str:
    """The registrar records the proofs and applies; what is missing is listed before it can be submitted."""
    _record(walk)
    registrar = walk.person("province", "kunshan-registrar")
    page = registrar.open(walk.officer_url + "application/new/")
    page = registrar.submit(
        page,
        page.form(with_field="categories"),
        {
            "kind": "first-issue",
            "categories": [page.form(with_field="categories").options["categories"][0]],
        },
    )
    walk.application_number = page.url.rstrip("/").rsplit("/", 1)[1]
    page.expect("提交前还有 1 项条件需要处理")
    page = registrar.submit(
        page,
        page.form(with_field="statement"),
        {"statement": "该同志政治合格，遵纪守法，身体健康，在编在职，同意申领执法证件。", **_DECLARED},
        button="submit",
    )
    page.expect("审查")
    return (
        f"{walk.application_number}: photo, education, 72 hours, two papers with proofs; submitted to Kunshan"
    )


def _act(walk: Walk, username: str, action: str, reason: str = "") -> Page:
    person = walk.person("province", username)
    page = person.open("/").expect(walk.subject.name)
    page = person.open(f"/applications/{walk.application_number}/")
    form = page.form(action=f"/{action}/")
    return person.submit(page, form, {"reason": reason} if reason else {})


def approval(walk: Walk) -> str:
    """Review with a return for correction, again, then verification and approval, each from the queue."""
    _act(walk, "kunshan-reviewer", "return-for-correction", "单位意见请写明从事执法岗位的时间")
    registrar = walk.person("province", "kunshan-registrar")
    page = registrar.open(f"/applications/{walk.application_number}/").expect(
        "单位意见请写明从事执法岗位的时间"
    )
    registrar.submit(
        page,
        page.form(with_field="statement"),
        {
            "statement": "该同志2019年4月起从事执法工作，政治合格，遵纪守法，身体健康，同意申领执法证件。",
            **_DECLARED,
        },
        button="submit",
    )
    _act(walk, "kunshan-reviewer", "pass-review", "材料齐全，同意上报")
    _act(walk, "suzhou-verifier", "pass-verification", "经核审，符合条件")
    _act(walk, "approver", "approve", "同意")
    return "returned once, corrected; reviewed, verified, approved by three people"


def filing(walk: Walk) -> str:
    """The ministry's reviewer files the case; the signed receipt comes back to the province."""
    reviewer = walk.person("ministry", "filing")
    page = wait_for(
        "the case at the ministry",
        lambda: (p := reviewer.open("/filings/")) and (p if walk.subject.name in p.text else None),
    )
    page = reviewer.open(page.link(walk.subject.name)).expect("钱立本", "陆正平", "沈国栋")
    page = reviewer.open(page.link("grant"))
    form = page.form(action="/grant/")
    # Asked for only if the filing was drawn for a closer look.
    how = {"reason": "调阅培训和考试证明，与报送的摘要一致"} if "reason" in form.names else {}
    reviewer.submit(page, form, how)
    approver = walk.person("province", "approver")
    page = wait_for(
        "the receipt at the province",
        lambda: (
            (p := approver.open(f"/filing-requests/{walk.application_number}/"))
            and (p if "回执已验证" in p.text else None)
        ),
    )
    return "granted; the receipt verifies under the ministry's log key"


def _waiting_act(person: Person, settled: set[str]) -> str | None:
    """Return the address of a key act on the person's page that was not settled before."""
    for _label, target in person.open("/keys/").links:
        if re.fullmatch(r"/keys/\d+/", target) and target not in settled:
            return target
    return None


def _settle(walk: Walk, kind: str, settled: set[str]) -> Page:
    """Have a second custodian confirm what the first one began and may not end alone."""
    first, second = walk.person(kind, "custodian-a"), walk.person(kind, "custodian-b")
    target = wait_for("the act on keys", lambda: _waiting_act(first, settled))
    settled.add(target)
    page = first.open(target)
    for form in page.forms:
        if "/acknowledge/" in form.action:
            page = first.submit(page, form)
            break
    alone = first.open(target)
    _require(all("/confirm/" not in form.action for form in alone.forms), "one custodian could confirm alone")
    page = second.open(target)
    second.submit(page, page.form(action="/confirm/"))
    return second.open(target).expect("已执行")


def keys(walk: Walk) -> str:
    """Two custodians at each level: master control key, wrapped sub-keys, equal check values; both suites."""
    first = walk.person("ministry", "custodian-a")
    wait_for("the province's transport key", lambda: PROVINCE in first.open("/keys/").text or None)
    at_ministry: set[str] = set()
    at_province: set[str] = set()
    for suite in SUITES:
        page = first.open("/keys/propose/generate-master/")
        first.submit(page, page.form(with_field="suite"), {"suite": suite, "version": "1"})
        _settle(walk, "ministry", at_ministry)
        page = first.open("/keys/propose/hand-over-sub-keys/")
        first.submit(
            page,
            page.form(with_field="province_code"),
            {"suite": suite, "version": "1", "province_code": PROVINCE},
        )
        _settle(walk, "ministry", at_ministry)
        done = _settle(walk, "province", at_province).expect("一致")
        _require("不一致" not in done.text, f"check values differ in suite {suite}")
    return "SM4 and 3DES: check values equal on both sides"


def card(walk: Walk) -> str:
    """The operator receives blanks, puts one into the reader and makes the card."""
    operator = walk.person("province", "card")
    if FIRST_SERIAL not in operator.open("/cards/").text:
        page = operator.open("/cards/receive/")
        operator.submit(
            page,
            page.form(with_field="first_serial"),
            {
                "supplier": "虚构制卡厂",
                "suite": "sm4",
                "first_serial": FIRST_SERIAL,
                "last_serial": LAST_SERIAL,
            },
        )
    page = operator.open("/card-centre/").expect(walk.subject.name)
    page = operator.submit(page, page.form(with_button="放入空白卡"))
    page = operator.open(page.link(walk.subject.name))
    form = page.form(action="/card-centre/start/")
    walk.certificate_number = form.fields["certificate"][0]
    page = operator.submit(page, form)
    page.expect("刚制成", walk.certificate_number)
    walk.qr_text = operator.open(page.link("任务")).link("/Q/")
    return f"certificate {walk.certificate_number} on a chip, read back"


def face(walk: Walk) -> str:
    """The printed face opens as a PDF of two CR80 pages."""
    printed = walk.person("province", "card").download(f"/card-faces/{walk.certificate_number}.pdf")
    _require(printed.status == 200 and printed.content.startswith(b"%PDF"), "no card face")
    (walk.folder / "card-face.pdf").write_bytes(printed.content)
    return f"{len(printed.content) // 1024} kB, kept as card-face.pdf"


def _public_word(walk: Walk, word: str) -> float:
    """Wait until the public site and the signed status list say ``word``; return how long it took, in seconds."""
    site = walk.group.nodes["public"].url
    began = time.monotonic()

    def look() -> bool | None:
        answer = httpx.get(f"{site}/api/v1/certificates/{walk.certificate_number}", timeout=10)
        return True if answer.status_code == 200 and answer.json()["state"] == word else None

    wait_for(f"the public answer '{word}'", look, PUBLIC_SECONDS)
    listed = LISTED_WORDS.get(word, word)
    wait_for(
        f"'{listed}' on the signed status list", lambda: _offline_word(walk) == listed or None, PUBLIC_SECONDS
    )
    return time.monotonic() - began


def _offline_word(walk: Walk) -> str:
    """Judge the QR code as a phone would that holds the ministry's public key and a freshly fetched status list."""
    site = walk.group.nodes["public"].url
    now = datetime.now(UTC)
    pinned = load_config(walk.group.nodes["public"].node_file).peers["ministry"].root_key
    keys_token = httpx.get(f"{site}/.well-known/warrant/keys", timeout=10).content
    directory = read_key_directory(keys_token, PublicKey.from_text(pinned), now)
    token = token_from_text(walk.qr_text)
    list_name = directory.open_credential(token).status_uri
    status_list = httpx.get(f"{site}/status-lists/{list_name}", timeout=10).content
    return str(verdict(token, directory, status_list, now).word)


def hand_over(walk: Walk) -> str:
    """The registrar hands the card over; only now the certificate is active."""
    _public_word(walk, "not-issued")
    registrar = walk.person("province", "kunshan-registrar")
    page = registrar.open("/hand-over/")
    page = registrar.open(page.link(walk.certificate_number))
    registrar.submit(page, page.form(with_field="received_by_name"), {"received_by_name": walk.subject.name})
    registrar.open(f"/certificates/{walk.certificate_number}/").expect("有效")
    return "signed for by the holder; active"


def public_check(walk: Walk) -> str:
    """A stranger types the number and opens the QR link; the QR verifies with public keys alone."""
    took = _public_word(walk, "valid")
    stranger = walk.stranger()
    page = stranger.open("/")
    typed = f"{walk.certificate_number[:4]} {walk.certificate_number[4:]}"
    shown = ("有效", walk.subject.name, "昆山市交通运输综合行政执法大队", walk.subject.category, "昆山市")
    page = stranger.submit(page, page.form(with_field="number"), {"number": typed}).expect(*shown)
    officer = walk.person("province", "kunshan-registrar").open(walk.officer_url)
    private = re.findall(r"\b199\d{8}\b|\b3299\d\d", officer.text)
    _require(len(private) >= 2, "the record shows neither phone nor masked number")
    _require(not any(text in page.text for text in private), "the public answer shows too much")
    photo = stranger.download(f"/c/{walk.certificate_number}/photo")
    _require(photo.media_type == "image/jpeg" and len(photo.content) <= 12_000, "no public photo")
    stranger.open(walk.qr_text).expect(*shown)
    wrong = walk.certificate_number[:-1] + str((int(walk.certificate_number[-1]) + 1) % 10)
    page = stranger.open("/")
    refused = stranger.submit(page, page.form(with_field="number"), {"number": wrong}, status=400)
    _require(
        wrong in [v for form in refused.forms for v in form.fields.get("number", [])],
        "what was typed is lost",
    )
    return f"valid {took:.1f} s after the hand-over; the QR code verifies with public keys alone"


def own_account(walk: Walk) -> Person:
    """Return the officer at the own browser: the registrar opens the account, the officer changes the password."""
    registrar = walk.person("province", "kunshan-registrar")
    page = registrar.open(walk.officer_url + "account/")
    page = registrar.submit(page, page.form(with_field="username"), {"username": walk.subject.username})
    found = re.search(r"\b[A-Za-z2-9]{5}-[A-Za-z2-9]{5}-[A-Za-z2-9]{4}\b", page.text)
    if found is None:
        raise PageUnexpectedError(f"no one-time password on {page.url}: {page.text[:800]}")
    chosen = f"{secrets.token_urlsafe(9)}-7"
    officer = walk.person_at(walk.group.nodes["province"].url)
    page = sign_in(officer, walk.subject.username, found[0])
    officer.submit(
        page,
        page.form(with_field="new_password"),
        {
            "current_password": found[0],
            "new_password": chosen,
            "repeated_password": chosen,
        },
    )
    walk.logins["province"][walk.subject.username] = chosen
    return officer


def _change(walk: Walk, person: Person, action: str, reason: str, word: str) -> float:
    page = person.open(f"/certificates/{walk.certificate_number}/{action}/")
    person.submit(page, page.form(with_field="reason"), {"reason": reason})
    return _public_word(walk, word)


def lifecycle(walk: Walk) -> str:
    """Lost, found, withheld, returned, cancelled: the public answer and the status list follow each time."""
    officer = own_account(walk)
    page = officer.open("/own/").expect(walk.subject.name)
    officer.open(page.link("证件")).expect(walk.certificate_number)
    approver = walk.person("province", "approver")
    took = [
        _change(walk, officer, "report-lost", "执勤途中遗失", "lost"),
        _change(walk, officer, "cancel-loss-report", "已找回，证件完好", "valid"),
        _change(walk, approver, "withhold", "年度考核不合格，离岗培训", "withheld"),
        _change(walk, approver, "return", "培训考核合格，予以发还", "valid"),
        _change(walk, approver, "cancel", "调离执法岗位", "cancelled"),
    ]
    walk.stranger().open(walk.qr_text).expect("注销")
    return f"five changes, each public within {max(took):.1f} s"


STEPS: tuple[tuple[str, Callable[[Walk], str]], ...] = (
    ("roster", roster),
    ("qualification application", application),
    ("review, verification, approval", approval),
    ("filing with the ministry", filing),
    ("keys", keys),
    ("card job", card),
    ("card face", face),
    ("hand-over", hand_over),
    ("public check", public_check),
    ("lost, found, withheld, cancelled", lifecycle),
)
