"""SM2 signatures with SM3, through the system's OpenSSL 3: ``cryptography`` has no SM2.

Keys and signatures are raw: private 32 bytes big-endian, public 65 bytes ``04 | X | Y``, signature 64 bytes
``r | s``. The signer's identity is the standard's default, ``1234567812345678``.

Source: GB/T 32918.1, .2 and .5 (curve); GB/T 35276-2017 (default identity).
"""

from __future__ import annotations

import ctypes
import functools
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, InvalidInput, Unavailable

LIBRARY: Final = "libcrypto.so.3"
IDENTITY: Final = b"1234567812345678"

_P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A: Final = _P - 3
_B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123

_NID_SM2: Final = 1172
_POINT_UNCOMPRESSED: Final = 4
_SELECT_PUBLIC: Final = 0x86
_SELECT_KEY_PAIR: Final = 0x87
_PARAM_UNSIGNED_INTEGER: Final = 2
_PARAM_UTF8_STRING: Final = 4
_PARAM_OCTET_STRING: Final = 5
_DER_SIGNATURE_MAX: Final = 72


class _Parameter(ctypes.Structure):
    """``OSSL_PARAM``."""

    _fields_ = [
        ("key", ctypes.c_char_p),
        ("data_type", ctypes.c_uint),
        ("data", ctypes.c_void_p),
        ("data_size", ctypes.c_size_t),
        ("return_size", ctypes.c_size_t),
    ]


_pointer = ctypes.c_void_p
_size = ctypes.c_size_t
_bytes = ctypes.c_char_p
_SIGNATURES: Final[dict[str, tuple[type | None, tuple[type, ...]]]] = {
    "ERR_clear_error": (None, ()),
    "EVP_sm3": (_pointer, ()),
    "EVP_MD_CTX_new": (_pointer, ()),
    "EVP_MD_CTX_free": (None, (_pointer,)),
    "EVP_MD_CTX_set_pkey_ctx": (None, (_pointer, _pointer)),
    "EVP_PKEY_CTX_new_from_name": (_pointer, (_pointer, _bytes, _bytes)),
    "EVP_PKEY_CTX_new_from_pkey": (_pointer, (_pointer, _pointer, _bytes)),
    "EVP_PKEY_CTX_set1_id": (ctypes.c_int, (_pointer, _bytes, ctypes.c_int)),
    "EVP_PKEY_CTX_free": (None, (_pointer,)),
    "EVP_PKEY_fromdata_init": (ctypes.c_int, (_pointer,)),
    "EVP_PKEY_fromdata": (ctypes.c_int, (_pointer, _pointer, ctypes.c_int, _pointer)),
    "EVP_PKEY_free": (None, (_pointer,)),
    "EVP_DigestSignInit": (ctypes.c_int, (_pointer, _pointer, _pointer, _pointer, _pointer)),
    "EVP_DigestSign": (ctypes.c_int, (_pointer, _pointer, _pointer, _bytes, _size)),
    "EVP_DigestVerifyInit": (ctypes.c_int, (_pointer, _pointer, _pointer, _pointer, _pointer)),
    "EVP_DigestVerify": (ctypes.c_int, (_pointer, _bytes, _size, _bytes, _size)),
    "EC_GROUP_new_by_curve_name": (_pointer, (ctypes.c_int,)),
    "EC_GROUP_free": (None, (_pointer,)),
    "EC_POINT_new": (_pointer, (_pointer,)),
    "EC_POINT_free": (None, (_pointer,)),
    "EC_POINT_mul": (ctypes.c_int, (_pointer, _pointer, _pointer, _pointer, _pointer, _pointer)),
    "EC_POINT_point2oct": (_size, (_pointer, _pointer, ctypes.c_int, _pointer, _size, _pointer)),
    "BN_bin2bn": (_pointer, (_bytes, ctypes.c_int, _pointer)),
    "BN_clear_free": (None, (_pointer,)),
}


@functools.cache
def _library(name: str = LIBRARY) -> ctypes.CDLL:
    """Load OpenSSL once; a system without it can do everything but SM2."""
    try:
        library = ctypes.CDLL(name)
        for function, (result, arguments) in _SIGNATURES.items():
            entry = getattr(library, function)
            entry.restype, entry.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise Unavailable(
            "sm2-library-missing", N_("缺少系统库 %(library)s（OpenSSL 3），无法使用 SM2。"), library=name
        ) from error
    return library


def _failed(step: str) -> Unavailable:
    # Left-over entries in OpenSSL's per-thread queue would surface later in Python's own ``ssl``.
    _library().ERR_clear_error()
    return Unavailable("sm2-failed", N_("系统密码库的 SM2 运算失败（%(step)s）。"), step=step)


def _allocated(scope: ExitStack, pointer: int | None, free: Callable[[int], object], step: str) -> int:
    if not pointer:
        raise _failed(step)
    scope.callback(free, pointer)
    return pointer


