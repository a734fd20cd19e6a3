"""Tiles of height 8 (C2SP tlog-tiles): their names, how the log grows in them, proofs out of them.

Owns: tile paths, `integrate` (the only way the log grows), reading node hashes and proofs from
tiles. Does not store or fetch tiles: the caller hands in a loader. PROTOCOL section 10.

A tile (level, n) holds up to 256 consecutive hashes of the tree level 8 * level; its width follows
from the tree's size. A wider version of a tile begins with every narrower one, so a store may keep
the widest and cut. Integration touches the right edge alone: one tile a level.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from exchange.audit.errors import ProofError, TileError
from exchange.audit.tree import HASH_SIZE, ReadHash, node_hash, range_root, root

HEIGHT = 8
FULL_WIDTH = 1 << HEIGHT
FULL_BYTES = FULL_WIDTH * HASH_SIZE
_CACHED_TILES = 64

LoadTile = Callable[[int, int, int], bytes | None]
"""Gives the content of tile (level, n) at exactly `width` hashes, or None if it is not there."""


class TileId(NamedTuple):
    """Which tile, and how many hashes of it (1 to 256)."""

    level: int
    n: int
    width: int


@dataclass(frozen=True)
class Tile:
    """A tile with its content: `width` hashes of 32 bytes, concatenated."""

    level: int
    n: int
    width: int
    data: bytes

    @property
    def id(self) -> TileId:
        return TileId(self.level, self.n, self.width)


@dataclass(frozen=True)
class Integration:
    """What appending leaves gives: the new size and root, and the tiles to write."""

    new_size: int
    root: bytes
    changed_tiles: list[Tile]


def width_at(level: int, n: int, size: int) -> int:
    """Return the width (0 to 256) of tile (level, n) in a tree of `size` leaves."""
    return max(0, min(FULL_WIDTH, (size >> HEIGHT * level) - n * FULL_WIDTH))


def format_path(level: int, n: int, width: int) -> str:
    """Return a tile's path, e.g. `tile/0/x001/x234/067.p/5` (C2SP tlog-tiles)."""
    digits = f"{n:d}"
    groups = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [groups[at : at + 3] for at in range(0, len(groups), 3)]
    number = "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])
    partial = "" if width == FULL_WIDTH else f".p/{width}"
    return f"tile/{level}/{number}{partial}"


_PATH = re.compile(
    r"tile/(?P<level>[0-9]|[1-5][0-9]|6[0-3])/(?P<number>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


def parse_path(path: str) -> TileId:
    """Return the tile that a path names; only the one canonical spelling. Raises TileError."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise TileError("not the path of a tile")
    number = int(match["number"].replace("x", "").replace("/", ""))
    tile = TileId(int(match["level"]), number, int(match["width"] or FULL_WIDTH))
    if format_path(*tile) != path or tile.width > FULL_WIDTH:
        raise TileError("not the canonical path of a tile")
    return tile


def tile_hashes(data: bytes) -> list[bytes]:
    """Return the hashes of which a tile's content consists."""
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def tile_root(data: bytes) -> bytes:
    """Return the root of a full tile: the hash that stands for it one level above."""
    return _rows(data)[-1][0]


def integrate(size: int, load_tile: LoadTile, leaf_hashes: Sequence[bytes]) -> Integration:
    """Append leaves, given by their leaf hashes, to a tree of `size`.

    Loads only the right-edge tiles of the old tree (`append_tiles`). Intermediate partial tiles
    are not produced: no checkpoint ever names them. Raises TileError.
    """
    changed: list[Tile] = []
    level, hashes = 0, list(leaf_hashes)
    while hashes:
        grown = _grow_level(level, size >> HEIGHT * level, load_tile, hashes)
        changed += grown
        hashes = [tile_root(tile.data) for tile in grown if tile.width == FULL_WIDTH]
        level += 1
    new_size = size + len(leaf_hashes)
    reader = hash_reader(_overlay(changed, load_tile), new_size)
    return Integration(new_size, root(new_size, reader), changed)


def hash_reader(load_tile: LoadTile, size: int) -> ReadHash:
    """Return a reader of node hashes in the tree of `size`, which remembers recent tiles.

    The reader raises TileError for a node that is not complete at `size`, and for a tile that is
    missing or not of the width that `size` demands.
    """

    @lru_cache(maxsize=_CACHED_TILES)
    def rows(level: int, n: int) -> list[list[bytes]]:
        return _rows(_load(load_tile, TileId(level, n, width_at(level, n, size))))

    def read(level: int, index: int) -> bytes:
        if level < 0 or index < 0 or (index + 1) << level > size:
            raise TileError("no such complete node in a tree of this size")
        tile_level, row = divmod(level, HEIGHT)
        n, position = divmod(index, FULL_WIDTH >> row)
        return rows(tile_level, n)[row][position]

    return read


def inclusion_proof(index: int, size: int, read_hash: ReadHash) -> list[bytes]:
    """Return the proof that leaf `index` is in the tree of `size` (RFC 6962 section 2.1.1).

    Raises ProofError if the index lies outside the tree; whatever `read_hash` raises.
    """
    if not 0 <= index < size:
        raise ProofError("the index lies outside the tree")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(middle, end, read_hash))
            end = middle
        else:
            path.append(range_root(start, middle, read_hash))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, read_hash: ReadHash) -> list[bytes]:
    """Return the proof that the tree of size `new` begins with that of size `old`.

    RFC 6962 section 2.1.2; empty if `old` is 0 or equals `new`. Raises ProofError if the sizes are
    not in order; whatever `read_hash` raises.
    """
    if not 0 <= old <= new:
        raise ProofError("the sizes are not in order")
    if old in (0, new):
        return []
    start, end, path = 0, new, []
    while old < end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_root(middle, end, read_hash))
            end = middle
        else:
            path.append(range_root(start, middle, read_hash))
            start = middle
    if start:  # otherwise this is the old root itself, which the verifier has
        path.append(range_root(start, end, read_hash))
    return path[::-1]


