"""First pass of verification: rebuild the whole tree from the entries and compare.

Owns the streaming rebuild: root, tiles of every level, roots at earlier sizes, details of every
entry. Memory is flat: at most 256 hashes a level. Says that the entries are wrong, not which one:
that is `diagnosis`. PROTOCOL section 10.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from itertools import islice

from exchange.audit.findings import Findings
from exchange.audit.mirrored import LogSource, Progress, check_details, check_number, read_entry
from exchange.audit.tiles import FULL_WIDTH, LoadTile, Tile, format_path, tile_root
from exchange.audit.tree import EMPTY_ROOT, Frontier

_STRIDE = 1024


@dataclass
class Survey:
    """What the entries give. `findings` hold only if `root` turns out to be the signed one."""

    count: int = 0
    """Lines in the mirror; only the first `size` of them are hashed."""
    erased: int = 0
    root: bytes = EMPTY_ROOT
    roots: dict[int, bytes] = field(default_factory=dict)
    """Roots at the sizes asked for."""
    findings: Findings = field(default_factory=Findings)


class TileBuilder:
    """Turns a stream of leaf hashes into tiles, full ones as they fill and partial ones at last."""

    def __init__(self) -> None:
        self._rows: list[list[bytes]] = []
        self._done: list[int] = []

    def add(self, leaf: bytes) -> Iterator[Tile]:
        """Take one leaf hash; yield the tiles that it fills, lowest level first."""
        level, item = 0, leaf
        while True:
            if level == len(self._rows):
                self._rows.append([])
                self._done.append(0)
            self._rows[level].append(item)
            if len(self._rows[level]) < FULL_WIDTH:
                return
            tile = self._take(level)
            yield tile
            level, item = level + 1, tile_root(tile.data)

    def finish(self) -> Iterator[Tile]:
        """Yield the partial tiles at the right edge."""
        for level, row in enumerate(self._rows):
            if row:
                yield self._take(level)

    def _take(self, level: int) -> Tile:
        row = self._rows[level]
        tile = Tile(level, self._done[level], len(row), b"".join(row))
        self._rows[level] = []
        self._done[level] += 1
        return tile


def survey(source: LogSource, size: int, sizes: Set[int], progress: Progress | None) -> Survey:
    """Rebuild the tree of the first `size` entries; note the roots at `sizes` on the way."""
    result, frontier, builder = Survey(), Frontier(), TileBuilder()
    lines = source.entry_lines()
    for line in islice(lines, size):
        entry = read_entry(line)
        for check in (check_number, check_details):
            if finding := check(entry, result.count):
                result.findings.add(finding)
        for tile in builder.add(entry.leaf_hash):
            _compare(tile, source.load_tile, result.findings)
        frontier.append(entry.leaf_hash)
        result.count += 1
        result.erased += entry.erased
        if result.count in sizes:
            result.roots[result.count] = frontier.root()
        if progress and result.count % _STRIDE == 0:
            progress(result.count, size)
    for tile in builder.finish():
        _compare(tile, source.load_tile, result.findings)
    result.root = frontier.root()
    result.count += sum(1 for _ in lines)
    if progress:
        progress(min(result.count, size), size)
    return result


def _compare(tile: Tile, load_tile: LoadTile, findings: Findings) -> None:
    path = format_path(*tile.id)
    stored = load_tile(*tile.id)
    if stored is None:
        findings.note("tile-missing", f"{path} is missing; the entries give it")
    elif stored != tile.data:
        findings.note("tile-altered", f"{path} is not what the entries give")
