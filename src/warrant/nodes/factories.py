"""The adapters of a node, each made once per process when an app first asks for its port."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from warrant.adapters import card_face, photo
from warrant.adapters.software_vault import SoftwareVault
from warrant.core.crypto.secret import Secret
from warrant.core.keys.vault import KeyVault
from warrant.core.ports import CardFacePrinter, PhotoDesk
from warrant.nodes.config import NodeConfig

VAULT_FILE = "vault"
LOCK_FILE = "vault.lock"
_PKCS11_VAULT = "warrant.adapters.pkcs11_vault.Pkcs11Vault"
"""Named, not imported: a node with a sealed file needs no PKCS#11 library."""


def key_vault() -> KeyVault:
    """Open the vault that the node file names, with the passphrase or PIN of its configuration."""
    node: NodeConfig = settings.WARRANT_NODE
    return open_vault(Path(node.home), node.vault, Secret(node.passphrase.encode()))


def open_vault(home: Path, address: str, passphrase: Secret, *, is_new: bool = False) -> KeyVault:
    """Open or make the vault at ``address``: a PKCS#11 token (``pkcs11:…``), or empty for the sealed file in ``home``.

    Raises: Conflict ``vault-exists``; InvalidInput ``vault-passphrase-wrong``, ``vault-address-invalid``; Unavailable.
    """
    if address:
        pkcs11_vault = import_string(_PKCS11_VAULT)
        make = pkcs11_vault.create if is_new else pkcs11_vault.open
        vault: KeyVault = make(address, passphrase, home / LOCK_FILE)
        return vault
    return (SoftwareVault.create if is_new else SoftwareVault.open)(home / VAULT_FILE, passphrase)


def photo_desk() -> PhotoDesk:
    """Return the photo desk; the module itself is the port."""
    return photo


def card_face_printer() -> CardFacePrinter:
    """Return the printer of card faces; the module itself is the port."""
    return card_face
