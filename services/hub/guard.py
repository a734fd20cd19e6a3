"""The guard file: what was last signed, kept outside the database and its backups.

A database that was restored from a backup would otherwise sign old sizes again with other content.
Whoever finds the database behind this file, or at odds with it, must not sign. PROTOCOL section 10.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from schemas.encoding import b64u, unb64u
from schemas.errors import EncodingError
from services.hub.errors import GuardError


@dataclass(frozen=True, slots=True)
class Guard:
    """Size and root (32 bytes) of the last signed tree."""

    size: int
    root: bytes


def read_guard(path: Path) -> Guard:
    """Return what was last signed. Raises GuardError if the file is missing or damaged."""
    try:
        values = json.loads(path.read_text())
        return Guard(int(values["size"]), unb64u(values["root"]))
    except (OSError, ValueError, KeyError, TypeError, EncodingError):
        raise GuardError("guard-unreadable") from None


def write_guard(path: Path, guard: Guard) -> None:
    """Replace the guard file; on return it is on disk. Raises OSError."""
    fresh = path.with_suffix(".new")
    with fresh.open("w") as file:
        json.dump({"size": guard.size, "root": b64u(guard.root)}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
