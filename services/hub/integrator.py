"""The integrator: gives audit entries their place in the tree and signs the result.

Owns the growth of the log: dense indexes, tiles, the checkpoint, and the refusal to sign for a
database that is behind the guard file or at odds with it. There is one at a time, by the writer's
turn and the database's lock. Proofs are made in services/hub/proofs.py. PROTOCOL section 10.
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path

from exchange.audit import checkpoint, tiles, tree
from exchange.audit.checkpoint import HubLogKeys
from exchange.audit.errors import AuditError
from keys.lognotes import LogSigner
from services.hub.database.interface import Connection, Database, Row
from services.hub.errors import GuardError, HubError, LogMovedError, UnavailableError
from services.hub.guard import Guard, read_guard, write_guard
from services.hub.store import log as log_store
from services.hub.tile_reader import TileReader
from services.hub.turn import Turn
from services.hub.writer import Writer

log = logging.getLogger("safehand.hub")

AT_ONCE = 1024
"""Most entries in one integration."""


@dataclass(frozen=True, slots=True)
class Published:
    """The tree that was last signed, committed and guarded."""

    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True)
class _Grown:
    """One integration, committed but not published."""

    published: Published
    changed: list[tiles.Tile]
    indexes: dict[bytes, int]


class Integrator:
    """Runs beside the requests; `published` is what anyone may see."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        signer: LogSigner,
        guard_file: Path,
        *,
        every: float,
        backlog: int,
    ) -> None:
        self._database, self._writer, self._signer = database, writer, signer
        self._guard_file, self._every, self._backlog = guard_file, every, backlog
        self._failures: tuple[type[Exception], ...] = (*database.errors, HubError)
        self._wake = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._unpublished: _Grown | None = None
        self._waiting: dict[bytes, asyncio.Future[int]] = {}
        self._pending = 0
        self._task: asyncio.Task[None] | None = None
        self.halted: str | None = None
        self.published = Published(0, tree.EMPTY_ROOT, "")
        self.tiles = TileReader(database)

    async def start(self) -> None:
        """Hold the database against the guard file, then begin to work.

        Never raises for an inconsistent log: the hub serves reads, `halted` says why it does no
        more.
        """
        try:
            await self._adopt()
        except (GuardError, AuditError) as error:
            self._halt(error)
            return
        self._task = asyncio.create_task(self._work(), name="integrator")

    async def stop(self) -> None:
        """End after the current integration."""
        if self._task is not None:
            async with self._one_at_a_time:
                self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def require_sound(self) -> None:
        """Refuse work that would need an audit entry which can't be proven.

        Raises UnavailableError.
        """
        if self.halted is not None:
            raise UnavailableError("audit-halted")
        if self._pending >= self._backlog:
            raise UnavailableError("audit-backlog")

    def added(self, count: int) -> None:
        """Take note of entries that were committed."""
        self._pending += count
        if self._pending >= AT_ONCE:
            self._wake.set()

    async def published_tile(self, connection: Connection, wanted: tiles.TileId) -> bytes | None:
        """Return a tile of the published tree; None if that tree has no such tile."""
        size = self.published.size
        if wanted.width > tiles.width_at(wanted.level, wanted.n, size):
            return None
        return await self.tiles.read(connection, wanted)

    async def index_of(self, leaf_hash: bytes, *, within: float) -> int | None:
        """Wait for an expected entry to be published; None after `within` seconds."""
        try:
            return await asyncio.wait_for(self._waiting[leaf_hash], within)
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(leaf_hash, None)

    def expect(self, leaf_hash: bytes) -> None:
        """Note that somebody will wait for this entry, and hurry. Call it on commit."""
        self._waiting[leaf_hash] = asyncio.get_running_loop().create_future()
        self._wake.set()

    async def _adopt(self) -> None:
        """Take the log as the database has it, if it agrees with what was signed before."""
        guard = read_guard(self._guard_file)
        async with self._database.reading(steady=True) as connection:
            row = await log_store.checkpoint(connection)
            if row is not None:
                await self._check(connection, row, guard)
            self._pending = await log_store.count_pending(connection)
        if row is None:
            if guard.size:
                raise GuardError("database-behind")
            self.published = await self._writer.run(self._found)
            return
        adopted = Published(row["size"], bytes(row["root"]), row["note"])
        if adopted.size > guard.size:
            write_guard(self._guard_file, Guard(adopted.size, adopted.root))
        self.published = adopted

    async def _found(self, turn: Turn) -> Published:
        """Sign the empty tree of a new log."""
        published = self._sign(0, tree.EMPTY_ROOT, turn.now)
        await log_store.put_checkpoint(turn.connection, 0, tree.EMPTY_ROOT, published.note)
        return published

    async def _check(self, connection: Connection, row: Row, guard: Guard) -> None:
        size, root = int(row["size"]), bytes(row["root"])
        if size < guard.size:
            raise GuardError("database-behind")
        if await self._root_at(connection, guard.size) != guard.root:
            raise GuardError("database-forked")
        if await self._root_at(connection, size) != root:
            raise GuardError("tiles-damaged")
        if await log_store.indexed(connection) != (size, size):
            raise GuardError("entries-damaged")
        signed = checkpoint.verify(row["note"], HubLogKeys.of_signer(self._signer))
        if (signed.size, signed.root) != (size, root):
            raise GuardError("checkpoint-damaged")

    async def _root_at(self, connection: Connection, size: int) -> bytes:
        load = await self.tiles.loader(connection, tiles.append_tiles(size))
        return tree.root(size, tiles.hash_reader(load, size))

    async def _work(self) -> None:
        while self.halted is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._every)
            self._wake.clear()
            try:
                await self.integrate()
            except (GuardError, AuditError) as error:
                self._halt(error)
            except self._failures as error:
                log.error("integration-failed %s", type(error).__name__)
                await asyncio.sleep(self._every)
            except Exception as error:
                # Whatever it is: a log that does not grow must be seen to stand still.
                log.error("unexpected %s", type(error).__name__)
                self._halt(GuardError("internal"))

    async def integrate(self) -> None:
        """Integrate what is pending and publish it, or what could not be published before.

        Raises GuardError, AuditError; UnavailableError if the database refuses, OSError if the
        guard file does.
        """
        async with self._one_at_a_time:
            if self._unpublished is None:
                self._unpublished = await self._integrate_pending()
            if self._unpublished is not None:
                await self._publish(self._unpublished)
                self._unpublished = None

    async def _integrate_pending(self) -> _Grown | None:
        if not self._pending and not await self._finds_pending():
            return None
        try:
            return await self._writer.run(self._grow)
        except LogMovedError:
            await self._adopt()
            return await self._writer.run(self._grow)

    async def _finds_pending(self) -> bool:
        """Look for entries that nobody told of: those that the operator's commands wrote."""
        async with self._database.reading() as connection:
            return await log_store.has_pending(connection)

    async def _grow(self, turn: Turn) -> _Grown | None:
        connection = turn.connection
        await self._require_unmoved(connection)
        size = self.published.size
        hashes = await log_store.give_indexes(connection, size, AT_ONCE)
        if not hashes:
            return None
        load = await self.tiles.loader(connection, tiles.append_tiles(size))
        result = tiles.integrate(size, load, hashes)
        published = self._sign(result.new_size, result.root, turn.now)
        await log_store.put_tiles(connection, result.changed_tiles)
        await log_store.put_checkpoint(connection, result.new_size, result.root, published.note)
        indexes = {one: size + at for at, one in enumerate(hashes)}
        return _Grown(published, result.changed_tiles, indexes)

    async def _require_unmoved(self, connection: Connection) -> None:
        row = await log_store.checkpoint(connection, lock=True)
        if row is None or (row["size"], bytes(row["root"])) != (
            self.published.size,
            self.published.root,
        ):
            raise LogMovedError("log-moved")

    def _sign(self, size: int, root: bytes, now: int) -> Published:
        origin = self._signer.name
        return Published(size, root, checkpoint.make(origin, size, root, self._signer, at=now))

    async def _publish(self, grown: _Grown) -> None:
        # Guarded before anyone can see it: what was published can never be taken back.
        guard = Guard(grown.published.size, grown.published.root)
        await asyncio.to_thread(write_guard, self._guard_file, guard)
        self.tiles.keep(grown.changed)
        self.published = grown.published
        self._pending = max(0, self._pending - len(grown.indexes))
        for leaf_hash, index in grown.indexes.items():
            future = self._waiting.get(leaf_hash)
            if future is not None and not future.done():
                future.set_result(index)

    def _halt(self, error: Exception) -> None:
        self.halted = str(error) or type(error).__name__
        log.critical("log-halted %s", self.halted)
