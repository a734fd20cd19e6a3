"""The recipient's side of a release as values: who it is, whom it trusts, what it remembers.

Owns no checks; see `exchange.acceptance`. A node builds these from its store. PROTOCOL section 7.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exchange.audit.checkpoint import Checkpoint, HubLogKeys


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who receives, and whom it trusts."""

    facility: str
    fingerprint: bytes
    """Of its own identity."""
    kem_keys: frozenset[str]
    """Key ids (SHA-256, base64url) of the KEM keys that it can open with."""
    pins: Mapping[str, bytes]
    """Fingerprint of every facility that a person here has confirmed."""
    log_keys: HubLogKeys
    """The pinned keys of the hub's log."""


@dataclass(frozen=True, slots=True)
class SeenHead:
    """The newest head of a consent that was accepted here."""

    counter: int
    digest: str


@dataclass(frozen=True, slots=True)
class SeenVersion:
    """The newest version of a section that was accepted here."""

    version: int
    manifest: str
    """Its digest."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the recipient remembers, so that a hub can't show it the past."""

    revocations_at: int | None
    """When the newest hub-signed revocation list at hand was signed; None if there is none."""
    revoked: frozenset[str] = frozenset()
    """Consents known to be revoked, by `jti`."""
    checkpoint: Checkpoint | None = None
    """The newest checkpoint accepted; None before the first."""
    consistency: Sequence[bytes] = ()
    """Proof between that checkpoint and the answer's, from the smaller to the larger."""
    heads: Mapping[str, SeenHead] = field(default_factory=dict)
    """By consent."""
    versions: Mapping[str, SeenVersion] = field(default_factory=dict)
    """By section."""
