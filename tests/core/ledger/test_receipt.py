"""The filing receipt: nothing but the genuine grant of this very request opens the way to a card."""

from datetime import UTC, datetime

import pytest

from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import SUITES, SoftwareSigner
from warrant.core.errors import Conflict, InvalidInput
from warrant.core.ledger.checkpoint import Checkpoint
from warrant.core.ledger.event import build_event
from warrant.core.ledger.merkle import GrowingTree, leaf_hash
from warrant.core.ledger.note import NoteKey
from warrant.core.ledger.receipt import FILING_DECIDED, Receipt, verify_grant, verify_receipt

ORIGIN = "urn:warrant:log:ministry-32"
MINISTRY = SoftwareSigner.from_private("ed25519", Secret(bytes(range(32))))
PROVINCE = SoftwareSigner.from_private("ed25519", Secret(bytes(range(1, 33))))
REQUEST_HASH = leaf_hash(b"the request as the province logged it")


def decision(seq=4, node="ministry-32", type=FILING_DECIDED, **data):
    return build_event(
        node=node,
        seq=seq,
        type=type,
        subject="filing-7",
        occurred_at=datetime(2026, 11, 22, 1, 2, 3, 4, tzinfo=UTC),
        dataschema="urn:warrant:schema:filing:1",
        data={"request_hash": REQUEST_HASH.hex(), "decision": "granted", **data},
        ver=2,
        prev_ver=1,
    )


def receipt_of(event, index=3, signer=MINISTRY, origin=ORIGIN):
    entries = [b"first", b"second", b"third", b"fourth", b"fifth", b"sixth", b"seventh"]
    entries[index] = event.raw
    tree = GrowingTree(leaf_hash(entry) for entry in entries).stored
    signed = Checkpoint(origin, 7, tree.root()).signed(signer)
    return Receipt(event.raw, index, tree.inclusion_proof(index), signed)


GOOD = receipt_of(decision())


def check(receipt, request_hash=REQUEST_HASH):
    return verify_receipt(receipt, MINISTRY.public_key, ORIGIN, request_hash)


@pytest.mark.parametrize("suite", SUITES)
def test_genuine_grant_verifies_with_the_public_key_alone(suite):
    ministry = SoftwareSigner.generate(suite)
    stored = receipt_of(decision(), signer=ministry).encode()
    event = verify_grant(Receipt.parse(stored), ministry.public_key, ORIGIN, REQUEST_HASH)
    assert event == decision()


def test_receipt_is_written_as_a_c2sp_tlog_proof():
    lines = GOOD.encode().decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra eyJkYXRhIjp7")
    assert lines[2] == "index 3"
    assert lines[6:8] == ["", "urn:warrant:log:ministry-32"]
    assert Receipt.parse(GOOD.encode()) == GOOD


def test_flipping_any_byte_of_a_receipt_is_refused():
    good = GOOD.encode()
    for at in range(len(good)):
        for mask in (0x01, 0x20, 0x80, 0xFF):
            changed = bytearray(good)
            changed[at] ^= mask
            with pytest.raises(InvalidInput):
                check(Receipt.parse(bytes(changed)))


def test_cutting_or_lengthening_a_receipt_is_refused():
    good = GOOD.encode()
    for length in range(len(good)):
        with pytest.raises(InvalidInput, match="receipt-invalid"):
            Receipt.parse(good[:length])
    with pytest.raises(InvalidInput, match="receipt-invalid"):
        Receipt.parse(good + b"x")


def test_flipping_any_byte_of_the_event_alone_is_refused():
    for at in range(len(GOOD.event)):
        changed = bytearray(GOOD.event)
        changed[at] ^= 0x01
        with pytest.raises(InvalidInput, match="inclusion-proof-invalid"):
            check(Receipt(bytes(changed), GOOD.index, GOOD.path, GOOD.checkpoint))


def test_receipt_signed_by_another_key_is_refused():
    with pytest.raises(InvalidInput, match="checkpoint-signature-invalid"):
        check(receipt_of(decision(), signer=PROVINCE))


def test_receipt_out_of_another_log_is_refused():
    with pytest.raises(InvalidInput, match="checkpoint-origin"):
        check(receipt_of(decision(), origin="urn:warrant:log:ministry-33"))


def test_receipt_for_another_request_is_refused():
    with pytest.raises(InvalidInput, match="receipt-other-request"):
        check(GOOD, leaf_hash(b"another request"))


@pytest.mark.parametrize("request_hash", [b"", REQUEST_HASH[:31], REQUEST_HASH + b"\x00"])
def test_request_hash_of_another_length_matches_nothing(request_hash):
    receipt = receipt_of(decision(request_hash=request_hash.hex()))
    with pytest.raises(InvalidInput, match="receipt-other-request"):
        check(receipt, request_hash)


def test_event_that_claims_another_place_in_the_log_is_refused():
    with pytest.raises(InvalidInput, match="receipt-invalid"):
        check(receipt_of(decision(seq=5)))


def test_event_that_claims_another_log_is_refused():
    with pytest.raises(InvalidInput, match="receipt-invalid"):
        check(receipt_of(decision(node="32")))


def test_genuine_event_of_another_kind_is_no_filing_receipt():
    with pytest.raises(InvalidInput, match="receipt-not-a-filing"):
        check(receipt_of(decision(type="cn.warrant.filing.requested.v1")))


@pytest.mark.parametrize("word", ["Granted", "", None, True, 1, ["granted"]])
def test_decision_in_no_known_word_is_refused(word):
    with pytest.raises(InvalidInput, match="receipt-not-a-filing"):
        check(receipt_of(decision(decision=word)))


@pytest.mark.parametrize("word", ["returned", "refused"])
def test_refusal_is_genuine_evidence_but_opens_nothing(word):
    receipt = receipt_of(decision(decision=word))
    assert check(receipt).data["decision"] == word
    with pytest.raises(Conflict, match="filing-not-granted"):
        verify_grant(receipt, MINISTRY.public_key, ORIGIN, REQUEST_HASH)


def test_cosigner_is_demanded_when_named():
    province = NoteKey("province-32", PROVINCE.public_key)
    with pytest.raises(InvalidInput, match="checkpoint-signature-invalid"):
        verify_grant(GOOD, MINISTRY.public_key, ORIGIN, REQUEST_HASH, province)
    cosigned = Receipt(GOOD.event, GOOD.index, GOOD.path, GOOD.checkpoint.cosigned("province-32", PROVINCE))
    assert verify_grant(cosigned, MINISTRY.public_key, ORIGIN, REQUEST_HASH, province).seq == 4


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("index 3", "index 03"),
        ("index 3", "index -1"),
        ("index 3\n", ""),
        ("extra ", "Extra "),
        ("index 3\n", "index 3\nAAAA\n"),
        ("index 3\n", "index 3\n" + 64 * ("A" * 43 + "=\n")),
        ("\n\n", "\n"),
    ],
)
def test_malformed_receipt_is_refused_with_one_code(old, new):
    text = GOOD.encode().decode().replace(old, new)
    assert text != GOOD.encode().decode()
    with pytest.raises(InvalidInput, match="receipt-invalid"):
        Receipt.parse(text.encode())
