"""What the vault did for an act, before the register follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from warrant.core.crypto.digest import sha256
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.parts import KeyPart
from warrant.core.keys.vault import CheckValues


@dataclass(frozen=True)
class Outcome:
    """What the vault did: which key set it is about, and what the act's record shall keep."""

    key_set_kind: str
    check_values: dict[str, str]
    province_code: str = ""
    package: bytes | None = None
    announced: dict[str, str] | None = None
    shares: tuple[KeyPart, ...] = ()

    @property
    def result(self) -> dict[str, Any]:
        """Return what the act keeps: check values and digests, never a key."""
        kept: dict[str, Any] = {"check_values": self.check_values}
        if self.announced is not None:
            kept["announced"] = self.announced
        if self.package is not None:
            kept["package_digest"] = sha256(self.package).hex()
        return kept


def plain(values: CheckValues) -> dict[str, str]:
    """Return check values as JSON keeps them."""
    return {usage.value: values[usage] for usage in KeyUsage}


__all__ = ["Outcome", "plain"]
