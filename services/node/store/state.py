"""Single named values: the hub's checkpoint and revocation list, how far messages were read."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.node.store.tables import StateRow

HUB_CHECKPOINT = "hub-checkpoint"
MESSAGES_NEXT = "messages-next"
REVOCATIONS = "revocation-list"
FORK = "hub-fork"
LOG_CHECKPOINT = "log-checkpoint"
RESTORED = "restored-at"
"""When this store came out of a backup; its value is empty."""


async def get_value(session: AsyncSession, name: str) -> StateRow | None:
    """Return the value and when it was set, if it is there."""
    return await session.get(StateRow, name)


async def put_value(session: AsyncSession, name: str, value: bytes, at: int) -> None:
    """Set the value."""
    await session.merge(StateRow(name=name, value=value, at=at))
    await session.flush()


async def awaits_revocations(session: AsyncSession) -> bool:
    """Say whether the store came out of a backup and holds no revocation list signed since.

    Until then nobody here knows what was revoked after the backup was made.
    """
    restored = await get_value(session, RESTORED)
    if restored is None:
        return False
    known = await get_value(session, REVOCATIONS)
    return known is None or known.at < restored.at
