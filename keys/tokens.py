"""Consent, refusal and revocation tokens: compact JWS with everything pinned.

`alg` is Ed25519 (RFC 9864), `typ` is fixed per kind, the header has exactly `alg`, `typ` and `kid`,
and `kid` must be the id of the key that the caller names: nothing is ever taken from the token on
trust. Whether a token still holds is decided in `exchange.consent`. PROTOCOL section 6.
"""

import re
from typing import Any, TypeVar

from joserfc import jws as jose
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from keys.errors import ClaimsError
from keys.signing import ED25519_SIZE, SigningPair, ed25519_public, key_id
from keys.strict_json import parse_strict
from schemas.encoding import b64u, sha256, unb64u
from schemas.errors import EncodingError
from schemas.identifiers import DIGEST
from schemas.wire.base import WireModel
from schemas.wire.token import (
    ConsentClaims,
    RefusalClaims,
    RevocationClaims,
    RevocationListClaims,
)

CONSENT = "consent+jwt"
REFUSAL = "refusal+jwt"
REVOCATION = "revocation+jwt"
REVOCATION_LIST = "revocation-list+jwt"
MAXIMUM = 131_072
"""Longest token read or made, in characters; revocation lists have a limit of their own."""
LIST_MAXIMUM = 4 * 2**20
"""Longest revocation list, in characters: room for all the ids that its claims may hold."""

Claims = TypeVar("Claims", bound=WireModel)
Signer = SigningPair | bytes
"""A signing pair, of which the Ed25519 half signs, or a bare 32-byte Ed25519 seed."""


class _Registry(jose.JWSRegistry):
    max_payload_length = MAXIMUM


class _ListRegistry(jose.JWSRegistry):
    max_payload_length = LIST_MAXIMUM


def sign_consent(claims: ConsentClaims, signer: Signer) -> str:
    """Sign a consent token with the case manager's own key. Raises ClaimsError."""
    _check_consent(claims)
    return _sign(CONSENT, claims, signer)


def verify_consent(token: str, ed25519: bytes) -> ConsentClaims:
    """Return the claims of a consent token signed by this raw public key. Raises ClaimsError."""
    claims = _verify(CONSENT, token, ed25519, ConsentClaims)
    _check_consent(claims)
    return claims


def sign_refusal(claims: RefusalClaims, signer: Signer) -> str:
    """Sign a refusal. Raises ClaimsError."""
    _check_audience(claims.aud, "hub")
    return _sign(REFUSAL, claims, signer)


def verify_refusal(token: str, ed25519: bytes) -> RefusalClaims:
    """Return the claims of a refusal signed by this raw public key. Raises ClaimsError."""
    claims = _verify(REFUSAL, token, ed25519, RefusalClaims)
    _check_audience(claims.aud, "hub")
    return claims


def sign_revocation(claims: RevocationClaims, signer: Signer) -> str:
    """Sign a revocation. Raises ClaimsError."""
    _check_audience(claims.aud, "hub")
    return _sign(REVOCATION, claims, signer)


def verify_revocation(token: str, ed25519: bytes) -> RevocationClaims:
    """Return the claims of a revocation signed by this raw public key. Raises ClaimsError."""
    claims = _verify(REVOCATION, token, ed25519, RevocationClaims)
    _check_audience(claims.aud, "hub")
    return claims


def sign_revocation_list(claims: RevocationListClaims, signer: Signer) -> str:
    """Sign one facility's revocation list with the hub's HTTP key. Raises ClaimsError."""
    return _sign(REVOCATION_LIST, claims, signer)


def verify_revocation_list(token: str, ed25519: bytes, *, facility: str) -> RevocationListClaims:
    """Return the revocation list made for `facility` by this hub key. Raises ClaimsError."""
    claims = _verify(REVOCATION_LIST, token, ed25519, RevocationListClaims)
    _check_audience(claims.aud, facility)
    return claims


def peek_kid(token: str) -> str:
    """Return the key id that a token names, unverified: only good for looking the key up.

    Raises ClaimsError.
    """
    return str(_header(token)["kid"])


