"""SQL of sealed messages."""

from collections.abc import Sequence

from services.hub.database.interface import Connection, Into, Row, Values, fetch_one
from services.hub.models import MessageRow

MESSAGES = Into(MessageRow, "message", "sender", "recipient", "digest", "statement", "recorded_at")


async def digest(connection: Connection, message: str) -> str | None:
    """Return the digest of a message that is there."""
    row = await fetch_one(connection, "SELECT digest FROM messages WHERE message = $1", message)
    return None if row is None else str(row["digest"])


async def put(connection: Connection, row: Values) -> None:
    """Store a message; its position follows from the order of commits: there is one writer."""
    await connection.insert(MESSAGES, [row])


async def inbox(connection: Connection, recipient: str, after: int, limit: int) -> Sequence[Row]:
    """Return a facility's messages after a position, oldest first."""
    return await connection.fetch(
        "SELECT position, statement FROM messages "
        "WHERE recipient = $1 AND position > $2 ORDER BY position LIMIT $3",
        recipient,
        after,
        limit,
    )
