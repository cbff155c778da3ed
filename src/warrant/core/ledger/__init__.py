"""The append-only log that exchange and audit stand on: Merkle tree, checkpoints, events, sequence rules, receipts."""
