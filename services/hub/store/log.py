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


async def give_indexes(connection: Connection, first: int, most: int) -> list[bytes]:
    """Give the oldest entries that have none the indexes from `first` on, `most` at once.

    Returns their leaf hashes in the order of their indexes. They are taken by `idx IS NULL` and
    never by "id above the last one": ids may commit out of order.
    """
    rows = await connection.change(
        "WITH taken AS (SELECT id, $1 - 1 + row_number() OVER (ORDER BY id) AS place "
        "FROM log_entries WHERE idx IS NULL ORDER BY id LIMIT $2) "
        "UPDATE log_entries SET idx = taken.place FROM taken WHERE log_entries.id = taken.id "
        "RETURNING log_entries.idx, log_entries.leaf_hash",
        first,
        most,
    )
    return [bytes(row["leaf_hash"]) for row in sorted(rows, key=lambda row: int(row["idx"]))]


async def put_tiles(connection: Connection, changed: Sequence[Tile]) -> None:
    """Store new and widened tiles."""
    await connection.insert(TILES, [(tile.level, tile.n, tile.data) for tile in changed])


async def tile(connection: Connection, level: int, n: int) -> bytes | None:
    """Return a tile's content at its present width."""
    row = await fetch_one(
        connection, "SELECT data FROM log_tiles WHERE level = $1 AND n = $2", level, n
    )
    return None if row is None else bytes(row["data"])


async def checkpoint(connection: Connection, *, lock: bool = False) -> Row | None:
    """Return size, root and note of the published checkpoint.

    With `lock`, nobody else integrates until the transaction ends.
    """
    sql = "SELECT size, root, note FROM log_checkpoint WHERE one = 1"
    return await fetch_one(connection, f"{sql} FOR_UPDATE" if lock else sql)


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
