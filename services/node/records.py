"""Own records: cut into sections, sealed, stored and queued for the hub in one transaction.

An unchanged section is not sealed again; an attachment is sealed once per case. New sections within
a standing consent are granted here, at sealing time. Answers come after the commit. PROTOCOL
section 4.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.scope import CASE_SCOPE_KEY_SIZE, scope_tag
from exchange.sealing import SealedSection, seal_section
from exchange.section import AttachmentDescriptor, attachments_part
from keys.randomness import new_id, new_seed, random_bytes
from schemas.components.base import Record
from schemas.encoding import b64u, unb64u
from schemas.fhir.sections import to_sections
from schemas.sensitivity import Category, Component
from schemas.wire.hub_api import SectionIn, SectionsIn
from schemas.wire.statement import Manifest
from services.node import push
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.own_sections import (
    CaseSecrets,
    Labels,
    RecordMeta,
    case_secrets,
    code_tag,
    place,
    resources_in,
    section_labels,
)
from services.node.staff import Signer
from services.node.store import cases as store
from services.node.store.tables import CaseRow, RecordRow, SectionRow

Attachments = Mapping[Category, Sequence[AttachmentDescriptor]]
"""The descriptors that lie in each section of a record."""


@dataclass(frozen=True)
class Draft:
    """A component to store, and the sealed attachments of its sections."""

    record: Record = field(repr=False)
    attachments: Attachments = field(repr=False)

    @property
    def component(self) -> Component:
        return self.record.component


@dataclass(frozen=True)
class StoredSection:
    """What became of one section. state: created, changed, unchanged or retired."""

    section: str
    version: int
    component: Component
    category: Category
    state: str


@dataclass(frozen=True)
class StoredRecord:
    """What became of one record."""

    record: str
    component: Component
    version: int
    sections: tuple[StoredSection, ...]


@dataclass(frozen=True, repr=False)
class Sealing:
    """Everything that the sections of one record are sealed with."""

    node: Node
    keys: RecordKeys
    author: Signer
    case: CaseRow
    secrets: CaseSecrets
    record: str

    def tag(self, component: Component, category: Category) -> str:
        """Return the scope tag of a section."""
        return scope_tag(unb64u(self.secrets.scope_key), component, category)


async def find_or_open_case(
    session: AsyncSession, node: Node, keys: RecordKeys, code_number: str
) -> tuple[CaseRow, CaseSecrets]:
    """Return the case of a code number, opened now if there is none."""
    tag = code_tag(keys, code_number)
    case = await store.find_case(session, tag)
    if case is not None:
        return case, case_secrets(keys, case)
    scope_key = b64u(random_bytes(CASE_SCOPE_KEY_SIZE))
    secrets = CaseSecrets(code_number=code_number, scope_key=scope_key)
    pseudonym = new_id()
    sealed = keys.vault.seal_model("case", pseudonym, secrets)
    case = CaseRow(case=pseudonym, code_tag=tag, sealed_case=sealed, created_at=node.now())
    session.add(case)
    await session.flush()
    return case, secrets


async def store_record(
    session: AsyncSession,
    node: Node,
    keys: RecordKeys,
    signer: Signer,
    case: CaseRow,
    secrets: CaseSecrets,
    draft: Draft,
) -> StoredRecord:
    """Seal and store one component within the caller's transaction."""
    row = await _find_or_open_record(session, node, keys, case, draft.component)
    sealing = Sealing(node, keys, signer, case, secrets, row.record)
    bundles = await asyncio.to_thread(
        to_sections, draft.record, code_number=secrets.code_number, record_id=row.record
    )
    known = {
        section_labels(keys, one).category: one
        for one in await store.latest_sections(session, row.record)
    }
    sections, pushed = [], []
    for category, bundle in bundles.items():
        attachments = draft.attachments.get(category, ())
        done, sealed = await _seal(
            session, sealing, draft.component, category, bundle, attachments, known.get(category)
        )
        sections.append(done)
        pushed += [sealed] if sealed else []
    sections += await _retire(session, draft.component, known, bundles)
    if pushed:
        row.version += 1
        row.updated_at = node.now()
        await push.enqueue(node, session, "sections", row.record, SectionsIn(sections=pushed))
    return StoredRecord(row.record, draft.component, row.version, tuple(sections))


