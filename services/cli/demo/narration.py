"""Tells a person what the demo does, step by step. Silent when only the JSON is wanted."""

from rich.console import Console
from rich.markup import escape


class Narrator:
    """Prints steps on stdout, or nothing."""

    def __init__(self, *, silent: bool) -> None:
        self._console = Console(quiet=silent, highlight=False, soft_wrap=True)
        self._steps = 0

    def step(self, title: str) -> None:
        """Begin a step."""
        self._steps += 1
        self._console.print(f"\n[bold]{self._steps}. {escape(title)}[/]")

    def say(self, text: str) -> None:
        """Say what happened."""
        self._console.print(f"   {escape(text)}")

    def refused(self, attempt: str, status: int, reason: str, why: str) -> None:
        """Say what was tried and refused, and why that is right."""
        self._console.print(f"   [yellow]{escape(attempt)}[/]")
        self._console.print(f"   [red]refused[/]: {status} {escape(reason)}. {escape(why)}")

    def banner(self, text: str) -> None:
        """Print something that stands out."""
        self._console.print(f"\n[bold green]{escape(text)}[/]")

    def plain(self, text: str) -> None:
        """Print a line as it is."""
        self._console.print(escape(text))
