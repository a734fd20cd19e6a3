"""Tiles in memory and from the database, in the form that `exchange.audit.tiles` reads.

Owns a small cache: the right edge of the tree is read all the time, and full tiles never change. A
wider version of a tile begins with every narrower one, so one version serves every width.
"""

from collections import OrderedDict
from collections.abc import Iterable

from exchange.audit.tiles import LoadTile, Tile, TileId
from exchange.audit.tree import HASH_SIZE
from services.hub.database.interface import Connection, Database
from services.hub.store import log as log_store

CACHED = 256
"""Tiles kept in memory, at most 8 KiB each."""


class TileReader:
    """Reads tiles at any width up to the stored one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    def keep(self, changed: Iterable[Tile]) -> None:
        """Take tiles that were just committed."""
        for tile in changed:
            self._remember(tile.level, tile.n, tile.data)

    async def loader(self, connection: Connection, wanted: Iterable[TileId]) -> LoadTile:
        """Return a loader over the tiles `wanted`; it knows no others."""
        found = {tile: await self.read(connection, tile) for tile in wanted}
        return lambda level, n, width: found.get(TileId(level, n, width))

    async def read(self, connection: Connection, wanted: TileId) -> bytes | None:
        """Return one tile at the width asked for, or None if it is not that wide."""
        key, length = (wanted.level, wanted.n), wanted.width * HASH_SIZE
        data = self._cache.get(key, b"")
        if len(data) < length:
            data = await log_store.tile(connection, *key) or b""
            self._remember(*key, data)
        return data[:length] if len(data) >= length else None

    def _remember(self, level: int, n: int, data: bytes) -> None:
        self._cache[level, n] = data
        self._cache.move_to_end((level, n))
        if len(self._cache) > CACHED:
            self._cache.popitem(last=False)
