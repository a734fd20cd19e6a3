"""Secrets on disk. PROTOCOL section 11."""

import os
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
