"""The signed list of SAMs that no device may use: authentic, in date, and its own kind of message."""

from __future__ import annotations

from datetime import datetime, timedelta

import cbor2
import pytest

from warrant.core.credential.block_list import issue_block_list, read_block_list
from warrant.core.credential.cose import KIND_BLOCK_LIST, KIND_STATUS_LIST, sign_message
from warrant.core.credential.refusal import CredentialRefused, RefusalReason
from warrant.core.crypto.signing import SUITES, SoftwareSigner

WEEK = timedelta(days=7)
SERIALS = [bytes.fromhex("5A00000000000002"), bytes.fromhex("5A00000000000001")]


def _list(signer: SoftwareSigner, now: datetime) -> bytes:
    return issue_block_list(SERIALS, issuer="320000", issued_at=now, expires_at=now + WEEK, signer=signer)


def _keys(signer: SoftwareSigner) -> dict[bytes, object]:
    return {signer.public_key.key_id: signer.public_key}


@pytest.mark.parametrize("suite", SUITES)
def test_serials_come_back_under_each_suite(suite: str, now: datetime) -> None:
    signer = SoftwareSigner.generate(suite)
    read = read_block_list(_list(signer, now), _keys(signer), at=now + timedelta(days=6))
    assert (read.issuer, read.serials, read.expires_at) == ("320000", frozenset(SERIALS), now + WEEK)


def test_an_outside_decoder_reads_the_claims(province: SoftwareSigner, now: datetime) -> None:
    claims = cbor2.loads(cbor2.loads(_list(province, now)).value[2])
    assert claims == {
        1: "320000",
        2: "sam-block-list",
        4: int((now + WEEK).timestamp()),
        6: int(now.timestamp()),
        -65540: sorted(SERIALS),
    }


def test_an_old_list_is_refused(province: SoftwareSigner, now: datetime) -> None:
    with pytest.raises(CredentialRefused) as refused:
        read_block_list(_list(province, now), _keys(province), at=now + WEEK)
    assert refused.value.reason is RefusalReason.EXPIRED


def test_a_flipped_bit_and_a_strangers_key_are_refused(province: SoftwareSigner, now: datetime) -> None:
    message = bytearray(_list(province, now))
    place = bytes(message).index(SERIALS[0])
    message[place] ^= 1
    with pytest.raises(CredentialRefused) as refused:
        read_block_list(bytes(message), _keys(province), at=now)
    assert refused.value.reason is RefusalReason.SIGNATURE
    stranger = SoftwareSigner.generate("es256")
    with pytest.raises(CredentialRefused) as refused:
        read_block_list(_list(stranger, now), _keys(province), at=now)
    assert refused.value.reason is RefusalReason.UNKNOWN_KEY


def test_another_kind_of_message_does_not_pass_for_it(province: SoftwareSigner, now: datetime) -> None:
    claims = cbor2.dumps({1: "320000", 2: "sam-block-list", 4: 4_000_000_000, 6: 1, -65540: []})
    with pytest.raises(CredentialRefused):
        read_block_list(sign_message(KIND_STATUS_LIST, claims, province), _keys(province), at=now)
    assert not read_block_list(
        sign_message(KIND_BLOCK_LIST, claims, province), _keys(province), at=now
    ).serials
