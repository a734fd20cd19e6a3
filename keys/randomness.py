"""The one place where random bits are drawn, always from the operating system.

Does not seed, cache or mix. PROTOCOL section 2.
"""

import secrets

from keys.crockford import ALPHABET, group
from schemas.encoding import b64u

SEED_SIZE = 32
"""Bytes in every private seed and every symmetric key of the suite."""


def random_bytes(count: int) -> bytes:
    """Return `count` random bytes."""
    return secrets.token_bytes(count)


def new_seed() -> bytes:
    """Return 32 random bytes: a private seed or a symmetric key."""
    return random_bytes(SEED_SIZE)


def new_id() -> str:
    """Return a fresh Id128: 16 random bytes as base64url."""
    return b64u(random_bytes(16))


def new_facility_code() -> str:
    """Return a fresh opaque facility code, e.g. `F-7K2MQ9XZ4T` (50 random bits)."""
    return f"F-{random_characters(10)}"


def new_code_number() -> str:
    """Return a fresh code number for a beneficiary, `XXXX-XXXX-XXXX` (60 random bits)."""
    return group(random_characters(12))


def random_characters(count: int) -> str:
    """Return `count` random Crockford characters, five bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(count))
