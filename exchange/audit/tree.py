"""The Merkle tree of RFC 6962: hashes, roots, a growing right edge, and the checking of proofs.

Owns the mathematics over hashes. Does not know tiles, signatures or what a leaf means; proofs are
made in `exchange.audit.tiles`. PROTOCOL section 10.

A node is named (level, index): the root over the 2**level leaves from index * 2**level on. Only
complete nodes have names; a root over any other number of leaves is folded from complete ones.
Hashes are 32 raw bytes.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Self

from exchange.audit.errors import ProofError

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves (RFC 6962 section 2.1)."""

MAX_SIZE = 2**62
"""Sizes from here on are refused: no honest log reaches them, and arithmetic stays bounded."""

ReadHash = Callable[[int, int], bytes]
"""Gives the hash of the complete node (level, index)."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf with content `data` (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def cover(start: int, end: int) -> list[tuple[int, int]]:
    """Return the complete nodes that make up the subtree over leaves [start, end), left to right.

    `start` must be a multiple of the smallest power of two that is not below `end - start`, as it
    is for every subtree that RFC 6962 splits off.
    """
    nodes = []
    for level in reversed(range((end - start).bit_length())):
        if (end - start) >> level & 1:
            nodes.append((level, start >> level))
            start += 1 << level
    return nodes


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees of falling size, left to right; at least one."""
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def range_root(start: int, end: int, read: ReadHash) -> bytes:
    """Return the root of the non-empty subtree over leaves [start, end); see `cover`."""
    return fold([read(level, index) for level, index in cover(start, end)])


def root(size: int, read: ReadHash) -> bytes:
    """Return the root of the tree with `size` leaves."""
    return range_root(0, size, read) if size else EMPTY_ROOT


class Frontier:
    """The right edge of a growing tree: all that is needed to append and to know the root.

    Holds one hash per binary digit 1 of its size, so its memory is logarithmic.
    """

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    @classmethod
    def at(cls, size: int, read: ReadHash) -> Self:
        """Return the right edge of an existing tree of `size` leaves."""
        frontier = cls()
        frontier.size = size
        frontier._edge = [read(level, index) for level, index in cover(0, size)]
        return frontier

    def append(self, leaf: bytes) -> None:
        """Add one leaf by its leaf hash."""
        carry, digits = leaf, self.size
        while digits & 1:
            carry = node_hash(self._edge.pop(), carry)
            digits >>= 1
        self._edge.append(carry)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaves in order by their leaf hashes."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return fold(self._edge) if self._edge else EMPTY_ROOT


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes
) -> None:
    """Check that the leaf with hash `leaf` stands at `index` in the tree of `size` and root.

    `proof` runs from the leaf's sibling to the root's child (RFC 6962 section 2.1.1). Every proof
    has exactly one acceptable length. Raises ProofError.
    """
    if not 0 <= index < size < MAX_SIZE:
        raise ProofError("the index lies outside the tree")
    _require_hashes([leaf, expected_root, *proof])
    inner = _inner_length(index, size)
    if len(proof) != inner + (index >> inner).bit_count():
        raise ProofError("the inclusion proof has the wrong length")
    found = _climb_inner(leaf, index, proof[:inner])
    if _climb_right_edge(found, proof[inner:]) != expected_root:
        raise ProofError("the inclusion proof does not lead to the root")


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that the tree of `new_size` begins with the tree of `old_size`.

    `proof` as in RFC 6962 section 2.1.2; it is empty if the sizes are equal or the old tree is.
    Raises ProofError.
    """
    if not 0 <= old_size <= new_size < MAX_SIZE:
        raise ProofError("the sizes are not in order")
    _require_hashes([old_root, new_root, *proof])
    if old_size in (0, new_size):
        _verify_trivial(old_size, new_size, proof, old_root, new_root)
        return
    start, path = _split_consistency(old_size, proof, old_root)
    # The proof starts at the last complete subtree that ends where the old tree ends.
    shift = (old_size & -old_size).bit_length() - 1
    inner = _inner_length(old_size - 1, new_size) - shift
    position = (old_size - 1) >> shift
    if len(path) != inner + (position >> inner).bit_count():
        raise ProofError("the consistency proof has the wrong length")
    if _climb_left_only(start, position, path, inner) != old_root:
        raise ProofError("the consistency proof does not lead to the old root")
    found = _climb_inner(start, position, path[:inner])
    if _climb_right_edge(found, path[inner:]) != new_root:
        raise ProofError("the consistency proof does not lead to the new root")


def _require_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(item) != HASH_SIZE for item in hashes):
        raise ProofError("a hash is not 32 bytes long")


def _inner_length(index: int, size: int) -> int:
    """Return how many levels the path of `index` climbs before it meets the tree's right edge."""
    return (index ^ (size - 1)).bit_length()


def _climb_inner(start: bytes, index: int, siblings: Sequence[bytes]) -> bytes:
    """Climb where the side is told by the binary digits of `index`."""
    found = start
    for level, sibling in enumerate(siblings):
        left = index >> level & 1
        found = node_hash(sibling, found) if left else node_hash(found, sibling)
    return found


def _climb_right_edge(start: bytes, siblings: Sequence[bytes]) -> bytes:
    """Climb along the right edge, where every sibling stands to the left."""
    found = start
    for sibling in siblings:
        found = node_hash(sibling, found)
    return found


def _climb_left_only(start: bytes, position: int, path: Sequence[bytes], inner: int) -> bytes:
    """Climb with the left siblings only: what the old tree consisted of."""
    left = [item for level, item in enumerate(path[:inner]) if position >> level & 1]
    return _climb_right_edge(start, [*left, *path[inner:]])


def _split_consistency(
    old_size: int, proof: Sequence[bytes], old_root: bytes
) -> tuple[bytes, Sequence[bytes]]:
    """Return the node that the proof starts from, and the path above it."""
    if old_size & (old_size - 1) == 0:
        return old_root, proof
    if not proof:
        raise ProofError("the consistency proof has the wrong length")
    return proof[0], proof[1:]


def _verify_trivial(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    if proof:
        raise ProofError("the consistency proof has the wrong length")
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise ProofError("the old root is not the root of an empty tree")
    if old_size == new_size and old_root != new_root:
        raise ProofError("two different roots of one size: the log was forked")
