"""The append-only ledger of who did what; written only by services."""
