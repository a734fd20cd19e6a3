"""Tampers with copies of a mirrored log, each time in another way, and sees whether that is found.

Never touches the mirror itself.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from services.auditor.folder import CHECKPOINT, ENTRIES

Judge = Callable[[Path], bool]
"""Says whether a mirrored log verifies."""


def edit_an_entry(mirror: Path) -> None:
    """Flip one character in the middle of the entry in the middle."""
    lines = _lines(mirror)
    middle = lines[len(lines) // 2]
    at = middle.index(b'"leaf":"') + 20
    other = b"B" if middle[at : at + 1] == b"A" else b"A"
    lines[len(lines) // 2] = middle[:at] + other + middle[at + 1 :]
    _write(mirror, lines)


def delete_an_entry(mirror: Path) -> None:
    """Take out the entry in the middle."""
    lines = _lines(mirror)
    del lines[len(lines) // 2]
    _write(mirror, lines)


def swap_two_entries(mirror: Path) -> None:
    """Let two neighbours change places."""
    lines = _lines(mirror)
    at = len(lines) // 2
    lines[at - 1], lines[at] = lines[at], lines[at - 1]
    _write(mirror, lines)


def forget_the_end(mirror: Path) -> None:
    """Cut off the last entry."""
    _write(mirror, _lines(mirror)[:-1])


def shrink_the_checkpoint(mirror: Path) -> None:
    """Let the checkpoint speak of one entry fewer, under the signatures it has."""
    path = mirror / CHECKPOINT
    origin, size, rest = path.read_bytes().split(b"\n", 2)
    path.write_bytes(b"\n".join([origin, str(int(size) - 1).encode(), rest]))


WAYS: dict[str, Callable[[Path], None]] = {
    "one character of an entry changed": edit_an_entry,
    "an entry deleted": delete_an_entry,
    "two entries swapped": swap_two_entries,
    "the last entry cut off": forget_the_end,
    "the checkpoint's size changed": shrink_the_checkpoint,
}


def try_all(mirror: Path, workplace: Path, verifies: Judge) -> dict[str, bool]:
    """Return for each way of tampering whether verification found it. `workplace` is emptied."""
    found = {}
    for name, tamper in WAYS.items():
        copy = workplace / "tampered"
        shutil.copytree(mirror, copy)
        tamper(copy)
        found[name] = not verifies(copy)
        shutil.rmtree(copy)
    return found


def _lines(mirror: Path) -> list[bytes]:
    return (mirror / ENTRIES).read_bytes().splitlines(keepends=True)


def _write(mirror: Path, lines: list[bytes]) -> None:
    (mirror / ENTRIES).write_bytes(b"".join(lines))
