"""Second pass, when the entries do not lead to the signed root: what the tree says of every index.

Owns the question which stored tiles the signed root vouches for: a tile is believed only if its
own root stands in a believed tile above it, and those at the right edge if together they give the
signed root. Comparing entries with them is `alignment`'s work. PROTOCOL section 10.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from exchange.audit.alignment import Alignment
from exchange.audit.differences import Expected
from exchange.audit.errors import TileError
from exchange.audit.findings import Findings, entries_text
from exchange.audit.mirrored import LogSource
from exchange.audit.tiles import (
    FULL_WIDTH,
    LoadTile,
    format_path,
    hash_reader,
    tile_hashes,
    tile_root,
    width_at,
)
from exchange.audit.tree import root

_CACHED_TILES = 32

_BelievedTile = Callable[[int, int], list[bytes] | None]


def diagnose(source: LogSource, size: int, signed_root: bytes, findings: Findings) -> None:
    """Add findings that tell what was done to the entries of a mirror."""
    if not _edge_gives_root(source.load_tile, size, signed_root):
        findings.note(
            "root-mismatch",
            "neither the entries nor the tiles lead to the signed root: "
            "the checkpoint was signed over another log, or both were altered",
        )
        return
    believed = _believed_tiles(source.load_tile, size)
    expected = _expectations(believed, size, findings)
    Alignment(expected, source.entry_lines(), findings).run().report(size, findings)


def _edge_gives_root(load_tile: LoadTile, size: int, signed_root: bytes) -> bool:
    try:
        return root(size, hash_reader(load_tile, size)) == signed_root
    except TileError:
        return False


def _believed_tiles(load_tile: LoadTile, size: int) -> _BelievedTile:
    """Return a reader of tiles that the signed root vouches for; None for all others."""

    @lru_cache(maxsize=_CACHED_TILES)
    def believed(level: int, n: int) -> list[bytes] | None:
        width = width_at(level, n, size)
        data = load_tile(level, n, width)
        if width < FULL_WIDTH:  # at the right edge, whose tiles were checked together
            return tile_hashes(data or b"")
        above = believed(level + 1, n // FULL_WIDTH)
        if above is None or data is None or tile_root(data) != above[n % FULL_WIDTH]:
            return None
        return tile_hashes(data)

    return believed


def _expectations(believed: _BelievedTile, size: int, findings: Findings) -> Iterator[Expected]:
    """Yield what the tree says of every index, in order."""
    for n in range(-(-size // FULL_WIDTH)):
        start, width = n * FULL_WIDTH, width_at(0, n, size)
        hashes = believed(0, n)
        if hashes is None:
            _report_damaged(n, findings)
        for position in range(width):
            yield Expected(start + position, hashes[position] if hashes else None)


def _report_damaged(n: int, findings: Findings) -> None:
    first, last = n * FULL_WIDTH, (n + 1) * FULL_WIDTH - 1
    path = format_path(0, n, FULL_WIDTH)
    findings.note("tile-altered", f"{path}, or a tile above it, is not what was signed for")
    text = f"{entries_text(first, last)} can't be compared: their tile is damaged"
    findings.note("entry-unproven", text, first, last)
