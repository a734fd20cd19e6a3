"""Verifying a long log takes no more memory than a short one, whole or spoilt."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from exchange.audit import checkpoint, tiles, tree
from exchange.audit.verify import Verdict, verify_log
from tests.support.mirrors import KEYS, ORIGIN, line_of, made_entry, signer

SAME = made_entry(0)


@dataclass
class LongLog:
    """A log of entries that are all alike, made as they are read. `skip`: a line left out."""

    size: int
    skip: int | None = None

    def __post_init__(self) -> None:
        self._hashes = [SAME.leaf_hash]
        for _ in range(3):
            self._hashes.append(tiles.tile_root(self._hashes[-1] * tiles.FULL_WIDTH))
        root = tree.root(self.size, tiles.hash_reader(self.load_tile, self.size))
        self.signed = checkpoint.make(ORIGIN, self.size, root, signer())

    def checkpoint_text(self) -> str:
        return self.signed

    def entry_lines(self) -> Iterator[bytes]:
        return (line_of(i, SAME).to_bytes() for i in range(self.size) if i != self.skip)

    def load_tile(self, level: int, n: int, width: int) -> bytes | None:
        return self._hashes[level] * width


def peak_of(log: LongLog) -> tuple[Verdict, int]:
    tracemalloc.start()
    try:
        return verify_log(log, KEYS), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("skip", [None, 1000])
def test_memory_does_not_grow_with_the_log(skip: int | None) -> None:
    peak_of(LongLog(600, skip))  # what is loaded once, whatever the size
    short, short_peak = peak_of(LongLog(1_500, skip))
    long, long_peak = peak_of(LongLog(11_500, skip))
    assert (short.verified, long.verified) == (skip is None, skip is None)
    assert long_peak < short_peak + 256 * 1024
