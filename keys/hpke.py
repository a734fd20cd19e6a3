"""Sealing to a recipient's key: HPKE base mode, single shot (RFC 9180).

KEM MLKEM768-X25519 (0x647a), HKDF-SHA256, ChaCha20-Poly1305. There is no aad, so all context goes
in `info`; there is no sender authentication, so what is sealed travels in a signed statement.
Opening is in `keys.opening`. PROTOCOL section 5.
"""

import hashlib

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from keys.errors import KeyFormatError
from keys.primitives import (
    AEAD,
    KDF,
    KEM,
    MLKEM768PrivateKey,
    MLKEM768PublicKey,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

KEM_PUBLIC_SIZE = 1216
"""ML-KEM-768 encapsulation key (1,184 bytes), then X25519 (32 bytes)."""
HPKE_OVERHEAD = 1136
"""What sealing adds: encapsulated key (1,120 bytes) and tag (16 bytes)."""
_ML_KEM_SIZE = 1184


def hpke_suite() -> Suite:
    """Return the one HPKE ciphersuite of the suite."""
    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def expand_seed(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """Expand a 32-byte seed with SHAKE-256 into both private keys, as X-Wing does."""
    if len(seed) != 32:
        raise KeyFormatError("a KEM seed is 32 bytes")
    expanded = hashlib.shake_256(seed).digest(96)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


def kem_private(seed: bytes) -> MLKEM768X25519PrivateKey:
    """Return the hybrid private key of a 32-byte seed."""
    return MLKEM768X25519PrivateKey(*expand_seed(seed))


def kem_public(seed: bytes) -> bytes:
    """Return the 1,216-byte public key of a 32-byte seed."""
    ml_kem, x25519 = expand_seed(seed)
    return ml_kem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def load_kem_public(public: bytes) -> MLKEM768X25519PublicKey:
    """Return a key object for 1,216 raw bytes. Raises KeyFormatError."""
    if len(public) != KEM_PUBLIC_SIZE:
        raise KeyFormatError("a KEM public key is 1,216 bytes")
    try:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_ML_KEM_SIZE]),
            X25519PublicKey.from_public_bytes(public[_ML_KEM_SIZE:]),
        )
    except ValueError:
        raise KeyFormatError("not a KEM public key") from None


def hpke_seal(public: bytes, info: bytes, plaintext: bytes) -> bytes:
    """Seal `plaintext` to `public`; the result is 1,136 bytes longer. Raises KeyFormatError.

    `info` must begin with its own label (PAE) and hold all that the sealed thing is bound to.
    """
    key = load_kem_public(public)
    try:
        return hpke_suite().encrypt(plaintext, key, info=info)
    except ValueError:  # an X25519 point of low order
        raise KeyFormatError("not a KEM public key") from None
