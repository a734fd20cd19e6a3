"""`safehand node`: a facility's node, made, served, unlocked."""

from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from schemas.wire.statement import Unit
from services.cli import node_backup, node_trust
from services.cli.choices import one_of
from services.cli.errors import CommandError
from services.cli.node_access import NewDir, NodeDir, open_node, write_address
from services.cli.output import AsJson, note, print_json, say, working
from services.cli.passphrase import PassphraseFile, RecoveryCodeFile, read_secret
from services.cli.times import moment_of, now

app = typer.Typer(no_args_is_help=True, help="Make, run, unlock and back up a facility's node.")

HubCardFile = Annotated[
    Path,
    typer.Option(
        "--hub-card",
        metavar="FILE",
        exists=True,
        help="The hub's card (hub-card.json), from its operator over a channel you trust: "
        "it pins the hub.",
    ),
]
Country = Annotated[str, typer.Option("--country", metavar="XX", help="Two letters, ISO 3166-1.")]
Units = Annotated[
    list[str],
    typer.Option(
        "--unit",
        help=f"How long people stay, once per unit: {', '.join(get_args(Unit))}.",
        callback=lambda units: [one_of(get_args(Unit))(unit) for unit in units],
    ),
]


@app.command("init")
def init_node(
    directory: NewDir,
    hub_card: HubCardFile,
    country: Country,
    unit: Units,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a node's folder with all its keys.

    Prints a recovery code once. Write it down and keep it away from this machine: with it a lost
    passphrase is not a lost shelter, and whoever has it and this disk can read everything.
    """
    from keys.keycard import fingerprint_text, verify_card
    from schemas.wire.hub_api import HubCard
    from services.node.init import init_node as make_node

    card = HubCard.from_bytes(hub_card.read_bytes())
    passphrase = read_secret(passphrase_file, "New passphrase", new=True)
    with working("Making keys ..."):
        made = make_node(
            directory,
            hub_card=card,
            country=country.upper(),
            units=unit,  # type: ignore[arg-type]
            passphrase=passphrase,
            now=now(),
        )
    fingerprint = fingerprint_text(verify_card(made.introduction.card).fingerprint)
    introduction = directory / "introduction.json"
    if as_json:
        return print_json(
            {
                "facility": made.facility,
                "fingerprint": fingerprint,
                "introduction": str(introduction),
                "recovery_code": made.recovery_code,
            }
        )
    say(f"Facility code:  {made.facility}")
    say(f"Fingerprint:    {fingerprint}")
    say(f"Recovery code:  {made.recovery_code}")
    note("The recovery code is not shown again. Write it down; keep it away from this machine.")
    note(f"Next: have the hub's operator admit {introduction}")
    return note(f"Then: safehand node serve --dir {directory}")


@app.command("serve")
def serve_node(
    directory: NodeDir,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Run the node until interrupted.

    It starts locked: it pushes what is already sealed and takes revocations, and reads nothing
    until somebody runs `safehand node unlock`. Settings: SAFEHAND_NODE_... (docs/OPERATIONS.md).
    """
    from services.node.app import create_app
    from services.node.settings import load_settings
    from services.web.serve import serve
    from services.web.transport import require_protected

    given = {"host": host, "port": port}
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = load_settings(directory, **chosen)
    require_protected(settings.listener)
    app = create_app(settings, clock=now)
    url = write_address(directory, settings.host, settings.port, settings.tls_certificate)
    note(f"Serving on {url}, locked. Stop with Ctrl-C.")
    serve(app, settings.listener)


@app.command("unlock")
def unlock_node(directory: NodeDir, passphrase_file: PassphraseFile = None) -> None:
    """Open the record keyring of a running node with the passphrase."""
    passphrase = read_secret(passphrase_file, "Passphrase")
    with open_node(directory) as node, working("Unlocking ..."):
        node.post("/v1/unlock", {"passphrase": passphrase})
    say("Unlocked. Lock it when nobody needs it: safehand node lock")


@app.command("lock")
def lock_node(directory: NodeDir) -> None:
    """Let a running node forget the record keys."""
    with open_node(directory) as node:
        node.post("/v1/lock")
    say("Locked. What is already sealed is still pushed, and revocations are still taken.")


@app.command("passphrase")
def change_passphrase(
    directory: NodeDir,
    recovery_code_file: RecoveryCodeFile = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Set a new passphrase by the recovery code, when the old one is lost or known to others.

    --passphrase-file then holds the new passphrase. The recovery code stays the same. An old copy
    of the keyring still opens by the old passphrase, and the keys in it are the same.
    """
    from keys.keyring import change_passphrase as change
    from services.node.folder import NodeFolder

    folder = NodeFolder(directory)
    folder.require()
    code = read_secret(recovery_code_file, "Recovery code")
    new = read_secret(passphrase_file, "New passphrase", new=True)
    with working("Changing the passphrase ..."):
        change(folder.record_keyring, recovery_code=code, new_passphrase=new)
    say("The new passphrase is set. Restart the node if it is running, then unlock it.")


@app.command("status")
def show_status(directory: NodeDir, as_json: AsJson = False) -> None:
    """Show whether a running node is locked, what waits for the hub, and how the hub is."""
    with open_node(directory) as node:
        status = node.get("/v1/status")
    if as_json:
        print_json(status)
    else:
        print_status(status)


def print_status(status: dict[str, Any]) -> None:
    """Print a node's status for a person."""
    hub, outbox = status["hub"], status["outbox"]
    reached = moment_of(hub["reached_at"]) if hub["reached_at"] else "never"
    say(f"Facility:  {status['facility']}, {'locked' if status['locked'] else 'unlocked'}")
    say(f"Outbox:    {outbox['waiting']} waiting, {outbox['refused']} refused")
    say(f"Hub:       {hub['url']}, last reached {reached}")
    if hub["trouble"]:
        say(f"Trouble:   {hub['trouble']}")
    if hub["revocations_at"]:
        say(f"Revocation list of {moment_of(hub['revocations_at'])} (UTC)")


@app.command("checkpoint")
def show_checkpoint(directory: NodeDir) -> None:
    """Print the newest checkpoint of the hub's log that this node accepted.

    Hand it to an auditor now and then: a hub that showed you one history and her another is found
    out by `safehand auditor verify --earlier FILE`.
    """
    with open_node(directory) as node:
        checkpoint = node.get("/v1/status")["hub"]["checkpoint"]
    if checkpoint is None:
        raise CommandError(
            "the node has seen no checkpoint yet", "Is the hub reachable? See: status"
        )
    typer.echo(checkpoint, nl=False)


node_trust.add_to(app)
node_backup.add_to(app)
