"""What the hub does by itself: anonymous counts, old nonces, half-keys whose time has come."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from keys.errors import KeysError
from services.hub.context import Hub
from services.hub.errors import HubError
from services.hub.turn import Turn
from services.web.signatures import NONCE_LIFETIME

log = logging.getLogger("safehand.hub")
MINUTE = 60


class Housekeeping:
    """Two loops beside the requests."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Finish an interrupted erasure, then begin the loops."""
        await self._guarded(self.erase)
        self._tasks = [
            asyncio.create_task(self._repeat(self.tidy, MINUTE), name="tidy"),
            asyncio.create_task(self._repeat(self.erase, self._hub.settings.erase_every)),
        ]

    async def stop(self) -> None:
        """End the loops and write what was counted."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._guarded(self.tidy)

    async def tidy(self) -> None:
        """Write the anonymous counts; forget nonces that no signature can use again."""
        await self._hub.anonymous.write(self._hub.writer)
        await self._hub.writer.run(_forget_nonces)

    async def erase(self) -> None:
        """Destroy half-keys that are due and, if any were destroyed, the key over them."""
        count = await self._hub.half_keys.erase_due()
        renewed = await self._hub.half_keys.renew_epoch()
        if count or renewed:
            log.info("half-keys-erased %d", count)

    async def _repeat(self, work: Callable[[], Awaitable[None]], every: float) -> None:
        while True:
            await asyncio.sleep(every)
            await self._guarded(work)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        database = self._hub.database.errors
        expected: tuple[type[Exception], ...] = (HubError, KeysError, OSError, *database)
        try:
            await work()
        except expected as error:
            log.error("housekeeping-failed %s", type(error).__name__)


async def _forget_nonces(turn: Turn) -> None:
    await turn.connection.execute(
        "DELETE FROM nonces WHERE seen_at < $1", turn.now - NONCE_LIFETIME
    )
