"""The audit log: tree, tiles, checkpoints, proofs, entries, and verification of a whole log."""
