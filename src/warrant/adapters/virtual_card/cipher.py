"""The card's cryptography over raw ciphers, written from the manual and independent of the terminal's side.

Source: FMCOS 2.0 manual, 7.1, 7.3, 11.3, 11.4. An 8-byte key means single DES, a 16-byte key triple DES or SM4,
by the card's suite.
"""

from __future__ import annotations

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from warrant.adapters.virtual_card.refusal import Refusal


class CardCipher:
    """Block operations of one suite, ``3des`` or ``sm4``."""

    def __init__(self, suite: str) -> None:
        self.suite = suite
        self.block = 16 if suite == "sm4" else 8
        self.key_lengths = (16,) if suite == "sm4" else (8, 16)

    def encrypt(self, key: bytes, blocks: bytes) -> bytes:
        """Encrypt block by block."""
        encryptor = self._cipher(key).encryptor()
        return encryptor.update(blocks) + encryptor.finalize()

    def decrypt(self, key: bytes, blocks: bytes) -> bytes:
        """Decrypt block by block."""
        decryptor = self._cipher(key).decryptor()
        return decryptor.update(blocks) + decryptor.finalize()

    def padded(self, message: bytes) -> bytes:
        """80 00… up to a whole block, always."""
        return message + b"\x80" + bytes(-(len(message) + 1) % self.block)

    def code(self, key: bytes, initial: bytes, message: bytes) -> bytes:
        """Return the 4-byte MAC: a chain over the padded message, the last block through all of a 16-byte DES key."""
        chained = initial.ljust(self.block, b"\x00")
        padded = self.padded(message)
        chain_key = key[:8] if self.suite == "3des" else key
        for start in range(0, len(padded), self.block):
            block = bytes(a ^ b for a, b in zip(chained, padded[start : start + self.block], strict=True))
            chained = self.encrypt(chain_key, block)
        if self.suite == "3des" and len(key) == 16:
            chained = self.encrypt(key[:8], self.decrypt(key[8:], chained))
        return chained[:4]

    def open_field(self, key: bytes, encrypted: bytes) -> bytes:
        """Decrypt a command field and take off its length byte and padding. Raises: Refusal 6A80, 6700."""
        if not encrypted or len(encrypted) % self.block:
            raise Refusal(0x6700)
        clear = self.decrypt(key, encrypted)
        field, padding = clear[1 : 1 + clear[0]], clear[1 + clear[0] :]
        is_padded = not padding or padding == b"\x80" + bytes(len(padding) - 1)
        if len(field) != clear[0] or not is_padded or len(padding) >= self.block:
            raise Refusal(0x6A80)
        return field

    def _cipher(self, key: bytes) -> Cipher[modes.ECB]:
        if self.suite == "sm4":
            return Cipher(SM4(key), modes.ECB())  # noqa: S305 - the card prescribes ECB
        whole = key * 3 if len(key) == 8 else key + key[:8]
        return Cipher(TripleDES(whole), modes.ECB())  # noqa: S305 - the card prescribes ECB
