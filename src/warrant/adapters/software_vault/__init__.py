"""A key vault in one sealed file: the embedded default, for nodes without an HSM."""

from warrant.adapters.software_vault.vault import SoftwareVault

__all__ = ["SoftwareVault"]
