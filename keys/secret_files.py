"""Secrets on disk: mode 0600 from the first moment, replaced atomically, old bytes overwritten.

Overwriting is best effort: flash wear-levelling, copy-on-write file systems, snapshots and backups
keep what they have. PROTOCOL section 11.
"""

import glob
import os
import stat
from pathlib import Path

from keys.errors import SecretFileError
from keys.randomness import random_bytes

LIMIT = 16 * 1024 * 1024
"""Longest secret file read, in bytes."""


def create_secret(path: Path, data: bytes) -> None:
    """Write a new secret file. Raises SecretFileError if anything is there already."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise SecretFileError(f"{path.name} exists already and is not overwritten") from None
    try:
        replace_secret(path, data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def replace_secret(path: Path, data: bytes) -> None:
    """Replace a secret file: readers see the old or the new bytes, never a mixture.

    On return the new bytes are on disk and the old ones have been overwritten. One writer at a
    time: of two, one may fail, and neither leaves a mixture.
    """
    try:
        old = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        _put(path, data)
        return
    try:
        _put(path, data)
        _overwrite(old)
    finally:
        os.close(old)


def read_secret(path: Path) -> bytes:
    """Return a secret file's bytes. Raises SecretFileError if others may read it."""
    try:
        # Not blocking, so that a pipe in the file's place is refused, not waited for.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            _require_private(path, os.fstat(file.fileno()))
            data = file.read(LIMIT + 1)
    except OSError as fault:
        raise SecretFileError(f"{path.name} can't be read: {fault.strerror}") from None
    if len(data) > LIMIT:
        raise SecretFileError(f"{path.name} is too long for a secret file")
    return data


def _require_private(path: Path, state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise SecretFileError(f"{path.name} is not a regular file")
    if state.st_mode & 0o077:
        raise SecretFileError(f"{path.name} is open to other accounts: run chmod 600 on it")
    if state.st_uid not in (os.geteuid(), 0):
        raise SecretFileError(f"{path.name} belongs to another account: run as its owner")


def _put(path: Path, data: bytes) -> None:
    """Write beside the file, then rename over it; both durable on return."""
    _clear_strays(path)
    fresh = path.with_name(f".{path.name}.{random_bytes(8).hex()}")
    descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _clear_strays(path: Path) -> None:
    """Destroy what a writer that was killed left behind: it may hold keys that must be gone."""
    for stray in path.parent.glob(f".{glob.escape(path.name)}.*"):
        with stray.open("r+b") as file:
            stray.unlink()
            _overwrite(file.fileno())


def _overwrite(descriptor: int) -> None:
    state = os.fstat(descriptor)
    if state.st_nlink:  # someone keeps the old file under another name, e.g. a linked backup
        return
    os.pwrite(descriptor, bytes(state.st_size), 0)
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
