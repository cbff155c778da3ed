"""Signed notes: a text and the signature lines below it.

Source: C2SP signed-note. ``— NAME BASE64(key id ‖ signature)``, key id = first four bytes of
SHA-256(name ‖ 0A ‖ type ‖ public key). Type 01 is Ed25519; the two other suites have no byte of their own there, so
they use FF followed by a long identifier, as the specification advises.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.errors import N_, InvalidInput

# What stands between name and public key when the key id is computed. Published: may be added to, never changed.
_SIGNATURE_TYPES = {
    "ed25519": b"\x01",
    "es256": b"\xffwarrant/es256/v1",
    "sm2-sm3": b"\xffwarrant/sm2-sm3/v1",
}
_KEY_ID_LENGTH = 4
_MAX_SIGNATURES = 16
_MAX_NOTE_BYTES = 64 * 1024
_NAME = re.compile(r"[^\s+]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def encode_base64(octets: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(octets).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Read standard base64; only the one canonical spelling is accepted. Raises: ValueError."""
    try:
        octets = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("not base64") from error
    if encode_base64(octets) != text:
        raise ValueError("not canonical base64")
    return octets


@dataclass(frozen=True)
class NoteKey:
    """A public key under the name by which notes call it."""

    name: str
    key: PublicKey

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InvalidInput(
                "note-key-name-invalid", N_("签名者名称不能为空，也不能含空格或加号。"), place="name"
            )

    @property
    def key_id(self) -> bytes:
        """The four bytes that lead this key's signatures."""
        kind = _SIGNATURE_TYPES[self.key.suite]
        return hashlib.sha256(self.name.encode() + b"\n" + kind + self.key.raw).digest()[:_KEY_ID_LENGTH]


@dataclass(frozen=True)
class NoteSignature:
    """One signature line, not yet verified."""

    name: str
    key_id: bytes
    signature: bytes

    def encode(self) -> str:
        """Return the line with its newline."""
        return f"— {self.name} {encode_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class Note:
    """A text (ending in a newline) and its signatures. Nothing in it may be believed before :meth:`verify`."""

    text: str
    signatures: tuple[NoteSignature, ...] = ()

    def encode(self) -> bytes:
        """Return the note as UTF-8."""
        return (self.text + "\n" + "".join(line.encode() for line in self.signatures)).encode()

    @classmethod
    def parse(cls, received: bytes) -> Note:
        """Read a note; refuses everything that :meth:`encode` would not write back to the same bytes.

        Raises: InvalidInput ``note-invalid``.
        """
        if len(received) > _MAX_NOTE_BYTES:
            raise _bad_note("length")
        try:
            whole = received.decode()
        except UnicodeDecodeError as error:
            raise _bad_note("encoding") from error
        if _CONTROL.search(whole) or not whole.endswith("\n"):
            raise _bad_note("text")
        text, separator, below = whole.rpartition("\n\n")
        lines = below[:-1].split("\n")
        if not separator or not text or len(lines) > _MAX_SIGNATURES:
            raise _bad_note("text")
        return cls(text + "\n", tuple(_parse_signature(line) for line in lines))

    def signed(self, name: str, signer: Signer) -> Note:
        """Return the note with one more signature, by ``signer`` under ``name``."""
        key = NoteKey(name, signer.public_key)
        line = NoteSignature(name, key.key_id, signer.sign(self.text.encode()))
        return Note(self.text, (*self.signatures, line))

    def is_signed_by(self, key: NoteKey) -> bool:
        """Tell whether a signature claims to be ``key``'s; says nothing about whether it is good."""
        return any((line.name, line.key_id) == (key.name, key.key_id) for line in self.signatures)

    def verify(self, *keys: NoteKey) -> None:
        """Return only if every one of ``keys`` signed, and every signature that names one of them is good.

        Signatures of other keys are ignored. Raises: InvalidInput ``note-signature-invalid``; ``ValueError`` if no
        key is given, because a note that nobody need have signed would pass.
        """
        if not keys:
            raise ValueError("at least one key is needed")
        for key in keys:
            own = [line for line in self.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
            if not own:
                raise _bad_signature(key)
            for line in own:
                try:
                    key.key.verify(line.signature, self.text.encode())
                except InvalidInput as error:
                    raise _bad_signature(key) from error


def _parse_signature(line: str) -> NoteSignature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    try:
        octets = decode_base64(encoded)
    except ValueError as error:
        raise _bad_note("signature") from error
    if dash != "—" or not _NAME.fullmatch(name) or len(octets) <= _KEY_ID_LENGTH:
        raise _bad_note("signature")
    return NoteSignature(name, octets[:_KEY_ID_LENGTH], octets[_KEY_ID_LENGTH:])


def _bad_note(place: str) -> InvalidInput:
    return InvalidInput("note-invalid", N_("签名文本格式不正确，已拒收。"), place=place)


def _bad_signature(key: NoteKey) -> InvalidInput:
    return InvalidInput(
        "note-signature-invalid",
        N_("签名文本缺少“%(name)s”的有效签名，不能采信。"),
        place="signature",
        name=key.name,
    )


__all__ = ["Note", "NoteKey", "NoteSignature", "decode_base64", "encode_base64"]
