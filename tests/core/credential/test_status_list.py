"""Status lists: the draft's vectors both ways, strict reading, random places."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

import cbor2
import cwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.credential.cbor import decode, encode
from warrant.core.credential.cose import signed_bytes
from warrant.core.credential.refusal import CredentialRefused, RefusalReason
from warrant.core.credential.status_list import (
    Status,
    StatusList,
    allocate_index,
    issue_status_list,
    open_status_list,
    read_status_list,
)
from warrant.core.crypto.signing import PublicKey, SoftwareSigner
from warrant.core.errors import Conflict

from .conftest import ListMaker

# Source of the vectors: draft-ietf-oauth-status-list, "Compressed Byte Array" and "Test vectors for Status List
# encoding" (2**20 entries).
SHORT_1_BIT = ([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1], "b9a3", "78dadbb918000217015d")
SHORT_2_BIT = ([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3], "c944f9", "78da3be9f2130003df0207")
LONG_1_BIT = (
    {
        0: 1,
        1993: 1,
        25460: 1,
        159495: 1,
        495669: 1,
        554353: 1,
        645645: 1,
        723232: 1,
        854545: 1,
        934534: 1,
        1000345: 1,
    },
    "a2646269747301636c737458bd78daeddc010dc0200c0041a88249400ad2903e0f4b"
    "ba00bd93f002beb7a2a2010000a91e09000000000000000000000000000000807296"
    "04000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000005c6f4800000000000000fc2c240000000000000000000000be1b12"
    "000000000000000000ecaa4b000000000000000000000000000000009b0b09000000"
    "00000000000038de9400000000000000002a30cc010000000080642f0bd8011b",
)
LONG_2_BIT = (
    {
        0: 1,
        1993: 2,
        25460: 1,
        159495: 3,
        495669: 1,
        554353: 1,
        645645: 2,
        723232: 1,
        854545: 1,
        934534: 2,
        1000345: 3,
    },
    "a2646269747302636c737459013d78daeddb310d00211000412ea1a04004fe5520ed"
    "357c28c81d3312b6df68bc65480000000000406e2101000000000000000000000000"
    "0000000000000000000000000000000000000040795b020000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000"
    "0080f4ba0400000000000000000000000000406d764a000000000000000000000000"
    "000000000000000000e0922101000000000000000000000000000000000000fc1312"
    "00000000000000000000000000000000000000000000000000000000000000c0912e"
    "01000000000000000000000000000000000000c07d4b020000000000000000000000"
    "00000000a8614a0000000000000000000000406a1fcd60010c",
)
DRAFT_TOKEN = (
    "d2845820a2012610781a6170706c69636174696f6e2f7374617475736c6973742b63"
    "7774a1044231325850a502782168747470733a2f2f6578616d706c652e636f6d2f73"
    "74617475736c697374732f31061a648c5bea041a8898dfea19fffe19a8c019fffda2"
    "646269747301636c73744a78dadbb918000217015d584093fa4d01032b18c35e2fe1"
    "101b77fd6cc9440022caa4694450c4e4e9feab4e99d1fa6d9772ce2bf3a12e0323de"
    "d7c982c5e101a5e67f0cbc1e2b6f57ce99c279"
)
DRAFT_KEY = "es256:BCNx1pv9A7NXTzCPiFpn-JgZh_mGngFWz1bu7wduwsV66N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M"


@pytest.mark.parametrize(("bits", "vector"), [(1, SHORT_1_BIT), (2, SHORT_2_BIT)])
def test_the_drafts_short_lists_are_written(bits: int, vector: tuple[list[int], str, str]) -> None:
    statuses, octets, compressed = vector
    listed = StatusList.of_size(len(statuses), bits)
    for index, status in enumerate(statuses):
        listed[index] = Status(status)
    assert listed == StatusList(bytes.fromhex(octets), bits)
    assert listed.compressed().hex() == compressed


@pytest.mark.parametrize(("bits", "vector"), [(1, LONG_1_BIT), (2, LONG_2_BIT)])
def test_the_drafts_long_lists_are_written(bits: int, vector: tuple[dict[int, int], str]) -> None:
    listed = StatusList.of_size(1 << 20, bits)
    for index, status in vector[0].items():
        listed[index] = Status(status)
    assert encode(listed.as_structure()).hex() == vector[1]


@pytest.mark.parametrize(("bits", "vector"), [(1, LONG_1_BIT), (2, LONG_2_BIT)])
def test_the_drafts_long_lists_are_read(bits: int, vector: tuple[dict[int, int], str]) -> None:
    listed = StatusList.from_structure(decode(bytes.fromhex(vector[1]), "list"))
    assert listed.size == 1048576
    assert listed.bits == bits
    found = {index: int(listed[index]) for index in range(listed.size) if listed[index]}
    assert found == vector[0]


def test_the_drafts_signed_token_has_our_sig_structure_and_list() -> None:
    protected, _, payload, signature = cbor2.loads(bytes.fromhex(DRAFT_TOKEN)).value
    PublicKey.from_text(DRAFT_KEY).verify(signature, signed_bytes(protected, payload))
    listed = StatusList.from_structure(cbor2.loads(payload)[65533])
    assert [int(listed[index]) for index in range(16)] == SHORT_1_BIT[0]


def test_a_token_with_its_key_id_outside_the_signature_is_refused() -> None:
    key = PublicKey.from_text(DRAFT_KEY)
    with pytest.raises(CredentialRefused):
        open_status_list(bytes.fromhex(DRAFT_TOKEN), {b"12": key, key.key_id: key})


@given(st.dictionaries(st.integers(0, 4095), st.sampled_from(Status)), st.sampled_from([4096, 5000]))
def test_any_statuses_come_back(statuses: dict[int, Status], size: int) -> None:
    listed = StatusList.of_size(size)
    for index, status in statuses.items():
        listed[index] = status
    read = StatusList.from_structure(decode(encode(listed.as_structure()), "list"))
    assert read == listed
    assert all(read[index] is statuses.get(index, Status.VALID) for index in range(size))


def test_a_changed_place_leaves_its_neighbours_alone() -> None:
    listed = StatusList(b"\xff\xff")
    listed[2] = Status.SUSPENDED
    assert [int(listed[index]) for index in range(8)] == [3, 3, 2, 3, 3, 3, 3, 3]


@pytest.mark.parametrize("index", [-1, 16, 1 << 40])
def test_a_place_outside_the_list_says_nothing(index: int) -> None:
    listed = StatusList.of_size(16)
    with pytest.raises(CredentialRefused):
        listed[index]


def test_two_bits_do_not_go_into_a_one_bit_list() -> None:
    with pytest.raises(CredentialRefused):
        StatusList.of_size(8, bits=1)[0] = Status.SUSPENDED


@pytest.mark.parametrize(
    "structure",
    [
        {"bits": 2},
        {"bits": 4, "lst": zlib.compress(b"\x00")},
        {"bits": 2, "lst": b""},
        {"bits": 2, "lst": zlib.compress(b"")},
        {"bits": 2, "lst": zlib.compress(b"\x00")[:-1]},
        {"bits": 2, "lst": zlib.compress(b"\x00") + b"\x00"},
        {"bits": 2, "lst": zlib.compress(bytes((1 << 22) + 1))},
        {"bits": 2, "lst": zlib.compress(b"\x00"), "other": 1},
        None,
    ],
)
def test_lists_that_are_damaged_or_swell_are_refused(structure: dict[int | str, int | bytes] | None) -> None:
    with pytest.raises(CredentialRefused):
        StatusList.from_structure(structure)


@pytest.mark.usefixtures("others_at_now")
def test_the_signed_list_is_read_by_a_library_that_is_not_ours(
    make_list: ListMaker, province: SoftwareSigner
) -> None:
    message = make_list({777_777: 3})
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), province.public_key.raw)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    read = cwt.decode(message, cwt.COSEKey.from_pem(pem, kid=province.public_key.key_id))
    assert isinstance(read, dict)
    assert read[2] == "tsl:32-1"
    assert read[65534] == 900
    octets = zlib.decompress(read[65533]["lst"])
    assert octets[777_777 // 4] >> 777_777 % 4 * 2 & 3 == 3


def test_the_signed_list_has_the_drafts_type(make_list: ListMaker) -> None:
    assert cbor2.loads(cbor2.loads(make_list()).value[0])[16] == "application/statuslist+cwt"


def test_a_list_is_fresh_within_its_ttl_only(
    make_list: ListMaker, province: SoftwareSigner, now: datetime
) -> None:
    keys = {province.public_key.key_id: province.public_key}
    read = read_status_list(make_list(minutes_old=14), keys, uri="tsl:32-1", at=now)
    assert read.age(now) == timedelta(minutes=14)
    assert read.is_fresh(now + timedelta(seconds=59))
    assert not read.is_fresh(now + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("minutes_old", "uri", "reason"),
    [
        (0, "tsl:32-1", None),
        (24 * 60 - 1, "tsl:32-1", None),
        (24 * 60, "tsl:32-1", RefusalReason.EXPIRED),
        (-6, "tsl:32-1", RefusalReason.NOT_YET_VALID),
        (0, "tsl:32-2", RefusalReason.MALFORMED),
    ],
)
def test_expired_future_and_misnamed_lists_are_refused(
    minutes_old: int,
    uri: str,
    reason: RefusalReason | None,
    make_list: ListMaker,
    province: SoftwareSigner,
    now: datetime,
) -> None:
    keys = {province.public_key.key_id: province.public_key}
    found = None
    try:
        read_status_list(make_list(minutes_old=minutes_old), keys, uri=uri, at=now)
    except CredentialRefused as refused:
        found = refused.reason
    assert found is reason


def test_every_flipped_byte_of_a_signed_list_is_refused(
    make_list: ListMaker, province: SoftwareSigner
) -> None:
    keys = {province.public_key.key_id: province.public_key}
    message = make_list({5: 1}, size=64)
    for place in range(len(message)):
        changed = bytearray(message)
        changed[place] ^= 0xFF
        with pytest.raises(CredentialRefused):
            open_status_list(bytes(changed), keys)


@pytest.mark.parametrize(("validity", "ttl"), [(timedelta(0), timedelta(1)), (timedelta(1), timedelta(0))])
def test_a_list_whose_times_make_no_sense_is_not_issued(
    validity: timedelta, ttl: timedelta, province: SoftwareSigner, now: datetime
) -> None:
    with pytest.raises(CredentialRefused):
        issue_status_list(
            StatusList.of_size(8),
            uri="tsl:1",
            issuer="32",
            issued_at=now,
            expires_at=now + validity,
            ttl=ttl,
            signer=province,
        )


def test_a_place_is_drawn_again_until_it_is_free() -> None:
    drawn = iter([4, 4, 7])
    assert allocate_index({4}.__contains__, 8, lambda _size: next(drawn)) == 7


def test_drawn_places_lie_anywhere_in_the_list() -> None:
    places = {allocate_index(lambda _index: False, 1 << 20) for _ in range(50)}
    assert len(places) > 40
    assert all(0 <= place < 1048576 for place in places)


def test_a_full_list_asks_for_a_new_one() -> None:
    with pytest.raises(Conflict) as full:
        allocate_index(lambda _index: True, 8)
    assert full.value.code == "status-list-full"
