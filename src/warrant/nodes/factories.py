"""The adapters of a node, each made once per process when an app first asks for its port."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from warrant.adapters import card_face, photo
from warrant.adapters.software_vault import SoftwareVault
from warrant.core.crypto.secret import Secret
from warrant.core.ports import CardFacePrinter, PhotoDesk
from warrant.nodes.config import NodeConfig

VAULT_FILE = "vault"


def key_vault() -> SoftwareVault:
    """Open the node's sealed vault with the passphrase of its configuration."""
    node: NodeConfig = settings.WARRANT_NODE
    return SoftwareVault.open(Path(node.home) / VAULT_FILE, Secret(node.passphrase.encode()))


def photo_desk() -> PhotoDesk:
    """Return the photo desk; the module itself is the port."""
    return photo


def card_face_printer() -> CardFacePrinter:
    """Return the printer of card faces; the module itself is the port."""
    return card_face
