"""`safehand node fingerprint` and `trust`: how facilities come to know each other."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.node_access import NodeAccess, NodeDir, open_node
from services.cli.output import AsJson, note, print_json, print_table, say

IntroductionFile = Annotated[
    Path | None,
    typer.Option("--introduction", metavar="FILE", exists=True, help="Its introduction.json."),
]
Facility = Annotated[
    str | None,
    typer.Option("--facility", metavar="CODE", help="Its code; the hub has the rest."),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to those of a node."""
    app.command("fingerprint")(show_fingerprint)
    app.command("trust")(trust_facility)


def show_fingerprint(directory: NodeDir, as_json: AsJson = False) -> None:
    """Show this facility's fingerprint, to be read out to partners and the hub's operator."""
    from keys.keycard import fingerprint_text, verify_card
    from schemas.wire.hub_api import Introduction
    from services.node.folder import NodeFolder

    folder = NodeFolder(directory)
    folder.require()
    card = verify_card(Introduction.from_bytes(folder.introduction.read_bytes()).card)
    fingerprint = fingerprint_text(card.fingerprint)
    if as_json:
        return print_json({"facility": card.card.facility, "fingerprint": fingerprint})
    say(f"{card.card.facility}  {fingerprint}")
    return note("Read it out on a channel that the hub does not carry, such as a telephone call.")


def trust_facility(
    directory: NodeDir,
    alias: Annotated[str, typer.Argument(help="What you call it here.")] = "",
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", help="As it was read out to you by a person there.")
    ] = "",
    introduction: IntroductionFile = None,
    facility: Facility = None,
    as_json: AsJson = False,
) -> None:
    """Pin a partner facility by its fingerprint; without arguments, list those pinned.

    Compare fingerprints over a channel that the hub does not carry. Nothing is granted to, or
    opened from, a facility that is not pinned.
    """
    with open_node(directory) as node:
        if alias:
            pinned = [pin(node, alias, fingerprint, introduction, facility)]
        else:
            pinned = node.get("/v1/trust")["partners"]
    if as_json:
        return print_json(pinned)
    rows = [(one["alias"], one["facility"], one["safety_number"]) for one in pinned]
    return print_table(
        ("alias", "facility", "safety number (the same on both sides)"),
        rows,
        empty="No facility is trusted yet: safehand node trust ALIAS --fingerprint ...",
    )


def pin(
    node: NodeAccess, alias: str, fingerprint: str, introduction: Path | None, facility: str | None
) -> Any:
    """Pin one facility and return what the node says of it."""
    if not fingerprint or (introduction is None) == (facility is None):
        raise typer.BadParameter("needs --fingerprint and one of --introduction, --facility")
    body: dict[str, Any] = {"alias": alias, "fingerprint": fingerprint}
    if introduction is not None:
        body["introduction"] = json.loads(introduction.read_bytes())
    else:
        body["facility"] = facility
    return node.post("/v1/trust", body)
