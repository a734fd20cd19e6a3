"""One hub process per directory: two would seal under each other's destroyed epoch keys."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.hub.errors import StartError


@contextmanager
def only_process(lock_file: Path) -> Iterator[None]:
    """Hold the directory's lock. Raises StartError if another process does."""
    with lock_file.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError("another hub runs on this directory") from None
        yield
