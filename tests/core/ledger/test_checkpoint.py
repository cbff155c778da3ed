"""Signed notes and checkpoints against published ones, and against every kind of damage."""

import base64

import pytest

from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import SUITES, PublicKey, SoftwareSigner
from warrant.core.errors import InvalidInput
from warrant.core.ledger.checkpoint import Checkpoint, SignedCheckpoint
from warrant.core.ledger.note import Note, NoteKey

# The example of golang.org/x/mod/sumdb/note.
NEUMANN_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
NEUMANN_NOTE = (
    NEUMANN_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
)
NEUMANN_PUBLIC = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
NEUMANN_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
# A checkpoint as sum.golang.org published it, and its published key.
SUMDB = (
    "go.sum database tree\n63096908\n8lHrQPRYe4KT4WQ9/Qk8/taKnD6IRHbFgfN7vQE2Y54=\n\n"
    "— sum.golang.org Az3gri/oVBN1jAhNZ/iS+W31psFAWRT20/GyrhpU6taFwulQGetBkH5S7wpGXdS935jiIGiUUAXBVHzT/P6fYhqAmAk=\n"
)
SUMDB_PUBLIC = base64.b64decode("Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")[1:]

ORIGIN = "urn:warrant:log:32"
SIGNER = SoftwareSigner.from_private("ed25519", Secret(bytes(range(32))))
PEER = SoftwareSigner.from_private("ed25519", Secret(bytes(range(1, 33))))
SIGNED = Checkpoint(ORIGIN, 5, b"\x11" * 32).signed(SIGNER)


def test_published_note_is_signed_to_the_same_bytes():
    signer = SoftwareSigner.from_private("ed25519", Secret(NEUMANN_SEED))
    assert Note(NEUMANN_TEXT).signed("PeterNeumann", signer).encode() == NEUMANN_NOTE.encode()


def test_published_note_verifies_under_its_published_key():
    key = NoteKey("PeterNeumann", PublicKey("ed25519", NEUMANN_PUBLIC))
    assert key.key_id.hex() == "c74f20a3"
    note = Note.parse(NEUMANN_NOTE.encode())
    note.verify(key)
    assert note.text == NEUMANN_TEXT


def test_published_checkpoint_verifies_and_reads_as_written():
    signed = SignedCheckpoint.parse(SUMDB.encode())
    signed.note.verify(NoteKey("sum.golang.org", PublicKey("ed25519", SUMDB_PUBLIC)))
    assert signed.checkpoint.origin == "go.sum database tree"
    assert signed.checkpoint.size == 63096908
    assert signed.encode() == SUMDB.encode()


def test_checkpoint_text_is_origin_size_and_root():
    assert SIGNED.checkpoint.text == "urn:warrant:log:32\n5\nERERERERERERERERERERERERERERERERERERERERERE=\n"


@pytest.mark.parametrize("suite", SUITES)
def test_checkpoint_and_cosignature_verify_in_every_suite(suite):
    log, peer = SoftwareSigner.generate(suite), SoftwareSigner.generate(suite)
    signed = Checkpoint(ORIGIN, 5, b"\x11" * 32).signed(log).cosigned("ministry", peer)
    received = SignedCheckpoint.parse(signed.encode())
    assert received.verify(ORIGIN, log.public_key, NoteKey("ministry", peer.public_key)) == signed.checkpoint


def test_each_suite_has_its_own_key_id_even_for_the_same_key_bytes():
    point = SoftwareSigner.generate("es256").public_key
    assert NoteKey("a", point).key_id != NoteKey("b", point).key_id


def test_flipping_any_bit_of_a_signed_checkpoint_is_refused():
    good = SIGNED.encode()
    for at in range(len(good)):
        for bit in range(8):
            changed = bytearray(good)
            changed[at] ^= 1 << bit
            with pytest.raises(InvalidInput):
                SignedCheckpoint.parse(bytes(changed)).verify(ORIGIN, SIGNER.public_key)


