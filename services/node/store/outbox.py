"""The outbox: what the hub has yet to be told, the urgent first. Bodies stay sealed."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.node.store.tables import OutboxRow

WAITING = "waiting"
REFUSED = "refused"
RETRACTIONS = frozenset({"refusal", "revocation", "revocation-code"})
"""Kinds that take something back; none of them depends on another."""
URGENT = RETRACTIONS | {"directory"}
"""Kinds that overtake uploads: retractions, and the keys that their signatures are held against."""


async def add(
    session: AsyncSession, *, kind: str, subject: str, sealed_body: bytes, size: int, now: int
) -> int:
    """Append one thing to tell the hub; return its position."""
    row = OutboxRow(
        kind=kind,
        subject=subject,
        sealed_body=sealed_body,
        size=size,
        state=WAITING,
        created_at=now,
        reasons="[]",
    )
    session.add(row)
    await session.flush()
    return row.position


async def next_batch(
    session: AsyncSession, *, most: int, aside: Collection[int] = ()
) -> Sequence[OutboxRow]:
    """Return what to tell next: an urgent row if there is one, else the oldest waiting rows.

    At most `most`, all of one kind. `aside`: urgent rows to pass over. While there are any, only
    urgent rows follow: nothing may be given away before what forbids it was told.
    """
    urgent = await _next_urgent(session, aside)
    if urgent is not None or aside:
        return [urgent] if urgent is not None else []
    waiting = select(OutboxRow).where(OutboxRow.state == WAITING)
    rows = (await session.scalars(waiting.order_by(OutboxRow.position).limit(most))).all()
    same = [row.kind == rows[0].kind for row in rows]
    return rows[: same.index(False)] if False in same else rows


async def _next_urgent(session: AsyncSession, aside: Collection[int]) -> OutboxRow | None:
    """Return the oldest urgent row, unless its own consent has yet to be told before it."""
    consent = aliased(OutboxRow)
    is_untold = exists().where(
        consent.state == WAITING,
        consent.kind == "consent",
        consent.subject == OutboxRow.subject,
        consent.position < OutboxRow.position,
    )
    urgent = select(OutboxRow).where(
        OutboxRow.state == WAITING,
        OutboxRow.kind.in_(URGENT),
        OutboxRow.position.not_in(aside),
        ~is_untold,
    )
    return (await session.scalars(urgent.order_by(OutboxRow.position).limit(1))).one_or_none()


async def remove(session: AsyncSession, positions: Sequence[int]) -> None:
    """Forget what the hub has acknowledged."""
    await session.execute(delete(OutboxRow).where(OutboxRow.position.in_(positions)))


async def mark_refused(
    session: AsyncSession, position: int, *, status: int, slug: str, reasons: str
) -> None:
    """Keep what the hub refused for good, with its answer, out of the queue's way.

    The body is dropped: nobody will send it again, and it may hold half-keys.
    """
    refused = update(OutboxRow).where(OutboxRow.position == position)
    await session.execute(
        refused.values(state=REFUSED, status=status, slug=slug, reasons=reasons, sealed_body=b"")
    )


async def refused_for(session: AsyncSession, position: int) -> OutboxRow | None:
    """Return the row if the hub refused it."""
    row = await session.get(OutboxRow, position)
    return row if row is not None and row.state == REFUSED else None


async def list_refused(session: AsyncSession, *, most: int) -> Sequence[OutboxRow]:
    """Return what the hub refused, newest first."""
    refused = select(OutboxRow).where(OutboxRow.state == REFUSED)
    return (await session.scalars(refused.order_by(OutboxRow.position.desc()).limit(most))).all()


async def count(session: AsyncSession) -> tuple[int, int]:
    """Return how many wait, and how many were refused."""
    rows = await session.execute(
        select(OutboxRow.state, func.count()).group_by(OutboxRow.state).order_by(OutboxRow.state)
    )
    counts = {row[0]: row[1] for row in rows}
    return counts.get(WAITING, 0), counts.get(REFUSED, 0)


async def is_waiting(session: AsyncSession, position: int) -> bool:
    """Say whether the row is still in the queue."""
    row = await session.get(OutboxRow, position)
    return row is not None and row.state == WAITING
