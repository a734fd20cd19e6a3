"""The choke point: the hub's only call of `decide`. PROTOCOL sections 6 and 7.

Owns gathering what the decision needs from the database, inside the transaction in which its
consequence is written. Nothing leaves the hub under a consent without passing here, at release and
again at every delivery.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from exchange.consent import ConsentState, Deny, Permit, Question, Signer, decide
from exchange.errors import StatementError
from exchange.vouching import read_refusal
from keys.directory import VerifiedFacility
from keys.signing import key_id
from keys.tokens import verify_consent
from schemas.encoding import b64u, unb64u
from schemas.wire.token import ConsentClaims, Purpose, RefusalClaims
from services.hub.calls import Call
from services.hub.database.interface import Connection, Row
from services.hub.errors import Concern, DeniedError, HubError, NotFoundError
from services.hub.store import consents as store
from services.hub.store import sections as section_store

NOWHERE = "-"
"""Stands for the tag of a section that is not in the case: it is in no scope."""

VERIFIED_TOKENS = 4096


@dataclass(frozen=True, slots=True)
class Consent:
    """A recorded consent, its claims verified."""

    row: Row
    claims: ConsentClaims
    issuer: VerifiedFacility | None
    """None if its card has ended: then nobody vouches for the signer."""

    @property
    def token(self) -> str:
        """The token as it came."""
        return str(self.row["token"])

    async def refusal_tokens(self, connection: Connection) -> list[str]:
        """Return the tokens of all refusals in the consent's case."""
        if not self.row["refusals"]:
            return []
        return await store.refusals(connection, self.claims.iss, self.claims.sub)

    @property
    def state(self) -> ConsentState:
        """What the decision looks at."""
        signer = key_id(unb64u(self.row["signer_key"]))
        staff = None if self.issuer is None else self.issuer.staff.get(signer)
        return ConsentState(
            claims=self.claims,
            token_digest=self.row["token_digest"],
            revoked_at=self.row["revoked_at"],
            suspended=bool(self.row["suspended"]),
            releases_used=self.row["releases_used"],
            signer=None if staff is None else Signer.of(staff),
        )


@dataclass(frozen=True, slots=True)
class Permitted:
    """A Permit with what it was decided on."""

    consent: Consent
    permit: Permit
    refusals: tuple[str, ...]
    """Tokens of the refusals that concern this recipient."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a recipient asks for: `sections` by id (none: all), or `tags` of an earlier release."""

    consent: str
    purpose: Purpose
    release: str
    new_release: bool
    sections: Sequence[str] = ()
    tags: frozenset[str] = frozenset()


async def load_consent(
    call: Call, connection: Connection, consent: str, *, lock: bool = False
) -> Consent | None:
    """Return a recorded consent, or None."""
    row = await store.one(connection, consent, lock=lock)
    if row is None:
        return None
    member = await call.hub.directory.member(connection, row["issuer"])
    issuer = None if member is None else member.facility
    return Consent(row, _claims(row["token"], row["signer_key"]), issuer)


async def require_permit(call: Call, connection: Connection, asked: Asked, now: int) -> Permitted:
    """Decide, and return the permit. Raises DeniedError with the reasons, NotFoundError.

    To a facility that is no party to the consent, "not yours" and "not there" are one answer.
    """
    consent = await load_consent(call, connection, asked.consent, lock=asked.new_release)
    if consent is None:
        decision = decide(None, _question(call, asked, frozenset(), None), (), now=now)
        raise NotFoundError(audited=_reasons(decision), concern=_concern(asked, None))
    refusals = await consent.refusal_tokens(connection)
    tags = asked.tags | await _tags_of(connection, asked, consent.claims)
    question = _question(call, asked, tags, await _fingerprint(call, connection))
    claims = _refusal_claims(refusals, consent.issuer)
    decision = decide(consent.state, question, claims, now=now)
    if isinstance(decision, Deny):
        raise _denied(call, asked, consent, decision)
    own = tuple(
        jws
        for jws, one in zip(refusals, claims, strict=True)
        if one.recipient in (None, call.facility)
    )
    return Permitted(consent, decision, own)


def _question(call: Call, asked: Asked, tags: frozenset[str], fingerprint: str | None) -> Question:
    return Question(
        recipient=call.facility,
        purpose=asked.purpose,
        recipient_fingerprint=fingerprint,
        tags=tags,
        new_release=asked.new_release,
    )


async def _fingerprint(call: Call, connection: Connection) -> str:
    return b64u((await call.member(connection)).facility.fingerprint)


async def _tags_of(connection: Connection, asked: Asked, claims: ConsentClaims) -> frozenset[str]:
    if not asked.sections:
        return frozenset()
    known = await section_store.tags_of(connection, list(asked.sections), claims.iss, claims.sub)
    # A section that is not there must look like one that is out of scope.
    return frozenset(known.get(section, NOWHERE) for section in asked.sections)


def _denied(call: Call, asked: Asked, consent: Consent, decision: Deny) -> HubError:
    concern = _concern(asked, consent.claims)
    if call.facility in (consent.claims.iss, consent.claims.recipient):
        return DeniedError(*decision.reasons, concern=concern)
    return NotFoundError(audited=decision.reasons, concern=concern)


def _reasons(decision: Permit | Deny) -> tuple[str, ...]:
    return decision.reasons if isinstance(decision, Deny) else ()


def _concern(asked: Asked, claims: ConsentClaims | None) -> Concern:
    return Concern(
        action="release.decide",
        counterpart=None if claims is None else claims.iss,
        case=None if claims is None else claims.sub,
        consent=asked.consent,
        release=asked.release,
        purpose=asked.purpose,
    )


@lru_cache(maxsize=VERIFIED_TOKENS)
def _claims(token: str, signer_key: str) -> ConsentClaims:
    """Return the claims of a recorded token, verified anew and then remembered.

    Depends on nothing but its arguments. Raises ClaimsError if the database was tampered with.
    """
    return verify_consent(token, unb64u(signer_key))


def _refusal_claims(tokens: Sequence[str], issuer: VerifiedFacility | None) -> list[RefusalClaims]:
    """Return what the refusals say. One that can't be read any more denies everything."""
    if issuer is None:
        return []
    try:
        return [read_refusal(token, issuer).claims for token in tokens]
    except StatementError:
        raise DeniedError("refused") from None