@contextmanager
def _key(public: bytes, private: Secret | None = None) -> Iterator[int]:
    """Yield an ``EVP_PKEY`` on the SM2 curve and free it afterwards."""
    library = _library()
    buffers: list[tuple[bytes, int, bytes]] = [
        (b"group", _PARAM_UTF8_STRING, b"SM2"),
        (b"pub", _PARAM_OCTET_STRING, public),
    ]
    if private is not None:
        # OpenSSL wants integers in the machine's order; every platform served is little-endian.
        buffers.append((b"priv", _PARAM_UNSIGNED_INTEGER, private.reveal()[::-1]))
    kept = [ctypes.create_string_buffer(value, len(value)) for _, _, value in buffers]
    parameters = (_Parameter * (len(buffers) + 1))()
    for index, ((name, kind, value), buffer) in enumerate(zip(buffers, kept, strict=True)):
        parameters[index] = _Parameter(name, kind, ctypes.addressof(buffer), len(value), 0)
    with ExitStack() as scope:
        for buffer in kept:
            scope.callback(ctypes.memset, buffer, 0, len(buffer))
        context = _allocated(
            scope,
            library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None),
            library.EVP_PKEY_CTX_free,
            "context",
        )
        key = ctypes.c_void_p()
        selection = _SELECT_PUBLIC if private is None else _SELECT_KEY_PAIR
        if (
            library.EVP_PKEY_fromdata_init(context) != 1
            or library.EVP_PKEY_fromdata(context, ctypes.byref(key), selection, parameters) != 1
        ):
            raise _failed("key")
        yield _allocated(scope, key.value, library.EVP_PKEY_free, "key")


@contextmanager
def _digest_context(key: int) -> Iterator[int]:
    """Yield an ``EVP_MD_CTX`` with the default identity set; the identity must come before the ``Init`` call."""
    library = _library()
    with ExitStack() as scope:
        # Freed last: the digest context does not own the key context it is given.
        key_context = _allocated(
            scope, library.EVP_PKEY_CTX_new_from_pkey(None, key, None), library.EVP_PKEY_CTX_free, "context"
        )
        context = _allocated(scope, library.EVP_MD_CTX_new(), library.EVP_MD_CTX_free, "digest")
        if library.EVP_PKEY_CTX_set1_id(key_context, IDENTITY, len(IDENTITY)) != 1:
            raise _failed("identity")
        library.EVP_MD_CTX_set_pkey_ctx(context, key_context)
        yield context


def is_on_curve(public: bytes) -> bool:
    """Say whether 65 bytes ``04 | X | Y`` are a point of the SM2 curve (its cofactor is 1)."""
    if len(public) != 65 or public[0] != 4:
        return False
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    return x < _P and y < _P and (y * y - (x * x * x + _A * x + _B)) % _P == 0


def generate_private() -> Secret:
    """Return a new private key: 32 bytes, between 1 and n-2. Source: GB/T 32918.1, 6.1."""
    return Secret((1 + secrets.randbelow(_N - 2)).to_bytes(32, "big"))


def public_of(private: Secret) -> bytes:
    """Return the public key ``04 | X | Y`` of a private key.

    Raises: InvalidInput ``private-key-invalid`` outside 1..n-2; Unavailable without the library.
    """
    if len(private) != 32 or not 1 <= int.from_bytes(private.reveal(), "big") <= _N - 2:
        raise InvalidInput("private-key-invalid", N_("私钥无效。"))
    library = _library()
    with ExitStack() as scope:
        group = _allocated(
            scope, library.EC_GROUP_new_by_curve_name(_NID_SM2), library.EC_GROUP_free, "curve"
        )
        point = _allocated(scope, library.EC_POINT_new(group), library.EC_POINT_free, "point")
        number = _allocated(
            scope, library.BN_bin2bn(private.reveal(), len(private), None), library.BN_clear_free, "number"
        )
        if library.EC_POINT_mul(group, point, number, None, None, None) != 1:
            raise _failed("multiply")
        encoded = ctypes.create_string_buffer(65)
        if library.EC_POINT_point2oct(group, point, _POINT_UNCOMPRESSED, encoded, 65, None) != 65:
            raise _failed("encode")
        return encoded.raw


def sign(private: Secret, public: bytes, message: bytes) -> bytes:
    """Return the 64-byte signature ``r | s`` over Z and ``message``. Raises: Unavailable."""
    library = _library()
    with _key(public, private) as key, _digest_context(key) as context:
        if library.EVP_DigestSignInit(context, None, library.EVP_sm3(), None, key) != 1:
            raise _failed("sign-init")
        size = ctypes.c_size_t(_DER_SIGNATURE_MAX)
        signature = ctypes.create_string_buffer(_DER_SIGNATURE_MAX)
        if library.EVP_DigestSign(context, signature, ctypes.byref(size), message, len(message)) != 1:
            raise _failed("sign")
    r, s = decode_dss_signature(signature.raw[: size.value])
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def is_valid(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether ``signature`` (64 bytes) is good for ``message``. Raises: Unavailable without the library."""
    if len(signature) != 64:
        return False
    library = _library()
    encoded = encode_dss_signature(
        int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    )
    with _key(public) as key, _digest_context(key) as context:
        if library.EVP_DigestVerifyInit(context, None, library.EVP_sm3(), None, key) != 1:
            raise _failed("verify-init")
        result: int = library.EVP_DigestVerify(context, encoded, len(encoded), message, len(message))
    library.ERR_clear_error()
    return result == 1


__all__ = ["IDENTITY", "LIBRARY", "generate_private", "is_on_curve", "is_valid", "public_of", "sign"]
