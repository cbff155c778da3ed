"""The key vault in one sealed file; safe for several threads and several processes.

Every access looks whether another process has replaced the file, and reads it again if so. Every change is made
to a draft under a lock between processes and counts only once it is on the disk.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from warrant.adapters.software_vault.content import KeySet, KeySetName, VaultContent
from warrant.adapters.software_vault.sealed_file import COST_LOG2, SealedFile
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import PublicKey, Signer, SoftwareSigner
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, Unavailable
from warrant.core.keys import package as sub_key_package
from warrant.core.keys.hierarchy import (
    KEY_LENGTH,
    KEY_SUITES,
    KeySuite,
    KeyUsage,
    check_suite,
    check_version,
    normal_province_code,
    province_of_certificate,
)
from warrant.core.keys.package import check_values_of, derive_card_key, derive_sub_keys
from warrant.core.keys.parts import KeyPart, share_out
from warrant.core.keys.secret_package import pack_secrets, unpack_secrets
from warrant.core.keys.vault import CEREMONY, NODE_SIGNER, CheckValues, KeyVault, SubKeySet

SECRET_LENGTHS: Final = range(16, 65)


class SoftwareVault(KeyVault):
    """A vault whose keys are in this process's memory while it is open."""

    def __init__(self, sealed_file: SealedFile, content: VaultContent) -> None:
        self._lock = threading.RLock()
        self._file = sealed_file
        self._content = content

    @classmethod
    def create(cls, path: Path, passphrase: Secret, *, cost_log2: int = COST_LOG2) -> SoftwareVault:
        """Make an empty vault in a new file of mode 0600.

        ``cost_log2`` is what each guess of the passphrase costs (scrypt's N); lower it only in tests.
        Raises: Conflict ``vault-exists``; InvalidInput ``vault-passphrase-short``; Unavailable ``vault-not-written``.
        """
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        content = VaultContent(transport=Secret(number.to_bytes(32, "big")))
        path = Path(path)
        return cls(SealedFile.create(path, passphrase, content.to_secret(), cost_log2=cost_log2), content)

    @classmethod
    def open(cls, path: Path, passphrase: Secret) -> SoftwareVault:
        """Open the vault in an existing file.

        Raises: InvalidInput ``vault-passphrase-wrong``; Unavailable ``vault-missing``, ``vault-unreadable``,
        ``vault-permissions-too-open``, ``vault-damaged``, ``vault-format-unknown``.
        """
        sealed_file = SealedFile.open(Path(path), passphrase)
        return cls(sealed_file, _content_of(sealed_file.read()))

    def change_passphrase(self, passphrase: Secret, *, cost_log2: int = COST_LOG2) -> None:
        """Seal the file under a new passphrase; other processes must open it again.

        Raises: InvalidInput ``vault-passphrase-short``; Unavailable.
        """
        with self._lock, self._file.locked():
            self._refresh()
            rekeyed = self._file.rekeyed(passphrase, cost_log2=cost_log2)
            rekeyed.replace(self._content.to_secret())
            self._file = rekeyed

    def suites(self) -> tuple[KeySuite, ...]:
        """Return both suites: software has them all."""
        return KEY_SUITES

    def create_master(self, suite: str, version: int) -> CheckValues:
        """Draw one master control key per usage at random."""
        name = _key_set_name(suite, version)
        keys = {usage: Secret(secrets.token_bytes(KEY_LENGTH)) for usage in KeyUsage}
        with self._changing() as draft:
            if draft.province_code is not None:
                raise Conflict("vault-is-provincial", N_("省级密钥库不能生成总控密钥。"))
            if name in draft.masters:
                raise _version_exists(name)
            draft.masters[name] = keys
        return check_values_of(name[0], keys)

    def versions(self, suite: str) -> tuple[int, ...]:
        """Return the versions for which this vault can make card keys, lowest first."""
        wanted = check_suite(suite)
        content = self._current()
        return tuple(
            sorted(number for name, number in {*content.masters, *content.sub_keys} if name == wanted)
        )

    def check_values(self, suite: str, version: int) -> CheckValues:
        """Return the check values of the master control keys."""
        name = _key_set_name(suite, version)
        return check_values_of(name[0], _key_set(self._current().masters, name))

    def sub_key_check_values(self, suite: str, version: int, province_code: str) -> CheckValues:
        """Return the check values of a province's sub-keys."""
        name = _key_set_name(suite, version)
        return check_values_of(name[0], self._sub_keys(name, province_code))

    def transport_public_key(self) -> bytes:
        """Return this vault's transport key: P-256, 65 bytes."""
        private = _transport_private(self._current())
        return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def trust_package_issuer(self, issuer: PublicKey) -> None:
        """Fix whose signature sub-key packages must carry."""
        with self._changing() as draft:
            if draft.sub_keys and draft.issuer != issuer:
                raise Conflict("package-issuer-fixed", N_("本密钥库已导入分密钥，不能更换信任的签发方。"))
            draft.issuer = issuer

    def wrap_sub_keys(self, suite: str, version: int, province_code: str, recipient: bytes) -> bytes:
        """Pack a province's sub-keys for the vault whose transport key is ``recipient``."""
        name = _key_set_name(suite, version)
        masters = _key_set(self._current().masters, name)
        keys = derive_sub_keys(name[0], masters, province_code)
        return sub_key_package.pack(
            name[0], version, province_code, keys, recipient=recipient, signer=self.signer(NODE_SIGNER)
        )

    def import_sub_keys(self, package: bytes) -> SubKeySet:
        """Take in sub-keys; the same package again changes nothing."""
        with self._changing() as draft:
            if draft.issuer is None:
                raise Conflict("package-issuer-not-trusted", N_("密钥包的签发方不是本库信任的部级节点。"))
            if draft.masters:
                raise Conflict("vault-is-ministerial", N_("部级密钥库不能导入分密钥。"))
            transport = _transport_private(draft)
            header, keys = sub_key_package.unpack(
                package,
                transport.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
                draft.issuer,
                lambda ephemeral: Secret(
                    transport.exchange(ec.ECDH(), sub_key_package.transport_key(ephemeral))
                ),
            )
            if draft.province_code not in {None, header.province_code}:
                raise Conflict("vault-of-another-province", N_("本密钥库已属于另一个省份。"))
            name = (header.suite, header.version)
            if draft.sub_keys.setdefault(name, keys) != keys:
                raise _version_exists(name)
            draft.province_code = header.province_code
        return SubKeySet(
            header.suite, header.version, header.province_code, check_values_of(header.suite, keys)
        )

    def shares_keys(self) -> bool:
        """Return True: the keys are in this process's memory."""
        return True

    def share_keys(self, suite: str, version: int, threshold: int, count: int) -> tuple[KeyPart, ...]:
        """Split this vault's keys of a version into shares."""
        name = _key_set_name(suite, version)
        content = self._current()
        return share_out(_key_set({**content.masters, **content.sub_keys}, name), threshold, count)

    def take_in_keys(
        self, suite: str, version: int, keys: Mapping[KeyUsage, Secret], province_code: str = ""
    ) -> CheckValues:
        """Take in keys that custodians put together; the same keys again change nothing."""
        name = _key_set_name(suite, version)
        taken = {usage: keys[usage] for usage in KeyUsage}
        values = check_values_of(name[0], taken)
        with self._changing() as draft:
            if province_code:
                code = normal_province_code(province_code)
                if draft.masters:
                    raise Conflict("vault-is-ministerial", N_("部级密钥库不能导入分密钥。"))
                if draft.province_code not in {None, code}:
                    raise Conflict("vault-of-another-province", N_("本密钥库已属于另一个省份。"))
                draft.province_code = code
            elif draft.province_code is not None:
                raise Conflict("vault-is-provincial", N_("省级密钥库不能生成总控密钥。"))
            if (draft.sub_keys if province_code else draft.masters).setdefault(name, taken) != taken:
                raise _version_exists(name)
        return values

    def destroy_keys(self, suite: str, version: int) -> None:
        """Forget the keys of a version; without them this does nothing."""
        name = _key_set_name(suite, version)
        with self._changing() as draft:
            draft.masters.pop(name, None)
            draft.sub_keys.pop(name, None)

    def card_key(self, suite: str, version: int, usage: KeyUsage, certificate_number: str) -> Secret:
        """Return one card's 16-byte key."""
        name = _key_set_name(suite, version)
        sub_keys = self._sub_keys(name, province_of_certificate(certificate_number))
        return derive_card_key(name[0], sub_keys[KeyUsage(usage)], certificate_number)

    def create_signer(self, label: str, suite: str) -> PublicKey:
        """Make a signing key under ``label``."""
        with self._changing() as draft:
            if label in draft.signers:
                raise Conflict("signer-exists", N_("签名密钥“%(label)s”已存在。"), label=label)
            draft.signers[label] = SoftwareSigner.generate(suite)
            return draft.signers[label].public_key

    def signer(self, label: str) -> Signer:
        """Return something that signs with that key and cannot show it."""
        signer = self._current().signers.get(label)
        if signer is None:
            raise NotFound("signer-unknown", N_("没有签名密钥“%(label)s”。"), label=label)
        return _VaultSigner(signer)

    def has_signer(self, label: str) -> bool:
        """Say whether a signing key of that label exists."""
        return label in self._current().signers

    def secret(self, label: str, length: int) -> Secret:
        """Return a named random secret, drawn on first use."""
        _check_secret_length(length)
        secret = self._current().secrets.get(label)
        if secret is None:
            with self._changing() as draft:
                secret = draft.secrets.setdefault(label, Secret(secrets.token_bytes(length)))
        if len(secret) != length:
            raise Conflict("secret-length-differs", N_("密钥“%(label)s”的长度与要求不同。"), label=label)
        return secret

    def has_secret(self, label: str) -> bool:
        """Say whether a secret of that name is held."""
        return label in self._current().secrets

    def forget_secret(self, label: str) -> None:
        """Forget a secret of a ceremony; one that is not held is no error."""
        if not label.startswith(CEREMONY):
            raise Conflict("secret-is-kept", N_("密钥“%(label)s”不能删除。"), label=label)
        if label in self._current().secrets:
            with self._changing() as draft:
                draft.secrets.pop(label, None)

    def wrap_secrets(self, labels: Sequence[str], recipient: bytes) -> bytes:
        """Pack named secrets for the vault whose transport key is ``recipient``."""
        held = self._current().secrets
        for label in labels:
            if label not in held:
                raise NotFound("secret-unknown", N_("没有名为“%(label)s”的密钥。"), label=label)
        return pack_secrets(
            {label: held[label] for label in labels}, recipient=recipient, signer=self.signer(NODE_SIGNER)
        )

    def import_secrets(self, package: bytes, labels: Sequence[str]) -> None:
        """Take in the secrets of these names from the trusted issuer; the same package again changes nothing."""
        with self._changing() as draft:
            if draft.issuer is None:
                raise Conflict("package-issuer-not-trusted", N_("密钥包的签发方不是本库信任的部级节点。"))
            transport = _transport_private(draft)
            named = unpack_secrets(
                package,
                transport.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
                draft.issuer,
                lambda ephemeral: Secret(
                    transport.exchange(ec.ECDH(), sub_key_package.transport_key(ephemeral))
                ),
            )
            if set(named) != set(labels):
                raise InvalidInput("key-package-damaged", N_("密钥包已损坏或不完整。"))
            for label, secret in named.items():
                _check_secret_length(len(secret))
                if draft.secrets.setdefault(label, secret) != secret:
                    raise Conflict("secret-exists", N_("密钥“%(label)s”已有另一个值。"), label=label)

    def set_secret(self, label: str, secret: Secret) -> None:
        """Store a named secret that came from elsewhere; another value under the label is refused."""
        _check_secret_length(len(secret))
        with self._changing() as draft:
            if draft.secrets.setdefault(label, secret) != secret:
                raise Conflict("secret-exists", N_("密钥“%(label)s”已有另一个值。"), label=label)

    def _sub_keys(self, name: KeySetName, province_code: str) -> Mapping[KeyUsage, Secret]:
        wanted = normal_province_code(province_code)
        content = self._current()
        if name in content.masters:
            return derive_sub_keys(name[0], content.masters[name], wanted)
        keys = _key_set(content.sub_keys, name)
        if content.province_code != wanted:
            raise NotFound(
                "province-keys-not-held", N_("本密钥库没有“%(province)s”省份的密钥。"), province=wanted
            )
        return keys

    def _current(self) -> VaultContent:
        """Return the content, which is never changed in place, so it may be used outside the lock."""
        with self._lock:
            self._refresh()
            return self._content

    def _refresh(self) -> None:
        if self._file.has_changed():
            self._content = _content_of(self._file.read())

    @contextmanager
    def _changing(self) -> Iterator[VaultContent]:
        """Yield a draft; it becomes the content once it is written, and only if it differs."""
        with self._lock, self._file.locked():
            self._refresh()
            draft = self._content.copy()
            yield draft
            if draft != self._content:
                self._file.replace(draft.to_secret())
                self._content = draft

    def __repr__(self) -> str:
        return "<SoftwareVault>"


