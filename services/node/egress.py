"""The one way out: every read of record content, one's own or received, passes `view`.

Own records are the owner's to read; what was received is decided anew each time
(`exchange.consent`), so that what is revoked, expired or erased is gone at once. Each section
shown, or withheld, is an entry in the node's own log before its content leaves this module.
PROTOCOL sections 6 and 7.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.consent import ConsentState, Deny, Permit, Question, Signer, decide
from exchange.errors import OpenError
from exchange.opening import OpenedSection, open_own_section
from keys.directory import VerifiedFacility, require_pinned
from keys.errors import CardError
from schemas.encoding import b64u
from schemas.wire.hub_api import AuditDetails, ReleaseOut
from schemas.wire.token import Purpose
from services.node import grants, partners
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.opening import LABELS
from services.node.own_sections import Labels, manifest_of, section_key, section_labels
from services.node.released import Release, open_stored, read_release
from services.node.store import cases, consents
from services.node.store import releases as store
from services.node.store.state import awaits_revocations
from services.node.store.tables import OpenedRow, SectionRow

UNOPENABLE = "unopenable"


@dataclass(frozen=True)
class View:
    """A section as a person or a local system may see it now."""

    row: SectionRow | OpenedRow = field(repr=False)
    labels: Labels = field(repr=False)
    section: OpenedSection = field(repr=False)

    @property
    def bundle(self) -> bytes:
        """The FHIR Bundle, as it was written."""
        return self.section.bundle

    @property
    def is_own(self) -> bool:
        """Whether it is this facility's own record."""
        return isinstance(self.row, SectionRow)


@dataclass(frozen=True)
class Withheld:
    """A section that may not be shown, and why."""

    row: SectionRow | OpenedRow = field(repr=False)
    reasons: tuple[str, ...]


Releases = dict[str, Release | tuple[str, ...]]
"""Releases read so far by id; or why one can't be used."""


@dataclass(frozen=True, repr=False)
class _Own:
    """An own section, ready to be opened."""

    row: SectionRow
    ciphertext: bytes


@dataclass(frozen=True, repr=False)
class _Allowed:
    """A received section that `decide` permits, ready to be opened."""

    row: OpenedRow
    release: Release


async def view(
    node: Node, rows: Sequence[SectionRow | OpenedRow], *, purpose: Purpose | None = None
) -> list[View | Withheld]:
    """Show sections, each decided and logged. Raises LockedError.

    `purpose`: what the content is wanted for; without one, what the consent is for.
    """
    if not rows:
        return []
    keys = node.records()
    async with node.db.read() as session:
        own = await grants.own_facility(session, node)
        releases: Releases = {}
        decided = [await _decide(session, node, row, purpose, releases) for row in rows]
    opened = await asyncio.to_thread(_open_all, node, keys, own, decided)
    async with node.db.write() as session:
        shown = [await _unless_revoked(session, one) for one in opened]
        await node.log.append(session, *(_entry(node, one) for one in shown))
    return shown


async def _unless_revoked(session: AsyncSession, one: View | Withheld) -> View | Withheld:
    """Withhold what was revoked while it was being opened."""
    if isinstance(one, View) and isinstance(one.row, OpenedRow):
        consent = await consents.get_consent(session, one.row.consent)
        if consent is None or consent.revoked_at is not None:
            return Withheld(one.row, ("revoked",))
    return one


async def reasons(
    session: AsyncSession, node: Node, rows: Sequence[OpenedRow]
) -> list[tuple[str, ...]]:
    """Return why each received section may not be shown now; nothing if it may. Opens nothing."""
    releases: Releases = {}
    decided = [await _decide(session, node, row, None, releases) for row in rows]
    return [one.reasons if isinstance(one, Withheld) else () for one in decided]


