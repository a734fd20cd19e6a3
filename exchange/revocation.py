"""Revocation codes: how the person herself takes a consent back, anywhere. PROTOCOL section 6.

Owns the code's spelling and its hash. The code is 11 random bytes (88 bits), drawn in
`keys.randomness`, shown once as `XXXX-XXXX-XXXX-XXXX-XX`; only its hash is in the consent token.
"""

from exchange.errors import CodeError
from keys import crockford
from schemas.encoding import b64u, pae, sha256
from schemas.errors import EncodingError

CODE_SIZE = 11


def code_text(code: bytes) -> str:
    """Return `code` as people read it. Raises CodeError unless it has 11 bytes."""
    _require_size(code)
    return crockford.group(crockford.encode(code))


def parse_code(text: str) -> bytes:
    """Return the 11 bytes of a code as typed: any case, with or without dashes and spaces.

    Reads O as 0, I and L as 1. Raises CodeError.
    """
    try:
        return crockford.decode(text, CODE_SIZE)
    except EncodingError:
        raise CodeError("not a revocation code") from None


def revocation_hash(code: bytes) -> str:
    """Return the `revocation_hash` claim: SHA-256 over the code's labelled encoding, base64url.

    Raises CodeError unless the code has 11 bytes.
    """
    _require_size(code)
    return b64u(sha256(pae("revocation-code", code)))


def _require_size(code: bytes) -> None:
    if len(code) != CODE_SIZE:
        raise CodeError("a revocation code has 11 bytes")
