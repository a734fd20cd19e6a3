"""Every command and every option says what it is for."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from services.cli.main import app


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command with the words that lead to it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = dict(commands(typer.main.get_command(app)))
NAMED = """demo
hub init|hub serve|hub admit
node init|node serve|node unlock|node fingerprint|node trust|node backup|node restore
staff add
record add|record list|record show
consent record
request|approve|refuse|revoke|pull
auditor init|auditor verify"""


def test_every_promised_command_is_there() -> None:
    promised = {tuple(name.split()) for line in NAMED.splitlines() for name in line.split("|")}
    assert promised <= ALL.keys()


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_is_complete(words: tuple[str, ...]) -> None:
    command = ALL[words]
    assert command.help
    assert [one.name for one in command.params if not getattr(one, "help", None)] == []


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_can_be_shown(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"])
    assert shown.exit_code == 0
    assert "Usage" in shown.output
