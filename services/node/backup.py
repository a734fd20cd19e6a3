"""Backup and restore of a whole node: one file, opened by the recovery code.

The file holds the record keyring as it opens by the recovery code, without its passphrase, and an
archive of everything else, sealed as one body under a key that only the record keyring can derive.
So nobody without it can read, change or make a backup. Plaintext of secrets never touches the disk
on the way. A restored store is marked: what was revoked since is not known there until the hub has
been heard. For commands; works beside a running node. PROTOCOL section 11.

File: magic line, header (length, then JSON), Cobblestone-256 body of a tar stream.
"""

import io
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from pydantic import Field, ValidationError

from keys.body import BodySealer
from keys.errors import OpeningError
from keys.keyring import RecordKeyring, change_passphrase, for_recovery, open_keyring
from keys.keyring_file import Profile
from keys.opening import BodyOpener
from keys.passphrase import strong_passphrase
from keys.randomness import random_bytes
from keys.secret_files import create_secret, read_secret
from schemas.encoding import b64u, pae, sha256, unb64u
from schemas.errors import EncodingError
from schemas.identifiers import DIGEST, ID128, Base64Url, Digest
from schemas.wire.base import Seconds, WireModel
from services.node.errors import BackupError
from services.node.folder import NodeFolder
from services.node.store.state import RESTORED
from services.node.vault import Vault

MAGIC = b"safehand/1 backup\n"
_PIECE = 1 << 20
_SCRATCH = ".backup-"
"""What the names of folders begin with in which a backup works."""
_MAX_HEADER = 1 << 20
_FILES = ("node.db", "service.keyring", "service.credential", "hub-card.json")
_MORE_FILES = ("introduction.json", "node.toml")
_NAMES = re.compile(
    "|".join(re.escape(name) for name in (*_FILES, *_MORE_FILES))
    + f"|attachments/{DIGEST}|received/{ID128}/(?:{ID128}|{DIGEST})"
)

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are done."""


class Header(WireModel):
    """What stands in clear at the head of a backup."""

    format: Literal["safehand/1 backup"]
    made_at: Seconds
    salt: Digest
    keyring: Annotated[Base64Url, Field(repr=False)]
    """The record keyring's file, openable by the recovery code alone."""


def _no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def write_backup(
    directory: Path, file: Path, *, passphrase: str, now: int, progress: Progress = _no_progress
) -> None:
    """Write a backup of the node in `directory` into a new file (mode 0600), whole or not at all.

    Raises BackupError, FolderError, KeyringError (wrong passphrase), OSError.
    """
    folder = NodeFolder(directory)
    folder.require()
    if file.exists():
        raise BackupError(f"{file} exists already: choose another name")
    keyring = open_keyring(folder.record_keyring, passphrase=passphrase)
    header = Header(
        format="safehand/1 backup",
        made_at=now,
        salt=b64u(random_bytes(32)),
        keyring=b64u(for_recovery(read_secret(folder.record_keyring))),
    ).to_bytes()
    draft = file.with_name(f".{file.name}.new")
    create_secret(draft, b"")
    try:
        with draft.open("wb") as out:
            out.write(MAGIC + len(header).to_bytes(8, "little") + header)
            key = _body_key(RecordKeyring.from_contents(keyring.contents), header)
            _seal_archive(folder, out, BodySealer(key, _context(header)), progress)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _body_key(keyring: RecordKeyring, header: bytes) -> bytes:
    return Vault(keyring.storage_key).tag("backup", header)


def _context(header: bytes) -> bytes:
    return pae("backup", sha256(header))


class _SealingWriter(io.RawIOBase):
    """A file that seals what is written to it."""

    def __init__(self, out: BinaryIO, sealer: BodySealer) -> None:
        self._out, self._sealer = out, sealer

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._out.write(self._sealer.update(bytes(data)))
        return len(data)


def _seal_archive(
    folder: NodeFolder, out: BinaryIO, sealer: BodySealer, progress: Progress
) -> None:
    with (
        folder.backing_up(),
        tempfile.TemporaryDirectory(dir=folder.path, prefix=_SCRATCH) as scratch,
    ):
        copy = Path(scratch) / "node.db"
        _copy_database(folder.database, copy)
        members = list(_members(folder, copy))
        total, done = sum(path.stat().st_size for _, path in members), 0
        with tarfile.open(fileobj=_SealingWriter(out, sealer), mode="w|") as archive:
            for name, path in members:
                archive.add(path, arcname=name, recursive=False, filter=_plain)
                done += path.stat().st_size
                progress(done, total)
    out.write(sealer.finalize())


def remove_leftovers(folder: NodeFolder) -> None:
    """Remove the working copies that interrupted backups left, unless a backup is being made."""
    with suppress(BlockingIOError), folder.without_backups():
        for left in folder.path.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left)


