"""The load generator: requests that were prepared beforehand, over connections that are kept open.

Runs in a process of its own. Each connection has one request under way at a time. Owns latency and
what the generator itself cost. Answers are framed by httptools, the parser that uvicorn uses, and
counted by status; their bodies are not looked at.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import httptools
import uvloop

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Load:
    """What to send. `cycle`: begin again at the end, for requests that may be repeated."""

    port: int
    requests: Sequence[bytes]
    connections: int
    seconds: float
    cycle: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of it. `latencies` in seconds; `busy`: share of one core the generator took."""

    seconds: float
    latencies: list[float]
    statuses: dict[int, int]
    busy: float


class _Run:
    """What the connections of one run share."""

    def __init__(self, load: Load) -> None:
        requests = itertools.cycle(load.requests) if load.cycle else iter(load.requests)
        self._requests: Iterator[bytes] = requests
        self._seconds, self._end = load.seconds, 0.0
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()

    def begin(self) -> None:
        self._end = time.perf_counter() + self._seconds

    def next(self) -> bytes | None:
        """Return the next request; None when time or requests are up."""
        if time.perf_counter() >= self._end:
            return None
        return next(self._requests, None)


class _Connection(asyncio.Protocol):
    """One connection: sends the next request when an answer is complete."""

    def __init__(self, run: _Run) -> None:
        self._run, self._sent = run, 0.0
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.WriteTransport | None = None
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(exc or ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Take note of an answer (called by the parser)."""
        self._run.latencies.append(time.perf_counter() - self._sent)
        self._run.statuses[self._parser.get_status_code()] += 1
        self.send()

    def send(self) -> None:
        """Send the next request, if there is one."""
        request = self._run.next()
        if request is None:
            self.finished.set_result(None)
            return
        assert self._transport is not None
        self._sent = time.perf_counter()
        self._transport.write(request)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def run(load: Load) -> Outcome:
    """Send a load and return what came of it. Raises OSError if a connection is lost."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(load))


async def _run(load: Load) -> Outcome:
    shared, loop = _Run(load), asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(lambda: _Connection(shared), HOST, load.port))[1]
        for _ in range(load.connections)
    ]
    cpu, start = time.process_time(), time.perf_counter()
    shared.begin()
    for one in connections:
        one.send()
    await asyncio.gather(*(one.finished for one in connections))
    seconds, busy = time.perf_counter() - start, time.process_time() - cpu
    for one in connections:
        one.close()
    return Outcome(seconds, shared.latencies, dict(shared.statuses), busy / seconds)
