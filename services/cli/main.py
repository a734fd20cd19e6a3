"""`safehand`: the root of all commands.

Only names and help live here. A command imports what it runs when it runs, so that `hub serve`
never loads what opens or understands a record.
"""

from importlib.metadata import version
from typing import Annotated

import typer

from services.cli import (
    auditor,
    consent,
    hub,
    node,
    record,
    staff,
    transfer,
)
from services.cli.demo import command as demo
from services.cli.failures import FriendlyGroup

app = typer.Typer(
    name="safehand",
    cls=FriendlyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 done, 1 failed, 2 wrong command line, 3 refused by a node or the hub.",
)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"safehand {version('safehand')}")
        raise typer.Exit


@app.callback()
def safehand(
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show where an unexpected fault arose.")
    ] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show version.")
    ] = False,
) -> None:
    """Move the health records of trafficked persons between facilities, with consent.

    Nobody in between can read them. `safehand demo` shows the whole on this machine.
    """


app.command("demo")(demo.demo)
app.add_typer(hub.app, name="hub")
app.add_typer(node.app, name="node")
app.add_typer(staff.app, name="staff")
app.add_typer(record.app, name="record")
app.add_typer(consent.app, name="consent")
transfer.add_to(app)
app.add_typer(auditor.app, name="auditor")


if __name__ == "__main__":
    app()
