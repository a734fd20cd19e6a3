"""`safehand consent`: what a person agreed to, and what she refused."""

import json
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from schemas.wire.token import Purpose
from services.cli.asking import ASKED, asked
from services.cli.choices import SCOPE_HELP, one_of, scope_choice
from services.cli.errors import CommandError
from services.cli.node_access import NodeDir, open_node
from services.cli.output import AsJson, note, print_json, print_table, say
from services.cli.times import Until, day_of, end_of_day

app = typer.Typer(no_args_is_help=True, help="Record consents and refusals, and list them.")

Case = Annotated[
    str,
    typer.Option(
        "--case",
        metavar="CODE",
        help=f"The case's code number. {ASKED}",
        callback=asked("Code number"),
    ),
]
To = Annotated[str, typer.Option("--to", metavar="FACILITY", help="The recipient: alias or code.")]
Manager = Annotated[
    str, typer.Option("--staff", metavar="STAFF", help="The case manager who took it and signs it.")
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="SCOPE", help=f"Share just this; repeat. {SCOPE_HELP}"),
]
Except = Annotated[
    list[str] | None,
    typer.Option("--except", metavar="SCOPE", help="Share everything but this; repeat."),
]
PurposeOption = Annotated[
    str,
    typer.Option(
        "--purpose",
        help=f"HL7 purpose of use, one of: {', '.join(get_args(Purpose))}.",
        callback=one_of(get_args(Purpose)),
    ),
]


@app.command("record")
def record_consent(
    directory: NodeDir,
    form: Annotated[
        Path,
        typer.Argument(metavar="FORM", exists=True, help="The consent form as JSON; docs/CASE.md."),
    ],
    case: Case,
    to: To,
    staff: Manager,
    until: Until = None,
    purpose: PurposeOption = "COC",
    only: Only = None,
    all_except: Except = None,
    on_revocation: Annotated[
        str,
        typer.Option(
            "--on-revocation",
            help="What the recipient does when it is taken back: block or erase.",
            callback=one_of(("block", "erase")),
        ),
    ] = "block",
    max_releases: Annotated[int, typer.Option(help="How often it may be used.", min=1)] = 100,
    as_json: AsJson = False,
) -> None:
    """Record a consent: seal the form, sign the token, tell the hub.

    Prints the revocation code once. Hand it to the person: with it she can take the consent back
    at any facility, without saying who she is.
    """
    if until is None:
        raise typer.BadParameter("--until is needed: every consent ends")
    body = {
        "staff": staff,
        "code_number": case,
        "recipient": to,
        "purpose": purpose,
        "scope": scope_choice(only or [], all_except or []),
        "valid_until": end_of_day(until),
        "max_releases": max_releases,
        "on_revocation": on_revocation,
        "form": load_form(form),
    }
    with open_node(directory) as node:
        made = node.post("/v1/consents", body)
    if as_json:
        return print_json(made)
    say(f"Consent:          {made['consent']} ({made['delivery']})")
    say(f"Revocation code:  {made['revocation_code']}")
    return note("The code is not shown again. Hand it to the person on a slip that names nothing.")


def load_form(file: Path) -> Any:
    """Return a consent form's JSON."""
    try:
        return json.loads(file.read_bytes())
    except ValueError:
        raise CommandError(f"{file} is not JSON", "docs/CASE.md shows a consent form.") from None


@app.command("refuse")
def record_refusal(
    directory: NodeDir,
    case: Case,
    staff: Manager,
    to: Annotated[
        str | None, typer.Option("--to", metavar="FACILITY", help="To whom; without it: to anyone.")
    ] = None,
    only: Only = None,
    as_json: AsJson = False,
) -> None:
    """Record what the person refuses to share. It beats every consent.

    Without --only it is everything.
    """
    body: dict[str, Any] = {"staff": staff, "code_number": case}
    if to is not None:
        body["recipient"] = to
    if only:
        body["scope"] = scope_choice(only, [])
    with open_node(directory) as node:
        done = node.post("/v1/refusals", body)
    if as_json:
        print_json(done)
    else:
        say(f"Refusal {done['id']}: {done['delivery']}.")


@app.command("list")
def list_consents(directory: NodeDir, as_json: AsJson = False) -> None:
    """List consents issued by this facility and given to it."""
    with open_node(directory) as node:
        consents = node.get("/v1/consents")["consents"]
    if as_json:
        return print_json(consents)
    rows = [
        (
            one["consent"],
            "to" if one["issued"] else "from",
            one["partner"],
            one["purpose"],
            one["state"],
            day_of(one["expires_at"]),
        )
        for one in consents
    ]
    columns = ("consent", "", "facility", "purpose", "state", "until")
    return print_table(columns, rows, empty="No consents yet: safehand consent record FORM ...")
