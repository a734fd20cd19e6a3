"""Sealing at rest under a symmetric key of one's own: XChaCha20-Poly1305 (libsodium).

For a process's own store and keyrings, never for what travels. PROTOCOL section 11.
"""

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from keys.errors import OpeningError
from keys.randomness import random_bytes

AT_REST_OVERHEAD = Aead.NONCE_SIZE + Aead.MACBYTES
"""What sealing adds: a random 24-byte nonce in front and a 16-byte tag."""


def seal_at_rest(key: bytes, context: bytes, plaintext: bytes) -> bytes:
    """Seal under a 32-byte key; `context` (PAE) says where the result belongs."""
    nonce = random_bytes(Aead.NONCE_SIZE)
    return bytes(Aead(key).encrypt(plaintext, context, nonce))


def open_at_rest(key: bytes, context: bytes, sealed: bytes) -> bytes:
    """Open what `seal_at_rest` sealed under the same key and context. Raises OpeningError."""
    if len(sealed) < AT_REST_OVERHEAD:
        raise OpeningError
    try:
        return Aead(key).decrypt(sealed, context)
    except CryptoError:
        raise OpeningError from None
