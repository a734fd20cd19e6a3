"""Tiles: names, growth at the right edge only, and what readers refuse. C2SP tlog-tiles."""

import json
from pathlib import Path

import pytest

from exchange.audit import tiles, tree
from exchange.audit.errors import TileError
from exchange.audit.tiles import Tile, TileId

EXAMPLES = json.loads(
    (Path(__file__).parents[2] / "vectors" / "c2sp" / "examples.json").read_text()
)


def leaves(count: int) -> list[bytes]:
    return [tree.leaf_hash(number.to_bytes(8, "big")) for number in range(count)]


class Shelf:
    """A store of the widest version of each tile, which notes what was asked of it."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.asked: list[TileId] = []

    def load(self, level: int, n: int, width: int) -> bytes | None:
        self.asked.append(TileId(level, n, width))
        data = self.tiles.get((level, n))
        return None if data is None else data[: width * 32]

    def store(self, changed: list[Tile]) -> None:
        self.tiles |= {(tile.level, tile.n): tile.data for tile in changed}


@pytest.fixture(scope="module")
def large() -> Shelf:
    shelf = Shelf()
    shelf.store(tiles.integrate(0, shelf.load, leaves(70_000)).changed_tiles)
    return shelf


@pytest.mark.parametrize("example", EXAMPLES["tile_paths"])
def test_paths_are_as_published(example: dict) -> None:
    tile = TileId(example["level"], example["n"], example["width"])
    assert tiles.format_path(*tile) == example["path"]
    assert tiles.parse_path(example["path"]) == tile


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (TileId(0, 0, 256), "tile/0/000"),
        (TileId(0, 0, 1), "tile/0/000.p/1"),
        (TileId(1, 999, 255), "tile/1/999.p/255"),
        (TileId(7, 1000, 256), "tile/7/x001/000"),
        (TileId(63, 12_345_678, 17), "tile/63/x012/x345/678.p/17"),
    ],
)
def test_paths_go_both_ways(tile: TileId, path: str) -> None:
    assert tiles.format_path(*tile) == path
    assert tiles.parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/234",
        "tile/0/x001/x234",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "/tile/0/000",
        "tile/entries/000",
        "tile/0/../000",
    ],
)
def test_no_other_path_names_a_tile(path: str) -> None:
    with pytest.raises(TileError):
        tiles.parse_path(path)


@pytest.mark.parametrize("example", EXAMPLES["tiles_of_size"])
def test_a_log_has_the_tiles_the_specification_counts(example: dict) -> None:
    shelf = Shelf()
    made = tiles.integrate(0, shelf.load, leaves(example["size"])).changed_tiles
    full = [str(tile.level) for tile in made if tile.width == 256]
    partial = {str(tile.level): tile.width for tile in made if tile.width < 256}
    assert {level: full.count(level) for level in full} == example["full"]
    assert partial == example["partial"]


def test_an_append_touches_the_right_edge_alone(large: Shelf) -> None:
    large.asked.clear()
    grown = tiles.integrate(70_000, large.load, [tree.leaf_hash(b"one more")])
    assert [tile.id for tile in grown.changed_tiles] == [TileId(0, 273, 113)]
    assert set(large.asked) == set(tiles.append_tiles(70_000))
    assert tiles.append_tiles(70_000) == [TileId(0, 273, 112), TileId(1, 1, 17), TileId(2, 0, 1)]


def test_filling_a_tile_adds_one_hash_above(large: Shelf) -> None:
    grown = tiles.integrate(70_000, large.load, leaves(144))
    changed = [tile.id for tile in grown.changed_tiles]
    assert changed == [TileId(0, 273, 256), TileId(1, 1, 18)]


def test_nothing_appended_is_nothing_changed(large: Shelf) -> None:
    grown = tiles.integrate(70_000, large.load, [])
    assert grown.changed_tiles == []
    assert grown.root == tree.root(70_000, tiles.hash_reader(large.load, 70_000))
    assert tiles.integrate(0, large.load, []).root == tree.EMPTY_ROOT


@pytest.mark.parametrize("index", [0, 255, 256, 65_535, 65_536, 69_887, 69_999])
def test_a_proof_reads_only_the_tiles_it_says(large: Shelf, index: int) -> None:
    large.asked.clear()
    read = tiles.hash_reader(large.load, 70_000)
    proof = tiles.inclusion_proof(index, 70_000, read)
    assert set(large.asked) == set(tiles.inclusion_tiles(index, 70_000))
    assert len(large.asked) <= 6
    root = tree.root(70_000, read)
    leaf = tree.leaf_hash(index.to_bytes(8, "big"))
    tree.verify_inclusion(leaf, index, 70_000, proof, root)


@pytest.mark.parametrize("old", [1, 256, 1000, 65_536, 69_999])
def test_a_consistency_proof_reads_only_the_tiles_it_says(large: Shelf, old: int) -> None:
    large.asked.clear()
    tiles.consistency_proof(old, 70_000, tiles.hash_reader(large.load, 70_000))
    assert set(large.asked) == set(tiles.consistency_tiles(old, 70_000))


def test_a_reader_of_an_earlier_size_sees_that_tree(large: Shelf) -> None:
    shelf = Shelf()
    small = tiles.integrate(0, shelf.load, leaves(1000))
    assert tree.root(1000, tiles.hash_reader(large.load, 1000)) == small.root


def test_a_missing_tile_is_an_error(large: Shelf) -> None:
    read = tiles.hash_reader(lambda level, n, width: None, 70_000)
    with pytest.raises(TileError, match=r"tile/0/000 is missing"):
        read(0, 0)
    with pytest.raises(TileError, match="missing"):
        tiles.integrate(70_000, lambda level, n, width: None, leaves(1))


@pytest.mark.parametrize("change", [-32, -1, 1, 32])
def test_a_tile_of_the_wrong_length_is_an_error(large: Shelf, change: int) -> None:
    def load(level: int, n: int, width: int) -> bytes | None:
        data = large.load(level, n, width) or b""
        return data[:change] if change < 0 else data + bytes(change)

    with pytest.raises(TileError, match="wrong length"):
        tiles.hash_reader(load, 70_000)(0, 0)
    with pytest.raises(TileError, match="wrong length"):
        tiles.integrate(70_000, load, leaves(1))


@pytest.mark.parametrize(("level", "index"), [(0, 70_000), (1, 35_000), (17, 0), (0, -1), (-1, 0)])
def test_a_node_that_is_not_complete_has_no_hash(large: Shelf, level: int, index: int) -> None:
    with pytest.raises(TileError, match="no such"):
        tiles.hash_reader(large.load, 70_000)(level, index)
