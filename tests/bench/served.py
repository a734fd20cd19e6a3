"""Push and release at one hub, against floors measured in the same rounds.

In every round each run stands next to the floor it is compared with. Owns which runs there are and
what they are compared to.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from statistics import median

from tests.bench.floor_server import BODY
from tests.bench.floor_server import CONSENTS as FLOOR_CONSENTS
from tests.bench.hub_world import HubWorld
from tests.bench.load import HOST, Load, Outcome, run
from tests.bench.measures import Ratio, Served, percentile, ratio_of
from tests.bench.plan import Plan
from tests.bench.processes import Server

BATCH = 32
"""Records in a batch push: what a node's outbox sends at once by default."""

HELLO = "(a) bare: JSON"
INSERT = "(b) bare: one INSERT of 4 KiB"
LOOKUP = "(c) bare: look-up, read, audit row"
PUSH = "push of one record"
BATCH_PUSH = f"push of {BATCH} records, per record"
DECIDED = "release, decision committed"
DELIVERED = "release, delivered with proof"

COMPARED: dict[str, list[tuple[str, float | None]]] = {
    PUSH: [(HELLO, None), (INSERT, 0.15)],
    BATCH_PUSH: [(INSERT, 1.0)],
    DECIDED: [(LOOKUP, 0.25)],
    DELIVERED: [(HELLO, None), (LOOKUP, 0.25)],
}
"""Which floors a run is held against, and the least share of it to reach."""

OK, CREATED = frozenset({200}), frozenset({201})
DECIDED_ALREADY = frozenset({202, 200})
"""200: the proof was there by the time the answer was made, although nobody waited for it."""

Requests = Callable[[int], Sequence[bytes]]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Work:
    """One kind of run. `requests` makes signed ones anew; `each`: records in a request."""

    name: str
    server: Server
    requests: Requests
    expect: frozenset[int]
    signed: bool = True
    each: int = 1
    count: int | None = None
    """Requests in one run, where that is fixed."""


@dataclass
class _Series:
    """The rounds of one work at one number of connections."""

    outcomes: list[Outcome] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    cpu: float = 0.0
    """Processor seconds of the server in all rounds."""
    rate: float = 200.0
    """Requests per second to prepare for."""


def works(floor: Server, patient: HubWorld, hasty: HubWorld, plan: Plan) -> list[Work]:
    """Return all runs of a round in their order.

    `patient`: a hub that waits for the proof before it answers a release; `hasty` answers 202 as
    soon as the decision is committed.
    """
    body = bytes(BODY)
    insert = plain("POST", "/insert", body)
    lookups = [plain("GET", f"/release/{one}") for one in range(FLOOR_CONSENTS)]
    return [
        Work(HELLO, floor, lambda _: [plain("GET", "/hello")], OK, signed=False),
        Work(INSERT, floor, lambda _: [insert], CREATED, signed=False),
        Work(PUSH, patient.server, patient.pushes, OK),
        Work(
            BATCH_PUSH,
            patient.server,
            lambda count: patient.pushes(count, BATCH),
            OK,
            each=BATCH,
            count=plan.batches,
        ),
        Work(LOOKUP, floor, lambda _: lookups, OK, signed=False),
        Work(DECIDED, hasty.server, hasty.releases, DECIDED_ALREADY),
        Work(DELIVERED, patient.server, patient.releases, OK),
    ]


def measure(
    database: str, works: Sequence[Work], plan: Plan, generator: Executor, say: Say
) -> list[Served]:
    """Run all rounds and return a row for each work and number of connections."""
    series = {(work.name, c): _Series() for work in works for c in plan.connections}
    for work in works:
        _warm_up(work, plan, generator, series)
    for number in range(plan.rounds):
        say(f"{database}: round {number + 1} of {plan.rounds}")
        for connections in plan.connections:
            for work in works:
                _run(work, connections, plan, generator, series[work.name, connections])
    return list(_rows(database, works, plan, series))


def _warm_up(
    work: Work, plan: Plan, generator: Executor, series: dict[tuple[str, int], _Series]
) -> None:
    """Fill caches, and learn how many requests a run needs."""
    for connections in plan.connections:
        count = work.count or min(plan.most_requests, 4 * connections + 40)
        outcome = _send(work, connections, count, plan.served, generator)
        series[work.name, connections].rate = len(outcome.latencies) / outcome.seconds


def _run(work: Work, connections: int, plan: Plan, generator: Executor, series: _Series) -> None:
    count = work.count or min(
        plan.most_requests, int(series.rate * plan.served * 1.5) + connections
    )
    before = work.server.cpu_seconds
    outcome = _send(work, connections, count, plan.served, generator)
    series.cpu += work.server.cpu_seconds - before
    series.rate = max(series.rate, len(outcome.latencies) / outcome.seconds)
    series.outcomes.append(outcome)
    series.memory.append(work.server.memory_mib)


def _send(work: Work, connections: int, count: int, seconds: float, generator: Executor) -> Outcome:
    requests = work.requests(count)
    seconds = 10 * seconds + 1 if work.count else seconds
    load = Load(work.server.port, requests, connections, seconds, cycle=not work.signed)
    outcome = generator.submit(run, load).result()
    if not set(outcome.statuses) <= work.expect:
        raise RuntimeError(f"{work.name}: answers {outcome.statuses}, {set(work.expect)} expected")
    return outcome


def plain(method: str, path: str, body: bytes = b"") -> bytes:
    """Return an unsigned request as the bytes that go over the wire."""
    head = f"{method} {path} HTTP/1.1\r\nhost: {HOST}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _rows(
    database: str, works: Sequence[Work], plan: Plan, series: dict[tuple[str, int], _Series]
) -> Iterator[Served]:
    each = {work.name: work.each for work in works}
    rates = {
        key: [each[key[0]] * len(one.latencies) / one.seconds for one in found.outcomes]
        for key, found in series.items()
    }
    for connections in plan.connections:
        for work in works:
            key = (work.name, connections)
            yield _row(database, work, connections, series[key], rates[key], _ratios(key, rates))


def _ratios(key: tuple[str, int], rates: dict[tuple[str, int], list[float]]) -> list[Ratio]:
    name, connections = key
    return [
        ratio_of(floor, rates[key], rates[floor, connections], aim)
        for floor, aim in COMPARED.get(name, [])
    ]


def _row(
    database: str,
    work: Work,
    connections: int,
    series: _Series,
    rates: list[float],
    ratios: list[Ratio],
) -> Served:
    latencies = sorted(one for outcome in series.outcomes for one in outcome.latencies)
    return Served(
        work=work.name,
        database=database,
        connections=connections,
        unit="records" if work.each > 1 else "requests",
        per_second=median(rates),
        rounds=rates,
        p50_ms=percentile(latencies, 0.50) * 1000,
        p99_ms=percentile(latencies, 0.99) * 1000,
        requests=len(latencies),
        generator=median(one.busy for one in series.outcomes),
        server_mib=median(series.memory),
        server_micros=series.cpu / (len(latencies) * work.each) * 1e6,
        ratios=ratios,
    )
