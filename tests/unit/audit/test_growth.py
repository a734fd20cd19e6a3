"""What an append and a proof cost at any size, counted in tiles and hashes instead of seconds.

All leaves of these logs are alike, so that a log of 10**12 entries fits into a few tiles.
"""

import pytest

from exchange.audit import tiles, tree
from exchange.audit.tiles import TileId

LEAF = tree.leaf_hash(b"the same")
SIZES = [10**exponent for exponent in (3, 4, 5, 6, 9, 12)]


class UniformLog:
    """The tiles of a log of any size whose leaves are all alike; notes which were loaded."""

    def __init__(self, levels: int = 8) -> None:
        self._hashes = [LEAF]
        for _ in range(levels - 1):
            self._hashes.append(tiles.tile_root(self._hashes[-1] * tiles.FULL_WIDTH))
        self.loaded: list[TileId] = []

    def load(self, level: int, n: int, width: int) -> bytes:
        self.loaded.append(TileId(level, n, width))
        return self._hashes[level] * width


def levels_of(size: int) -> int:
    return -(-size.bit_length() // tiles.HEIGHT)


@pytest.mark.parametrize("size", SIZES)
def test_an_append_loads_and_changes_one_tile_a_level(size: int) -> None:
    log = UniformLog()
    grown = tiles.integrate(size, log.load, [LEAF])
    assert len(set(log.loaded)) <= levels_of(size)
    assert len(grown.changed_tiles) <= levels_of(size) + 1
    assert sum(tile.width for tile in grown.changed_tiles) <= 256 * levels_of(size)


@pytest.mark.parametrize("size", SIZES)
def test_a_batch_changes_only_the_tiles_it_fills(size: int) -> None:
    log = UniformLog()
    grown = tiles.integrate(size, log.load, [LEAF] * 1024)
    assert len(set(log.loaded)) <= levels_of(size)
    assert len([tile for tile in grown.changed_tiles if tile.level == 0]) <= 5
    assert len(grown.changed_tiles) <= 5 + 2 * levels_of(size)


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_is_as_long_as_the_tree_is_high(size: int) -> None:
    for index in (0, 1, size // 3, size // 2, size - 1):
        log = UniformLog()
        read = tiles.hash_reader(log.load, size)
        proof = tiles.inclusion_proof(index, size, read)
        assert len(proof) <= size.bit_length()
        assert len(log.loaded) <= 2 * levels_of(size)
        tree.verify_inclusion(LEAF, index, size, proof, tree.root(size, read))


@pytest.mark.parametrize("size", SIZES)
def test_a_consistency_proof_is_no_longer(size: int) -> None:
    for old in (1, size // 3, size // 2, size - 1):
        log = UniformLog()
        read = tiles.hash_reader(log.load, size)
        proof = tiles.consistency_proof(old, size, read)
        assert len(proof) <= size.bit_length() + 1
        assert len(log.loaded) <= 2 * levels_of(size)
        old_root = tree.root(old, tiles.hash_reader(UniformLog().load, old))
        tree.verify_consistency(old, size, proof, old_root, tree.root(size, read))


@pytest.mark.parametrize("size", SIZES)
def test_the_tiles_to_fetch_are_known_beforehand(size: int) -> None:
    log = UniformLog()
    tiles.integrate(size, log.load, [LEAF])
    assert set(log.loaded) <= set(tiles.append_tiles(size))
    for index in (0, size // 2, size - 1):
        log = UniformLog()
        tiles.inclusion_proof(index, size, tiles.hash_reader(log.load, size))
        assert set(log.loaded) == set(tiles.inclusion_tiles(index, size))
