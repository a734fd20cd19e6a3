"""`safehand staff`: who may sign at a facility."""

from typing import Annotated, get_args

import typer

from schemas.wire.statement import StaffRole
from services.cli.asking import ASKED, asked
from services.cli.choices import one_of
from services.cli.node_access import NodeDir, open_node
from services.cli.output import AsJson, print_json, print_table, say
from services.cli.times import Until, day_of, end_of_day

app = typer.Typer(no_args_is_help=True, help="Appoint staff, and see who may sign.")

Role = Annotated[
    str,
    typer.Option(
        "--role",
        help=f"One of: {', '.join(get_args(StaffRole))}.",
        callback=one_of(get_args(StaffRole)),
    ),
]
Name = Annotated[
    str,
    typer.Argument(
        help=f"The person's name. It stays on this node, sealed. {ASKED}",
        callback=asked("The person's name"),
    ),
]


@app.command("add")
def add_staff(
    directory: NodeDir, name: Name, role: Role, until: Until = None, as_json: AsJson = False
) -> None:
    """Appoint a staff member and make her keys.

    Prints the staff id, which other commands take as --staff or --author. The keys stay in the
    node's record keyring.
    """
    body = {"role": role, "name": name, "until": end_of_day(until)}
    with open_node(directory) as node:
        member = node.post("/v1/staff", body)
    if as_json:
        print_json(member)
    else:
        say(f"Appointed until {day_of(member['not_after'])} as {role}. Staff id: {member['staff']}")


@app.command("list")
def list_staff(directory: NodeDir, as_json: AsJson = False) -> None:
    """Show who may sign here."""
    with open_node(directory) as node:
        members = node.get("/v1/staff")["staff"]
    if as_json:
        return print_json(members)
    rows = [(one["staff"], one["role"], one["name"], day_of(one["not_after"])) for one in members]
    return print_table(
        ("staff id", "role", "name", "until"),
        rows,
        empty="No staff yet. Appoint a case manager: safehand staff add NAME --role case-manager",
    )
