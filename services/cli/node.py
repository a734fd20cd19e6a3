"""`safehand node`: a facility's node, from its making to its backup."""

from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from schemas.wire.statement import Unit
from services.cli.choices import one_of
from services.cli.errors import CommandError
from services.cli.node_access import NodeDir, open_node, write_address
from services.cli.output import AsJson, note, print_json, print_table, say, working
from services.cli.passphrase import PassphraseFile, read_secret
from services.cli.times import moment_of, now

app = typer.Typer(no_args_is_help=True, help="Make, run, unlock and back up a facility's node.")

NewDir = Annotated[
    Path,
    typer.Option("--dir", "-d", metavar="DIR", envvar="SAFEHAND_DIR", help="A new, empty folder."),
]
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
IntroductionFile = Annotated[
    Path | None,
    typer.Option("--introduction", metavar="FILE", exists=True, help="Its introduction.json."),
]
Facility = Annotated[
    str | None,
    typer.Option("--facility", metavar="CODE", help="Its code; the hub has the rest."),
]
BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup file.")]
RecoveryCodeFile = Annotated[
    Path | None,
    typer.Option(
        "--recovery-code-file",
        metavar="FILE",
        allow_dash=True,
        help="Read the recovery code from this file (`-`: stdin). Without it you are asked.",
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

    --passphrase-file then holds the new passphrase. The recovery code stays the same.
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


@app.command("fingerprint")
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


@app.command("trust")
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
    node: Any, alias: str, fingerprint: str, introduction: Path | None, facility: str | None
) -> Any:
    """Pin one facility and return what the node says of it."""
    import json

    if not fingerprint or (introduction is None) == (facility is None):
        raise typer.BadParameter("needs --fingerprint and one of --introduction, --facility")
    body: dict[str, Any] = {"alias": alias, "fingerprint": fingerprint}
    if introduction is not None:
        body["introduction"] = json.loads(introduction.read_bytes())
    else:
        body["facility"] = facility
    return node.post("/v1/trust", body)


@app.command("backup")
def backup_node(
    directory: NodeDir, file: BackupFile, passphrase_file: PassphraseFile = None
) -> None:
    """Write store and keyrings into one file, sealed to the recovery code.

    Works while the node runs. The passphrase shows that you may; the file is opened by the recovery
    code alone, so keep the two apart.
    """
    from services.node.backup import write_backup

    passphrase = read_secret(passphrase_file, "Passphrase")
    with working("Writing the backup ..."):
        write_backup(directory, file, passphrase=passphrase, now=now())
    say(f"Backup written to {file}. It is of use only together with the recovery code.")


@app.command("restore")
def restore_node(
    directory: NewDir, file: BackupFile, recovery_code_file: RecoveryCodeFile = None
) -> None:
    """Make a node's folder anew from a backup and its recovery code.

    Never run the old folder again: two nodes with one identity contradict each other.
    """
    from services.node.backup import restore_backup

    code = read_secret(recovery_code_file, "Recovery code")
    with working("Restoring ..."):
        restore_backup(file, directory, recovery_code=code)
    say(f"Restored into {directory}. Start it with: safehand node serve --dir {directory}")
