"""What a measurement is: medians over rounds, percentiles over all requests, ratios within a round.

A ratio is taken between two runs of the same round, next to each other in time, and the median of
these ratios is quoted: what else the machine does then falls on both.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

Timer = Callable[[], float]
"""A clock that counts seconds."""


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the sorted values lie."""
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


@dataclass
class Ratio:
    """How one measurement stands to another. `aim`: at least this; None where none is set."""

    to: str
    value: float
    rounds: list[float]
    aim: float | None = None


@dataclass
class Served:
    """Requests to one server from a number of connections.

    `per_second` counts `unit`, which may be several to a request. `generator`: share of one core
    that the load generator took; near 1 it was the bottleneck and not the server.
    `server_micros`: processor time of the server for each of `unit`, which says more than the rate
    where other work disturbs.
    """

    work: str
    database: str
    connections: int
    unit: str
    per_second: float
    rounds: list[float]
    p50_ms: float
    p99_ms: float
    requests: int
    generator: float
    server_mib: float
    server_micros: float
    ratios: list[Ratio] = field(default_factory=list)


@dataclass
class Timed:
    """Work in this process, one call after another. `micros`: median microseconds of a call."""

    group: str
    work: str
    micros: float
    best_micros: float
    size: str = ""
    detail: dict[str, float] = field(default_factory=dict)
    ratios: list[Ratio] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return 1e6 / self.micros


def as_json(row: Served | Timed) -> dict[str, Any]:
    """Return a row as plain values."""
    return asdict(row)


def ratio_of(
    to: str, ours: Sequence[float], theirs: Sequence[float], aim: float | None = None
) -> Ratio:
    """Compare two measurements round by round."""
    rounds = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Ratio(to, median(rounds), rounds, aim)


def clock(
    call: Callable[[], object], *, seconds: float, timer: Timer, most: int = 100_000
) -> list[float]:
    """Call again and again for about `seconds`; return microseconds per call of each batch.

    Calls too short for the clock are timed in batches of about a millisecond.
    """
    call()
    per_batch = max(1, min(most, int(0.001 / max(_batch(call, 1, timer), 1e-7))))
    batches: list[float] = []
    end = time.perf_counter() + seconds
    while not batches or (time.perf_counter() < end and len(batches) * per_batch < most):
        batches.append(_batch(call, per_batch, timer) / per_batch * 1e6)
    return batches


def _batch(call: Callable[[], object], count: int, timer: Timer) -> float:
    start = timer()
    for _ in range(count):
        call()
    return timer() - start


def timed(
    group: str,
    work: str,
    call: Callable[[], object],
    seconds: float,
    *,
    timer: Timer = time.process_time,
    **more: Any,
) -> Timed:
    """Time `call` and return its row.

    `timer`: processor time, unless the work waits for a disk; so other processes don't count.
    """
    batches = clock(call, seconds=seconds, timer=timer)
    return Timed(group, work, median(batches), min(batches), **more)


def compared(row: Timed, *others: Timed) -> Timed:
    """Note how much faster or slower than other rows of the same run: rates, so 0.5 is half."""
    row.ratios += [Ratio(one.work, one.micros / row.micros, []) for one in others]
    return row
