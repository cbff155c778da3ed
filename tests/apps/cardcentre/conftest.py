"""Two vaults, ministry and province, as two nodes have them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.apps.conftest import VaultHere
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.foundation import ports
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import LogEntry
from warrant.core.access import Actor, Role
from warrant.core.crypto.secret import Secret
from warrant.core.ledger.event import parse_event


@pytest.fixture
def ministry_vault(tmp_path: Path) -> SoftwareVault:
    made = SoftwareVault.create(tmp_path / "ministry-vault", Secret(b"made-up passphrase"), cost_log2=10)
    made.create_signer("node", "es256")
    made.create_signer("log", "ed25519")
    return made


@pytest.fixture
def province_vault(vault: SoftwareVault, ministry_vault: SoftwareVault) -> SoftwareVault:
    vault.trust_package_issuer(ministry_vault.signer("node").public_key)
    vault.create_signer("issuer", "es256")
    return vault


@pytest.fixture
def at_ministry(
    db: None, settings: SimpleNamespace, province_vault: SoftwareVault, ministry_vault: SoftwareVault
) -> Callable[[bool], None]:
    """Sit down at the ministry (True) or at the province (False): node and vault change together."""
    province = settings.WARRANT_NODE
    ministry = dataclasses.replace(province, kind="ministry", code="ministry", name="交通运输部")

    def sit(is_ministry: bool) -> None:
        settings.WARRANT_NODE = ministry if is_ministry else province
        VaultHere.vault = ministry_vault if is_ministry else province_vault
        ports.forget_ports()

    return sit


@pytest.fixture
def deliver() -> Callable[[str, str], ReceivedEvent]:
    """The newest event of a stream as the other end receives it."""

    def take(stream: str, node: str) -> ReceivedEvent:
        entry = LogEntry.objects.filter(stream=stream).order_by("-seq").first()
        assert entry is not None
        return ReceivedEvent(parse_event(bytes(entry.body)), node)

    return take


@pytest.fixture
def custodians(actor: Callable[..., Actor], tree: SimpleNamespace) -> SimpleNamespace:
    def custodian(name: str, unit: object) -> Actor:
        made = actor(name, unit, Role.KEY_CUSTODIAN)
        grants = tuple(dataclasses.replace(grant, is_node_wide=True) for grant in made.grants)
        return dataclasses.replace(made, grants=grants)

    return SimpleNamespace(
        ministry=(custodian("he", tree.ministry), custodian("luo", tree.ministry)),
        province=(custodian("shen", tree.jiangsu), custodian("xu", tree.jiangsu)),
    )


@pytest.fixture
def operator(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    """A card operator of the province's card centre."""
    return actor("tang", tree.jiangsu, Role.CARD_OPERATOR)
