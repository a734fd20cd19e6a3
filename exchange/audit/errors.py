"""Errors of the audit log.

AuditError
├── TileError          a tile is missing, of the wrong width, or named by a path that means nothing
├── ProofError         an inclusion or consistency proof does not prove what it should
├── CheckpointError    a checkpoint is malformed, of another log, or not signed by both pinned keys
└── EntryError         an entry's leaf and details do not belong together
"""

from typing import Literal

CheckpointFault = Literal["malformed", "wrong-origin", "not-signed", "bad-signature"]


class AuditError(Exception):
    """Root of this package's errors. Messages name positions and rules, never details."""


class TileError(AuditError):
    """A tile cannot be used."""


class ProofError(AuditError):
    """A proof is malformed or does not lead to the root."""


class CheckpointError(AuditError):
    """A checkpoint cannot be believed. `fault` says which of the four rules it broke."""

    def __init__(self, fault: CheckpointFault, problem: str) -> None:
        super().__init__(problem)
        self.fault = fault


class EntryError(AuditError):
    """An entry cannot be believed, or a salt or details cannot be committed to."""
