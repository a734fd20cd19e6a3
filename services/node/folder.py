"""Where a node keeps what it has: the names of files in its one folder.

Reads and writes nothing itself; secrets are written by `keys.secret_files`. PROTOCOL section 11.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.node.errors import FolderError


@dataclass(frozen=True)
class NodeFolder:
    """The paths below one node folder."""

    path: Path

    @property
    def database(self) -> Path:
        return self.path / "node.db"

    @property
    def attachments(self) -> Path:
        return self.path / "attachments"

    @property
    def received(self) -> Path:
        return self.path / "received"

    @property
    def settings(self) -> Path:
        return self.path / "node.toml"

    @property
    def hub_card(self) -> Path:
        return self.path / "hub-card.json"

    @property
    def introduction(self) -> Path:
        return self.path / "introduction.json"

    @property
    def service_keyring(self) -> Path:
        return self.path / "service.keyring"

    @property
    def service_credential(self) -> Path:
        return self.path / "service.credential"

    @property
    def record_keyring(self) -> Path:
        return self.path / "record.keyring"

    @property
    def api_token(self) -> Path:
        return self.path / "api-token"

    def attachment(self, digest: str) -> Path:
        """Return the file of an attachment's ciphertext. `digest`: 43 characters of base64url."""
        return self.attachments / digest

    def require(self) -> None:
        """Raise FolderError unless this is the folder of an initialised node."""
        if not self.database.is_file() or not self.record_keyring.is_file():
            raise FolderError(f"{self.path} holds no node: run `safehand node init` first")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for one process: two would write two histories into one log.

        Raises FolderError if another process holds it.
        """
        with (self.path / "node.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FolderError(f"another process runs the node in {self.path}") from None
            yield

    @contextmanager
    def backing_up(self) -> Iterator[None]:
        """Say, while a backup is made, that its working copy is in use."""
        with self._lock(fcntl.LOCK_SH):
            yield

    @contextmanager
    def without_backups(self) -> Iterator[None]:
        """Hold off backups. Raises BlockingIOError if one is being made."""
        with self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield

    @contextmanager
    def _lock(self, how: int) -> Iterator[None]:
        """Lock the folder itself, which leaves no file behind."""
        folder = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(folder, how)
            yield
        finally:
            os.close(folder)

    def require_unused(self) -> None:
        """Make the folder (mode 0700). Raises FolderError if anything is here already."""
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise FolderError(f"{self.path} is not empty: choose a new folder")
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        self.attachments.mkdir(mode=0o700)
        self.received.mkdir(mode=0o700)