def _copy_database(source: Path, copy: Path) -> None:
    """Copy the store as of one moment, beside whoever writes to it. All content in it is sealed."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)


def _members(folder: NodeFolder, copy: Path) -> Iterator[tuple[str, Path]]:
    yield "node.db", copy
    for name in (*_FILES[1:], *_MORE_FILES):
        if (folder.path / name).is_file():
            yield name, folder.path / name
    for place in (folder.attachments, folder.received):
        for path in sorted(place.rglob("*")):
            name = path.relative_to(folder.path).as_posix()
            if path.is_file() and _NAMES.fullmatch(name):
                yield name, path


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave owners and times of this machine out of the archive."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


def restore_backup(
    file: Path,
    directory: Path,
    *,
    recovery_code: str,
    new_passphrase: str,
    now: int,
    profile: Profile = "moderate",
    progress: Progress = _no_progress,
) -> None:
    """Make a node's folder anew from a backup: everything, or nothing.

    Sets a new passphrase and makes a new bearer token. Never run the node that the backup was made
    of again. Raises BackupError, FolderError, KeyringError (wrong code), RecoveryCodeError,
    WeakPassphraseError, OSError.
    """
    strong_passphrase(new_passphrase)
    folder = NodeFolder(directory)
    with file.open("rb") as source:
        header_bytes, header = _read_header(source)
        folder.require_unused()
        try:
            create_secret(folder.record_keyring, unb64u(header.keyring))
            keyring = open_keyring(folder.record_keyring, recovery_code=recovery_code)
            key = _body_key(RecordKeyring.from_contents(keyring.contents), header_bytes)
            opener = BodyOpener(key, _context(header_bytes))
            _unpack(folder, _OpeningReader(source, opener, file.stat().st_size, progress))
            _require_whole(folder)
            _mark_restored(folder, now)
            change_passphrase(
                folder.record_keyring,
                recovery_code=recovery_code,
                new_passphrase=new_passphrase,
                profile=profile,
            )
            create_secret(folder.api_token, b64u(random_bytes(32)).encode())
        except (OpeningError, tarfile.TarError, EncodingError):
            _empty(folder)
            raise BackupError(f"{file} is damaged or not whole: use another copy") from None
        except BaseException:
            _empty(folder)
            raise


def _read_header(source: BinaryIO) -> tuple[bytes, Header]:
    size = 0
    if source.read(len(MAGIC)) == MAGIC:
        size = int.from_bytes(source.read(8), "little")
    if not 0 < size <= _MAX_HEADER:
        raise BackupError("this is no backup of a node")
    data = source.read(size)
    try:
        return data, Header.from_bytes(data)
    except ValidationError:
        raise BackupError("this is no backup of a node, or a damaged one") from None


class _OpeningReader(io.RawIOBase):
    """A file of what a sealed body holds; its end is reached only if the body is whole."""

    def __init__(
        self, source: BinaryIO, opener: BodyOpener, total: int, progress: Progress
    ) -> None:
        self._source, self._opener = source, opener
        self._total, self._progress = total, progress
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._more()
        size = len(self._ready) if size < 0 else size
        taken, self._ready = self._ready[:size], self._ready[size:]
        return taken

    def _more(self) -> None:
        piece = self._source.read(_PIECE)
        if piece:
            self._ready += self._opener.update(piece)
            self._progress(self._source.tell(), self._total)
        else:
            self._ready += self._opener.finalize()
            self._ended = True


def _unpack(folder: NodeFolder, reader: _OpeningReader) -> None:
    """Write the archive's files; nothing counts before the reader has come to its end."""
    with tarfile.open(fileobj=reader, mode="r|") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is None or not _NAMES.fullmatch(member.name):
                raise BackupError("the backup holds something that no node has")
            path = folder.path / member.name
            path.parent.mkdir(mode=0o700, exist_ok=True)
            create_secret(path, b"")
            with path.open("wb") as out:
                shutil.copyfileobj(content, out, _PIECE)
    reader.read()


def _require_whole(folder: NodeFolder) -> None:
    if not all((folder.path / name).is_file() for name in _FILES):
        raise BackupError("the backup lacks files that every node has")


def _mark_restored(folder: NodeFolder, now: int) -> None:
    """Note in the store that it is an older one: see `store.state.awaits_revocations`."""
    with closing(sqlite3.connect(folder.database)) as store, store:
        store.execute("INSERT OR REPLACE INTO state VALUES (?, ?, ?)", (RESTORED, b"", now))


def _empty(folder: NodeFolder) -> None:
    """Leave the folder as empty as it was found."""
    for path in folder.path.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
