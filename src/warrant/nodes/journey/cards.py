"""Keys and card: the ceremony at both levels, the card made and read back, its printed face."""

from __future__ import annotations

import re

from warrant.nodes.journey.browser import Page, Person
from warrant.nodes.journey.walk import Walk, require, wait_for

PROVINCE = "320000"
SUITES = ("sm4", "3des")
FIRST_SERIAL, LAST_SERIAL = "3200000001", "3200000005"
STATION = "一号制卡点"


def _waiting_act(person: Person, settled: set[str]) -> str | None:
    """Return the address of a key act on the person's page that was not settled before."""
    for _label, target in person.open("/keys/").links:
        if re.fullmatch(r"/keys/\d+/", target) and target not in settled:
            return target
    return None


def _settle(walk: Walk, kind: str, settled: set[str], spoken: str = "") -> Page:
    """Have a second custodian confirm what the first one began and may not end alone.

    ``spoken`` is what the other end reads aloud, for the acts that are compared over the telephone.
    """
    first, second = walk.person(kind, "custodian-a"), walk.person(kind, "custodian-b")
    target = wait_for("the act on keys", lambda: _waiting_act(first, settled))
    settled.add(target)
    page = first.open(target)
    for form in page.forms:
        if "/acknowledge/" in form.action:
            page = first.submit(page, form)
            break
    alone = first.open(target)
    require(all("/confirm/" not in form.action for form in alone.forms), "one custodian could confirm alone")
    page = second.open(target)
    if spoken:
        page = second.open(page.link("电话比对后执行"))
        heard = {"partner": "对方保管员", "digits": spoken}
        second.submit(page, page.form(with_field="digits"), heard)
    else:
        second.submit(page, page.form(action="/confirm/"))
    return second.open(target).expect("已执行")


def _read_aloud(page: Page) -> str:
    """Return the number that the page tells its custodian to read to the other end."""
    found = re.search(r"(\d{5} ){7}\d{5}", page.text)
    require(found is not None, "nothing to read aloud")
    return found.group() if found else ""


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
        receiving_key = _read_aloud(walk.person("province", "custodian-a").open("/keys/"))
        handed_over = _settle(walk, "ministry", at_ministry, receiving_key)
        done = _settle(walk, "province", at_province, _read_aloud(handed_over)).expect("一致")
        require("不一致" not in done.text, f"check values differ in suite {suite}")
    return "SM4 and 3DES: check values equal on both sides"


def stock_station(walk: Walk, first: str, last: str) -> None:
    """One operator registers a delivery, a second counts it; one gives it to a station's store, the other takes it."""
    one, other = walk.person("province", "card"), walk.person("province", "card-b")
    count = str(int(last, 16) - int(first, 16) + 1)
    page = one.open("/cards/receive/")
    page = one.submit(
        page,
        page.form(with_field="serials"),
        {
            "supplier": "虚构制卡厂",
            "delivery_note": f"S-{first}",
            "number": f"B-{first}",
            "suite": "sm4",
            "serials": f"{first} 至 {last}",
            "count": count,
        },
    )
    require(all("/count/" not in target for _label, target in page.links), "the receiver could count")
    page = other.open("/card-batches/")
    page = other.open(page.link(f"B-{first}"))
    page = other.open(page.link("清点到货"))
    other.submit(page, page.form(with_field="counted"), {"counted": count}).expect("清点无误")
    page = one.open("/card-stores/")
    if STATION not in page.text:
        one.submit(page, page.form(with_field="reader_name"), {"name": STATION})
    page = one.open("/card-movements/new/")
    page = one.submit(page, page.form(with_field="serials"), {"serials": f"{first} 至 {last}"})
    require(all("/take/" not in target for _label, target in page.links), "the giver could take")
    page = other.open("/card-movements/")
    page = other.open(page.link("中心库"))
    page = other.open(page.link("接收"))
    other.submit(page, page.form(with_field="counted"), {"counted": count}).expect("已接收")


def card(walk: Walk) -> str:
    """Blanks come to the station through two people's hands; the operator makes the card of one and passes its check."""
    operator = walk.person("province", "card")
    if FIRST_SERIAL not in operator.open("/cards/").text:
        stock_station(walk, FIRST_SERIAL, LAST_SERIAL)
    page = operator.open("/card-centre/").expect(walk.subject.name)
    page = operator.submit(page, page.form(with_button="放入空白卡"))
    page = operator.open(page.link(walk.subject.name))
    form = page.form(action="/card-centre/start/")
    walk.certificate_number = form.fields["certificate"][0]
    page = operator.submit(page, form)
    page.expect("已写好芯片", walk.certificate_number)
    job = operator.open(page.link("任务"))
    walk.qr_text = job.link("/Q/")
    operator.submit(page, page.form(action="/pass/")).expect("质检合格", walk.certificate_number)
    return f"certificate {walk.certificate_number} on a chip, read back"


def face(walk: Walk) -> str:
    """The printed face opens as a PDF of two CR80 pages."""
    printed = walk.person("province", "card").download(f"/card-faces/{walk.certificate_number}.pdf")
    require(printed.status == 200 and printed.content.startswith(b"%PDF"), "no card face")
    (walk.folder / "card-face.pdf").write_bytes(printed.content)
    return f"{len(printed.content) // 1024} kB, kept as card-face.pdf"
