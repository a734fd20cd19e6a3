"""`safehand demo`: its options, and what happens before and after the story."""

import json
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.errors import CommandError
from services.cli.output import print_json

if TYPE_CHECKING:
    from services.cli.demo.narration import Narrator
    from services.cli.demo.parties import Exchange
    from services.cli.demo.processes import Processes
    from services.cli.demo.result import DemoResult
    from services.cli.demo.scene import Story


def demo(
    leave: Annotated[
        bool, typer.Option("--exit", help="Stop after the job instead of serving on.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead of the story.")
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="A new or empty folder for all state."),
    ] = None,
    case: Annotated[
        Path | None,
        typer.Option("--case", metavar="FILE", exists=True, help="Show your own case file."),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="FILE", exists=True, help="Show a FHIR R4 bundle."),
    ] = None,
    database_url_file: Annotated[
        Path | None,
        typer.Option(
            "--database-url-file",
            metavar="FILE",
            exists=True,
            help="A file with the postgresql:// URL of an empty database for the hub.",
        ),
    ] = None,
    print_case: Annotated[
        bool, typer.Option("--print-case", help="Print the sample case and stop.")
    ] = False,
) -> None:
    """Show the whole on this machine: a hub, three facilities and an auditor.

    A shelter in the Country of Destination seals a case; one in the Country of Origin asks for it;
    a case manager approves what the person agreed to; exactly that is released and opened;
    everything else is refused; the audit log proves it. Then it serves on until interrupted.

    The data are made up. Keys and passphrase are for show: never put real records in.
    """
    if print_case:
        return print_sample()
    if case is not None and bundle is not None:
        raise typer.BadParameter("--case and --bundle can't be used together")
    url = database_url_file.read_text("utf-8").strip() if database_url_file else None
    with interruptible():
        return show(choose_folder(data), case, bundle, url, leave=leave, as_json=as_json)


def print_sample() -> None:
    """Print the shipped sample case."""
    from schemas.case_file import sample_case_bytes

    typer.echo(json.dumps(json.loads(sample_case_bytes()), ensure_ascii=False, indent=2))


def choose_folder(data: Path | None) -> Path:
    """Return the folder for all state, which is new or empty. Raises CommandError."""
    if data is None:
        return Path(tempfile.mkdtemp(prefix="safehand-demo-"))
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(data.iterdir()):
        raise CommandError(f"{data} is not empty", "Choose a new folder, or remove that one.")
    return data.resolve()


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind like Ctrl-C, so that no process is left over."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    kinds = (signal.SIGTERM, signal.SIGHUP)
    before = {kind: signal.signal(kind, interrupt) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def show(
    folder: Path,
    case: Path | None,
    bundle: Path | None,
    database_url: str | None,
    *,
    leave: bool,
    as_json: bool,
) -> None:
    """Run the story over real processes, print what came of it, and serve on unless `leave`."""
    from services.cli.demo.narration import Narrator
    from services.cli.demo.parties import found_exchange, introduce, start_processes
    from services.cli.demo.processes import Processes
    from services.cli.demo.result import DemoResult
    from services.cli.demo.scene import Story
    from services.cli.demo.source import choose_case

    begin = time.monotonic()
    tell = Narrator(silent=as_json)
    chosen = choose_case(case, bundle)
    tell.banner(f"Safehand demonstration. All state is in {folder}")
    tell.plain("Making keys and starting a hub and three nodes ...")
    exchange = found_exchange(folder, database_url)
    with Processes() as processes:
        start_processes(exchange, processes)
        introduce(exchange)
        tell_who_is_there(exchange, tell)
        places = {name: one.place for name, one in exchange.facilities.items()}
        story = Story(exchange, chosen, DemoResult(exchange.hub_place, places), tell)
        run(story)
        story.result.seconds = round(time.monotonic() - begin, 2)
        finish(story.result, exchange, tell, leave=leave, as_json=as_json)
        if not leave:
            serve_on(processes, tell)


def run(story: "Story") -> None:
    """Tell the story and audit it."""
    from services.cli.demo.audit import audit
    from services.cli.demo.story import run as run_story

    run_story(story)
    audit(story)


def tell_who_is_there(exchange: "Exchange", tell: "Narrator") -> None:
    """Say which processes run."""
    tell.step("A hub, three facilities and an auditor")
    tell.say(f"The hub, at {exchange.hub_card.url}, stores and forwards what it can't read.")
    for name, facility in exchange.facilities.items():
        tell.say(f"{name} is {facility.code}; its node is at {facility.place.url}.")
    tell.say("Alpha and Beta have compared fingerprints by telephone and pinned each other.")


def finish(
    result: "DemoResult", exchange: "Exchange", tell: "Narrator", *, leave: bool, as_json: bool
) -> None:
    """Print the result, as JSON or as where to look."""
    if as_json:
        return print_json(result.to_json())
    tell.banner(f"Done in {result.seconds} seconds.")
    opened = exchange.folder / "beta-opened"
    tell.plain(f"What Beta opened, in clear for this demonstration only:  {opened}")
    tell.plain(f"What the hub holds:  {result.hub.database}")
    if leave:
        return None
    beta = exchange.facilities["Beta"]
    tell.plain(f"What the processes logged:  {exchange.folder / 'logs'}")
    tell.plain("\nStill serving. In another terminal, for example:")
    tell.plain(f"  safehand record list --dir {exchange.facilities['Alpha'].folder}")
    tell.plain(f"  safehand record opened --dir {beta.folder}")
    tell.plain(f"  safehand auditor verify --dir {exchange.auditor_folder}")
    tell.plain(f"  curl {exchange.hub_card.url}/v1/audit/checkpoint")
    tell.plain(
        f'  curl -H "Authorization: Bearer $(cat {beta.folder}/api-token)" '
        f"{beta.place.url}/fhir/metadata"
    )
    return tell.plain("Ctrl-C stops everything.")


def serve_on(processes: "Processes", tell: "Narrator") -> None:
    """Keep serving until interrupted."""
    try:
        processes.wait_for_end()
    except KeyboardInterrupt:
        tell.plain("\nStopping.")
