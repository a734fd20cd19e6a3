"""`safehand record`: own records, and those received, in the booklet's shape."""

from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.asking import ASKED, asked
from services.cli.case_input import load_case
from services.cli.node_access import NodeDir, open_node
from services.cli.output import AsJson, note, print_json, print_table, say, working
from services.cli.times import moment_of

app = typer.Typer(no_args_is_help=True, help="Add records, list them, and show one.")

CaseFileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, help="A case file; see docs/CASE.md.")
]
Author = Annotated[
    str, typer.Option("--author", metavar="STAFF", help="Staff id of whoever made this version.")
]


@app.command("add")
def add_record(
    directory: NodeDir, file: CaseFileArgument, author: Author, as_json: AsJson = False
) -> None:
    """Seal the components in a case file and queue them for the hub.

    Once this returns they are safe on disk. Components that are there already become a new version;
    sections that did not change are not sealed again.
    """
    case = load_case(file)
    with open_node(directory) as node, working("Sealing ..."):
        records = node.post("/v1/cases", {"author": author, "case": case})
    if as_json:
        return print_json(records)
    print_records(records["records"])
    return note("The node pushes them to the hub as soon as it can: safehand node status")


@app.command("list")
def list_records(
    directory: NodeDir,
    case: Annotated[
        str | None,
        typer.Option(
            "--case",
            metavar="CODE",
            help=f"Only this code number. {ASKED}",
            callback=asked("Code number"),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List this facility's own records, without their content."""
    query = {"code_number": case} if case else {}
    with open_node(directory) as node:
        found = node.get("/v1/records", **query)
    if as_json:
        return print_json(found)
    for one in found["cases"]:
        say(f"Case {one['code_number']}")
        print_records(one["records"])
    return (
        say("No records yet: safehand record add FILE --author STAFF")
        if not found["cases"]
        else None
    )


def print_records(records: list[dict[str, Any]]) -> None:
    """Print records as a table, one section a line."""
    rows = [
        (record["record"], record["component"], one["category"], one["version"], one["state"])
        for record in records
        for one in record["sections"]
    ]
    print_table(("record", "component", "section", "version", "state"), rows, empty="  no sections")


@app.command("opened")
def list_opened(directory: NodeDir, as_json: AsJson = False) -> None:
    """List the sections received from other facilities, and why some may not be shown."""
    with open_node(directory) as node:
        sections = node.get("/v1/opened")["sections"]
    if as_json:
        return print_json(sections)
    rows = [
        (
            one["code_number"],
            one["record"],
            f"{one['component']}/{one['category']}",
            one["owner"],
            moment_of(one["opened_at"]),
            ", ".join(one["reasons"]) or "yes",
        )
        for one in sections
    ]
    columns = ("case", "record", "section", "from", "opened (UTC)", "may be shown")
    return print_table(columns, rows, empty="Nothing was received yet: safehand pull")


@app.command("show")
def show_record(
    directory: NodeDir,
    record: Annotated[str, typer.Argument(help="Its id, from `record list` or `opened`.")],
) -> None:
    """Print one record in clear, as JSON. Each showing is an entry in the node's own log."""
    with open_node(directory) as node:
        print_json(node.get(f"/v1/records/{record}"))
