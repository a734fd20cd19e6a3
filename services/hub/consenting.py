"""Recording consents and refusals, and reading consents back. PROTOCOL section 6.

Owns what a token must be before the hub keeps it. Whether it permits anything is for
services/hub/decision.py, each time anew.
"""

from typing import Literal

from exchange.consent import CLOCK_SKEW
from exchange.errors import StatementError
from exchange.vouching import VouchedConsent, VouchedRefusal, read_consent, read_refusal
from keys.directory import is_current
from keys.signing import key_id
from keys.tokens import jws_digest
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import ConsentOut, ConsentsOut, Recorded
from schemas.wire.statement import StaffStatement
from services.hub.calls import Call, require_member
from services.hub.database.interface import Connection, Row, Values
from services.hub.directory import Member
from services.hub.errors import ConflictError, NotFoundError, RejectedError
from services.hub.paging import cut
from services.hub.revoking import LISTED_FOR
from services.hub.store import consents as store
from services.hub.turn import Turn

PAGE = 100
"""Most consents in one answer."""

ConsentShows = Literal["active", "revoked", "expired", "suspended"]


def read_consent_token(token: str, issuer: Member) -> VouchedConsent:
    """Check who signed a consent token. Raises RejectedError."""
    try:
        vouched = read_consent(token, issuer.facility)
    except StatementError as fault:
        raise RejectedError(str(fault)) from None
    if vouched.signer.role != "case-manager":
        raise RejectedError("signer-not-case-manager")
    if vouched.claims.aud != ["hub", vouched.claims.recipient]:
        raise RejectedError("wrong-audience")
    return vouched


async def record_consent(turn: Turn, call: Call, token: str, vouched: VouchedConsent) -> Recorded:
    """Store a consent. Raises RejectedError, ConflictError, NotFoundError."""
    claims = vouched.claims
    known = await store.one(turn.connection, claims.jti, lock=True)
    if known is not None:
        return await _known_consent(turn, call, known, vouched)
    require_timely(claims.iat, vouched.signer, turn.now)
    if claims.exp <= turn.now:
        raise RejectedError("expired")
    recipient = await require_member(call, turn.connection, claims.recipient)
    if b64u(recipient.facility.fingerprint) != claims.recipient_fingerprint:
        raise RejectedError("other-fingerprint")
    await _require_room(turn, call, claims.recipient)
    await store.put(turn.connection, _row(token, vouched, turn.now))
    _record(turn, call, vouched)
    return Recorded(id=claims.jti, state="created")


async def _require_room(turn: Turn, call: Call, recipient: str) -> None:
    """Refuse more consents for one recipient than lists and answers are made for."""
    since = turn.now - LISTED_FOR
    count = await store.how_many(turn.connection, call.facility, recipient, since)
    if count >= call.hub.settings.consents_per_pair:
        raise ConflictError("too-many-consents")


async def _known_consent(turn: Turn, call: Call, known: Row, vouched: VouchedConsent) -> Recorded:
    """Answer a repeated recording; the owner's repetition ends a suspension."""
    if known["token_digest"] != vouched.token_digest:
        raise ConflictError("other-bytes")
    if known["suspended"]:
        await store.resume(turn.connection, vouched.claims.jti)
        _record(turn, call, vouched)
    return Recorded(id=vouched.claims.jti, state="unchanged")


def _row(token: str, vouched: VouchedConsent, now: int) -> Values:
    claims = vouched.claims
    return (
        claims.jti,
        claims.iss,
        claims.recipient,
        claims.sub,
        token,
        vouched.token_digest,
        vouched.signer.ed25519,
        claims.exp,
        claims.revocation_hash,
        None,
        None,
        0,
        0,
        now,
    )


def _record(turn: Turn, call: Call, vouched: VouchedConsent) -> None:
    claims = vouched.claims
    turn.record(
        call.details(
            "consent.record",
            turn.now,
            staff=key_id(unb64u(vouched.signer.ed25519)),
            counterpart=claims.recipient,
            case=claims.sub,
            consent=claims.jti,
            purpose=claims.purpose,
            objects=[vouched.token_digest],
        )
    )


def read_refusal_token(token: str, issuer: Member) -> VouchedRefusal:
    """Check who signed a refusal: any current staff, since a refusal is on the safe side.

    Raises RejectedError.
    """
    try:
        return read_refusal(token, issuer.facility)
    except StatementError as fault:
        raise RejectedError(str(fault)) from None


async def record_refusal(turn: Turn, call: Call, token: str, vouched: VouchedRefusal) -> Recorded:
    """Store a refusal. Raises RejectedError, ConflictError."""
    claims = vouched.claims
    known = await store.refusal(turn.connection, claims.jti)
    if known is not None:
        if known != token:
            raise ConflictError("other-bytes")
        return Recorded(id=claims.jti, state="unchanged")
    require_timely(claims.iat, vouched.signer, turn.now)
    row = (claims.jti, claims.iss, claims.sub, token, turn.now)
    await store.put_refusal(turn.connection, row)
    turn.record(
        call.details(
            "refusal.record",
            turn.now,
            staff=key_id(unb64u(vouched.signer.ed25519)),
            case=claims.sub,
            objects=[b64u(jws_digest(token))],
        )
    )
    return Recorded(id=claims.jti, state="created")


def require_timely(signed_at: int, signer: StaffStatement, now: int) -> None:
    """Refuse what is signed in the future or by a key not current then or now.

    Raises RejectedError.
    """
    if signed_at > now + CLOCK_SKEW:
        raise RejectedError("from-the-future")
    if not (is_current(signer, signed_at) and is_current(signer, now)):
        raise RejectedError("signer-not-current")


async def consents_of(call: Call, connection: Connection, after: str) -> ConsentsOut:
    """Return a page of the consents that the caller issued or received, after an id."""
    found = await store.of_party(connection, call.facility, after, PAGE + 1)
    page = cut(found[:PAGE], "token")
    return ConsentsOut(
        consents=[_out(row, call.hub.clock()) for row in page],
        next=page[-1]["consent"] if len(page) < len(found) else None,
    )


async def consent_of_party(call: Call, connection: Connection, consent: str) -> ConsentOut:
    """Return a consent that the caller issued or received. Raises NotFoundError."""
    row = await store.one(connection, consent)
    if row is None or call.facility not in (row["issuer"], row["recipient"]):
        raise NotFoundError
    return _out(row, call.hub.clock())


def _out(row: Row, now: int) -> ConsentOut:
    return ConsentOut(
        token=row["token"],
        state=_state(row, now),
        revoked_at=row["revoked_at"],
        releases=row["releases_used"],
    )


def _state(row: Row, now: int) -> ConsentShows:
    if row["revoked_at"] is not None:
        return "revoked"
    if now >= row["expires_at"]:
        return "expired"
    return "suspended" if row["suspended"] else "active"
