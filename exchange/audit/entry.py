"""An audit entry: details, the salt that hides them, and the leaf that commits to both.

Owns what a leaf says and how it is opened. Does not draw salts, place entries in the tree or store
anything. The leaf shows an event kind and a minute; everything else is in the details, which are
shown to the parties and to auditors and can be erased without touching the tree. PROTOCOL section
10.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

from pydantic import ValidationError

from exchange.audit.errors import EntryError
from exchange.audit.tree import leaf_hash
from schemas.encoding import b64u
from schemas.wire.hub_api import AuditDetails, AuditLeaf

SALT_SIZE = 32
_MINUTE = 60


@dataclass(frozen=True)
class Entry:
    """What is stored of an entry: the leaf for ever, salt and details until they are erased."""

    leaf: bytes
    leaf_hash: bytes
    salt: bytes = field(repr=False)
    details: bytes = field(repr=False)


def commit(details: AuditDetails, salt: bytes) -> Entry:
    """Return the entry that commits to `details` under a fresh 32-byte random `salt`.

    Commitment = HMAC-SHA-256(salt, details). One salt serves one entry. Raises EntryError.
    """
    encoded = details.to_bytes()
    leaf = _leaf_for(details, encoded, salt).to_bytes()
    return Entry(leaf, leaf_hash(leaf), salt, encoded)


def parse_leaf(leaf: bytes) -> AuditLeaf:
    """Return what a leaf says; only the one canonical encoding. Raises EntryError."""
    try:
        parsed = AuditLeaf.from_bytes(leaf)
    except ValidationError:
        raise EntryError("the leaf is not of a known form") from None
    if parsed.to_bytes() != leaf:
        raise EntryError("the leaf is not in canonical form")
    return parsed


def open_entry(leaf: bytes, salt: bytes, details: bytes) -> AuditDetails:
    """Return the details that `leaf` commits to, checked. Raises EntryError."""
    parsed = parse_leaf(leaf)
    if parsed.commitment != _commitment(salt, details):
        raise EntryError("the details are not those that the leaf commits to")
    opened = _parse_details(details)
    if _leaf_for(opened, details, salt) != parsed:
        raise EntryError("the leaf's event or minute is not that of the details")
    return opened


def _leaf_for(details: AuditDetails, encoded: bytes, salt: bytes) -> AuditLeaf:
    minute = details.at - details.at % _MINUTE
    commitment = _commitment(salt, encoded)
    return AuditLeaf(v=1, action=details.action, minute=minute, commitment=commitment)


def _commitment(salt: bytes, details: bytes) -> str:
    # HMAC pads its key with zeros: salts of another length could stand for each other.
    if len(salt) != SALT_SIZE:
        raise EntryError("a salt is 32 bytes long")
    return b64u(hmac.new(salt, details, hashlib.sha256).digest())


def _parse_details(details: bytes) -> AuditDetails:
    """Parse details; refuse repeated, reordered or oddly spaced members.

    Members with a default may be left out, so that entries written before a member was introduced
    stay readable.
    """
    try:
        parsed = AuditDetails.from_bytes(details)
    except ValidationError:
        raise EntryError("the details are not of a known form") from None
    if parsed.model_dump_json(exclude_unset=True).encode() != details:
        raise EntryError("the details are not in canonical form")
    return parsed
