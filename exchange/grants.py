"""Grants: a section key for one recipient under one consent. PROTOCOL section 5.

Owns how a grant is made and what it must agree with. Can't open one. What is sealed is the section
key XOR a half-key that goes to the hub, so neither grant nor half-key opens anything alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from exchange.errors import SealError, StatementError
from exchange.statements import parse_statement
from keys.directory import require_pinned
from keys.errors import KeysError
from keys.hpke import hpke_seal
from keys.signing import SigningPair, sign_statement
from keys.tokens import jws_digest
from schemas.encoding import SUITE, b64u, digest_text, pae, unb64u
from schemas.wire.hub_api import Introduction
from schemas.wire.statement import Grant, Manifest, SignedStatement
from schemas.wire.token import ConsentClaims

SECTION_KEY_SIZE = 32
SEALED_SIZE = 1168
"""Bytes of an HPKE-sealed 32-byte key: 1,120 + 32 + 16."""


@dataclass(frozen=True, slots=True)
class GrantRecipient:
    """A facility that may be granted to: pinned, and the one that the consent names."""

    facility: str
    kem: bytes
    """Its newest certified KEM key, 1,216 bytes."""


def recipient_of(
    claims: ConsentClaims, introduction: Introduction, pins: Mapping[str, bytes], *, now: int
) -> GrantRecipient:
    """Return the recipient of `claims`, held against the pin and the token's fingerprint.

    Every grant starts here: nothing is granted to an unpinned facility. Raises SealError.
    """
    try:
        facility = require_pinned(introduction, pins, now)
    except KeysError:
        raise SealError("the recipient is not pinned") from None
    if facility.card.facility != claims.recipient:
        raise SealError("the consent names another recipient")
    if b64u(facility.fingerprint) != claims.recipient_fingerprint:
        raise SealError("the consent was given for another identity of the recipient")
    if facility.kem is None:
        raise SealError("the recipient has no current KEM key")
    return GrantRecipient(facility.card.facility, unb64u(facility.kem.public))


def grant_info(
    *,
    manifest: str,
    owner: str,
    recipient: str,
    recipient_kem: str,
    consent_token: str,
    half_key: str,
    expires_at: int,
) -> bytes:
    """Return the HPKE `info` of a grant. Digests as base64url; `expires_at` in seconds."""
    fields = (manifest, owner, recipient, recipient_kem, consent_token, half_key, str(expires_at))
    return pae("grant", SUITE.encode(), *(field.encode() for field in fields))


def info_of(grant: Grant) -> bytes:
    """Return the HPKE `info` that belongs to a grant's own fields."""
    return grant_info(
        manifest=grant.manifest,
        owner=grant.owner,
        recipient=grant.recipient,
        recipient_kem=grant.recipient_kem,
        consent_token=grant.consent_token,
        half_key=grant.half_key,
        expires_at=grant.expires_at,
    )


def join_keys(left: bytes, right: bytes) -> bytes:
    """Return the XOR of two 32-byte values. Raises SealError on another size."""
    if len(left) != SECTION_KEY_SIZE or len(right) != SECTION_KEY_SIZE:
        raise SealError("section keys and half-keys have 32 bytes")
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def make_grant(
    *,
    section_key: bytes,
    half_key: bytes,
    manifest: SignedStatement,
    owner: str,
    recipient: str,
    recipient_kem: bytes,
    consent_jws: str,
    consent_id: str,
    expires_at: int,
    identity: SigningPair,
) -> SignedStatement:
    """Seal `section_key` XOR `half_key` to the recipient and sign the grant.

    `half_key`: 32 fresh bytes per grant; send them to the hub and keep none. `recipient_kem`: from
    `recipient_of`. `expires_at`: at most the consent's `exp`. Raises SealError.
    """
    fields = {
        "owner": owner,
        "recipient": recipient,
        "recipient_kem": digest_text(recipient_kem),
        "consent_token": b64u(jws_digest(consent_jws)),
        "manifest": b64u(manifest.digest()),
        "half_key": digest_text(half_key),
    }
    info = grant_info(**fields, expires_at=expires_at)
    sealed = b64u(hpke_seal(recipient_kem, info, join_keys(section_key, half_key)))
    grant = Grant(suite=SUITE, consent=consent_id, expires_at=expires_at, sealed=sealed, **fields)
    return sign_statement("grant", grant, identity)


def check_grant(grant: Grant, manifest: SignedStatement, claims: ConsentClaims, token: str) -> None:
    """Refuse a grant that does not agree with its manifest and consent.

    `token`: digest of the consent token, base64url. The hub calls this when a grant is recorded,
    the recipient when one arrives; signatures are theirs to check before. Raises StatementError
    whose text is a stable slug.
    """
    described = parse_statement(manifest, Manifest)
    rules = (
        ("other-owner", grant.owner == claims.iss == described.owner),
        ("other-recipient", grant.recipient in claims.aud and grant.recipient != grant.owner),
        ("other-consent", grant.consent == claims.jti and grant.consent_token == token),
        ("other-manifest", grant.manifest == b64u(manifest.digest())),
        ("other-case", described.case == claims.sub),
        ("out-of-scope", described.scope_tag in claims.scope_tags),
        ("outlives-consent", grant.expires_at <= claims.exp),
        ("wrong-size", len(grant.sealed) == len(b64u(bytes(SEALED_SIZE)))),
    )
    for slug, holds in rules:
        if not holds:
            raise StatementError(slug)


def check_half_key(grant: Grant, half_key: bytes) -> None:
    """Refuse a half-key that is not the one the grant was made with. Raises StatementError."""
    if len(half_key) != SECTION_KEY_SIZE or digest_text(half_key) != grant.half_key:
        raise StatementError("other-half-key")
