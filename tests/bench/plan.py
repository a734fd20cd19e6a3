"""How much is measured: rounds, seconds, sizes. Everything is bounded in count and in time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """One way to run the benchmark. Times in seconds."""

    rounds: int = 3
    served: float = 1.5
    """One run of requests."""
    connections: tuple[int, ...] = (1, 16)
    batches: int = 24
    """Batch pushes in one run."""
    timed: float = 1.0
    """One measurement within the process."""
    log_sizes: tuple[int, ...] = (10**3, 10**4, 10**5, 10**6)
    most_requests: int = 6_000
    """In one run of requests that have to be signed beforehand."""


FULL = Plan()
QUICK = Plan(rounds=1, served=0.6, batches=8, timed=0.2, log_sizes=(10**3, 10**4, 10**5))
SMOKE = Plan(
    rounds=1,
    served=0.05,
    connections=(2,),
    batches=1,
    timed=0.0,
    log_sizes=(10**2, 10**3),
    most_requests=8,
)
"""For the test that this code runs; what it measures means nothing."""
