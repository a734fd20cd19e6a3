"""Who is who: own statements and staff, and the facilities pinned here."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.node.store.tables import PartnerRow, StaffRow, StatementRow


async def add_statement(session: AsyncSession, type_: str, body: str) -> None:
    """Keep one of this facility's own statements."""
    session.add(StatementRow(type=type_, body=body))
    await session.flush()


async def list_statements(session: AsyncSession) -> Sequence[StatementRow]:
    """Return this facility's own statements, oldest first."""
    return (await session.scalars(select(StatementRow).order_by(StatementRow.position))).all()


async def get_staff(session: AsyncSession, staff: str) -> StaffRow | None:
    """Return a staff member by id."""
    return await session.get(StaffRow, staff)


async def list_staff(session: AsyncSession) -> Sequence[StaffRow]:
    """Return the staff, the newest last."""
    found = select(StaffRow).order_by(StaffRow.not_before, StaffRow.staff)
    return (await session.scalars(found)).all()


async def get_partner(session: AsyncSession, facility: str) -> PartnerRow | None:
    """Return a pinned facility by its code."""
    return await session.get(PartnerRow, facility)


async def list_partners(session: AsyncSession) -> Sequence[PartnerRow]:
    """Return the pinned facilities, the first pinned first."""
    found = select(PartnerRow).order_by(PartnerRow.pinned_at, PartnerRow.facility)
    return (await session.scalars(found)).all()
