"""Checkpoints: what a log says of itself at one size, signed; the counter-signed one is the receipt for a batch.

Source: C2SP tlog-checkpoint. Three lines, ``origin``, ``size``, ``base64(root)``, as the text of a signed note. The
log signs under its origin as key name; a peer that holds (and has applied or set aside) all ``size`` entries adds its
own signature line below the same text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.errors import N_, InvalidInput
from warrant.core.ledger.merkle import HASH_LENGTH, SIZE_LIMIT
from warrant.core.ledger.note import Note, NoteKey, decode_base64, encode_base64

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """Size and root (32 bytes) of the log called ``origin``."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or not self.origin.isprintable():
            raise _bad_checkpoint("origin")
        if not 0 <= self.size < SIZE_LIMIT:
            raise _bad_checkpoint("size")
        if len(self.root) != HASH_LENGTH:
            raise _bad_checkpoint("root")

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"

    def signed(self, signer: Signer) -> SignedCheckpoint:
        """Return the checkpoint signed by the log's own key, under the origin as its name."""
        return SignedCheckpoint(self, Note(self.text).signed(self.origin, signer))


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint and its signatures; believe it only after :meth:`verify`."""

    checkpoint: Checkpoint
    note: Note

    @classmethod
    def parse(cls, received: bytes) -> SignedCheckpoint:
        """Read a signed checkpoint. Extension lines are refused: nobody audits them.

        Raises: InvalidInput ``checkpoint-invalid``, whatever is wrong; ``place`` names the part.
        """
        try:
            note = Note.parse(received)
        except InvalidInput as error:
            raise _bad_checkpoint(error.place) from error
        lines = note.text.split("\n")
        if len(lines) != 4:
            raise _bad_checkpoint("text")
        origin, size, root, _ = lines
        if not _SIZE.fullmatch(size):
            raise _bad_checkpoint("size")
        try:
            return cls(Checkpoint(origin, int(size), decode_base64(root)), note)
        except ValueError as error:
            raise _bad_checkpoint("root") from error

    def encode(self) -> bytes:
        """Return the signed note as UTF-8."""
        return self.note.encode()

    def cosigned(self, name: str, signer: Signer) -> SignedCheckpoint:
        """Return the checkpoint with the signature of a peer called ``name`` added."""
        return SignedCheckpoint(self.checkpoint, self.note.signed(name, signer))

    def verify(self, origin: str, log_key: PublicKey, *cosigners: NoteKey) -> Checkpoint:
        """Return the checkpoint only if it is of log ``origin`` and signed by ``log_key`` and by all ``cosigners``.

        Raises: InvalidInput ``checkpoint-signature-invalid`` or, for another log's checkpoint, ``checkpoint-origin``.
        """
        if self.checkpoint.origin != origin:
            raise InvalidInput(
                "checkpoint-origin",
                N_("检查点属于日志“%(found)s”，应为“%(expected)s”。"),
                place="origin",
                found=self.checkpoint.origin,
                expected=origin,
            )
        try:
            self.note.verify(NoteKey(origin, log_key), *cosigners)
        except InvalidInput as error:
            raise InvalidInput(
                "checkpoint-signature-invalid", N_("日志检查点的签名无效，不能采信。"), place="signature"
            ) from error
        return self.checkpoint


def _bad_checkpoint(place: str) -> InvalidInput:
    return InvalidInput("checkpoint-invalid", N_("日志检查点格式不正确，已拒收。"), place=place)


__all__ = ["Checkpoint", "SignedCheckpoint"]
