"""The verbs of a transfer: `request`, `requests`, `approve`, `refuse`, `revoke`, `pull`."""

from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from schemas.wire.token import RevocationReason
from services.cli.choices import one_of
from services.cli.consent import Case, PurposeOption, To
from services.cli.node_access import NodeDir, open_node
from services.cli.output import AsJson, note, print_json, print_table, say, working
from services.cli.passphrase import read_secret
from services.cli.times import moment_of

RequestId = Annotated[str, typer.Argument(metavar="REQUEST", help="Id from `safehand requests`.")]
CaseManager = Annotated[
    str, typer.Option("--staff", metavar="STAFF", help="The case manager whose decision it is.")
]
Words = Annotated[
    Path | None,
    typer.Option(
        "--words",
        metavar="FILE",
        allow_dash=True,
        help="What to say, from a file or stdin (`-`): others can see a command line.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the root of all commands."""
    app.command("request")(send_request)
    app.command("requests")(list_requests)
    app.command("approve")(approve_request)
    app.command("refuse")(refuse_request)
    app.command("revoke")(revoke_consent)
    app.command("pull")(pull)


def send_request(
    directory: NodeDir,
    to: To,
    case: Case,
    purpose: PurposeOption = "COC",
    words: Words = None,
    as_json: AsJson = False,
) -> None:
    """Ask a trusted facility for a case by its code number.

    The request is sealed to that facility: the hub sees who asks whom, and nothing else.
    """
    body = {"to": to, "code_number": case, "purpose": purpose, "words": read_words(words)}
    with open_node(directory) as node:
        sent = node.post("/v1/requests", body)
    if as_json:
        print_json(sent)
    else:
        say(f"Request {sent['id']}: {sent['delivery']}.")


def read_words(file: Path | None) -> str:
    """Return the words of a message."""
    if file is None:
        return ""
    return typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text("utf-8")


def list_requests(directory: NodeDir, as_json: AsJson = False) -> None:
    """List transfer requests in both directions, with their answers."""
    with open_node(directory) as node:
        requests = node.get("/v1/requests")["requests"]
    if as_json:
        return print_json(requests)
    rows = [
        (
            one["request"],
            "from" if one["direction"] == "incoming" else "to",
            one["alias"] or one["facility"],
            one["code_number"] or "(can't be read here)",
            one["purpose"] or "",
            moment_of(one["sent_at"]),
            one["state"],
        )
        for one in requests
    ]
    columns = ("request", "", "facility", "case", "purpose", "sent (UTC)", "state")
    return print_table(columns, rows, empty="No requests.")


def approve_request(
    directory: NodeDir,
    request: RequestId,
    consent: Annotated[str, typer.Option("--consent", help="The consent under which to grant.")],
    staff: CaseManager,
    as_json: AsJson = False,
) -> None:
    """Grant what a consent covers to the facility that asked, and tell it so."""
    with open_node(directory) as node, working("Granting ..."):
        done = node.post(f"/v1/requests/{request}/approve", {"staff": staff, "consent": consent})
    if as_json:
        print_json(done)
    else:
        say(f"Granted {done['granted']} sections: {done['delivery']}.")


def refuse_request(
    directory: NodeDir,
    request: RequestId,
    staff: CaseManager,
    words: Words = None,
    as_json: AsJson = False,
) -> None:
    """Answer a request with no; the reason in words is sealed to the facility that asked."""
    body = {"staff": staff, "words": read_words(words)}
    with open_node(directory) as node:
        done = node.post(f"/v1/requests/{request}/refuse", body)
    if as_json:
        print_json(done)
    else:
        say(f"Refused: {done['delivery']}.")


def revoke_consent(
    directory: NodeDir,
    consent: Annotated[str, typer.Argument(help="The consent; leave out to use a code.")] = "",
    staff: Annotated[str, typer.Option("--staff", metavar="STAFF", help="Who takes it back.")] = "",
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            help=f"One of: {', '.join(get_args(RevocationReason))}.",
            callback=one_of(get_args(RevocationReason)),
        ),
    ] = "withdrawn",
    code_file: Annotated[
        Path | None,
        typer.Option("--code-file", metavar="FILE", allow_dash=True, help="The code (`-`: stdin)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take a consent back: by its id and a staff member, or by the person's own revocation code.

    It stops releases at once and destroys the half-keys. What was read cannot be unread.
    """
    if consent and not staff:
        raise typer.BadParameter("--staff is needed to take back a consent by its id")
    with open_node(directory) as node:
        if consent:
            done = node.post(f"/v1/consents/{consent}/revoke", {"staff": staff, "reason": reason})
        else:
            code = read_secret(code_file, "Revocation code")
            done = node.post("/v1/revocations", {"code": code})
    if as_json:
        print_json(done)
    else:
        say(f"Taken back: {done['delivery']}.")


def pull(directory: NodeDir, as_json: AsJson = False) -> None:
    """Make one round with the hub now: push, take messages and revocations, receive releases.

    A running node does this by itself every few seconds.
    """
    with open_node(directory) as node, working("Talking to the hub ..."):
        done = node.post("/v1/pull")
    if as_json:
        print_json(done)
    else:
        print_round(done)


def print_round(done: dict[str, Any]) -> None:
    """Print what a round with the hub did."""
    counts = ", ".join(f"{done[name]} {name}" for name in done if isinstance(done[name], int))
    say(counts)
    for trouble in done["troubles"]:
        note(f"Trouble: {trouble}")
