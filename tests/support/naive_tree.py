"""RFC 6962 section 2.1 word for word: slow, recursive, and apart from the code that it tests."""

import hashlib


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def root(hashes: list[bytes]) -> bytes:
    """MTH, over leaf hashes."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return hashlib.sha256(b"\x01" + root(hashes[:k]) + root(hashes[k:])).digest()


def path(index: int, hashes: list[bytes]) -> list[bytes]:
    """PATH: the inclusion proof."""
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return [*path(index, hashes[:k]), root(hashes[k:])]
    return [*path(index - k, hashes[k:]), root(hashes[:k])]


def proof(old: int, hashes: list[bytes]) -> list[bytes]:
    """PROOF: the consistency proof, for 0 < old <= len(hashes)."""
    return _subproof(old, hashes, True)


def _subproof(old: int, hashes: list[bytes], known: bool) -> list[bytes]:
    if old == len(hashes):
        return [] if known else [root(hashes)]
    k = split(len(hashes))
    if old <= k:
        return [*_subproof(old, hashes[:k], known), root(hashes[k:])]
    return [*_subproof(old - k, hashes[k:], False), root(hashes[:k])]
