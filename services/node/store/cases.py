"""Own cases, records, sections and attachments, as they are sealed."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.node.store.tables import AttachmentRow, CaseRow, RecordRow, SectionRow


async def find_case(session: AsyncSession, code_tag: bytes) -> CaseRow | None:
    """Return the case whose code number has this tag."""
    found = select(CaseRow).where(CaseRow.code_tag == code_tag)
    return (await session.scalars(found)).one_or_none()


async def list_cases(session: AsyncSession) -> Sequence[CaseRow]:
    """Return every case, oldest first."""
    return (await session.scalars(select(CaseRow).order_by(CaseRow.created_at))).all()


async def find_record(session: AsyncSession, component_tag: bytes) -> RecordRow | None:
    """Return the record of one component of one case."""
    found = select(RecordRow).where(RecordRow.component_tag == component_tag)
    return (await session.scalars(found)).one_or_none()


async def list_records(session: AsyncSession, case: str) -> Sequence[RecordRow]:
    """Return a case's records, the most recently changed last."""
    found = select(RecordRow).where(RecordRow.case == case)
    return (await session.scalars(found.order_by(RecordRow.updated_at, RecordRow.record))).all()


async def current_of_record(session: AsyncSession, record: str) -> Sequence[SectionRow]:
    """Return the current section versions of a record."""
    return await _current(session, record=record)


async def current_of_case(
    session: AsyncSession, case: str, scope_tags: frozenset[str] | None = None
) -> Sequence[SectionRow]:
    """Return the current section versions of a case, those with `scope_tags` or all."""
    rows = await _current(session, case=case)
    return [row for row in rows if scope_tags is None or row.scope_tag in scope_tags]


async def _current(session: AsyncSession, **which: str) -> Sequence[SectionRow]:
    found = select(SectionRow).filter_by(current=True, **which)
    return (await session.scalars(found.order_by(SectionRow.at, SectionRow.section))).all()


async def latest_sections(session: AsyncSession, record: str) -> Sequence[SectionRow]:
    """Return the newest version of each section a record ever had, current or not."""
    found = select(SectionRow).where(SectionRow.record == record).order_by(SectionRow.version)
    newest = {row.section: row for row in await session.scalars(found)}
    return list(newest.values())


async def current_section(session: AsyncSession, section: str) -> SectionRow | None:
    """Return the current version of a section."""
    found = select(SectionRow).filter_by(section=section, current=True)
    return (await session.scalars(found)).one_or_none()


async def ciphertext_of(session: AsyncSession, row: SectionRow) -> bytes:
    """Return the ciphertext of a section version."""
    found = select(SectionRow.ciphertext).where(
        SectionRow.section == row.section, SectionRow.version == row.version
    )
    return (await session.scalars(found)).one()


async def retire(session: AsyncSession, section: str) -> None:
    """Let no version of this section be current."""
    older = update(SectionRow).where(SectionRow.section == section)
    await session.execute(older.values(current=False))


async def find_attachment(session: AsyncSession, content_tag: bytes) -> AttachmentRow | None:
    """Return the attachment with this content."""
    found = select(AttachmentRow).where(AttachmentRow.content_tag == content_tag)
    return (await session.scalars(found)).one_or_none()


async def attachment_digests(session: AsyncSession) -> frozenset[str]:
    """Return the digests of all attachments, which name their files."""
    return frozenset(await session.scalars(select(AttachmentRow.digest)))