async def _decide(
    session: AsyncSession,
    node: Node,
    row: SectionRow | OpenedRow,
    purpose: Purpose | None,
    releases: Releases,
) -> _Own | _Allowed | Withheld:
    if isinstance(row, SectionRow):
        return _Own(row, await cases.ciphertext_of(session, row))
    if row.release not in releases:
        releases[row.release] = await _release(session, node, row.release)
    release = releases[row.release]
    if not isinstance(release, Release):
        return Withheld(row, release)
    decision = await decide_view(session, node, row, release, purpose)
    return Withheld(row, decision.reasons) if isinstance(decision, Deny) else _Allowed(row, release)


async def _release(session: AsyncSession, node: Node, release: str) -> Release | tuple[str, ...]:
    """Return a stored release with owner and tokens verified now, or why it can't be used."""
    body = await store.body_of(session, release)
    if body is None:
        return ("erased",)
    answer = ReleaseOut.from_bytes(body)
    try:
        owner = require_pinned(answer.owner, await partners.pins(session), node.now())
        return read_release(answer, owner)
    except CardError:
        return ("unpinned",)
    except OpenError:
        return (UNOPENABLE,)


async def decide_view(
    session: AsyncSession,
    node: Node,
    row: OpenedRow,
    release: Release,
    purpose: Purpose | None,
) -> Permit | Deny:
    """Decide whether a received section may be shown now."""
    consent = await consents.get_consent(session, row.consent)
    if consent is None:
        return decide(None, Question(node.facility, "TREAT"), (), now=node.now())
    claims = release.consent.claims
    state = ConsentState(
        claims=claims,
        token_digest=release.consent.token_digest,
        revoked_at=consent.revoked_at,
        suspended=await awaits_revocations(session),
        releases_used=0,
        signer=Signer.of(release.consent.signer),
    )
    question = Question(
        recipient=node.facility,
        purpose=purpose or claims.purpose,
        recipient_fingerprint=b64u(node.fingerprint),
        case=row.case,
        tags=frozenset({row.scope_tag}),
    )
    return decide(state, question, release.refusals, now=node.now())


def _open_all(
    node: Node,
    keys: RecordKeys,
    own: VerifiedFacility,
    decided: Sequence[_Own | _Allowed | Withheld],
) -> list[View | Withheld]:
    return [_open(node, keys, own, one) for one in decided]


def _open(
    node: Node, keys: RecordKeys, own: VerifiedFacility, one: _Own | _Allowed | Withheld
) -> View | Withheld:
    if isinstance(one, Withheld):
        return one
    try:
        if isinstance(one, _Own):
            return _open_own(node, keys, own, one)
        return _open_received(node, keys, one)
    except OpenError:
        return Withheld(one.row, (UNOPENABLE,))


def _open_own(node: Node, keys: RecordKeys, own: VerifiedFacility, one: _Own) -> View:
    key = section_key(keys, one.row)
    manifest = manifest_of(one.row)
    section = open_own_section(manifest, one.ciphertext, key, own, now=node.now())
    return View(one.row, section_labels(keys, one.row), section)


def _open_received(node: Node, keys: RecordKeys, one: _Allowed) -> View:
    folder = node.folder.received / one.row.release
    digest = one.row.manifest_digest
    section = open_stored(one.release, digest, folder, keys.kem_seeds, now=node.now())
    return View(one.row, opened_labels(keys, one.row), section)


def opened_labels(keys: RecordKeys, row: OpenedRow) -> Labels:
    """Return the labels of a received section."""
    return keys.vault.open_model(LABELS, row.manifest_digest, row.sealed_labels, Labels)


def _entry(node: Node, one: View | Withheld) -> AuditDetails:
    row = one.row
    received = row if isinstance(row, OpenedRow) else None
    return node.details(
        action="node.open",
        outcome="permit" if isinstance(one, View) else "deny",
        reasons=[] if isinstance(one, View) else list(one.reasons),
        counterpart=received.owner if received else None,
        case=row.case,
        consent=received.consent if received else None,
        release=received.release if received else None,
        objects=[row.manifest_digest],
    )
