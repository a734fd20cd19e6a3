"""First opening of a received release: every check of PROTOCOL section 7, then labels are noted.

Keeps no content: what was received stays as it came and is opened anew at each view. Each opened
section is an entry in the node's own log; the receipt goes to the hub through the outbox.
"""

import asyncio
import json
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from exchange.errors import OpenError
from exchange.opening import OpenedRelease, ReleasedContent, open_release
from exchange.receipts import make_receipt
from exchange.recipient import Memory, Recipient, SeenHead, SeenVersion
from schemas.errors import ComponentError
from schemas.fhir.labels import SectionHeader, header_of, parse_bundle
from schemas.fhir.validity import check_resource
from schemas.identifiers import CodeNumber, Id128
from schemas.sensitivity import Category, Component
from schemas.wire.base import WireModel
from schemas.wire.hub_api import AuditDetails, ReceiptIn, ReleaseOut
from services.node import hublog, partners, push, releases, revocations
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.own_sections import Labels, resources_in
from services.node.push import ReceiptOut
from services.node.releases import Finding, findings_text
from services.node.store import consents
from services.node.store import releases as store
from services.node.store.tables import OpenedRow, ReleaseRow, SeenHeadRow, SeenVersionRow

LABELS = "opened.labels"


class _Mark(WireModel):
    """What a bundle says of its case and record, in the shape that this exchange gives them."""

    code_number: Annotated[CodeNumber, Field(repr=False)]
    record: Id128


async def open_received(node: Node, release: str) -> str:
    """Open a received release for the first time; return the state.

    It stays `received` while the revocation list at hand is too old. Raises LockedError, ForkError.
    """
    keys = node.records()
    row = await releases.get(node, release)
    if row.state != store.RECEIVED:
        return row.state
    async with node.db.read() as session:
        await hublog.require_one_log(session)
        body = await store.body_of(session, release)
        recipient = await _recipient(session, node, keys)
        memory = await _memory(session, node)
    try:
        opened = await asyncio.to_thread(
            open_release,
            ReleaseOut.from_bytes(body or b""),
            releases.question_of(row),
            recipient,
            memory,
            kem_seeds=keys.kem_seeds,
            bodies=await asyncio.to_thread(_bodies, node.folder.received / release),
            labels_of=labels_of,
            now=node.now(),
        )
    except OpenError as fault:
        if fault.reason == "stale-revocations":
            return store.RECEIVED
        return await releases.unopenable(node, release, fault)
    state = await _note(node, keys, release, opened, memory)
    if state == store.RECEIVED:
        return await releases.unopenable(node, release, OpenError("decision", "revoked"))
    if state == store.ERASED:
        await revocations.clean_up(node)
    return state


async def _recipient(session: AsyncSession, node: Node, keys: RecordKeys) -> Recipient:
    return Recipient(
        facility=node.facility,
        fingerprint=node.fingerprint,
        kem_keys=keys.kem_keys,
        pins=await partners.pins(session),
        log_keys=node.hub_log_keys,
    )


async def _memory(session: AsyncSession, node: Node) -> Memory:
    revocations_at, revoked = await revocations.revoked(session, node)
    heads, versions = await store.seen(session)
    return Memory(
        revocations_at=revocations_at,
        # What was revoked here counts at once, before the hub's list names it.
        revoked=revoked | await consents.revoked(session),
        # The answer's checkpoint was proven to extend the last one when the answer came in.
        checkpoint=None,
        heads={row.consent: SeenHead(row.counter, row.digest) for row in heads},
        versions={row.section: SeenVersion(row.version, row.manifest_digest) for row in versions},
    )


def _bodies(folder: Path) -> dict[str, bytes]:
    """Return the section bodies that were fetched by reference, by section id."""
    return {file.name: file.read_bytes() for file in folder.glob("?" * 22)}


def labels_of(bundle: bytes) -> tuple[Component, Category]:
    """Return a bundle's labels if it is FHIR R4 in this exchange's form. Raises ComponentError."""
    header = _header(bundle)
    for problem in check_resource(bundle):
        raise ComponentError(problem.problem, problem.path)
    return header.component, header.category


def _header(bundle: bytes) -> SectionHeader:
    header = header_of(parse_bundle(bundle))
    try:
        _Mark(code_number=header.code_number, record=header.record_id)
        resources_in(bundle)
    except (ValidationError, LookupError, TypeError):
        raise ComponentError("is not identified", "Bundle.identifier") from None
    return header


