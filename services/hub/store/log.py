"""SQL of the audit log: entries, tiles, the checkpoint."""

from collections.abc import Sequence

from exchange.audit.tiles import Tile
from services.hub.database.interface import Connection, Into, Row, fetch_one
from services.hub.models import LogTileRow

TILES = Into(LogTileRow, upsert=" ON CONFLICT (level, n) DO UPDATE SET data = excluded.data")


async def has_pending(connection: Connection) -> bool:
    """Say whether entries wait for their index."""
    return bool(await connection.fetch("SELECT 1 FROM log_entries WHERE idx IS NULL LIMIT 1"))


async def count_pending(connection: Connection) -> int:
    """Return how many entries wait for their index."""
    rows = await connection.fetch("SELECT count(*) AS n FROM log_entries WHERE idx IS NULL")
    return int(rows[0]["n"])


async def pending(connection: Connection, limit: int) -> Sequence[Row]:
    """Return id and leaf hash of entries without an index, oldest first.

    Asked for by `idx IS NULL` and never by "id above the last one": ids may commit out of order.
    """
    return await connection.fetch(
        "SELECT id, leaf_hash FROM log_entries WHERE idx IS NULL ORDER BY id LIMIT $1", limit
    )


async def give_indexes(connection: Connection, ids: Sequence[int], first: int) -> None:
    """Give the entries `ids` the indexes from `first` on."""
    await connection.update_many(
        "UPDATE log_entries SET idx = $1 WHERE id = $2",
        [(first + at, one) for at, one in enumerate(ids)],
    )


async def put_tiles(connection: Connection, changed: Sequence[Tile]) -> None:
    """Store new and widened tiles."""
    await connection.insert(TILES, [(tile.level, tile.n, tile.data) for tile in changed])


async def tile(connection: Connection, level: int, n: int) -> bytes | None:
    """Return a tile's content at its present width."""
    row = await fetch_one(
        connection, "SELECT data FROM log_tiles WHERE level = $1 AND n = $2", level, n
    )
    return None if row is None else bytes(row["data"])


async def checkpoint(connection: Connection) -> Row | None:
    """Return size, root and note of the published checkpoint."""
    return await fetch_one(connection, "SELECT size, root, note FROM log_checkpoint WHERE one = 1")


async def put_checkpoint(connection: Connection, size: int, root: bytes, note: str) -> None:
    """Store the checkpoint in place of the one before."""
    await connection.execute(
        "INSERT INTO log_checkpoint (one, size, root, note) VALUES (1, $1, $2, $3) "
        "ON CONFLICT (one) DO UPDATE SET size = excluded.size, root = excluded.root, "
        "note = excluded.note",
        size,
        root,
        note,
    )


async def indexed(connection: Connection) -> tuple[int, int]:
    """Return how many entries have an index, and the highest one plus one."""
    rows = await connection.fetch("SELECT count(idx) AS n, max(idx) AS last FROM log_entries")
    last = rows[0]["last"]
    return int(rows[0]["n"]), 0 if last is None else int(last) + 1


async def index_of(connection: Connection, leaf_hash: bytes) -> int | None:
    """Return an entry's index, if it has one."""
    row = await fetch_one(connection, "SELECT idx FROM log_entries WHERE leaf_hash = $1", leaf_hash)
    return None if row is None else row["idx"]


async def entries(
    connection: Connection, start: int, count: int, party: str | None
) -> Sequence[Row]:
    """Return entries with indexes from `start` on; only those that concern `party`, if given."""
    columns = "SELECT idx, leaf, salt, details FROM log_entries WHERE idx >= $1 AND idx < $2"
    if party is None:
        return await connection.fetch(f"{columns} ORDER BY idx", start, start + count)
    return await connection.fetch(
        f"{columns} AND (party = $3 OR counterparty = $3) ORDER BY idx",
        start,
        start + count,
        party,
    )