def append_tiles(size: int) -> list[TileId]:
    """Return the tiles that `integrate` may load at `size`: the partial ones at the right edge."""
    edge = (_edge_tile(level, size) for level in range(-(-size.bit_length() // HEIGHT)))
    return [tile for tile in edge if tile.width]


def inclusion_tiles(index: int, size: int) -> list[TileId]:
    """Return the tiles that an inclusion proof reads, so that they can be fetched at once."""
    return _tiles_read(size, lambda read: inclusion_proof(index, size, read))


def consistency_tiles(old: int, new: int) -> list[TileId]:
    """Return the tiles that a consistency proof reads, so that they can be fetched at once."""
    return _tiles_read(new, lambda read: consistency_proof(old, new, read))


def _pair_up(hashes: list[bytes]) -> Iterator[list[bytes]]:
    """Yield the complete nodes over `hashes`, row by row from the hashes themselves upward."""
    while hashes:
        yield hashes
        hashes = [node_hash(left, right) for left, right in zip(*[iter(hashes)] * 2, strict=False)]


@lru_cache(maxsize=_CACHED_TILES)
def _rows(data: bytes) -> list[list[bytes]]:
    """Return all complete nodes within a tile; remembered, since most tiles change no more."""
    return list(_pair_up(tile_hashes(data)))


def _split(leaves: int) -> int:
    """Return the largest power of two below `leaves` (RFC 6962's k)."""
    return 1 << (leaves - 1).bit_length() - 1


def _edge_tile(level: int, size: int) -> TileId:
    n, width = divmod(size >> HEIGHT * level, FULL_WIDTH)
    return TileId(level, n, width)


def _load(load_tile: LoadTile, tile: TileId) -> bytes:
    data = load_tile(*tile)
    if data is None:
        raise TileError(f"{format_path(*tile)} is missing")
    if len(data) != tile.width * HASH_SIZE:
        raise TileError(f"{format_path(*tile)} has the wrong length")
    return data


def _grow_level(level: int, count: int, load_tile: LoadTile, hashes: list[bytes]) -> list[Tile]:
    """Append hashes to one tile level that holds `count`; return its new and widened tiles."""
    n, width = divmod(count, FULL_WIDTH)
    old = _load(load_tile, TileId(level, n, width)) if width else b""
    data = old + b"".join(hashes)
    pieces = [data[at : at + FULL_BYTES] for at in range(0, len(data), FULL_BYTES)]
    return [Tile(level, n + at, len(piece) // HASH_SIZE, piece) for at, piece in enumerate(pieces)]


def _overlay(changed: list[Tile], load_tile: LoadTile) -> LoadTile:
    fresh = {tile.id: tile.data for tile in changed}

    def load(level: int, n: int, width: int) -> bytes | None:
        return fresh.get(TileId(level, n, width)) or load_tile(level, n, width)

    return load


def _tiles_read(size: int, prove: Callable[[ReadHash], object]) -> list[TileId]:
    """Return the tiles that `prove` reads: run it over a reader that only takes notes."""
    seen: dict[TileId, None] = {}

    def read(level: int, index: int) -> bytes:
        tile_level, row = divmod(level, HEIGHT)
        n = index // (FULL_WIDTH >> row)
        seen[TileId(tile_level, n, width_at(tile_level, n, size))] = None
        return bytes(HASH_SIZE)

    prove(read)
    return list(seen)
