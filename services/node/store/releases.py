"""Releases this node asked for, and the sections it opened from them."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.node.store.tables import (
    ConsentRow,
    OpenedRow,
    ReleaseRow,
    SeenHeadRow,
    SeenVersionRow,
)

WANTED = "wanted"
RECEIVED = "received"
OPENED = "opened"
UNOPENABLE = "unopenable"
REFUSED = "refused"
ERASED = "erased"


async def get_release(session: AsyncSession, release: str) -> ReleaseRow | None:
    """Return a release by its id."""
    return await session.get(ReleaseRow, release)


async def body_of(session: AsyncSession, release: str) -> bytes | None:
    """Return the hub's answer to a release as it came; None if there is none (any more)."""
    found = select(ReleaseRow.body).where(ReleaseRow.release == release)
    return (await session.scalars(found)).one_or_none()


async def in_state(session: AsyncSession, state: str) -> Sequence[ReleaseRow]:
    """Return the releases in one state, the oldest first."""
    found = select(ReleaseRow).where(ReleaseRow.state == state)
    return (await session.scalars(found.order_by(ReleaseRow.asked_at))).all()


async def list_releases(session: AsyncSession) -> Sequence[ReleaseRow]:
    """Return every release, the oldest first."""
    return (await session.scalars(select(ReleaseRow).order_by(ReleaseRow.asked_at))).all()


async def latest_opened(session: AsyncSession) -> Sequence[OpenedRow]:
    """Return the newest opened version of every section, in the order they were opened."""
    found = select(OpenedRow).order_by(OpenedRow.version)
    newest = {row.section: row for row in await session.scalars(found)}
    return sorted(newest.values(), key=lambda row: (row.opened_at, row.section))


async def latest_of(session: AsyncSession, section: str) -> OpenedRow | None:
    """Return the newest opened version of a section."""
    found = select(OpenedRow).where(OpenedRow.section == section)
    return (await session.scalars(found.order_by(OpenedRow.version.desc()).limit(1))).one_or_none()


async def count_opened(session: AsyncSession, release: str) -> int:
    """Return how many sections were opened from a release and are still held."""
    found = select(func.count()).select_from(OpenedRow).where(OpenedRow.release == release)
    return (await session.execute(found)).scalar_one()


async def keep_only(session: AsyncSession, consent: str, manifests: Sequence[str]) -> None:
    """Drop opened sections of a consent that are not among these."""
    gone = delete(OpenedRow).where(
        OpenedRow.consent == consent, OpenedRow.manifest_digest.not_in(manifests)
    )
    await session.execute(gone)


async def seen(
    session: AsyncSession,
) -> tuple[Sequence[SeenHeadRow], Sequence[SeenVersionRow]]:
    """Return the newest head accepted of each consent, and version of each section."""
    heads = (await session.scalars(select(SeenHeadRow))).all()
    return heads, (await session.scalars(select(SeenVersionRow))).all()


async def left_of_erased(session: AsyncSession) -> frozenset[str]:
    """Return erased consents of which something that came under them is here all the same."""
    erased = select(ConsentRow.jti).where(ConsentRow.erased_at.is_not(None))
    bodies = select(ReleaseRow.consent).where(
        ReleaseRow.body.is_not(None), ReleaseRow.consent.in_(erased)
    )
    opened = select(OpenedRow.consent).where(OpenedRow.consent.in_(erased))
    return frozenset((await session.scalars(bodies.union(opened))).all())


async def erase_consent(session: AsyncSession, consent: str) -> None:
    """Drop everything received under a consent; that it was received stays on record."""
    await session.execute(delete(OpenedRow).where(OpenedRow.consent == consent))
    erased = update(ReleaseRow).where(ReleaseRow.consent == consent)
    await session.execute(erased.values(state=ERASED, body=None))
