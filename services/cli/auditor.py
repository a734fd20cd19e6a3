"""`safehand auditor`: mirrors the hub's log and verifies it, trusting nothing the hub says."""

import asyncio
import ssl
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.errors import CommandError
from services.cli.hub import HUB_CARD
from services.cli.output import AsJson, note, print_json, say, working
from services.cli.times import now

if TYPE_CHECKING:
    from exchange.audit.verify import Verdict
    from services.auditor.mirror import MirrorUpdate

app = typer.Typer(no_args_is_help=True, help="Mirror the audit log and verify it.")

TIMEOUT = 30.0
"""Seconds for one call to the hub."""
MIRROR = "mirror"
"""Folder below the auditor's that holds the mirrored log."""

AuditorDir = Annotated[
    Path, typer.Option("--dir", "-d", metavar="DIR", help="The auditor's folder.")
]
HubCardFile = Annotated[
    Path,
    typer.Option(
        "--hub-card", metavar="FILE", exists=True, help="The hub's card: it pins the log's keys."
    ),
]
Earlier = Annotated[
    list[Path] | None,
    typer.Option(
        "--earlier",
        metavar="FILE",
        exists=True,
        help="A checkpoint seen before, from a facility, say; the log must contain it. Repeat.",
    ),
]


@app.command("init")
def init_auditor(directory: AuditorDir, hub_card: HubCardFile, as_json: AsJson = False) -> None:
    """Make the auditor's key and pin the hub.

    The hub's operator then admits auditor-card.json. The key reads the log's entries; it opens no
    health data.
    """
    from schemas.wire.hub_api import HubCard
    from services.auditor.key import CARD_FILE
    from services.auditor.key import init_auditor as make_key

    pinned = HubCard.from_bytes(hub_card.read_bytes())
    card = make_key(directory)
    (directory / HUB_CARD).write_bytes(pinned.to_bytes() + b"\n")
    if as_json:
        return print_json({"auditor": card.auditor, "card": str(directory / CARD_FILE)})
    say(f"Auditor {card.auditor}, pinned to {pinned.url}")
    return note(f"Next: have the hub's operator admit {directory / CARD_FILE}")


@app.command("verify")
def verify(
    directory: AuditorDir,
    offline: Annotated[
        bool, typer.Option("--offline", help="Verify the mirror as it is; ask the hub nothing.")
    ] = False,
    earlier: Earlier = None,
    hub_ca: Annotated[
        Path | None,
        typer.Option("--hub-ca", metavar="FILE", exists=True, help="The hub's TLS authority."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the mirror up to date and verify the whole log: every entry, tile and signature.

    Finds edits, insertions, deletions, reordering, truncation, forks and wrong keys. Exit status 1
    if anything is wrong.
    """
    update = None
    with working("Verifying ..."):
        if not offline:
            update = asyncio.run(update_mirror(directory, hub_ca))
        verdict = judge(directory, directory / MIRROR, earlier or [])
    refused = update.finding if update else None
    if as_json:
        print_json(verdict_json(verdict, update))
    else:
        print_verdict(verdict, update)
    if refused or not verdict.verified:
        raise typer.Exit(1)


def pinned_card(directory: Path) -> Any:
    """Return the pinned hub card. Raises CommandError."""
    from schemas.wire.hub_api import HubCard

    try:
        return HubCard.from_bytes((directory / HUB_CARD).read_bytes())
    except FileNotFoundError:
        raise CommandError(
            f"{directory} is no auditor's folder", "Make one with: safehand auditor init"
        ) from None


async def update_mirror(directory: Path, hub_ca: Path | None = None) -> "MirrorUpdate":
    """Fetch what the hub has logged since the last time."""
    import httpx

    from services.auditor.access import mirror_hub
    from services.auditor.key import AuditorKey

    card, key = pinned_card(directory), AuditorKey.load(directory)
    verify = ssl.create_default_context(cafile=hub_ca)
    async with httpx.AsyncClient(verify=verify, timeout=TIMEOUT, trust_env=False) as http:
        return await mirror_hub(directory / MIRROR, key, card, http, clock=now)


def judge(directory: Path, mirror: Path, earlier: list[Path]) -> "Verdict":
    """Verify a mirror against the card pinned in the auditor's folder."""
    from services.auditor.verification import verify_mirror

    seen = [file.read_text("utf-8") for file in earlier]
    return verify_mirror(mirror, pinned_card(directory), seen)


def verdict_json(verdict: "Verdict", update: "MirrorUpdate | None") -> dict[str, Any]:
    """Return verdict and update as plain values."""
    from schemas.encoding import b64u

    signed = verdict.checkpoint
    findings = list(verdict.findings)
    if update and update.finding:
        findings.insert(0, update.finding)
    return {
        "verified": verdict.verified and len(findings) == len(verdict.findings),
        "size": signed.size if signed else None,
        "root": b64u(signed.root) if signed else None,
        "entries": verdict.entries,
        "erased": verdict.erased,
        "new_entries": update.new_size - update.old_size if update else None,
        "findings": [asdict(finding) for finding in findings],
        "findings_dropped": verdict.dropped,
    }


def print_verdict(verdict: "Verdict", update: "MirrorUpdate | None") -> None:
    """Print the verdict in sentences."""
    from services.auditor.verification import describe

    if update and update.finding:
        say(f"The hub's newest checkpoint is REFUSED: {update.finding.text}")
        say("It is kept beside the mirror as evidence (checkpoint.conflicting). Of the mirror:")
    for line in describe(verdict):
        say(line)
