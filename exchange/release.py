"""Release: what is asked, and what the audit entry must say of it. PROTOCOL section 7.

Owns the words that hub and recipient must agree on: the hub writes these details before it lets a
half-key out, the recipient opens nothing whose proof does not cover exactly these details.
"""

from collections.abc import Sequence

from keys.tokens import jws_digest
from schemas.encoding import b64u
from schemas.wire.hub_api import AuditDetails
from schemas.wire.statement import SignedStatement
from schemas.wire.token import ConsentClaims


def release_objects(
    token: str, head: SignedStatement, manifests: Sequence[SignedStatement]
) -> list[str]:
    """Return the digests that a release's entry names: consent token, head, then each manifest."""
    digests = (jws_digest(token), head.digest(), *(manifest.digest() for manifest in manifests))
    return [b64u(digest) for digest in digests]


def release_details(
    *,
    release: str,
    claims: ConsentClaims,
    token: str,
    head: SignedStatement,
    manifests: Sequence[SignedStatement],
    at: int,
    request: str | None = None,
) -> AuditDetails:
    """Return the details of the entry for a permitted release.

    `claims` are those of `token`, verified; `at` in seconds; `request` is the digest of the
    signature base of the request that caused it, which only the hub knows.
    """
    return AuditDetails(
        action="release.decide",
        outcome="permit",
        reasons=[],
        actor=claims.recipient,
        counterpart=claims.iss,
        case=claims.sub,
        consent=claims.jti,
        release=release,
        purpose=claims.purpose,
        objects=release_objects(token, head, manifests),
        request=request,
        at=at,
    )
