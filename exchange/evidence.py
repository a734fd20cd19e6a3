"""Evidence: that the hub's log holds an entry, and that the log has not been rewritten.

Owns how a recipient holds an answer against the log keys it pins and the checkpoint it remembers.
The tree and the formats are in `exchange.audit`. PROTOCOL sections 7 and 10.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.audit import entry, proof, tree
from exchange.audit.checkpoint import Checkpoint, HubLogKeys
from exchange.audit.errors import AuditError
from exchange.errors import OpenError
from schemas.encoding import unb64u
from schemas.errors import SchemaError
from schemas.wire.hub_api import AuditDetails, Evidence

FREE_FIELDS = ("at", "request", "staff")
"""Details that the hub alone knows; everything else must be as expected."""


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry that the log's keys vouch for."""

    details: AuditDetails
    checkpoint: Checkpoint


def read_evidence(evidence: Evidence, keys: HubLogKeys) -> ProvenEntry:
    """Return the details that `evidence` proves to be in the log.

    Raises OpenError at step `audit`.
    """
    try:
        leaf = unb64u(evidence.leaf)
        found = proof.verify(evidence.proof, tree.leaf_hash(leaf), keys)
    except (AuditError, SchemaError):
        raise OpenError("audit", "proof-invalid") from None
    if found.index != evidence.index:
        raise OpenError("audit", "other-index")
    try:
        details = entry.open_entry(leaf, unb64u(evidence.salt), unb64u(evidence.details))
    except (AuditError, SchemaError):
        raise OpenError("audit", "details-not-committed") from None
    return ProvenEntry(details, found.checkpoint)


def require_details(found: AuditDetails, expected: AuditDetails) -> None:
    """Refuse an entry that is not about exactly the `expected` event.

    Raises OpenError at step `audit`.
    """
    free = {name: getattr(found, name) for name in FREE_FIELDS}
    if expected.model_copy(update=free).model_dump() != found.model_dump():
        raise OpenError("audit", "other-details")


def newest_checkpoint(
    found: Checkpoint, remembered: Checkpoint | None, consistency: Sequence[bytes]
) -> Checkpoint:
    """Return the larger of two checkpoints after proving that they are of one log.

    `consistency`: RFC 6962 proof from the smaller to the larger. An answer may be older than what
    is remembered, since a release keeps its proof. Raises OpenError at step `consistency`.
    """
    if remembered is None:
        return found
    if remembered.origin != found.origin:
        raise OpenError("consistency", "other-log")
    old, new = sorted((found, remembered), key=lambda checkpoint: checkpoint.size)
    try:
        tree.verify_consistency(old.size, new.size, list(consistency), old.root, new.root)
    except AuditError:
        raise OpenError("consistency", "log-forked") from None
    return new
