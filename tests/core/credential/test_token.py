"""Credentials: signed, small, strict, and readable by a library that is not ours."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import cbor2
import cwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.credential.cose import KIND_STATUS_LIST, sign_message
from warrant.core.credential.refusal import CredentialRefused, RefusalReason
from warrant.core.credential.token import (
    CredentialClaims,
    issue_credential,
    open_credential,
    photo_digest,
    verify_credential,
)
from warrant.core.crypto.signing import SUITES, PublicKey, SoftwareSigner

SIGNERS = {suite: SoftwareSigner.generate(suite) for suite in SUITES}
KEYS = {signer.public_key.key_id: signer.public_key for signer in SIGNERS.values()}

LINES = st.text(
    st.characters(categories=("L", "N"), include_characters="·（）𬭎䶮"), min_size=1, max_size=30
).filter(str.isprintable)
SECONDS = st.integers(0, 4_000_000_000)


def _pem(key: PublicKey) -> bytes:
    public: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey
    if key.suite == "ed25519":
        public = ed25519.Ed25519PublicKey.from_public_bytes(key.raw)
    else:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.raw)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.usefixtures("others_at_now")
@pytest.mark.parametrize("suite", ["es256", "ed25519"])
def test_a_library_that_is_not_ours_verifies_and_reads_the_token(
    suite: str, claims: CredentialClaims
) -> None:
    signer = SIGNERS[suite]
    token = issue_credential(claims, signer)
    key = cwt.COSEKey.from_pem(_pem(signer.public_key), kid=signer.public_key.key_id)
    read = cwt.decode(token, key)
    assert isinstance(read, dict)
    assert read[1] == "32"
    assert read[2] == "32000012343"
    assert read[65535] == {"status_list": {"idx": 777777, "uri": "tsl:32-1"}}
    assert read[-65537][0].decode("utf-16-be") == "张建国"
    assert read[-65537][2] == ["02", "03"]


@pytest.mark.usefixtures("others_at_now")
@pytest.mark.parametrize("suite", ["es256", "ed25519"])
def test_a_library_that_is_not_ours_refuses_a_changed_token(suite: str, claims: CredentialClaims) -> None:
    signer = SIGNERS[suite]
    token = issue_credential(claims, signer).replace(b"32000012343", b"32000012344")
    key = cwt.COSEKey.from_pem(_pem(signer.public_key), kid=signer.public_key.key_id)
    with pytest.raises(cwt.VerifyError):
        cwt.decode(token, key)


def test_the_header_is_protected_and_names_algorithm_kind_and_key(claims: CredentialClaims) -> None:
    token = issue_credential(claims, SIGNERS["sm2-sm3"])
    outer = cbor2.loads(token)
    assert outer.tag == 18
    protected, unprotected, _, signature = outer.value
    assert cbor2.loads(protected) == {1: -65701, 3: 61, 4: SIGNERS["sm2-sm3"].public_key.key_id}
    assert unprotected == {}
    assert len(signature) == 64


@pytest.mark.parametrize("suite", SUITES)
def test_every_suite_signs_and_verifies(suite: str, claims: CredentialClaims, now: datetime) -> None:
    assert verify_credential(issue_credential(claims, SIGNERS[suite]), KEYS, now) == claims


@given(
    claims=st.builds(
        CredentialClaims,
        issuer=st.from_regex(r"[0-9A-Z]{2,9}", fullmatch=True),
        certificate_number=st.from_regex(r"[0-9]{11}", fullmatch=True),
        issued_at=SECONDS.map(lambda s: datetime.fromtimestamp(s, UTC)),
        expires_at=SECONDS.map(lambda s: datetime.fromtimestamp(s + 4_000_000_001, UTC)),
        name=LINES,
        agency=LINES,
        categories=st.lists(LINES, min_size=1, max_size=8, unique=True).map(tuple),
        area=LINES,
        photo_digest=st.binary(min_size=16, max_size=16),
        status_index=st.integers(0, (1 << 32) - 1),
        status_uri=st.from_regex(r"[a-z]{1,8}:[a-z0-9/.]{1,60}", fullmatch=True),
    )
)
def test_any_claims_come_back_as_they_were(claims: CredentialClaims) -> None:
    assert open_credential(issue_credential(claims, SIGNERS["ed25519"]), KEYS) == claims


def test_every_single_flipped_bit_is_refused(claims: CredentialClaims) -> None:
    token = issue_credential(claims, SIGNERS["ed25519"])
    for place in range(len(token)):
        for bit in range(8):
            changed = bytearray(token)
            changed[place] ^= 1 << bit
            with pytest.raises(CredentialRefused):
                open_credential(bytes(changed), KEYS)


def test_every_shortened_or_lengthened_token_is_refused(claims: CredentialClaims) -> None:
    token = issue_credential(claims, SIGNERS["ed25519"])
    for wrong in [token[:length] for length in range(len(token))] + [token + b"\x00", token + token]:
        with pytest.raises(CredentialRefused):
            open_credential(wrong, KEYS)


@given(st.binary(max_size=400))
def test_random_bytes_are_refused_with_the_one_error(noise: bytes) -> None:
    with pytest.raises(CredentialRefused):
        open_credential(noise, KEYS)


def test_a_key_that_is_not_listed_is_unknown(claims: CredentialClaims, now: datetime) -> None:
    token = issue_credential(claims, SoftwareSigner.generate("ed25519"))
    assert _reason(token, now) is RefusalReason.UNKNOWN_KEY


def test_a_key_under_another_keys_id_is_refused(claims: CredentialClaims, now: datetime) -> None:
    stranger = SIGNERS["ed25519"].public_key
    listed = SIGNERS["es256"].public_key.key_id
    with pytest.raises(CredentialRefused):
        verify_credential(issue_credential(claims, SIGNERS["es256"]), {listed: stranger}, now)


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (datetime(2026, 11, 1, 0, 0, 0, tzinfo=UTC), None),
        (datetime(2026, 10, 31, 23, 55, 0, tzinfo=UTC), None),
        (datetime(2026, 10, 31, 23, 54, 59, tzinfo=UTC), RefusalReason.NOT_YET_VALID),
        (datetime(2030, 10, 31, 23, 59, 59, tzinfo=UTC), None),
        (datetime(2030, 11, 1, 0, 0, 0, tzinfo=UTC), RefusalReason.EXPIRED),
    ],
)
def test_the_period_excludes_its_end_and_allows_five_minutes_of_clock_error_before_it(
    claims: CredentialClaims, at: datetime, reason: RefusalReason | None
) -> None:
    dated = dataclasses.replace(
        claims,
        issued_at=datetime(2026, 11, 1, tzinfo=UTC),
        expires_at=datetime(2030, 11, 1, tzinfo=UTC),
    )
    assert _reason(issue_credential(dated, SIGNERS["ed25519"]), at) is reason


def test_another_kind_of_message_by_the_same_key_is_no_credential(
    claims: CredentialClaims, now: datetime
) -> None:
    payload = cbor2.loads(issue_credential(claims, SIGNERS["es256"])).value[2]
    listed = sign_message(KIND_STATUS_LIST, payload, SIGNERS["es256"])
    assert _reason(listed, now) is RefusalReason.MALFORMED


@pytest.mark.parametrize(
    "change",
    [
        {},
        {1: 32},
        {2: "3200001234"},
        {4: 0},
        {4: 1 << 60},
        {6: "yesterday"},
        {65535: {}},
        {65535: {"status_list": {"idx": -1, "uri": "tsl:1"}}},
        {65535: {"status_list": {"idx": 1, "uri": "no scheme"}}},
        {65535: {"status_list": {"idx": 1, "uri": "tsl:1", "more": 1}}},
        {-65537: ["a", "b", ["c"], "d", b"short"]},
        {-65537: ["a", "b", [], "d", bytes(16)]},
        {-65537: [b"\x00a", "b", ["c"], "d", bytes(16)]},
        {-65537: ["张", "b", ["c"], "d", bytes(16)]},
        {-65537: [b"\xd8\x00", "b", ["c"], "d", bytes(16)]},
        {-65537: ["a\n", "b", ["c"], "d", bytes(16)]},
        {-65537: ["a", "b", ["c"], "d", bytes(16), "more"]},
        {-65537: {}},
        {77: 1},
    ],
)
def test_a_rightly_signed_token_with_wrong_claims_is_refused(
    change: dict[int, object], claims: CredentialClaims, now: datetime
) -> None:
    signer = SIGNERS["ed25519"]
    token = issue_credential(claims, signer)
    protected, _, payload, _ = cbor2.loads(token).value
    changed = cbor2.dumps({**cbor2.loads(payload), **change})
    signature = signer.sign(cbor2.dumps(["Signature1", protected, b"", changed]))
    built = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, changed, signature]))
    assert _reason(built, now) is (RefusalReason.MALFORMED if change else None)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("issuer", "江苏"),
        ("certificate_number", "3200001234x"),
        ("issued_at", datetime(2026, 11, 1)),
        ("expires_at", datetime(2020, 11, 1, tzinfo=UTC)),
        ("name", ""),
        ("name", " 张"),
        ("agency", "a\u202eb"),
        ("area", "a" * 121),
        ("categories", ()),
        ("categories", ("02", "02")),
        ("photo_digest", bytes(15)),
        ("status_index", -1),
        ("status_uri", "32/1"),
    ],
)
def test_claims_that_break_the_format_name_their_field(
    field: str, wrong: object, claims: CredentialClaims
) -> None:
    with pytest.raises(CredentialRefused) as refused:
        dataclasses.replace(claims, **{field: wrong})  # type: ignore[arg-type]  # a wrong value on purpose
    assert refused.value.place == field
    assert refused.value.status == 400


def test_the_photo_digest_is_the_first_half_of_sha_256() -> None:
    # FIPS 180-4 example: SHA-256("abc") = ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 ...
    assert photo_digest(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223"


def test_times_are_kept_to_the_second_and_in_utc(claims: CredentialClaims) -> None:
    exact = dataclasses.replace(claims, issued_at=claims.issued_at + timedelta(microseconds=999_999))
    assert open_credential(issue_credential(exact, SIGNERS["ed25519"]), KEYS).issued_at == claims.issued_at


def _reason(token: bytes, at: datetime) -> RefusalReason | None:
    try:
        verify_credential(token, KEYS, at)
    except CredentialRefused as refused:
        return refused.reason
    return None
