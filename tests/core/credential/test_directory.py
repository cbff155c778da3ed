"""The key directory: pinned, in date, and a key only ever speaks for its own province."""

from __future__ import annotations

import base64
import dataclasses
from datetime import datetime, timedelta

import cbor2
import pytest

from warrant.core.credential.cose import KIND_KEY_DIRECTORY, sign_message
from warrant.core.credential.directory import (
    IssuerKey,
    KeyDirectory,
    issue_key_directory,
    read_key_directory,
)
from warrant.core.credential.refusal import CredentialRefused, RefusalReason
from warrant.core.credential.token import CredentialClaims, issue_credential
from warrant.core.crypto.signing import SUITES, SoftwareSigner

from .conftest import ListMaker

DAY = timedelta(days=1)


def _directory(now: datetime, ministry: SoftwareSigner, *signers: SoftwareSigner) -> bytes:
    entries = [IssuerKey("32", signer.public_key, now - 9 * DAY, now + 9 * DAY) for signer in signers]
    return issue_key_directory(
        entries, authority="00", issued_at=now, expires_at=now + 7 * DAY, signer=ministry
    )


def test_keys_of_every_suite_come_back_with_issuer_and_validity(
    ministry: SoftwareSigner, now: datetime
) -> None:
    signers = [SoftwareSigner.generate(suite) for suite in SUITES]
    read = read_key_directory(_directory(now, ministry, *signers), ministry.public_key, now)
    assert read.keys() == {signer.public_key.key_id: signer.public_key for signer in signers}
    assert {(entry.issuer, entry.valid_from, entry.valid_until) for entry in read.entries} == {
        ("32", now - 9 * DAY, now + 9 * DAY)
    }


def test_keys_are_cose_keys(ministry: SoftwareSigner, province: SoftwareSigner, now: datetime) -> None:
    payload = cbor2.loads(cbor2.loads(_directory(now, ministry, province)).value[2])
    (key,) = payload[-65538]
    raw = province.public_key.raw
    assert [key[label] for label in (1, 2, 3, -1, -2, -3)] == [
        2,
        province.public_key.key_id,
        -7,
        1,
        raw[1:33],
        raw[33:],
    ]


def test_a_directory_of_somebody_else_is_refused(
    ministry: SoftwareSigner, province: SoftwareSigner, now: datetime
) -> None:
    with pytest.raises(CredentialRefused) as refused:
        read_key_directory(_directory(now, province, province), ministry.public_key, now)
    assert refused.value.reason is RefusalReason.UNKNOWN_KEY


@pytest.mark.parametrize(
    ("days", "reason"), [(-1, RefusalReason.NOT_YET_VALID), (6, None), (7, RefusalReason.EXPIRED)]
)
def test_a_directory_counts_only_in_its_time(
    days: int, reason: RefusalReason | None, ministry: SoftwareSigner, now: datetime
) -> None:
    found = None
    try:
        read_key_directory(_directory(now, ministry), ministry.public_key, now + days * DAY)
    except CredentialRefused as refused:
        found = refused.reason
    assert found is reason


def test_every_flipped_byte_of_a_directory_is_refused(
    ministry: SoftwareSigner, province: SoftwareSigner, now: datetime
) -> None:
    message = _directory(now, ministry, province)
    for place in range(len(message)):
        changed = bytearray(message)
        changed[place] ^= 0x01
        with pytest.raises(CredentialRefused):
            read_key_directory(bytes(changed), ministry.public_key, now)


@pytest.mark.parametrize(
    "change",
    [
        {1: 1},
        {2: b"12345678"},
        {3: -8},
        {3: -99},
        {-1: 2},
        {-2: bytes(32)},
        {-3: 5},
        {-65537: 32},
        {-65538: -1},
        {-65539: 0},
        {99: 1},
    ],
)
def test_a_rightly_signed_directory_with_a_wrong_key_is_refused(
    change: dict[int, object], ministry: SoftwareSigner, province: SoftwareSigner, now: datetime
) -> None:
    payload = cbor2.loads(cbor2.loads(_directory(now, ministry, province)).value[2])
    payload[-65538][0].update(change)
    message = sign_message(KIND_KEY_DIRECTORY, cbor2.dumps(payload), ministry)
    with pytest.raises(CredentialRefused):
        read_key_directory(message, ministry.public_key, now)


def test_the_same_key_is_not_listed_twice(
    ministry: SoftwareSigner, province: SoftwareSigner, now: datetime
) -> None:
    with pytest.raises(CredentialRefused):
        _directory(now, ministry, province, province)


def test_an_empty_period_of_a_key_is_refused(province: SoftwareSigner, now: datetime) -> None:
    with pytest.raises(CredentialRefused):
        IssuerKey("32", province.public_key, now, now)


def test_a_provinces_own_token_is_opened(
    directory: KeyDirectory, token: bytes, claims: CredentialClaims
) -> None:
    assert directory.open_credential(token) == claims


def test_one_provinces_key_cannot_issue_under_anothers_name(
    directory: KeyDirectory, claims: CredentialClaims, other_province: SoftwareSigner
) -> None:
    with pytest.raises(CredentialRefused) as refused:
        directory.open_credential(issue_credential(claims, other_province))
    assert refused.value.reason is RefusalReason.ISSUER


def test_one_provinces_key_cannot_sign_anothers_status_list(
    directory: KeyDirectory, make_list: ListMaker, other_province: SoftwareSigner
) -> None:
    with pytest.raises(CredentialRefused) as refused:
        directory.open_status_list(make_list(signer=other_province))
    assert refused.value.reason is RefusalReason.ISSUER


@pytest.mark.parametrize("signed_at_days", [-366, -365, 364, 365])
def test_a_key_signs_only_in_its_own_time(
    signed_at_days: int,
    directory: KeyDirectory,
    claims: CredentialClaims,
    province: SoftwareSigner,
    now: datetime,
) -> None:
    signed = dataclasses.replace(claims, issued_at=now + signed_at_days * DAY)
    refused = None
    try:
        directory.open_credential(issue_credential(signed, province))
    except CredentialRefused as refusal:
        refused = refusal.reason
    assert refused is (None if signed_at_days in (-365, 364) else RefusalReason.ISSUER)


def test_keys_of_one_issuer(directory: KeyDirectory, province: SoftwareSigner) -> None:
    assert directory.keys_of("32") == {province.public_key.key_id: province.public_key}
    assert directory.keys_of("11") == {}


def test_the_json_form_is_a_json_web_key_set(ministry: SoftwareSigner, now: datetime) -> None:
    # The public key of RFC 8037, appendix A.2.
    raw = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    edwards = dataclasses.replace(SoftwareSigner.generate("ed25519").public_key, raw=raw)
    p256 = SoftwareSigner.generate("es256").public_key
    entries = (
        IssuerKey("32", edwards, now, now + DAY),
        IssuerKey("33", p256, now, now + DAY),
    )
    first, second = KeyDirectory("00", now, now + DAY, entries).as_json_keys()["keys"]
    assert first["x"] == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert (first["kty"], first["crv"], first["alg"]) == ("OKP", "Ed25519", "EdDSA")
    assert (second["kty"], second["crv"], second["alg"]) == ("EC", "P-256", "ES256")
    assert base64.urlsafe_b64decode(f"{second['y']}=") == p256.raw[33:]
    assert (second["iss"], second["nbf"], second["exp"]) == ("33", 1795334400, 1795420800)
