"""Releases from the recipient's side: asked for, and received whole, unopened.

The id is stored before it is asked for, so that a retry is the same release. What came is kept as
it came, once its owner is pinned, its consent verified and its checkpoint an extension of the last
one. Works while the node is locked; opening is `services.node.opening`. PROTOCOL section 7.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from exchange.audit import proof
from exchange.audit.errors import AuditError
from exchange.errors import OpenError
from keys.directory import require_pinned
from keys.errors import CardError
from keys.randomness import new_id
from schemas.errors import SchemaError
from schemas.wire.hub_api import ReleaseIn, ReleaseOut, ReleasePending
from schemas.wire.statement import Manifest
from schemas.wire.token import Purpose
from services.hub_client.errors import HubRefusal, OversizeError
from services.node import hublog, partners, revocations
from services.node.errors import ForkError, NotThereError
from services.node.node import Node
from services.node.released import Release, read_release
from services.node.store import consents
from services.node.store import releases as store
from services.node.store.tables import ConsentRow, ReleaseRow

log = logging.getLogger("safehand.node")


@dataclass(frozen=True)
class Finding:
    """Why a section, or the whole (no manifest), was not opened. For operators and tests."""

    manifest: str | None
    step: str
    reason: str


def want(
    session: AsyncSession, node: Node, consent: str, purpose: Purpose, sections: Sequence[str] = ()
) -> str:
    """Note within the caller's transaction that a release is wanted; return its new id."""
    release = new_id()
    session.add(
        ReleaseRow(
            release=release,
            consent=consent,
            purpose=purpose,
            sections=json.dumps(list(sections)),
            state=store.WANTED,
            asked_at=node.now(),
            reasons="[]",
            findings="[]",
        )
    )
    return release


async def get(node: Node, release: str) -> ReleaseRow:
    """Return a release. Raises NotThereError."""
    async with node.db.read() as session:
        row = await store.get_release(session, release)
    if row is None:
        raise NotThereError("release")
    return row


def question_of(row: ReleaseRow) -> ReleaseIn:
    """Return what was or will be asked of the hub."""
    return ReleaseIn.model_validate(
        {
            "id": row.release,
            "consent": row.consent,
            "purpose": row.purpose,
            "sections": json.loads(row.sections),
        }
    )


async def receive(node: Node, release: str) -> str:
    """Ask the hub for a wanted release and keep the answer, unopened; return the state.

    `wanted` afterwards means that the proof is still on its way. Works while locked. Raises
    HubError.
    """
    row = await get(node, release)
    if row.state != store.WANTED:
        return row.state
    try:
        answer = await node.hub.ask_release(question_of(row))
    except HubRefusal as refusal:
        return await _refused(node, release, refusal)
    if isinstance(answer, ReleasePending):
        return store.WANTED
    try:
        await hublog.accept(node, _checkpoint_text(answer))
        received = await _vouch(node, row, answer)
    except OpenError as fault:
        return await unopenable(node, release, fault)
    except ForkError:
        return await unopenable(node, release, OpenError("consistency", "log-forked"))
    try:
        await _fetch(node, received)
    except OpenError as fault:
        return await unopenable(node, release, fault)
    except HubRefusal as refusal:
        return await _refused(node, release, refusal)
    return await _keep(node, release, received)


def _checkpoint_text(answer: ReleaseOut) -> str:
    try:
        return proof.parse(answer.evidence.proof).checkpoint_text
    except AuditError:
        raise OpenError("audit", "proof-invalid") from None


async def _vouch(node: Node, row: ReleaseRow, answer: ReleaseOut) -> Release:
    """Return the answer once its owner is pinned and its consent verified. Raises OpenError."""
    if (answer.id, answer.consent) != (row.release, row.consent):
        raise OpenError("answer", "not-what-was-asked")
    async with node.db.read() as session:
        pins = await partners.pins(session)
    try:
        owner = require_pinned(answer.owner, pins, node.now())
    except CardError:
        raise OpenError("owner", "unpinned") from None
    return read_release(answer, owner)


