"""Messages, as they were sent and received."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.node.store.tables import MessageRow

NEW = "new"
DONE = "done"
UNREADABLE = "unreadable"
APPROVED = "approved"
DECLINED = "declined"


async def get_message(session: AsyncSession, message: str) -> MessageRow | None:
    """Return a message by its id."""
    return await session.get(MessageRow, message)


async def list_messages(session: AsyncSession, *, kind: str) -> Sequence[MessageRow]:
    """Return messages of one kind in both directions, oldest first."""
    found = select(MessageRow).where(MessageRow.kind == kind)
    return (await session.scalars(found.order_by(MessageRow.sent_at, MessageRow.message))).all()


async def unread(session: AsyncSession) -> Sequence[MessageRow]:
    """Return received answers and notices that nobody has acted on."""
    found = select(MessageRow).where(
        MessageRow.incoming, MessageRow.state == NEW, MessageRow.kind != "request"
    )
    return (await session.scalars(found.order_by(MessageRow.sent_at, MessageRow.message))).all()


async def answers_to(session: AsyncSession, message: str) -> Sequence[MessageRow]:
    """Return the messages that answer one."""
    found = select(MessageRow).where(MessageRow.in_reply_to == message)
    return (await session.scalars(found.order_by(MessageRow.sent_at))).all()
