"""One PKCS#11 token as the vault uses it: objects by label, one session, one writer at a time.

A session carries one operation at a time, so every call holds the lock of this process; changes also hold a file
lock against the other processes of the node. Errors name the token's own complaint and nothing that it keeps.

Source: PKCS #11 v2.40; RFC 7512 (the URI).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import pkcs11
from pkcs11 import KDF, Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.constants import DEFAULT
from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn
from pkcs11.util.ec import encode_named_curve_parameters

from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, InvalidInput, Unavailable

LOCK_TIMEOUT_S: Final = 10.0
_KEPT: Final = {
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
}
_CARD_KEY: Final = {
    **_KEPT,
    Attribute.ENCRYPT: True,
    Attribute.DERIVE: True,
    Attribute.DECRYPT: False,
    Attribute.WRAP: False,
    Attribute.UNWRAP: False,
    Attribute.SIGN: False,
    Attribute.VERIFY: False,
}
_EDWARDS25519: Final = b"\x13\x0cedwards25519"
"""The curve's name as PKCS #11 wants it: a PrintableString."""


@dataclass(frozen=True)
class TokenAddress:
    """Which token, by its label, and the library that reaches it."""

    token: str
    module: str

    @classmethod
    def parse(cls, uri: str) -> TokenAddress:
        """Read ``pkcs11:token=LABEL?module-path=/path/to/library.so``. Raises: InvalidInput ``vault-address-invalid``."""
        scheme, _, rest = uri.partition(":")
        path, _, query = rest.partition("?")
        named = dict(part.partition("=")[::2] for part in path.split(";"))
        token, module = unquote(named.get("token", "")), dict(parse_qsl(query)).get("module-path", "")
        if scheme != "pkcs11" or not token or not module:
            raise InvalidInput(
                "vault-address-invalid",
                N_("密钥库地址“%(address)s”不正确，应写成 pkcs11:token=名称?module-path=/库文件.so"),
                address=uri[:200],
            )
        return cls(token, module)


