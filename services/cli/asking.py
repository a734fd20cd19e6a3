"""Takes a name or a code number from the person or stdin where `-` stands for it.

Arguments show in the list of processes and in shell histories. Secrets: passphrase.py.
"""

import sys
from collections.abc import Callable

import typer

ASKED = "`-`: you are asked, or it is read from stdin, as others can see a command line."


def asked(question: str) -> Callable[[str | None], str | None]:
    """Return an option callback that puts what a person or stdin's next line says for `-`."""

    def answer(value: str | None) -> str | None:
        if value != "-":
            return value
        if sys.stdin.isatty():
            return str(typer.prompt(question, err=True))
        line = sys.stdin.readline().strip()
        if not line:
            raise typer.BadParameter(f"{question} expected on stdin")
        return line

    return answer
