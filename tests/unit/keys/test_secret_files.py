"""Secrets on disk. PROTOCOL section 11."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keys.errors import SecretFileError
from keys.secret_files import LIMIT, create_secret, read_secret, replace_secret


def test_a_new_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_secret(tmp_path / "secret", b"one")
    finally:
        os.umask(before)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert read_secret(tmp_path / "secret") == b"one"


def test_creating_never_overwrites(tmp_path: Path) -> None:
    create_secret(tmp_path / "secret", b"one")
    with pytest.raises(SecretFileError, match="exists already"):
        create_secret(tmp_path / "secret", b"two")
    assert read_secret(tmp_path / "secret") == b"one"


def test_replacing_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    create_secret(path, b"one")
    path.chmod(0o644)
    replace_secret(path, b"two")
    assert read_secret(path) == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]


def test_replacing_overwrites_the_old_bytes(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    create_secret(path, b"old key bytes")
    with path.open("rb") as old:
        replace_secret(path, b"new")
        assert old.read() == bytes(len(b"old key bytes"))


def test_replacing_spares_a_linked_backup(tmp_path: Path) -> None:
    path, backup = tmp_path / "secret", tmp_path / "backup"
    create_secret(path, b"old key bytes")
    backup.hardlink_to(path)
    replace_secret(path, b"new")
    assert backup.read_bytes() == b"old key bytes"


def test_replacing_creates_what_is_missing(tmp_path: Path) -> None:
    replace_secret(tmp_path / "secret", b"one")
    assert read_secret(tmp_path / "secret") == b"one"


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    create_secret(path, b"old")
    with pytest.raises(TypeError):
        replace_secret(path, "not bytes")  # type: ignore[arg-type]
    assert read_secret(path) == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_failed_creation_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        create_secret(tmp_path / "secret", "not bytes")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o611])
def test_a_file_open_to_others_is_refused_and_says_what_to_do(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret"
    create_secret(path, b"one")
    path.chmod(mode)
    with pytest.raises(SecretFileError, match="chmod 600"):
        read_secret(path)


def test_what_is_missing_too_long_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretFileError, match="can't be read"):
        read_secret(tmp_path / "missing")
    with pytest.raises(SecretFileError):
        read_secret(tmp_path)
    with pytest.raises(SecretFileError, match="not a regular file"):
        read_secret(Path("/dev/null"))
    create_secret(tmp_path / "long", bytes(LIMIT + 1))
    with pytest.raises(SecretFileError, match="too long"):
        read_secret(tmp_path / "long")


def test_a_pipe_in_a_secrets_place_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(SecretFileError, match="not a regular file"):
        read_secret(tmp_path / "pipe")


def test_a_failed_rename_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "secret"
    folder.mkdir()
    with pytest.raises(IsADirectoryError):
        replace_secret(folder, b"new")
    assert list(tmp_path.iterdir()) == [folder]


REPLACING = """
import sys
from pathlib import Path
from keys.secret_files import replace_secret
print(flush=True)
while True:
    for letter in (b"a", b"b"):
        replace_secret(Path(sys.argv[1]), letter * 100_000)
"""


def test_killed_at_any_moment_it_leaves_old_or_new_bytes(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    create_secret(path, b"a" * 100_000)
    for round_ in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", REPLACING, str(path)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.004 + round_ * 0.003)
        writer.kill()
        writer.communicate()
        assert read_secret(path) in (b"a" * 100_000, b"b" * 100_000)
    replace_secret(path, b"done")
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_writer_left_is_destroyed_and_others_files_are_not(tmp_path: Path) -> None:
    path, stray, other = (tmp_path / name for name in ("secret", ".secret.0123", ".secrets.0123"))
    for file in (path, stray, other):
        create_secret(file, b"old key bytes")
    with stray.open("rb") as left:
        replace_secret(path, b"new")
        assert left.read() == bytes(len(b"old key bytes"))
    assert sorted(tmp_path.iterdir()) == sorted([path, other])