async def _note(
    node: Node, keys: RecordKeys, release: str, opened: OpenedRelease, memory: Memory
) -> str:
    """Keep what was learnt of an opened release, log it and queue the receipt: one transaction.

    Returns the release's state, which is not `opened` if it was revoked or erased meanwhile.
    """
    findings = [Finding(one.manifest, one.step, one.reason) for one in opened.refused]
    async with node.db.write() as session:
        row = await store.get_release(session, release)
        assert row is not None
        if not await _may_be_noted(session, row):
            return row.state
        row.state, row.findings = store.OPENED, findings_text(findings)
        row.revocations_at = memory.revocations_at
        await _remember(session, opened)
        if not opened.refused and not json.loads(row.sections):
            # The owner's head is the whole truth: what it no longer lists is superseded or retired.
            await store.keep_only(session, row.consent, opened.accepted.head.manifests)
        for content in opened.sections:
            await session.merge(_row(node, keys, release, opened, content))
        await node.log.append(session, *_entries(node, release, opened))
        await _queue_receipt(session, node, release, opened)
    return store.OPENED


async def _may_be_noted(session: AsyncSession, row: ReleaseRow) -> bool:
    """Say whether a release may count as opened now; erase it if its consent was taken back so."""
    consent = await consents.get_consent(session, row.consent)
    if revocations.forbids_keeping(consent):
        row.state, row.body = store.ERASED, None
    is_standing = consent is not None and consent.revoked_at is None
    return is_standing and row.state == store.RECEIVED


async def _remember(session: AsyncSession, opened: OpenedRelease) -> None:
    """Remember head and versions, so that nothing older is taken later."""
    head = opened.accepted.head
    await session.merge(
        SeenHeadRow(consent=head.consent, counter=head.counter, digest=opened.accepted.head_digest)
    )
    for content in opened.sections:
        section = content.section
        await session.merge(
            SeenVersionRow(
                section=section.manifest.section,
                version=section.manifest.version,
                manifest_digest=section.digest,
            )
        )


def _row(
    node: Node, keys: RecordKeys, release: str, opened: OpenedRelease, content: ReleasedContent
) -> OpenedRow:
    section = content.section
    header = _header(section.bundle)
    labels = Labels(
        code_number=header.code_number,
        record=header.record_id,
        component=header.component,
        category=header.category,
        author=section.author.staff,
        role=section.author.role,
        at=section.author.at,
        resources=resources_in(section.bundle),
    )
    return OpenedRow(
        manifest_digest=section.digest,
        release=release,
        consent=opened.accepted.claims.jti,
        owner=section.manifest.owner,
        case=section.manifest.case,
        section=section.manifest.section,
        version=section.manifest.version,
        scope_tag=section.manifest.scope_tag,
        sealed_labels=keys.vault.seal_model(LABELS, section.digest, labels),
        opened_at=node.now(),
    )


def _entries(node: Node, release: str, opened: OpenedRelease) -> list[AuditDetails]:
    """Return one entry for each section opened, and one for each refused."""
    claims = opened.accepted.claims
    about = {
        "action": "node.open",
        "counterpart": claims.iss,
        "case": claims.sub,
        "consent": claims.jti,
        "release": release,
        "purpose": claims.purpose,
    }
    entries = [
        node.details(**about, outcome="permit", objects=[content.section.digest])
        for content in opened.sections
    ]
    entries += [
        node.details(
            **about, outcome="deny", reasons=[f"{one.step}:{one.reason}"], objects=[one.manifest]
        )
        for one in opened.refused
    ]
    return entries or [node.details(**about, outcome="permit")]


async def _queue_receipt(
    session: AsyncSession, node: Node, release: str, opened: OpenedRelease
) -> None:
    receipt = make_receipt(
        recipient=node.facility,
        release=release,
        consent=opened.accepted.claims.jti,
        opened=[content.section.digest for content in opened.sections],
        refused=[one.manifest for one in opened.refused],
        at=node.now(),
        pair=node.keys.service.receipt,
    )
    out = ReceiptOut(release=release, body=ReceiptIn(receipt=receipt))
    await push.enqueue(node, session, "receipt", release, out)
