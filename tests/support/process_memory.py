"""Reads another process's memory: everything that is mapped and readable (Linux).

The reader must be the process's parent or root. A mapping that can't be read is an error, never
passed over: what nobody looked at proves nothing.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

KERNEL = frozenset({"[vvar]", "[vvar_vclock]", "[vsyscall]"})
"""The kernel's clock, shown to every process. It can't be read, and no process writes there."""
GRID = 16
"""Where CPython and the C library put what they allocate: at multiples of this."""


class UnreadableError(Exception):
    """Some of the memory could not be read."""


@dataclass(frozen=True)
class Mapping:
    """One line of /proc/PID/maps."""

    start: int
    end: int
    access: str
    name: str

    @property
    def is_written(self) -> bool:
        """Whether the process may have put something there."""
        return "w" in self.access


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Hold a process still: what is read is then one state."""
    os.kill(pid, signal.SIGSTOP)
    try:
        while _state(pid) != "T":
            time.sleep(0.001)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def mappings(pid: int) -> list[Mapping]:
    """Return what a process can read. Raises UnreadableError."""
    try:
        lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    except OSError as error:
        raise UnreadableError(f"the maps of process {pid}: {error.strerror}") from None
    found = [_parse(line) for line in lines]
    readable = [one for one in found if one.access.startswith("r") and one.name not in KERNEL]
    if not readable:
        raise UnreadableError(f"process {pid} has no memory: has it ended?")
    return readable


def _parse(line: str) -> Mapping:
    span, access, _offset, _device, _inode, *name = line.split(maxsplit=5)
    start, end = (int(part, 16) for part in span.split("-"))
    return Mapping(start, end, access, name[0] if name else "")


def memory(pid: int) -> Iterator[tuple[Mapping, bytes]]:
    """Yield every readable mapping with its content. Raises UnreadableError."""
    for mapping in mappings(pid):
        yield mapping, read(pid, mapping)


def read(pid: int, mapping: Mapping) -> bytes:
    """Return the content of a mapping but for zeros at its ends. Raises UnreadableError."""
    content = bytearray()
    while (at := mapping.start + len(content)) < mapping.end:
        try:
            piece = _read(pid, at, mapping.end)
        except OSError as error:
            raise UnreadableError(f"{mapping.name or 'memory'}: {error.strerror}") from None
        if not piece:
            raise UnreadableError(f"{mapping.name or 'memory'}: nothing to read")
        content += piece
    return _without_blank_ends(bytes(content))


def _read(pid: int, start: int, end: int) -> bytes:
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        return os.pread(file.fileno(), min(end - start, 2**30), start)


def _without_blank_ends(content: bytes) -> bytes:
    """Leave out the zeros at both ends, of which stacks have megabytes; keep to the grid."""
    blank = len(content) - len(content.lstrip(b"\0"))
    return content[blank - blank % GRID :].rstrip(b"\0")


def deleted_files(pid: int) -> Iterator[tuple[str, bytes]]:
    """Yield the files that a process holds open though their names are gone."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        target = os.readlink(link)
        if target.startswith("/") and target.endswith(" (deleted)") and link.is_file():
            yield target, link.read_bytes()
