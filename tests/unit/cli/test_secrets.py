"""Secrets come from a file or a person, never from the command line."""

import io
from pathlib import Path

import pytest

from services.cli.errors import CommandError
from services.cli.passphrase import read_secret


def test_the_first_line_of_a_file_is_the_secret(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("  four words of this \nsecond line\n", "utf-8")
    assert read_secret(file, "Passphrase") == "  four words of this "


def test_a_dash_means_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("from stdin\n"))
    assert read_secret(Path("-"), "Passphrase") == "from stdin"


@pytest.mark.parametrize("text", ["", "\n", "\nsecond\n"])
def test_an_empty_secret_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "secret"
    file.write_text(text)
    with pytest.raises(CommandError):
        read_secret(file, "Passphrase")


def test_where_nobody_can_be_asked_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError) as caught:
        read_secret(None, "Passphrase")
    assert "--passphrase-file" in caught.value.advice
