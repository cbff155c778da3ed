"""The laboratory's keys as annex B tells them, and a program that reads the card in the first reader with them."""

from __future__ import annotations

import datetime
import hashlib
import sys

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from smartcard import scard
from tests.adapters.pcsc.other_team import ciphers
from tests.adapters.pcsc.other_team.reader import Trusted, card_in, read_card


def named(name: str) -> bytes:
    return hashlib.sha256(f"warrant laboratory {name}".encode("ascii")).digest()


def master(usage: str, version: int) -> bytes | None:
    return named(f"master {usage} {version}")[:16] if version in {1, 2} else None


def issuers() -> Trusted:
    """The public keys of both issuers, from their private ones."""
    key = ec.derive_private_key(int.from_bytes(named("issuer es256"), "big"), ec.SECP256R1()).public_key()
    point = ciphers.times(int.from_bytes(named("issuer sm2-sm3"), "big"), ciphers.G)
    publics = {
        "es256": key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "sm2-sm3": b"\x04" + b"".join(number.to_bytes(32, "big") for number in point or ()),
    }
    return {ciphers.key_identifier(suite, public): (suite, public) for suite, public in publics.items()}


if __name__ == "__main__":
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    _, readers = scard.SCardListReaders(context, [])
    scard.SCardReleaseContext(context)
    with card_in(readers[0]) as transmit:
        reading = read_card(transmit, issuers(), master, datetime.date.today())
    sys.stdout.write("\n".join(reading.lines()) + "\n")
