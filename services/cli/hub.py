"""`safehand hub`: the exchange's hub, for its operator."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from services.cli.errors import CommandError
from services.cli.output import AsJson, note, print_json, say, working
from services.cli.times import now

app = typer.Typer(no_args_is_help=True, help="Make and run a hub, and admit facilities to it.")

HUB_CARD = "hub-card.json"
HubDir = Annotated[
    Path, typer.Option("--dir", "-d", metavar="DIR", help="The hub's folder, made by `hub init`.")
]


@app.command("init")
def init_hub(
    directory: Annotated[Path, typer.Option("--dir", "-d", metavar="DIR", help="A new folder.")],
    url: Annotated[
        str,
        typer.Option(
            "--url",
            help="How nodes reach the hub, say https://hub.example.org; for good.",
        ),
    ],
    database_url_file: Annotated[
        Path | None,
        typer.Option(
            "--database-url-file",
            metavar="FILE",
            exists=True,
            help="A file with a postgresql:// URL, copied into the folder. Without it: SQLite.",
        ),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a hub's folder with its keys, database and settings (hub.toml).

    Its card, hub-card.json, is what every node and auditor pins: hand it over by a channel that
    they trust.
    """
    from services.hub.admin import make_hub

    database = database_url_file.read_text("utf-8").strip() if database_url_file else None
    chosen = {"host": host, "port": port}
    values = {name: value for name, value in chosen.items() if value is not None}
    try:
        with working("Making the hub ..."):
            card = asyncio.run(make_hub(directory, url, database, **values))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandError(
            f"the database or the folder can't be used: {reason}",
            f"Remove {directory}, which is not a whole hub, and try again.",
        ) from None
    (directory / HUB_CARD).write_bytes(card.to_bytes() + b"\n")
    if as_json:
        return print_json({"card": str(directory / HUB_CARD), **card.model_dump()})
    say(f"Hub for {card.url}; its log is {card.origin}")
    note(f"Hand {directory / HUB_CARD} to nodes and auditors: it pins the hub.")
    return note(f"Next: safehand hub serve --dir {directory}")


@app.command("serve")
def serve_hub(directory: HubDir) -> None:
    """Run the hub until interrupted.

    Settings are in DIR/hub.toml and SAFEHAND_HUB_... (docs/OPERATIONS.md). Away from loopback it
    needs a TLS certificate, or `behind_proxy`.
    """
    from services.hub.app import create_app
    from services.hub.settings import load_settings
    from services.web.serve import serve
    from services.web.transport import require_protected

    settings = load_settings(directory)
    require_protected(settings.listener)
    note(f"Serving on {settings.host}:{settings.port} for {settings.public_url}. Ctrl-C stops it.")
    serve(create_app(settings, clock=now), settings.listener)


@app.command("admit")
def admit(
    directory: HubDir,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, help="A facility's introduction.json or an auditor's card."
        ),
    ],
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", help="The facility's, as it was read out to you.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Let a facility or an auditor in. The hub may be running.

    Compare the fingerprint with what a person there reads out to you; with --fingerprint that is
    done for you, without it you are asked. Nodes do not rely on your word: they pin each other.
    """
    admitted = admit_file(directory, file.read_bytes(), fingerprint)
    if as_json:
        return print_json(admitted)
    if "facility" in admitted:
        return say(f"Admitted facility {admitted['facility']} ({admitted['fingerprint']})")
    return say(f"Admitted auditor {admitted['auditor']}")


def admit_file(directory: Path, data: bytes, fingerprint: str) -> dict[str, Any]:
    """Admit whoever the file introduces and return who that is."""
    from schemas.wire.hub_api import AuditorCard, Introduction
    from services.hub import admin

    try:
        introduction = Introduction.from_bytes(data)
    except ValidationError:
        introduction = None
    if introduction is not None:
        shown = require_fingerprint(introduction, fingerprint)
        admin.admit(directory, introduction)
        return shown
    try:
        card = AuditorCard.from_bytes(data)
    except ValidationError:
        raise CommandError(
            "the file is neither a facility's introduction nor an auditor's card",
            "A node writes introduction.json into its folder, an auditor auditor-card.json.",
        ) from None
    admin.admit_auditor(directory, card)
    return {"auditor": card.auditor}


def require_fingerprint(introduction: Any, expected: str) -> dict[str, Any]:
    """Return who is introduced, once the fingerprint fits what a person there read out."""
    from keys.keycard import fingerprint_text, parse_fingerprint, verify_card

    card = verify_card(introduction.card)
    shown = {"facility": card.card.facility, "fingerprint": fingerprint_text(card.fingerprint)}
    if expected:
        fits = parse_fingerprint(expected) == card.fingerprint
    else:
        fits = ask_whether_it_fits(shown["fingerprint"])
    if not fits:
        raise CommandError(
            "the fingerprint is not that of this introduction",
            "Do not admit it. Ask the facility for introduction.json and fingerprint again.",
        )
    return shown


def ask_whether_it_fits(fingerprint: str) -> bool:
    """Ask the operator whether a fingerprint is the one that was read out. Raises CommandError."""
    if not sys.stdin.isatty():
        raise CommandError("nobody can be asked here", "Give the facility's --fingerprint.")
    note(f"Fingerprint: {fingerprint}")
    return typer.confirm("Is this what a person there read out to you?", err=True)
