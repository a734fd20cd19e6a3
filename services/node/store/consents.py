"""Consents on both sides, what was granted under them, and refusals."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.node.store.outbox import REFUSED
from services.node.store.tables import ConsentRow, GrantedRow, OutboxRow, RefusalRow


async def get_consent(session: AsyncSession, jti: str) -> ConsentRow | None:
    """Return a consent by its id."""
    return await session.get(ConsentRow, jti)


async def list_consents(session: AsyncSession, *, case: str | None = None) -> Sequence[ConsentRow]:
    """Return consents, oldest first: of one case, or all."""
    found = select(ConsentRow).order_by(ConsentRow.recorded_at, ConsentRow.jti)
    if case is not None:
        found = found.where(ConsentRow.case == case)
    return (await session.scalars(found)).all()


async def standing_consents(session: AsyncSession, case: str, now: int) -> Sequence[ConsentRow]:
    """Return this facility's approved consents of a case under which new sections are granted."""
    found = select(ConsentRow).where(
        ConsentRow.issued,
        ConsentRow.case == case,
        ConsentRow.approved_at.is_not(None),
        ConsentRow.revoked_at.is_(None),
        ConsentRow.expires_at > now,
    )
    return (await session.scalars(found.order_by(ConsentRow.recorded_at))).all()


async def revoked(session: AsyncSession) -> frozenset[str]:
    """Return the consents that are revoked here, whatever the hub knows of it."""
    found = select(ConsentRow.jti).where(ConsentRow.revoked_at.is_not(None))
    return frozenset((await session.scalars(found)).all())


async def ungranted(session: AsyncSession, now: int) -> Sequence[ConsentRow]:
    """Return approved consents whose grants are to be made again."""
    found = select(ConsentRow).where(
        ConsentRow.issued,
        ConsentRow.approved_at.is_not(None),
        ConsentRow.head_of.is_(None),
        ConsentRow.revoked_at.is_(None),
        ConsentRow.expires_at > now,
    )
    return (await session.scalars(found)).all()


async def to_erase(session: AsyncSession, now: int) -> Sequence[ConsentRow]:
    """Return received consents whose agreed erasure is due."""
    found = select(ConsentRow).where(
        ConsentRow.issued.is_(False), ConsentRow.erased_at.is_(None), ConsentRow.erase_at <= now
    )
    return (await session.scalars(found)).all()


async def set_hub_state(session: AsyncSession, kind: str, jti: str, state: str) -> None:
    """Note what the hub said of a consent or refusal: waiting, recorded or refused."""
    if kind == "consent":
        await session.execute(
            update(ConsentRow).where(ConsentRow.jti == jti).values(hub_state=state)
        )
    if kind == "refusal":
        await session.execute(
            update(RefusalRow).where(RefusalRow.jti == jti).values(hub_state=state)
        )


async def forget_refused_revocation(session: AsyncSession, jti: str) -> bool:
    """Forget that the hub refused a consent's revocation; say whether it had."""
    refused = delete(OutboxRow).where(
        OutboxRow.kind == "revocation", OutboxRow.subject == jti, OutboxRow.state == REFUSED
    )
    gone = await session.execute(refused.returning(OutboxRow.position))
    return bool(gone.scalars().all())


async def granted(session: AsyncSession, jti: str) -> frozenset[str]:
    """Return the digests of the manifests already granted under a consent."""
    found = select(GrantedRow.manifest_digest).where(GrantedRow.consent == jti)
    return frozenset((await session.scalars(found)).all())


def note_granted(session: AsyncSession, jti: str, digests: Iterable[str], now: int) -> None:
    """Note grants that were made."""
    session.add_all(GrantedRow(consent=jti, manifest_digest=digest, at=now) for digest in digests)


async def forget_granted(session: AsyncSession, jti: str, digests: Iterable[str]) -> None:
    """Note that these grants never took effect: they and the head are to be made again."""
    await session.execute(
        delete(GrantedRow).where(
            GrantedRow.consent == jti, GrantedRow.manifest_digest.in_(list(digests))
        )
    )
    await session.execute(update(ConsentRow).where(ConsentRow.jti == jti).values(head_of=None))


async def list_refusals(session: AsyncSession, case: str) -> Sequence[RefusalRow]:
    """Return the refusals recorded for a case."""
    found = select(RefusalRow).where(RefusalRow.case == case).order_by(RefusalRow.recorded_at)
    return (await session.scalars(found)).all()
