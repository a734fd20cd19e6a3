"""A small audit log in memory, and mirrors of it that can be tampered with."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Self

from exchange.audit import checkpoint, entry, tiles, tree
from exchange.audit.checkpoint import HubLogKeys
from keys.lognotes import LogSigner
from schemas.encoding import b64u, sha256, unb64u
from schemas.wire.hub_api import AuditDetails, EntryOut

ORIGIN = "hub.test/log"
BEGIN = 1_800_000_000


def signer(name: str = "the log", origin: str = ORIGIN) -> LogSigner:
    return LogSigner(origin, sha256(f"{name} ed".encode()), sha256(f"{name} ml".encode()))


KEYS = HubLogKeys.of_signer(signer())


@lru_cache(maxsize=4096)
def made_entry(number: int, actor: str = "hub") -> entry.Entry:
    """An entry whose every part follows from its number."""
    details = AuditDetails(
        action="section.push", outcome="done", reasons=[], actor=actor, at=BEGIN + number
    )
    return entry.commit(details, sha256(f"salt {number} {actor}".encode()))


def line_of(index: int, made: entry.Entry) -> EntryOut:
    return EntryOut(
        index=index, leaf=b64u(made.leaf), salt=b64u(made.salt), details=b64u(made.details)
    )


@dataclass
class MemoryMirror:
    """A mirror that tests may change at will: a checkpoint, lines and tiles."""

    checkpoint: str = ""
    lines: list[EntryOut | bytes] = field(default_factory=list)
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def checkpoint_text(self) -> str:
        return self.checkpoint

    def entry_lines(self) -> Iterator[bytes]:
        return (line if isinstance(line, bytes) else line.to_bytes() for line in self.lines)

    def load_tile(self, level: int, n: int, width: int) -> bytes | None:
        data = self.tiles.get((level, n))
        return None if data is None else data[: width * tree.HASH_SIZE]

    def copy(self) -> Self:
        return replace(self, lines=list(self.lines), tiles=dict(self.tiles))

    def renumber(self) -> None:
        """Give every line the index of its place, as a careful forger would."""
        for index, line in enumerate(self.lines):
            if isinstance(line, EntryOut):
                self.lines[index] = line.model_copy(update={"index": index})

    def rebuild_tiles(self) -> bytes:
        """Make all tiles anew from the lines, as a forger would; return the root they give."""
        hashes = [tree.leaf_hash(leaf_of(line)) for line in self.lines]
        self.tiles = {}
        grown = tiles.integrate(0, self.load_tile, hashes)
        self.tiles = {(tile.level, tile.n): tile.data for tile in grown.changed_tiles}
        return grown.root

    def sign(self, by: LogSigner | None = None, at: int = BEGIN) -> None:
        """Rebuild everything and sign it: what only the holder of the log's keys can do."""
        by = by or signer()
        root = self.rebuild_tiles()
        self.checkpoint = checkpoint.make(by.name, len(self.lines), root, by, at=at)


def leaf_of(line: EntryOut | bytes) -> bytes:
    assert isinstance(line, EntryOut)
    return unb64u(line.leaf)


@lru_cache(maxsize=16)
def _honest(size: int) -> MemoryMirror:
    mirror = MemoryMirror(lines=[line_of(i, made_entry(i)) for i in range(size)])
    mirror.sign()
    return mirror


def honest_mirror(size: int) -> MemoryMirror:
    """A true mirror of a log of `size` entries, free to be spoilt."""
    return _honest(size).copy()
