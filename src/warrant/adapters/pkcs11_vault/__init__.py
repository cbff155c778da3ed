"""A key vault inside a PKCS#11 token: an HSM, or SoftHSM2 in tests."""

from warrant.adapters.pkcs11_vault.vault import Pkcs11Vault

__all__ = ["Pkcs11Vault"]
