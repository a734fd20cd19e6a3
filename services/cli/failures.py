"""Turns every failure of a command into two lines on stderr: what is wrong, what to do next.

No traceback reaches a person, and no value that was typed or stored is repeated: only the types and
messages of errors whose text is known to be free of content.
"""

from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup
from typer.exceptions import Abort, Exit, TyperException

from exchange.audit.errors import AuditError
from exchange.errors import ExchangeError
from keys.errors import KeysError, SuiteUnavailableError
from schemas.errors import SchemaError
from services.cli.errors import CommandError, NodeRefusalError
from services.hub_client.errors import AnswerError, HubError, HubRefusal, HubUnavailableError

REFUSED = 3
"""Exit status when a node or the hub said no; 1 is every other failure, 2 a wrong command line."""


PLAIN = (SchemaError, KeysError, ExchangeError, AuditError)
"""Errors whose text is made for people and free of content."""


def explain(error: Exception) -> tuple[str, str]:
    """Return what is wrong and what to do about it; the second may be empty."""
    if isinstance(error, CommandError):
        return error.problem, error.advice
    if isinstance(error, ValidationError):
        return "the input does not have the right shape:\n" + list_places(error), ""
    if isinstance(error, SuiteUnavailableError):
        return str(error), "Run `make demo` or `make test` once: they install the right version."
    if isinstance(error, HubError):
        return explain_hub(error)
    if isinstance(error, OSError):
        return f"{error.strerror or type(error).__name__}: {error.filename or ''}".rstrip(": "), ""
    if isinstance(error, PLAIN) or is_process_error(error):
        return str(error), ""
    advice = "This is a fault of Safehand. Run again with `safehand --traceback ...` to report it."
    return f"unexpected {type(error).__name__}", advice


def explain_hub(error: HubError) -> tuple[str, str]:
    """Return what came of a call to the hub."""
    if isinstance(error, HubUnavailableError):
        return f"the hub can't be reached, or can't work now ({error})", "Try again in a while."
    if isinstance(error, AnswerError):
        advice = "Something else may answer in its place. Do not go on; tell the hub's operator."
        return f"the answer is not the pinned hub's ({error})", advice
    if isinstance(error, HubRefusal) and error.status == 401:
        advice = "Has its operator admitted you? Is this machine's clock right?"
        return f"the hub does not know this caller ({error})", advice
    return f"the hub refused: {error}", ""


def is_process_error(error: Exception) -> bool:
    """Say whether `error` is of a process's own tree, whose messages are free of content.

    By name, since importing the trees would load every process into every command.
    """
    roots = {("services.node.errors", "NodeError"), ("services.hub.errors", "HubError")}
    roots |= {("services.auditor.errors", "AuditorError"), ("services.web.errors", "WebError")}
    return any((cls.__module__, cls.__name__) in roots for cls in type(error).__mro__)


def list_places(error: ValidationError) -> str:
    """List where a value has the wrong shape, and why, without the value."""
    lines = []
    for item in error.errors(include_input=False, include_url=False, include_context=False)[:12]:
        place = ".".join(str(part) for part in item["loc"]) or "(whole)"
        lines.append(f"  {place}: {item['msg']}")
    return "\n".join(lines)


class FriendlyGroup(TyperGroup):
    """The root of all commands: catches what they raise."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; on failure say so on stderr and exit with 1, or 3 for a refusal."""
        try:
            return super().invoke(ctx)
        except (Exit, Abort, TyperException):
            raise
        except Exception as error:
            if ctx.params.get("traceback"):
                raise
            report(error)
            refused = isinstance(error, NodeRefusalError | HubRefusal)
            raise Exit(REFUSED if refused else 1) from None


def report(error: Exception) -> None:
    """Print what `explain` says."""
    problem, advice = explain(error)
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(f"[bold red]Error:[/] {escape(problem)}")
    if advice:
        console.print(escape(advice))
