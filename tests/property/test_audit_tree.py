"""The tree at every size against RFC 6962 word for word, and against every flipped bit."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.audit import tiles, tree
from exchange.audit.errors import ProofError
from exchange.audit.survey import TileBuilder
from tests.support import naive_tree

MOST = 300
LEAVES = [naive_tree.leaf(number.to_bytes(2, "big")) for number in range(MOST)]
ROOTS = [naive_tree.root(LEAVES[:size]) for size in range(MOST + 1)]


class Shelf:
    """Tiles as a store keeps them: the widest version of each."""

    def __init__(self, tiles_: list[tiles.Tile] | None = None) -> None:
        self.kept = {(tile.level, tile.n): tile.data for tile in tiles_ or []}

    def load(self, level: int, n: int, width: int) -> bytes | None:
        data = self.kept.get((level, n))
        return None if data is None else data[: width * tree.HASH_SIZE]

    def append(self, size: int, leaves: list[bytes]) -> bytes:
        grown = tiles.integrate(size, self.load, leaves)
        self.kept |= {(tile.level, tile.n): tile.data for tile in grown.changed_tiles}
        return grown.root


def shelf_of(size: int) -> Shelf:
    shelf = Shelf()
    shelf.append(0, LEAVES[:size])
    return shelf


WHOLE = shelf_of(MOST)


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_entry_is_provable_at_every_size(size: int) -> None:
    read = tiles.hash_reader(WHOLE.load, size)
    assert tree.root(size, read) == ROOTS[size]
    for index in range(size):
        proof = tiles.inclusion_proof(index, size, read)
        tree.verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@pytest.mark.parametrize("size", [*range(1, 70), 127, 128, 129, 255, 256, 257, 299, 300])
def test_inclusion_proofs_are_those_of_the_rfc(size: int) -> None:
    read = tiles.hash_reader(WHOLE.load, size)
    for index in range(0, size, max(1, size // 16)):
        expected = naive_tree.path(index, LEAVES[:size])
        assert tiles.inclusion_proof(index, size, read) == expected


@pytest.mark.parametrize("new", range(1, MOST + 1))
def test_every_size_is_consistent_with_every_later_one(new: int) -> None:
    read = tiles.hash_reader(WHOLE.load, new)
    for old in range(new + 1):
        proof = tiles.consistency_proof(old, new, read)
        tree.verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])


@pytest.mark.parametrize("new", [*range(1, 40), 127, 128, 129, 256, 257, 300])
def test_consistency_proofs_are_those_of_the_rfc(new: int) -> None:
    read = tiles.hash_reader(WHOLE.load, new)
    for old in range(1, new + 1, max(1, new // 24)):
        expected = naive_tree.proof(old, LEAVES[:new])
        assert tiles.consistency_proof(old, new, read) == expected


@st.composite
def splits(draw: st.DrawFn) -> list[int]:
    """Cut points of 0..MOST: batches of any sizes, one or many."""
    inner = draw(st.lists(st.integers(1, MOST - 1), unique=True, max_size=40))
    return [0, *sorted(inner), MOST]


@given(splits())
def test_batches_of_any_split_give_the_same_tiles_and_roots(cuts: list[int]) -> None:
    shelf = Shelf()
    for start, end in pairwise(cuts):
        assert shelf.append(start, LEAVES[start:end]) == ROOTS[end]
    assert shelf.kept == WHOLE.kept


@given(st.integers(0, MOST))
def test_streaming_and_appending_give_the_same_tiles(size: int) -> None:
    builder = TileBuilder()
    streamed = [tile for leaf in LEAVES[:size] for tile in builder.add(leaf)]
    streamed += builder.finish()
    assert Shelf(streamed).kept == shelf_of(size).kept


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_a_frontier_grows_as_the_tree_does(one: int, other: int) -> None:
    old, new = sorted((one, other))
    frontier = tree.Frontier.at(old, tiles.hash_reader(WHOLE.load, old))
    frontier.extend(LEAVES[old:new])
    assert frontier.root() == ROOTS[new]


def flip(data: bytes, bit: int) -> bytes:
    flipped = bytearray(data)
    flipped[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(flipped)


@st.composite
def positions(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.integers(1, MOST))
    return draw(st.integers(0, size - 1)), size


BITS = st.integers(0, 255)


@given(positions(), BITS, st.data())
def test_any_flipped_bit_breaks_inclusion(
    position: tuple[int, int], bit: int, data: st.DataObject
) -> None:
    index, size = position
    good = tiles.inclusion_proof(index, size, tiles.hash_reader(WHOLE.load, size))
    parts = [LEAVES[index], ROOTS[size], *good]
    spoilt = data.draw(st.integers(0, len(parts) - 1))
    parts[spoilt] = flip(parts[spoilt], bit)
    with pytest.raises(ProofError):
        tree.verify_inclusion(parts[0], index, size, parts[2:], parts[1])


@given(positions(), positions())
def test_a_proof_holds_for_one_index_and_size_only(
    position: tuple[int, int], other: tuple[int, int]
) -> None:
    index, size = position
    proof = tiles.inclusion_proof(index, size, tiles.hash_reader(WHOLE.load, size))
    wrong_index, wrong_size = other
    if wrong_index != index:
        with pytest.raises(ProofError):
            tree.verify_inclusion(LEAVES[index], wrong_index, size, proof, ROOTS[size])
    if wrong_size != size:
        with pytest.raises(ProofError):
            tree.verify_inclusion(LEAVES[index], index, size, proof, ROOTS[wrong_size])


@given(positions(), st.integers(-3, 3).filter(bool))
def test_a_proof_of_another_length_is_refused(position: tuple[int, int], change: int) -> None:
    index, size = position
    proof = tiles.inclusion_proof(index, size, tiles.hash_reader(WHOLE.load, size))
    longer = [*proof, *[bytes(32)] * change] if change > 0 else proof[:change]
    if len(longer) != len(proof):
        with pytest.raises(ProofError):
            tree.verify_inclusion(LEAVES[index], index, size, longer, ROOTS[size])


@given(st.integers(1, MOST), st.integers(1, MOST), BITS, st.data())
def test_any_flipped_bit_breaks_consistency(
    one: int, other: int, bit: int, data: st.DataObject
) -> None:
    old, new = sorted((one, other))
    good = tiles.consistency_proof(old, new, tiles.hash_reader(WHOLE.load, new))
    parts = [ROOTS[old], ROOTS[new], *good]
    spoilt = data.draw(st.integers(0, len(parts) - 1))
    parts[spoilt] = flip(parts[spoilt], bit)
    with pytest.raises(ProofError):
        tree.verify_consistency(old, new, parts[2:], parts[0], parts[1])


@given(st.integers(1, MOST), st.integers(1, MOST), st.integers(0, MOST), st.integers(0, MOST))
def test_no_proof_makes_a_rewritten_log_consistent(
    one: int, other: int, from_: int, until: int
) -> None:
    """Whatever honest proof of whatever sizes is shown, a changed first entry is noticed."""
    old, new = sorted((one, other))
    rewritten = naive_tree.root([naive_tree.leaf(b"rewritten"), *LEAVES[1:new]])
    shown_old, shown_new = sorted((from_, until))
    read = tiles.hash_reader(WHOLE.load, shown_new)
    proof = tiles.consistency_proof(shown_old, shown_new, read)
    with pytest.raises(ProofError):
        tree.verify_consistency(old, new, proof, ROOTS[old], rewritten)


TILE_IDS = st.builds(tiles.TileId, st.integers(0, 63), st.integers(0, 2**62), st.integers(1, 256))


@given(TILE_IDS)
def test_every_tile_has_one_path(tile: tiles.TileId) -> None:
    assert tiles.parse_path(tiles.format_path(*tile)) == tile
