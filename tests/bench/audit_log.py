"""The audit log at growing sizes: appends must stay flat, proofs logarithmic.

Measured twice: the pure functions over tiles in memory, and an append as the hub does it, durable
in SQLite, integrated and under a signed checkpoint. pymerkle stands beside as a peer.
"""

import asyncio
import itertools
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import pymerkle

from exchange.audit import checkpoint, tiles, tree
from exchange.audit.tiles import Tile, TileId
from keys.lognotes import LogSigner
from keys.randomness import new_seed, random_bytes
from schemas.wire.hub_api import AuditDetails
from services.hub.database.sqlite import SqliteDatabase
from services.hub.guard import Guard, write_guard
from services.hub.integrator import Integrator
from services.hub.migrate import migrate
from services.hub.turn import Turn
from services.hub.writer import Writer
from tests.bench.hub_world import wall_clock
from tests.bench.measures import Timed, compared, timed
from tests.bench.plan import Plan

GROUP = "audit log"
TOGETHER = 64
"""Entries in one integration, where several are."""

STEP = 1024
LEAF, DETAILS = 120, b"d" * 300
"""Bytes of a leaf and of its details, about as long as real ones."""

PEER_SIZE = 10_000
PEER_APPEND = "pymerkle: append, SQLite"
PEER_PROOF = f"pymerkle: inclusion proof at {PEER_SIZE}"
PEER_VERIFY = f"pymerkle: verify it, at {PEER_SIZE}"


Prove = Callable[["MemoryLog", int], list[bytes]]


class MemoryLog:
    """A log's tiles in memory; `grow` appends, `loads` counts what was read."""

    def __init__(self) -> None:
        self.size, self.loads = 0, 0
        self.root = tree.EMPTY_ROOT
        self._tiles: dict[tuple[int, int], bytes] = {}

    def load(self, level: int, n: int, width: int) -> bytes | None:
        self.loads += 1
        data = self._tiles.get((level, n), b"")
        return data[: width * tree.HASH_SIZE] if len(data) >= width * tree.HASH_SIZE else None

    def copy(self) -> "MemoryLog":
        """Return a log that may grow apart from this one."""
        other = MemoryLog()
        other.size, other.root, other._tiles = self.size, self.root, dict(self._tiles)
        return other

    def grow(self, leaf_hashes: list[bytes]) -> list[Tile]:
        """Append leaves for good; return the tiles that changed."""
        grown = tiles.integrate(self.size, self.load, leaf_hashes)
        for tile in grown.changed_tiles:
            self._tiles[tile.level, tile.n] = tile.data
        self.size, self.root = grown.new_size, grown.root
        return grown.changed_tiles


def measure(plan: Plan, folder: Path) -> Iterator[Timed]:
    """Yield rows for the peer and for each size."""
    peers = {row.work: row for row in _peer(plan, folder)}
    yield from peers.values()
    log = MemoryLog()
    stored = StoredLog(folder)
    for size in plan.log_sizes:
        stored.grow_to(size, log)
        yield from _pure(log, peers, plan.timed)
        yield from asyncio.run(stored.appends(plan, peers))


def _pure(log: MemoryLog, peers: dict[str, Timed], seconds: float) -> Iterator[Timed]:
    yield _growth_row(log, 1, seconds)
    yield _growth_row(log, TOGETHER, seconds)
    chosen = random.Random(1)
    anywhere = [chosen.randrange(1, log.size) for _ in range(2_000)]
    newest = list(range(log.size - 64, log.size))
    work = "inclusion proof, anywhere"
    yield compared(_proof_row(log, work, _inclusion, anywhere, seconds), peers[PEER_PROOF])
    yield _proof_row(log, "inclusion proof, newest entries", _inclusion, newest, seconds)
    yield _proof_row(log, "consistency proof, from anywhere", _consistency, anywhere, seconds)
    yield compared(_verify_row(log, seconds), peers[PEER_VERIFY])


def _growth_row(log: MemoryLog, count: int, seconds: float) -> Timed:
    """Time integrations one after another on a copy: over all widths of the last tile."""
    copy, numbers = log.copy(), itertools.count()

    def grow() -> None:
        copy.grow([tree.leaf_hash(b"%d" % next(numbers)) for _ in range(count)])

    work = "integrate 1 entry" if count == 1 else f"integrate {count} entries"
    return timed(GROUP, work, grow, seconds, size=f"{log.size:,} entries")


def _inclusion(log: MemoryLog, place: int) -> list[bytes]:
    read = tiles.hash_reader(log.load, log.size)
    return tiles.inclusion_proof(place, log.size, read)


def _consistency(log: MemoryLog, place: int) -> list[bytes]:
    read = tiles.hash_reader(log.load, log.size)
    return tiles.consistency_proof(place, log.size, read)


def _proof_row(
    log: MemoryLog, work: str, prove: Prove, places: Sequence[int], seconds: float
) -> Timed:
    """Time proofs for these places in turn; note how long they are and what they read."""
    turn, before = itertools.cycle(places), log.loads
    hashes: list[int] = []

    def one() -> None:
        hashes.append(len(prove(log, next(turn))))

    row = timed(GROUP, work, one, seconds, size=f"{log.size:,} entries")
    tiles_read = (log.loads - before) / len(hashes)
    row.detail = {"hashes": float(median(hashes)), "tiles_read": round(tiles_read, 1)}
    return row


