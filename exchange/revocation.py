"""Revocation codes: how the person herself takes a consent back, anywhere. PROTOCOL section 6.

Owns the code's spelling and its hash. The code is 11 random bytes (88 bits), drawn in
`keys.randomness`, shown once as `XXXX-XXXX-XXXX-XXXX-XX`; only its hash is in the consent token.
"""

from exchange.errors import CodeError
from schemas.encoding import b64u, pae, sha256

CODE_SIZE = 11
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that it can be read out and written down."""

CHARACTERS = 18
GROUP = 4
SPARE_BITS = CHARACTERS * 5 - CODE_SIZE * 8
LOOKALIKES = str.maketrans("OIL", "011", "- \t")


def code_text(code: bytes) -> str:
    """Return `code` as people read it. Raises CodeError unless it has 11 bytes."""
    if len(code) != CODE_SIZE:
        raise CodeError("a revocation code has 11 bytes")
    number = int.from_bytes(code, "big") << SPARE_BITS
    places = range(5 * (CHARACTERS - 1), -1, -5)
    characters = "".join(ALPHABET[number >> place & 31] for place in places)
    return "-".join(characters[i : i + GROUP] for i in range(0, CHARACTERS, GROUP))


def parse_code(text: str) -> bytes:
    """Return the 11 bytes of a code as typed: any case, with or without dashes and spaces.

    Reads O as 0, I and L as 1. Raises CodeError.
    """
    characters = text.upper().translate(LOOKALIKES)
    if len(characters) != CHARACTERS or not set(characters) <= set(ALPHABET):
        raise CodeError("not a revocation code")
    number = 0
    for character in characters:
        number = number << 5 | ALPHABET.index(character)
    if number & ((1 << SPARE_BITS) - 1):
        raise CodeError("not a revocation code")
    return (number >> SPARE_BITS).to_bytes(CODE_SIZE, "big")


def revocation_hash(code: bytes) -> str:
    """Return the `revocation_hash` claim of a code: SHA-256 over its labelled encoding, base64url."""
    return b64u(sha256(pae("revocation-code", code)))
