"""`make bench`: floors and Safehand in one run, a table on stdout, JSON in bench-results/."""

import argparse
import contextlib
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from tests.bench import audit_log, mapping, sealing, served, signatures
from tests.bench.hub_world import hub_world
from tests.bench.measures import Served
from tests.bench.plan import FULL, QUICK, Plan
from tests.bench.processes import Server, free_port, python, serving
from tests.bench.report import Report, console, machine, save, show
from tests.support import postgres

RESULTS = Path("bench-results")
DATABASES = ("postgresql", "sqlite")
PARTS = ("served", "sealing", "signatures", "audit", "mapping")
NOTES = (
    "Compare shares, not single figures: a share is the median over rounds of rates that stand "
    "next to each other in time.",
    "gen.: share of one core that the load generator took. Generator, server and database have to "
    "share the cores; near 100 % the generator was the limit and the server could do more.",
    "Requests are signed before a run. The generator counts statuses and looks into no answer.",
    "Floors (b) and (c) commit each request alone; the hub commits what arrives together at once.",
    "The hub of `decision committed` does not wait for proofs (202); the same release is then "
    "fetched with its proof. `delivered with proof` is one request from question to half-keys.",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    options = _parser().parse_args(arguments)
    plan, described = QUICK if options.quick else FULL, machine()
    say = Console(stderr=True).print
    report = measure(plan, options.database or DATABASES, options.part or PARTS, say)
    file = save(report, described, RESULTS)
    show(report, out := console())
    out.print(f"{report.seconds:.0f} s; load at the start {described['load']}; {file}")


def measure(plan: Plan, databases: Sequence[str], parts: Sequence[str], say: served.Say) -> Report:
    """Measure the chosen parts."""
    report, start = Report(notes=list(NOTES)), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="safehand-bench-") as folder:
        if "served" in parts:
            for database in databases:
                (place := Path(folder, database)).mkdir()
                report.served += _served(plan, database, place, say)
        for part, rows in (
            ("sealing", sealing.measure(plan)),
            ("signatures", signatures.measure(plan)),
            ("audit", audit_log.measure(plan, Path(folder))),
            ("mapping", mapping.measure(plan)),
        ):
            if part in parts:
                say(part)
                report.timed += rows
    report.seconds = time.monotonic() - start
    return report


def _served(plan: Plan, database: str, folder: Path, say: served.Say) -> list[Served]:
    with ExitStack() as stack:
        urls = [stack.enter_context(url) for url in _databases(database, folder, stack)]
        floor = stack.enter_context(_floor_server(urls[0] or "", folder))
        worlds = []
        for name, url, wait in (("patient", urls[1], "2"), ("hasty", urls[2], "0")):
            place = folder / name
            place.mkdir()
            world = hub_world(place, url, SAFEHAND_HUB_RELEASE_WAIT=wait)
            worlds.append(stack.enter_context(world))
        works = served.works(floor, *worlds, plan)
        generator = stack.enter_context(load_generator())
        return served.measure(database, works, plan, generator, say)


def _databases(
    kind: str, folder: Path, stack: ExitStack
) -> list[contextlib.AbstractContextManager[str | None]]:
    """Return databases for the floors and two hubs; None means SQLite where the hub puts it."""
    if kind == "sqlite":
        floor = f"sqlite:///{folder / 'floor.sqlite'}"
        return [contextlib.nullcontext(url) for url in (floor, None, None)]
    admin = stack.enter_context(postgres.server())
    return [postgres.fresh_database(admin) for _ in range(3)]


@contextlib.contextmanager
def _floor_server(url: str, folder: Path) -> Iterator[Server]:
    port = free_port()
    command = python("-m", "tests.bench.floor_server", str(port), url)
    with serving(command, port, "/hello", folder / "floor.log") as server:
        yield server


@contextlib.contextmanager
def load_generator() -> Iterator[Executor]:
    """Give the process that sends the load."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        yield executor


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute, coarse figures")
    parser.add_argument("--database", action="append", choices=DATABASES, help="only this database")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part")
    return parser
