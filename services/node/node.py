"""One node while it runs: its settings, store, keys, log and its way to the hub, in one value.

Owns no behaviour; it is what the modules of this package hand to each other.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from exchange.audit.checkpoint import HubLogKeys
from keys.concealed import Concealed
from schemas.wire.hub_api import AuditDetails, HubCard
from services.hub_client.client import HubClient
from services.node.audit import NodeLog
from services.node.folder import NodeFolder
from services.node.keyholder import Keyholder, RecordKeys
from services.node.settings import NodeSettings
from services.node.store.database import Database
from services.node.wake import Wake

Clock = Callable[[], int]
"""Returns seconds since the Unix epoch."""


@dataclass(frozen=True, repr=False)
class Node(Concealed):
    """A facility's node."""

    settings: NodeSettings
    facility: str
    fingerprint: bytes
    hub_card: HubCard
    clock: Clock
    db: Database
    keys: Keyholder
    log: NodeLog
    hub: HubClient
    wake: Wake = field(default_factory=Wake)
    pushing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever tells the hub: one at a time, so that order is kept."""
    following: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a checkpoint of the hub is compared with the last one."""
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    """What still runs though nobody waits for it any more."""

    @property
    def folder(self) -> NodeFolder:
        """The node's files."""
        return self.settings.folder

    @property
    def hub_log_keys(self) -> HubLogKeys:
        """The pinned keys of the hub's log."""
        return HubLogKeys.from_card(self.hub_card)

    def now(self) -> int:
        """Return the time in seconds."""
        return self.clock()

    def records(self) -> RecordKeys:
        """Return the record keys. Raises LockedError."""
        return self.keys.records()

    def details(self, **fields: object) -> AuditDetails:
        """Return details for an entry of the node's own log, by this facility, now."""
        given = {"outcome": "done", "reasons": [], "actor": self.facility, "at": self.now()}
        return AuditDetails.model_validate(given | fields)

    async def push_for(self, work: Coroutine[Any, Any, Any], seconds: float) -> None:
        """Wait at most `seconds` for `work`, which then goes on; its errors are its own affair."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._forget)
        await asyncio.wait({task}, timeout=seconds)

    async def stop(self) -> None:
        """Stop what still runs in the background; the outbox keeps what was not told."""
        running = list(self.tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled():
            task.exception()
