"""The hub's epoch key: half-keys lie in its database only under this key.

The key lives in one file outside the database and its backups. Erasing half-keys for good means:
delete their rows, seal the others anew under a new epoch key, destroy the old key. PROTOCOL
section 11.

A rotation survives a crash at any point. `begin_rotation` writes a file with both keys; the rows
are resealed in one transaction; `finish_rotation` writes a file with the new key alone. Whoever
finds `rotating` true after a start does the last two steps again. One process per file: another
that still held the old key would seal under a key about to be destroyed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from keys.concealed import Concealed
from keys.errors import OpeningError, SecretFileError
from keys.randomness import SEED_SIZE, new_seed, random_bytes
from keys.secret_files import create_secret, read_secret, replace_secret
from keys.storage import open_at_rest, seal_at_rest
from schemas.encoding import pae, sha256

_MAGIC = b"safehand/1 epoch keys\n"
_ID = 8
_DIGEST = 32


@dataclass(frozen=True, repr=False)
class _Epoch(Concealed):
    id: bytes
    key: bytes


class EpochKey(Concealed):
    """The current epoch key, and during a rotation the one before it."""

    def __init__(self, path: Path, epochs: list[_Epoch]) -> None:
        self._path = path
        self._epochs = epochs

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a new epoch key file. Raises SecretFileError if there is one."""
        epochs = [_fresh()]
        create_secret(path, _encode(epochs))
        return cls(path, epochs)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the epoch key file. Raises SecretFileError."""
        return cls(path, _decode(read_secret(path)))

    @property
    def rotating(self) -> bool:
        """Whether a rotation has begun and is not finished."""
        return len(self._epochs) > 1

    def seal(self, half_key: bytes, context: bytes) -> bytes:
        """Seal a half-key under the newest epoch; `context` (PAE) names the grant."""
        epoch = self._epochs[-1]
        return epoch.id + seal_at_rest(epoch.key, _context(epoch, context), half_key)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return the half-key. Raises OpeningError, also when its epoch has been destroyed."""
        for epoch in self._epochs:
            if sealed[:_ID] == epoch.id:
                return open_at_rest(epoch.key, _context(epoch, context), sealed[_ID:])
        raise OpeningError

    def begin_rotation(self) -> None:
        """Draw a new epoch key; from now on `seal` uses it. Does nothing during a rotation."""
        if self.rotating:
            return
        epochs = [*self._epochs, _fresh()]
        replace_secret(self._path, _encode(epochs))
        self._epochs = epochs

    def reseal(self, sealed: bytes, context: bytes) -> bytes:
        """Return the half-key sealed under the newest epoch. Raises OpeningError."""
        if sealed[:_ID] == self._epochs[-1].id:
            return sealed
        return self.seal(self.open(sealed, context), context)

    def finish_rotation(self) -> None:
        """Destroy the old epoch key: what was not resealed can never be opened again."""
        epochs = self._epochs[-1:]
        replace_secret(self._path, _encode(epochs))
        self._epochs = epochs


def _fresh() -> _Epoch:
    return _Epoch(random_bytes(_ID), new_seed())


def _context(epoch: _Epoch, context: bytes) -> bytes:
    return pae("half-key", epoch.id, context)


def _encode(epochs: list[_Epoch]) -> bytes:
    body = _MAGIC + b"".join(epoch.id + epoch.key for epoch in epochs)
    return body + sha256(body)


def _decode(data: bytes) -> list[_Epoch]:
    body, digest = data[:-_DIGEST], data[-_DIGEST:]
    width = _ID + SEED_SIZE
    entries = body[len(_MAGIC) :]
    if (
        sha256(body) != digest
        or not body.startswith(_MAGIC)
        or len(entries) not in (width, 2 * width)
    ):
        raise SecretFileError("the epoch key file is damaged")
    return [
        _Epoch(entries[i : i + _ID], entries[i + _ID : i + width])
        for i in range(0, len(entries), width)
    ]
