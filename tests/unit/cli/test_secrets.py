"""Secrets come from a file or a person, never from the command line; names need not either."""

import io
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.asking import asked
from services.cli.errors import CommandError
from services.cli.main import app
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


def test_a_dash_stands_for_the_next_line_of_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Olena K.\nmore\n"))
    assert asked("Name")("-") == "Olena K."
    assert sys.stdin.readline() == "more\n"
    assert asked("Name")("A. Name") == "A. Name"
    assert asked("Name")(None) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["staff", "add", "-", "--role", "case-manager"],
        ["record", "list", "--case", "-"],
        ["request", "--to", "alpha", "--case", "-"],
    ],
    ids=" ".join,
)
def test_names_and_code_numbers_can_be_left_to_stdin(arguments: list[str], tmp_path: Path) -> None:
    with_node = [*arguments, "--dir", str(tmp_path)]
    nothing = CliRunner().invoke(app, with_node, input="\n")
    assert (nothing.exit_code, "expected on stdin" in nothing.stderr) == (2, True)
    assert CliRunner().invoke(app, with_node, input="K7Q2-9MXD-41TB\n").exit_code == 1
