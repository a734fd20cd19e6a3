"""Claims of the JWS tokens: consent, refusal, revocation, revocation list. PROTOCOL section 6.

Compact JWS, `alg` Ed25519 (RFC 9864), `typ` and `aud` pinned by the reader, `kid` the signer's key
id (SHA-256 of the raw Ed25519 public key, base64url).
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.identifiers import Base64Url, Digest, FacilityCode, Id128, Party
from schemas.wire.base import Seconds, WireModel

Purpose = Literal["TREAT", "ETREAT", "COC", "PATRQT", "PUBHLTH"]
"""HL7 v3 PurposeOfUse codes this exchange knows."""

RevocationReason = Literal["withdrawn", "superseded", "entered-in-error", "safety"]


class ConsentClaims(WireModel):
    """A `consent+jwt`: one recipient may receive sections with these tags, for this purpose."""

    iss: FacilityCode
    sub: Id128
    """Case pseudonym."""
    aud: Annotated[list[Party], Field(min_length=2, max_length=2)]
    """`hub` and the recipient."""
    jti: Id128
    iat: Seconds
    nbf: Seconds
    exp: Seconds
    purpose: Purpose
    scope_tags: Annotated[list[Id128], Field(min_length=1, max_length=256)]
    recipient_fingerprint: Digest
    fine_scope: Base64Url
    consent_hash: Digest
    """SHA-256 of the sealed consent record's ciphertext."""
    revocation_hash: Digest
    """SHA-256 over the revocation code; see exchange.revocation."""
    redisclosure: Literal["none"]
    max_releases: Annotated[int, Field(ge=1, le=10_000)]
    erase_at: Seconds | None
    on_revocation: Literal["block", "erase"]

    @property
    def recipient(self) -> str:
        """The one facility named in `aud`."""
        return next(party for party in self.aud if party != "hub")


class RefusalClaims(WireModel):
    """A `refusal+jwt`: nothing with these tags goes to the recipient. Beats every permit.

    No tags named: nothing at all. No recipient named: to nobody.
    """

    iss: FacilityCode
    sub: Id128
    aud: Annotated[list[Party], Field(min_length=1, max_length=1)]
    jti: Id128
    iat: Seconds
    scope_tags: Annotated[list[Id128], Field(max_length=256)]
    recipient: FacilityCode | None


class RevocationClaims(WireModel):
    """A `revocation+jwt`, signed by a staff key of the consent's issuer or recipient."""

    iss: FacilityCode
    aud: Annotated[list[Party], Field(min_length=1, max_length=1)]
    jti: Id128
    iat: Seconds
    consent: Id128
    reason: RevocationReason


class RevocationListClaims(WireModel):
    """A `revocation-list+jwt`, signed by the hub's HTTP key for one facility."""

    iss: Literal["hub"]
    aud: Annotated[list[FacilityCode], Field(min_length=1, max_length=1)]
    iat: Seconds
    exp: Seconds
    consents: Annotated[list[Id128], Field(max_length=100_000)]
    """Revoked consents in which the facility is a party."""
