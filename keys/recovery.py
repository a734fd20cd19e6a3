"""Recovery codes: printed once at a node's start, the second way into its record keyring.

130 random bits as 26 Crockford characters and two check characters, in seven groups of four. The
check finds typing errors; it is no secret. PROTOCOL section 11.
"""

from keys import crockford
from keys.errors import RecoveryCodeError
from keys.randomness import random_characters
from schemas.encoding import pae, sha256
from schemas.errors import EncodingError

_RANDOM = 26
_CHECK = 2


def new_recovery_code() -> str:
    """Return a fresh recovery code, e.g. `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`."""
    characters = random_characters(_RANDOM)
    return crockford.group(characters + _check(characters))


def parse_recovery_code(text: str) -> str:
    """Return the canonical 28 characters of a typed code. Raises RecoveryCodeError."""
    try:
        plain = crockford.normalise(text)
    except EncodingError as fault:
        raise RecoveryCodeError(f"the recovery code {fault}") from None
    if len(plain) != _RANDOM + _CHECK:
        raise RecoveryCodeError("a recovery code has seven groups of four characters")
    if _check(plain[:_RANDOM]) != plain[_RANDOM:]:
        raise RecoveryCodeError("the recovery code is mistyped: its check characters do not fit")
    return plain


def _check(characters: str) -> str:
    return crockford.encode(sha256(pae("recovery-code", characters.encode())))[:_CHECK]
