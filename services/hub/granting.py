"""Grants: sealed section keys with their half-keys, under one consent. PROTOCOL section 5.

Owns what a grant must agree with before the hub keeps it.
"""

from dataclasses import dataclass

from exchange.errors import StatementError
from exchange.grants import check_grant, check_half_key
from exchange.statements import read_statement_ed25519
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import GrantIn, GrantsIn, GrantsStored
from schemas.wire.statement import Grant, SignedStatement
from services.hub.calls import Call, require_member
from services.hub.database.interface import Values
from services.hub.decision import Consent, load_consent
from services.hub.directory import Member
from services.hub.errors import Concern, ConflictError, NotFoundError, RejectedError
from services.hub.messaging import is_sealed_to
from services.hub.pushing import NewHead, is_new_head, put_head, read_head
from services.hub.store import grants as store
from services.hub.store import sections as section_store
from services.hub.turn import Turn


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant that its owner signed, and its half-key."""

    grant: Grant
    digest: str
    statement: bytes
    half_key: bytes


def read_grants(body: GrantsIn, owner: Member) -> tuple[list[NewGrant], NewHead]:
    """Check the signatures of grants and head. Raises RejectedError."""
    grants = [_read_grant(one, owner) for one in body.grants]
    head = read_head(body.head, owner)
    if {body.consent} != {head.head.consent, *(one.grant.consent for one in grants)}:
        raise RejectedError("other-consent")
    if len({one.grant.manifest for one in grants}) != len(grants):
        raise RejectedError("manifest-twice")
    return grants, head


def _read_grant(one: GrantIn, owner: Member) -> NewGrant:
    try:
        grant = read_statement_ed25519(one.grant, Grant, owner.facility.public.ed25519)
    except StatementError:
        raise RejectedError("grant-invalid") from None
    half_key = unb64u(one.half_key)
    try:
        check_half_key(grant, half_key)
    except StatementError as fault:
        raise RejectedError(str(fault)) from None
    return NewGrant(grant, b64u(one.grant.digest()), one.grant.to_bytes(), half_key)


async def record_grants(
    turn: Turn, call: Call, consent_id: str, grants: list[NewGrant], head: NewHead
) -> GrantsStored:
    """Store grants and head. Raises NotFoundError, RejectedError, ConflictError."""
    consent = await load_consent(call, turn.connection, consent_id, lock=True)
    if consent is None or consent.claims.iss != call.facility:
        raise NotFoundError(concern=Concern(consent=consent_id))
    manifests = [one.grant.manifest for one in grants]
    known = await store.digests(turn.connection, consent_id, manifests)
    fresh = [one for one in grants if known.get(one.grant.manifest) != one.digest]
    if fresh:
        _require_alive(consent, turn.now)
        await _require_agreement(turn, call, consent, fresh)
    with_head = await is_new_head(turn.connection, head, consent)
    rows = [_row(call, one, consent, turn.now) for one in fresh]
    await store.put(turn.connection, rows)
    if with_head:
        await put_head(turn, head)
    if fresh or with_head:
        _record(turn, call, consent, fresh, head)
    return GrantsStored(created=len(fresh), unchanged=len(grants) - len(fresh))


def _require_alive(consent: Consent, now: int) -> None:
    """Refuse new half-keys for a consent that has ended: they would only wait to be stolen."""
    if consent.row["revoked_at"] is not None:
        raise ConflictError("revoked")
    if now >= _ends_at(consent):
        raise ConflictError("expired")


def _ends_at(consent: Consent) -> int:
    claims = consent.claims
    return claims.exp if claims.erase_at is None else min(claims.exp, claims.erase_at)


async def _require_agreement(
    turn: Turn, call: Call, consent: Consent, fresh: list[NewGrant]
) -> None:
    recipient = await require_member(call, turn.connection, consent.claims.recipient)
    manifests = await section_store.manifests(
        turn.connection, [one.grant.manifest for one in fresh]
    )
    for one in fresh:
        if one.grant.manifest not in manifests:
            raise RejectedError("manifest-unknown")
        if not is_sealed_to(one.grant.recipient_kem, recipient):
            raise RejectedError("other-kem-key")
        manifest = SignedStatement.from_bytes(manifests[one.grant.manifest])
        try:
            check_grant(one.grant, manifest, consent.claims, consent.row["token_digest"])
        except StatementError as fault:
            raise RejectedError(str(fault)) from None


def _row(call: Call, one: NewGrant, consent: Consent, now: int) -> Values:
    grant = one.grant
    return (
        grant.consent,
        grant.manifest,
        one.digest,
        one.statement,
        call.hub.half_keys.seal(one.half_key, grant.consent, grant.manifest),
        min(grant.expires_at, _ends_at(consent)),
        now,
    )


def _record(turn: Turn, call: Call, consent: Consent, fresh: list[NewGrant], head: NewHead) -> None:
    turn.record(
        call.details(
            "grant.record",
            turn.now,
            counterpart=consent.claims.recipient,
            case=consent.claims.sub,
            consent=consent.claims.jti,
            objects=[head.digest, *(one.digest for one in fresh)],
            count=max(len(fresh), 1),
        )
    )
