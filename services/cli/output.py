"""How commands show things: tables for people on stdout, JSON on request, progress on stderr."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def print_json(value: Any) -> None:
    """Print `value` as JSON on stdout and flush."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def say(text: str) -> None:
    """Print text for a person on stdout, without interpreting it and without wrapping it."""
    Console(soft_wrap=True, highlight=False).print(escape(text))


def note(text: str) -> None:
    """Print text for a person on stderr: it is not part of a command's result."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(escape(text))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows as a table, or `empty` if there are none."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    if table.row_count:
        Console().print(table)
    else:
        say(empty)


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show on stderr that something long is under way; silent where stderr is no terminal."""
    with Console(stderr=True).status(escape(text)):
        yield
