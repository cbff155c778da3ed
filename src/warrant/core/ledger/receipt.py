"""Receipts: an event, the proof that it stands in a log, and the log's signed checkpoint, in one piece of text.

Whoever has the log's public key can check one with nothing else in hand. The filing receipt is the one that gates the
making of a card: see :func:`verify_grant`. The text is C2SP tlog-proof, with the event's bytes in the ``extra`` line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from warrant.core.crypto.signing import PublicKey
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.ledger.checkpoint import SignedCheckpoint
from warrant.core.ledger.event import MAX_EVENT_BYTES, Event, origin_of, parse_event
from warrant.core.ledger.merkle import HASH_LENGTH, leaf_hash
from warrant.core.ledger.note import NoteKey, decode_base64, encode_base64
from warrant.core.ledger.proofs import verify_inclusion

FILING_DECIDED: Final = "cn.warrant.filing.decided.v1"
GRANTED: Final = "granted"
DECISIONS: Final = (GRANTED, "returned", "refused")

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)
_MAX_PATH = 63


@dataclass(frozen=True)
class Receipt:
    """The bytes of an event, its place (from 0), its audit path and the checkpoint it leads to; not yet verified."""

    event: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: SignedCheckpoint

    def encode(self) -> bytes:
        """Return the receipt as UTF-8 text (file extension ``.tlog-proof``)."""
        lines = [_HEADER, f"extra {encode_base64(self.event)}", f"index {self.index}"]
        lines += [encode_base64(step) for step in self.path]
        return ("\n".join(lines) + "\n\n").encode() + self.checkpoint.encode()

    @classmethod
    def parse(cls, received: bytes) -> Receipt:
        """Read a receipt; refuses everything that :meth:`encode` would not write back to the same bytes.

        Raises: InvalidInput ``receipt-invalid``, whatever is wrong; ``place`` names the part.
        """
        proof, separator, checkpoint = received.partition(b"\n\n")
        if not separator or len(proof) > 2 * MAX_EVENT_BYTES:
            raise _bad_receipt("text")
        try:
            header, extra, index, *path = proof.decode("ascii").split("\n")
            found = _INDEX.fullmatch(index)
            if header != _HEADER or not extra.startswith("extra ") or found is None or len(path) > _MAX_PATH:
                raise _bad_receipt("text")
            steps = tuple(decode_base64(step) for step in path)
            event = decode_base64(extra.removeprefix("extra "))
        except ValueError as error:
            raise _bad_receipt("proof") from error
        if any(len(step) != HASH_LENGTH for step in steps):
            raise _bad_receipt("proof")
        try:
            return cls(event, int(found[1]), steps, SignedCheckpoint.parse(checkpoint))
        except InvalidInput as error:
            raise _bad_receipt("checkpoint") from error

    def verify(self, origin: str, log_key: PublicKey, *cosigners: NoteKey) -> Event:
        """Return the event only if it stands in log ``origin`` under a checkpoint that ``log_key`` signed.

        Every one of ``cosigners`` must have signed the same checkpoint too. Raises: InvalidInput:
        ``checkpoint-origin``, ``checkpoint-signature-invalid``, ``inclusion-proof-invalid``, ``event-invalid``, or
        ``receipt-invalid`` if the event calls itself another one than the log's entry at that place.
        """
        checkpoint = self.checkpoint.verify(origin, log_key, *cosigners)
        verify_inclusion(leaf_hash(self.event), self.index, checkpoint.size, self.path, checkpoint.root)
        event = parse_event(self.event)
        if event.seq != self.index + 1 or origin_of(event.node) != origin:
            raise _bad_receipt("id")
        return event


def verify_receipt(
    receipt: Receipt, ministry_key: PublicKey, origin: str, expected_request_hash: bytes, *cosigners: NoteKey
) -> Event:
    """Return the filing decision only if the ministry logged it for exactly this request, whatever it decided.

    ``expected_request_hash`` is the leaf hash (32 bytes) of the province's own ``filing.requested`` event; the
    decision names it in hexadecimal as ``data.request_hash``. Raises: as :meth:`Receipt.verify`, and InvalidInput
    ``receipt-not-a-filing`` or ``receipt-other-request``.
    """
    event = receipt.verify(origin, ministry_key, *cosigners)
    if event.type != FILING_DECIDED or event.data.get("decision") not in DECISIONS:
        raise InvalidInput("receipt-not-a-filing", N_("该回执不是备案决定。"), place="type")
    if (
        len(expected_request_hash) != HASH_LENGTH
        or event.data.get("request_hash") != expected_request_hash.hex()
    ):
        raise InvalidInput(
            "receipt-other-request", N_("该备案回执对应的不是本次备案申请。"), place="request_hash"
        )
    return event


def verify_grant(
    receipt: Receipt, ministry_key: PublicKey, origin: str, expected_request_hash: bytes, *cosigners: NoteKey
) -> Event:
    """Return the filing decision only if it is genuine and grants this request: without it no card is made.

    Raises: as :func:`verify_receipt`, and Conflict ``filing-not-granted``. Source: 2009 notice, 四(三).
    """
    event = verify_receipt(receipt, ministry_key, origin, expected_request_hash, *cosigners)
    if event.data["decision"] != GRANTED:
        raise Conflict("filing-not-granted", N_("备案未获同意，不能制卡。"), place="decision")
    return event


def _bad_receipt(place: str) -> InvalidInput:
    return InvalidInput("receipt-invalid", N_("回执格式不正确，已拒收。"), place=place)


__all__ = ["DECISIONS", "FILING_DECIDED", "GRANTED", "Receipt", "verify_grant", "verify_receipt"]
