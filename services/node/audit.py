"""The node's own audit log: every opening, and what a person or a revocation did here.

The same code and formats as the hub's log, under a key of the node's own. Entries go in with the
change that they record, in one transaction, and the checkpoint is signed before it commits. Details
never hold content, names or labels. PROTOCOL section 10.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.audit import checkpoint, tiles
from exchange.audit.entry import SALT_SIZE, Entry, commit
from keys.lognotes import LogSigner
from keys.randomness import random_bytes
from schemas.wire.hub_api import AuditDetails
from services.node.store import log
from services.node.store.state import LOG_CHECKPOINT, put_value
from services.node.store.tables import EntryRow


def log_origin(facility: str) -> str:
    """Return the origin line of a node's log."""
    return f"node.safehand.invalid/{facility}"


class NodeLog:
    """Appends to the log within the caller's transaction."""

    def __init__(self, signer: LogSigner) -> None:
        """`signer.name` is the log's origin."""
        self._signer = signer

    async def append(self, session: AsyncSession, *details: AuditDetails) -> None:
        """Add entries, grow the tree, sign the new checkpoint."""
        entries = [commit(one, random_bytes(SALT_SIZE)) for one in details]
        size = await log.size(session)
        grown = tiles.integrate(
            size, await _edge(session, size), [entry.leaf_hash for entry in entries]
        )
        for tile in grown.changed_tiles:
            await log.put_tile(
                session, level=tile.level, number=tile.n, width=tile.width, data=tile.data
            )
        _add_rows(session, size, entries, details)
        text = checkpoint.make(self._signer.name, grown.new_size, grown.root, self._signer)
        await put_value(session, LOG_CHECKPOINT, text.encode(), details[-1].at)


async def _edge(session: AsyncSession, size: int) -> tiles.LoadTile:
    """Return a loader over the partial tiles that growth reads."""
    edge = {}
    for tile in tiles.append_tiles(size):
        row = await log.get_tile(session, tile.level, tile.n)
        edge[tile] = row.data if row is not None and row.width == tile.width else None
    return lambda level, n, width: edge.get(tiles.TileId(level, n, width))


def _add_rows(
    session: AsyncSession, size: int, entries: Sequence[Entry], details: Sequence[AuditDetails]
) -> None:
    session.add_all(
        EntryRow(
            position=size + at,
            leaf=entry.leaf,
            salt=entry.salt,
            details=entry.details,
            at=one.at,
        )
        for at, (entry, one) in enumerate(zip(entries, details, strict=True))
    )