class _VaultSigner:
    """A signer without a way to its private key."""

    def __init__(self, signer: SoftwareSigner) -> None:
        self._public_key = signer.public_key
        self._sign = signer.sign

    @property
    def public_key(self) -> PublicKey:
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        return self._sign(message)

    def __repr__(self) -> str:
        return f"<signer {self._public_key.suite} {self._public_key.key_id.hex()}>"


def _content_of(plaintext: Secret) -> VaultContent:
    # Raised after the handler, so that no exception in the chain keeps the plaintext (JSONDecodeError.doc does).
    try:
        return VaultContent.from_secret(plaintext)
    except (ValueError, KeyError, TypeError, InvalidInput):
        pass
    raise Unavailable("vault-format-unknown", N_("密钥库内容的格式不是本版本所能识别的。"))


def _key_set_name(suite: str, version: int) -> KeySetName:
    return check_suite(suite), check_version(version)


def _key_set(key_sets: Mapping[KeySetName, KeySet], name: KeySetName) -> KeySet:
    if name not in key_sets:
        raise NotFound(
            "key-version-unknown",
            N_("没有 %(suite)s 第 %(version)s 版密钥。"),
            suite=name[0],
            version=name[1],
        )
    return key_sets[name]


def _version_exists(name: KeySetName) -> Conflict:
    return Conflict(
        "key-version-exists", N_("%(suite)s 第 %(version)s 版密钥已存在。"), suite=name[0], version=name[1]
    )


def _transport_private(content: VaultContent) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(content.transport.reveal(), "big"), ec.SECP256R1())


def _check_secret_length(length: int) -> None:
    if length not in SECRET_LENGTHS:
        raise InvalidInput("secret-length-invalid", N_("密钥长度必须是 16 到 64 字节。"), place="length")


__all__ = ["SoftwareVault"]