def test_cutting_a_signed_checkpoint_anywhere_is_refused():
    good = SIGNED.encode()
    for length in range(len(good)):
        with pytest.raises(InvalidInput, match="checkpoint-invalid"):
            SignedCheckpoint.parse(good[:length])


def test_checkpoint_of_another_log_is_refused_though_the_key_is_right():
    with pytest.raises(InvalidInput, match="checkpoint-origin"):
        SIGNED.verify("urn:warrant:log:33", SIGNER.public_key)


def test_checkpoint_signed_by_another_key_is_refused():
    with pytest.raises(InvalidInput, match="checkpoint-signature-invalid"):
        SIGNED.verify(ORIGIN, PEER.public_key)


def test_missing_cosignature_is_refused():
    with pytest.raises(InvalidInput, match="checkpoint-signature-invalid"):
        SIGNED.verify(ORIGIN, SIGNER.public_key, NoteKey("ministry", PEER.public_key))


def test_signature_of_a_stranger_is_ignored():
    stranger = SoftwareSigner.generate("ed25519")
    assert SIGNED.cosigned("stranger", stranger).verify(ORIGIN, SIGNER.public_key).size == 5


def test_spoiled_signature_of_a_known_key_refuses_the_note_even_beside_a_good_one():
    spoiled = SIGNED.note.signatures[0]
    spoiled = type(spoiled)(spoiled.name, spoiled.key_id, bytes(64))
    note = Note(SIGNED.note.text, (*SIGNED.note.signatures, spoiled))
    with pytest.raises(InvalidInput, match="note-signature-invalid"):
        note.verify(NoteKey(ORIGIN, SIGNER.public_key))


def test_note_without_required_signers_cannot_be_verified():
    with pytest.raises(ValueError, match="at least one key"):
        SIGNED.note.verify()


LINE = SIGNED.encode().decode().split("\n\n")[1]
ROOT = "ERERERERERERERERERERERERERERERERERERERERERE="


@pytest.mark.parametrize(
    "text",
    [
        f"o\n05\n{ROOT}\n\n{LINE}",
        f"o\n+5\n{ROOT}\n\n{LINE}",
        f"o\n５\n{ROOT}\n\n{LINE}",
        f"o\n-1\n{ROOT}\n\n{LINE}",
        f"o\n9223372036854775808\n{ROOT}\n\n{LINE}",
        f"o\n\n{ROOT}\n\n{LINE}",
        f"\n5\n{ROOT}\n\n{LINE}",
        f"o\n5\n{ROOT[:-1]}\n\n{LINE}",
        f"o\n5\n{ROOT[:-2]}F=\n\n{LINE}",
        f"o\n5\nERER\n\n{LINE}",
        f"o\n5\n{ROOT}\nextension\n\n{LINE}",
        f"o\r\n5\n{ROOT}\n\n{LINE}",
        f"o\n5\n{ROOT}\n\n",
        f"o\n5\n{ROOT}\n",
        f"o\n5\n{ROOT}\n\n{LINE}".replace("—", "-"),
        f"o\n5\n{ROOT}\n\n{LINE}".replace("— ", "—  "),
        f"o\n5\n{ROOT}\n\n{LINE}\n",
        f"o\n5\n{ROOT}\n\n{LINE * 17}",
        f"o\n5\n{ROOT}\n\n— name AAAAAA==\n",
        "",
    ],
)
def test_malformed_checkpoint_is_refused_with_one_code(text):
    with pytest.raises(InvalidInput, match="checkpoint-invalid"):
        SignedCheckpoint.parse(text.encode())


def test_checkpoint_that_is_not_utf8_is_refused():
    with pytest.raises(InvalidInput, match="checkpoint-invalid"):
        SignedCheckpoint.parse(b"\xff" + SIGNED.encode())


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u3000b", "a\nb"])
def test_key_name_with_space_or_plus_is_refused(name):
    with pytest.raises(InvalidInput, match="note-key-name-invalid"):
        NoteKey(name, SIGNER.public_key)