def _verify_row(log: MemoryLog, seconds: float) -> Timed:
    place = log.size // 3
    leaf, proof = tiles.hash_reader(log.load, log.size)(0, place), _inclusion(log, place)
    return timed(
        GROUP,
        "verify an inclusion proof",
        lambda: tree.verify_inclusion(leaf, place, log.size, proof, log.root),
        seconds,
        size=f"{log.size:,} entries",
        detail={"hashes": float(len(proof))},
    )


def _peer(plan: Plan, folder: Path) -> Iterator[Timed]:
    with pymerkle.SqliteTree(str(folder / "peer.sqlite")) as peer:
        entry = random_bytes(256)
        yield timed(
            GROUP,
            PEER_APPEND,
            lambda: peer.append_entry(entry),
            plan.timed,
            timer=time.perf_counter,
        )
    memory = pymerkle.InmemoryTree()
    for number in range(PEER_SIZE):
        memory.append_entry(b"%d" % number)
    chosen, root = random.Random(1), memory.get_root()
    yield timed(
        GROUP,
        PEER_PROOF,
        lambda: memory.prove_inclusion(chosen.randrange(1, PEER_SIZE), PEER_SIZE),
        plan.timed,
    )
    proof, leaf = memory.prove_inclusion(77, PEER_SIZE), memory.get_leaf(77)
    yield timed(
        GROUP, PEER_VERIFY, lambda: pymerkle.verify_inclusion(leaf, root, proof), plan.timed
    )


class StoredLog:
    """A hub's log in SQLite, filled beforehand and then appended to as the hub does it."""

    def __init__(self, folder: Path) -> None:
        self._path, self._guard = folder / "log.sqlite", folder / "guard.json"
        self._signer = LogSigner("hub.test/bench", new_seed(), new_seed())
        asyncio.run(migrate(f"sqlite:///{self._path}"))

    def grow_to(self, size: int, log: MemoryLog) -> None:
        """Grow this log and the one in memory to `size`; what appends have left behind goes."""
        raw = sqlite3.connect(self._path)
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("DELETE FROM log_entries WHERE idx >= ?", (log.size,))
        changed: dict[TileId, Tile] = {}
        while log.size < size:
            count = min(STEP, size - log.size)
            rows = [_row(log.size + at) for at in range(count)]
            for tile in log.grow([row[2] for row in rows]):
                changed[TileId(tile.level, tile.n, 0)] = tile
            raw.executemany(
                "INSERT INTO log_entries (idx, leaf, leaf_hash, salt, details, party) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
        self._publish(raw, log, changed.values())
        raw.commit()
        raw.close()

    def _publish(self, raw: sqlite3.Connection, log: MemoryLog, changed: Iterable[Tile]) -> None:
        rows = [(tile.level, tile.n, tile.data) for tile in changed]
        raw.execute("DELETE FROM log_tiles WHERE n * (1 << 8 * (level + 1)) >= ?", (log.size,))
        raw.executemany("INSERT OR REPLACE INTO log_tiles VALUES (?, ?, ?)", rows)
        note = checkpoint.make(self._signer.name, log.size, log.root, self._signer)
        sql = "INSERT OR REPLACE INTO log_checkpoint (one, size, root, note) VALUES (1, ?, ?, ?)"
        raw.execute(sql, (log.size, log.root, note))
        write_guard(self._guard, Guard(log.size, log.root))

    async def appends(self, plan: Plan, peers: dict[str, Timed]) -> list[Timed]:
        """Time appends: durable, integrated, under a signed checkpoint, one and many at once."""
        async with self._running() as (writer, integrator):
            size = f"{integrator.published.size:,} entries"
            rows = []
            for count in (1, TOGETHER, 16 * TOGETHER):
                each = await _clock(writer, integrator, count, plan.timed)
                work = f"durable append, {count} at once, each"
                row = Timed(GROUP, work, median(each), min(each), size=size)
                rows.append(compared(row, peers[PEER_APPEND]))
        return rows

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[tuple[Writer, Integrator]]:
        database = SqliteDatabase(str(self._path))
        writer = Writer(database, wall_clock, batch=64, queue=4096)
        integrator = Integrator(
            database, writer, self._signer, self._guard, every=0.25, backlog=4096
        )
        writer.on_entries = integrator.added
        writer.start()
        await integrator.start()
        integrator.require_sound()
        try:
            yield writer, integrator
        finally:
            await integrator.stop()
            await writer.stop()
            await database.close()


async def _clock(writer: Writer, integrator: Integrator, count: int, seconds: float) -> list[float]:
    """Return microseconds per entry of each time that `count` entries were appended together."""
    each: list[float] = []
    end = time.perf_counter() + seconds
    while not each or time.perf_counter() < end:
        start = time.perf_counter()
        await asyncio.gather(*(_append(writer, integrator) for _ in range(count)))
        each.append((time.perf_counter() - start) / count * 1e6)
    return each


async def _append(writer: Writer, integrator: Integrator) -> None:
    async def record(turn: Turn) -> bytes:
        details = AuditDetails(
            action="section.push", outcome="done", reasons=[], actor="hub", at=turn.now
        )
        entry = turn.record(details)
        turn.on_commit(lambda: integrator.expect(entry.leaf_hash))
        return entry.leaf_hash

    leaf_hash = await writer.run(record)
    if await integrator.index_of(leaf_hash, within=30) is None:
        raise RuntimeError("an entry was not integrated")


def _row(index: int) -> tuple[int, bytes, bytes, bytes, bytes, str]:
    leaf = b"%d" % index + bytes(LEAF)
    return index, leaf, tree.leaf_hash(leaf), bytes(32), DETAILS, "hub"
