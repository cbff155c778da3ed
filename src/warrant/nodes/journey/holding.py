"""The card in the officer's hand: handed over, checked by a stranger, lost, found, withheld, cancelled."""

from __future__ import annotations

import re
import secrets
import time
from datetime import UTC, datetime, timedelta

import httpx

from warrant.core.credential.directory import read_key_directory
from warrant.core.credential.qr import token_from_text
from warrant.core.credential.verdict import verdict
from warrant.core.crypto.signing import PublicKey
from warrant.nodes.config import load_config
from warrant.nodes.journey.browser import PageUnexpectedError, Person, sign_in
from warrant.nodes.journey.walk import Walk, require, wait_for

PUBLIC_SECONDS = 5.0
WITHHELD_FOR = timedelta(days=30)
LISTED_WORDS = {"not-issued": "cancelled"}
"""Where two bits cannot say as much as the live answer: not valid is one value on the list."""


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
    require(len(private) >= 2, "the record shows neither phone nor masked number")
    require(not any(text in page.text for text in private), "the public answer shows too much")
    photo = stranger.download(f"/c/{walk.certificate_number}/photo")
    require(photo.media_type == "image/jpeg" and len(photo.content) <= 12_000, "no public photo")
    stranger.open(walk.qr_text).expect(*shown)
    wrong = walk.certificate_number[:-1] + str((int(walk.certificate_number[-1]) + 1) % 10)
    page = stranger.open("/")
    refused = stranger.submit(page, page.form(with_field="number"), {"number": wrong}, status=400)
    require(
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


def _change(walk: Walk, person: Person, act: tuple[str, str], reason: str, word: str) -> float:
    action, ground = act
    page = person.open(f"/certificates/{walk.certificate_number}/{action}/")
    form = page.form(with_field="reason")
    until = (datetime.now(UTC) + WITHHELD_FOR).date().isoformat()
    term = {"until": until} if "until" in form.names else {}
    person.submit(page, form, {"ground": ground, "reason": reason, **term})
    return _public_word(walk, word)


def lifecycle(walk: Walk) -> str:
    """Lost, found, withheld, returned, cancelled: the public answer and the status list follow each time."""
    officer = own_account(walk)
    page = officer.open("/own/").expect(walk.subject.name)
    officer.open(page.link("证件")).expect(walk.certificate_number)
    approver = walk.person("province", "approver")
    took = [
        _change(walk, officer, ("report-lost", "lost"), "执勤途中遗失", "lost"),
        _change(walk, officer, ("cancel-loss-report", "found"), "已找回，证件完好", "valid"),
        _change(walk, approver, ("withhold", "assessment-failed"), "年度考核不合格，离岗培训", "withheld"),
        _change(walk, approver, ("return", "withheld-wrongly"), "考核结果经复核更正为合格", "valid"),
        _change(walk, approver, ("cancel", "left-post"), "调离执法岗位", "cancelled"),
    ]
    walk.stranger().open(walk.qr_text).expect("注销")
    return f"five changes, each public within {max(took):.1f} s"
