"""Who vouches for a token: token -> staff statement -> key card -> pin or admission.

Owns the step from a JWS to claims that a facility's own staff signed. The caller brings a facility
that it trusts (pinned at a node, admitted at the hub). Whether the signer was entitled to sign is
for `exchange.consent.decide`. PROTOCOL section 6.
"""

from dataclasses import dataclass

from exchange.errors import StatementError
from keys.directory import VerifiedFacility
from keys.errors import KeysError
from keys.tokens import jws_digest, peek_kid, verify_consent, verify_refusal, verify_revocation
from schemas.encoding import b64u, unb64u
from schemas.wire.statement import StaffStatement
from schemas.wire.token import ConsentClaims, RefusalClaims, RevocationClaims


@dataclass(frozen=True, slots=True)
class VouchedConsent:
    """A consent token whose signature and issuer are verified."""

    claims: ConsentClaims
    token_digest: str
    """SHA-256 of the token, base64url."""
    signer: StaffStatement


@dataclass(frozen=True, slots=True)
class VouchedRefusal:
    """A refusal whose signature and issuer are verified."""

    claims: RefusalClaims
    signer: StaffStatement


@dataclass(frozen=True, slots=True)
class VouchedRevocation:
    """A revocation whose signature and issuer are verified."""

    claims: RevocationClaims
    signer: StaffStatement


def read_consent(jws: str, issuer: VerifiedFacility) -> VouchedConsent:
    """Return what a consent token says, signed by staff of `issuer`. Raises StatementError."""
    signer = _signer(jws, issuer)
    try:
        claims = verify_consent(jws, unb64u(signer.ed25519))
    except KeysError:
        raise StatementError("token-invalid") from None
    _require_issuer(claims.iss, issuer)
    return VouchedConsent(claims, b64u(jws_digest(jws)), signer)


def read_refusal(jws: str, issuer: VerifiedFacility) -> VouchedRefusal:
    """Return what a refusal says, signed by staff of `issuer`. Raises StatementError."""
    signer = _signer(jws, issuer)
    try:
        claims = verify_refusal(jws, unb64u(signer.ed25519))
    except KeysError:
        raise StatementError("token-invalid") from None
    _require_issuer(claims.iss, issuer)
    return VouchedRefusal(claims, signer)


def read_revocation(jws: str, issuer: VerifiedFacility) -> VouchedRevocation:
    """Return what a revocation says, signed by staff of `issuer`: either party of the consent.

    Raises StatementError.
    """
    signer = _signer(jws, issuer)
    try:
        claims = verify_revocation(jws, unb64u(signer.ed25519))
    except KeysError:
        raise StatementError("token-invalid") from None
    _require_issuer(claims.iss, issuer)
    return VouchedRevocation(claims, signer)


def _signer(jws: str, issuer: VerifiedFacility) -> StaffStatement:
    try:
        signer = issuer.staff.get(peek_kid(jws))
    except KeysError:
        raise StatementError("token-invalid") from None
    if signer is None:
        raise StatementError("signer-unknown")
    return signer


def _require_issuer(iss: str, issuer: VerifiedFacility) -> None:
    if iss != issuer.card.facility:
        raise StatementError("other-issuer")
