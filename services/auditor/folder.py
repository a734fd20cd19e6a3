"""A mirror on disk: `checkpoint`, `tile/...` and `entries.ndjson` in one folder.

Owns the files and their order of writing: entries and tiles first, the checkpoint last, so that
the checkpoint never speaks of what is not there. Judges nothing. PROTOCOL section 10.

Of each tile the widest version is kept; a narrower one is its beginning.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from exchange.audit.tiles import FULL_WIDTH, Tile, format_path
from exchange.audit.tree import HASH_SIZE
from schemas.wire.hub_api import EntryOut
from services.auditor.errors import MirrorError

CHECKPOINT = "checkpoint"
ENTRIES = "entries.ndjson"
CONFLICTING = "checkpoint.conflicting"
"""Where a checkpoint is kept that does not follow from the mirror: it is evidence."""
MAX_CONFLICTING = 16
"""So many are kept, the first ones."""

MAX_LINE_BYTES = 262_144
"""Longer lines are cut: they hold no entry."""


class MirrorFolder:
    """One mirror. Implements `exchange.audit.mirrored.LogSource`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries = path / ENTRIES

    def create(self) -> None:
        """Make the folder (mode 0700) if it is not there."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def require(self) -> None:
        """Raise MirrorError unless the folder holds a mirror."""
        if not (self.path / CHECKPOINT).is_file():
            raise MirrorError(f"{self.path} holds no mirror of a log")

    def checkpoint_text(self) -> str:
        """Return the checkpoint's text; empty if there is none."""
        try:
            return (self.path / CHECKPOINT).read_text("utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def entry_lines(self) -> Iterator[bytes]:
        """Yield the entry lines from the first; none if the file is missing."""
        if not self._entries.exists():
            return
        with self._entries.open("rb") as file:
            while line := file.readline(MAX_LINE_BYTES):
                yield line.rstrip(b"\n")

    def load_tile(self, level: int, n: int, width: int) -> bytes | None:
        """Return a tile's first `width` hashes, from whichever version of it is there."""
        for path in self._versions(level, n):
            data = path.read_bytes()
            if len(data) >= width * HASH_SIZE:
                return data[: width * HASH_SIZE]
        return None

    def put_tile(self, tile: Tile) -> None:
        """Write a tile and remove other versions of it."""
        target = self.path / format_path(*tile.id)
        _replace(target, tile.data)
        for other in self._versions(tile.level, tile.n):
            if other != target:
                other.unlink()

    def put_checkpoint(self, text: str) -> None:
        """Replace the checkpoint: the last step of an update."""
        _sync(self._entries)
        _replace(self.path / CHECKPOINT, text.encode())

    def keep_conflicting(self, text: str) -> None:
        """Keep a checkpoint that contradicts the mirror, beside it and those kept before."""
        for number in range(1, MAX_CONFLICTING + 1):
            suffix = "" if number == 1 else f".{number}"
            path = self.path / f"{CONFLICTING}{suffix}"
            if not path.exists():
                _replace(path, text.encode())
                return
            if path.read_bytes() == text.encode():
                return

    def append_entries(self, entries: Iterable[EntryOut]) -> None:
        """Add entry lines at the end."""
        with self._entries.open("ab") as file:
            file.writelines(entry.to_bytes() + b"\n" for entry in entries)

    def keep_entries(self, count: int) -> None:
        """Cut off whatever follows the first `count` lines, as left by an update that broke off.

        Raises MirrorError if there are fewer.
        """
        self._entries.touch()
        with self._entries.open("r+b") as file:
            for _ in range(count):
                if not file.readline().endswith(b"\n"):
                    raise MirrorError(f"{ENTRIES} is shorter than the checkpoint: run verify")
            file.truncate(file.tell())

    def _versions(self, level: int, n: int) -> list[Path]:
        """Return the files that hold a tile, widest first."""
        full = self.path / format_path(level, n, FULL_WIDTH)
        partial = [
            path for path in full.with_name(f"{full.name}.p").glob("*") if path.name.isdecimal()
        ]
        partial.sort(key=lambda path: int(path.name), reverse=True)
        return ([full] if full.is_file() else []) + partial


def _replace(target: Path, data: bytes) -> None:
    """Write a file so that readers, and a crash, see the old one or the new one."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.new")
    fresh.write_bytes(data)
    _sync(fresh)
    fresh.replace(target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
