"""A mirrored log as verification sees it: a checkpoint, entry lines and tiles from some source.

Owns the reading of one mirrored entry and the checks that concern it alone. Opens no files: the
source is the caller's. Lines are `EntryOut` as JSON. PROTOCOL section 10.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from pydantic import ValidationError

from exchange.audit.entry import open_entry, parse_leaf
from exchange.audit.errors import EntryError
from exchange.audit.findings import Finding
from exchange.audit.tree import HASH_SIZE, leaf_hash
from schemas.encoding import unb64u
from schemas.errors import EncodingError
from schemas.wire.hub_api import EntryOut

UNREADABLE = bytes(HASH_SIZE)
"""The leaf hash of a line that holds no entry: the hash of nothing anybody knows."""

Progress = Callable[[int, int], None]
"""Told now and then how many of how many entries are done."""


class LogSource(Protocol):
    """A mirror, wherever it lies."""

    def checkpoint_text(self) -> str:
        """Return the checkpoint's text, or an empty text if there is none."""

    def entry_lines(self) -> Iterator[bytes]:
        """Yield the entry lines in order, without their newline; anew at every call."""

    def load_tile(self, level: int, n: int, width: int) -> bytes | None:
        """Return a tile's content, or None if it is not there."""


@dataclass(frozen=True)
class MirroredEntry:
    """One line, taken apart. `index` is what the line claims; None for an unreadable line."""

    index: int | None
    leaf: bytes
    leaf_hash: bytes
    salt: bytes | None
    details: bytes | None

    @property
    def erased(self) -> bool:
        """Say whether the details were erased, as they may be; the leaf never is."""
        return self.details is None and self.salt is None and self.index is not None


def read_entry(line: bytes) -> MirroredEntry:
    """Take one line apart; an unreadable line gives an entry that matches no leaf."""
    try:
        out = EntryOut.from_bytes(line)
        leaf = unb64u(out.leaf)
        salt = None if out.salt is None else unb64u(out.salt)
        details = None if out.details is None else unb64u(out.details)
    except (ValidationError, EncodingError):
        return MirroredEntry(None, b"", UNREADABLE, None, None)
    return MirroredEntry(out.index, leaf, leaf_hash(leaf), salt, details)


def check_number(entry: MirroredEntry, index: int) -> Finding | None:
    """Return the finding that an entry whose leaf stands at `index` claims another, if it does."""
    if entry.index == index:
        return None
    text = f"entry {index} is numbered {entry.index}"
    return Finding("entry-misnumbered", text, index, index)


def check_details(entry: MirroredEntry, index: int) -> Finding | None:
    """Return the finding that the details are not those that the leaf commits to, if so."""
    try:
        _check_details(entry)
    except EntryError as error:
        return Finding("details-altered", f"entry {index}: {error}", index, index)
    return None


def _check_details(entry: MirroredEntry) -> None:
    if entry.erased:
        parse_leaf(entry.leaf)
    elif entry.salt is None or entry.details is None:
        raise EntryError("details and salt are shown or erased together")
    else:
        open_entry(entry.leaf, entry.salt, entry.details)
