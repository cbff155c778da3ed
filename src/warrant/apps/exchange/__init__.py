"""Outbox to link to inbox between nodes."""