class Token:
    """A token that is logged in to while it is used; opened at the first call, again after it was lost."""

    def __init__(self, address: TokenAddress, pin: Secret, lock_path: Path) -> None:
        self._address = address
        self._pin = pin
        self._lock_path = lock_path
        self._lock = threading.RLock()
        self._session: Any = None

    def __repr__(self) -> str:
        return f"<token {self._address.token}>"

    @contextmanager
    def session(self) -> Iterator[Any]:
        """Yield the session. Raises: InvalidInput ``vault-passphrase-wrong``; Unavailable ``vault-token-failed``."""
        with self._lock:
            try:
                if self._session is None:
                    self._session = self._open()
                yield self._session
            except PKCS11Error as error:
                self._session = None
                raise _failed(self._address, error) from None

    @contextmanager
    def changing(self) -> Iterator[Any]:
        """Yield the session while no other process changes the token. Raises: Unavailable ``vault-busy``."""
        descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _wait_for_lock(descriptor, self._address)
            with self.session() as session:
                yield session
        finally:
            os.close(descriptor)

    def mechanisms(self) -> frozenset[Mechanism]:
        """Return what the token can do."""
        with self.session() as session:
            return frozenset(session.token.slot.get_mechanisms())

    def labels(self, object_class: ObjectClass) -> frozenset[str]:
        """Return the labels of every object of a class."""
        with self.session() as session:
            return frozenset(
                str(found[Attribute.LABEL])
                for found in list(session.get_objects({Attribute.CLASS: object_class}))
            )

    def find(self, object_class: ObjectClass, label: str) -> Any:
        """Return the object of that label, or none."""
        with self.session() as session:
            found = list(session.get_objects({Attribute.CLASS: object_class, Attribute.LABEL: label}))
            return found[0] if found else None

    def destroy(self, object_class: ObjectClass, label: str) -> None:
        """Destroy every object of that label."""
        with self.session() as session:
            for found in list(session.get_objects({Attribute.CLASS: object_class, Attribute.LABEL: label})):
                found.destroy()

    def draw_card_key(self, label: str) -> None:
        """Draw a two-key triple DES key that never leaves the token."""
        with self.session() as session:
            session.generate_key(KeyType.DES2, store=True, label=label, template=_CARD_KEY)

    def keep_card_key(self, label: str, key: Secret) -> None:
        """Put a key that came from elsewhere into the token; from then on it cannot be read."""
        with self.session() as session:
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.SECRET_KEY,
                    Attribute.KEY_TYPE: KeyType.DES2,
                    Attribute.TOKEN: True,
                    Attribute.LABEL: label,
                    Attribute.VALUE: key.reveal(),
                    **_CARD_KEY,
                }
            )

    def keep_value(self, label: str, value: Secret) -> None:
        """Keep a secret that the node itself computes with: readable after login."""
        with self.session() as session:
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.SECRET_KEY,
                    Attribute.KEY_TYPE: KeyType.GENERIC_SECRET,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: True,
                    Attribute.SENSITIVE: False,
                    Attribute.EXTRACTABLE: True,
                    Attribute.LABEL: label,
                    Attribute.VALUE: value.reveal(),
                }
            )

    def keep_text(self, label: str, text: str) -> None:
        """Keep a line of text that is no secret, in place of the one before."""
        with self.session() as session:
            self.destroy(ObjectClass.DATA, label)
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.DATA,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: True,
                    Attribute.LABEL: label,
                    Attribute.VALUE: text.encode(),
                }
            )

    def value(self, object_class: ObjectClass, label: str) -> bytes | None:
        """Return the value of an object that may be read, or none."""
        with self.session():
            found = self.find(object_class, label)
            return None if found is None else bytes(found[Attribute.VALUE])

    def encrypt(self, label: str, blocks: bytes, below: bytes = b"") -> bytes | None:
        """Encrypt whole blocks under a card key, or under the key derived from it by the 16 bytes ``below``.

        The derived key lives in the token only, for this one call. None if there is no such key.
        """
        with self.session():
            key = self.find(ObjectClass.SECRET_KEY, label)
            if key is None:
                return None
            if not below:
                return bytes(key.encrypt(blocks, mechanism=Mechanism.DES3_ECB))
            derived = _derive(key, below)
            try:
                return bytes(derived.encrypt(blocks, mechanism=Mechanism.DES3_ECB))
            finally:
                derived.destroy()

    def draw_key_pair(self, label: str, *, is_edwards: bool = False, is_for_agreement: bool = False) -> None:
        """Draw a key pair on P-256 or edwards25519 whose private half never leaves the token."""
        key_type, name = (KeyType.EC_EDWARDS, _EDWARDS25519) if is_edwards else (KeyType.EC, _P256)
        mechanism = Mechanism.EC_EDWARDS_KEY_PAIR_GEN if is_edwards else Mechanism.EC_KEY_PAIR_GEN
        with self.session() as session:
            domain = session.create_domain_parameters(key_type, {Attribute.EC_PARAMS: name}, local=True)
            domain.generate_keypair(
                mechanism=mechanism,
                store=True,
                label=label,
                private_template={
                    **_KEPT,
                    Attribute.SIGN: not is_for_agreement,
                    Attribute.DERIVE: is_for_agreement,
                },
            )

    def public_point(self, label: str) -> bytes | None:
        """Return the public half of a key pair without its DER head, or none."""
        with self.session():
            found = self.find(ObjectClass.PUBLIC_KEY, label)
            return None if found is None else bytes(found[Attribute.EC_POINT])[2:]

    def sign(self, label: str, data: bytes, mechanism: Mechanism) -> bytes:
        """Return 64 raw bytes."""
        with self.session():
            return bytes(self.find(ObjectClass.PRIVATE_KEY, label).sign(data, mechanism=mechanism))

    def agree(self, label: str, other: bytes) -> Secret:
        """Return the 32-byte ECDH secret of a key pair here with a public key from elsewhere."""
        with self.session():
            shared = self.find(ObjectClass.PRIVATE_KEY, label).derive_key(
                KeyType.GENERIC_SECRET,
                256,
                mechanism=Mechanism.ECDH1_DERIVE,
                mechanism_param=(KDF.NULL, None, other),
                store=False,
                template={Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True},
            )
            try:
                return Secret(bytes(shared[Attribute.VALUE]))
            finally:
                shared.destroy()

    def _open(self) -> Any:
        token = pkcs11.lib(self._address.module).get_token(token_label=self._address.token)
        try:
            return token.open(rw=True, user_pin=self._pin.reveal().decode())
        except (
            UserAlreadyLoggedIn
        ):  # this process has given the PIN before: a login counts for all its sessions
            return token.open(rw=True)


class _StringParameter(ctypes.Structure):
    """CK_KEY_DERIVATION_STRING_DATA, which the library takes as raw bytes."""

    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_ulong)]


_P256: Final = encode_named_curve_parameters("secp256r1")


def _derive(key: Any, data: bytes) -> Any:
    buffer = ctypes.create_string_buffer(data, len(data))
    parameter = _StringParameter(ctypes.addressof(buffer), len(data))
    return key.derive_key(
        KeyType.DES2,
        128,
        mechanism=Mechanism.DES3_ECB_ENCRYPT_DATA,
        mechanism_param=bytes(parameter),
        store=False,
        # The length follows from the type; a token refuses to be told.
        template={**_CARD_KEY, Attribute.VALUE_LEN: DEFAULT},
    )


def _wait_for_lock(descriptor: int, address: TokenAddress) -> None:
    give_up_at = time.monotonic() + LOCK_TIMEOUT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= give_up_at:
                raise Unavailable(
                    "vault-busy", N_("密钥库文件“%(path)s”正被占用。"), path=address.token
                ) from error
            time.sleep(0.005)
        else:
            return


def _failed(address: TokenAddress, error: PKCS11Error) -> InvalidInput | Unavailable:
    complaint = type(error).__name__
    if complaint in {"PinIncorrect", "PinInvalid", "PinLenRange"}:
        return InvalidInput(
            "vault-passphrase-wrong",
            N_("密钥库“%(path)s”的口令不正确。"),
            place="passphrase",
            path=address.token,
        )
    return Unavailable(
        "vault-token-failed",
        N_("密码机令牌“%(token)s”没有完成操作（%(complaint)s）：请检查密码机和库文件“%(module)s”。"),
        token=address.token,
        complaint=complaint,
        module=address.module,
    )


__all__ = ["Token", "TokenAddress"]
