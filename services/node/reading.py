"""What local systems read: lists without content, and content through the one choke point.

Lists show labels, which are sealed in the store too; content comes from `services.node.egress`
alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from schemas.errors import ComponentError
from schemas.fhir.sections import from_sections
from schemas.sensitivity import Category
from services.node import api_records as api
from services.node import egress
from services.node.egress import View, Withheld
from services.node.errors import ConflictError, DeniedError, NotThereError
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.own_sections import (
    Labels,
    case_secrets,
    code_tag,
    record_meta,
    section_labels,
)
from services.node.store import cases, releases
from services.node.store.tables import CaseRow, OpenedRow, RecordRow, SectionRow

Row = SectionRow | OpenedRow


async def list_own(node: Node, code_number: str | None) -> api.CasesOut:
    """Return the records of one case, or of all. Raises LockedError."""
    keys = node.records()
    async with node.db.read() as session:
        if code_number is None:
            found: Sequence[CaseRow] = await cases.list_cases(session)
        else:
            case = await cases.find_case(session, code_tag(keys, code_number))
            found = [case] if case else []
        return api.CasesOut(cases=[await _case(session, keys, case) for case in found])


async def _case(session: AsyncSession, keys: RecordKeys, case: CaseRow) -> api.RecordsOut:
    rows = await cases.list_records(session, case.case)
    return api.RecordsOut(
        code_number=case_secrets(keys, case).code_number,
        records=[await _record(session, keys, row) for row in rows],
    )


async def _record(session: AsyncSession, keys: RecordKeys, row: RecordRow) -> api.RecordOut:
    sections = await cases.current_of_record(session, row.record)
    return api.RecordOut(
        record=row.record,
        component=record_meta(keys, row).component,
        version=row.version,
        updated_at=row.updated_at,
        sections=[_section(one, section_labels(keys, one)) for one in sections],
    )


def _section(row: Row, labels: Labels) -> api.SectionOut:
    return api.SectionOut(
        section=row.section,
        version=row.version,
        component=labels.component,
        category=labels.category,
        state="current",
    )


async def list_opened(node: Node, code_number: str | None) -> api.OpenedListOut:
    """Return the received sections, of one case or of all, and whether each may be shown now."""
    keys = node.records()
    async with node.db.read() as session:
        rows = await releases.latest_opened(session)
        labelled = [(row, egress.opened_labels(keys, row)) for row in rows]
        wanted = [pair for pair in labelled if code_number in (None, pair[1].code_number)]
        reasons = await egress.reasons(session, node, [row for row, _ in wanted])
        dates = {row.release: row.revocations_at for row in await releases.list_releases(session)}
    return api.OpenedListOut(
        sections=[
            _opened(row, labels, why, dates.get(row.release))
            for (row, labels), why in zip(wanted, reasons, strict=True)
        ]
    )


def _opened(
    row: OpenedRow, labels: Labels, reasons: Sequence[str], revocations_at: int | None
) -> api.OpenedOut:
    return api.OpenedOut(
        section=row.section,
        version=row.version,
        manifest=row.manifest_digest,
        release=row.release,
        consent=row.consent,
        owner=row.owner,
        code_number=labels.code_number,
        record=labels.record,
        component=labels.component,
        category=labels.category,
        opened_at=row.opened_at,
        revocations_at=revocations_at,
        reasons=list(reasons),
    )


async def rows_of_case(node: Node, code_number: str) -> list[Row]:
    """Return the current own and received sections of a case."""
    keys = node.records()
    async with node.db.read() as session:
        case = await cases.find_case(session, code_tag(keys, code_number))
        own = await cases.current_of_case(session, case.case) if case else []
        received = [
            row
            for row in await releases.latest_opened(session)
            if egress.opened_labels(keys, row).code_number == code_number
        ]
    return [*own, *received]


async def show_section(node: Node, section: str) -> View:
    """Show one section, own or received. Raises NotThereError, DeniedError."""
    async with node.db.read() as session:
        own = await cases.current_section(session, section)
        row: Row | None = own or await releases.latest_of(session, section)
    if row is None:
        node.records()
        raise NotThereError("section")
    (shown,) = await egress.view(node, [row])
    if isinstance(shown, Withheld):
        raise DeniedError(shown.reasons)
    return shown


def section_out(view: View) -> api.SectionContentOut:
    """Return a shown section as it goes to a local system."""
    manifest, labels = view.section.manifest, view.labels
    return api.SectionContentOut(
        section=manifest.section,
        version=manifest.version,
        own=view.is_own,
        owner=manifest.owner,
        code_number=labels.code_number,
        record=labels.record,
        component=labels.component,
        category=labels.category,
        author=labels.author,
        role=labels.role,
        at=labels.at,
        bundle=orjson.loads(view.bundle),
        attachments=[
            api.AttachmentOut(
                digest=one.ciphertext,
                title=one.title,
                content_type=one.content_type,
                size=one.size,
            )
            for one in view.section.attachments
        ],
    )


async def show_record(node: Node, record: str) -> api.RecordContentOut:
    """Show a record put together from the sections that may be shown.

    Raises NotThereError, DeniedError (none may), ConflictError.
    """
    shown = await egress.view(node, await _rows_of_record(node, record))
    views = [one for one in shown if isinstance(one, View)]
    withheld = [one for one in shown if isinstance(one, Withheld)]
    if not views:
        raise DeniedError(sorted({reason for one in withheld for reason in one.reasons}))
    labels = views[0].labels
    return api.RecordContentOut(
        record=record,
        own=views[0].is_own,
        owner=views[0].section.manifest.owner,
        code_number=labels.code_number,
        component=labels.component,
        content=_content(views),
        sections=[_section(view.row, view.labels) for view in views],
        withheld=[
            api.WithheldOut(section=one.row.section, reasons=list(one.reasons)) for one in withheld
        ],
    )


async def _rows_of_record(node: Node, record: str) -> list[Row]:
    keys = node.records()
    async with node.db.read() as session:
        own = list(await cases.current_of_record(session, record))
        received = [
            row
            for row in await releases.latest_opened(session)
            if egress.opened_labels(keys, row).record == record
        ]
    rows: list[Row] = [*own] if own else [*_of_one_owner(received)]
    if not rows:
        raise NotThereError("record")
    return rows


def _of_one_owner(rows: Iterable[OpenedRow]) -> list[OpenedRow]:
    """Return the rows of the first owner: ids of other facilities' records prove nothing."""
    by_owner: dict[str, list[OpenedRow]] = defaultdict(list)
    for row in rows:
        by_owner[row.owner].append(row)
    return next(iter(by_owner.values()), [])


def _content(views: Sequence[View]) -> api.Json:
    bundles: dict[Category, bytes] = {view.labels.category: view.bundle for view in views}
    try:
        record = from_sections(views[0].labels.component, bundles)
    except ComponentError:
        # The owner's node may know more than this one; the sections can still be read as FHIR.
        raise ConflictError("this version can't put the record together: read it as FHIR") from None
    return record.model_dump(mode="json", by_alias=True, exclude_none=True)
