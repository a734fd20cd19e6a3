"""Takes passphrases and codes from a person or a file; never from the command line or environment.

Arguments show in the list of processes and in shell histories.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.errors import CommandError

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help="Read the passphrase from this file, or from stdin if it is `-`. "
        "Without this you are asked for it.",
        allow_dash=True,
    ),
]
RecoveryCodeFile = Annotated[
    Path | None,
    typer.Option(
        "--recovery-code-file",
        metavar="FILE",
        allow_dash=True,
        help="Read the recovery code from this file (`-`: stdin). Without it you are asked.",
    ),
]


def read_secret(file: Path | None, question: str, *, new: bool = False) -> str:
    """Return a secret from `file`, stdin (`-`) or the person at the terminal.

    `new`: ask twice. Raises CommandError.
    """
    if file is not None:
        secret = read_first_line(file)
    elif sys.stdin.isatty():
        secret = typer.prompt(question, hide_input=True, confirmation_prompt=new)
    else:
        raise CommandError(
            f"{question.lower()} needed, but nobody can be asked here",
            "Put it into a file of mode 0600 and pass --passphrase-file FILE (or `-` for stdin).",
        )
    return secret


def read_first_line(file: Path) -> str:
    """Return the first line of a file or of stdin, without its line break."""
    text = sys.stdin.readline() if str(file) == "-" else file.read_text("utf-8")
    lines = text.splitlines()
    if not lines or not lines[0]:
        raise CommandError(f"{file} holds no passphrase", "It must be the first line.")
    return lines[0]
