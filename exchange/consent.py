"""The decision: may these sections go to this recipient now? PROTOCOL section 6.

Owns one pure, total function, `decide`, called by the hub at every release and delivery and by a
node at every opening and egress. Default deny: whatever is unknown, unclear or missing denies, and
a recorded refusal beats every permit. Does not verify signatures: it is given verified claims.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.wire.statement import StaffRole, StaffStatement
from schemas.wire.token import ConsentClaims, Purpose, RefusalClaims

Reason = Literal[
    "unknown-consent",
    "not-yet-valid",
    "expired",
    "erased",
    "revoked",
    "suspended",
    "wrong-audience",
    "wrong-recipient",
    "wrong-case",
    "wrong-purpose",
    "signer-not-case-manager",
    "signer-not-current",
    "releases-exhausted",
    "stale-revocations",
    "out-of-scope",
    "refused",
]
"""Stable slugs; they appear in problem documents and audit entries."""

REVOCATIONS_MAX_AGE = 86_400
"""A first opening needs a revocation list at most this old, in seconds."""

CLOCK_SKEW = 300
"""How far another party's clock may run ahead of ours, in seconds."""


@dataclass(frozen=True, slots=True)
class Signer:
    """What the consent's signer was certified as."""

    role: StaffRole
    not_before: int
    not_after: int

    @classmethod
    def of(cls, statement: StaffStatement) -> "Signer":
        """Return the signer that a verified staff statement describes."""
        return cls(statement.role, statement.not_before, statement.not_after)


@dataclass(frozen=True, slots=True)
class ConsentState:
    """A consent as the decider knows it: verified claims, and what happened since."""

    claims: ConsentClaims
    token_digest: str
    """SHA-256 of the token, base64url."""
    revoked_at: int | None
    suspended: bool
    releases_used: int
    signer: Signer | None
    """None: the signer's staff statement is not known, which denies."""


@dataclass(frozen=True, slots=True)
class Question:
    """What someone wants to do."""

    recipient: str
    purpose: Purpose
    recipient_fingerprint: str | None = None
    """The recipient's identity fingerprint, where the asker knows it."""
    case: str | None = None
    """The case pseudonym, where the asker names one."""
    tags: frozenset[str] = frozenset()
    """Scope tags asked for; none means all that the consent covers."""
    new_release: bool = False
    """Whether a release would be counted; a delivery of an earlier one is not."""
    first_opening: bool = False
    """Whether content would be read here for the first time: needs a fresh revocation list."""
    revocations_at: int | None = None
    """When the hub signed the revocation list at hand; None at the hub itself, or if none is."""


@dataclass(frozen=True, slots=True)
class Permit:
    """Yes, for sections with these tags and no others."""

    tags: frozenset[str]
    consent: str
    """`jti` of the consent."""


@dataclass(frozen=True, slots=True)
class Deny:
    """No, and every reason why; never empty."""

    reasons: tuple[Reason, ...]


def decide(
    consent: ConsentState | None,
    question: Question,
    refusals: Sequence[RefusalClaims],
    *,
    now: int,
) -> Permit | Deny:
    """Decide one question against exactly one consent and all refusals known. Never raises.

    `now` in seconds. A permit's tags are those asked for (or the whole scope) without the refused;
    asking for a tag that is refused or out of scope denies the whole question.
    """
    if consent is None:
        return Deny(("unknown-consent",))
    refused = _refused_tags(consent.claims, question, refusals)
    reasons = (
        *_time_reasons(consent, now),
        *_party_reasons(consent.claims, question),
        *_signer_reasons(consent, now),
        *_use_reasons(consent, question, now),
        *_scope_reasons(consent.claims, question, refused),
    )
    if reasons:
        return Deny(reasons)
    return Permit(
        (question.tags or frozenset(consent.claims.scope_tags)) - refused, consent.claims.jti
    )


def _time_reasons(consent: ConsentState, now: int) -> Iterator[Reason]:
    claims = consent.claims
    if now < max(claims.nbf, claims.iat):
        yield "not-yet-valid"
    if now >= claims.exp:
        yield "expired"
    if claims.erase_at is not None and now >= claims.erase_at:
        yield "erased"
    if consent.revoked_at is not None:
        yield "revoked"
    if consent.suspended:
        yield "suspended"


def _party_reasons(claims: ConsentClaims, question: Question) -> Iterator[Reason]:
    recipients = [party for party in claims.aud if party != "hub"]
    if "hub" not in claims.aud or len(recipients) != 1 or claims.iss in recipients:
        yield "wrong-audience"
    fingerprint = question.recipient_fingerprint
    if [question.recipient] != recipients or fingerprint not in (
        None,
        claims.recipient_fingerprint,
    ):
        yield "wrong-recipient"
    if question.case not in (None, claims.sub):
        yield "wrong-case"
    if question.purpose != claims.purpose:
        yield "wrong-purpose"


def _signer_reasons(consent: ConsentState, now: int) -> Iterator[Reason]:
    signer = consent.signer
    if signer is None or signer.role != "case-manager":
        yield "signer-not-case-manager"
    if signer is None or not all(
        signer.not_before <= moment < signer.not_after for moment in (consent.claims.iat, now)
    ):
        yield "signer-not-current"


def _use_reasons(consent: ConsentState, question: Question, now: int) -> Iterator[Reason]:
    if question.new_release and consent.releases_used >= consent.claims.max_releases:
        yield "releases-exhausted"
    if question.first_opening and not _is_fresh(question.revocations_at, now):
        yield "stale-revocations"


def _is_fresh(revocations_at: int | None, now: int) -> bool:
    # A list from the future would stay "fresh" for as long as its signer liked.
    if revocations_at is None:
        return False
    return now - REVOCATIONS_MAX_AGE <= revocations_at <= now + CLOCK_SKEW


def _refused_tags(
    claims: ConsentClaims, question: Question, refusals: Sequence[RefusalClaims]
) -> frozenset[str]:
    """Return the consent's tags that some refusal forbids this recipient.

    Neither a refusal's date nor its issuer matters here: the safe side is to heed it.
    """
    refused: set[str] = set()
    for refusal in refusals:
        if refusal.sub == claims.sub and refusal.recipient in (None, question.recipient):
            refused.update(refusal.scope_tags or claims.scope_tags)
    return frozenset(refused)


def _scope_reasons(
    claims: ConsentClaims, question: Question, refused: frozenset[str]
) -> Iterator[Reason]:
    scope = frozenset(claims.scope_tags)
    if not question.tags <= scope:
        yield "out-of-scope"
    if question.tags & refused or not scope - refused:
        yield "refused"
