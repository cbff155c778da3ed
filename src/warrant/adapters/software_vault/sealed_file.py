"""One file, sealed under a passphrase, that several processes may read and one at a time may replace.

The file is JSON: how the key follows from the passphrase (scrypt), the sealed content (AES-256-GCM, with the
scrypt part authenticated), and a plain SHA-256 over both. The digest protects nothing; it tells a damaged file
from a wrong passphrase. Replacing is atomic: a reader sees the old file or the new one, also after a power cut.

Source: RFC 7914 (scrypt); NIST SP 800-38D.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from warrant.core.crypto.sealing import open_sealed, seal
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, Conflict, InvalidInput, Unavailable

FORMAT: Final = "warrant-vault-1"
COST_LOG2: Final = 17
"""scrypt's N = 2**17 with r = 8: 128 MiB, about a third of a second."""
COST_LOG2_MAX: Final = 20
PASSPHRASE_LENGTH_MIN: Final = 8
FILE_SIZE_MAX: Final = 16 * 1024 * 1024
LOCK_TIMEOUT_S: Final = 10.0
_BLOCK: Final = 8
_MODE: Final = 0o600


class SealedFile:
    """An opened sealed file: it keeps the derived key, not the passphrase."""

    def __init__(self, path: Path, derivation: dict[str, Any], key: Secret) -> None:
        self._path = path
        self._derivation = derivation
        self._key = key
        self._seen: tuple[int, ...] = ()

    @classmethod
    def create(cls, path: Path, passphrase: Secret, content: Secret, *, cost_log2: int) -> SealedFile:
        """Make the file. Raises: Conflict ``vault-exists``; InvalidInput ``vault-passphrase-short``; Unavailable."""
        sealed_file = cls(path, *_new_key(passphrase, cost_log2))
        with sealed_file.locked():
            if path.exists():
                raise Conflict("vault-exists", N_("密钥库文件“%(path)s”已存在。"), path=str(path))
            sealed_file.replace(content)
        return sealed_file

    @classmethod
    def open(cls, path: Path, passphrase: Secret) -> SealedFile:
        """Open an existing file; :meth:`read` gives its content.

        Raises: InvalidInput ``vault-passphrase-wrong``; Unavailable ``vault-missing``, ``vault-unreadable``,
        ``vault-permissions-too-open``, ``vault-damaged``.
        """
        envelope, _ = _read_envelope(path)
        derivation = envelope["derivation"]
        sealed_file = cls(path, derivation, _derive_key(path, passphrase, derivation))
        sealed_file.read()
        return sealed_file

    def read(self) -> Secret:
        """Return the content as it is on the disk now.

        Raises: InvalidInput ``vault-passphrase-wrong`` (also when another process has changed the passphrase);
        Unavailable as for :meth:`open`.
        """
        envelope, seen = _read_envelope(self._path)
        is_same_passphrase = envelope["derivation"] == self._derivation
        try:
            content = Secret(open_sealed(self._key, envelope["sealed"], _authenticated(self._derivation)))
        except InvalidInput as error:
            raise _wrong_passphrase(self._path) from error
        if not is_same_passphrase:
            raise _wrong_passphrase(self._path)
        self._seen = seen
        return content

    def has_changed(self) -> bool:
        """Say whether the file on the disk is another one than was last read or written here."""
        try:
            return _identity(self._path.stat()) != self._seen
        except FileNotFoundError:
            return True
        except OSError as error:
            raise _unreadable(self._path, error) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other writers out, in this and other processes. Raises: Unavailable ``vault-busy``."""
        lock_path = self._path.with_name(self._path.name + ".lock")
        try:
            descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        except OSError as error:
            raise _not_written(self._path, error) from error
        try:
            _wait_for_lock(descriptor, self._path)
            yield
        finally:
            os.close(descriptor)

    def replace(self, content: Secret) -> None:
        """Put new content in place of the old, all or nothing; the caller holds the lock.

        Raises: Unavailable ``vault-not-written``; the old file is then untouched.
        """
        sealed = seal(self._key, content.reveal(), _authenticated(self._derivation))
        envelope = {"format": FORMAT, "derivation": self._derivation, "sealed": _to_text(sealed)}
        envelope["digest"] = _digest(envelope)
        text = json.dumps(envelope, indent=1, sort_keys=True).encode("ascii") + b"\n"
        temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        try:
            _write_through(temporary, text)
            os.replace(temporary, self._path)
            self._seen = _identity(self._path.stat())
            _sync_directory(self._path.parent)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise _not_written(self._path, error) from error

    def rekeyed(self, passphrase: Secret, *, cost_log2: int) -> SealedFile:
        """Return the same file under a new passphrase; nothing is written until its :meth:`replace`.

        Raises: InvalidInput ``vault-passphrase-short``.
        """
        return SealedFile(self._path, *_new_key(passphrase, cost_log2))


def _new_key(passphrase: Secret, cost_log2: int) -> tuple[dict[str, Any], Secret]:
    if len(passphrase) < PASSPHRASE_LENGTH_MIN:
        raise InvalidInput(
            "vault-passphrase-short",
            N_("密钥库口令至少需要 %(length)s 个字节。"),
            place="passphrase",
            length=PASSPHRASE_LENGTH_MIN,
        )
    salt = secrets.token_bytes(16)
    return {"name": "scrypt", "cost_log2": cost_log2, "salt": _to_text(salt)}, _scrypt(
        passphrase, salt, cost_log2
    )


def _derive_key(path: Path, passphrase: Secret, derivation: dict[str, Any]) -> Secret:
    return _scrypt(passphrase, _from_text(path, derivation["salt"]), derivation["cost_log2"])


def _scrypt(passphrase: Secret, salt: bytes, cost_log2: int) -> Secret:
    cost = 1 << cost_log2
    memory = 128 * cost * _BLOCK + 1024 * 1024
    key = hashlib.scrypt(passphrase.reveal(), salt=salt, n=cost, r=_BLOCK, p=1, maxmem=memory, dklen=32)
    return Secret(key)


def _read_envelope(path: Path) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Return the checked envelope, its sealed part as bytes, and the file's identity."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            text = file.read(FILE_SIZE_MAX + 1)
    except FileNotFoundError as error:
        raise Unavailable("vault-missing", N_("找不到密钥库文件“%(path)s”。"), path=str(path)) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise Unavailable(
            "vault-permissions-too-open",
            N_("密钥库文件“%(path)s”的权限是 %(mode)s，其他用户可以访问；请改为 600。"),
            path=str(path),
            mode=f"{stat.S_IMODE(status.st_mode):03o}",
        )
    try:
        envelope = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(envelope, dict) or set(envelope) != {"format", "derivation", "sealed", "digest"}:
        raise _damaged(path)
    if envelope["digest"] != _digest({name: envelope[name] for name in ("format", "derivation", "sealed")}):
        raise _damaged(path)
    if envelope["format"] != FORMAT or not _is_derivation(envelope["derivation"]):
        raise _damaged(path)
    envelope["sealed"] = _from_text(path, envelope["sealed"])
    return envelope, _identity(status)


def _is_derivation(derivation: object) -> bool:
    """Say whether scrypt can be run on this: a huge cost would stop the machine."""
    return (
        isinstance(derivation, dict)
        and set(derivation) == {"name", "cost_log2", "salt"}
        and derivation["name"] == "scrypt"
        and type(derivation["cost_log2"]) is int
        and 1 <= derivation["cost_log2"] <= COST_LOG2_MAX
    )


def _authenticated(derivation: dict[str, Any]) -> bytes:
    return json.dumps([FORMAT, derivation], sort_keys=True).encode("ascii")


def _digest(envelope: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(envelope, sort_keys=True).encode("ascii")).hexdigest()


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def _wait_for_lock(descriptor: int, path: Path) -> None:
    give_up_at = time.monotonic() + LOCK_TIMEOUT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= give_up_at:
                raise Unavailable(
                    "vault-busy", N_("密钥库文件“%(path)s”正被占用。"), path=str(path)
                ) from error
            time.sleep(0.005)
        else:
            return


def _write_through(path: Path, text: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _to_text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _from_text(path: Path, text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except ValueError as error:
        raise _damaged(path) from error


def _wrong_passphrase(path: Path) -> InvalidInput:
    return InvalidInput(
        "vault-passphrase-wrong", N_("密钥库“%(path)s”的口令不正确。"), place="passphrase", path=str(path)
    )


def _damaged(path: Path) -> Unavailable:
    return Unavailable("vault-damaged", N_("密钥库文件“%(path)s”已损坏，请从备份恢复。"), path=str(path))


def _unreadable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        "vault-unreadable",
        N_("无法读取密钥库文件“%(path)s”：%(reason)s。"),
        path=str(path),
        reason=error.strerror,
    )


def _not_written(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        "vault-not-written",
        N_("无法写入密钥库文件“%(path)s”：%(reason)s。"),
        path=str(path),
        reason=error.strerror,
    )


__all__ = ["COST_LOG2", "SealedFile"]
