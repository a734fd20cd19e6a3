"""Keys for RFC 9421 request and answer signatures, in the shape http-message-signatures asks for.

Both classes answer that library's key resolver calls, so that services hold no primitive. What is
signed, and for how long it counts, is for `services.web`. PROTOCOL section 8.
"""

from collections.abc import Iterable
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from keys.concealed import Concealed
from keys.signing import key_id, load_ed25519


class RequestSigner(Concealed):
    """One private key: resolves itself for signing and nothing for verifying."""

    def __init__(self, seed: bytes) -> None:
        """`seed`: 32 bytes."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    def sign(self, base: bytes) -> bytes:
        """Return the 64-byte signature of a signature base."""
        return self._key.sign(base)

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        """Return the key, if it is the one asked for. Raises KeyError."""
        if key_id != self.key_id:
            raise KeyError("no such request key")
        return self._key

    def resolve_public_key(self, key_id: str) -> None:
        """Return None: this object verifies nothing."""


class RequestVerifier:
    """The public keys from which signatures are accepted, by key id."""

    def __init__(self, publics: Iterable[bytes]) -> None:
        """`publics`: raw 32-byte keys. Raises KeyFormatError."""
        self._keys = {key_id(raw): load_ed25519(raw) for raw in publics}

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        """Return the key with this id, or None if it is not accepted."""
        return self._keys.get(key_id)

    def resolve_private_key(self, key_id: str) -> NoReturn:
        """Refuse: this object signs nothing. Raises KeyError."""
        raise KeyError(f"no private key for {key_id} here")
