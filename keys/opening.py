"""The only module that opens what others sealed: HPKE and bodies.

The hub never loads it: an import contract and a test in a fresh interpreter see to that. Every
failure is the same OpeningError. PROTOCOL sections 4 and 5.
"""

from cryptography.exceptions import AlreadyFinalized, InvalidTag

from keys.errors import OpeningError
from keys.hpke import HPKE_OVERHEAD, hpke_suite, kem_private
from keys.primitives import cobblestone

_REFUSALS = (InvalidTag, ValueError, AlreadyFinalized)
"""`AlreadyFinalized`: what an opener that has refused once answers from then on."""


def hpke_open(seed: bytes, info: bytes, sealed: bytes, *, size: int | None = None) -> bytes:
    """Open what `hpke_seal` sealed to the key of this 32-byte seed. Raises OpeningError.

    `size` is the length that the plaintext must have, where the protocol fixes it: the check comes
    before any decryption, so that no crafted length turns the recipient into an oracle.
    """
    inner = len(sealed) - HPKE_OVERHEAD
    if inner < 0 or (size is not None and inner != size):
        raise OpeningError
    try:
        return hpke_suite().decrypt(sealed, kem_private(seed), info=info)
    except (InvalidTag, ValueError):
        raise OpeningError from None


class BodyOpener:
    """Opens one body piece by piece.

    Pieces are authentic as they come, but only `finalize` tells that the body is whole: nothing may
    be used before it has returned.
    """

    def __init__(self, key: bytes, context: bytes) -> None:
        """`key`: 32 bytes. `context`: what the body was sealed with. Raises OpeningError."""
        try:
            self._decryptor = cobblestone.Cobblestone256Decryptor(key, context)
        except ValueError:  # not 32 bytes
            raise OpeningError from None

    def update(self, piece: bytes) -> bytes:
        """Return the plaintext that is ready. Raises OpeningError."""
        try:
            return self._decryptor.update(piece)
        except _REFUSALS:
            raise OpeningError from None

    def finalize(self) -> bytes:
        """Return the rest of the plaintext; refuses a truncated body. Raises OpeningError."""
        try:
            return self._decryptor.finalize()
        except _REFUSALS:
            raise OpeningError from None


def open_body(key: bytes, context: bytes, ciphertext: bytes) -> bytes:
    """Open a whole body: all of the plaintext or none. Raises OpeningError."""
    opener = BodyOpener(key, context)
    return opener.update(ciphertext) + opener.finalize()
