"""The node's own audit log on disk: entries and tiles."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.node.store.tables import EntryRow, TileRow


async def size(session: AsyncSession) -> int:
    """Return how many entries the log has."""
    last = (await session.execute(select(func.max(EntryRow.position)))).scalar_one()
    return 0 if last is None else last + 1


async def list_entries(session: AsyncSession, *, start: int, most: int) -> Sequence[EntryRow]:
    """Return entries from an index on, in order."""
    found = select(EntryRow).where(EntryRow.position >= start).order_by(EntryRow.position)
    return (await session.scalars(found.limit(most))).all()


async def get_tile(session: AsyncSession, level: int, number: int) -> TileRow | None:
    """Return the newest content of a tile."""
    return await session.get(TileRow, (level, number))


async def put_tile(
    session: AsyncSession, *, level: int, number: int, width: int, data: bytes
) -> None:
    """Keep a tile, in place of a narrower one."""
    await session.merge(TileRow(level=level, number=number, width=width, data=data))