async def _fetch(node: Node, release: Release) -> None:
    """Fetch what the answer carries by reference only: large bodies, and all attachments."""
    answer = release.answer
    folder = node.folder.received / answer.id
    folder.mkdir(mode=0o700, exist_ok=True)
    for released in answer.sections:
        try:
            manifest = Manifest.from_bytes(released.manifest.payload_bytes())
        except (SchemaError, ValidationError):
            raise OpenError("manifest", "signature") from None
        if released.ciphertext is None:
            await _fetch_section(node, answer.id, manifest, folder)
        for digest in manifest.attachments:
            if not (folder / digest).exists():
                await node.hub.fetch_attachment(answer.id, digest, folder / digest)


async def _fetch_section(node: Node, release: str, manifest: Manifest, folder: Path) -> None:
    """Fetch one body, at most as large as its owner signed. Raises HubError, OpenError."""
    into = folder / manifest.section
    try:
        await node.hub.fetch_section(release, manifest.section, into, most=manifest.size)
    except OversizeError:
        raise OpenError("body", "too-large") from None


async def _keep(node: Node, release: str, received: Release) -> str:
    """Keep an answer, unless it was erased or settled otherwise while it was fetched."""
    jti = received.consent.claims.jti
    async with node.db.write() as session:
        row = await store.get_release(session, release)
        assert row is not None
        consent = await consents.get_consent(session, jti)
        if row.state == store.WANTED:
            row.answered_at = node.now()
            if revocations.forbids_keeping(consent):
                row.state = store.ERASED
            else:
                row.state, row.body = store.RECEIVED, received.answer.to_bytes()
        if consent is None:
            session.add(_consent_row(received, node.now()))
    await _remove_files(node, row)
    return row.state


def _consent_row(received: Release, now: int) -> ConsentRow:
    claims = received.consent.claims
    return ConsentRow(
        jti=claims.jti,
        issued=False,
        case=claims.sub,
        partner=claims.iss,
        token=received.answer.token,
        purpose=claims.purpose,
        expires_at=claims.exp,
        erase_at=claims.erase_at,
        on_revocation=claims.on_revocation,
        hub_state="recorded",
        recorded_at=now,
        head_counter=0,
    )


async def _remove_files(node: Node, row: ReleaseRow) -> None:
    """Remove what was fetched for a release of which nothing is kept."""
    kept = row.state in (store.WANTED, store.RECEIVED, store.OPENED)
    if not kept and (node.folder.received / row.release).exists():
        await revocations.clean_up(node)


async def _refused(node: Node, release: str, refusal: HubRefusal) -> str:
    async with node.db.write() as session:
        row = await store.get_release(session, release)
        assert row is not None
        if row.state == store.WANTED:
            row.state, row.answered_at = store.REFUSED, node.now()
            row.status, row.slug = refusal.status, refusal.slug
            row.reasons = json.dumps(list(refusal.reasons))
    await _remove_files(node, row)
    return row.state


async def unopenable(node: Node, release: str, fault: OpenError) -> str:
    """Note that a release was refused as a whole, here, and why; return its state.

    What was erased or opened meanwhile stays so.
    """
    async with node.db.write() as session:
        row = await store.get_release(session, release)
        assert row is not None
        if row.state not in (store.WANTED, store.RECEIVED):
            return row.state
        row.state, row.answered_at, row.body = store.UNOPENABLE, node.now(), None
        row.findings = findings_text([Finding(None, fault.step, fault.reason)])
        await node.log.append(
            session,
            node.details(
                action="node.open",
                outcome="deny",
                reasons=[f"{fault.step}:{fault.reason}"],
                consent=row.consent,
                release=release,
            ),
        )
    await _remove_files(node, row)
    log.warning("a release was refused at step %s: %s", fault.step, fault.reason)
    return store.UNOPENABLE


def findings_text(findings: Sequence[Finding]) -> str:
    """Return findings as they are stored: JSON."""
    return json.dumps([asdict(finding) for finding in findings])
