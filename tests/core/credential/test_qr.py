"""The QR text: capitals only, read back in any case, small enough for a plastic card."""

from __future__ import annotations

import dataclasses

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.credential.qr import qr_text, token_from_text
from warrant.core.credential.refusal import CredentialRefused
from warrant.core.credential.token import CredentialClaims, issue_credential
from warrant.core.crypto.signing import SUITES, SoftwareSigner

SITE = "https://zfz.mot.gov.cn"


@pytest.mark.parametrize(
    ("token", "coded"),
    [
        (b"f", "MY"),
        (b"fo", "MZXQ"),
        (b"foo", "MZXW6"),
        (b"foob", "MZXW6YQ"),
        (b"fooba", "MZXW6YTB"),
        (b"foobar", "MZXW6YTBOI"),
    ],
)
def test_base32_vectors_of_rfc_4648_section_10_without_padding(token: bytes, coded: str) -> None:
    assert qr_text("http://127.0.0.1:8803/", token) == f"HTTP://127.0.0.1:8803/Q/{coded}"
    assert token_from_text(coded) == token


@pytest.mark.parametrize(
    "text",
    [
        "HTTP://127.0.0.1:8803/Q/MZXW6YTBOI",
        "http://127.0.0.1:8803/q/mzxw6ytboi",
        "https://ZFZ.example/Q/mzxw6YTBOI",
        "MZXW6YTBOI",
        "mzxw6ytboi",
        "  MZXW6\n YTB\tOI ",
        "http://h/q/MZX W6Y\r\nTBOI",
    ],
)
def test_links_and_bare_codes_are_read_in_any_case_and_with_white_space(text: str) -> None:
    assert token_from_text(text) == b"foobar"


@pytest.mark.parametrize(
    "text",
    ["", " ", "http://h/Q/", "http://h/X/MY", "ftp://h/Q/MY", "http://h/Q/MY/MY", "http://h/Q/MY?a=1", "M"],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(CredentialRefused):
        token_from_text(text)


@pytest.mark.parametrize("text", ["MZ1", "MY======", "MZ", "ＭＹ", "ſY", "MY" * 4000])
def test_codes_with_other_characters_wrong_last_bits_or_too_long_are_refused(text: str) -> None:
    with pytest.raises(CredentialRefused):
        token_from_text(text)


@pytest.mark.parametrize(
    "base_url", ["", "zfz.cn", "https://zfz.cn/path", "https://zfz.cn?x", "https://执法.cn", "https://a b"]
)
def test_a_site_that_cannot_be_written_in_capitals_is_refused(base_url: str) -> None:
    with pytest.raises(CredentialRefused):
        qr_text(base_url, b"token")


@given(st.binary(min_size=1, max_size=1024))
def test_any_token_comes_back_from_its_link_and_from_small_letters(token: bytes) -> None:
    text = qr_text(SITE, token)
    assert token_from_text(text) == token
    assert token_from_text(text.lower()) == token


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize(
    "agency", ["南京市交通运输综合行政执法监督局", "南京市江宁区交通运输综合行政执法大队"]
)
def test_a_realistic_officer_fits_version_12_at_level_m(
    suite: str, agency: str, claims: CredentialClaims
) -> None:
    officer = dataclasses.replace(claims, agency=agency)
    code = segno.make(qr_text(SITE, issue_credential(officer, SoftwareSigner.generate(suite))), error="m")
    assert code.mode == "alphanumeric"
    assert int(code.version) <= 12


def test_a_list_name_that_is_a_web_address_costs_one_version_more(claims: CredentialClaims) -> None:
    officer = dataclasses.replace(claims, status_uri="https://zfz.mot.gov.cn/s/32")
    code = segno.make(qr_text(SITE, issue_credential(officer, SoftwareSigner.generate("es256"))), error="m")
    assert code.version == 13
