"""Disks that fill up under a running process, and have room again later.

Two kinds: a file system of a few megabytes, where this test may mount one; and a limit on the size
of files, which any process can be given. Both fail as real disks do: in the middle of a write.
"""

import os
import resource
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

FULL = 256
"""Bytes left when a disk is full: no page of a database fits in."""
SMALL, LARGE = "16m", "64m"


class TightDisk(ABC):
    """A disk under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def fill(self, pid: int) -> None:
        """Leave no room for process `pid`."""

    @abstractmethod
    def make_room(self, pid: int) -> None:
        """Let it write again."""


class SmallFileSystem(TightDisk):
    """A file system in memory; what takes up the room is a file of rubbish."""

    def fill(self, pid: int) -> None:
        with (self.folder / "rubbish").open("wb") as file:
            free = os.statvfs(self.folder)
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize)

    def make_room(self, pid: int) -> None:
        (self.folder / "rubbish").unlink()


class FileSizeLimit(TightDisk):
    """No file may grow beyond the longest there is."""

    def fill(self, pid: int) -> None:
        longest = max(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        self._limit(pid, longest)

    def make_room(self, pid: int) -> None:
        self._limit(pid, resource.RLIM_INFINITY)

    def _limit(self, pid: int, size: int) -> None:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


@contextmanager
def small_file_system(folder: Path) -> Iterator[None]:
    """Mount a file system of a few megabytes. Raises CalledProcessError where that may not be."""
    options = ["-t", "tmpfs", "-o", f"size={SMALL},mode=0700", "tmpfs", folder]
    subprocess.run(["mount", *options], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True, capture_output=True)


@cache
def can_mount() -> bool:
    """Say whether this process may mount a file system."""
    with TemporaryDirectory() as folder:
        try:
            with small_file_system(Path(folder)):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


@contextmanager
def tight_disk(kind: str, folder: Path) -> Iterator[TightDisk]:
    """Give a disk of a kind, mounted at `folder` where it is a file system."""
    if kind == "file-size-limit":
        yield FileSizeLimit(folder)
        return
    with small_file_system(folder):
        yield SmallFileSystem(folder)


def kinds() -> list[str]:
    """Return the kinds that can be had here: always one."""
    return ["file-size-limit", *(["small-file-system"] if can_mount() else [])]
