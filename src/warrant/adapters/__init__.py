"""What reaches readers, vaults, files and links; each implements a port of ``warrant.core``."""
