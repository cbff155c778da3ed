"""The key vault whose keys live in a PKCS#11 token and are used there.

Objects are known by label: ``warrant/master/3des/1/mac``, ``warrant/sub/3des/1/32/mac``, ``warrant/signer/node``,
``warrant/secret/field-key``, ``warrant/transport``, ``warrant/package-issuer``. A set of keys counts once all five
usages are there: what a crash left half made is drawn anew.

What leaves the token: card keys and named secrets, as the port demands, and a province's sub-keys while their package
is sealed. Master control keys, sub-keys once taken in, and private keys never do.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from pkcs11 import Mechanism, ObjectClass

from warrant.adapters.pkcs11_vault.labels import (
    Encrypt,
    both,
    check_values_by,
    complete,
    master_label,
    sub_label,
)
from warrant.adapters.pkcs11_vault.signer import SIGNATURES, TokenSigner
from warrant.adapters.pkcs11_vault.token import Token, TokenAddress
from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import ED25519, ES256, PublicKey, Signer
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, Unavailable
from warrant.core.keys import package as sub_key_package
from warrant.core.keys.hierarchy import (
    KeySuite,
    KeyUsage,
    certificate_factor,
    check_suite,
    check_version,
    diversify,
    normal_province_code,
    province_factor,
    province_of_certificate,
)
from warrant.core.keys.parts import KeyPart
from warrant.core.keys.secret_package import pack_secrets, unpack_secrets
from warrant.core.keys.vault import CEREMONY, NODE_SIGNER, CheckValues, KeyVault, SubKeySet

SECRET_LENGTHS: Final = range(16, 65)
_MECHANISMS: Final[Mapping[KeySuite, Mechanism]] = {"3des": Mechanism.DES3_ECB}
"""What a token needs for a suite. No published mechanism does SM4."""
_TRANSPORT: Final = "warrant/transport"
_ISSUER: Final = "warrant/package-issuer"
_PROBE: Final = b"compare\x00"
"""A factor under which two keys are compared where neither may be read."""


class Pkcs11Vault(KeyVault):
    """A vault whose master control keys, sub-keys and signing keys cannot be read out."""

    def __init__(self, token: Token) -> None:
        self._token = token

    @classmethod
    def create(cls, uri: str, pin: Secret, lock_path: Path) -> Pkcs11Vault:
        """Make an empty vault in an initialised token. Raises: Conflict ``vault-exists``; InvalidInput; Unavailable."""
        address = TokenAddress.parse(uri)
        vault = cls(Token(address, pin, lock_path))
        with vault._token.changing():
            if vault._token.public_point(_TRANSPORT) is not None:
                raise Conflict("vault-exists", N_("密钥库文件“%(path)s”已存在。"), path=address.token)
            vault._token.draw_key_pair(_TRANSPORT, is_for_agreement=True)
        return vault

    @classmethod
    def open(cls, uri: str, pin: Secret, lock_path: Path) -> Pkcs11Vault:
        """Open the vault in a token. Raises: InvalidInput ``vault-passphrase-wrong``; Unavailable ``vault-missing``."""
        address = TokenAddress.parse(uri)
        vault = cls(Token(address, pin, lock_path))
        if vault._token.public_point(_TRANSPORT) is None:
            raise Unavailable("vault-missing", N_("找不到密钥库文件“%(path)s”。"), path=address.token)
        return vault

    def suites(self) -> tuple[KeySuite, ...]:
        """Return the cipher suites that the token has mechanisms for."""
        offered = self._token.mechanisms()
        return tuple(suite for suite, mechanism in _MECHANISMS.items() if mechanism in offered)

    def create_master(self, suite: str, version: int) -> CheckValues:
        """Draw one master control key per usage inside the token."""
        name = self._name(suite, version)
        with self._token.changing():
            if self._sub_sets():
                raise Conflict("vault-is-provincial", N_("省级密钥库不能生成总控密钥。"))
            if name in self._masters():
                raise _version_exists(*name)
            for usage in KeyUsage:
                self._token.destroy(ObjectClass.SECRET_KEY, master_label(*name, usage))
                self._token.draw_card_key(master_label(*name, usage))
        return self.check_values(suite, version)

    def versions(self, suite: str) -> tuple[int, ...]:
        """Return the versions for which this vault can make card keys, lowest first."""
        wanted = check_suite(suite)
        held = {*self._masters(), *((name, version) for name, version, _ in self._sub_sets())}
        return tuple(sorted(version for name, version in held if name == wanted))

    def check_values(self, suite: str, version: int) -> CheckValues:
        """Return the check values of the master control keys."""
        name = check_suite(suite), check_version(version)
        if name not in self._masters():
            raise _version_unknown(*name)
        return check_values_by(
            name[0], lambda usage, blocks: self._encrypt(master_label(*name, usage), blocks)
        )

    def sub_key_check_values(self, suite: str, version: int, province_code: str) -> CheckValues:
        """Return the check values of a province's sub-keys."""
        return check_values_by(check_suite(suite), self._sub_keys(suite, version, province_code))

    def transport_public_key(self) -> bytes:
        """Return this vault's transport key: P-256, 65 bytes."""
        point = self._token.public_point(_TRANSPORT)
        if point is None:
            raise Unavailable("vault-missing", N_("找不到密钥库文件“%(path)s”。"), path=repr(self._token))
        return point

    def trust_package_issuer(self, issuer: PublicKey) -> None:
        """Fix whose signature sub-key packages must carry."""
        with self._token.changing():
            known = self._issuer()
            if known == issuer:
                return
            if self._sub_sets():
                raise Conflict("package-issuer-fixed", N_("本密钥库已导入分密钥，不能更换信任的签发方。"))
            self._token.keep_text(_ISSUER, issuer.as_text())

    def wrap_sub_keys(self, suite: str, version: int, province_code: str, recipient: bytes) -> bytes:
        """Pack a province's sub-keys for the vault whose transport key is ``recipient``."""
        name = self._name(suite, version)
        if name not in self._masters():
            raise _version_unknown(*name)
        factor = both(province_factor(province_code))
        keys = {usage: Secret(self._encrypt(master_label(*name, usage), factor)) for usage in KeyUsage}
        return sub_key_package.pack(
            name[0], version, province_code, keys, recipient=recipient, signer=self.signer(NODE_SIGNER)
        )

    def import_sub_keys(self, package: bytes) -> SubKeySet:
        """Take in sub-keys; the same package again changes nothing."""
        with self._token.changing():
            issuer = self._trusted_issuer()
            if self._masters():
                raise Conflict("vault-is-ministerial", N_("部级密钥库不能导入分密钥。"))
            header, keys = sub_key_package.unpack(
                package, self.transport_public_key(), issuer, partial(self._token.agree, _TRANSPORT)
            )
            suite, version, code = *self._name(header.suite, header.version), header.province_code
            self._take_in_sub_keys(suite, version, code, keys)
        return SubKeySet(suite, version, code, self.sub_key_check_values(suite, version, code))

    def shares_keys(self) -> bool:
        """Return False: the token gives no key out."""
        return False

    def share_keys(self, suite: str, version: int, threshold: int, count: int) -> tuple[KeyPart, ...]:
        """Refuse: keys that can be split into shares could be copied."""
        raise Conflict(
            "keys-not-extractable",
            N_(
                "密码机内的密钥不能导出，无法分成份额：请按分量生成密钥，分量即是备份；"
                "或用密码机自带的备份功能。"
            ),
        )

    def take_in_keys(
        self, suite: str, version: int, keys: Mapping[KeyUsage, Secret], province_code: str = ""
    ) -> CheckValues:
        """Put keys that custodians put together into the token; the same keys again change nothing."""
        name = self._name(suite, version)
        with self._token.changing():
            if province_code:
                if self._masters():
                    raise Conflict("vault-is-ministerial", N_("部级密钥库不能导入分密钥。"))
                code = normal_province_code(province_code)
                self._take_in_sub_keys(*name, code, keys)
                return self.sub_key_check_values(*name, code)
            if self._sub_sets():
                raise Conflict("vault-is-provincial", N_("省级密钥库不能生成总控密钥。"))
            self._keep_keys(partial(master_label, *name), keys, is_held=name in self._masters(), name=name)
        return self.check_values(*name)

    def _take_in_sub_keys(
        self, suite: KeySuite, version: int, code: str, keys: Mapping[KeyUsage, Secret]
    ) -> None:
        held = self._sub_sets()
        if any(province != code for _, _, province in held):
            raise Conflict("vault-of-another-province", N_("本密钥库已属于另一个省份。"))
        self._keep_keys(
            partial(sub_label, suite, version, code),
            keys,
            is_held=(suite, version, code) in held,
            name=(suite, version),
        )

    def _keep_keys(
        self,
        label: Callable[[KeyUsage], str],
        keys: Mapping[KeyUsage, Secret],
        *,
        is_held: bool,
        name: tuple[KeySuite, int],
    ) -> None:
        """Keep a set of keys; of one that is held see that it is the same."""
        if not is_held:
            for usage in KeyUsage:
                self._token.destroy(ObjectClass.SECRET_KEY, label(usage))
                self._token.keep_card_key(label(usage), keys[usage])
        elif any(
            self._encrypt(label(usage), both(_PROBE)) != diversify(name[0], keys[usage], _PROBE).reveal()
            for usage in KeyUsage
        ):
            raise _version_exists(*name)

    def destroy_keys(self, suite: str, version: int) -> None:
        """Destroy the keys of a version; without them this does nothing."""
        name = check_suite(suite), check_version(version)
        with self._token.changing():
            for usage in KeyUsage:
                self._token.destroy(ObjectClass.SECRET_KEY, master_label(*name, usage))
                for found, number, code in self._sub_sets(is_complete=False):
                    if (found, number) == name:
                        self._token.destroy(ObjectClass.SECRET_KEY, sub_label(*name, code, usage))

    def card_key(self, suite: str, version: int, usage: KeyUsage, certificate_number: str) -> Secret:
        """Return one card's 16-byte key."""
        encrypt = self._sub_keys(suite, version, province_of_certificate(certificate_number))
        return Secret(encrypt(KeyUsage(usage), both(certificate_factor(certificate_number))))

    def create_signer(self, label: str, suite: str) -> PublicKey:
        """Make a signing key under ``label`` inside the token."""
        if suite not in SIGNATURES:
            raise InvalidInput(
                "signature-suite-not-in-vault", N_("本密钥库不支持签名算法“%(suite)s”。"), suite=suite
            )
        with self._token.changing():
            if self.has_signer(label):
                raise Conflict("signer-exists", N_("签名密钥“%(label)s”已存在。"), label=label)
            self._token.draw_key_pair(f"warrant/signer/{label}", is_edwards=suite == ED25519)
        return self.signer(label).public_key

    def signer(self, label: str) -> Signer:
        """Return something that signs with that key inside the token."""
        point = self._token.public_point(f"warrant/signer/{label}")
        if point is None:
            raise NotFound("signer-unknown", N_("没有签名密钥“%(label)s”。"), label=label)
        return TokenSigner(
            self._token, f"warrant/signer/{label}", PublicKey(ED25519 if len(point) == 32 else ES256, point)
        )

    def has_signer(self, label: str) -> bool:
        """Say whether a signing key of that label exists."""
        return self._token.public_point(f"warrant/signer/{label}") is not None

    def secret(self, label: str, length: int) -> Secret:
        """Return a named random secret, drawn on first use."""
        _check_secret_length(length)
        secret = self._secret(label)
        if secret is None:
            with self._token.changing():
                secret = self._secret(label)
                if secret is None:
                    secret = Secret(secrets.token_bytes(length))
                    self._token.keep_value(f"warrant/secret/{label}", secret)
        if len(secret) != length:
            raise Conflict("secret-length-differs", N_("密钥“%(label)s”的长度与要求不同。"), label=label)
        return secret

    def has_secret(self, label: str) -> bool:
        """Say whether a secret of that name is held."""
        return self._token.find(ObjectClass.SECRET_KEY, f"warrant/secret/{label}") is not None

    def forget_secret(self, label: str) -> None:
        """Forget a secret of a ceremony; one that is not held is no error."""
        if not label.startswith(CEREMONY):
            raise Conflict("secret-is-kept", N_("密钥“%(label)s”不能删除。"), label=label)
        with self._token.changing():
            self._token.destroy(ObjectClass.SECRET_KEY, f"warrant/secret/{label}")

    def wrap_secrets(self, labels: Sequence[str], recipient: bytes) -> bytes:
        """Pack named secrets for the vault whose transport key is ``recipient``."""
        named = {}
        for label in labels:
            secret = self._secret(label)
            if secret is None:
                raise NotFound("secret-unknown", N_("没有名为“%(label)s”的密钥。"), label=label)
            named[label] = secret
        return pack_secrets(named, recipient=recipient, signer=self.signer(NODE_SIGNER))

    def import_secrets(self, package: bytes, labels: Sequence[str]) -> None:
        """Take in the secrets of these names from the trusted issuer; the same package again changes nothing."""
        with self._token.changing():
            named = unpack_secrets(
                package,
                self.transport_public_key(),
                self._trusted_issuer(),
                partial(self._token.agree, _TRANSPORT),
            )
            if set(named) != set(labels):
                raise InvalidInput("key-package-damaged", N_("密钥包已损坏或不完整。"))
            for label, secret in named.items():
                _check_secret_length(len(secret))
                self._check_same(label, secret)
            for label, secret in named.items():
                self._keep(label, secret)

    def set_secret(self, label: str, secret: Secret) -> None:
        """Store a named secret that came from elsewhere; another value under the label is refused."""
        _check_secret_length(len(secret))
        with self._token.changing():
            self._check_same(label, secret)
            self._keep(label, secret)

    def _keep(self, label: str, secret: Secret) -> None:
        if self._secret(label) is None:
            self._token.keep_value(f"warrant/secret/{label}", secret)

    def _check_same(self, label: str, secret: Secret) -> None:
        held = self._secret(label)
        if held is not None and held != secret:
            raise Conflict("secret-exists", N_("密钥“%(label)s”已有另一个值。"), label=label)

    def _secret(self, label: str) -> Secret | None:
        value = self._token.value(ObjectClass.SECRET_KEY, f"warrant/secret/{label}")
        return None if value is None else Secret(value)

    def _issuer(self) -> PublicKey | None:
        text = self._token.value(ObjectClass.DATA, _ISSUER)
        return PublicKey.from_text(text.decode()) if text else None

    def _trusted_issuer(self) -> PublicKey:
        issuer = self._issuer()
        if issuer is None:
            raise Conflict("package-issuer-not-trusted", N_("密钥包的签发方不是本库信任的部级节点。"))
        return issuer

    def _name(self, suite: str, version: int) -> tuple[KeySuite, int]:
        """Check the name of a key set to be made. Raises: InvalidInput ``cipher-suite-not-in-vault``."""
        wanted, number = check_suite(suite), check_version(version)
        if wanted not in self.suites():
            raise InvalidInput(
                "cipher-suite-not-in-vault",
                N_("本密钥库不支持加密算法“%(suite)s”，请另选算法，或换用支持它的密钥库。"),
                place="suite",
                suite=wanted,
            )
        return wanted, number

    def _masters(self) -> set[tuple[KeySuite, int]]:
        sets = complete(self._token.labels(ObjectClass.SECRET_KEY), "master", 2)
        return {(check_suite(suite), int(version)) for suite, version in sets}

    def _sub_sets(self, *, is_complete: bool = True) -> set[tuple[KeySuite, int, str]]:
        sets = complete(
            self._token.labels(ObjectClass.SECRET_KEY), "sub", 3, wanted=len(KeyUsage) if is_complete else 1
        )
        return {(check_suite(suite), int(version), code) for suite, version, code in sets}

    def _sub_keys(self, suite: str, version: int, province_code: str) -> Encrypt:
        """Return how to encrypt under a province's sub-keys without seeing them."""
        name, code = (check_suite(suite), check_version(version)), normal_province_code(province_code)
        if name in self._masters():
            below = both(province_factor(code))
            return lambda usage, blocks: self._encrypt(master_label(*name, usage), blocks, below)
        provinces = {province for *found, province in self._sub_sets() if tuple(found) == name}
        if not provinces:
            raise _version_unknown(*name)
        if code not in provinces:
            raise NotFound(
                "province-keys-not-held", N_("本密钥库没有“%(province)s”省份的密钥。"), province=code
            )
        return lambda usage, blocks: self._encrypt(sub_label(*name, code, usage), blocks)

    def _encrypt(self, label: str, blocks: bytes, below: bytes = b"") -> bytes:
        done = self._token.encrypt(label, blocks, below)
        if done is None:
            _, _, suite, version, *_rest = label.split("/")
            raise _version_unknown(suite, int(version))
        return done

    def __repr__(self) -> str:
        return f"<Pkcs11Vault {self._token!r}>"


def _version_exists(suite: str, version: int) -> Conflict:
    return Conflict(
        "key-version-exists", N_("%(suite)s 第 %(version)s 版密钥已存在。"), suite=suite, version=version
    )


def _version_unknown(suite: str, version: int) -> NotFound:
    return NotFound(
        "key-version-unknown", N_("没有 %(suite)s 第 %(version)s 版密钥。"), suite=suite, version=version
    )


def _check_secret_length(length: int) -> None:
    if length not in SECRET_LENGTHS:
        raise InvalidInput("secret-length-invalid", N_("密钥长度必须是 16 到 64 字节。"), place="length")


__all__ = ["Pkcs11Vault"]
