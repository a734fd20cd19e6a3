"""Following the hub's log: each checkpoint this node sees must extend the one before.

What does not is kept as an alarm, and nothing is opened for the first time until a person has
looked. Needs no keys of this node. PROTOCOL sections 7 and 10.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.audit import checkpoint
from exchange.audit.checkpoint import Checkpoint
from exchange.audit.errors import AuditError
from exchange.errors import OpenError
from exchange.evidence import newest_checkpoint
from services.hub_client.errors import AnswerError
from services.node.errors import ForkError
from services.node.node import Node
from services.node.store.state import FORK, HUB_CHECKPOINT, get_value, put_value


async def last_checkpoint(session: AsyncSession, node: Node) -> Checkpoint | None:
    """Return the newest checkpoint accepted; None before the first."""
    row = await get_value(session, HUB_CHECKPOINT)
    return checkpoint.verify(row.value.decode(), node.hub_log_keys) if row else None


async def follow(node: Node) -> None:
    """Fetch the hub's checkpoint and hold it against the last one.

    Raises ForkError, HubError.
    """
    await accept(node, await node.hub.checkpoint())


async def accept(node: Node, text: str) -> Checkpoint:
    """Return a checkpoint after proving it to be of the one log; remember the larger.

    `text`: signed checkpoint. Raises ForkError, HubError.
    """
    try:
        found = checkpoint.verify(text, node.hub_log_keys)
    except AuditError:
        raise AnswerError("checkpoint-invalid") from None
    try:
        async with node.following:
            await _extend(node, found, text)
    except OpenError:
        await _alarm(node, text)
        raise ForkError from None
    return found


async def _extend(node: Node, found: Checkpoint, text: str) -> None:
    async with node.db.read() as session:
        last = await last_checkpoint(session, node)
    newest = newest_checkpoint(found, last, await _consistency(node, last, found))
    if newest == found:
        async with node.db.write() as session:
            await put_value(session, HUB_CHECKPOINT, text.encode(), node.now())


async def _consistency(node: Node, last: Checkpoint | None, found: Checkpoint) -> Sequence[bytes]:
    small, large = sorted((last.size if last else 0, found.size))
    if small in (0, large):
        return ()
    return await node.hub.consistency(small, large)


async def _alarm(node: Node, text: str) -> None:
    """Keep the first evidence."""
    async with node.db.write() as session:
        if await get_value(session, FORK) is None:
            await put_value(session, FORK, text.encode(), node.now())


async def require_one_log(session: AsyncSession) -> None:
    """Raise ForkError while the alarm stands."""
    if await get_value(session, FORK) is not None:
        raise ForkError
