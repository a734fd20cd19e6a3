"""The one writer: many operations in one transaction, nothing answered before its commit.

Owns group commit. Operations that arrive together are run one after another in one transaction. An
operation that is refused before it wrote anything leaves no trace; if anything else goes wrong, the
whole batch is rolled back and each operation is run alone. PROTOCOL section 10.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

from services.hub.batch import BatchConnection, ClashError
from services.hub.database.interface import Database
from services.hub.errors import ConflictError, HubError, ReplayedError, UnavailableError
from services.hub.turn import ENTRIES, NONCES, Operation, Result, Turn

log = logging.getLogger("safehand.hub")


class _NoEntryError(Exception):
    """An audit entry could not be written."""


class _Job:
    """An operation, and who waits for it."""

    def __init__(self, operation: Operation[Any]) -> None:
        self.operation = operation
        self.future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.result: Any = None
        self.error: Exception | None = None

    def settle(self) -> None:
        """Give the result, or the error, to whoever waits."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """Queues operations and commits them in batches."""

    def __init__(
        self, database: Database, clock: Callable[[], int], *, batch: int, queue: int
    ) -> None:
        self._database, self._clock, self._batch = database, clock, batch
        self._queue: asyncio.Queue[_Job] = asyncio.Queue(queue)
        self._task: asyncio.Task[None] | None = None
        self.is_failing = False
        """Whether the database refused the last operation."""
        self.on_entries: Callable[[int], None] = lambda _count: None

    def start(self) -> None:
        """Begin to work."""
        self._task = asyncio.create_task(self._work(), name="writer")

    async def stop(self) -> None:
        """Finish what is queued and end."""
        await self._queue.join()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def run(self, operation: Operation[Result]) -> Result:
        """Run `operation` and return its result once it is durable.

        Raises what the operation raises; UnavailableError if the database or the queue refuses.
        """
        job = _Job(operation)
        try:
            self._queue.put_nowait(job)
        except asyncio.QueueFull:
            raise UnavailableError("busy") from None
        return cast(Result, await job.future)

    async def _work(self) -> None:
        while True:
            jobs = await self._gather()
            await self._commit(jobs)
            for job in jobs:
                job.settle()
                self._queue.task_done()

    async def _gather(self) -> list[_Job]:
        """Wait for an operation, then take along all that are about to come."""
        jobs = [await self._queue.get()]
        # Requests that are being read right now get a turn of the loop to join in.
        await asyncio.sleep(0)
        while len(jobs) < self._batch and not self._queue.empty():
            jobs.append(self._queue.get_nowait())
        return jobs

    async def _commit(self, jobs: Sequence[_Job]) -> None:
        try:
            turns = await self._commit_together(jobs)
        except Exception as error:
            if len(jobs) == 1:
                jobs[0].error = self._explain(error)
                return
            for job in jobs:
                job.error = None
                await self._commit([job])
        else:
            self._committed(turns)

    async def _commit_together(self, jobs: Sequence[_Job]) -> list[Turn]:
        async with self._database.transaction() as inner:
            connection = BatchConnection(inner)
            is_alone = len(jobs) == 1
            turns = [await self._attempt(job, connection, is_alone) for job in jobs]
            await self._flush(connection, turns)
        return turns

    def _committed(self, turns: Sequence[Turn]) -> None:
        self.is_failing = False
        self.on_entries(sum(len(turn.entries) for turn in turns))
        for turn in turns:
            for hook in turn.hooks:
                hook()

    async def _attempt(self, job: _Job, connection: BatchConnection, is_alone: bool) -> Turn:
        turn = Turn(connection, self._clock(), is_alone)
        before = connection.writes
        try:
            job.result = await job.operation(turn)
        except HubError as refusal:
            if connection.writes != before:
                raise
            job.error = refusal
            return Turn(connection, turn.now)
        return turn

    async def _flush(self, connection: BatchConnection, turns: Sequence[Turn]) -> None:
        """Write what waits, then the batch's nonces and audit entries."""
        await connection.write_waiting()
        nonces = [(key, nonce, turn.now) for turn in turns for key, nonce in turn.nonces]
        if await connection.insert(NONCES, nonces) != len(nonces):
            raise ReplayedError
        entries = [
            (entry.leaf, entry.leaf_hash, entry.salt, entry.details, *parties)
            for turn in turns
            for entry, parties in turn.entries
        ]
        try:
            await connection.insert(ENTRIES, entries)
        except self._database.errors as error:
            raise _NoEntryError from error

    def _explain(self, error: Exception) -> Exception:
        if isinstance(error, _NoEntryError):
            # Whatever kept an entry from being written: without it nothing happens.
            log.error("entry-failed %s", type(error.__cause__).__name__)
            self.is_failing = True
            return UnavailableError("database")
        if isinstance(error, self._database.conflicts):
            log.warning("integrity %s", type(error).__name__)
            return ConflictError("already-there")
        if isinstance(error, self._database.errors):
            log.error("database-failed %s", type(error).__name__)
            self.is_failing = True
            return UnavailableError("database")
        if isinstance(error, ClashError):
            return UnavailableError("busy")  # another process was faster
        return error
