"""Sealing of what lies in the node's store, and keyed tags to find it by.

Every sealed value is bound to its place (table, column, row), so that values can't be exchanged
between rows. Holds a key, keeps no values. PROTOCOL section 11.
"""

import hashlib
import hmac
from typing import TypeVar

from keys.concealed import Concealed
from keys.storage import open_at_rest, seal_at_rest
from schemas.encoding import pae
from schemas.wire.base import WireModel

Model = TypeVar("Model", bound=WireModel)


class Vault(Concealed):
    """Seals and opens column values under one 32-byte key."""

    def __init__(self, key: bytes) -> None:
        """`key`: the storage key (record keyring) or the outbox key (service keyring)."""
        self._key = key
        self._tag_key = hmac.new(key, pae("tag-key"), hashlib.sha256).digest()

    def seal(self, place: str, row: str, value: bytes) -> bytes:
        """Return `value` sealed for column `place` of row `row`."""
        return seal_at_rest(self._key, _context(place, row), value)

    def open(self, place: str, row: str, sealed: bytes) -> bytes:
        """Return the value sealed there. Raises OpeningError."""
        return open_at_rest(self._key, _context(place, row), sealed)

    def seal_model(self, place: str, row: str, value: WireModel) -> bytes:
        """Return a wire model sealed."""
        return self.seal(place, row, value.to_bytes())

    def open_model(self, place: str, row: str, sealed: bytes, model: type[Model]) -> Model:
        """Return the wire model sealed there. Raises OpeningError."""
        return model.from_bytes(self.open(place, row, sealed))

    def tag(self, label: str, *parts: bytes) -> bytes:
        """Return a 32-byte keyed hash: finds equal values without showing them."""
        return hmac.new(self._tag_key, pae(f"tag {label}", *parts), hashlib.sha256).digest()


def _context(place: str, row: str) -> bytes:
    return pae("at-rest", place.encode(), row.encode())
