"""Messages, as they were sent and received."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.node.store.tables import MessageRow

NEW = "new"
DONE = "done"
UNREADABLE = "unreadable"
APPROVED = "approved"
DECLINED = "declined"
UNSENT = "unsent"


async def get_message(session: AsyncSession, message: str) -> MessageRow | None:
    """Return a message by its id."""
    return await session.get(MessageRow, message)


async def mark_unsent(session: AsyncSession, message: str) -> None:
    """Note that a message of one's own is to be sealed and sent again."""
    await session.execute(
        update(MessageRow).where(MessageRow.message == message).values(state=UNSENT)
    )


async def list_unsent(session: AsyncSession) -> Sequence[MessageRow]:
    """Return own messages that are to be sealed and sent again."""
    found = select(MessageRow).where(MessageRow.incoming.is_(False), MessageRow.state == UNSENT)
    return (await session.scalars(found.order_by(MessageRow.sent_at))).all()


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
