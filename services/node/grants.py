"""Grants: what makes this facility's sections openable for a recipient under a consent.

Made when a case manager approves, and for later sections of a standing consent when they are
sealed. `decide` says which sections; half-keys are drawn here, go to the outbox sealed, and are
kept nowhere else. PROTOCOL section 5.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.consent import ConsentState, Deny, Permit, Question, Signer, decide
from exchange.errors import SealError
from exchange.grants import GrantRecipient, make_grant, recipient_of
from exchange.sealing import make_head
from exchange.vouching import VouchedConsent, read_consent, read_refusal
from keys.directory import VerifiedFacility, require_pinned
from keys.randomness import new_seed
from schemas.encoding import b64u, pae, sha256
from schemas.wire.hub_api import GrantIn, GrantsIn, Introduction
from schemas.wire.statement import SignedStatement
from services.node import messages, partners, push, staff
from services.node.errors import NotTrustedError
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.own_sections import manifest_of, section_key
from services.node.store import cases, consents
from services.node.store import partners as partner_store
from services.node.store.state import awaits_revocations
from services.node.store.tables import ConsentRow, SectionRow
from services.node.words import NoticeWords

log = logging.getLogger("safehand.node")
_BATCH = 512
"""Grants in one call to the hub."""


@dataclass(frozen=True)
class Granted:
    """How many grants were made, and where they lie in the outbox."""

    count: int
    positions: tuple[int, ...]


async def own_facility(session: AsyncSession, node: Node) -> VerifiedFacility:
    """Return this facility's own keys as others see them."""
    introduction = await staff.own_introduction(session)
    return require_pinned(introduction, {node.facility: node.fingerprint}, node.now())


async def decide_own(
    session: AsyncSession, node: Node, consent: ConsentRow
) -> tuple[VouchedConsent, Permit | Deny]:
    """Decide what may be granted under one of this facility's own consents."""
    own = await own_facility(session, node)
    vouched = read_consent(consent.token, own)
    refusals = [
        read_refusal(row.token, own).claims
        for row in await consents.list_refusals(session, consent.case)
    ]
    state = ConsentState(
        claims=vouched.claims,
        token_digest=vouched.token_digest,
        revoked_at=consent.revoked_at,
        suspended=consent.hub_state == "refused" or await awaits_revocations(session),
        releases_used=0,
        signer=Signer.of(vouched.signer),
    )
    question = Question(recipient=consent.partner, purpose=vouched.claims.purpose)
    return vouched, decide(state, question, refusals, now=node.now())


async def grant_standing(node: Node, session: AsyncSession, keys: RecordKeys, case: str) -> None:
    """Grant a case's new sections under its standing consents, and tell the recipients."""
    for consent in await consents.standing_consents(session, case, node.now()):
        vouched, decision = await decide_own(session, node, consent)
        if isinstance(decision, Deny):
            continue
        try:
            to = await recipient(session, node, vouched)
        except (SealError, NotTrustedError):
            # The recipient's keys are not usable now; approving again grants what is missing.
            log.warning("standing consent not granted: recipient unusable")
            continue
        made = await grant_consent(node, session, keys, consent, vouched, decision, to)
        if made.count:
            notice = NoticeWords(consent=consent.jti)
            await messages.send(node, session, keys, to, "notice", "follow-up", notice)


async def recipient(session: AsyncSession, node: Node, vouched: VouchedConsent) -> GrantRecipient:
    """Return the recipient as it was last introduced. Raises NotTrustedError, SealError."""
    row = await partner_store.get_partner(session, vouched.claims.recipient)
    if row is None:
        raise NotTrustedError
    introduction = Introduction.model_validate_json(row.introduction)
    pins = await partners.pins(session)
    return recipient_of(vouched.claims, introduction, pins, now=node.now())


async def grant_consent(
    node: Node,
    session: AsyncSession,
    keys: RecordKeys,
    consent: ConsentRow,
    vouched: VouchedConsent,
    permit: Permit,
    to: GrantRecipient,
) -> Granted:
    """Grant every current section within the permit that is not granted yet, under a new head.

    Does nothing if the last head is still true; a head that only shrank goes without grants.
    """
    sections = await cases.current_of_case(session, consent.case, permit.tags)
    digests = [row.manifest_digest for row in sections]
    if consent.head_of == _head_of(digests):
        return Granted(0, ())
    granted = await consents.granted(session, consent.jti)
    missing = [row for row in sections if row.manifest_digest not in granted]
    # Time-based, so that a node restored from a backup does not repeat a counter.
    consent.head_counter = max(consent.head_counter + 1, node.now())
    consent.head_of = _head_of(digests)
    head = make_head(
        owner=node.facility,
        consent=consent.jti,
        counter=consent.head_counter,
        manifests=digests,
        at=node.now(),
        identity=keys.identity,
    )
    made = [_grant(node, keys, row, vouched, consent, to) for row in missing]
    positions = await _queue(node, session, consent.jti, made, head)
    consents.note_granted(session, consent.jti, (r.manifest_digest for r in missing), node.now())
    return Granted(len(made), positions)


async def _queue(
    node: Node, session: AsyncSession, jti: str, made: Sequence[GrantIn], head: SignedStatement
) -> tuple[int, ...]:
    positions = []
    for start in range(0, max(len(made), 1), _BATCH):
        body = GrantsIn(consent=jti, grants=list(made[start : start + _BATCH]), head=head)
        positions.append(await push.enqueue(node, session, "grants", jti, body))
    return tuple(positions)


def _head_of(digests: Sequence[str]) -> bytes:
    """Return what tells one head's manifests from another's."""
    return sha256(pae("head-of", *(digest.encode() for digest in sorted(digests))))


def _grant(
    node: Node,
    keys: RecordKeys,
    row: SectionRow,
    vouched: VouchedConsent,
    consent: ConsentRow,
    to: GrantRecipient,
) -> GrantIn:
    half_key = new_seed()
    grant = make_grant(
        section_key=section_key(keys, row),
        half_key=half_key,
        manifest=manifest_of(row),
        owner=node.facility,
        recipient=to.facility,
        recipient_kem=to.kem,
        consent_jws=consent.token,
        consent_id=consent.jti,
        expires_at=vouched.claims.exp,
        identity=keys.identity,
    )
    return GrantIn(grant=grant, half_key=b64u(half_key))