async def _find_or_open_record(
    session: AsyncSession, node: Node, keys: RecordKeys, case: CaseRow, component: Component
) -> RecordRow:
    """Return the record of a component; each consent is a record of its own."""
    record = new_id()
    alone = record if component == "consent" else ""
    tag = keys.tags.tag("component", case.case.encode(), component.encode(), alone.encode())
    found = await store.find_record(session, tag)
    if found is not None:
        return found
    row = RecordRow(
        record=record,
        case=case.case,
        component_tag=tag,
        sealed_meta=keys.vault.seal_model("record", record, RecordMeta(component=component)),
        version=0,
        updated_at=node.now(),
    )
    session.add(row)
    await session.flush()
    return row


async def _seal(
    session: AsyncSession,
    sealing: Sealing,
    component: Component,
    category: Category,
    bundle: bytes,
    attachments: Sequence[AttachmentDescriptor],
    before: SectionRow | None,
) -> tuple[StoredSection, SectionIn | None]:
    """Seal one section unless it is what it was; return what became of it and what to push."""
    content = sealing.keys.tags.tag("content", bundle, attachments_part(attachments))
    if before is not None and before.current and before.content_tag == content:
        done = StoredSection(before.section, before.version, component, category, "unchanged")
        return done, None
    section = before.section if before else new_id()
    version = before.version + 1 if before else 1
    key, tag = new_seed(), sealing.tag(component, category)
    sealed = await asyncio.to_thread(
        seal_section,
        owner=sealing.node.facility,
        case=sealing.case.case,
        section=section,
        version=version,
        previous=before.manifest_digest if before else None,
        scope_tag=tag,
        bundle=bundle,
        attachments=attachments,
        author_pair=sealing.author.pair,
        author=(sealing.author.staff, sealing.author.role),
        identity=sealing.keys.identity,
        section_key=key,
        now=sealing.node.now(),
    )
    await store.retire(session, section)
    session.add(_section_row(sealing, sealed, key, content, component, category, bundle))
    await session.flush()
    state = "changed" if before else "created"
    return StoredSection(section, version, component, category, state), _push(sealed)


def _section_row(
    sealing: Sealing,
    sealed: SealedSection,
    key: bytes,
    content: bytes,
    component: Component,
    category: Category,
    bundle: bytes,
) -> SectionRow:
    manifest = Manifest.from_bytes(sealed.manifest.payload_bytes())
    row = SectionRow(
        section=manifest.section,
        version=manifest.version,
        record=sealing.record,
        case=manifest.case,
        current=True,
        scope_tag=manifest.scope_tag,
        manifest=sealed.manifest.model_dump_json(),
        manifest_digest=b64u(sealed.manifest.digest()),
        ciphertext=sealed.ciphertext,
        content_tag=content,
        at=sealing.node.now(),
    )
    labels = Labels(
        code_number=sealing.secrets.code_number,
        record=sealing.record,
        component=component,
        category=category,
        author=sealing.author.staff,
        role=sealing.author.role,
        at=row.at,
        resources=resources_in(bundle),
    )
    vault = sealing.keys.vault
    row.sealed_key = vault.seal("section.key", place(row), key)
    row.sealed_labels = vault.seal_model("section.labels", place(row), labels)
    return row


def _push(sealed: SealedSection) -> SectionIn:
    return SectionIn(manifest=sealed.manifest, ciphertext=b64u(sealed.ciphertext))


async def _retire(
    session: AsyncSession,
    component: Component,
    known: Mapping[Category, SectionRow],
    bundles: Mapping[Category, bytes],
) -> list[StoredSection]:
    """Let sections that the new version no longer has be no longer current."""
    gone = [(category, row) for category, row in known.items() if category not in bundles]
    retired = []
    for category, row in gone:
        if row.current:
            await store.retire(session, row.section)
            retired.append(StoredSection(row.section, row.version, component, category, "retired"))
    return retired
