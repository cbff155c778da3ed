"""What a software vault holds, and its form inside the sealed file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from warrant.core.crypto.secret import Secret
from warrant.core.crypto.signing import PublicKey, SoftwareSigner
from warrant.core.keys.hierarchy import KeySuite, KeyUsage, check_suite, check_version

FORMAT: Final = "warrant-vault-content-1"

KeySetName = tuple[KeySuite, int]
"""Suite and version."""
KeySet = dict[KeyUsage, Secret]


@dataclass
class VaultContent:
    """Everything in a vault. ``transport`` is a private key on P-256, 32 bytes.

    A ministry's vault has ``masters``; a province's has ``sub_keys``, its ``province_code`` and the ``issuer`` whose
    packages it takes. Signers and named secrets are on both.
    """

    transport: Secret
    masters: dict[KeySetName, KeySet] = field(default_factory=dict)
    sub_keys: dict[KeySetName, KeySet] = field(default_factory=dict)
    province_code: str | None = None
    issuer: PublicKey | None = None
    signers: dict[str, SoftwareSigner] = field(default_factory=dict)
    secrets: dict[str, Secret] = field(default_factory=dict)

    def copy(self) -> VaultContent:
        """Return a draft whose dicts can be changed without changing this one's; key sets are never changed."""
        return VaultContent(
            transport=self.transport,
            masters=dict(self.masters),
            sub_keys=dict(self.sub_keys),
            province_code=self.province_code,
            issuer=self.issuer,
            signers=dict(self.signers),
            secrets=dict(self.secrets),
        )

    def to_secret(self) -> Secret:
        """Return the JSON form, to be sealed at once."""
        fields = {
            "format": FORMAT,
            "transport": _hex(self.transport),
            "masters": _key_sets_to_json(self.masters),
            "sub_keys": _key_sets_to_json(self.sub_keys),
            "province_code": self.province_code,
            "issuer": self.issuer.as_text() if self.issuer else None,
            "signers": {
                label: {"suite": signer.public_key.suite, "private": _hex(signer.private())}
                for label, signer in self.signers.items()
            },
            "secrets": {label: _hex(secret) for label, secret in self.secrets.items()},
        }
        return Secret(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode("utf-8"))

    @classmethod
    def from_secret(cls, plaintext: Secret) -> VaultContent:
        """Read the JSON form back; it was authenticated when it was opened, so only a foreign version can fail.

        Raises: ValueError, KeyError, TypeError for another format.
        """
        fields = json.loads(plaintext.reveal())
        if fields["format"] != FORMAT:
            raise ValueError("another format of vault content")
        return cls(
            transport=_secret(fields["transport"]),
            masters=_key_sets_from_json(fields["masters"]),
            sub_keys=_key_sets_from_json(fields["sub_keys"]),
            province_code=fields["province_code"],
            issuer=PublicKey.from_text(fields["issuer"]) if fields["issuer"] else None,
            signers={
                label: SoftwareSigner.from_private(signer["suite"], _secret(signer["private"]))
                for label, signer in fields["signers"].items()
            },
            secrets={label: _secret(text) for label, text in fields["secrets"].items()},
        )


def _hex(secret: Secret) -> str:
    return secret.reveal().hex()


def _secret(text: str) -> Secret:
    return Secret(bytes.fromhex(text))


def _key_sets_to_json(key_sets: dict[KeySetName, KeySet]) -> list[dict[str, object]]:
    return [
        {"suite": suite, "version": version, "keys": {usage.value: _hex(key) for usage, key in keys.items()}}
        for (suite, version), keys in key_sets.items()
    ]


def _key_sets_from_json(entries: list[dict[str, Any]]) -> dict[KeySetName, KeySet]:
    return {
        (check_suite(entry["suite"]), check_version(entry["version"])): {
            KeyUsage(usage): _secret(text) for usage, text in entry["keys"].items()
        }
        for entry in entries
    }


__all__ = ["FORMAT", "KeySet", "KeySetName", "VaultContent"]
