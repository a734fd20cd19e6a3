"""Revocation: effective, logged and half-keys destroyed in one transaction. PROTOCOL section 6.

Owns revoking by token and by the person's own code, the signed list, and receipts of its effect.
"""

from exchange.consent import CLOCK_SKEW
from exchange.errors import CodeError, StatementError
from exchange.revocation import revocation_hash
from exchange.vouching import VouchedRevocation, read_revocation
from keys.directory import is_current
from keys.signing import key_id
from keys.tokens import jws_digest, sign_revocation_list
from schemas.encoding import b64u, unb64u
from schemas.errors import EncodingError
from schemas.wire.hub_api import AuditDetails, Recorded, RevocationsOut
from schemas.wire.statement import RevocationReceipt, SignedStatement, StaffStatement
from schemas.wire.token import RevocationListClaims
from services.hub.calls import Call
from services.hub.context import Hub
from services.hub.database.interface import Connection
from services.hub.directory import Member
from services.hub.errors import NotFoundError, RejectedError
from services.hub.paging import cut
from services.hub.receipts import read_receipt
from services.hub.store import consents as store
from services.hub.turn import Turn

LIST_LIFETIME = 86_400
"""Seconds for which a revocation list counts."""
LIST_LENGTH = 100_000
"""Most consents on a list; older revocations have long been carried out."""
LISTED_FOR = 30 * 86_400
"""Seconds for which a consent stays listed after it was revoked and has expired."""
MAX_AGE = 30 * 86_400
"""Seconds for which a signed revocation may wait for the hub, say through an outage."""


def read_revocation_token(token: str, issuer: Member) -> VouchedRevocation:
    """Check who signed a revocation. Raises RejectedError."""
    try:
        return read_revocation(token, issuer.facility)
    except StatementError as fault:
        raise RejectedError(str(fault)) from None


async def revoke(turn: Turn, call: Call, token: str, vouched: VouchedRevocation) -> Recorded:
    """Revoke a consent of which the caller is a party. Raises NotFoundError, RejectedError.

    A consent that is revoked already stays as it is.
    """
    claims = vouched.claims
    row = await store.one(turn.connection, claims.consent, lock=True)
    if row is None or call.facility not in (row["issuer"], row["recipient"]):
        raise NotFoundError
    if row["revoked_at"] is not None:
        return Recorded(id=claims.consent, state="unchanged")
    _require_timely(claims.iat, vouched.signer, turn.now)
    other = row["issuer"] if call.facility == row["recipient"] else row["recipient"]
    details = call.details(
        "revocation.record",
        turn.now,
        reasons=[claims.reason],
        staff=key_id(unb64u(vouched.signer.ed25519)),
        counterpart=other,
        consent=claims.consent,
        objects=[b64u(jws_digest(token))],
    )
    await _end(turn, call.hub, claims.consent, token)
    turn.record(details)
    return Recorded(id=claims.consent, state="created")


def _require_timely(signed_at: int, signer: StaffStatement, now: int) -> None:
    """Refuse what is signed in the future, long ago, or by a key that was not current then.

    An appointment that has ended since does not matter: revoking is on the safe side, and what
    waited out an outage must not be lost for it. Raises RejectedError.
    """
    if signed_at > now + CLOCK_SKEW:
        raise RejectedError("from-the-future")
    if signed_at < now - MAX_AGE:
        raise RejectedError("too-old")
    if not is_current(signer, signed_at):
        raise RejectedError("signer-not-current")


def read_code(text: str) -> str:
    """Return the hash of a code. What is no code at all is answered like an unknown one.

    Raises NotFoundError.
    """
    try:
        return revocation_hash(unb64u(text))
    except (EncodingError, CodeError):
        raise NotFoundError from None


async def revoke_by_code(turn: Turn, hub: Hub, code_hash: str) -> Recorded:
    """Revoke the consents that the person's code stands for. Raises NotFoundError.

    The code is the whole authority: it needs no signature and names nobody.
    """
    rows = await store.by_revocation_hash(turn.connection, code_hash)
    if not rows:
        raise NotFoundError
    fresh = [row for row in rows if row["revoked_at"] is None]
    for row in fresh:
        await _end(turn, hub, row["consent"], None)
        turn.record(
            AuditDetails(
                action="revocation.record",
                outcome="done",
                reasons=["code"],
                actor="unknown",
                counterpart=row["recipient"],
                consent=row["consent"],
                at=turn.now,
            ),
            parties=(row["issuer"], row["recipient"]),
        )
    return Recorded(id=rows[0]["consent"], state="created" if fresh else "unchanged")


async def _end(turn: Turn, hub: Hub, consent: str, token: str | None) -> None:
    await store.revoke(turn.connection, consent, turn.now, token)
    await hub.half_keys.destroy_of(turn, consent)


async def revocations(hub: Hub, connection: Connection, facility: str) -> RevocationsOut:
    """Return a facility's revocation list, signed by the hub, and the newest tokens behind it."""
    now = hub.clock()
    rows = await store.revoked(connection, facility, now - LISTED_FOR, LIST_LENGTH)
    claims = RevocationListClaims(
        iss="hub",
        aud=[facility],
        iat=now,
        exp=now + LIST_LIFETIME,
        consents=[row["consent"] for row in rows],
    )
    return RevocationsOut(
        signed_list=sign_revocation_list(claims, hub.http_seed),
        tokens=[
            row["revocation"] for row in cut(rows, "revocation") if row["revocation"] is not None
        ],
    )


async def record_revocation_receipt(turn: Turn, call: Call, statement: SignedStatement) -> Recorded:
    """Store a recipient's receipt. Raises NotFoundError, RejectedError."""
    member = await call.member(turn.connection)
    receipt = read_receipt(statement, RevocationReceipt, member)
    row = await store.one(turn.connection, receipt.consent)
    if row is None or row["recipient"] != call.facility:
        raise NotFoundError
    if row["revoked_at"] is None:
        raise RejectedError("not-revoked")
    digest = b64u(statement.digest())
    stored = (digest, receipt.consent, statement.to_bytes(), turn.now)
    if not await store.put_revocation_receipt(turn.connection, stored):
        return Recorded(id=receipt.consent, state="unchanged")
    turn.record(
        call.details(
            "revocation.receipt",
            turn.now,
            reasons=[receipt.effect],
            counterpart=row["issuer"],
            consent=receipt.consent,
            objects=[digest],
        )
    )
    return Recorded(id=receipt.consent, state="created")
