"""Ciphers, digests and signatures; suites are named by the caller and never hard-wired."""
