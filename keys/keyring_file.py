"""The sealed file under a keyring: one random master key, wrapped once per way of opening it.

JSON with a format line, slots and contents. A slot wraps the master key under a key from a
passphrase or recovery code (Argon2id, RFC 9106) or from a credential (32 random bytes). Contents
are named secrets sealed under the master key. XChaCha20-Poly1305 throughout. Argon2id costs are
named, not read from the file as numbers, so that a planted file can't exhaust memory. PROTOCOL
section 11.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from pydantic import Field, ValidationError

from keys.errors import KeyringError, OpeningError
from keys.randomness import new_seed, random_bytes
from keys.storage import open_at_rest, seal_at_rest
from keys.strict_json import parse_strict
from schemas.encoding import b64u, pae, unb64u
from schemas.errors import EncodingError
from schemas.identifiers import Base64Url
from schemas.wire.base import WireModel

SlotKind = Literal["passphrase", "recovery", "credential"]
Profile = Literal["moderate", "light"]
"""Cost of one guess. `light` is for tests and demonstrations only."""


class _Cost(NamedTuple):
    passes: int
    memory: int


_COSTS: dict[Profile, _Cost] = {
    "moderate": _Cost(argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE),
    "light": _Cost(argon2id.OPSLIMIT_MIN, 8 * 1024 * 1024),
}


class Slot(WireModel):
    """One way in: the master key sealed under a key derived from a secret.

    `profile` is without effect for a credential.
    """

    kind: SlotKind
    profile: Profile
    salt: Base64Url
    sealed: Base64Url


class KeyringFile(WireModel):
    """The whole file."""

    format: Literal["safehand/1 keyring"]
    slots: Annotated[list[Slot], Field(min_length=1, max_length=3)]
    contents: Base64Url


def new_master_key() -> bytes:
    """Return a fresh 32-byte master key."""
    return new_seed()


def make_slot(kind: SlotKind, secret: bytes, master: bytes, profile: Profile) -> Slot:
    """Wrap the master key under a secret."""
    salt = random_bytes(argon2id.SALTBYTES)
    key = _derive(kind, secret, salt, profile)
    sealed = seal_at_rest(key, _slot_context(kind, profile, salt), master)
    return Slot(kind=kind, profile=profile, salt=b64u(salt), sealed=b64u(sealed))


def open_slots(file: KeyringFile, kind: SlotKind, secret: bytes) -> bytes:
    """Return the master key from the slot of this kind. Raises KeyringError."""
    for slot in file.slots:
        if slot.kind == kind:
            return _open_slot(slot, secret)
    raise refusal()


def seal_contents(master: bytes, contents: Mapping[str, bytes]) -> str:
    """Seal named secrets under the master key."""
    payload = Contents(secrets={name: b64u(data) for name, data in contents.items()}).to_bytes()
    return b64u(seal_at_rest(master, pae("keyring-contents"), payload))


def open_contents(file: KeyringFile, master: bytes) -> dict[str, bytes]:
    """Return the named secrets. Raises KeyringError."""
    try:
        payload = open_at_rest(master, pae("keyring-contents"), unb64u(file.contents))
        parse_strict(payload)
        named = Contents.from_bytes(payload).secrets
        return {name: unb64u(text) for name, text in named.items()}
    except (OpeningError, EncodingError, ValidationError, ValueError):
        raise refusal() from None


def parse_keyring(data: bytes) -> KeyringFile:
    """Read a keyring file. Raises KeyringError."""
    try:
        parse_strict(data)
        return KeyringFile.from_bytes(data)
    except (ValidationError, ValueError):
        raise refusal() from None


def refusal() -> KeyringError:
    """Return the one error for everything that does not open."""
    return KeyringError(
        "the keyring did not open: the passphrase or recovery code is wrong, or the file is damaged"
    )


class Contents(WireModel):
    """Named secrets in base64url; exists only between sealing and opening, never shown."""

    secrets: Annotated[dict[str, Base64Url], Field(repr=False)]


def _open_slot(slot: Slot, secret: bytes) -> bytes:
    try:
        salt, sealed = unb64u(slot.salt), unb64u(slot.sealed)
        if len(salt) != argon2id.SALTBYTES:
            raise refusal()
        key = _derive(slot.kind, secret, salt, slot.profile)
        return open_at_rest(key, _slot_context(slot.kind, slot.profile, salt), sealed)
    except (EncodingError, OpeningError):
        raise refusal() from None


def _derive(kind: SlotKind, secret: bytes, salt: bytes, profile: Profile) -> bytes:
    if kind == "credential":
        return secret  # 32 random bytes already
    cost = _COSTS[profile]
    try:
        return argon2id.kdf(32, secret, salt, opslimit=cost.passes, memlimit=cost.memory)
    except CryptoError:
        raise KeyringError(
            f"Argon2id needs {cost.memory // 2**20} MiB of free memory to open a keyring"
        ) from None


def _slot_context(kind: SlotKind, profile: Profile, salt: bytes) -> bytes:
    return pae("keyring-slot", kind.encode(), profile.encode(), salt)
