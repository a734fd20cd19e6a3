"""Attachments: one file each, named by the digest of its ciphertext. PROTOCOL section 4.

Owns the way from a stream to a durable file, and what happens when the digest is another one:
nothing is kept. Files are ciphertext; nothing here can read them.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from keys.randomness import new_id
from services.hub.errors import UnavailableError

PART = ".part"


def attachment_path(folder: Path, digest: str) -> Path:
    """Return where an attachment lies. `digest`: base64url, checked by the route's pattern."""
    return folder / digest


def prepare_folder(folder: Path) -> None:
    """Make the folder, and remove what a crash left half-written."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for left in folder.glob(f"*{PART}"):
        left.unlink()


async def receive(pieces: AsyncIterator[bytes], folder: Path) -> tuple[Path, bytes, int]:
    """Write a stream to a new file; return it with SHA-256 and size. The caller keeps or drops it.

    Raises UnavailableError if the disk refuses; whatever the stream raises.
    """
    part = folder / f"{new_id()}{PART}"
    hasher, size = hashlib.sha256(), 0
    try:
        with part.open("xb") as file:
            async for piece in pieces:
                hasher.update(piece)
                size += len(piece)
                await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(_sync, file)
    except OSError:
        drop(part)
        raise UnavailableError("disk") from None
    except BaseException:
        drop(part)
        raise
    return part, hasher.digest(), size


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


async def keep(part: Path, final: Path) -> None:
    """Give a received file its name; on return that is on disk."""
    try:
        await asyncio.to_thread(_rename, part, final)
    except OSError:
        drop(part)
        raise UnavailableError("disk") from None


def drop(part: Path) -> None:
    """Remove a received file."""
    part.unlink(missing_ok=True)


def _rename(part: Path, final: Path) -> None:
    part.replace(final)
    folder = os.open(final.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
