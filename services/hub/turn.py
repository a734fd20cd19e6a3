"""One operation's turn at the database: what it may read and write, and what it leaves behind.

Owns the gathering of audit entries and nonces, so that they are written at once for a whole batch
and in the same transaction as the change they belong to.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from exchange.audit.entry import Entry, commit
from keys.randomness import random_bytes
from schemas.wire.hub_api import AuditDetails
from services.hub.batch import BatchConnection
from services.hub.database.interface import Into
from services.hub.models import LogEntryRow, NonceRow

SALT_SIZE = 32
Parties = tuple[str, str | None]
Result = TypeVar("Result")

ENTRIES = Into(LogEntryRow, "leaf", "leaf_hash", "salt", "details", "party", "counterparty")
NONCES = Into(NonceRow, "key_id", "nonce", "seen_at", or_nothing=True)


@dataclass
class Turn:
    """A connection in a transaction that the writer commits, and the time of the turn."""

    connection: BatchConnection
    now: int
    is_alone: bool = False
    """Whether no other operation shares the transaction, as after a batch that failed."""
    entries: list[tuple[Entry, Parties]] = field(default_factory=list)
    nonces: list[tuple[str, str]] = field(default_factory=list)
    hooks: list[Callable[[], None]] = field(default_factory=list)

    def record(self, details: AuditDetails, *, parties: Parties | None = None) -> Entry:
        """Leave an audit entry, written together with the change.

        `parties`: who may read it, if that is not actor and counterpart.
        """
        entry = commit(details, random_bytes(SALT_SIZE))
        self.entries.append((entry, parties or (details.actor, details.counterpart)))
        return entry

    def use_nonce(self, key_id: str, nonce: str) -> None:
        """Use up a nonce; the turn fails with ReplayedError if it was used before."""
        self.nonces.append((key_id, nonce))

    def on_commit(self, hook: Callable[[], None]) -> None:
        """Call `hook` once the change is durable, before any later turn."""
        self.hooks.append(hook)


Operation = Callable[[Turn], Awaitable[Result]]
"""Checks first, writes afterwards; may be run again after a rollback."""
