"""Self-contained proofs of inclusion (C2SP tlog-proof): index, hashes, signed checkpoint.

Owns the text form and its verification offline. Does not compute proofs (`tiles`), nor say what
the proven leaf means (`entry`). PROTOCOL section 10.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from exchange.audit import checkpoint
from exchange.audit.checkpoint import Checkpoint, HubLogKeys
from exchange.audit.errors import ProofError
from exchange.audit.notes import decode_base64, encode_base64
from exchange.audit.tree import HASH_SIZE, MAX_SIZE, verify_inclusion

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_MAX_HASHES = 63


@dataclass(frozen=True)
class Proof:
    """A proof taken apart, nothing of it believed yet.

    `extra` is opaque and unauthenticated: Safehand writes none and reads none.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint_text: str
    extra: bytes | None


@dataclass(frozen=True)
class VerifiedProof:
    """That a leaf stands at `index` of the log in the state of `checkpoint`."""

    index: int
    checkpoint: Checkpoint


def make(index: int, hashes: Sequence[bytes], checkpoint_text: str) -> str:
    """Return the proof's text. `hashes`: from the leaf's sibling to the root's child."""
    lines = [_HEADER, f"index {index}", *(encode_base64(item) for item in hashes)]
    return "\n".join(lines) + "\n\n" + checkpoint_text


def parse(text: str) -> Proof:
    """Take a proof apart. Raises ProofError."""
    head, separator, checkpoint_text = text.partition("\n\n")
    header, *lines = head.split("\n")
    if header != _HEADER or not separator:
        raise ProofError("not a proof in the form of tlog-proof")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = _decode(lines.pop(0).removeprefix("extra "))
    index = _INDEX.fullmatch(lines[0]) if lines else None
    if index is None or len(lines) > 1 + _MAX_HASHES or int(index[1]) >= MAX_SIZE:
        raise ProofError("the proof lacks its index or has too many hashes")
    hashes = tuple(_decode(line) for line in lines[1:])
    if any(len(item) != HASH_SIZE for item in hashes):
        raise ProofError("a hash of the proof is not 32 bytes long")
    return Proof(int(index[1]), hashes, checkpoint_text, extra)


def verify(text: str, leaf_hash: bytes, keys: HubLogKeys) -> VerifiedProof:
    """Check that the leaf with this hash is in the log that `keys` pin.

    Raises ProofError; CheckpointError for the checkpoint inside.
    """
    proof = parse(text)
    believed = checkpoint.verify(proof.checkpoint_text, keys)
    verify_inclusion(leaf_hash, proof.index, believed.size, proof.hashes, believed.root)
    return VerifiedProof(proof.index, believed)


def _decode(line: str) -> bytes:
    try:
        return decode_base64(line)
    except ValueError:
        raise ProofError("a line of the proof is not base64") from None