def jws_digest(token: str) -> bytes:
    """Return a token's digest: SHA-256 of its ASCII characters. Raises ClaimsError."""
    try:
        return sha256(token.encode("ascii"))
    except UnicodeEncodeError:
        raise ClaimsError("a token is ASCII") from None


def _sign(typ: str, claims: WireModel, signer: Signer) -> str:
    seed = signer.ed_seed if isinstance(signer, SigningPair) else signer
    public = ed25519_public(seed)
    header = {"alg": "Ed25519", "typ": typ, "kid": key_id(public)}
    key = _key(public, seed)
    try:
        token = jose.serialize_compact(header, claims.to_bytes(), key, registry=_registry(typ))
    except JoseError:
        raise ClaimsError("the token could not be signed") from None
    if len(token) > _maximum(typ):
        raise ClaimsError("the token is too long")
    return token


def _verify(typ: str, token: str, ed25519: bytes, model: type[Claims]) -> Claims:
    header = _header(token, _maximum(typ))
    if header["typ"] != typ:
        raise ClaimsError(f"a {typ} was expected")
    if len(ed25519) != ED25519_SIZE or header["kid"] != key_id(ed25519):
        raise ClaimsError("signed by another key")
    try:
        payload = jose.deserialize_compact(token, _key(ed25519), registry=_registry(typ)).payload
    except (JoseError, ValueError):
        raise ClaimsError("the token's signature does not verify") from None
    return _claims(payload, model)


def _claims(payload: bytes, model: type[Claims]) -> Claims:
    try:
        parse_strict(payload)
        return model.from_bytes(payload)
    except ValidationError:
        raise ClaimsError("the claims are not of this kind") from None
    except ValueError:
        raise ClaimsError("the claims are not strict JSON") from None


def _maximum(typ: str) -> int:
    return LIST_MAXIMUM if typ == REVOCATION_LIST else MAXIMUM


def _header(token: str, maximum: int = MAXIMUM) -> dict[str, Any]:
    parts = token.split(".")
    if len(token) > maximum or not token.isascii() or len(parts) != 3:
        raise ClaimsError("not a compact JWS")
    try:
        header, _, _ = parse_strict(unb64u(parts[0])), unb64u(parts[1]), unb64u(parts[2])
    except (EncodingError, ValueError):
        raise ClaimsError("not a strict JWS") from None
    if not isinstance(header, dict) or set(header) != {"alg", "typ", "kid"}:
        raise ClaimsError("the header must have alg, typ and kid and nothing else")
    if header["alg"] != "Ed25519":
        raise ClaimsError("the algorithm must be Ed25519")
    if not isinstance(header["kid"], str) or not re.fullmatch(DIGEST, header["kid"]):
        raise ClaimsError("the kid is no key id")
    return header


def _registry(typ: str) -> jose.JWSRegistry:
    registry = _ListRegistry if typ == REVOCATION_LIST else _Registry
    return registry(algorithms=["Ed25519"])


def _key(public: bytes, seed: bytes | None = None) -> OKPKey:
    members: dict[str, str | list[str]] = {"kty": "OKP", "crv": "Ed25519", "x": b64u(public)}
    if seed is not None:
        members["d"] = b64u(seed)
    try:
        return OKPKey.import_key(members)
    except (JoseError, ValueError):
        raise ClaimsError("not an Ed25519 key") from None


def _check_audience(audience: list[str], expected: str) -> None:
    if audience != [expected]:
        raise ClaimsError("made for another audience")


def _check_consent(claims: ConsentClaims) -> None:
    recipients = [party for party in claims.aud if party != "hub"]
    if len(recipients) != 1 or recipients == [claims.iss]:
        raise ClaimsError("the audience must be the hub and one other facility")
    if not (claims.iat < claims.exp and claims.nbf < claims.exp):
        raise ClaimsError("the token's times contradict each other")
    if len(set(claims.scope_tags)) != len(claims.scope_tags):
        raise ClaimsError("a scope tag is named twice")
