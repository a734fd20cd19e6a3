"""Sealing bodies: Cobblestone-256 (C2SP chunked encryption).

Key-committing, bound to a context, streaming. A key seals one body only. Opening is in
`keys.opening`. PROTOCOL section 4.
"""

from keys.primitives import cobblestone


class BodySealer:
    """Seals one body piece by piece: `update` for each piece, then `finalize` once."""

    def __init__(self, key: bytes, context: bytes) -> None:
        """`key`: 32 fresh bytes. `context`: PAE with its own label."""
        self._encryptor = cobblestone.Cobblestone256Encryptor(key, context)

    def update(self, piece: bytes) -> bytes:
        """Return the ciphertext that is ready."""
        return self._encryptor.update(piece)

    def finalize(self) -> bytes:
        """Return the rest of the ciphertext."""
        return self._encryptor.finalize()


def seal_body(key: bytes, context: bytes, plaintext: bytes) -> bytes:
    """Return the ciphertext of a whole body under a fresh 32-byte key and a context."""
    sealer = BodySealer(key, context)
    return sealer.update(plaintext) + sealer.finalize()
